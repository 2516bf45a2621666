"""`countersign fairness` and `countersign impact-ratio`: groups compared on plain files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.analysis import RecordOption, evidence_of
from governance.cli.evidence_file import EvidenceOption, write_evidence
from governance.cli.options import JsonOption
from governance.cli.output import print_json, say
from governance.cli.sources import data_file, digest_of, model_file, roles, text_of
from governance.codec import JsonValue, encode
from governance.data.schema import Schema
from governance.errors import RefusedInputError, unknown_choice
from governance.evidence import Dropped, Evidence, NotAssessed, Rows
from governance.fairness import public_summary
from governance.fairness.report import FairnessReport, GroupResult, ImpactReport, ImpactTable, Unknown
from governance.run import Task

SchemaOption = Annotated[Path | None, typer.Option("--schema", help="TOML file with the roles of columns.")]
ModelOption = Annotated[
    Path | None, typer.Option("--model", help="ONNX model; without one the schema names score or prediction.")
]
SensitiveOption = Annotated[list[str] | None, typer.Option("--sensitive", help="Sensitive column; may be repeated.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed of the bootstrap.")]


def fairness(
    data: Annotated[Path, typer.Argument(help="CSV or Parquet file.")],
    schema: SchemaOption = None,
    model: ModelOption = None,
    reference: Annotated[str, typer.Option(help="largest, best, overall, or attribute=value.")] = "largest",
    intersections: Annotated[int, typer.Option(min=1, help="How many attributes are combined at most.")] = 2,
    target: Annotated[str, typer.Option(help="Label column.")] = "",
    positive: Annotated[str, typer.Option(help="Label value that the score is about.")] = "",
    sensitive: SensitiveOption = None,
    score: Annotated[str, typer.Option(help="Score column.")] = "",
    prediction: Annotated[str, typer.Option(help="Decision column.")] = "",
    threshold: Annotated[float | None, typer.Option(help="Selected from this score on.")] = None,
    min_rows: Annotated[int, typer.Option(min=1, help="A group with fewer rows is not judged.")] = 30,
    min_outcomes: Annotated[int, typer.Option(min=1, help="Fewest rows of each outcome that a metric needs.")] = 10,
    correction: Annotated[str, typer.Option(help="holm, bh or none.")] = "holm",
    draws: Annotated[int, typer.Option(min=0, help="Bootstrap draws of the counts; 0 for none.")] = 10_000,
    seed: SeedOption = 0,
    evidence_file: EvidenceOption = None,
    workspace: RecordOption = None,
    json: JsonOption = False,
) -> None:
    """Compare groups of people: metrics with intervals, disparities, and who cannot be judged."""
    found = roles(
        schema, target=target, positive=positive, sensitive=tuple(sensitive or ()), score=score,
        prediction=prediction, threshold=threshold,
    )  # fmt: skip
    limits = {"min_rows": min_rows, "min_outcomes": min_outcomes, "correction": correction, "draws": draws}
    evidence = _run(
        "fairness.by_group", data, found, model, seed,
        {"reference": reference, "intersections": intersections, "limits": limits}, workspace,
    )  # fmt: skip
    write_evidence(evidence, evidence_file)
    result = evidence.read(FairnessReport)
    document = {**_about(evidence), **_fairness_document(result)}
    print_json(document) if json else _say_fairness(result)


def _run(
    method: str,
    data: Path,
    schema: Schema,
    model: Path | None,
    seed: int,
    parameters: JsonValue,
    workspace: Path | None,
) -> Evidence:
    asked = data_file(data, schema)
    task = Task(
        method=method,
        data=asked,
        model=model_file(model, beside=asked) if model else None,
        parameters=parameters,
        seed=seed,
    )
    return evidence_of(task, workspace)


def _about(evidence: Evidence) -> dict[str, JsonValue]:
    """Return what every document holds beside its result."""
    value = encode(evidence)
    return {
        "method": evidence.key.method,
        "inputs": value["key"]["inputs"],
        "environment": value["environment"],
        "rows": value["rows"],
    }


def _fairness_document(result: FairnessReport | NotAssessed) -> dict[str, JsonValue]:
    if isinstance(result, NotAssessed):
        return {"overall": {}, "by_group": [], "disparities": [], "unknown": {}, **encode(result)}
    whole = encode(result)
    rest = {name: whole[name] for name in whole if name not in {"overall", "by_group", "unknown", "rows", "strata"}}
    return {
        "overall": {item.metric: item.value for item in result.overall},
        "by_group": [_group(group) for group in result.by_group],
        **rest,
        "strata": [
            {**value, "by_group": [_group(group) for group in stratum.by_group]}
            for value, stratum in zip(whole["strata"], result.strata, strict=True)
        ],
        "unknown": {item.attribute: _unknown(item) for item in result.unknown},
    }


def _group(group: GroupResult) -> JsonValue:
    value = encode(group)
    return {**value, "metrics": {item["metric"]: item for item in value["metrics"]}}


def _unknown(item: Unknown) -> JsonValue:
    value = encode(item)
    return {**value, "bounds": {bound["group"]: bound for bound in value["bounds"]}}


def _say_fairness(result: FairnessReport | NotAssessed) -> None:
    if isinstance(result, NotAssessed):
        say(f"Not assessed: {result.reason}")
        return
    for notice in result.notices:
        say(f"note: {notice}")
    for gap in result.disparities:
        if gap.method == "between_groups":
            what = f"{gap.metric} by {gap.attribute}"
            if gap.difference is None:
                say(f"{what}: cannot be judged, {gap.reason}")
            elif gap.low is None:
                say(f"{what}: {gap.difference:.3f} (no interval), worst {gap.worst}")
            else:
                say(f"{what}: {gap.difference:.3f} ({gap.low:.3f} to {gap.high:.3f}), worst {gap.worst}")
    for group in result.by_group:
        worse = [item.metric for item in group.metrics if item.verdict == "worse"]
        short = [item.metric for item in group.metrics if item.verdict == "not_enough_data"]
        state = f"worse in {', '.join(worse)}" if worse else "not worse in anything that can be judged"
        lacking = f"; not enough data for {len(short)} metrics" if short else ""
        say(f"{group.name} ({group.n:,} rows): {'reference' if group.is_reference else state}{lacking}")
    for item in result.unknown:
        say(f"{item.attribute}: unknown for {item.rows:,} rows ({item.share:.1%})")


def impact_ratio(
    data: Annotated[Path | None, typer.Argument(help="CSV or Parquet file, one row per applicant.")] = None,
    table: Annotated[Path | None, typer.Option("--table", help="CSV with category,applicants,selected.")] = None,
    schema: SchemaOption = None,
    model: ModelOption = None,
    scoring: Annotated[
        bool, typer.Option("--scoring", help="Share scored above the median instead of selected.")
    ] = False,
    keep_small: Annotated[bool, typer.Option("--keep-small", help="Keep categories under 2 % of the data.")] = False,
    justification: Annotated[str, typer.Option(help="Why categories under 2 % are excluded.")] = "",
    sensitive: SensitiveOption = None,
    summary: Annotated[
        Path | None, typer.Option("--summary", help="Write the public summary here: a .csv, .html or .json file.")
    ] = None,
    tool: Annotated[str, typer.Option(help="Name of the tool, for the summary.")] = "",
    audited: Annotated[str, typer.Option(help="Date of the audit, for the summary: 2026-12-31.")] = "",
    distributed: Annotated[str, typer.Option(help="Date of the tool's distribution, for the summary.")] = "",
    source: Annotated[str, typer.Option(help="Where the data come from and why, for the summary.")] = "",
    workspace: RecordOption = None,
    json: JsonOption = False,
) -> None:
    """Print the impact ratios of New York City's Local Law 144, or check a published table."""
    if (data is None) == (table is None):
        raise RefusedInputError("Expected either a data file or --table, got both or neither.", "Give one of them.")
    if summary is not None and summary.suffix[1:] not in public_summary.FORMATS:
        raise unknown_choice("format of a public summary", summary.suffix[1:], public_summary.FORMATS)
    report: ImpactReport | NotAssessed
    if table is not None:
        if workspace is not None:
            raise RefusedInputError("A table of counts is not recorded.", "Give the rows, or leave --workspace out.")
        document, report = _from_table(table, keep_small, justification)
    else:
        assert data is not None
        form = "scoring_rate" if scoring else "selection_rate"
        parameters = {"form": form, "keep_small": keep_small, "justification": justification}
        document, report = _from_rows(
            data, roles(schema, sensitive=tuple(sensitive or ())), model, parameters, workspace
        )
    if summary is not None:
        _summarise(report, summary, public_summary.About(tool, audited, distributed, source))
    if json:
        print_json(document)
        return
    if isinstance(report, NotAssessed):
        say(f"Not assessed: {report.reason}")
        return
    for one in report.tables:
        _say_table(one)
    for cell in document.get("checked", []):
        word = "reproduces" if cell["reproduces"] else f"does NOT reproduce (computed {cell['computed']})"
        say(f"published {cell['column']} of {cell['category']} {cell['published']}: {word}")


def _summarise(report: ImpactReport | NotAssessed, path: Path, about: public_summary.About) -> None:
    if isinstance(report, NotAssessed):
        raise RefusedInputError(f"There is nothing to summarise: {report.reason}", "Leave --summary out to see why.")
    path.write_bytes(public_summary.write(path.suffix[1:], [report], about))


def _from_table(path: Path, keep_small: bool, justification: str) -> tuple[dict[str, JsonValue], ImpactReport]:
    from governance.evidence import environment
    from governance.fairness.published import check

    digest = digest_of(path)
    found, cells = check(text_of(path), keep_small=keep_small, justification=justification)
    people = sum(group.applicants for group in found.groups)
    gone = (Dropped("category unknown", found.unknown),) if found.unknown else ()
    report = ImpactReport((found,), Rows(people, people + found.unknown, gone), "", "", ())
    document = {
        "method": "fairness.impact_ratio",
        "inputs": [{"role": "other", "digest": digest, "name": path.name}],
        "environment": encode(environment()),
        "rows": encode(report.rows),
        **_table_document(found),
        "checked": [encode(cell) for cell in cells],
    }
    return document, report


def _from_rows(
    data: Path, schema: Schema, model: Path | None, parameters: JsonValue, workspace: Path | None
) -> tuple[dict[str, JsonValue], ImpactReport | NotAssessed]:
    evidence = _run("fairness.impact_ratio", data, schema, model, 0, parameters, workspace)
    result = evidence.read(ImpactReport)
    if isinstance(result, NotAssessed):
        return {**_about(evidence), "groups": [], "reference": "", "unknown": 0, **encode(result)}, result
    tables = [_table_document(table) for table in result.tables]
    document = {
        **_about(evidence),
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
