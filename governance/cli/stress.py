"""`countersign stress`: what breaks when data break the way data do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from governance.cli.documents import about
from governance.cli.evidence_file import KeptOptions, write_evidence
from governance.cli.inputs import check_files, data_file, model_file, text_of
from governance.cli.models import NamesOptions, named_columns
from governance.cli.options import CohortOption, JsonOption, ModelArgument, SeedOption, TableArgument
from governance.cli.output import NOT_SATISFIED, check_place, print_json, say, warn
from governance.cli.progress import reporter
from governance.cli.run_or_record import evidence_of
from governance.cli.schema_options import SchemaOptions
from governance.evidence import Evidence, JsonValue, NotAssessed, RefusedInputError, encode
from governance.runs import DataFile, ModelFile, Task
from governance.stress import (
    AnyValueReport,
    Plan,
    ReasonsReport,
    Variant,
    VariantsReport,
    Worst,
    WorstReport,
    read_plan,
    words,
)

SHOWN: Final = 12
"""Errors that the text names; the document has all of them."""


@dataclass(frozen=True, slots=True)
class StressOptions:
    """What is tried, and how much of it."""

    plan: Annotated[
        Path | None, typer.Option("--plan", help="TOML file with the errors; the product's own without.")
    ] = None
    reference: Annotated[
        Path | None, typer.Option("--reference", help="Earlier rows that monitoring compares with.")
    ] = None
    contract: Annotated[
        Path | None,
        typer.Option(
            "--contract", help="Expectations in force (TOML or JSON); those that the reference suggests without."
        ),
    ] = None
    search: Annotated[bool, typer.Option(help="Search the worst error and look at every value of every column.")] = True
    fail_over: Annotated[
        float | None,
        typer.Option(
            "--fail-over",
            help="Exit with 1 when the worst error costs more than this: a share such as 0.02, or what the objective counts.",
        ),
    ] = None
    reasons: Annotated[
        bool, typer.Option("--reasons", help="Also tell whose first reason changes; needs --reference.")
    ] = False
    pair: Annotated[
        list[str] | None, typer.Option("--pair", help="Two columns that any value may change together, as a,b.")
    ] = None
    draft: Annotated[
        Path | None,
        typer.Option("--draft", help="Write the contract with the checks that would see what nothing notices (TOML)."),
    ] = None
    budget: Annotated[
        float | None, typer.Option("--budget", help="Share of rows that an error may touch, for example 0.05.")
    ] = None

    def read(self) -> Plan:
        """Return the plan.

        Raises:
            RefusedInputError: there is no such file, it is no plan, or the budget is no share.
        """
        check_files(self.plan, self.reference, self.contract)
        if (self.draft is not None or self.reasons) and self.reference is None:
            raise RefusedInputError(
                "Checks are proposed and reasons worked out against earlier rows, and there is nothing to compare with.",
                "Give --reference.",
            )
        return Plan() if self.plan is None else read_plan(text_of(self.plan), self.plan.name)

    def pairs(self) -> list[JsonValue]:
        """Return the pairs of columns.

        Raises:
            RefusedInputError: one of them is no pair of two columns.
        """
        found = [named_columns(text) for text in self.pair or ()]
        for text, names in zip(self.pair or (), found, strict=True):
            if len(set(names)) != 2 or len(names) != 2:
                raise RefusedInputError(f"--pair {text} is no pair.", "Write two different columns: --pair age,income.")
        return [list(names) for names in found]

    def expectations(self) -> str:
        """Return the contract as JSON, "" without one.

        Raises:
            RefusedInputError: the file holds no expectations.
        """
        if self.contract is None:
            return ""
        from json import dumps

        from governance.quality import expectation, formats

        found = formats.read(text_of(self.contract))
        return dumps(expectation.to_json(found), sort_keys=True)

    def share(self, plan: Plan) -> float:
        """Return the share of rows that an error may touch.

        Raises:
            RefusedInputError: it is no share.
        """
        found = plan.budget if self.budget is None else self.budget
        if not 0 < found <= 1:
            raise RefusedInputError(
                f"The budget is {found}, expected a share above 0 and at most 1.", "Write for example --budget 0.05."
            )
        return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """The files of one call."""

    data: DataFile
    model: ModelFile
    reference: DataFile | None
    seed: int
    workspace: Path | None

    def evidence(self, method: str, parameters: JsonValue) -> Evidence:
        task = Task(
            method=method,
            data=self.data,
            model=self.model,
            reference=self.reference,
            parameters=parameters,
            seed=self.seed,
        )
        return evidence_of(task, self.workspace)


def stress(
    model: ModelArgument,
    data: TableArgument,
    roles: SchemaOptions,
    options: StressOptions,
    kept: KeptOptions,
    names: NamesOptions,
    cohort: CohortOption = "",
    seed: SeedOption = 0,
    json: JsonOption = False,
) -> None:
    """Break the data the way data break in practice: which decisions change, for whom, and would anybody notice."""
    kept.check()
    check_files(model, data)
    plan = options.read()
    share = options.share(plan)
    schema = roles.read()
    asked = data_file(data, schema, cohort)
    columns, classes = names.read()
    files = _Asked(
        data=asked,
        model=model_file(model, columns, asked, classes=classes),
        reference=data_file(options.reference, schema) if options.reference else None,
        seed=seed if plan.seed is None else plan.seed,
        workspace=kept.workspace,
    )
    contract, pairs = options.expectations(), options.pairs()
    check_place(options.draft, "--draft", force=kept.force, suffixes=(".toml",))
    evidence = files.evidence("stress.variants", _variants(plan, share, contract))
    searched = _searched(files, plan, share, contract) if options.search else None
    write_evidence(evidence if searched is None else searched, kept.evidence_file)
    report = evidence.read(VariantsReport)
    worst = None if searched is None else searched.read(WorstReport)
    shifts = files.evidence("stress.reasons", {}).read(ReasonsReport) if options.reasons else None
    if options.draft is not None:
        _write_draft(options.draft, files, contract, (report, worst))
    values = _any_value(files, pairs) if options.search else None
    if json:
        told = {} if shifts is None else {"reasons": encode(shifts)}
        print_json(
            {**about(evidence), **_document(report), **_worst_document(worst), **_values_document(values), **told}
        )
    else:
        _say_worst(worst)
        _say(report)
        _say_values(values)
        _say_reasons(shifts)
    if options.fail_over is not None and isinstance(worst, WorstReport) and worst.max_drop > options.fail_over:
        raise typer.Exit(NOT_SATISFIED)


def _write_draft(
    place: Path,
    files: _Asked,
    contract: str,
    results: tuple[VariantsReport | NotAssessed, WorstReport | NotAssessed | None],
) -> None:
    """Write the contract with the proposed checks; nothing is put to use."""
    from json import loads

    from governance.quality import baseline, expectation, formats
    from governance.runs import draft, open_data

    assert files.reference is not None
    before = formats.from_json(loads(contract)) if contract else baseline(open_data(files.reference), reporter())
    listed, searched = results
    found: list[Worst | Variant] = [
        *(searched.unnoticed if isinstance(searched, WorstReport) else ()),
        *(searched.worst if isinstance(searched, WorstReport) else ()),
        *(words.silent(listed) if isinstance(listed, VariantsReport) else ()),
    ]
    proposed = [item.noticed.proposal for item in found if item.noticed and item.noticed.proposal]
    place.write_text(expectation.to_toml(draft(before, proposed)), encoding="utf-8")
    warn(
        f"Wrote {place.name}: {len(before.expectations)} expectations and the proposed ones. Look at them before you put them to use."
    )


def _searched(files: _Asked, plan: Plan, share: float, contract: str) -> Evidence:
    search = encode(plan.search)
    asked = {
        "budget": share,
        "objective": plan.objective,
        "among": plan.among,
        "conditions": plan.conditions,
        "label_conditions": plan.label_conditions,
        "contract": contract,
        **search,
    }
    return files.evidence("stress.worst", asked)


def _say_reasons(report: ReasonsReport | NotAssessed | None) -> None:
    if isinstance(report, NotAssessed):
        say(f"Reasons not looked at: {report.reason}")
    for item in report.shifts[:SHOWN] if isinstance(report, ReasonsReport) else ():
        say(f"reasons      {words.reason_line(item)}")


def _any_value(files: _Asked, pairs: list[JsonValue]) -> AnyValueReport | NotAssessed | None:
    """Return what any value of each column could do, None for a model that predicts numbers: they have no decision to change."""
    if files.model.signature.task == "regression":
        return None
    return files.evidence("stress.any_value", {"pairs": pairs} if pairs else {}).read(AnyValueReport)


def _values_document(report: AnyValueReport | NotAssessed | None) -> dict[str, JsonValue]:
    if not isinstance(report, AnyValueReport):
        return {"any_value": []}
    columns = [{"column": " + ".join(item["columns"]), **item} for item in encode(report)["columns"]]
    return {"any_value": columns, "any_value_not_assessed": encode(report)["not_assessed"]}


def _say_values(report: AnyValueReport | NotAssessed | None) -> None:
    if not isinstance(report, AnyValueReport):
        return
    say(words.any_value_lead(report))
    for line in words.any_value_lines(report):
        say(f"any value    {line.about}: some value of it changes the decision for {line.value}, {line.bounds}")


def _variants(plan: Plan, share: float, contract: str) -> JsonValue:
    found: dict[str, JsonValue] = {
        "share": share, "corruptions": encode(plan)["corruptions"], "contract": contract,
    }  # fmt: skip
    return {**found, "metrics": list(plan.metrics)} if plan.metrics else found


def _document(report: VariantsReport | NotAssessed) -> dict[str, JsonValue]:
    if isinstance(report, NotAssessed):
        return {"variants": [], "not_run": [], "certificate": {}, **encode(report)}
    return dict(encode(report))


def _worst_document(report: WorstReport | NotAssessed | None) -> dict[str, JsonValue]:
    if report is None:
        return {"worst": [], "unnoticed": []}
    if isinstance(report, NotAssessed):
        return {"worst": [], "unnoticed": [], "search": encode(report)}
    value = encode(report)
    return {"worst": value.pop("worst"), "unnoticed": value.pop("unnoticed"), "search": value}


def _say_worst(report: WorstReport | NotAssessed | None) -> None:
    if isinstance(report, NotAssessed):
        say(f"Worst error not searched: {report.reason}")
    if not isinstance(report, WorstReport):
        return
    say(words.worst_lead(report))
    for item in report.worst:
        say(f"worst        {words.held_out(item, report.unit)}, noticed by {words.noticed_by(item)}: {item.name}")
        _say_proposal(item)
    for item in report.unnoticed:
        say(f"plausible    {words.held_out(item, report.unit)}, noticed by {words.noticed_by(item)}: {item.name}")
        _say_proposal(item)


def _say_proposal(item: Worst) -> None:
    signs = words.signs(item)
    if signs:
        say(f"             seen by {signs} of the rows")
    said = words.proposed(item)
    if said:
        say(
            f"             a check that would see it: {said}"
            if item.noticed and item.noticed.proposal
            else f"             {said}"
        )


def _say(report: VariantsReport | NotAssessed) -> None:
    if isinstance(report, NotAssessed):
        say(f"Not assessed: {report.reason}")
        return
    say(words.variants_lead(report))
    for item in words.silent(report)[:SHOWN]:
        say(f"error        {words.variant_line(item, report)}")
    for item in report.variants:
        if item.stops:
            say(f"stops        {item.name}: {item.stops}")
    for left in report.not_run:
        say(f"not tried    {left.name}: {left.reason}")
    for note in report.notes:
        say(f"note: {note}")
    say(f"certificate  {words.certificate(report.certificate)}")
