"""What the ledger says about keys, people, models, data, evidence and copies of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from governance.review.fields import Base64, Count, Digest, Id, IdOrEmpty, Positive, Role, TextRef, Word


@dataclass(frozen=True, slots=True)
class RootKey:
    """The key above all others."""

    keyid: Digest
    public_key: Base64
    """DER SubjectPublicKeyInfo in base64."""


@dataclass(frozen=True, slots=True)
class LedgerCreated:
    """Entry 0: whose ledger this is."""

    organisation: Word
    log_vkey: Word
    """Verifier key of the checkpoints, as C2SP signed-note writes it."""
    root: RootKey
    format: Literal[1] = 1
    edition: Positive = 1
    """Edition of the board's rules (`governance.review.editions`)."""


@dataclass(frozen=True, slots=True)
class RulesAdopted:
    """From the next entry on, a later edition of the board's rules holds."""

    edition: Positive
    reason: TextRef


@dataclass(frozen=True, slots=True)
class KeyAdded:
    """From the next entry on, this key may sign for its owner."""

    keyid: Digest
    public_key: Base64
    owner: Id
    """A member id, or "service"."""
    purpose: Literal["record", "member", "root", "log"]


@dataclass(frozen=True, slots=True)
class KeyRevoked:
    """From the next entry on, this key signs nothing."""

    keyid: Digest
    reason: TextRef


@dataclass(frozen=True, slots=True)
class MemberAdded:
    """A person and the roles that person holds."""

    member: Id
    name: TextRef
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    """The person holds no role from the next entry on."""

    member: Id
    reason: TextRef


@dataclass(frozen=True, slots=True)
class CharterAdopted:
    """One member's signature under a charter; in force once a strict majority of the board has signed the same digest."""

    digest: Digest
    charter: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NormsAdopted:
    """One member's signature under norms; in force once a strict majority of the board has signed the same digest."""

    digest: Digest
    """SHA-256 of the norms' canonical bytes, which are stored under it."""
    supersedes: Digest | None
    """The norms that are in force now; None for the first."""
    text: TextRef
    """Why, in words."""


@dataclass(frozen=True, slots=True)
class ModelRegistered:
    """A model file and who answers for it."""

    model: Id
    name: Word
    version: Word
    digest: Digest
    task: Literal["binary", "multiclass", "regression"]
    owner: Word
    risk_tier: Id
    intended_use: TextRef
    parent: Digest | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DatasetRegistered:
    """A table and what it is for."""

    dataset: Id
    name: Word
    digest: Digest
    original_digest: Digest
    """Digest of the bytes as they were uploaded."""
    rows: Count
    role: Literal["training", "evaluation", "monitoring", "benchmark"]
    schema_digest: Digest


@dataclass(frozen=True, slots=True)
class EvidenceRecorded:
    """One finding by its digest."""

    digest: Digest
    key: Digest
    """Digest of what went in (`RunKey.digest`)."""
    method: Word
    method_version: Positive
    model: Digest | None
    data: tuple[Digest, ...]
    rows_used: Count
    rows_total: Count
    outcome: Literal["assessed", "not_assessed"]


@dataclass(frozen=True, slots=True)
class CaseRegistered:
    """A question put to the board."""

    case: Id
    title: TextRef
    question: TextRef
    models: tuple[Digest, ...]
    owner: IdOrEmpty
    developer: IdOrEmpty
    sponsor: IdOrEmpty
    risk_tier: Id


@dataclass(frozen=True, slots=True)
class ExportMade:
    """Somebody took a copy of the record away."""

    kind: Literal["case", "ledger"]
    case: Id | None
    size: Positive
    root: Base64
    files: Count


@dataclass(frozen=True, slots=True)
class CorrectionNoted:
    """A remark on an earlier entry, which itself stays as it is."""

    index: Count
    text: TextRef


@dataclass(frozen=True, slots=True)
class DeploymentRegistered:
    """A place where a model is said to be served."""

    deployment: Id
    model: Digest
    protocol: Literal["rest", "grpc"]
    served_as: Word
    """Name of the model at the server."""
    address: TextRef
    pin: Digest | None
    """SHA-256 of the server's public key; None without TLS or where any key is taken."""


@dataclass(frozen=True, slots=True)
class DeploymentEnded:
    """The model is no longer served there, or the place is no longer looked at."""

    deployment: Id
    reason: TextRef


@dataclass(frozen=True, slots=True)
class AttestationBegun:
    """A server is about to be asked these rows: they are named before the first request, so that nobody can choose them afterwards."""

    deployment: Id
    challenge: Digest
    """SHA-256 of the file with the rows."""
    rows: Positive
    requests: Positive
