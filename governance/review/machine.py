"""The rules of the board as one pure function: `apply(state, entry) -> state`, or a RuleError in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from governance.codec import canonical, sha256
from governance.review import appeal, charter, conditions, decision, deliberation, events, expiry, opening
from governance.review.state import BoardState, Case, Entry, require, with_item

CaseRule = Callable[[BoardState, Case, Entry], Case]
BoardRule = Callable[[BoardState, Entry], BoardState]


def apply(state: BoardState, entry: Entry) -> BoardState:
    """Return the state after `entry`.

    Raises:
        RuleError: the rules do not allow this entry here; the words say why and what to do.
    """
    require(entry.index == state.next_index, f"The next entry is {state.next_index}, not {entry.index}.")
    require(entry.time >= state.time, f"The entry's time {entry.time} is before the last entry's {state.time}.")
    kind, body = type(entry.body), entry.body
    if kind in CASE_RULES:
        case = state.case(entry.case)
        require(case.status != "retired", f"Case {case.id} is retired.", "Register a new case.")
        state = _with_case(state, CASE_RULES[kind](state, case, entry))
    elif kind in BOARD_RULES:
        state = BOARD_RULES[kind](state, entry)
    else:
        events.name_of(body)
    return replace(state, next_index=entry.index + 1, time=entry.time)


def replay(entries: Iterable[Entry], state: BoardState | None = None) -> BoardState:
    """Return the state that `entries` add up to, from nothing or from `state`.

    Raises:
        RuleError: as `apply`, at the first entry that breaks a rule.
    """
    found = state or BoardState()
    for entry in entries:
        found = apply(found, entry)
    return found


def _with_case(state: BoardState, case: Case) -> BoardState:
    return replace(state, cases=with_item(state.cases, case.id, case))


def _create(state: BoardState, entry: Entry) -> BoardState:
    require(entry.index == 0, "A ledger is created once, by its first entry.")
    return state


def _add_member(state: BoardState, entry: Entry) -> BoardState:
    body: events.MemberAdded = entry.body
    require(body.member not in (events.SERVICE, "root"), f"{body.member!r} is not a name for a member.")
    require(bool(body.roles), f"Member {body.member} has no role.", "Give at least one.")
    return replace(state, members=with_item(state.members, body.member, body.roles))


def _remove_member(state: BoardState, entry: Entry) -> BoardState:
    gone = entry.body.member
    require(gone in state.members, f"{gone} is not a member.")
    return replace(state, members={who: roles for who, roles in state.members.items() if who != gone})


def _sign_charter(state: BoardState, entry: Entry) -> BoardState:
    body: events.CharterAdopted = entry.body
    proposal = charter.from_json(body.charter)
    require(
        proposal.digest == body.digest == sha256(canonical(dict(body.charter))),
        "The digest is not that of the charter.",
    )
    require(entry.actor in state.board, f"{entry.actor} is not a member of the board.", "The board adopts its charter.")
    signed = state.signatures.get(body.digest, frozenset()) | {entry.actor}
    if 2 * len(signed & set(state.board)) > len(state.board):
        return replace(state, charter=proposal, signatures={})
    return replace(state, signatures=with_item(state.signatures, body.digest, signed))


def _register_model(state: BoardState, entry: Entry) -> BoardState:
    return replace(state, models=state.models | {entry.body.digest})


def _record_evidence(state: BoardState, entry: Entry) -> BoardState:
    body: events.EvidenceRecorded = entry.body
    item = events.FrozenItem(body.digest, body.key, body.method)
    return replace(state, evidence=with_item(state.evidence, body.digest, item))


def _register_case(state: BoardState, entry: Entry) -> BoardState:
    require(entry.case == entry.body.case, "The entry names another case than its body.")
    return _with_case(state, opening.register(state, entry))


def _note_alert(state: BoardState, entry: Entry) -> BoardState:
    alone = entry.actor == events.SERVICE
    require(alone or entry.actor in state.members, f"{entry.actor} is not a member.", "A member settles an alert.")
    require(
        not alone or entry.body.state != "overridden", "The service puts no alert aside.", "A member does, and signs."
    )
    hit = {name: case for name, case in state.cases.items() if expiry.suspends(case, entry.body)}
    suspended = {name: replace(case, status="suspended") for name, case in hit.items()}
    return replace(state, cases={**state.cases, **suspended})


def _note_correction(state: BoardState, entry: Entry) -> BoardState:
    require(entry.body.index < entry.index, "A correction is about an earlier entry.")
    return state


def _without_board(rule: Callable[[Case, Entry], Case]) -> CaseRule:
    def applied(board: BoardState, case: Case, entry: Entry) -> Case:  # noqa: ARG001 - the shape of every rule
        return rule(case, entry)

    return applied


BOARD_RULES: Final[Mapping[type[Any], BoardRule]] = {
    events.LedgerCreated: _create,
    events.MemberAdded: _add_member,
    events.MemberRemoved: _remove_member,
    events.CharterAdopted: _sign_charter,
    events.ModelRegistered: _register_model,
    events.EvidenceRecorded: _record_evidence,
    events.CaseRegistered: _register_case,
    events.MonitoringAlert: _note_alert,
    events.CorrectionNoted: _note_correction,
}
CASE_RULES: Final[Mapping[type[Any], CaseRule]] = {
    events.EvidenceFrozen: opening.freeze,
    events.ReviewOpened: opening.open_round,
    events.ConflictDeclared: deliberation.declare,
    events.CommentAdded: deliberation.comment,
    events.CommentResolved: deliberation.resolve,
    events.VoteCast: deliberation.vote,
    events.DecisionRecorded: decision.record,
    events.ConditionSubmitted: conditions.submit,
    events.ConditionAccepted: conditions.accept,
    events.ConditionOverdue: _without_board(conditions.overdue),
    events.ReviewExpired: _without_board(expiry.close_review),
    events.ApprovalExpired: _without_board(expiry.end_approval),
    events.AppealFiled: appeal.file,
    events.AppealDecided: appeal.decide,
}
