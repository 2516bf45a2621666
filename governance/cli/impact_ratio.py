"""`countersign impact-ratio`: the ratios of New York City's Local Law 144 from rows, or from a published table of counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.documents import about
from governance.cli.inputs import bytes_of, check_files, data_file, decoded, model_file, naming
from governance.cli.models import NamesOptions
from governance.cli.options import JsonOption, ModelOption
from governance.cli.output import ForceOption, check_place, print_json, say, write_bytes
from governance.cli.reading_options import ReadingOptions
from governance.cli.run_or_record import RecordOption, evidence_of
from governance.cli.schema_options import SchemaOptions
from governance.evidence import Dropped, JsonValue, NotAssessed, RefusedInputError, Rows, encode, sha256, unknown_choice
from governance.fairness import ImpactReport, ImpactTable, public_summary
from governance.runs import Task


@dataclass(frozen=True, slots=True)
class SummaryOptions:
    """The public summary that the law asks for, and what a person says in it."""

    summary: Annotated[
        Path | None, typer.Option("--summary", help="Write the public summary here: a .csv, .html or .json file.")
    ] = None
    tool: Annotated[str, typer.Option("--tool", help="Name of the tool, for the summary.")] = ""
    audited: Annotated[str, typer.Option("--audited", help="Date of the audit, for the summary: 2026-12-31.")] = ""
    distributed: Annotated[
        str, typer.Option("--distributed", help="Date of the tool's distribution, for the summary: 2026-12-31.")
    ] = ""
    source: Annotated[str, typer.Option("--source", help="Where the data come from and why, for the summary.")] = ""
    force: ForceOption = False

    def check(self) -> None:
        """Refuse a place, an ending or a date that the summary could not have, before anything is computed."""
        if self.summary is not None and self.summary.suffix[1:] not in public_summary.FORMATS:
            raise unknown_choice("format of a public summary", self.summary.suffix[1:], public_summary.FORMATS)
        check_place(self.summary, "--summary", force=self.force)
        for name, text in (("--audited", self.audited), ("--distributed", self.distributed)):
            if text and not _is_day(text):
                raise RefusedInputError(f"{name} {text}: expected a day of the calendar.", "Write it as 2026-12-31.")

    def write(self, report: ImpactReport | NotAssessed) -> None:
        """Write the summary when a file is named for it."""
        if self.summary is None:
            return
        if isinstance(report, NotAssessed):
            raise RefusedInputError(
                f"There is nothing to summarise: {report.reason}", "Leave --summary out to see why."
            )
        said = public_summary.About(
            tool=self.tool, audited=self.audited, distributed=self.distributed, source=self.source
        )
        write_bytes(self.summary, public_summary.write(self.summary.suffix[1:], [report], said))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def impact_ratio(
    roles: SchemaOptions,
    how: ReadingOptions,
    told: SummaryOptions,
    names: NamesOptions,
    data: Annotated[Path | None, typer.Argument(help="CSV or Parquet file, one row per applicant.")] = None,
    table: Annotated[Path | None, typer.Option("--table", help="CSV with category,applicants,selected.")] = None,
    model: ModelOption = None,
    scoring: Annotated[
        bool, typer.Option("--scoring", help="Share scored above the median instead of selected.")
    ] = False,
    keep_small: Annotated[bool, typer.Option("--keep-small", help="Keep categories under 2 % of the data.")] = False,
    justification: Annotated[str, typer.Option(help="Why categories under 2 % are excluded.")] = "",
    workspace: RecordOption = None,
    json: JsonOption = False,
) -> None:
    """Print the impact ratios of New York City's Local Law 144, or check a published table."""
    if (data is None) == (table is None):
        raise RefusedInputError("Expected either a data file or --table, got both or neither.", "Give one of them.")
    told.check()
    report: ImpactReport | NotAssessed
    if table is not None:
        if workspace is not None:
            raise RefusedInputError("A table of counts is not recorded.", "Give the rows, or leave --workspace out.")
        document, report = _from_table(table, keep_small, justification)
    else:
        assert data is not None
        check_files(data, model)
        form = "scoring_rate" if scoring else "selection_rate"
        parameters = {"form": form, "keep_small": keep_small, "justification": justification}
        asked = data_file(how.table(data), roles.read())
        columns, classes = names.read()
        known = model_file(model, columns, asked, classes=classes) if model else None
        task = Task(method="fairness.impact_ratio", data=asked, model=known, parameters=parameters)
        document, report = _from_rows(task, workspace)
    told.write(report)
    print_json(document) if json else _say(document, report)


def _say(document: dict[str, JsonValue], report: ImpactReport | NotAssessed) -> None:
    if isinstance(report, NotAssessed):
        say(f"Not assessed: {report.reason}")
        return
    for one in report.tables:
        _say_table(one)
    for note in document.get("notes", []):
        say(f"note: {note}")
    for cell in document.get("checked", []):
        word = _cell_word(cell, document["best_rate"])
        say(f"published {cell['column']} of {cell['category']} {cell['published']}: {word}")


def _cell_word(cell: dict[str, JsonValue], best: str) -> str:
    if cell["reproduces"] == "not_checkable":
        return "not checkable: the table lacks the numbers that it would follow from"
    if cell["reproduces"] == "no":
        return f"does NOT reproduce (computed {cell['computed']:.4f})"
    other = cell["reference_found"]
    return f"reproduces with reference {other}" if other and other != best else "reproduces"


def _from_table(path: Path, keep_small: bool, justification: str) -> tuple[dict[str, JsonValue], ImpactReport]:
    from governance.evidence import environment
    from governance.fairness import check

    content = bytes_of(path)
    with naming(path, "table"):
        checked = check(decoded(content), keep_small=keep_small, justification=justification)
    found = checked.table
    people = sum(group.applicants for group in found.groups)
    gone = (Dropped("category unknown", found.unknown),) if found.unknown else ()
    report = ImpactReport((found,), Rows(people, people + found.unknown, gone), "", "", ())
    document = {
        "method": "fairness.impact_ratio",
        "inputs": [{"role": "other", "digest": sha256(content), "name": path.name}],
        "reading": encode(checked.reading),
        "environment": encode(environment()),
        "rows": encode(report.rows),
        **_table_document(found),
        "checked": [encode(cell) for cell in checked.cells],
        "best_rate": checked.best,
        "reference_found": checked.reference_found,
        "notes": list(checked.notes),
    }
    return document, report


def _from_rows(task: Task, workspace: Path | None) -> tuple[dict[str, JsonValue], ImpactReport | NotAssessed]:
    evidence = evidence_of(task, workspace)
    result = evidence.read(ImpactReport)
    if isinstance(result, NotAssessed):
        return {**about(evidence), "groups": [], "reference": "", "unknown": 0, **encode(result)}, result
    tables = [_table_document(table) for table in result.tables]
    document = {
        **about(evidence),
        **tables[0],
        "groups": [{**group, "attribute": table["attribute"]} for table in tables for group in table["groups"]],
        "unknown": max(table.unknown for table in result.tables),
        "tables": tables,
        "notices": list(result.notices),
        "first_date": result.first_date,
        "last_date": result.last_date,
    }
    return document, result


def _table_document(table: ImpactTable) -> dict[str, JsonValue]:
    value: dict[str, JsonValue] = encode(table)
    value.pop("attributes")
    return {**value, "attribute": table.name}


def _say_table(table: ImpactTable) -> None:
    say(f"{table.name}, {table.form.replace('_', ' ')}, compared with {table.reference or 'nobody'}")
    for group in table.groups:
        rate = "no applicants" if group.rate is None else f"{group.rate:.4f}"
        ratio = (
            "excluded"
            if group.excluded
            else ("no ratio" if group.impact_ratio is None else f"{group.impact_ratio:.4f}")
        )
        flag = "  below four fifths" if group.below_four_fifths else ""
        say(f"  {group.category}: {group.selected:,} of {group.applicants:,}, rate {rate}, ratio {ratio}{flag}")
    say(f"  unknown category: {table.unknown:,}")
