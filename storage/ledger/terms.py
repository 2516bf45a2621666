"""The words that events share: ids, digests, moments, references to texts, and the parts of a review."""

from __future__ import annotations

from typing import Annotated, Final, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

Id = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")]
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$")]
Count = Annotated[int, Field(ge=0)]
Ratio = Annotated[str, Field(pattern=r"^[0-9]{1,4}/[0-9]{1,4}$")]
Role = Literal["chair", "validator", "lay", "member", "owner", "developer", "sponsor", "auditor"]
Purpose = Literal["record", "member", "root", "log"]
VoteValue = Literal["approve", "approve_with_conditions", "reject", "abstain"]
exact: Final = with_config(ConfigDict(extra="forbid", strict=True))
"""Marks a body that has exactly its fields."""


@exact
class TextRef(TypedDict):
    """A text by SHA-256(salt || UTF-8 text); the text itself can be erased."""

    sha256: Digest


@exact
class RootKey(TypedDict):
    """The key that the ledger begins with."""

    keyid: Digest
    public_key: str


@exact
class FrozenEvidence(TypedDict):
    """One piece of evidence in a bundle."""

    digest: Digest
    key: Digest
    method: str


@exact
class Requirement(TypedDict):
    """One requirement of the policy and what the evidence says about it."""

    id: str
    outcome: str
    value: str | None
    limit: str
    evidence: Digest | None
    severity: NotRequired[Literal["freezing", "blocking", "advisory"]]


@exact
class NotApplicable(TypedDict):
    """A requirement that does not apply, and why."""

    id: str
    reason: TextRef


@exact
class Waiver(TypedDict):
    """A requirement that was waived, by whom, why and until when."""

    id: str
    by: str
    reason: TextRef
    expires: Day


@exact
class Seat(TypedDict):
    """A member of the roster and the roles in which they sit."""

    member: Id
    roles: list[Role]


@exact
class Recusal(TypedDict):
    """A member who does not sit, and why."""

    member: Id
    reason: str


@exact
class Condition(TypedDict):
    """What must be done, by whom, until when; blocking when approval waits for it."""

    id: Id
    text: TextRef
    owner: str
    due: Day
    blocking: bool


@exact
class Tally(TypedDict):
    """How many of each vote."""

    approve: Count
    approve_with_conditions: Count
    reject: Count
    abstain: Count


@exact
class Dissent(TypedDict):
    """A vote against the outcome, with its reason word for word."""

    member: Id
    index: Count
    vote: VoteValue
    rationale: TextRef | None
