"""Commands about the loop: where a model stands under the norms, and since when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.inputs import naming, text_of
from governance.cli.norms import say_report
from governance.cli.options import DEFAULT_WORKSPACE, ActorOption, JsonOption, SecretOption, WorkspaceOption
from governance.cli.output import DONE, NOT_SATISFIED, print_json, say
from governance.cli.passphrase import acting_as
from governance.cli.progress import reporter
from governance.evidence import JsonValue, RefusedInputError, encode
from governance.fairness import NormReport, norms as room
from governance.workflow.monitoring import LoopStanding, Proposal, Proposed, loop
from governance.workflow.workspace import current_workspace, subjects

LoopModelOption = Annotated[str, typer.Option("--model", help="Digest of the registered version, or its beginning.")]


def loop_status(
    model: LoopModelOption,
    norms: Annotated[
        Path | None, typer.Option(help="Other norms as TOML: an outlook on the tallies that there are; no promise.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    actor: ActorOption = "service",
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Tally new windows and audit the norms in force; ends with 1 while a breach waits for a member.

    A breach that is proven for the first time is recorded as an alert. A member confirms it or puts it aside:
    `countersign alert confirm` and `countersign alert override`.
    """
    place = current_workspace.current(workspace)
    digest = subjects.named_model(place, model)
    if norms is not None:
        with naming(norms, "norms"):
            other = room.norm.from_toml(text_of(norms))
        report = loop.outlook(place, digest, other)
        print_json(_document(report)) if json else say_report(report)
        raise typer.Exit(NOT_SATISFIED if report.in_breach else DONE)
    found = loop.audited(place, digest, actor=acting_as(place, actor, passphrase_file), progress=reporter())
    if found is None:
        raise RefusedInputError("No norms are in force.", "Sign some: countersign norms adopt norms.toml.")
    print_json({**_document(found.report), **_told(found)}) if json else _say(found)
    raise typer.Exit(NOT_SATISFIED if found.newly else DONE)


def loop_propose(
    model: LoopModelOption,
    norm: Annotated[str, typer.Option(help="Id of the norm; the first in breach when left out.")] = "",
    most_changed: Annotated[
        float | None, typer.Option(min=0.000001, max=1.0, help="Largest share of decisions that may change.")
    ] = None,
    blind: Annotated[bool, typer.Option("--blind", help="Only corrections that ask nobody who they are.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    actor: ActorOption = "service",
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Make corrections of a broken norm, the fewest decisions changed first, and register those that the norms allow.

    Nothing is applied: each is a version of its own that needs a case. Ends with 1 when none keeps the norm within the budget.
    """
    from governance.workflow.monitoring import propose

    place = current_workspace.current(workspace)
    found = propose.propose(
        place,
        subjects.named_model(place, model),
        actor=acting_as(place, actor, passphrase_file),
        norm=norm,
        most_changed="" if most_changed is None else f"{most_changed:.6f}",
        blind=blind,
        progress=reporter(),
    )
    print_json(_proposal(found)) if json else _say_proposal(found)
    good = any(item.model and item.candidate.within_budget for item in found.candidates)
    raise typer.Exit(DONE if good else NOT_SATISFIED)


def loop_report(
    model: LoopModelOption, workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False
) -> None:
    """Say what waiting has cost: people of the accused groups who were decided on from the beginning of a breach to the board's answer."""
    from governance.workflow.monitoring import regret

    place = current_workspace.current(workspace)
    found = regret.report(place, subjects.named_model(place, model))
    if json:
        print_json({"breaches": [{**encode(item), "people": item.people} for item in found]})
        return
    if not found:
        say("Nothing is proven against this model, so that nothing was waited for.")
    for item in found:
        state = "answered" if item.ended else "not answered yet"
        against = f" against {item.other}" if item.other else ""
        say(
            f"{item.norm}, {item.group}{against}: {item.people:,} people were decided on while the breach stood, since window "
            f"{item.since + 1}; {state}."
        )
        say(f"  waiting for proof {item.proof:,}, for a member {item.member:,}, for the board {item.board:,}")
        say(
            f"  an audit every {room.regret.YEARLY} windows would have left {item.yearly:,}; seen in its first window, {item.at_once:,}"
        )


def _proposal(found: Proposal) -> dict[str, JsonValue]:
    return {
        "norm": found.norm.id,
        "evidence": found.evidence,
        "rows": found.report.rows,
        "candidates": [_candidate(item) for item in found.candidates],
        "notices": list(found.report.notices),
    }


def _candidate(item: Proposed) -> dict[str, JsonValue]:
    value = encode(item.candidate)
    after = {effect["id"]: {name: effect[name] for name in ("before", "after", "low", "high", "kept")}
             for effect in value.pop("norms")}  # fmt: skip
    return {**value, "gap_after": after, "model": item.model or None, "reason": item.reason}


def _say_proposal(found: Proposal) -> None:
    say(f"{found.norm.id}: corrections, shown on {found.report.rows:,} people whom they were not fitted on.")
    for item in found.candidates:
        one = item.candidate
        budget = "within the budget" if one.within_budget else "more than the norms allow"
        say(f"{one.title}: {one.people:,} decisions change ({one.changed:.2%}), {budget}.")
        for word, who in (("gain", one.gains), ("lose", one.losses)):
            if who:
                say(f"  {word}: {', '.join(f'{group} {people:,}' for group, people in who.items())}")
        for effect in one.norms:
            if effect.before is not None and effect.after is not None:
                say(f"  {effect.id}: {effect.before:.3f} -> {effect.after:.3f}, limit {effect.limit}")
        say(f"  version {item.model[:16]}" if item.model else f"  not registered: {item.reason}")
    for notice in found.report.notices:
        say(f"note: {notice}")


def _document(report: NormReport) -> dict[str, JsonValue]:
    value = encode(report)
    states = [item.state for item in report.norms]
    worst = next((state for state in ("in_breach", "cannot_judge", "not_yet") if state in states), "within")
    return {"state": worst, **value}


def _told(found: LoopStanding) -> dict[str, JsonValue]:
    return {
        "evidence": found.evidence,
        "alerts": [
            {"norm": item.norm, "alert": item.name, "state": item.alert.state if item.alert else None}
            for item in found.alerts
        ],
    }


def _say(found: LoopStanding) -> None:
    say_report(found.report)
    for item in found.alerts:
        say(f"alert {item.name}: {item.alert.state.replace('_', ' ') if item.alert else 'not told'}")
