"""The method `fairness.sweep`: what every threshold would mean for every group, from one pass over the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Finding, NotAssessed, Progress, Rows
from governance.fairness import binary, disparity as gaps
from governance.fairness.assemble import AT_ONCE, attribute_sets, total
from governance.fairness.by_group import account
from governance.fairness.intake import chunks, read_attributes
from governance.fairness.report import Frontier, GroupCurve, Limits, SweepReport
from governance.fairness.scores import Scores
from governance.fairness.spec import Sweep
from governance.statistics import Cells, named, wilson
from governance.subject import Schema, Subject, declared

Floats = NDArray[np.float64]


def sweep(subject: Subject, parameters: Sweep, *, rng: np.random.Generator, progress: Progress) -> Finding[SweepReport]:
    """Return the counts of every group at every threshold, and the frontier of accuracy against disparity.

    Raises:
        RefusedInputError: no sensitive column, or unknown label codes.
    """
    schema = declared(subject)
    found = read_attributes(subject)
    parts: list[Any] = []
    for chunk in chunks(subject, schema, found, progress):
        if chunk.outcome.task != "binary" or chunk.outcome.score is None:
            rows_of_all = subject.data.n_rows
            return Finding(NotAssessed("There is no score to move a threshold over."), Rows(rows_of_all, rows_of_all))
        parts.append(binary.summarise(chunk, found))
        if len(parts) == AT_ONCE:
            parts = [total(parts)]
    summary = total(parts)
    if summary is None or summary.scores is None or not summary.scores.score.size:
        return Finding(
            NotAssessed("No row has a score."), Rows(0, 0) if summary is None else account(summary.cells, schema)
        )
    rows = account(summary.cells, schema)
    return Finding(
        _report(
            summary.cells, summary.scores, schema=schema, parameters=parameters, rows=rows, rng=rng, progress=progress
        ),
        rows,
    )


def chosen_thresholds(scores: Scores, most: int, current: float) -> tuple[Floats, bool]:
    """Return ascending thresholds and whether they are all distinct scores.

    With more distinct scores than `most`, every k-th by rank is taken, so that the share selected moves in even steps. The
    threshold in force and one above all scores are always there.
    """
    values, place = np.unique(scores.score, return_inverse=True)
    exact = len(values) <= most
    if not exact:
        rank = np.cumsum(np.bincount(place, scores.rows))
        values = values[np.unique(np.searchsorted(rank, np.linspace(0, rank[-1], most)).clip(0, len(values) - 1))]
    return np.unique(np.concatenate([values, [current], [np.nextafter(values[-1], np.inf)]])), exact


def curve(group: Mapping[str, str], scores: Scores, cuts: Floats) -> GroupCurve:
    """Return the counts of one group's entries (ascending by score) at each threshold."""

    def above(mask: NDArray[np.bool_]) -> tuple[tuple[int, ...], int]:
        cumulative = np.concatenate([[0], np.cumsum(scores.rows[mask])])
        below = cumulative[np.searchsorted(scores.score[mask], cuts, side="left")]
        return tuple((cumulative[-1] - below).tolist()), int(cumulative[-1])

    selected, n = above(np.ones(len(scores.score), dtype=bool))
    true_positives, positives = above(scores.label == 1)
    false_positives, negatives = above(scores.label == 0)
    return GroupCurve(
        group=group,
        n=n,
        positives=positives,
        negatives=negatives,
        selected=selected,
        true_positives=true_positives,
        false_positives=false_positives,
    )


def _report(
    cells: Cells,
    scores: Scores,
    schema: Schema,
    parameters: Sweep,
    rows: Rows,
    rng: np.random.Generator,
    progress: Progress,
) -> SweepReport:
    cuts, exact = chosen_thresholds(scores, parameters.thresholds, schema.threshold)
    curves: list[GroupCurve] = []
    frontiers: dict[str, tuple[Frontier, ...]] = {}
    sets = attribute_sets(schema.sensitive, min(parameters.intersections, len(schema.sensitive)))
    for done, chosen in enumerate(sets):
        progress(done, len(sets), f"moving the threshold by {' and '.join(chosen)}")
        part = cells.marginal(chosen)
        own = [
            curve(named(part.attributes, codes), piece, cuts)
            for codes, piece in zip(part.groups, scores.split(part), strict=True)
        ]
        curves += sorted(own, key=lambda item: -item.n)
        if len(chosen) == 1 and schema.target:
            frontiers[chosen[0]] = frontier(own, cuts, parameters, rng)
    notices = [] if scores.weight is None else ["Rows carry weights; over thresholds, rows are counted without them."]
    return SweepReport(
        selected_is=schema.selected_is,
        current=schema.threshold,
        thresholds=tuple(cuts.tolist()),
        exact=exact,
        limits=parameters.limits,
        rows=rows,
        overall=curve({}, scores, cuts),
        groups=tuple(curves),
        frontier=frontiers,
        notices=tuple(notices),
    )


def tables(curves: Sequence[GroupCurve], index: int) -> NDArray[np.int64]:
    """Return the (g, 3, 3) counts by label and decision at one threshold."""
    found = np.zeros((len(curves), 3, 3), dtype=np.int64)
    for at, item in enumerate(curves):
        tp, fp, selected = item.true_positives[index], item.false_positives[index], item.selected[index]
        unlabelled = item.n - item.positives - item.negatives
        found[at, 1, :2] = item.positives - tp, tp
        found[at, 0, :2] = item.negatives - fp, fp
        found[at, 2, :2] = unlabelled - (selected - tp - fp), selected - tp - fp
    return found


def frontier(
    curves: Sequence[GroupCurve], cuts: Floats, parameters: Sweep, rng: np.random.Generator
) -> tuple[Frontier, ...]:
    """Return accuracy against demographic parity difference at thresholds spread over the sweep, with intervals."""
    limits = parameters.limits
    judged = np.array([item.n >= limits.min_rows for item in curves])
    if judged.sum() < 2:
        return ()
    steps = np.unique(np.linspace(0, len(cuts) - 1, parameters.points).astype(np.intp))
    found = [
        _point(curves, judged, threshold=float(cuts[step]), table=tables(curves, int(step)), limits=limits, rng=rng)
        for step in steps
    ]
    return tuple(_marked(item, found) for item in found)


def _point(
    curves: Sequence[GroupCurve],
    judged: NDArray[np.bool_],
    threshold: float,
    table: NDArray[np.int64],
    limits: Limits,
    rng: np.random.Generator,
) -> Frontier:
    cells = Cells((), np.arange(len(table), dtype=np.intp)[:, None], table)
    family = gaps.families(cells, ("selection_rate",), {"selection_rate": judged}, limits.draws, rng)
    names = tuple(item.name for item in curves)
    gap = gaps.disparity(
        [family["selection_rate"]], gaps.Question("demographic_parity", "", "between_groups", -1, names), limits
    )
    right, labelled = int((table[:, 0, 0] + table[:, 1, 1]).sum()), int(table[:, :2, :2].sum())
    low, high = wilson(right, labelled, limits.confidence)
    difference = gap.difference or 0.0
    return Frontier(
        threshold=threshold,
        accuracy=right / labelled if labelled else 0.0,
        accuracy_low=float(low),
        accuracy_high=float(high),
        disparity=difference,
        disparity_low=difference if gap.low is None else gap.low,
        disparity_high=difference if gap.high is None else gap.high,
        efficient=False,
    )


def _marked(item: Frontier, points: Sequence[Frontier]) -> Frontier:
    from dataclasses import replace

    better = any(
        other.accuracy >= item.accuracy
        and other.disparity <= item.disparity
        and (other.accuracy > item.accuracy or other.disparity < item.disparity)
        for other in points
    )
    return replace(item, efficient=not better)
