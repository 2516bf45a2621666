"""`countersign reasons`: the principal reasons for unfavourable decisions, for one row or as one file for all of them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from governance.cli.background import BackgroundOptions, explained
from governance.cli.documents import left_out
from governance.cli.evidence_file import EvidenceOption, write_evidence
from governance.cli.inputs import naming, text_of, toml_of
from governance.cli.models import ClassesOption, ColumnsOption, named_columns
from governance.cli.options import JsonOption, ModelArgument, SeedOption, TableArgument
from governance.cli.output import ForceOption, check_place, print_json, say, warn
from governance.cli.progress import reporter
from governance.cli.reading_options import ReadingOptions
from governance.cli.schema_options import SchemaOptions
from governance.cli.tables import TABLES, write_table
from governance.evidence import Evidence, JsonValue, NotAssessed, RefusedInputError, encode
from governance.explain import ReasonCodes, floor, how, no_reason, read_wording
from governance.runs import Done, execute, read_array
from governance.subject import Schema

_EVERYBODY: Final = -1
"""The method's own word for all rows with the unfavourable outcome."""


class AgainstChoice(StrEnum):
    """With whom people are compared."""

    favourable = "favourable"
    all = "all"


@dataclass(frozen=True, slots=True)
class WordingOptions:
    """How reasons are worded, and how many there are."""

    wording: Annotated[Path | None, typer.Option("--wording", help="Text file, lines like income: Income is low.")] = (
        None
    )
    count: Annotated[int, typer.Option("--count", min=1, max=20, help="Most reasons for one person.")] = 4


def reasons(
    model: ModelArgument,
    data: TableArgument,
    roles: SchemaOptions,
    how: ReadingOptions,
    compared: BackgroundOptions,
    worded: WordingOptions,
    row: Annotated[
        int | None, typer.Option(min=0, help="One row, from 0; without it everybody with the unfavourable outcome.")
    ] = None,
    against: Annotated[AgainstChoice, typer.Option(help="With whom people are compared.")] = AgainstChoice.favourable,
    out: Annotated[Path | None, typer.Option("--out", help="CSV or Parquet file for the reasons of all.")] = None,
    columns: ColumnsOption = "",
    classes: ClassesOption = "",
    seed: SeedOption = 0,
    evidence_file: EvidenceOption = None,
    force: ForceOption = False,
    json: JsonOption = False,
) -> None:
    """Give the principal reasons for unfavourable decisions, from attributions against a stated group, in your own words."""
    check_place(out, force=force, suffixes=TABLES)
    check_place(evidence_file, "--evidence", force=force)
    schema = roles.read()
    data = how.table(data)
    with naming(worded.wording, "wording"):
        words = read_wording(text_of(worded.wording)) if worded.wording else ()
    parameters = {
        "row": _EVERYBODY if row is None else row, "reference_group": against.value,
        "wording": [encode(item) for item in words], "count": worded.count,
        "background_rows": compared.background_rows, "background_seed": seed,
    }  # fmt: skip
    subject = explained(model, data, schema, compared.background, (named_columns(columns), named_columns(classes)))
    _require_outcome(roles, schema, subject.model.signature.classes)
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        done = execute(subject.task("explain.reasons", parameters, seed), Path(folder), reporter())
        if out is not None:
            _write(done, out)
    write_evidence(done.evidence, evidence_file)
    result = done.evidence.read(ReasonCodes)
    if json:
        print_json(_document(done.evidence, result))
        return
    _say(result)
    for line in left_out(done.evidence.rows):
        say(line)


def _require_outcome(roles: SchemaOptions, schema: Schema, classes: tuple[str, ...]) -> None:
    """Refuse to guess which outcome is unfavourable; what is taken by default is said on standard error.

    Raises:
        RefusedInputError: the model answers classes, and nobody said which of them the score is about.
    """
    if classes and not schema.positive:
        raise RefusedInputError(
            "Nobody said which outcome the score is about.", "Name it: --positive VALUE, or positive in the schema."
        )
    said = toml_of(roles.schema, "schema") if roles.schema else {}
    if roles.threshold is None and "threshold" not in said:
        warn("no threshold is given: a score of 0.5 or more counts as selected.")
    if roles.selected_is is None and "selected_is" not in said:
        warn("nobody said whether being selected is good for the person: it is taken as good (--selected-is).")


def _write(done: Done, out: Path) -> None:
    if "reasons" not in done.arrays:
        raise RefusedInputError("There are no reasons to write.", "Leave --out away to see why.")
    table = read_array(done.arrays["reasons"])
    write_table(table, out)
    del table


def _document(evidence: Evidence, result: ReasonCodes | NotAssessed) -> JsonValue:
    value = encode(evidence)
    return {
        **encode(result),
        "inputs": value["key"]["inputs"],
        "reading": value["reading"],
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
    say(f"{result.method}, {how(exact=result.exact)}, in {result.units}. {floor(result)}")
    for item in result.rows:
        words = "; ".join(f"{reason.text!r} ({reason.feature!r} = {reason.value!r})" for reason in item.reasons)
        say(f"row {item.row} {item.identifier!r}: score {item.prediction:.4g}: {words or no_reason(result)}")
    if len(result.rows) < result.unfavourable and len(result.rows) > 1:
        say(f"the first {len(result.rows)} are shown; --out writes all")
