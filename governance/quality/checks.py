"""The method `quality.checks`: every expectation on a table held against it in one pass."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from governance.data import kind_of_column
from governance.evidence import Finding, NotAssessed, Progress, RefusedInputError, Rows
from governance.quality import check_list
from governance.quality.chance import same_table
from governance.quality.expectation import Expectation, Expectations
from governance.quality.judge import held
from governance.quality.propose import general, propose
from governance.quality.report import Check, ColumnCount, QualityReport
from governance.quality.row_hash import column_hashes, row_hashes
from governance.quality.sample import Sample
from governance.quality.spec import QualityParameters
from governance.quality.summary import Plan, TableSummary, plan, summary_of
from governance.subject import Dataset, Subject

_ORDER = {"failed": 0, "not_run": 1, "passed": 2}


def run(
    subject: Subject,
    parameters: QualityParameters,
    *,
    rng: np.random.Generator,  # noqa: ARG001 - every method has the same signature
    progress: Progress,
) -> Finding[QualityReport]:
    """Check the subject's data; expectations that are not given come from the reference, or are the general ones."""
    data = subject.data
    if not data.n_rows:
        return Finding(NotAssessed("The table has no rows in this cohort."), Rows(0, 0))
    expected, source = _expected(subject, parameters.expectations, progress)
    what = plan(data, expected)
    found = summary_of(data, what, progress)
    return Finding(report(found, what, data, source), Rows(found.rows, found.rows))


def _expected(subject: Subject, given: Expectations | None, progress: Progress) -> tuple[tuple[Expectation, ...], str]:
    if given is not None and given.expectations:
        return given.expectations, f"{given.name}, version {given.version}"
    if subject.reference is not None and subject.reference.n_rows:
        _check_apart(subject.reference, subject.data)
        return baseline(subject.reference, progress).expectations, "proposed from the reference data"
    first = next(subject.data.chunks(rows=10_000))
    kinds = {str(name): kind_of_column(first[name]) for name in first.columns}
    return general(subject.data.schema, kinds), "general ones for any table; no baseline was given"


def _check_apart(reference: Dataset, data: Dataset) -> None:
    """Refuse expectations that a table suggests of itself: it would meet them whatever it holds.

    Raises:
        RefusedInputError: both hold the same rows, in one file or in two.
    """
    if reference.n_rows != data.n_rows or set(reference.columns) != set(data.columns):
        return
    names = tuple(sorted(data.columns))
    sides = [
        [row_hashes([column_hashes(chunk[name]) for name in names]) for chunk in side.chunks(names)]
        for side in (reference, data)
    ]
    if same_table(*sides):
        raise RefusedInputError(
            f"The reference and the table hold the same {data.n_rows:,} rows, so every expectation would be met.",
            "Give an earlier table as reference, or none.",
        )


def baseline(data: Dataset, progress: Progress, name: str = "expectations") -> Expectations:
    """Return the expectations that a table suggests, for a person to edit."""
    found = summary_of(
        data, Plan((), duplicates=False, identifier=data.schema.identifier, step=plan(data, ()).step), progress
    )
    return propose(found, data.schema, data.digest, name)


def report(found: TableSummary, what: Plan, data: Dataset, source: str) -> QualityReport:
    """Return the report on a summarised table."""
    sample = Sample(found.sampled(), data.schema)
    checks: list[Check] = []
    for item in what.expected:
        check = check_list.named(item.check)
        checks += check.of_sample(item, sample) if check.of_sample else (held(check, item, found, what),)
    checks += _absent(what, data)
    checks.sort(key=lambda check: (_ORDER[check.outcome], check.check, check.column))
    return QualityReport(tuple(checks), _columns(found), source, found.rows, len(sample.rows))


def _absent(what: Plan, data: Dataset) -> Iterator[Check]:
    """Yield what could not be asked because nothing was stated, so that silence is never taken for a pass."""
    there = {item.check for item in what.expected}
    for check in check_list.CHECKS:
        reason = "" if check.id in there else check.unstated(data.schema)
        if reason:
            yield Check(check=check.id, column="", outcome="not_run", value=None, threshold=None, reason=reason)


def _columns(found: TableSummary) -> tuple[ColumnCount, ...]:
    return tuple(
        ColumnCount(
            name=column.name,
            kind=column.kind,
            missing=column.missing,
            distinct=len(column.texts) if column.texts else None,
            minimum=float(column.low.value) if np.isfinite(column.low.value) else None,
            maximum=float(-column.high.value) if np.isfinite(column.high.value) else None,
        )
        for column in found.columns.values()
        if column.rows or not found.rows  # an ignored column was not read: nothing is counted in it
    )
