"""The method `performance.segments`: where the model errs more than elsewhere, by an honest split of the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Finding, NotAssessed, Progress, Streams
from governance.performance.segment_report import LeftOut, Segment, SegmentsReport
from governance.performance.segments.coding import Coded, coded_columns
from governance.performance.segments.judging import Halves, Judged, judge, measured, of_leaf, shared
from governance.performance.segments.search import Candidate, best, looked_at, strength
from governance.performance.segments.tree import Node, grow
from governance.performance.spec import Segments
from governance.performance.summary import gathered
from governance.subject import Outcome, Subject, declared

Floats = NDArray[np.float64]
SAME = 0.5
"""Two segments that share at least this part of the rows of both are one."""


def segments(
    subject: Subject, parameters: Segments, *, rng: np.random.Generator, progress: Progress
) -> Finding[SegmentsReport]:
    """Return the rows on which the model errs more than on the others.

    Half of the rows, drawn at random, is searched: every column and every pair of columns, bins of numbers and values of names, and
    after each find again without its rows. The other half judges each find once. Then the halves change their tasks. The intervals are
    corrected for the number of finds of both (Bonferroni), so an error that is high by chance in the half that was searched is not
    named. The loss of a row is 1 for a wrong decision, or the absolute error of a predicted number.

    Raises:
        RefusedInputError: unknown label codes, or neither a model nor a score nor a decision.
    """
    schema = declared(subject)
    whole = gathered(subject, schema, progress)
    rows, known = whole.rows(), np.flatnonzero(whole.labelled)
    fewest = 4 * parameters.min_rows
    if rows.used < fewest:
        answer = "prediction" if whole.task == "regression" else "decision"
        return Finding(NotAssessed(f"{rows.used:,} rows with label and {answer}, fewer than {fewest}."), rows)
    loss, weight = _loss(whole)[known], None if whole.weight is None else whole.weight[known]
    if weight is not None and weight.sum() <= 0:
        return Finding(NotAssessed("All weights are 0."), rows)
    named = schema.features(subject.data.columns)
    read = list(coded_columns(subject.data, named))
    columns = tuple(
        replace(item, codes=item.codes[known], counts=np.bincount(item.codes[known], minlength=item.size))
        for item in read
        if isinstance(item, Coded)
    )
    left_out = tuple(item for item in read if isinstance(item, LeftOut))
    order, half = Streams(rng)["split"].permutation(len(known)), len(known) // 2
    halves = Halves(
        loss=loss,
        weight=weight,
        searched=np.sort(order[:half]),
        judged=np.sort(order[half:]),
        shares=whole.task != "regression",
    )
    report = _report(halves, columns, left_out=left_out, whole=whole, parameters=parameters, progress=progress)
    return Finding(report, rows)


@dataclass(frozen=True, slots=True)
class _Search:
    """What one half showed."""

    halves: Halves
    tree: tuple[Node, ...]
    finds: tuple[Candidate, ...]
    looked_at: int
    """Sets of rows that were compared."""


def _report(
    halves: Halves,
    columns: tuple[Coded, ...],
    *,
    left_out: tuple[LeftOut, ...],
    whole: Outcome,
    parameters: Segments,
    progress: Progress,
) -> SegmentsReport:
    progress(0, 2, "looking for segments in one half")
    there = _search(halves, columns, parameters)
    progress(1, 2, "looking for segments in the other half")
    back = _search(halves.swapped(), columns, parameters)
    count = len(there.finds) + len(back.finds)
    confidence = 1 - (1 - parameters.confidence) / max(count, 1)
    judged = [judge(one.halves, find, confidence) for one in (there, back) for find in one.finds]
    error, low, high = halves.mean(np.arange(len(halves.loss)), parameters.confidence)
    return SegmentsReport(
        task=whole.task,
        measure="mean_absolute_error" if whole.task == "regression" else "error_rate",
        rows=whole.rows(),
        weighted=whole.weight is not None,
        error=error,
        low=low,
        high=high,
        looked_at=there.looked_at + back.looked_at,
        finds=count,
        confidence=parameters.confidence,
        segments=_apart([item for item in judged if item is not None]),
        tree=measured(halves, there.tree, parameters.confidence),
        columns=tuple(column.name for column in columns),
        left_out=left_out,
    )


def _search(halves: Halves, columns: tuple[Coded, ...], parameters: Segments) -> _Search:
    """Return what stands out in one half, each find looked for among the rows that no earlier one holds (sequential covering)."""
    pool = halves.pool(max(parameters.min_rows, parameters.least_share * len(halves.searched)))
    paired = tuple(sorted(columns, key=lambda column: strength(pool, column), reverse=True)[: parameters.paired])
    tree = grow(pool, columns, len(halves.loss), parameters.depth)
    leaves = tuple(node for node in tree if node.leaf and node.path)
    found: list[Candidate] = []
    while len(found) < parameters.most:
        options = [item for item in (best(pool, columns, paired), *(of_leaf(pool, leaf) for leaf in leaves)) if item]
        leader = max(options, key=lambda item: item.z, default=None)
        if leader is None or leader.z < parameters.stop:
            break
        found.append(leader)
        pool = pool.without(leader.rows)
    return _Search(halves, tree, tuple(found), looked_at(columns, paired) + len(leaves))


def _apart(judged: list[Judged]) -> tuple[Segment, ...]:
    """Return the segments, the surest first; of two that share most of their rows the surer one stays.

    Both halves often find the same rows within slightly other bounds.
    """
    kept: list[Judged] = []
    for item in sorted(judged, key=lambda item: (not item.segment.named, -(item.segment.difference_low or 0.0))):
        if all(shared(item.rows, other.rows) < SAME for other in kept):
            kept.append(item)
    return tuple(item.segment for item in kept)


def _loss(whole: Outcome) -> Floats:
    """Return (n,) the absolute error, or 1 for a wrong decision and 0 for a right one."""
    if whole.task == "regression":
        return np.asarray(np.abs(whole.y_pred - whole.y_true))
    return np.asarray(whole.y_pred != whole.y_true, dtype=np.float64)
