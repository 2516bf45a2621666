"""Commands about tables: their quality, the expectations that a baseline suggests, who is in them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, assert_never

import typer

from governance.cli.evidence_file import KeptOptions, write_evidence
from governance.cli.inputs import check_file, check_files, data_file, naming, text_of
from governance.cli.options import CohortOption, JsonOption, TableArgument
from governance.cli.output import DONE, NOT_SATISFIED, ForceOption, check_place, print_json, say, warn, write_bytes
from governance.cli.progress import reporter
from governance.cli.reading_options import ReadingOptions
from governance.cli.run_or_record import evidence_of, warn_of_reading
from governance.cli.schema_options import SchemaOptions
from governance.evidence import Evidence, NotAssessed, RefusedInputError, canonical, encode, parse
from governance.quality import AuditReport, QualityReport, benchmark as shares, expectation as expected
from governance.review import require_word
from governance.runs import Task

if TYPE_CHECKING:
    from governance.quality import Member


class FormatChoice(StrEnum):
    """How proposed expectations are written."""

    toml = "toml"
    json = "json"
    great_expectations = "great-expectations"
    pandera = "pandera"


_SUFFIXES: Final = {
    "toml": (".toml", ""),
    "json": (".json", ""),
    "great-expectations": (".json", ""),
    "pandera": (".py", ""),
}
_ORDER: Final = ("failed", "not_run")
"""In which order checks are told; those that passed are counted."""


def quality(
    data: TableArgument,
    roles: SchemaOptions,
    how: ReadingOptions,
    kept: KeptOptions,
    expectations: Annotated[
        Path | None, typer.Option(help="Expectations as TOML or JSON, or a Great Expectations suite.")
    ] = None,
    reference: Annotated[Path | None, typer.Option(help="Baseline table to propose expectations from.")] = None,
    cohort: CohortOption = "",
    strict: Annotated[bool, typer.Option(help="Leave with exit code 1 when a check failed.")] = False,
    json: JsonOption = False,
) -> None:
    """Check a table: missing values, sentinels, ranges, duplicates, imbalance, leakage, order along the file."""
    from governance.quality import formats

    kept.check()
    check_files(data, reference)
    data, reference = how.table(data), how.table(reference) if reference else None
    found_roles = roles.read()
    with naming(expectations, "expectations"):
        given = formats.read(text_of(expectations)) if expectations else None
    if given is not None and not given.expectations:
        raise RefusedInputError(
            f"The file {str(expectations)!r} expects nothing.", "Write at least one [[expectations]]."
        )
    task = Task(
        method="quality.checks",
        data=data_file(data, found_roles, cohort),
        reference=data_file(reference, found_roles) if reference else None,
        parameters={"expectations": encode(given)} if given else None,
    )
    evidence = evidence_of(task, kept.workspace)
    write_evidence(evidence, kept.evidence_file)
    result = evidence.read(QualityReport)
    if isinstance(result, NotAssessed):
        raise RefusedInputError(result.reason, "Choose other data or a wider cohort.")
    print_json(_document(evidence)) if json else _say_quality(result)
    raise typer.Exit(NOT_SATISFIED if strict and result.count("failed") else DONE)


def _say_quality(result: QualityReport) -> None:
    from governance.quality import words

    counts = ", ".join(f"{result.count(one)} {said}" for one, said in words.OUTCOMES.items())
    say(f"{counts}; expectations: {result.source}.")
    for outcome in _ORDER:
        for check in result.checks:
            if check.outcome == outcome:
                say(
                    f"{words.OUTCOMES[outcome]:8} {words.label_of(check.check)} ({check.check}) {check.column}: {check.reason}"
                )


def propose(
    data: Annotated[Path, typer.Argument(help="CSV or Parquet file that later tables are compared with.")],
    roles: SchemaOptions,
    how: ReadingOptions,
    name: Annotated[str, typer.Option(help="What the expectations are called.")] = "expectations",
    form: Annotated[FormatChoice, typer.Option("--format", help="How they are written.")] = FormatChoice.toml,
    out: Annotated[Path | None, typer.Option(help="File to write; standard output when left out, or for -.")] = None,
    force: ForceOption = False,
) -> None:
    """Propose expectations from a baseline, for a person to edit; what a format cannot express is named on standard error."""
    from governance.quality import baseline
    from governance.runs import open_data

    out = None if str(out) == "-" else out
    check_place(out, force=force, suffixes=_SUFFIXES[form.value])
    require_word("name of the expectations", name)
    table = open_data(data_file(how.table(data), roles.read()))
    warn_of_reading(table.reading, data.name)
    found = baseline(table, reporter(), name)
    text, left = _written(found, form)
    if left:
        kinds = ", ".join(sorted({item.check for item in left}))
        warn(f"{len(left)} expectations cannot be written as {form.value}: {kinds}")
    if out is None:
        say(text.rstrip("\n"))
        return
    write_bytes(out, text.encode())
    say(f"{len(found.expectations) - len(left)} expectations written to {out}.")


def audit(
    data: TableArgument,
    roles: SchemaOptions,
    how: ReadingOptions,
    kept: KeptOptions,
    benchmark: Annotated[
        Path | None,
        typer.Option(
            help='CSV with the sensitive columns and share; or JSON: [{"group": [{"attribute": "sex", "value": "Female"}], "share": 0.5}].'
        ),
    ] = None,
    cohort: CohortOption = "",
    json: JsonOption = False,
) -> None:
    """Say who is in the data: representation, labels and missing values by group, and which columns give a group away."""
    kept.check()
    check_file(data)
    data = how.table(data)
    found_roles = roles.read()
    with naming(benchmark, "benchmark"):
        asked = {"benchmark": _benchmark(text_of(benchmark), found_roles.sensitive)} if benchmark else None
    task = Task(method="data.audit", data=data_file(data, found_roles, cohort), parameters=asked)
    evidence = evidence_of(task, kept.workspace)
    write_evidence(evidence, kept.evidence_file)
    result = evidence.read(AuditReport)
    if isinstance(result, NotAssessed):
        raise RefusedInputError(result.reason, "Choose other data or a wider cohort.")
    print_json(_document(evidence)) if json else _say_audit(result)


def _say_audit(result: AuditReport) -> None:
    proxies = [item for item in result.proxies if item.is_proxy]
    least = min(result.groups, key=lambda item: item.rows, default=None)
    smallest = f"; the smallest is {_named(least.group)} with {least.rows:,} rows" if least else ""
    say(
        f"{len(result.groups)} groups{smallest}; {len(result.absent)} expected groups have no rows; "
        f"{len(proxies)} columns give a group away."
    )
    for missing in result.absent:
        say(f"{_named(missing.group)}: no rows, {missing.share:.1%} expected")
    for proxy in proxies:
        amount = f"adjusted mutual information {proxy.adjusted_mutual_information:.2f}"
        say(f"{proxy.column} gives away {proxy.attribute}: {amount}")
    for group in result.groups:
        label = (
            group.label.reason if isinstance(group.label, NotAssessed) else f"{result.label} {group.label.value:.3f}"
        )
        there = group.representation
        ratio = "" if isinstance(there, NotAssessed) else f"; {there.ratio:.2f} of its share in the population"
        say(f"{_named(group.group)}: {group.rows:,} rows ({group.share:.1%}){ratio}; {label}")


def _named(group: Iterable[Member]) -> str:
    return ", ".join(f"{member.attribute} = {member.value}" for member in group)


def _benchmark(text: str, sensitive: tuple[str, ...]) -> object:
    if text.lstrip().startswith("["):
        return parse(text.encode())
    return [encode(item) for item in shares.read(text, sensitive)]


def _document(evidence: Evidence) -> object:
    value = encode(evidence)
    return {
        "inputs": value["key"]["inputs"],
        "reading": value["reading"],
        "environment": value["environment"],
        "rows": value["rows"],
        **value["result"],
    }


def _written(found: expected.Expectations, form: FormatChoice) -> tuple[str, tuple[expected.Expectation, ...]]:
    from governance.quality import great_expectations, pandera_schema

    match form:
        case FormatChoice.toml:
            return expected.to_toml(found), ()
        case FormatChoice.json:
            return canonical(expected.to_json(found)).decode(), ()
        case FormatChoice.pandera:
            return pandera_schema.to_script(found)
        case FormatChoice.great_expectations:
            suite, left = great_expectations.to_suite(found)
            return canonical(suite).decode(), left
        case _:
            assert_never(form)
