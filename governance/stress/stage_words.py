"""The words for the stages of a pipeline; screen, command line and report read them here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from governance.evidence import Escape, ReportLine
from governance.stress.stage_report import StageCheck, StageResult, StagesReport

OPERATORS: Final = {
    "input": "the columns as the model reads them",
    "Imputer": "missing values filled",
    "Scaler": "numbers scaled",
    "Normalizer": "rows scaled to one length",
    "OneHotEncoder": "categories encoded",
    "LabelEncoder": "categories numbered",
    "TreeEnsembleClassifier": "the answer of the trees",
    "TreeEnsembleRegressor": "the answer of the trees",
    "TreeEnsemble": "the answer of the trees",
    "LinearClassifier": "the answer of the weights",
    "LinearRegressor": "the answer of the weights",
}
"""ONNX operator -> what it does, for those who never saw one."""
CHECKS: Final = {
    "range": "outside the range",
    "missing": "missing",
    "category": "texts never seen",
    "one_each": "rows without their category",
}


def named(item: StageResult, escape: Escape = str) -> str:
    """Return a stage in words, with the operator beside it."""
    if item.operator == "input":
        return OPERATORS["input"]
    columns = ", ".join(escape(name) for name in item.columns[:4])
    more = f" and {len(item.columns) - 4} more" if len(item.columns) > 4 else ""
    what = OPERATORS.get(item.operator)
    said = f"{what} ({escape(item.operator)})" if what else escape(item.operator)
    return f"{said} of {columns}{more}" if columns else said


def check(item: StageCheck, escape: Escape = str) -> str:
    """Return one broken expectation in words, with its first offender."""
    column = f"{escape(item.column)}: " if item.column else ""
    rows = f"{item.rows:,} rows {CHECKS[item.check]}, about {item.by_chance:.2g} expected by chance"
    return f"{column}{rows} (expected {escape(item.expected)}; row {item.first_row} holds {escape(item.value)})"


def lead(result: StagesReport, escape: Escape = str) -> str:
    """Return where the batch first leaves the expectations, and whether the file hides it."""
    tried = f"{result.expectations:,} expectations of {len(result.stages)} stages, made from {result.reference_rows:,} earlier rows"
    if result.first < 0:
        return f"The batch of {result.rows:,} rows leaves none of {tried}."
    first, last = result.stages[result.first], result.stages[result.last]
    said = (
        f"The batch first leaves what earlier rows suggest at stage {first.stage}, {named(first, escape)}: "
        f"{check(first.failed[0], escape)}. "
    )
    if result.last < len(result.stages) - 1:
        said += f"After stage {last.stage} everything looks as it did before: the file hides it. "
    else:
        said += "It can be seen up to the model's answers. "
    return f"{said}{tried[0].upper()}{tried[1:]} were held against {result.rows:,} rows."


def lines(result: StagesReport) -> Iterator[ReportLine]:
    """Yield the stages that the batch leaves."""
    for item in result.stages:
        for one in item.failed[:3]:
            yield ReportLine(
                f"Stage {item.stage}: {named(item)}",
                one.column or "the whole stage",
                f"{one.rows:,} rows",
                check(one),
                "",
            )
