"""What the read side hands out: registered things, people, keys, cases, votes, decisions, runs.

Every one carries `index`, its place in the ledger, so that a screen can lead to the signed line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from storage.ledger import Record
from storage.ledger.canonical import JsonValue
from storage.texts import Text


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """A model version in the registry."""

    index: int
    time: str
    actor: str
    model: str
    """Id that all versions share."""
    name: str
    version: str
    digest: str
    """SHA-256 of the ONNX file."""
    task: str
    owner: str
    risk_tier: str
    intended_use: Text
    parent: str | None
    """Digest of the version it replaces."""
    provenance: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RegisteredDataset:
    """A data set in the registry."""

    index: int
    time: str
    actor: str
    dataset: str
    """Id."""
    name: str
    digest: str
    """SHA-256 of the stored Parquet file."""
    original_digest: str
    """SHA-256 of the file that was uploaded."""
    rows: int
    role: str
    """training, evaluation, monitoring or benchmark."""
    schema_digest: str
    """SHA-256 of the stored schema."""


@dataclass(frozen=True, slots=True)
class RecordedEvidence:
    """Evidence that the ledger names; its bytes are the blob `digest`."""

    index: int
    time: str
    actor: str
    digest: str
    key: str
    """Digest of the inputs of the run."""
    method: str
    method_version: int
    model: str | None
    data: tuple[str, ...]
    rows_used: int
    rows_total: int
    outcome: str
    """assessed or not_assessed."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may act."""

    index: int
    member: str
    """Id."""
    name: Text
    roles: tuple[str, ...]
    added: str
    """Time of member.added."""
    removed: int | None
    """Index of member.removed, or None."""
    keyid: str | None
    """The live personal key, or None."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that the ledger knows."""

    index: int
    keyid: str
    owner: str
    purpose: str
    """record, member, root or log."""
    public_key: str
    """Base64 of DER SubjectPublicKeyInfo."""
    added: str
    """Time of the record that added it."""
    revoked: int | None
    """Index of key.revoked, or of member.removed, or of the key that took its place; None while it is live."""
    present: bool
    """Whether the private key's file is in this workspace."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A version of a case's frozen evidence."""

    index: int
    time: str
    version: int
    bundle: str
    """SHA-256 of the canonical list of evidence."""
    body: JsonValue
    """The record's body: evidence, requirements, waivers."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A round of review."""

    index: int
    time: str
    round: int
    deadline: str
    bundle: str
    body: JsonValue
    """The record's body: roster, recused, quorum, majority."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A review case with its latest frozen evidence and round."""

    index: int
    time: str
    actor: str
    case: str
    """Id."""
    title: Text
    question: Text
    models: tuple[str, ...]
    """Digests of the models under review."""
    owner: str
    developer: str
    sponsor: str
    risk_tier: str
    frozen: Frozen | None
    opened: Opened | None
    records: int
    """How many records the case has."""
    last_time: str
    """Time of its latest record."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a case."""

    index: int
    time: str
    comment: str
    """Id."""
    member: str
    anchor: str
    """What it is about: an evidence digest, a row, or empty."""
    blocking: bool
    reply_to: str | None
    text: Text
    resolved: int | None
    """Index of comment.resolved, or None while it is open."""
    resolved_by: str | None
    resolution: Text | None


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote as it was signed."""

    index: int
    time: str
    member: str
    name: Text
    """The printed name at the time of signing."""
    round: int
    vote: str
    bundle: str
    rationale: Text | None
    conditions: JsonValue
    meaning: str
    """What the signature means, in words."""
    keyid: str
    replaced: int | None
    """Index of the later vote that replaced it, or None while it counts."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A recorded decision."""

    index: int
    time: str
    case: str
    actor: str
    outcome: str
    round: int
    bundle: str
    rationale: Text
    scope: Text
    valid_from: str
    expires_at: str
    retention_until: str
    body: JsonValue
    """The record's body: tally, quorum, dissent, conditions."""


@dataclass(frozen=True, slots=True)
class ConditionState:
    """A condition of a decision and what became of it."""

    index: int
    """Index of the decision."""
    case: str
    condition: str
    """Id."""
    text: Text
    owner: str
    due: str
    blocking: bool
    submitted: int | None
    """Index of the latest condition.submitted."""
    accepted: int | None
    overdue: int | None


@dataclass(frozen=True, slots=True)
class Head:
    """The state of the ledger in numbers."""

    origin: str
    size: int
    """How many lines."""
    last_time: str
    """Time of the last line."""
    checkpointed: int
    """How many lines the last signed checkpoint covers."""
    note: bytes | None
    """The last checkpoint, a signed note."""
    witnesses: tuple[str, ...]
    """Names of the other signatures on it, unchecked."""


@dataclass(frozen=True, slots=True)
class RawEntry:
    """A line as it is stored, what it says, and its proof."""

    index: int
    line: bytes
    leaf: bytes
    record: Record
    proof: bytes | None
    """A C2SP tlog-proof file, or None while no checkpoint covers the line."""


@dataclass(frozen=True, slots=True)
class Run:
    """A computation under way or ended."""

    run: str
    """Id of the attempt."""
    key: str
    """Digest of its inputs."""
    method: str
    state: str
    """waiting, running, done, failed, cancelled or interrupted."""
    done: int
    total: int
    phase: str
    error: str | None
    owner_token: str
    """Identity of the process that computes it."""
    cancel: bool
    """Whether somebody asked to stop."""
    started: str
    ended: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a member has written and not yet sent."""

    member: str
    case: str
    kind: str
    """What it will be: "comment", "vote", ..."""
    content: str
    """Text, or JSON of the form's fields."""
    saved: str


@dataclass(frozen=True, slots=True)
class Aid:
    """An aid of analysis that a member keeps; no record."""

    kind: str
    """What it is: "cohort", "words", "reminder" or "reminded"."""
    data: str
    """Digest of the data set that it speaks of; the member, for reminders."""
    name: str
    """Chosen by a person; unique for the kind and the data set."""
    content: str
    """A filter, or the text of a dictionary."""
    actor: str
    """Member id of who kept it, or "service"."""
    saved: str = ""
    """When, as the ledger writes times."""
