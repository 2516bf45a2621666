"""From the rows whose decision changed to metrics of all rows and of each group, with paired intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import unknown_choice
from governance.statistics import metric_list, paired_change
from governance.stress.report import Effect

if TYPE_CHECKING:
    from governance.statistics import Codes, Metric

REWEIGHTED: Final = "Rows are lost or doubled or relabelled: there is no pair of answers to compare."
RANKING: Final = "An interval of a changed ranking is not computed."
OTHERS: Final = ("roc_auc", "mean_absolute_error", "mean_score")
"""Metrics that are no shares of rows."""
SHIFTING: Final = "The rows that the metric is taken over change with the decisions."


@dataclass(frozen=True, slots=True)
class Grouping:
    """The rows by one column; one group of all rows for the attribute ""."""

    attribute: str
    names: tuple[str, ...]
    codes: Codes
    """(n,) the group of each row."""


@dataclass(frozen=True, slots=True)
class Clean:
    """Labels and decisions before anything breaks."""

    truth: NDArray[np.int16]
    """(n,) class of the label; `classes` for an unknown one."""
    decided: NDArray[np.int16]
    """(n,) class that is decided."""
    score: NDArray[np.float64]
    """(n,) score of the positive class."""
    classes: int
    groupings: tuple[Grouping, ...]
    """All rows first."""
    value: NDArray[np.float64]
    """(n,) the true value for regression; NaN elsewhere."""


@dataclass(frozen=True, slots=True)
class Struck:
    """What an error changed, gathered over the blocks of rows."""

    rows: NDArray[np.int64]
    """Touched rows whose score or decision changed, or all touched rows of an error of rows or labels."""
    decided: NDArray[np.int16]
    """Their decisions afterwards."""
    score: NDArray[np.float64]
    truth: NDArray[np.int16]
    """Their labels afterwards."""
    weight: int = 1
    """How often each of them counts afterwards."""


def measured(name: str) -> Metric:
    """Return the metric called `name`.

    Raises:
        RefusedInputError: there is none that an error could be held against; the message lists the known ones.
    """
    known = {item.name: item for item in metric_list.METRICS if item.top or item.name in OTHERS}
    if name not in known:
        raise unknown_choice("metric", name, tuple(known))
    return known[name]


def tables(clean: Clean) -> list[NDArray[np.int64]]:
    """Return, for each grouping, (groups, labels, decisions) the rows before anything breaks."""
    width = clean.classes
    return [
        np.bincount(
            (grouping.codes.astype(np.int64) * (width + 1) + clean.truth) * width + clean.decided,
            minlength=len(grouping.names) * (width + 1) * width,
        ).reshape(len(grouping.names), width + 1, width)
        for grouping in clean.groupings
    ]


def right(clean: Clean, truth: NDArray[np.int16], decided: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Return which rows with a label are decided as it says."""
    return np.asarray((truth == decided) & (truth < clean.classes))


def counted(clean: Clean, before: Sequence[NDArray[np.int64]], struck: Struck, metrics: Sequence[str]) -> list[Counted]:
    """Return what an error did to each metric of all rows and of each group that has rows, before intervals.

    Args:
        clean: labels and decisions before.
        before: `tables` of them.
        struck: what changed.
        metrics: names of shares of rows; others are left to `governance.stress.ranking`.
    """
    paired = struck.weight == 1 and bool((struck.truth == clean.truth[struck.rows]).all())
    asked = _asked(metrics, clean.classes)
    if not asked.names:
        return []
    pairs = zip(clean.groupings, before, strict=True)
    return [
        item
        for grouping, table in pairs
        for item in _of_grouping(clean, grouping, struck, (asked, table), paired=paired)
    ]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The shares of rows that are measured."""

    names: tuple[str, ...]
    top: NDArray[np.bool_]
    """(metrics, labels, decisions) cells that the numerators count."""
    base: NDArray[np.bool_]
    """(metrics, labels, decisions) cells that the denominators count."""
    fixed: NDArray[np.bool_]
    """(metrics,) whether the rows of the denominator follow from the labels alone."""


def _asked(metrics: Sequence[str], classes: int) -> _Asked:
    found = [(item.name, *cells(item, classes)) for item in map(measured, metrics) if item.top]
    found = [item for item in found if item[2].any()]
    shape = (0, classes + 1, classes)
    top, base = (np.array([item[at] for item in found], bool).reshape(-1, *shape[1:]) for at in (1, 2))
    return _Asked(
        tuple(item[0] for item in found),
        top,
        base,
        np.asarray(np.equal(base.all(axis=2), base.any(axis=2)).all(axis=1)),
    )


@dataclass(frozen=True, slots=True)
class _Moved:
    """The changed rows of one grouping."""

    group: NDArray[np.int64]
    old: NDArray[np.int64]
    """(m,) the cell of label and decision before."""
    new: NDArray[np.int64]
    """(m,) the cell afterwards."""
    difference: NDArray[np.int64]
    """(groups, cells) rows after less rows before."""


def _moved(clean: Clean, grouping: Grouping, struck: Struck) -> _Moved:
    group = grouping.codes[struck.rows].astype(np.int64)
    width = (clean.classes + 1) * clean.classes
    old = clean.truth[struck.rows].astype(np.int64) * clean.classes + clean.decided[struck.rows]
    new = struck.truth.astype(np.int64) * clean.classes + struck.decided
    was, becomes = (np.bincount(group * width + cell, minlength=len(grouping.names) * width) for cell in (old, new))
    return _Moved(group, old, new, (struck.weight * becomes - was).reshape(-1, width))


@dataclass(frozen=True, slots=True)
class Counted:
    """One metric of one group, before its interval."""

    effect: Effect
    """Without ends; its reason says why there will be none."""
    lost: int
    """Rows that counted in the numerator and do no more."""
    gained: int
    """Rows that count in it now and did not."""


def cells(metric: Metric, classes: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which cells (labels, decisions) the numerator and the denominator of a share count.

    Of several classes only accuracy has a meaning without a chosen class.
    """
    top, base = (np.zeros((classes + 1, classes), bool) for _ in range(2))
    if classes > 2:
        if metric.name == "accuracy":
            top[:classes] = np.eye(classes, dtype=bool)
            base[:classes] = True
        return top, base
    for mark, listed in ((top, metric.top), (base, metric.base)):
        for label, decision in listed:
            if decision < classes:
                mark[label, decision] = True
    return top & base, base


def _of_grouping(
    clean: Clean, grouping: Grouping, struck: Struck, known: tuple[_Asked, NDArray[np.int64]], *, paired: bool
) -> list[Counted]:
    """Return every metric of every group that has rows."""
    (asked, table), moved = known, _moved(clean, grouping, struck)
    groups, several = len(grouping.names), len(asked.names)
    top, base = (part.reshape(several, -1) for part in (asked.top, asked.base))
    old = table.reshape(groups, -1)
    after = old + moved.difference
    old_top, new_top, old_base, new_base = (
        (rows @ part.T.astype(np.int64)).tolist()
        for rows, part in ((old, top), (after, top), (old, base), (after, base))
    )
    was, becomes = np.asarray(top[:, moved.old]), np.asarray(top[:, moved.new])
    place = np.arange(several)[:, None] * groups + moved.group
    lost, gained = (
        np.bincount(place[np.asarray(mark)], minlength=several * groups).reshape(several, groups).tolist()
        for mark in (was & ~becomes, ~was & becomes)
    )
    reasons = [REWEIGHTED if not paired else "" if fixed else SHIFTING for fixed in asked.fixed]
    some, found = np.asarray(old.any(axis=1)), []
    for metric, name in enumerate(asked.names):
        for at, group in enumerate(grouping.names):
            if not some[at]:
                continue
            counts = (old_top[at][metric], old_base[at][metric]), (new_top[at][metric], new_base[at][metric])
            before, then = (part / whole if whole else None for part, whole in counts)
            effect = Effect(
                metric=name,
                attribute=grouping.attribute,
                group=group,
                rows=old_base[at][metric],
                before=before,
                after=then,
                change=None if before is None or then is None else then - before,
                low=None,
                high=None,
                reason=reasons[metric] if old_base[at][metric] else "No row counts.",
            )
            found.append(Counted(effect=effect, lost=lost[metric][at], gained=gained[metric][at]))
    return found


def with_intervals(several: Sequence[Sequence[Counted]]) -> list[tuple[Effect, ...]]:
    """Return the effects of several errors; the intervals of all are found together, each different triple of counts once."""
    ends = _ends([item for found in several for item in found])
    return [tuple(_effect(item, ends) for item in found) for found in several]


def _ends(found: Sequence[Counted]) -> dict[tuple[int, int, int], tuple[float, float]]:
    triples = sorted({(item.lost, item.gained, item.effect.rows) for item in found if not item.effect.reason})
    if not triples:
        return {}
    lost, gained, rows = (np.array(part) for part in zip(*triples, strict=True))
    low, high = paired_change(lost, gained, rows)
    return {triple: (float(a), float(b)) for triple, a, b in zip(triples, low, high, strict=True)}


def _effect(item: Counted, ends: Mapping[tuple[int, int, int], tuple[float, float]]) -> Effect:
    if item.effect.reason:
        return item.effect
    low, high = ends[item.lost, item.gained, item.effect.rows]
    return replace(item.effect, low=low, high=high)
