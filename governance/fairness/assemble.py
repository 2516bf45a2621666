"""From a summary of the rows to groups, verdicts and disparities; the same for every kind of model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import add
from typing import Any, Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Progress
from governance.fairness import disparity as gaps
from governance.fairness.judge import judged, shortage
from governance.fairness.metrics import direction
from governance.fairness.reference import position
from governance.fairness.report import Counts, Disparity, GroupResult, Limits, Method, MetricValue, Polarity
from governance.statistics import Cells, Estimates, critical, named, of_counts

AT_ONCE: Final = 4
"""Summaries of chunks that wait until they are merged; memory does not depend on the number of rows."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is the same for every attribute set of a run."""

    limits: Limits
    polarity: Polarity
    reference: str
    """The rule."""
    chosen: Mapping[str, str]
    """Named reference groups."""
    labelled: bool
    """Whether there are labels at all."""
    total: int
    """All rows, for the shares."""

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics of counts that can be asked for."""
        return of_counts(labelled=self.labelled)


class Summary(Protocol):
    """What one pass leaves of the rows of a data set; summaries of chunks add up to the summary of the whole."""

    @property
    def cells(self) -> Cells:
        """Rows of each group by label and decision; for other than binary outcomes only known or unknown count."""

    def __add__(self, other: Self) -> Self:
        """Return the summary of both sets of rows."""

    def marginal(self, names: Sequence[str]) -> Self:
        """Return the summary by fewer attributes."""

    def within(self, name: str, code: int) -> Self:
        """Return the summary of the rows with one value of an attribute, without that attribute."""

    def estimates(self, rules: Rules) -> list[Estimates]:
        """Return every metric of every group of `cells`."""

    def counts(self) -> list[Counts | None]:
        """Return the counts of each group by name."""

    def families(
        self,
        items: Mapping[str, Estimates],
        enough: Mapping[str, NDArray[np.bool_]],
        rules: Rules,
        rng: np.random.Generator,
    ) -> tuple[Mapping[str, tuple[str, ...]], dict[str, gaps.Family]]:
        """Return disparity -> metrics whose worst gap it is, and redrawn values of metrics that are functions of counts."""


def total(parts: Iterable[Any]) -> Any:
    """Return the sum of summaries of consecutive chunks, None for none; a few wait and are merged at once."""
    waiting: list[Any] = []
    for part in parts:
        waiting.append(part)
        if len(waiting) == AT_ONCE:
            waiting = [_merged(waiting)]
    return _merged(waiting) if waiting else None


def _merged(parts: list[Any]) -> Any:
    first, *others = parts
    if not others:
        return first
    return first.joined(others) if hasattr(first, "joined") else reduce(add, parts)


def attribute_sets(names: Sequence[str], depth: int) -> list[tuple[str, ...]]:
    """Return single attributes, then pairs, and so on up to `depth` together, in the order of the schema."""
    return [chosen for size in range(1, max(1, depth) + 1) for chosen in combinations(names, size)]


def compared(
    summary: Summary, names: Sequence[str], depth: int, rules: Rules, rng: np.random.Generator, progress: Progress
) -> tuple[list[GroupResult], list[Disparity]]:
    """Return the groups and the disparities of every set of up to `depth` of the named attributes."""
    sets = attribute_sets(names, min(depth, len(names)))
    whole = summary.marginal(()).estimates(rules)
    groups: list[GroupResult] = []
    found: list[Disparity] = []
    for done, chosen in enumerate(sets):
        progress(done, len(sets), f"comparing groups by {' and '.join(chosen)}")
        part = summary.marginal(chosen)
        items = part.estimates(rules)
        results, reference = _family(part, items, whole, rules)
        found += _disparities(part, items, whole=whole, groups=results, reference=reference, rules=rules, rng=rng)
        groups += sorted(results, key=lambda group: -group.n)
    return groups, found


def _family(
    summary: Summary, items: list[Estimates], whole: list[Estimates], rules: Rules
) -> tuple[list[GroupResult], int]:
    """Return the groups of one attribute set and the position of the reference in them."""
    cells = summary.cells
    sizes = cells.rows.sum(axis=(1, 2)).astype(np.float64)
    groups = [named(cells.attributes, codes) for codes in cells.groups]
    last = np.array([len(attribute.values) for attribute in cells.attributes])
    unknown = (cells.groups == last).any(axis=1)
    outcome = next(
        (item for item in items if item.metric in {"selection_rate", "mean_absolute_error", "accuracy"}), items[0]
    )
    at = position(
        rules.reference,
        groups,
        sizes=sizes,
        unknown=unknown,
        outcome=outcome,
        limits=rules.limits,
        polarity=rules.polarity,
        chosen=rules.chosen,
    )
    found = judged(items, whole, sizes=sizes, reference=at, limits=rules.limits, polarity=rules.polarity)
    counts = summary.counts()
    total = max(rules.total, 1)
    results = [
        GroupResult(
            group=groups[i],
            n=int(sizes[i]),
            share=float(sizes[i]) / total,
            unknown=bool(unknown[i]),
            is_reference=i == at,
            counts=counts[i],
            metrics=found[i],
        )
        for i in range(len(groups))
    ]
    return results, at


def _disparities(
    summary: Summary,
    items: list[Estimates],
    whole: list[Estimates],
    groups: Sequence[GroupResult],
    reference: int,
    rules: Rules,
    rng: np.random.Generator,
) -> list[Disparity]:
    """Return every disparity of the groups of one attribute set, by every method."""
    sizes = np.array([float(group.n) for group in groups])
    enough = {
        item.metric: np.array([not shortage(item, at, sizes[at], rules.limits) for at in range(len(groups))])
        for item in items
    }
    wanted, found = summary.families({item.metric: item for item in items}, enough, rules, rng)
    needed = {part for parts in wanted.values() for part in parts} - set(found)
    for item, everyone in zip(items, whole, strict=True):
        if item.metric in needed:
            error = (item.high - item.low) / (2 * critical(rules.limits.confidence))
            found[item.metric] = gaps.normal_family(
                item.value,
                error,
                share=sizes / sizes.sum(),
                judged=enough[item.metric],
                overall=float(everyone.value[0]),
                draws=rules.limits.draws,
                rng=rng,
            )
    attribute = " & ".join(item.name for item in summary.cells.attributes)
    names = tuple(group.name for group in groups)

    def asked(name: str, parts: tuple[str, ...], method: Method) -> gaps.Question:
        return gaps.Question(
            name=name,
            attribute=attribute,
            method=method,
            reference=reference,
            groups=names,
            worse=direction(parts[0], rules.polarity) or "lower",
        )

    return [
        gaps.disparity([found[part] for part in parts], asked(name, parts, method), rules.limits)
        for name, parts in wanted.items()
        for method in gaps.METHODS
    ]


def overall(items: list[Estimates], limits: Limits, size: float) -> tuple[MetricValue, ...]:
    """Return the metrics of all rows together; they are compared with nothing."""
    found = judged(items, items, sizes=np.array([size]), reference=0, limits=limits, polarity="good")[0]
    return tuple(
        MetricValue(
            metric=m.metric,
            value=m.value,
            low=m.low,
            high=m.high,
            n=m.n,
            verdict="not_enough_data" if m.value is None else "no_direction",
            reason=m.reason,
        )
        for m in found
    )
