"""`countersign reasons`: the principal reasons for unfavourable decisions, for one row or as one file for all of them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.evidence_file import EvidenceOption, write_evidence
from governance.cli.explain import BackgroundOption, DataArgument, ModelArgument, RowsOption, SeedOption
from governance.cli.models import ColumnsOption, named_columns
from governance.cli.options import JsonOption
from governance.cli.output import check_place, print_json, say
from governance.cli.progress import reporter
from governance.cli.sources import data_file, model_file, roles
from governance.codec import JsonValue, encode
from governance.data.schema import Schema
from governance.errors import RefusedInputError, unknown_choice
from governance.evidence import Evidence, NotAssessed
from governance.explain.report import ReasonCodes
from governance.explain.wording import read_wording
from governance.run import Done, Task, execute, read_array

AGAINST = ("favourable", "all")


def reasons(
    model: ModelArgument,
    data: DataArgument,
    schema: Annotated[Path, typer.Option("--schema", help="TOML file with the roles of columns and the threshold.")],
    background: BackgroundOption = None,
    row: Annotated[int, typer.Option(help="One row, from 0; without it everybody with the unfavourable outcome.")] = -1,
    against: Annotated[str, typer.Option(help="favourable or all: with whom people are compared.")] = "favourable",
    wording: Annotated[
        Path | None, typer.Option("--wording", help="Text file, lines like income: Income is low.")
    ] = None,
    count: Annotated[int, typer.Option(min=1, max=20, help="Most reasons for one person.")] = 4,
    out: Annotated[Path | None, typer.Option("--out", help="CSV or Parquet file for the reasons of all.")] = None,
    columns: ColumnsOption = "",
    background_rows: RowsOption = 1000,
    seed: SeedOption = 0,
    evidence_file: EvidenceOption = None,
    json: JsonOption = False,
) -> None:
    """Give the principal reasons for unfavourable decisions, from attributions against a stated group, in your own words."""
    check_place(out)
    if against not in AGAINST:
        raise unknown_choice("reference group", against, AGAINST)
    words = read_wording(_text(wording)) if wording else ()
    parameters = {
        "row": row, "reference_group": against, "wording": [encode(item) for item in words], "count": count,
        "background_rows": background_rows, "background_seed": seed,
    }  # fmt: skip
    asked = data_file(data, roles(schema))
    task = Task(
        method="explain.reasons",
        data=asked,
        model=model_file(model, named_columns(columns), asked),
        reference=data_file(background, Schema()) if background else None,
        parameters=parameters,
        seed=seed,
    )
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        done = execute(task, Path(folder), reporter())
        if out is not None:
            _write(done, out)
    write_evidence(done.evidence, evidence_file)
    result = done.evidence.read(ReasonCodes)
    print_json(_document(done.evidence, result)) if json else _say(result)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedInputError(f"{str(path)!r} cannot be read as text.", "Give a text file in UTF-8.") from error


def _write(done: Done, out: Path) -> None:
    import pyarrow.parquet as pq
    from pyarrow import csv

    if "reasons" not in done.arrays:
        raise RefusedInputError("There are no reasons to write.", "Leave --out away to see why.")
    table = read_array(done.arrays["reasons"])
    if out.suffix.lower() == ".csv":
        csv.write_csv(table, out)
    else:
        pq.write_table(table, out)
    del table


def _document(evidence: Evidence, result: ReasonCodes | NotAssessed) -> JsonValue:
    value = encode(evidence)
    return {
        **encode(result),
        "inputs": value["key"]["inputs"],
        "environment": value["environment"],
        "account": value["rows"],
    }


def _say(result: ReasonCodes | NotAssessed) -> None:
    if isinstance(result, NotAssessed):
        say(f"Not assessed: {result.reason}")
        return
    group = "with the favourable outcome" if result.reference_group == "favourable" else "of all kinds"
    say(
        f"{result.unfavourable:,} rows have the unfavourable outcome; compared with {result.background.rows:,} rows {group}"
    )
    for item in result.rows:
        words = "; ".join(f"{reason.text!r} ({reason.feature!r} = {reason.value!r})" for reason in item.reasons)
        say(
            f"row {item.row} {item.identifier!r}: score {item.prediction:.4g}: {words or 'no column speaks against it'}"
        )
    if len(result.rows) < result.unfavourable and len(result.rows) > 1:
        say(f"the first {len(result.rows)} are shown; --out writes all")
