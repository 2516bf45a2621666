"""Commands about a review: put a case before the board, discuss it, vote, decide."""

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
from governance.cli.output import print_json, say
from governance.cli.passphrase import passphrase
from governance.codec import JsonValue, encode
from governance.errors import RefusedInputError
from governance.review import policy as policies
from governance.review.ballot import standing
from governance.workflow import places, review
from governance.workflow.board import state
from storage.workspace import Workspace


def case_open(
    title: Annotated[str, typer.Option(help="Short title.")],
    question: Annotated[str, typer.Option(help="What the board is asked to sign, in words.")],
    model: Annotated[list[str], typer.Option(help="Digest of a registered model; repeat for several candidates.")],
    risk_tier: Annotated[str, typer.Option(help="Tier of the charter.")],
    owner: Annotated[str, typer.Option(help="Member id of the owner, who will not vote.")] = "",
    developer: Annotated[str, typer.Option(help="Member id of the developer, who will not vote.")] = "",
    sponsor: Annotated[str, typer.Option(help="Member id of the sponsor, who will not vote.")] = "",
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Put a model before the board."""
    words = review.CaseWords(title, question, tuple(model), risk_tier, owner, developer, sponsor)
    case = review.open_case(places.current(workspace), words, actor=actor)
    print_json({"case": case}) if json else say(case)


def case_freeze(
    case: CaseArgument,
    evidence: Annotated[
        list[str] | None, typer.Option(help="Digest of recorded evidence; all of the case's models when left out.")
    ] = None,
    not_applicable: Annotated[
        list[str] | None, typer.Option(help='"method: reason" of required evidence that does not apply.')
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
    place = places.current(workspace)
    chosen = tuple(evidence or _all_of(place, case))
    rules = read_policy(policy) if policy else policies.from_toml(policies.template())
    reasons = [_split(item) for item in not_applicable or ()]
    waivers = [_waiver(item, actor) for item in waive or ()]
    secret = ""
    if waivers:
        sys.stderr.write(f"You sign: {review.WAIVER_MEANING}\n")
        secret = passphrase(actor, passphrase_file)
    bundle = review.freeze(
        place, case, chosen, actor=actor, policy=rules, not_applicable=reasons, waivers=waivers, passphrase=secret
    )
    print_json({"bundle": bundle, "evidence": list(chosen)}) if json else say(bundle)


def _all_of(workspace: Workspace, case: str) -> tuple[str, ...]:
    models = set(state(workspace).case(case).body.models)
    latest = {item.key: item.digest for item in workspace.read().all_evidence() if item.model in models}
    return tuple(latest.values())


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
    json: JsonOption = False,
) -> None:
    """Open a round of voting under the charter in force."""
    review.start(places.current(workspace), case, actor=actor, trigger=trigger)
    print_json({"case": case, "status": "in_review"}) if json else say(f"{case} is in review.")


def case_list(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """List the cases with their status."""
    place = places.current(workspace)
    cases = state(place).cases
    titles = {item.case: item.title.shown for item in place.read().cases()}
    if json:
        print_json(
            {"cases": [{"case": name, "status": case.status, "title": titles[name]} for name, case in cases.items()]}
        )
        return
    for name, case in cases.items():
        say(f"{name}  {case.status.replace('_', ' ')}  {titles[name]}")


def case_show(case: CaseArgument, workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """Show how a case stands and what is missing before a decision."""
    found = state(places.current(workspace)).case(case)
    stands = standing(found)
    document: JsonValue = {"case": case, "status": found.status, "bundle": found.bundle, "standing": encode(stands)}
    if json:
        print_json(document)
        return
    say(f"{case}: {found.status.replace('_', ' ')}; {len(stands.voted)} of {stands.quorum} votes for a quorum")
    for sentence in stands.missing:
        say(f"  {sentence}")


def case_declare(
    case: CaseArgument,
    actor: ActorOption,
    conflict: Annotated[
        bool, typer.Option("--conflict/--no-conflict", help="Whether there is a conflict of interest.")
    ],
    words: Annotated[str, typer.Option(help="What it is.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Sign whether there is a conflict of interest; needed before the vote."""
    secret = passphrase(actor, passphrase_file)
    review.declare(places.current(workspace), case, member=actor, passphrase=secret, conflict=conflict, words=words)
    print_json({"case": case, "member": actor, "conflict": conflict}) if json else say("Declared.")


def case_comment(
    case: CaseArgument,
    text: Annotated[str, typer.Argument(help="The remark.")],
    actor: ActorOption,
    anchor: Annotated[str, typer.Option(help="What it is about, for example an evidence digest.")] = "",
    blocking: Annotated[bool, typer.Option(help="Whether it stops the decision until it is resolved.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Sign a remark."""
    secret = passphrase(actor, passphrase_file)
    place = places.current(workspace)
    made = review.comment(place, case, text, member=actor, passphrase=secret, anchor=anchor, blocking=blocking)
    print_json({"case": case, "comment": made}) if json else say(made)


def case_resolve(
    case: CaseArgument,
    comment: Annotated[str, typer.Argument(help="Id of the remark.")],
    text: Annotated[str, typer.Argument(help="How it was answered.")],
    actor: ActorOption,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Sign that a remark is answered."""
    secret = passphrase(actor, passphrase_file)
    review.resolve(places.current(workspace), case, comment, text, member=actor, passphrase=secret)
    print_json({"case": case, "comment": comment, "resolved": True}) if json else say("Resolved.")


def vote(
    case: CaseArgument,
    choice: Annotated[str, typer.Argument(help="approve, approve_with_conditions, reject or abstain.")],
    actor: ActorOption,
    rationale: Annotated[str, typer.Option(help="Why; needed unless it is a plain approval.")] = "",
    condition: Annotated[
        list[str] | None, typer.Option(help='"owner|due (RFC 3339)|text" of a blocking condition.')
    ] = None,
    bundle: Annotated[
        str, typer.Option(help="Digest of the evidence that you read; the frozen one when left out.")
    ] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Sign a vote on the frozen evidence."""
    if choice not in review.MEANINGS:
        raise RefusedInputError(f"No vote {choice!r}.", f"Known: {', '.join(review.MEANINGS)}.")
    place = places.current(workspace)
    read = bundle or state(place).case(case).bundle
    sys.stderr.write(f"You sign: {review.MEANINGS[choice]}\nEvidence: {read}\n")
    index = review.vote(
        place,
        case,
        choice,
        member=actor,
        passphrase=passphrase(actor, passphrase_file),
        bundle=read,
        rationale=rationale,
        conditions=[_condition(item) for item in condition or ()],
    )
    answer = {"case": case, "member": actor, "choice": choice, "bundle": read, "index": index}
    print_json(answer) if json else say(f"Entry {index} of the ledger.")


def _waiver(text: str, by: str) -> review.WaiverWords:
    parts = [part.strip() for part in text.split("|", 2)]
    if len(parts) != 3:
        raise RefusedInputError(f"{text!r} is not of the form 'requirement|until|reason'.", "Give all three parts.")
    return review.WaiverWords(parts[0], by, parts[2], parts[1])


def _condition(text: str) -> review.ConditionWords:
    parts = [part.strip() for part in text.split("|", 2)]
    if len(parts) != 3:
        raise RefusedInputError(f"{text!r} is not of the form 'owner|due|text'.", "Give all three parts.")
    return review.ConditionWords(parts[2], parts[0], parts[1])


def decide(
    case: CaseArgument,
    rationale: Annotated[str, typer.Option(help="Why, in the board's words.")],
    scope: Annotated[str, typer.Option(help="What use the decision covers.")],
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Record the decision that the votes lead to."""
    secret = "" if actor == "service" else passphrase(actor, passphrase_file)
    found = review.decide(
        places.current(workspace), case, rationale=rationale, scope=scope, actor=actor, passphrase=secret
    )
    if json:
        print_json({"case": case, "decision": encode(found)})
    else:
        say(f"{found.outcome}, valid until {found.expires_at}")
