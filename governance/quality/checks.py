"""The method `quality.checks`: every expectation on a table held against it in one pass."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from governance.data.dataset import Dataset
from governance.data.profile import kind_of_column
from governance.evidence import Finding, NotAssessed, Progress, Rows
from governance.quality.expectations import Expectation, Expectations
from governance.quality.hold import Sample, relation
from governance.quality.judge import held
from governance.quality.propose import general, propose
from governance.quality.report import Check, ColumnCount, QualityReport
from governance.quality.spec import QualityParameters
from governance.quality.summary import Plan, TableSummary, plan, summary_of
from governance.subject import Subject

_RELATIONS = frozenset({"unit_jump", "imbalance", "leakage", "order"})
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
        return baseline(subject.reference, progress).expectations, "proposed from the reference data"
    first = next(subject.data.chunks(rows=10_000))
    kinds = {str(name): kind_of_column(first[name]) for name in first.columns}
    return general(subject.data.schema, kinds), "general ones for any table; no baseline was given"


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
        checks += relation(item, sample) if item.check in _RELATIONS else (held(item, found, what),)
    checks += _absent(what, data)
    checks.sort(key=lambda check: (_ORDER[check.outcome], check.check, check.column))
    return QualityReport(tuple(checks), _columns(found), source, found.rows, len(sample.rows))


def _absent(what: Plan, data: Dataset) -> Iterator[Check]:
    """Yield what could not be asked because nothing was stated, so that silence is never taken for a pass."""
    there = {item.check for item in what.expected}
    if "range" not in there:
        yield Check("range", "", "not_run", None, None, "No ranges are stated and no baseline was given.")
    if "values" not in there:
        yield Check("values", "", "not_run", None, None, "No lists of values are stated and no baseline was given.")
    if "unit_jump" not in there:
        yield Check("unit_jump", "", "not_run", None, None, "There is no baseline whose medians could be compared.")
    if "unique_key" not in there and not data.schema.identifier:
        yield Check("unique_key", "", "not_run", None, None, "No column has the role of identifier.")
    if "freshness" not in there:
        yield Check("freshness", "", "not_run", None, None, "No moment is stated from which the data count as fresh.")


def _columns(found: TableSummary) -> tuple[ColumnCount, ...]:
    return tuple(
        ColumnCount(
            column.name,
            column.kind,
            column.missing,
            len(column.texts) if column.texts else None,
            float(column.low.value) if np.isfinite(column.low.value) else None,
            float(-column.high.value) if np.isfinite(column.high.value) else None,
        )
        for column in found.columns.values()
    )
