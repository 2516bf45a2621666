"""One toy of each kind of plug-in: what somebody would write who adds one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from governance.drift.columns.column_test import VALUES, ColumnTest
from governance.drift.columns.distance import distance
from governance.drift.samples.shares import Tables, smoothed
from governance.drift.samples.two_samples import Floats, Ints
from governance.evidence.evidence import Finding, Progress, Rows
from governance.evidence.method_spec import MethodSpec
from governance.evidence.phrases import Escape
from governance.evidence.report_line import ReportLine
from governance.quality.check import QualityCheck
from governance.quality.column_summary import ColumnSummary
from governance.quality.expectation import Expectation
from governance.quality.report import Check
from governance.statistics.metric import FN, FP, KNOWN, Metric
from governance.subject.subject import Subject


def variation(reference: Ints, current: Ints) -> Floats:
    """Return the total variation distance: half the sum of the differences of the shares."""
    p, q = smoothed(reference, current)
    return np.asarray(np.abs(p - q).sum(axis=-1) / 2, dtype=np.float64)


def no_floor(reference: Ints, current: Ints, drawn: Tables | None) -> float:
    """Return 0: the toy has no idea of chance."""
    del reference, current, drawn
    return 0.0


DRIFT: Final = ColumnTest(
    id="toy",
    kinds=("numeric", "categorical"),
    facet=VALUES,
    measure=distance(variation, no_floor, unit="share of rows"),
    default_limit=0.001,
    unit="share of rows, 0 to 1",
    label="Rows in other cells (total variation)",
    said="{0:.2f} of the rows lie in other cells",
    meaning="Which share of the rows lies in other cells than before. 0 is equal, 1 is disjoint.",
    field_name="total variation distance",
    source="textbooks",
    corrected=False,
)

FAIRNESS: Final = Metric(
    name="toy_rate",
    family="counts",
    label="Wrong decisions",
    beside="error rate",
    meaning="The share of rows that the model decides otherwise than the label says. Best is 0.",
    field_name="error rate, zero-one loss",
    top=(FP, FN),
    base=KNOWN,
    needs="labelled rows",
    worse_if_good="higher",
    worse_if_bad="higher",
    parity="toy_parity",
)


def _negative(item: Expectation, column: ColumnSummary) -> Check:
    bad = column.low.value < 0
    words = f"The smallest value is {column.low.value:g}."
    return Check(item.check, item.column, "failed" if bad else "passed", column.low.value, 0.0, words)


QUALITY: Final = QualityCheck(
    id="toy_sign",
    label="Numbers below zero",
    question="Does the column hold a number below zero?",
    field_name="sign check",
    of_column=_negative,
    suits=("number",),
    unstated=lambda _: "No column of numbers.",
)


@dataclass(frozen=True, slots=True)
class ToyParameters:
    """Nothing to choose."""

    times: int = 1


@dataclass(frozen=True, slots=True)
class ToyResult:
    """How many rows the data and the reference have."""

    rows: int
    reference: int


def run(
    subject: Subject, parameters: ToyParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[ToyResult]:
    """Count rows."""
    del rng, progress
    rows = subject.data.n_rows
    other = subject.reference.n_rows if subject.reference else 0
    return Finding(ToyResult(rows * parameters.times, other), Rows(rows, rows))


def lead(result: ToyResult, escape: Escape = str) -> str:
    """Return the counts in words."""
    return f"{escape(result.rows)} rows against {escape(result.reference)}."


def lines(result: ToyResult) -> Iterator[ReportLine]:
    """Yield the count."""
    yield ReportLine("Rows (n)", "all rows", str(result.rows), "none", "")


METHOD: Final = MethodSpec(
    id="toy.rows",
    version=1,
    title="Toy count",
    question="How many rows are there?",
    run="tests.toys:run",
    parameters=ToyParameters,
    result=ToyResult,
    optional=("reference",),
    page="quality",
    lead="tests.toys:lead",
    lines="tests.toys:lines",
)
