"""Commands about a model file: what is inside it, and what it says about rows."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.options import JsonOption
from governance.cli.output import WRONG_USE, check_place, print_json, say
from governance.cli.progress import reporter
from governance.cli.sources import data_file, model_file, roles
from governance.codec import encode
from governance.data.outcome import positive_index
from governance.data.schema import Schema
from governance.evidence import environment
from governance.models.inspection import Inspection

if TYPE_CHECKING:
    import pyarrow as pa

ColumnsOption = Annotated[
    str, typer.Option(help="Raw columns in input order, separated by commas, when the file does not name them.")
]


def named_columns(text: str) -> tuple[str, ...]:
    """Return the column names in a list separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def inspect(
    model: Annotated[Path, typer.Argument(help="ONNX file.")],
    columns: ColumnsOption = "",
    json: JsonOption = False,
) -> None:
    """Say what is inside a model file, without trusting it; ends with 2 when the file is refused."""
    from governance.models import intake

    report = intake.inspect(model, columns=named_columns(columns))
    if json:
        print_json({**encode(report), "environment": encode(environment())})
    else:
        say(described(report, model.name))
    if report.refused:
        raise SystemExit(WRONG_USE)


def described(report: Inspection, name: str) -> str:
    """Return the report in lines for a person; text from the file is shown as Python writes it, never as it is."""
    if report.refused:
        return "\n".join(f"{name} is refused ({item.code}): {item.found} {item.advice}" for item in report.refused)
    unnamed = f"{report.width or 'any number of'} columns that the file does not name"
    lines = [
        f"{name}: {report.format}, {report.size:,} bytes, SHA-256 {report.digest}",
        f"written by {report.producer!r}, opsets {dict(report.opsets)}",
        f"task        {report.task}" + (f", classes {list(report.classes)}" if report.classes else ""),
        f"explained   {report.explainer}",
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
    model: Annotated[Path, typer.Argument(help="ONNX file.")],
    data: Annotated[Path, typer.Argument(help="CSV or Parquet file.")],
    out: Annotated[Path, typer.Option(help="Parquet file to write.")],
    schema: Annotated[Path | None, typer.Option(help="Column roles as TOML; `positive` chooses the score.")] = None,
    columns: ColumnsOption = "",
    json: JsonOption = False,
) -> None:
    """Ask a model about every row; writes `prediction`, and for classes `score_<class>` (`score` too when there are two)."""
    import pyarrow.parquet as pq

    from governance.run import Task, execute, read_array

    check_place(out)
    column_roles = roles(schema)
    asked = data_file(data, column_roles)
    task = Task("models.predict", asked, model_file(model, named_columns(columns), asked))
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        done = execute(task, Path(folder), reporter())
        table = answer_table(read_array(done.arrays["predictions"]), done.evidence.result["classes"], column_roles)
        pq.write_table(table, out)
        del table
    found = encode(done.evidence)
    if json:
        addressed = {"inputs": found["key"]["inputs"], "environment": found["environment"], "rows": found["rows"]}
        print_json({**found["result"], **addressed, "out": str(out)})
    else:
        result = found["result"]
        say(f"{result['n']:,} rows predicted ({result['task']}), written to {out}.")


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
