"""`countersign gate`: hold a policy against evidence; for pipelines that must stop when it is not met."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.inputs import bytes_of, decoded, naming
from governance.cli.options import JsonOption
from governance.cli.output import DONE, NOT_SATISFIED, print_json, say
from governance.evidence import Evidence, JsonValue, RefusedInputError, encode, environment, parse, sha256
from governance.review import GateLine, GateReport, Policy, evaluate, from_json, from_toml, model_of

_ORDER = ("not_met", "not_assessed", "met")
MARKS = {"met": "met", "not_met": "NOT MET", "not_assessed": "NOT ASSESSED"}


def gate(
    evidence: Annotated[list[Path] | None, typer.Argument(help="Evidence documents (JSON).")] = None,
    policy: Annotated[
        Path | None, typer.Option(help="Policy (TOML or JSON); with --case, the frozen one when left out.")
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="Read the frozen evidence of a case in this workspace.")
    ] = None,
    case: Annotated[str, typer.Option(help="The case, together with --workspace.")] = "",
    json: JsonOption = False,
) -> None:
    """Hold a policy against evidence: exit code 0 when it is satisfied, 1 when not."""
    if bool(evidence) == (workspace is not None):
        raise RefusedInputError("There is no evidence to look at.", "Give evidence files, or --workspace with --case.")
    if policy is None and evidence:
        raise RefusedInputError("No policy is given.", "Add --policy FILE.")
    rules = read_policy(policy) if policy else None
    if evidence and rules is not None:
        found = read_evidence(evidence)
        report = evaluate(rules, found, models=sorted({model_of(item) for item in found.values()} - {""}))
    else:
        report = report_of(workspace, case, rules)
    if json:
        print_json(document(report))
    else:
        show(report)
    raise typer.Exit(DONE if report.satisfied else NOT_SATISFIED)


def document(report: GateReport) -> JsonValue:
    """Return the JSON document of a report; its inputs are the policy and the evidence that was read, its values JSON numbers."""
    read = sorted({line.evidence for line in report.requirements if line.evidence})
    inputs = [{"role": "policy", "digest": report.policy_digest, "name": report.policy}]
    inputs += [{"role": "evidence", "digest": digest, "name": ""} for digest in read]
    told = encode(report)
    for line in told["requirements"]:
        line["value"] = _number(line["value"])
    return {**told, "inputs": inputs, "environment": encode(environment())}


def _number(text: str | None) -> float | str | None:
    """Return what a report holds as text as the number that it is; other words as they are."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return text


def read_policy(path: Path) -> Policy:
    """Return the policy in a file.

    Raises:
        RefusedInputError: there is no such file, or it is not a policy.
    """
    content = bytes_of(path)
    with naming(path, "policy"):
        return from_json(parse(content)) if path.suffix == ".json" else from_toml(decoded(content))


def read_evidence(paths: list[Path]) -> dict[str, Evidence]:
    """Return evidence by digest from files that hold one evidence document each.

    Raises:
        RefusedInputError: no such file, or not an evidence document.
    """
    found = {}
    for path in paths:
        content = bytes_of(path)
        with naming(path, "evidence document"):
            value = parse(content)
        if not isinstance(value, dict) or value.get("format") != "countersign-evidence/1":
            raise RefusedInputError(
                f"{path.name!r} is not an evidence document.",
                "Take one from evidence/ of an export or from a screen, or use --workspace with --case.",
            )
        with naming(path, "evidence document"):
            item = Evidence.from_bytes(content)
        found[sha256(item.to_bytes())] = item
    return found


def report_of(workspace: Path | None, case: str, policy: Policy | None) -> GateReport:
    """Return the report of a case's frozen evidence and waivers in a workspace.

    Raises:
        RefusedInputError: no case is named, or it has no frozen evidence.
    """
    from governance.workflow.review import case_report
    from governance.workflow.workspace import current_workspace

    if workspace is None or not case:
        raise RefusedInputError("No case is named.", "Add --case ID.")
    return case_report(current_workspace.current(workspace), case, policy)


def show(report: GateReport) -> None:
    """Print the report for people: the verdict, what stands in its way, then the rest."""
    unmet = sum(line.outcome != "met" for line in report.requirements)
    count = f"{unmet} of {len(report.requirements)} requirements are not met or not assessed"
    verdict = "Satisfied" if report.satisfied else "Not satisfied"
    say(f"{verdict}: {count}. {report.policy} ({report.policy_digest[:12]})")
    for line in sorted(report.requirements, key=lambda line: _ORDER.index(line.outcome)):
        say(
            f"  {MARKS[line.outcome]:<13} {line.id}: {_value(line)}, limit {line.limit}, {line.severity}{_waived(line)}"
        )


def _value(line: GateLine) -> str:
    return line.value if line.value is not None else line.reason


def _waived(line: GateLine) -> str:
    if line.waived_by:
        return f", waived by {line.waived_by} until {line.waived_until}: {line.waived_why}"
    return f", the waiver ended at {line.waived_until}" if line.lapsed else ""
