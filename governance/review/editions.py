"""The editions of the board's rules: which functions judge an entry, by the edition that is in force when it is written.

A ledger names its edition in its first entry, and takes up a later one by an entry rules.adopted, signed with the root key. An
edition is never changed once it is released: a rule that changes is a new edition, so that old records keep verifying.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from governance.evidence import RuleError
from governance.review import appeal, conditions, decision, deliberation, events, expiry, house, norms, opening
from governance.review.state import BoardState, Case, Entry

CaseRule = Callable[[BoardState, Case, Entry], Case]
HouseRule = Callable[[BoardState, Entry], BoardState]


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the rules."""

    number: int
    """From 1."""
    of_house: Mapping[type[Any], HouseRule]
    """Type of body -> what it does to the house."""
    of_cases: Mapping[type[Any], CaseRule]
    """Type of body -> what it does to the case that its entry names."""
    draft_review: Callable[[BoardState, Case, str, events.TextRef | None], events.ReviewOpened]
    """(board, case, time, trigger) -> the only review.opened that is allowed now."""
    draft_decision: Callable[[Case, decision.Wording], events.DecisionRecorded]
    """(case, words of the board) -> the only decision.recorded that is allowed now."""
    caused_by_time: Callable[[BoardState, str], tuple[tuple[str, events.Body], ...]]
    """(board, time) -> (case, body) of what the clock has caused and nobody has recorded."""


def _without_board(rule: Callable[[Case, Entry], Case]) -> CaseRule:
    def applied(board: BoardState, case: Case, entry: Entry) -> Case:  # noqa: ARG001 - the shape of every rule
        return rule(case, entry)

    return applied


FIRST: Final = Edition(
    number=1,
    of_house={
        events.LedgerCreated: house.create,
        events.RulesAdopted: house.adopt_rules,
        events.KeyAdded: house.add_key,
        events.KeyRevoked: house.revoke_key,
        events.MemberAdded: house.add_member,
        events.MemberRemoved: house.remove_member,
        events.CharterAdopted: house.sign_charter,
        events.NormsAdopted: norms.sign,
        events.ModelRegistered: house.register_model,
        events.DatasetRegistered: house.register_data,
        events.EvidenceRecorded: house.record_evidence,
        events.CaseRegistered: house.register_case,
        events.MonitoringAlert: norms.note_alert,
        events.ExportMade: house.note_export,
        events.CorrectionNoted: house.note_correction,
        events.DeploymentRegistered: house.register_deployment,
        events.DeploymentEnded: house.end_deployment,
        events.AttestationBegun: house.begin_attestation,
    },
    of_cases={
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
    },
    draft_review=opening.draft,
    draft_decision=decision.draft,
    caused_by_time=expiry.caused_by_time,
)
EDITIONS: Final[dict[int, Edition]] = {1: FIRST}
"""Every edition by its number."""


def edition_of(number: int) -> Edition:
    """Return an edition of the rules.

    Raises:
        RuleError: this program does not know it: the ledger is newer.
    """
    if number not in EDITIONS:
        known = ", ".join(map(str, EDITIONS))
        raise RuleError(
            f"The ledger follows edition {number} of the rules; known here: {known}.", "Update the program."
        )
    return EDITIONS[number]
