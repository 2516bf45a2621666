"""The command that turns a trained model into ONNX on the machine of the person who trained it."""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.inputs import check_files
from governance.cli.models import ClassesOption, ColumnsOption, named_columns
from governance.cli.options import JsonOption
from governance.cli.output import ForceOption, check_place, print_json, say, warn
from governance.evidence import RefusedInputError, encode, environment, sha256

if TYPE_CHECKING:
    import pandas as pd

    from governance.models import Agreement


def convert(
    source: Annotated[
        Path, typer.Argument(help="skops, LightGBM text, XGBoost JSON, joblib or pickle file, or ONNX without names.")
    ],
    out: Annotated[Path, typer.Option(help="ONNX file to write.")],
    sample: Annotated[Path, typer.Option(help="CSV or Parquet with rows on which both models must agree.")],
    columns: ColumnsOption = "",
    classes: ClassesOption = "",
    tolerance: Annotated[float, typer.Option(min=0.0, help="Largest accepted difference.")] = 1e-4,
    accept_rows: Annotated[int, typer.Option(min=0, help="Rows that may differ by more.")] = 0,
    trust_type: Annotated[list[str] | None, typer.Option(help="A type that the skops file may build.")] = None,
    i_trust_this_file: Annotated[
        bool, typer.Option("--i-trust-this-file", help="Open a pickle or joblib file, which runs the code inside.")
    ] = False,
    force: ForceOption = False,
    json: JsonOption = False,
) -> None:
    """Convert a trained model to ONNX, and write it only when both give the same predictions on the sample.

    An ONNX file that does not name its columns or classes gets the names of --columns and --classes, and is otherwise left as it is;
    where its scores of several classes are no probabilities, a softmax is put behind them, and said.
    """
    from governance.models import compare, convert_estimator, load_estimator

    check_place(out, force=force, suffixes=(".onnx",))
    check_files(source, sample)
    if source.suffix == ".onnx":
        _name_columns(source, out, sample, (named_columns(columns), named_columns(classes)), json=json)
        return
    estimator = load_estimator(source, trust_file=i_trust_this_file, trusted_types=tuple(trust_type or ()))
    rows = sample_rows(sample, named_columns(columns))
    model = convert_estimator(estimator, rows)
    found = compare(estimator, model, rows, tolerance)
    if found.beyond > accept_rows:
        knowingly = f"To accept these rows knowingly: --accept-rows {found.beyond}."
        other = "Train another kind of model, or export ONNX yourself."
        raise RefusedInputError(found.explain(), f"Nothing was written. {other if found.unlike else knowingly}")
    write_model(out, model)
    _report(source, out, model, found, json=json)


def _name_columns(
    source: Path, out: Path, sample: Path, names: tuple[tuple[str, ...], tuple[str, ...]], *, json: bool
) -> None:
    """Write the names of columns and classes into an ONNX file; the sample shows that the model runs on columns of these names."""
    import numpy as np

    from governance.models import (
        Agreement,
        OnnxPredictor,
        are_probabilities,
        feature_names,
        inspect,
        metadata_of,
        named,
        parse_model,
        signature_of,
        softmax,
        with_softmax,
    )

    columns, classes = names
    data = source.read_bytes()
    columns = columns or feature_names(metadata_of(parse_model(data)))
    if not columns:
        raise RefusedInputError(f"{source.name} is an ONNX file already.", "Name its columns: --columns a,b,c.")
    inspect(source, columns=columns, classes=classes).check()
    signature = signature_of(data, columns, classes)
    rows = sample_rows(sample, columns)
    before = OnnxPredictor(data, signature).predict(rows).score
    parsed = parse_model(data)
    if classes and signature.score_output and not signature.label_output and not are_probabilities(before):
        with_softmax(parsed, signature.score_output)
        before = softmax(before)
        warn("The scores are no probabilities: a softmax is put behind them, and the file answers with its result.")
    model = named(parsed, columns, classes)
    after = OnnxPredictor(model, signature_of(model)).predict(rows).score
    if not np.allclose(before, after, rtol=1e-6, atol=1e-6):
        raise RefusedInputError("The named file answers differently.", "Tell the maintainers: this must not happen.")
    write_model(out, model)
    _report(
        source,
        out,
        model,
        Agreement(rows=len(rows), max_difference=0.0, beyond=0, labels_differ=0, rounding=0.0, tolerance=0.0),
        json=json,
    )


def sample_rows(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows of a table with text as text, restricted to `columns` when these are given.

    Raises:
        RefusedInputError: no such table, or a column that it does not have.
    """
    import pandas as pd

    from governance.data import open_dataset

    data = open_dataset(path)
    absent = [name for name in columns if name not in data.columns]
    if absent:
        raise RefusedInputError(f"The sample does not have {absent[0]!r}.", f"Columns: {', '.join(data.columns)}.")
    frame = data.frame(columns or None)
    categories = [name for name in frame.columns if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    return frame.astype({name: frame[name].cat.categories.dtype for name in categories})


def write_model(out: Path, model: bytes) -> None:
    """Write the file once it passed the intake that will look at it again at registration."""
    from governance.models import inspect

    part = out.with_name(out.name + ".part")
    part.write_bytes(model)
    try:
        inspect(part).check()
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _report(source: Path, out: Path, model: bytes, found: Agreement, *, json: bool) -> None:
    from governance.models import signature_of

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
