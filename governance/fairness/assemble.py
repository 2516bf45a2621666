"""From counts to the report: every attribute, every intersection, every stratum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from governance.fairness import disparity as gaps
from governance.fairness.cells import Cells
from governance.fairness.estimates import Estimates, of_cells
from governance.fairness.groups import named
from governance.fairness.intervals import critical
from governance.fairness.judge import judged, shortage
from governance.fairness.metrics import BINARY, FN, FP, LABEL_FREE, TN, TP, direction
from governance.fairness.reference import position
from governance.fairness.report import Counts, Disparity, GroupResult, Limits, Method, MetricValue, Polarity


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
        return BINARY if self.labelled else tuple(name for name in BINARY if name in LABEL_FREE)


def attribute_sets(names: Sequence[str], depth: int) -> list[tuple[str, ...]]:
    """Return single attributes, then pairs, and so on up to `depth` together, in the order of the schema."""
    return [chosen for size in range(1, max(1, depth) + 1) for chosen in combinations(names, size)]


def counts_of(table: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Counts:
    """Return the (3, 3) table of one group by name."""
    tn, fp, fn, tp = (int(table[cell]) for cell in (TN, FP, FN, TP))
    return Counts(
        tn, fp, fn, tp, int(table[2, 0]), int(table[2, 1]), undecided=int(table[:2, 2].sum()), neither=int(table[2, 2])
    )


def family(
    cells: Cells, rules: Rules, extra: list[Estimates], extra_overall: list[Estimates]
) -> tuple[list[GroupResult], int, list[Estimates], list[Estimates]]:
    """Return the groups of one attribute set, the position of the reference in them, their estimates and those of all rows.

    Args:
        cells: counts of the g groups of exactly this attribute set.
        rules: what is the same for every set.
        extra: further metrics of the same groups in the same order (scores).
        extra_overall: the same of all rows together.
    """
    confidence = rules.limits.confidence
    items = of_cells(cells, rules.names, confidence) + extra
    whole = of_cells(cells.marginal(()), rules.names, confidence) + extra_overall
    sizes = cells.rows.sum(axis=(1, 2)).astype(np.float64)
    groups = [named(cells.attributes, codes) for codes in cells.groups]
    unknown = np.array(
        [any(code == len(a.values) for a, code in zip(cells.attributes, codes, strict=True)) for codes in cells.groups]
    )
    outcome = next(item for item in items if item.metric == "selection_rate")
    at = position(rules.reference, groups, sizes, unknown, outcome, rules.limits, rules.polarity, rules.chosen)
    found = judged(items, whole, sizes, at, rules.limits, rules.polarity)
    results = [
        _group(groups[i], int(sizes[i]), bool(unknown[i]), i == at, counts_of(cells.rows[i]), found[i], rules.total)
        for i in range(len(groups))
    ]
    return results, at, items, whole


def _group(
    group: Mapping[str, str],
    size: int,
    unknown: bool,
    is_reference: bool,
    counts: Counts | None,
    found: tuple[MetricValue, ...],
    total: int,
) -> GroupResult:
    return GroupResult(group, size, size / total if total else 0.0, unknown, is_reference, counts, found)


def disparities(
    cells: Cells,
    items: list[Estimates],
    whole: list[Estimates],
    groups: Sequence[GroupResult],
    reference: int,
    rules: Rules,
    rng: np.random.Generator,
) -> list[Disparity]:
    """Return every disparity of the groups of one attribute set, by every method."""
    sizes = [float(group.n) for group in groups]
    enough = {
        item.metric: np.array([not shortage(item, at, sizes[at], rules.limits) for at in range(len(groups))])
        for item in items
    }
    wanted = {name: parts for name, parts in gaps.BINARY.items() if all(part in enough for part in parts)}
    metrics = tuple(dict.fromkeys(part for parts in wanted.values() for part in parts))
    found = gaps.families(cells, metrics, enough, rules.limits.draws, rng)
    shares = np.array(sizes) / max(sum(sizes), 1.0)
    for item, everyone in zip(items, whole, strict=True):
        if item.metric in gaps.SCORED_METRICS:
            wanted = {**wanted, **{name: parts for name, parts in gaps.SCORED.items() if parts == (item.metric,)}}
            error = (item.high - item.low) / (2 * critical(rules.limits.confidence))
            found[item.metric] = gaps.normal_family(
                item.value, error, shares, enough[item.metric], float(everyone.value[0]), rules.limits.draws, rng
            )
    attribute = " & ".join(item.name for item in cells.attributes)
    names = tuple(group.name for group in groups)
    return [
        gaps.disparity(
            [found[part] for part in parts],
            _question(name, parts, attribute, method, reference, names, rules),
            rules.limits,
        )
        for name, parts in wanted.items()
        for method in gaps.METHODS
    ]


def _question(
    name: str,
    parts: tuple[str, ...],
    attribute: str,
    method: Method,
    reference: int,
    names: tuple[str, ...],
    rules: Rules,
) -> gaps.Question:
    worse = direction(parts[0], rules.polarity) or "lower"
    return gaps.Question(name, attribute, method, reference, names, worse)


def overall(items: list[Estimates], limits: Limits, size: float) -> tuple[MetricValue, ...]:
    """Return the metrics of all rows together; they are compared with nothing."""
    found = judged(items, items, np.array([size]), 0, limits, "good")[0]
    return tuple(
        MetricValue(
            m.metric, m.value, m.low, m.high, m.n, "not_enough_data" if m.value is None else "no_direction", m.reason
        )
        for m in found
    )
