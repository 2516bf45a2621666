"""What people do in a review: declare a conflict, comment, vote, decide."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from governance.cli.options import (
    DEFAULT_WORKSPACE,
    ActorOption,
    CaseArgument,
    JsonOption,
    SecretOption,
    WorkspaceOption,
)
from governance.cli.output import print_json, say
from governance.cli.passphrase import YesOption, confirm, passphrase
from governance.evidence import RefusedInputError, encode
from governance.workflow.review import review
from governance.workflow.workspace import current_workspace, state


class VoteChoice(StrEnum):
    """What a member can vote."""

    approve = "approve"
    approve_with_conditions = "approve_with_conditions"
    reject = "reject"
    abstain = "abstain"


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
    review.declare(
        current_workspace.current(workspace), case, member=actor, passphrase=secret, conflict=conflict, words=words
    )
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
    place = current_workspace.current(workspace)
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
    review.resolve(current_workspace.current(workspace), case, comment, text, member=actor, passphrase=secret)
    print_json({"case": case, "comment": comment, "resolved": True}) if json else say("Resolved.")


def vote(
    case: CaseArgument,
    choice: Annotated[VoteChoice, typer.Argument(help="What you vote.")],
    actor: ActorOption,
    rationale: Annotated[str, typer.Option(help="Why; needed unless it is a plain approval.")] = "",
    condition: Annotated[
        list[str] | None, typer.Option(help='"owner|due (RFC 3339)|text" of a blocking condition.')
    ] = None,
    bundle: Annotated[
        str, typer.Option(help="Digest of the evidence that you read; the frozen one when left out.")
    ] = "",
    seen: Annotated[
        int, typer.Option(min=-1, help="Entry up to which you have read what changed since (`countersign case show`).")
    ] = -1,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Sign a vote on the frozen evidence."""
    place = current_workspace.current(workspace)
    read = bundle or state(place).case(case).bundle
    sys.stderr.write(f"You sign: {review.MEANINGS[choice.value]}\nEvidence: {read}\n")
    index = review.vote(
        place,
        case,
        choice.value,
        member=actor,
        passphrase=passphrase(actor, passphrase_file),
        bundle=read,
        rationale=rationale,
        conditions=[_condition(item) for item in condition or ()],
        seen=seen,
    )
    answer = {"case": case, "member": actor, "choice": choice.value, "bundle": read, "index": index}
    print_json(answer) if json else say(f"Entry {index} of the ledger.")


def _condition(text: str) -> review.ConditionWords:
    parts = [part.strip() for part in text.split("|", 2)]
    if len(parts) != 3:
        raise RefusedInputError(f"{text!r} is not of the form 'owner|due|text'.", "Give all three parts.")
    return review.ConditionWords(text=parts[2], owner=parts[0], due=parts[1])


def case_retire(
    case: CaseArgument,
    actor: ActorOption,
    rationale: Annotated[str, typer.Option(help="Why, in words.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Sign as a chair that a case is retired for good: its approval ends, and it is never opened again."""
    from governance.workflow.review import after_decision

    place = current_workspace.current(workspace)
    confirm(f"The case {case} is to be retired for good", yes=yes)
    after_decision.retire(place, case, rationale=rationale, member=actor, passphrase=passphrase(actor, passphrase_file))
    print_json({"case": case, "status": "retired"}) if json else say(f"{case} is retired.")


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
        current_workspace.current(workspace), case, rationale=rationale, scope=scope, actor=actor, passphrase=secret
    )
    if json:
        print_json({"case": case, "decision": encode(found)})
    else:
        say(f"{found.outcome}, valid until {found.expires_at}")
