"""The verbs after a decision: fulfil and accept conditions, appeal, rule on an appeal, retire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from governance.errors import RuleError
from governance.review import events
from governance.review.state import BoardState
from governance.workflow.board import act
from governance.workflow.identity import fresh
from storage.unit_of_work import UnitOfWork
from storage.workspace import Workspace

Ruling = Literal["approved", "conditional", "rejected", "deferred"]


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
        actor=member,
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
    act(workspace, lambda _unit, _state, _time: body, actor=member, case=case, signer=signer)


def file_appeal(workspace: Workspace, case: str, words: str, *, member: str, passphrase: str) -> str:
    """Sign that others should look at the decision again, and return the appeal's id.

    Raises:
        RuleError: nothing is decided yet, or an appeal is open.
    """
    name = fresh("appeal")
    act(
        workspace,
        lambda unit, _state, _time: events.AppealFiled(name, member, _ref(unit, words)),
        actor=member,
        case=case,
        signer=workspace.unlock(member, passphrase),
    )
    return name


def sign_ruling(
    workspace: Workspace, case: str, *, panel: Sequence[str], outcome: Ruling, words: str, member: str, passphrase: str
) -> None:
    """Sign the ruling on the open appeal; it holds once all of the panel have signed the same words.

    After the first signature the panel, the outcome and the words are fixed; what is passed here is then not looked at.

    Raises:
        RuleError: no appeal is open, or the panel is too small or not independent.
    """

    def make(unit: UnitOfWork, board: BoardState, _time: str) -> events.AppealDecided:
        appeal = board.case(case).appeal
        if appeal is None:
            raise RuleError(f"No appeal is open on {case}.", "File one first.")
        return appeal.ruling or events.AppealDecided(appeal.body.appeal, tuple(panel), outcome, _ref(unit, words))

    act(workspace, make, actor=member, case=case, signer=workspace.unlock(member, passphrase))


def retire(workspace: Workspace, case: str, *, rationale: str, member: str, passphrase: str) -> None:
    """Sign as a chair that a case is retired for good.

    Raises:
        RuleError: the member does not chair the board, no decision was ever recorded, or the case is retired already.
    """

    def make(unit: UnitOfWork, board: BoardState, _time: str) -> events.DecisionRecorded:
        found = board.case(case).decision
        if found is None:
            raise RuleError(f"Case {case} was never decided.", "Only a decided case is retired.")
        return replace(found, outcome="retired", rationale=_ref(unit, rationale))

    act(workspace, make, actor=member, case=case, signer=workspace.unlock(member, passphrase))
