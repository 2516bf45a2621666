"""Commands about a model file: what is inside it, and what it says about rows."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from governance.cli.inputs import check_file, check_files, data_file, model_file
from governance.cli.options import JsonOption, ModelArgument, TableArgument
from governance.cli.output import WRONG_USE, ForceOption, check_place, print_json, say
from governance.cli.progress import reporter
from governance.cli.reading_options import ReadingOptions
from governance.cli.run_or_record import warn_of_reading
from governance.cli.schema_options import SchemaOptions
from governance.cli.tables import TABLES, write_table
from governance.evidence import RefusedInputError, encode, environment
from governance.models import Inspection
from governance.subject import Schema, positive_index

if TYPE_CHECKING:
    import pyarrow as pa

ColumnsOption = Annotated[
    str, typer.Option(help="Raw columns in input order, separated by commas, when the file does not name them.")
]


ClassesOption = Annotated[
    str,
    typer.Option(help="Class labels in the order of the scores, separated by commas, when the file does not say them."),
]


EXPLAINED: Final = {
    "tree": "tree (exact on made-up rows; held against the model's own answers again on yours)",
    "linear": "linear (exact on made-up rows; held against the model's own answers again on yours)",
    "sampled": "sampled",
}
"""What is said about the way in which a model is explained, once it was tried."""


def named_columns(text: str) -> tuple[str, ...]:
    """Return the names in a list separated by commas; a name that holds a comma stands in double quotes, as in CSV.

    Raises:
        RefusedInputError: it cannot be read so, as over several lines.
    """
    import csv

    try:
        parts = next(csv.reader([text], skipinitialspace=True), [])
    except csv.Error as error:
        raise RefusedInputError(
            f"{text[:60]!r} is no list of names: {error}.", "Write them on one line with commas between: a,b,c."
        ) from error
    return tuple(part.strip() for part in parts if part.strip())


@dataclass(frozen=True, slots=True)
class NamesOptions:
    """What a model file may leave unsaid."""

    columns: ColumnsOption = ""
    classes: ClassesOption = ""

    def read(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the names of the columns and those of the classes, () for what was not given."""
        return named_columns(self.columns), named_columns(self.classes)


def inspect(
    model: ModelArgument,
    columns: ColumnsOption = "",
    classes: ClassesOption = "",
    json: JsonOption = False,
) -> None:
    """Say what is inside a model file, without trusting it; ends with 2 when the file is refused."""
    from governance.models import inspect as look_inside

    check_file(model)
    report = look_inside(model, columns=named_columns(columns), classes=named_columns(classes))
    if report.accepted:
        report = _tried(model, report, named_columns(columns), named_columns(classes))
    if json:
        print_json({**encode(report), "environment": encode(environment())})
    else:
        say(described(report, model.name))
    if report.refused:
        raise typer.Exit(WRONG_USE)


def _tried(model: Path, report: Inspection, columns: tuple[str, ...], classes: tuple[str, ...]) -> Inspection:
    """Return the report with how the model is explained, by the code that explains it on made-up rows, and why it has to be asked."""
    from governance.explain import way_and_reason
    from governance.models import OnnxPredictor, made_up_frame, signature_of

    names = columns or report.columns or tuple(f"column {at}" for at in range(report.width))
    predictor = OnnxPredictor(model, signature_of(model.read_bytes(), names, classes), report.digest)
    rows = made_up_frame(predictor.file, predictor.signature)
    try:
        predictor.predict(rows)
    except RefusedInputError:  # the made-up rows hold what this model does not take; nothing is known beyond its form
        return report
    way, reason = way_and_reason(predictor, rows)
    notes = (f"Values cannot be had from the file, so the model is asked: {reason}",) if reason else ()
    return replace(report, explainer=way, notes=(*report.notes, *notes))


def described(report: Inspection, name: str) -> str:
    """Return the report in lines for a person; text from the file is shown as Python writes it, never as it is."""
    if report.refused:
        return "\n".join(f"{name} is refused ({item.code}): {item.found} {item.advice}" for item in report.refused)
    unnamed = f"{report.width or 'any number of'} columns that the file does not name"
    lines = [
        f"{name}: {report.format}, {report.size:,} bytes, SHA-256 {report.digest}",
        f"written by {report.producer!r}, opsets {dict(report.opsets)}",
        f"task        {report.task}" + (f", classes {list(report.classes)}" if report.classes else ""),
        f"explained   {EXPLAINED[report.explainer or 'sampled']}",
        f"columns     {list(report.columns) or unnamed}",
        *(f"input       {item.name!r} {item.dtype} {_sizes(item.shape)}" for item in report.inputs),
        *(f"output      {item.name!r} {item.dtype} {_sizes(item.shape)}" for item in report.outputs),
        f"operators   {dict(report.operators)}",
        *(f"note        {note}" for note in report.notes),
    ]
    return "\n".join(lines)


def _sizes(shape: tuple[int | None, ...]) -> str:
    return " x ".join("any" if size is None else str(size) for size in shape)


def predict(
    model: ModelArgument,
    data: TableArgument,
    out: Annotated[Path, typer.Option(help="Parquet or CSV file to write, as its name ends.")],
    roles: SchemaOptions,
    how: ReadingOptions,
    columns: ColumnsOption = "",
    classes: ClassesOption = "",
    force: ForceOption = False,
    json: JsonOption = False,
) -> None:
    """Ask a model about every row; writes `prediction`, and for classes `score_<class>` (`score` too when there are two)."""
    from governance.runs import Task, execute, read_array

    check_place(out, force=force, suffixes=TABLES)
    check_files(model, data)
    column_roles = roles.read()
    asked = data_file(how.table(data), column_roles)
    file = model_file(model, named_columns(columns), asked, classes=named_columns(classes))
    task = Task(method="models.predict", data=asked, model=file)
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        done = execute(task, Path(folder), reporter())
        table = answer_table(read_array(done.arrays["predictions"]), done.evidence.result["classes"], column_roles)
        write_table(table, out)
        del table
    found = encode(done.evidence)
    if done.evidence.reading is not None:
        warn_of_reading(done.evidence.reading, data.name)
    if json:
        addressed = {name: found[name] for name in ("environment", "rows", "reading")} | {
            "inputs": found["key"]["inputs"]
        }
        print_json({**found["result"], **addressed, "out": str(out)})
    else:
        result = found["result"]
        say("\n".join([f"{result['n']:,} rows predicted ({result['task']}), written to {out}.", *result["notes"]]))


def answer_table(stored: pa.Table, classes: list[str], schema: Schema) -> pa.Table:
    """Return the stored predictions with the column names of the command line; `score` is that of the positive class."""
    import pyarrow as pa

    if not classes:
        return stored.rename_columns(["prediction"])
    columns = {"prediction": stored.column("label").cast(pa.string())}
    if len(classes) == 2:
        chosen = classes[positive_index(schema, tuple(classes))] if schema.positive else classes[1]
        columns["score"] = stored.column(f"score_{chosen}")
    return pa.table({**columns, **{f"score_{name}": stored.column(f"score_{name}") for name in classes}})
