"""What the ledger says about a review: evidence, ballots, decisions, conditions, alerts, appeals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import StringConstraints

from governance.review.fields import (
    AlertState,
    Count,
    Digest,
    GateOutcome,
    Id,
    Outcome,
    Positive,
    Ratio,
    Role,
    Severity,
    TextRef,
    Time,
    VoteKind,
    Word,
    YesNo,
)


@dataclass(frozen=True, slots=True)
class FrozenItem:
    """One piece of evidence in a bundle."""

    digest: Digest
    key: Digest
    method: Word


@dataclass(frozen=True, slots=True)
class RequirementOutcome:
    """One line of the gate report, as it stood when the evidence was frozen."""

    id: Id
    outcome: GateOutcome
    value: str | None
    limit: str
    evidence: Digest | None
    severity: Severity


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A requirement of the policy, or evidence that the charter requires, that does not apply here, and why."""

    id: Word
    """Requirement id, or method id."""
    reason: TextRef


@dataclass(frozen=True, slots=True)
class Waiver:
    """A requirement that somebody took the responsibility to waive, for a time."""

    id: Id
    by: Id
    reason: TextRef
    expires: Time


@dataclass(frozen=True, slots=True)
class EvidenceFrozen:
    """What the board looks at, from this entry on; votes name it by `bundle`. Build it with `frozen`."""

    version: Positive
    bundle: Digest
    """SHA-256 of the canonical bytes of this body without the field `bundle`."""
    evidence: tuple[FrozenItem, ...]
    policy_digest: Digest
    requirements: tuple[RequirementOutcome, ...] = ()
    not_applicable: tuple[NotApplicable, ...] = ()
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """A member in the roster of a review."""

    member: Id
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Recusal:
    """A seat that does not vote, and why."""

    member: Id
    reason: Word


@dataclass(frozen=True, slots=True)
class ReviewOpened:
    """The rules of this round, fixed before the first vote."""

    round: Positive
    roster: tuple[Seat, ...]
    recused: tuple[Recusal, ...]
    quorum: Positive
    majority: Ratio
    """Approvals must be strictly more than this share of the votes that are not abstentions."""
    required_roles: tuple[Role, ...]
    deadline: Time
    charter_digest: Digest
    bundle: Digest
    trigger: TextRef | None = None
    """Why the case is reviewed again; required for a re-review."""


@dataclass(frozen=True, slots=True)
class ConflictDeclared:
    """A member's word on their own interests, before they vote."""

    member: Id
    conflict: YesNo
    text: TextRef | None = None


@dataclass(frozen=True, slots=True)
class CommentAdded:
    """A remark on a number or a row; a blocking one stops the decision until it is resolved."""

    comment: Id
    anchor: Annotated[str, StringConstraints(max_length=400)]
    blocking: YesNo
    text: TextRef
    reply_to: Id | None = None


@dataclass(frozen=True, slots=True)
class CommentResolved:
    """The remark has been answered; said by its author or by the chair."""

    comment: Id
    text: TextRef


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that must be done, by whom and when."""

    id: Id
    text: TextRef
    owner: Id
    due: Time
    blocking: YesNo


@dataclass(frozen=True, slots=True)
class VoteCast:
    """One member's vote under their own key."""

    vote: VoteKind
    bundle: Digest
    round: Positive
    rationale: TextRef | None
    """Required unless the vote is "approve"."""
    conditions: tuple[Condition, ...]
    meaning: Word
    """What the signature means, in words (21 CFR 11.50)."""
    name: TextRef
    """The printed name of the signer."""


MEANINGS: Final[dict[VoteKind, str]] = {
    "approve": "I have read the evidence with this digest and approve the use that the case describes.",
    "approve_with_conditions": "I have read the evidence with this digest and approve the use under my conditions.",
    "reject": "I have read the evidence with this digest and reject the use that the case describes.",
    "abstain": "I have read the evidence with this digest and abstain.",
}
"""What a signature under a vote means: printed above the passphrase, stored in the vote, and the same for the same vote."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many votes of each kind were in force."""

    approve: Count = 0
    approve_with_conditions: Count = 0
    reject: Count = 0
    abstain: Count = 0


@dataclass(frozen=True, slots=True)
class Dissent:
    """A vote against the outcome, word for word."""

    member: Id
    index: Count
    """Ledger index of the vote."""
    vote: VoteKind
    rationale: TextRef | None


@dataclass(frozen=True, slots=True)
class DecisionRecorded:
    """What the board decided, for how long, and who disagreed."""

    outcome: Outcome
    round: Positive
    bundle: Digest
    tally: Tally
    quorum: Positive
    dissent: tuple[Dissent, ...]
    rationale: TextRef
    conditions: tuple[Condition, ...]
    scope: TextRef
    valid_from: Time
    expires_at: Time
    retention_until: Time
    charter_digest: Digest


@dataclass(frozen=True, slots=True)
class ConditionSubmitted:
    """Somebody says that a condition is fulfilled, and shows it."""

    condition: Id
    by: Id
    evidence: tuple[Digest, ...]
    text: TextRef


@dataclass(frozen=True, slots=True)
class ConditionAccepted:
    """A member of the board, not the submitter, agrees that a condition is fulfilled."""

    condition: Id
    by: Id


@dataclass(frozen=True, slots=True)
class ConditionOverdue:
    """The day has passed and the condition is not accepted."""

    condition: Id


@dataclass(frozen=True, slots=True)
class MonitoringAlert:
    """A rule on live data changed its state."""

    alert: Id
    model: Digest
    rule: Word
    state: AlertState
    """"confirmed" suspends every approval of that model; any other state is only noted."""
    evidence: Digest | None = None
    text: TextRef | None = None


@dataclass(frozen=True, slots=True)
class ReviewExpired:
    """The deadline passed without a quorum."""

    round: Positive


@dataclass(frozen=True, slots=True)
class ApprovalExpired:
    """The approval has reached the end of its validity."""

    round: Positive


@dataclass(frozen=True, slots=True)
class AppealFiled:
    """Somebody asks for the decision to be looked at by others."""

    appeal: Id
    by: Id
    text: TextRef


Ruling = Literal["approved", "conditional", "rejected", "deferred"]
"""What a panel may rule."""


@dataclass(frozen=True, slots=True)
class AppealDecided:
    """One panel member's signature; the appeal is decided once more than half of the panel have signed the same words."""

    appeal: Id
    panel: tuple[Id, ...]
    """Everybody who may sit on it when this is signed: nobody picks it."""
    outcome: Ruling
    rationale: TextRef
