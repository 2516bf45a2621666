"""The verbs after a decision: fulfil and accept conditions, appeal, rule on an appeal, retire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from governance.evidence import RuleError
from governance.review import BoardState, events, panel, require_text
from governance.workflow.workspace import fresh
from governance.workflow.workspace.act import act
from storage import UnitOfWork, Workspace

Ruling = events.Ruling


def _ref(unit: UnitOfWork, words: str) -> events.TextRef:
    return events.TextRef(**unit.text(words))


def submit_condition(
    workspace: Workspace,
    case: str,
    condition: str,
    words: str,
    *,
    member: str,
    passphrase: str,
    evidence: Sequence[str] = (),
) -> None:
    """Sign that a condition is fulfilled, with what shows it.

    Raises:
        RuleError: there is no such open condition, or evidence that was never recorded.
    """
    act(
        workspace,
        lambda unit, _state, _time: events.ConditionSubmitted(condition, member, tuple(evidence), _ref(unit, words)),
        case=case,
        signer=workspace.unlock(member, passphrase),
    )


def accept_condition(workspace: Workspace, case: str, condition: str, *, member: str, passphrase: str) -> None:
    """Sign that a submitted condition is fulfilled; somebody else than the submitter does that.

    Raises:
        RuleError: nothing was submitted, or the member may not accept it.
    """
    body = events.ConditionAccepted(condition, member)
    signer = workspace.unlock(member, passphrase)
    act(workspace, lambda _unit, _state, _time: body, case=case, signer=signer)


def file_appeal(workspace: Workspace, case: str, words: str, *, member: str, passphrase: str) -> str:
    """Sign that others should look at the decision again, and return the appeal's id.

    Raises:
        RuleError: nothing is decided yet, or an appeal is open.
    """
    name = fresh("appeal")
    act(
        workspace,
        lambda unit, _state, _time: events.AppealFiled(name, member, _ref(unit, words)),
        case=case,
        signer=workspace.unlock(member, passphrase),
    )
    return name


def sign_ruling(
    workspace: Workspace,
    case: str,
    *,
    outcome: Ruling,
    words: str,
    member: str,
    passphrase: str,
    as_signed_by: str = "",
) -> None:
    """Sign a ruling on the open appeal; it holds once more than half of the panel have signed the same one.

    Args:
        workspace: where.
        case: id of the case.
        outcome: what the appeal comes to; not looked at with `as_signed_by`.
        words: why; not looked at with `as_signed_by`.
        member: who signs: somebody of the panel, which is every board member who did not decide the case.
        passphrase: opens the member's key.
        as_signed_by: a member of the panel whose ruling is signed too, word for word; "" for a ruling of one's own.

    Raises:
        RuleError: no appeal is open, nobody of that name has signed a ruling, or the rules do not allow this one.
    """

    def make(unit: UnitOfWork, board: BoardState, _time: str) -> events.AppealDecided:
        appeal = board.case(case).appeal
        if appeal is None:
            raise RuleError(f"No appeal is open on {case}.", "File one first.")
        seats = panel(board, board.case(case))
        if not as_signed_by:
            return events.AppealDecided(appeal.body.appeal, seats, outcome, _ref(unit, words))
        if as_signed_by not in appeal.signed:
            raise RuleError(f"{as_signed_by} has signed no ruling on {case}.", "Sign one of your own.")
        return replace(appeal.signed[as_signed_by], panel=seats)

    act(workspace, make, case=case, signer=workspace.unlock(member, passphrase))


def retire(workspace: Workspace, case: str, *, rationale: str, member: str, passphrase: str) -> None:
    """Sign as a chair that a case is retired for good.

    Raises:
        RuleError: the member does not chair the board, no decision was ever recorded, or the case is retired already.
        RefusedInputError: the reason is empty.
    """
    require_text("rationale", rationale)

    def make(unit: UnitOfWork, board: BoardState, _time: str) -> events.DecisionRecorded:
        found = board.case(case).decision
        if found is None:
            raise RuleError(f"Case {case} was never decided.", "Only a decided case is retired.")
        return replace(found, outcome="retired", rationale=_ref(unit, rationale))

    act(workspace, make, case=case, signer=workspace.unlock(member, passphrase))
