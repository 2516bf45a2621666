"""What a reader must know before trusting a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from governance.fairness.near_equal import near_equal, notice
from governance.fairness.report import GroupResult, Limits
from governance.fairness.scores import Scores
from governance.statistics import Cells, Estimates, shares_of_rows
from governance.subject import Schema

RARE: Final = 10
"""Below so many cases of the rarer outcome, simulated coverage leaves 93 to 97 % (`python -m benchmarks.bench_fairness --coverage`)."""


def notices(
    scores: Scores | None,
    cells: Cells,
    whole: Sequence[Estimates],
    schema: Schema,
    groups: Sequence[GroupResult],
    limits: Limits,
    *,
    binary: bool = True,
) -> tuple[str, ...]:
    """Return the sentences, the gravest first."""
    return (
        *_about_scores(scores, whole),
        *_about_threshold(scores, schema.threshold),
        *(_about_labels(cells, schema) if binary or not schema.target else ()),
        *_about_spelling(groups),
        *_about_groups(cells, groups, limits),
        *_about_intervals(cells, groups, limits),
    )


def _about_spelling(groups: Sequence[GroupResult]) -> list[str]:
    """Return a sentence for each set of groups that are probably one, spelled in several ways."""
    values: dict[str, list[str]] = {}
    for group in groups:
        if len(group.group) == 1 and not group.unknown:
            (attribute, value) = next(iter(group.group.items()))
            values.setdefault(attribute, []).append(value)
    return [notice(attribute, same) for attribute, names in values.items() for same in near_equal(names)]


def _about_scores(scores: Scores | None, whole: Sequence[Estimates]) -> list[str]:
    if scores is None or not scores.score.size:
        return []
    found = []
    area = next((item for item in whole if item.metric == "roc_auc"), None)
    if area is not None and np.isfinite(area.value[0]) and area.high[0] < 0.5:
        found.append(
            f"The score is probably inverted: people with the positive label score lower than the others "
            f"(area under the curve {area.value[0]:.3f}). Check which value the score is about."
        )
    distinct = np.unique(scores.score).size
    if distinct == 1:
        found.append(
            "Every row has the same score: the model does not tell people apart, and only the threshold decides."
        )
    elif distinct <= 10:
        found.append(f"The score takes only {distinct} different values; most thresholds give the same decisions.")
    if scores.grid:
        found.append(
            f"There are so many different scores that they were rounded to 1/{scores.grid:,} for areas and calibration."
        )
    return found


def _about_threshold(scores: Scores | None, threshold: float) -> list[str]:
    """Return a sentence when the threshold lies outside the scores: they are probably on another scale."""
    if scores is None or not scores.score.size:
        return []
    low, high = float(scores.score.min()), float(scores.score.max())
    if low < threshold <= high:
        return []
    said = f"The threshold {threshold:g} does not divide the scores, which run from {low:g} to {high:g}"
    return [f"{said}: probably they are on another scale. Name the threshold of this scale."]


def _about_labels(cells: Cells, schema: Schema) -> list[str]:
    if not schema.target:
        return ["There is no label column: only selection rates and mean scores can be compared, not errors."]
    table = cells.rows.sum(axis=0)
    found = []
    if table[0].sum() == 0 or table[1].sum() == 0:
        found.append("Only one label occurs: error rates of the other are not defined.")
    if table[0, 0] and table[1, 1] and not table[0, 1] and not table[1, 0]:
        found.append(
            "Every decision is the same as the label: probably both are one column, or the label was made from the decision. "
            "Measures of errors say nothing then."
        )
    selected = table[:, 1].sum()
    if selected == 0:
        found.append("Nobody is selected at this threshold.")
    elif table[:, 0].sum() == 0:
        found.append("Everybody is selected at this threshold.")
    return found


def _about_groups(cells: Cells, groups: Sequence[GroupResult], limits: Limits) -> list[str]:
    found = [
        f"{item.name} is a number with many values; it is compared in {len(item.values)} bands: {', '.join(item.values)}."
        for item in cells.attributes
        if item.edges
    ]
    small = sum(group.n < limits.min_rows for group in groups)
    if small:
        found.append(
            f"{small} of {len(groups)} groups and combinations: fewer than {limits.min_rows} rows, not judged."
        )
    return found


def _about_intervals(cells: Cells, groups: Sequence[GroupResult], limits: Limits) -> list[str]:
    found = []
    if cells.weight is not None:
        found.append(
            "Rows carry weights: intervals use the effective number of rows (Kish), and the limits count rows."
        )
    rare = sum(_is_rare(group, limits) for group in groups)
    if rare:
        found.append(
            f"{rare} {'group rests' if rare == 1 else 'groups rest'} in some measure on fewer than {RARE} cases of the rarer outcome. "
            "With so few, 95 % intervals may cover anything from 90 % to 100 %."
        )
    return found


def _is_rare(group: GroupResult, limits: Limits) -> bool:
    """Return whether a judged share of the group has fewer than `RARE` cases on one side."""
    if group.n < limits.min_rows:
        return False
    shares = [item for item in group.metrics if item.metric in shares_of_rows() and item.value is not None and item.n]
    return any(min(item.value or 0.0, 1 - (item.value or 0.0)) * item.n < RARE - 0.5 for item in shares)
