"""Commands about tables: their quality, the expectations that a baseline suggests, who is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.analysis import RecordOption, evidence_of
from governance.cli.evidence_file import EvidenceOption, write_evidence
from governance.cli.options import JsonOption
from governance.cli.output import DONE, NOT_SATISFIED, print_json, say
from governance.cli.progress import reporter
from governance.cli.sources import data_file, roles, text_of
from governance.codec import canonical, encode, parse
from governance.errors import RefusedInputError
from governance.evidence import Evidence, NotAssessed
from governance.quality import benchmark as shares
from governance.quality import expectations as expected
from governance.quality.audit_report import AuditReport
from governance.quality.report import QualityReport
from governance.run import Task, open_data

SchemaOption = Annotated[Path | None, typer.Option(help="Column roles as TOML.")]
CohortOption = Annotated[str, typer.Option(help='Which rows, for example: sex = "Female" and age >= 25')]


def quality(
    data: Annotated[Path, typer.Argument(help="CSV or Parquet file.")],
    expectations: Annotated[
        Path | None, typer.Option(help="Expectations as TOML or JSON, or a Great Expectations suite.")
    ] = None,
    reference: Annotated[Path | None, typer.Option(help="Baseline table to propose expectations from.")] = None,
    schema: SchemaOption = None,
    target: Annotated[str, typer.Option(help="The label column.")] = "",
    positive: Annotated[str, typer.Option(help="The value of the label that the score is about.")] = "",
    identifier: Annotated[str, typer.Option(help="The column that identifies a row.")] = "",
    cohort: CohortOption = "",
    strict: Annotated[bool, typer.Option(help="Leave with exit code 1 when a check failed.")] = False,
    evidence_file: EvidenceOption = None,
    workspace: RecordOption = None,
    json: JsonOption = False,
) -> None:
    """Check a table: missing values, sentinels, ranges, duplicates, imbalance, leakage, order along the file."""
    found_roles = roles(schema, target=target, positive=positive, identifier=identifier)
    given = expected.read(text_of(expectations)) if expectations else None
    if given is not None and not given.expectations:
        raise RefusedInputError(
            f"The file {str(expectations)!r} expects nothing.", "Write at least one [[expectations]]."
        )
    task = Task(
        "quality.checks",
        data_file(data, found_roles, cohort),
        reference=data_file(reference, found_roles) if reference else None,
        parameters={"expectations": encode(given)} if given else None,
    )
    evidence = evidence_of(task, workspace)
    write_evidence(evidence, evidence_file)
    result = evidence.read(QualityReport)
    if isinstance(result, NotAssessed):
        raise RefusedInputError(result.reason, "Choose other data or a wider cohort.")
    if json:
        print_json(_document(evidence))
    else:
        for check in result.checks:
            if check.outcome != "passed":
                say(f"{check.outcome.replace('_', ' '):8} {check.check:15} {check.column}: {check.reason}")
        counts = ", ".join(f"{result.count(one)} {one.replace('_', ' ')}" for one in ("failed", "not_run", "passed"))
        say(f"{counts}; expectations: {result.source}.")
    raise typer.Exit(NOT_SATISFIED if strict and result.count("failed") else DONE)


def propose(
    data: Annotated[Path, typer.Argument(help="CSV or Parquet file that later tables are compared with.")],
    schema: SchemaOption = None,
    name: Annotated[str, typer.Option(help="What the expectations are called.")] = "expectations",
    form: Annotated[str, typer.Option("--format", help="toml, json, great-expectations or pandera.")] = "toml",
    out: Annotated[Path | None, typer.Option(help="File to write; standard output when left out.")] = None,
) -> None:
    """Propose expectations from a baseline, for a person to edit; what a format cannot express is named on standard error."""
    from governance.quality.checks import baseline

    found = baseline(open_data(data_file(data, roles(schema))), reporter(), name)
    text, left = _written(found, form)
    if left:
        kinds = ", ".join(sorted({item.check for item in left}))
        typer.echo(f"countersign: {len(left)} expectations cannot be written as {form}: {kinds}", err=True)
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        say(text.rstrip("\n"))


def audit(
    data: Annotated[Path, typer.Argument(help="CSV or Parquet file.")],
    schema: SchemaOption = None,
    sensitive: Annotated[
        list[str] | None, typer.Option(help="Column that describes groups; repeat for several.")
    ] = None,
    benchmark: Annotated[
        Path | None,
        typer.Option(
            help='CSV with the sensitive columns and share; or JSON: [{"group": [{"attribute": "sex", "value": "Female"}], "share": 0.5}].'
        ),
    ] = None,
    cohort: CohortOption = "",
    evidence_file: EvidenceOption = None,
    workspace: RecordOption = None,
    json: JsonOption = False,
) -> None:
    """Say who is in the data: representation, labels and missing values by group, and which columns give a group away."""
    found_roles = roles(schema, sensitive=tuple(sensitive or ()))
    parameters = {"benchmark": _benchmark(text_of(benchmark), found_roles.sensitive)} if benchmark else None
    task = Task("data.audit", data_file(data, found_roles, cohort), parameters=parameters)
    evidence = evidence_of(task, workspace)
    write_evidence(evidence, evidence_file)
    result = evidence.read(AuditReport)
    if isinstance(result, NotAssessed):
        raise RefusedInputError(result.reason, "Choose other data or a wider cohort.")
    if json:
        print_json(_document(evidence))
        return
    for group in result.groups:
        names = ", ".join(f"{member.attribute} = {member.value}" for member in group.group)
        label = (
            group.label.reason if isinstance(group.label, NotAssessed) else f"{result.label} {group.label.value:.3f}"
        )
        there = group.representation
        ratio = "" if isinstance(there, NotAssessed) else f"; {there.ratio:.2f} of its share in the population"
        say(f"{names}: {group.rows:,} rows ({group.share:.1%}){ratio}; {label}")
    for missing in result.absent:
        names = ", ".join(f"{member.attribute} = {member.value}" for member in missing.group)
        say(f"{names}: no rows, {missing.share:.1%} expected")
    for proxy in result.proxies:
        if proxy.is_proxy:
            say(
                f"{proxy.column} gives away {proxy.attribute}: adjusted mutual information {proxy.adjusted_mutual_information:.2f}"
            )


def _benchmark(text: str, sensitive: tuple[str, ...]) -> object:
    if text.lstrip().startswith("["):
        return parse(text.encode())
    return [encode(item) for item in shares.read(text, sensitive)]


def _document(evidence: Evidence) -> object:
    value = encode(evidence)
    return {
        "inputs": value["key"]["inputs"],
        "environment": value["environment"],
        "rows": value["rows"],
        **value["result"],
    }


def _written(found: expected.Expectations, form: str) -> tuple[str, tuple[expected.Expectation, ...]]:
    from governance.quality import great_expectations, pandera_schema

    if form == "toml":
        return expected.to_toml(found), ()
    if form == "json":
        return canonical(expected.to_json(found)).decode(), ()
    if form == "pandera":
        return pandera_schema.to_script(found)
    if form == "great-expectations":
        suite, left = great_expectations.to_suite(found)
        return canonical(suite).decode(), left
    raise RefusedInputError(f"No format {form!r}.", "Known: great-expectations, json, pandera, toml.")
