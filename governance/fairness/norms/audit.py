"""The audit: stored tallies of windows under a set of norms, folded into one report; no rows, no model, no draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from governance.fairness.norms import words
from governance.fairness.norms.capital import NEVER, Course, course
from governance.fairness.norms.hypotheses import Hypotheses, hypotheses, partitions
from governance.fairness.norms.norm import CALIBRATION, PAIRS, TITLES, Norm, NormSet
from governance.fairness.norms.report import Accused, AuditedWindow, NormReport, NormState, State
from governance.fairness.norms.series import Series, Window, accounts, named, series
from governance.fairness.norms.since import since
from governance.fairness.norms.tally import WindowTally

NOTHING = "no window has been counted since the norms and this version are in force"
LEAST_WINDOWS = 2
"""The first window teaches the bets; only from the second on can anything be proven."""


def audit(windows: Sequence[Window], norms: NormSet, *, outlook: bool = False) -> NormReport:
    """Return where each norm stands after some windows.

    All pairs and groups of all norms share one error rate by closed testing.

    Args:
        windows: in the order in which they were registered; a table that comes twice counts once.
        norms: what is asked.
        outlook: whether the norms were chosen after the windows were there; then nothing is promised.
    """
    first: dict[str, Window] = {}
    for item in windows:
        first.setdefault(item.data, item)
    windows = tuple(first.values())
    counted = accounts(windows, norms)
    known: dict[tuple[str, ...], Series] = {}
    for norm in norms.norms:
        for names in partitions(norm):
            if names not in known:
                known[names] = series(windows, names, scores=any(item.metric in CALIBRATION for item in norms.norms))
    parts = [
        part
        for norm in norms.norms
        for names in partitions(norm)
        for part in hypotheses(norm, known[names], counted, norms.least_rows)
    ]
    size = len(windows)
    log_e = np.concatenate([part.log_e for part in parts], axis=2) if parts else np.zeros((1, size, 0))
    joined = np.concatenate([part.joined for part in parts]) if parts else np.zeros(0, dtype=np.intp)
    found = course(log_e, joined, norms.level)
    starts = np.cumsum([0, *(len(part.joined) for part in parts)])
    places = [(part, int(start)) for part, start in zip(parts, starts, strict=False)]
    return NormReport(
        title=norms.title,
        norms_digest=norms.digest,
        alpha=norms.alpha,
        outlook=outlook,
        windows=counted,
        norms=tuple(
            _state(
                norm, norms, [item for item in places if item[0].norm is norm], found, windows=windows, counted=counted
            )
            for norm in norms.norms
        ),
        promise=words.promise(norms.level, outlook=outlook),
        notices=words.notices(windows),
    )


def _state(
    norm: Norm,
    norms: NormSet,
    places: list[tuple[Hypotheses, int]],
    found: Course,
    *,
    windows: Sequence[Window],
    counted: Sequence[AuditedWindow],
) -> NormState:
    accused = tuple(sorted((one for part, start in places for one in _accused(part, start, found)),
                           key=lambda one: (one.proven_at, one.group, one.other)))  # fmt: skip
    at = [start + index for part, start in places for index in range(len(part.joined))]
    capital = np.nanmax(np.where(np.isnan(found.closed[:, at]), -np.inf, found.closed[:, at]), axis=1, initial=-np.inf)
    judged = tuple(dict.fromkeys(name for part, _ in places for name in part.judged))
    small = tuple(dict.fromkeys(name for part, _ in places for name in part.too_small))
    reason, state = _standing(norm, norms, judged, windows=windows, counted=counted)
    first = accused[0] if accused else None
    return NormState(
        id=norm.id,
        title=TITLES[norm.metric],
        metric=norm.metric,
        compare=norm.compare,
        limit=norm.limit,
        attributes=norm.attributes,
        state="in_breach" if first else state,
        reason="" if first else reason,
        proven_at=first.proven_at if first else None,
        since=first.since if first else None,
        accused=accused,
        capital=tuple(float(value) if np.isfinite(value) else 0.0 for value in capital),
        judged=judged,
        too_small=tuple(name for name in small if name not in judged),
    )


def _accused(part: Hypotheses, start: int, found: Course) -> list[Accused]:
    """Return the hypotheses of a part for which a breach is proven, each with its gap since it began."""
    accused = []
    for index in range(len(part.joined)):
        proven = int(found.proven[start + index])
        if proven == NEVER:
            continue
        began = since(part.gap[:, index], part.variance[:, index], proven)
        gap = part.measured(index, began.window)
        accused.append(
            Accused(
                group=named(part.attributes, gap.group),
                other=named(part.attributes, gap.other),
                attributes=part.attributes,
                values=gap.group,
                other_values=gap.other,
                measure=part.measure,
                proven_at=proven,
                gap=gap.value,
                low=gap.low,
                high=gap.high,
                since=began,
                people=gap.people,
            )
        )
    return accused


def _standing(
    norm: Norm,
    norms: NormSet,
    judged: tuple[str, ...],
    *,
    windows: Sequence[Window],
    counted: Sequence[AuditedWindow],
) -> tuple[str, State]:
    """Return why a norm without a proven breach cannot be judged, or not yet, and its state; "" and within when it can."""
    tallies = [item.tally for item in windows if item.tally is not None]
    used = sum(item.labels if norm.needs_labels else item.decisions for item in counted)
    never = _never(norm, norms, judged, tallies=tallies) if tallies else ""
    if never and (used or "column" in never):
        return never, "cannot_judge"
    if not used:
        reasons = dict.fromkeys(item.note for item in counted if item.note)
        return "; ".join(reasons) or NOTHING, "not_yet"
    if used < LEAST_WINDOWS:
        return "one window counts; the first teaches the bets, and only the second can prove anything", "not_yet"
    return "", "within"


def _never(norm: Norm, norms: NormSet, judged: tuple[str, ...], *, tallies: Sequence[WindowTally]) -> str:
    """Return why a norm cannot be judged on the windows that there are, "" when it can."""
    banded = sorted(set(norm.attributes) & {name for tally in tallies for name in tally.left_out})
    if banded:
        return f"{', '.join(banded)} holds numbers; groups over time need a column of names"
    absent = sorted(name for name in norm.attributes if all(name not in tally.attributes for tally in tallies))
    if absent:
        return f"no window has the sensitive column {', '.join(absent)}"
    if norm.reference != PAIRS and norm.reference.replace(" ", "") not in {name.replace(" ", "") for name in judged}:
        return f"the reference group {norm.reference} has had fewer than {norms.least_rows} rows"
    fewest = 1 if norm.metric in CALIBRATION else 2
    if len(judged) < fewest:
        return f"{len(judged)} groups have had at least {norms.least_rows} rows, {fewest} are needed"
    return ""
