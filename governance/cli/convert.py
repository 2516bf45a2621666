"""The command that turns a trained model into ONNX on the machine of the person who trained it."""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.models import ColumnsOption, named_columns
from governance.cli.options import JsonOption
from governance.cli.output import print_json, say
from governance.codec import encode, sha256
from governance.errors import RefusedInputError
from governance.evidence import environment

if TYPE_CHECKING:
    import pandas as pd

    from governance.models.agreement import Agreement


def convert(
    source: Annotated[
        Path, typer.Argument(help="skops, LightGBM text, XGBoost JSON, joblib or pickle file, or ONNX without names.")
    ],
    out: Annotated[Path, typer.Option(help="ONNX file to write.")],
    sample: Annotated[Path, typer.Option(help="CSV or Parquet with rows on which both models must agree.")],
    columns: ColumnsOption = "",
    tolerance: Annotated[float, typer.Option(help="Largest accepted difference.")] = 1e-4,
    accept_rows: Annotated[int, typer.Option(help="Rows that may differ by more.")] = 0,
    trust_type: Annotated[list[str] | None, typer.Option(help="A type that the skops file may build.")] = None,
    i_trust_this_file: Annotated[
        bool, typer.Option("--i-trust-this-file", help="Open a pickle or joblib file, which runs the code inside.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Convert a trained model to ONNX, and write it only when both give the same predictions on the sample.

    An ONNX file that does not name its columns gets the names of --columns, and is otherwise left as it is.
    """
    from governance.models.agreement import compare
    from governance.models.convert import convert_estimator
    from governance.models.native import load_estimator

    if source.suffix == ".onnx":
        _name_columns(source, out, sample, named_columns(columns), json=json)
        return
    estimator = load_estimator(source, trust_file=i_trust_this_file, trusted_types=tuple(trust_type or ()))
    rows = sample_rows(sample, named_columns(columns))
    model = convert_estimator(estimator, rows)
    found = compare(estimator, model, rows, tolerance)
    if found.beyond > accept_rows:
        raise RefusedInputError(
            found.explain(), f"Nothing was written. To accept these rows knowingly: --accept-rows {found.beyond}."
        )
    _write(out, model)
    _report(source, out, model, found, json=json)


def _name_columns(source: Path, out: Path, sample: Path, columns: tuple[str, ...], *, json: bool) -> None:
    """Write the names of the columns into an ONNX file; the sample shows that the model runs on columns of these names."""
    import numpy as np

    from governance.models.agreement import Agreement
    from governance.models.convert import named
    from governance.models.intake import inspect
    from governance.models.predictor import OnnxPredictor
    from governance.models.reading import parse_model, signature_of

    if not columns:
        raise RefusedInputError(f"{source.name} is an ONNX file already.", "Name its columns: --columns a,b,c.")
    inspect(source, columns=columns).check()
    data = source.read_bytes()
    signature = signature_of(data, columns)
    rows = sample_rows(sample, columns)
    before = OnnxPredictor(data, signature).predict(rows)
    model = named(parse_model(data), columns, ())
    after = OnnxPredictor(model, signature_of(model)).predict(rows)
    if not np.array_equal(before.score, after.score):
        raise RefusedInputError("The named file answers differently.", "Tell the maintainers: this must not happen.")
    _write(out, model)
    _report(source, out, model, Agreement(len(rows), 0.0, 0, 0, 0.0, 0.0), json=json)


def sample_rows(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows of a table with text as text, restricted to `columns` when these are given.

    Raises:
        RefusedInputError: no such table, or a column that it does not have.
    """
    import pandas as pd

    from governance.data.table import open_dataset

    data = open_dataset(path)
    absent = [name for name in columns if name not in data.columns]
    if absent:
        raise RefusedInputError(f"The sample does not have {absent[0]!r}.", f"Columns: {', '.join(data.columns)}.")
    frame = data.frame(columns or None)
    categories = [name for name in frame.columns if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    return frame.astype({name: frame[name].cat.categories.dtype for name in categories})


def _write(out: Path, model: bytes) -> None:
    """Write the file once it passed the intake that will look at it again at registration."""
    from governance.models.intake import inspect

    part = out.with_name(out.name + ".part")
    part.write_bytes(model)
    try:
        inspect(part).check()
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _report(source: Path, out: Path, model: bytes, found: Agreement, *, json: bool) -> None:
    from governance.models.reading import signature_of

    signature = signature_of(model)
    if json:
        print_json(
            {
                "source": str(source),
                "out": str(out),
                "digest": sha256(model),
                "task": signature.task,
                "classes": list(signature.classes),
                "columns": list(signature.columns),
                **encode(found),
                "environment": encode(environment()),
            }
        )
    else:
        say(f"{out}  SHA-256 {sha256(model)}\n{found.explain()}\ncolumns {json_text.dumps(signature.columns)}")
