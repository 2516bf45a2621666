"""Commands about a case: put it before the board, freeze its evidence, open the round, see how it stands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.gate import read_policy
from governance.cli.options import (
    DEFAULT_WORKSPACE,
    ActorOption,
    CaseArgument,
    JsonOption,
    SecretOption,
    WorkspaceOption,
)
from governance.cli.output import print_json, say, warn
from governance.cli.passphrase import acting_as, passphrase
from governance.evidence import JsonValue, RefusedInputError, encode
from governance.review import policy as policies, standing
from governance.workflow.review import review, since
from governance.workflow.workspace import Acting, current_workspace, state, subjects
from storage import Workspace


def case_open(
    title: Annotated[str, typer.Option(help="Short title.")],
    question: Annotated[str, typer.Option(help="What the board is asked to sign, in words.")],
    model: Annotated[
        list[str], typer.Option(help="Digest of a registered model, or its beginning; repeat for several.")
    ],
    risk_tier: Annotated[str, typer.Option(help="Tier of the charter in force, for example high.")],
    owner: Annotated[str, typer.Option(help="Member id of the owner, who will not vote.")] = "",
    developer: Annotated[str, typer.Option(help="Member id of the developer, who will not vote.")] = "",
    sponsor: Annotated[str, typer.Option(help="Member id of the sponsor, who will not vote.")] = "",
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Put a model before the board."""
    place = current_workspace.current(workspace)
    words = review.CaseWords(
        title=title,
        question=question,
        models=tuple(dict.fromkeys(subjects.named_model(place, item) for item in model)),
        risk_tier=risk_tier,
        owner=owner,
        developer=developer,
        sponsor=sponsor,
    )
    case = review.open_case(place, words, actor=acting_as(place, actor, passphrase_file))
    print_json({"case": case}) if json else say(case)


def case_freeze(
    case: CaseArgument,
    evidence: Annotated[
        list[str] | None,
        typer.Option(help="Digest of recorded evidence, or its beginning; all of the case's models when left out."),
    ] = None,
    not_applicable: Annotated[
        list[str] | None,
        typer.Option(help='"method: reason" of required evidence that does not apply; whoever acts signs for it.'),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="Policy (TOML or JSON); the built-in template when left out.")
    ] = None,
    waive: Annotated[
        list[str] | None,
        typer.Option(
            help='"requirement|until (RFC 3339)|reason": waived by whoever acts, who signs with their own key.'
        ),
    ] = None,
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Freeze the evidence that the board will look at."""
    place = current_workspace.current(workspace)
    named = tuple(subjects.named_evidence(place, item) for item in evidence or ())
    chosen = named or _all_of(place, case)
    rules = read_policy(policy) if policy else policies.from_toml(policies.template())
    reasons = [_split(item) for item in not_applicable or ()]
    waivers = [_waiver(item, actor) for item in waive or ()]
    secret = ""
    if waivers or reasons:
        sys.stderr.write(f"You sign: {review.WAIVER_MEANING}\n")
        secret = passphrase(actor, passphrase_file)
    who = acting_as(place, actor, passphrase_file) if not secret else Acting(actor, "passphrase")
    bundle = review.freeze(
        place, case, chosen, actor=who, policy=rules, not_applicable=reasons, waivers=waivers, passphrase=secret
    )
    print_json({"bundle": bundle, "evidence": list(chosen)}) if json else say(bundle)


def _all_of(workspace: Workspace, case: str) -> tuple[str, ...]:
    models = set(state(workspace).case(case).body.models)
    latest = {item.key: item.digest for item in workspace.read().all_evidence() if item.model in models}
    return tuple(latest.values())


def _waiver(text: str, by: str) -> review.WaiverWords:
    parts = [part.strip() for part in text.split("|", 2)]
    if len(parts) != 3:
        raise RefusedInputError(f"{text!r} is not of the form 'requirement|until|reason'.", "Give all three parts.")
    return review.WaiverWords(requirement=parts[0], by=by, reason=parts[2], expires=parts[1])


def _split(text: str) -> tuple[str, str]:
    name, colon, reason = text.partition(":")
    if not colon or not reason.strip():
        raise RefusedInputError(f"{text!r} is not of the form 'method: reason'.", "Give the reason in words.")
    return name.strip(), reason.strip()


def case_start(
    case: CaseArgument,
    trigger: Annotated[str, typer.Option(help="Why a decided case is reviewed again.")] = "",
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Open a round of voting under the charter in force."""
    place = current_workspace.current(workspace)
    review.start(place, case, actor=acting_as(place, actor, passphrase_file), trigger=trigger)
    print_json({"case": case, "status": "in_review"}) if json else say(f"{case} is in review.")


def case_list(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """List the cases with their status."""
    place = current_workspace.current(workspace)
    board = state(place)
    for index, line in board.set_aside:
        warn(f"line {index} ({line.type}) is set aside: {line.reason}")
    cases = board.cases
    titles = {item.case: item.title.shown for item in place.read().cases()}
    if json:
        print_json(
            {"cases": [{"case": name, "status": case.status, "title": titles[name]} for name, case in cases.items()]}
        )
        return
    if not cases:
        say("No case is open: countersign case open.")
    for name, case in cases.items():
        say(f"{name}  {case.status.replace('_', ' ')}  {titles[name]}")


def case_show(case: CaseArgument, workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """Show how a case stands and what is missing before a decision."""
    place = current_workspace.current(workspace)
    found = state(place).case(case)
    stands, changes = standing(found), since.since(place, case)
    document: JsonValue = {
        "case": case,
        "status": found.status,
        "bundle": found.bundle,
        "standing": encode(stands),
        "since_the_freeze": encode(changes),
    }
    if json:
        print_json(document)
        return
    say(f"{case}: {found.status.replace('_', ' ')}; {len(stands.voted)} of {stands.quorum} votes for a quorum")
    for sentence in stands.missing:
        say(f"  {sentence}")
    for item in changes:
        say(f"  Since the evidence was frozen: {item.words}" + (f" (entry {item.index})" if item.index >= 0 else ""))
