"""The door for Python: the product's methods on what a notebook holds, with the numbers that the screens and the command line show.

Every function takes pandas DataFrames, pyarrow Tables, arrays or paths, runs one method of the catalogue, and returns a `Result`:
the report, the account of rows, and the evidence (digests, parameters, seed, versions) that the report stands on. Nothing is
guessed: what cannot be understood is refused with what was got, what was expected and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from governance.drift import DriftReport
from governance.evidence import RefusedInputError
from governance.explain import GlobalExplanation, LocalExplanation
from governance.fairness import FairnessReport
from governance.notebook import (
    Data,
    Labelled,
    Meaning,
    Model,
    Result,
    Roles,
    Table,
    Values,
    Verification,
    labelled,
    predictor_of,
    table_of,
    with_groups,
)
from governance.performance import PerformanceReport
from governance.quality import QualityReport
from governance.runs import Task, assess, with_predictions
from governance.subject import Subject

R = TypeVar("R")
Parameters: TypeAlias = Mapping[str, Any]
"""Parameters of the method that differ from its defaults, by the names that `countersign assess --parameters` takes."""


def fairness_by_group(
    y_true: Values,
    y_pred: Values,
    *,
    sensitive_features: Values,
    control_features: Values = None,
    sample_weight: Values = None,
    positive: object = None,
    meaning: Meaning = "auto",
    threshold: float = 0.5,
    parameters: Parameters | None = None,
    seed: int = 0,
) -> Result[FairnessReport]:
    """Compare groups of people: metrics with intervals, verdicts, disparities, and whom nobody can judge.

    The names of the arguments are fairlearn's. A verdict never says that a model is fair: "not_worse" means that no difference
    beyond chance was found in groups that are large enough to judge.

    Args:
        y_true: the known outcome, two labels; missing values are counted and dropped.
        y_pred: the decision, in the same labels, or a score.
        sensitive_features: one column, or a DataFrame or mapping of several; combinations of two are compared too.
        control_features: strata within which groups are compared.
        sample_weight: weights of at least 0.
        positive: the label that the score is about; known for 0/1, -1/1 and False/True, else it must be named.
        meaning: "labels" or "scores" for `y_pred`; "auto" reads labels when every value is one, and the result says which.
        threshold: selected from this score on.
        parameters: see `governance.fairness.spec.ByGroup`, for example {"reference": "best"}.
        seed: of the bootstrap behind the intervals of disparities.

    Raises:
        RefusedInputError: lengths that differ, labels that cannot be understood, an attribute with too many values.
    """
    rows = labelled(
        y_true, y_pred, positive=positive, meaning=meaning, threshold=threshold, sample_weight=sample_weight
    )
    rows = with_groups(rows, sensitive_features, role="sensitive")
    if control_features is not None:
        rows = with_groups(rows, control_features, role="control")
    return _of_labels("fairness.by_group", FairnessReport, rows=rows, parameters=parameters, seed=seed)


def measure_performance(
    y_true: Values,
    y_pred: Values,
    *,
    sample_weight: Values = None,
    positive: object = None,
    meaning: Meaning = "auto",
    threshold: float = 0.5,
    parameters: Parameters | None = None,
    seed: int = 0,
) -> Result[PerformanceReport]:
    """Measure how often decisions are right, with intervals; for scores also ranking (AUC) and calibration.

    Args:
        y_true: the known outcome, two labels.
        y_pred: the decision, in the same labels, or a score.
        sample_weight: weights of at least 0.
        positive: the label that the score is about; known for 0/1, -1/1 and False/True, else it must be named.
        meaning: "labels" or "scores" for `y_pred`; "auto" reads labels when every value is one, and the result says which.
        threshold: selected from this score on.
        parameters: see `governance.performance.spec.Summary`.
        seed: of the bootstrap.

    Raises:
        RefusedInputError: lengths that differ, or labels that cannot be understood.
    """
    rows = labelled(
        y_true, y_pred, positive=positive, meaning=meaning, threshold=threshold, sample_weight=sample_weight
    )
    return _of_labels("performance.summary", PerformanceReport, rows=rows, parameters=parameters, seed=seed)


def compare_windows(
    reference: Data,
    current: Data,
    *,
    model: Model | None = None,
    schema: Roles = None,
    columns: Sequence[str] = (),
    parameters: Parameters | None = None,
    seed: int = 0,
) -> Result[DriftReport]:
    """Say which columns moved between two windows; with a model, also whether decisions got worse, and what to do.

    Args:
        reference: the window that the model was approved on.
        current: the window to be judged; it may lack the label and the time.
        model: an ONNX file or its bytes; without one, only the columns are compared.
        schema: the roles of columns. Without one every column is a feature, and nothing can be said about labels or groups.
        columns: raw columns in the order of the model's input, when the file does not name them.
        parameters: see `governance.drift.spec.DriftParameters`, for example {"tolerance": 0.05}.
        seed: of everything random.

    Raises:
        RefusedInputError: a table or a model that cannot be read, or roles that name columns that are not there.
    """
    before = table_of(reference, schema, noun="reference", optional=("timestamp",))
    now = table_of(current, schema, noun="current", optional=("target",))
    method = "drift.columns" if model is None else "drift.harm"
    return _of_table(
        method, DriftReport, table=now, reference=before, model=model, columns=columns, parameters=parameters, seed=seed
    )


def explain_model(
    model: Model,
    data: Data,
    *,
    background: Data | None = None,
    schema: Roles = None,
    columns: Sequence[str] = (),
    parameters: Parameters | None = None,
    seed: int = 0,
) -> Result[GlobalExplanation]:
    """Say which columns move the model's score, by how much, and how far that can be trusted.

    `result.arrays["attributions"]` has the Shapley values of the rows.

    Args:
        model: an ONNX file or its bytes.
        data: the rows to explain.
        background: the rows that "without this column" is averaged over, usually the training data; `data` itself when None.
        schema: the roles of columns; its positive value says which class is explained.
        columns: raw columns in the order of the model's input, when the file does not name them.
        parameters: see `governance.explain.spec.GlobalParameters`, for example {"method": "permutation"}.
        seed: of sampling.

    Raises:
        RefusedInputError: a table or a model that cannot be read, or a way that the model does not allow.
    """
    return _of_table(
        "explain.global",
        GlobalExplanation,
        table=table_of(data, schema, noun="data"),
        reference=_background(background, schema),
        model=model,
        columns=columns,
        parameters=parameters,
        seed=seed,
    )


def explain_row(
    model: Model,
    data: Data,
    *,
    row: int,
    background: Data | None = None,
    schema: Roles = None,
    columns: Sequence[str] = (),
    parameters: Parameters | None = None,
    seed: int = 0,
) -> Result[LocalExplanation]:
    """Say why the model says what it says about one row; arguments as for `explain_model`.

    Args:
        model: an ONNX file or its bytes.
        data: the rows among which the one to explain is.
        row: its position, from 0.
        background: the rows that "without this column" is averaged over; `data` itself when None.
        schema: the roles of columns.
        columns: raw columns in the order of the model's input, when the file does not name them.
        parameters: see `governance.explain.spec.LocalParameters`.
        seed: of sampling.

    Raises:
        RefusedInputError: a row that is not there, a table or a model that cannot be read.
    """
    return _of_table(
        "explain.local",
        LocalExplanation,
        table=table_of(data, schema, noun="data"),
        reference=_background(background, schema),
        model=model,
        columns=columns,
        parameters={**(parameters or {}), "row": row},
        seed=seed,
    )


def check_quality(
    data: Data,
    *,
    reference: Data | None = None,
    schema: Roles = None,
    parameters: Parameters | None = None,
    seed: int = 0,
) -> Result[QualityReport]:
    """Check a table: what is missing, doubled, impossible, leaked or out of order.

    Args:
        data: the table.
        reference: a table of the same kind that is known to be good; what is expected is then taken from it.
        schema: the roles of columns.
        parameters: see `governance.quality.spec.QualityParameters`.
        seed: of sampling in very large tables.

    Raises:
        RefusedInputError: a table that cannot be read, or roles that name columns that are not there.
    """
    known = None if reference is None else table_of(reference, schema, noun="reference")
    asked = table_of(data, schema, noun="data")
    return _of_table("quality.checks", QualityReport, table=asked, reference=known, parameters=parameters, seed=seed)


def verify(
    export: str | Path, trust: str | Path, *, old: Sequence[str | Path] = (), authority: bytes = b""
) -> Verification:
    """Check an export of a board's ledger with the verifier that travels inside it, without a network.

    The answer is true in a condition only when the export is valid: `if verify(export, trust): ...`.

    Args:
        export: the folder or .zip.
        trust: `trust.json`, received on another way than the export.
        old: checkpoints kept from earlier visits; the export must continue each of them.
        authority: certificates (PEM) of a time-stamping authority that you trust.

    Raises:
        RefusedInputError: there is nothing at one of the paths.
    """
    from governance.workflow.audit import check

    places = [Path(export), Path(trust), *map(Path, old)]
    absent = [path for path in places if not path.exists()]
    if absent:
        raise RefusedInputError(f"There is nothing at {str(absent[0])!r}.", "Check the path.")
    answer = check(places[0], places[1], places[2:], authority)
    return Verification(valid=answer["valid"] is True, answer=answer)


def _background(data: Data | None, schema: Roles) -> Table | None:
    """Return the rows to average over; they need the model's columns and no others."""
    optional = ("target", "identifier", "timestamp", "weight", "score", "prediction")
    return None if data is None else table_of(data, schema, noun="background", optional=optional)


def _of_labels(method: str, kind: type[R], *, rows: Labelled, parameters: Parameters | None, seed: int) -> Result[R]:
    table = table_of(rows.frame, rows.schema, noun="data")
    result = _of_table(method, kind, table=table, reference=None, parameters=parameters, seed=seed)
    return replace(result, notes=rows.notes)


def _of_table(
    method: str,
    kind: type[R],
    *,
    table: Table,
    reference: Table | None,
    model: Model | None = None,
    columns: Sequence[str] = (),
    parameters: Parameters | None,
    seed: int,
) -> Result[R]:
    """Run the method as `governance.runs.run.execute` does, on what is open already."""
    predictor, file = (None, None) if model is None else predictor_of(model, tuple(columns))
    task = Task(
        method=method,
        data=table.as_file(),
        model=file,
        reference=None if reference is None else reference.as_file(),
        parameters=None if parameters is None else dict(parameters),
        seed=seed,
    )
    subject = Subject(data=table.data, model=predictor, reference=None if reference is None else reference.data)
    evidence, arrays = assess(task, with_predictions(task, subject))
    return Result(evidence, kind, arrays=arrays)
