"""The tables. `entry` is the only truth of the ledger; the projections can be dropped and computed again."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, LargeBinary, MetaData, Table, UniqueConstraint
from sqlmodel import Field, SQLModel


class Base(SQLModel):
    """What all tables of a workspace share: one catalogue of their own."""

    metadata = MetaData()


class Entry(Base, table=True):
    """One line of the ledger and its leaf hash."""

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint("length(leaf) = 32"),
        CheckConstraint("length(line) BETWEEN 1 AND 65535"),
        CheckConstraint("idx >= 0"),
    )
    idx: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    line: bytes = Field(sa_type=LargeBinary)
    leaf: bytes = Field(sa_type=LargeBinary)


class CheckpointRow(Base, table=True):
    """A signed checkpoint; witnesses and a timestamp may be added to it."""

    __tablename__ = "checkpoint"
    size: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    note: bytes = Field(sa_type=LargeBinary)
    tsr: bytes | None = Field(default=None, sa_type=LargeBinary)


class TextRow(Base, table=True):
    """A text that records name by SHA-256(salt || text); it can be erased without touching a record."""

    __tablename__ = "text"
    sha256: str = Field(primary_key=True)
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    content: bytes | None = Field(default=None, sa_type=LargeBinary)


class MigrationRow(Base, table=True):
    """A change of the tables that was made."""

    __tablename__ = "migration"
    name: str = Field(primary_key=True)


class RunRow(Base, table=True):
    """A computation under way or ended; not part of the record."""

    __tablename__ = "run"
    run: str = Field(primary_key=True)
    key: str = Field(index=True)
    method: str
    state: str = Field(index=True)
    done: int = 0
    total: int = 0
    phase: str = ""
    error: str | None = None
    owner_token: str
    cancel: bool = False
    started: str
    ended: str | None = None


class BeatRow(Base, table=True):
    """When a process that computes was last there, by the database's clock; not part of the record."""

    __tablename__ = "beat"
    token: str = Field(primary_key=True)
    seen: int


class DraftRow(Base, table=True):
    """What a member has written and not yet sent; not part of the record."""

    __tablename__ = "draft"
    member: str = Field(primary_key=True)
    case_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    content: str
    saved: str


class AidRow(Base, table=True):
    """An aid of analysis that a member keeps, such as a named cohort; not part of the record."""

    __tablename__ = "aid"
    kind: str = Field(primary_key=True)
    data: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    content: str
    actor: str
    saved: str


class RecordRow(Base, table=True):
    """Every record by type, case, actor and time."""

    __tablename__ = "record"
    idx: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    type: str = Field(index=True)
    case_id: str | None = Field(default=None, index=True)
    actor: str = Field(index=True)
    time: str
    keyid: str


class ModelRow(Base, table=True):
    """A registered model version."""

    __tablename__ = "model"
    idx: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    model: str = Field(index=True)
    digest: str = Field(index=True)


class DatasetRow(Base, table=True):
    """A registered data set."""

    __tablename__ = "dataset"
    idx: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    dataset: str = Field(index=True)
    digest: str = Field(index=True)
    role: str


class EvidenceRow(Base, table=True):
    """Recorded evidence by digest and by the key of its run."""

    __tablename__ = "evidence"
    idx: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    digest: str = Field(index=True)
    key: str = Field(index=True)
    method: str = Field(index=True)
    model: str | None = Field(default=None, index=True)
    outcome: str


class EvidenceDataRow(Base, table=True):
    """A data set that recorded evidence rests on; evidence that names one twice rests on it once."""

    __tablename__ = "evidence_data"
    idx: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    data: str = Field(primary_key=True, index=True)


class MemberRow(Base, table=True):
    """A member and where the ledger added and removed them."""

    __tablename__ = "member"
    idx: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    member: str = Field(index=True)
    removed: int | None = None


class KeyRow(Base, table=True):
    """A key and where the ledger added and revoked it."""

    __tablename__ = "signing_key"
    __table_args__ = (UniqueConstraint("idx", "keyid"),)
    idx: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    keyid: str = Field(index=True)
    owner: str = Field(index=True)
    purpose: str
    public_key: str
    revoked: int | None = None


class AlertRow(Base, table=True):
    """A step of an alert, by the model that it is about."""

    __tablename__ = "alert"
    idx: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    model: str = Field(index=True)


class CommentRow(Base, table=True):
    """A comment and where it was resolved."""

    __tablename__ = "comment"
    idx: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    case_id: str = Field(index=True)
    comment: str = Field(index=True)
    resolved: int | None = None


class VoteRow(Base, table=True):
    """A vote, and the later vote of the same member in the same round that replaced it."""

    __tablename__ = "vote"
    idx: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    case_id: str = Field(index=True)
    round: int
    member: str
    replaced: int | None = None


class ConditionRow(Base, table=True):
    """A condition of a decision and what became of it."""

    __tablename__ = "condition"
    idx: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    case_id: str = Field(index=True)
    condition: str
    submitted: int | None = None
    accepted: int | None = None
    overdue: int | None = None


PROJECTIONS: tuple[type[SQLModel], ...] = (
    RecordRow,
    ModelRow,
    DatasetRow,
    EvidenceRow,
    EvidenceDataRow,
    MemberRow,
    KeyRow,
    AlertRow,
    CommentRow,
    VoteRow,
    ConditionRow,
)
"""Tables that are a function of the entries."""


def table_of(kind: type[SQLModel]) -> Table:
    """Return the SQLAlchemy table of a row type."""
    found: Table = kind.__table__  # type: ignore[attr-defined]
    return found
