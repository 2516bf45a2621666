"""Observations: what was seen of a model at work, kept as raw rows with a head, in one Arrow file under one digest.

They are captured once, by a process with a clock and a network, and judged as often as somebody asks, by methods that have neither
(docs/adr/0020). The head is JSON in the metadata of the file's schema, so that neither can be put beside another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from governance.evidence import RefusedInputError, canonical, decode, encode, parse

if TYPE_CHECKING:
    import pyarrow as pa

    from governance.subject import Recording

H = TypeVar("H")
_HEAD: Final = b"countersign"
FORMAT: Final = "countersign-observation/1"


@dataclass(frozen=True, slots=True)
class AnswersHead:
    """Where answers come from and how they were asked for."""

    model: str
    """Digest of the approved model, which the server is said to serve."""
    challenge: str
    """Digest of the rows that were asked."""
    place: str
    """Id of the deployment, or host and port of an address that was named."""
    protocol: Literal["rest", "grpc"]
    served_as: str
    """Name of the model at the server."""
    requests: int
    """How many were to be sent."""
    started: str
    """RFC 3339 in UTC, by the clock of this machine."""
    ended: str
    seed: int = 0
    """Order of the rows in each request; told afterwards."""
    pin: str = ""
    """SHA-256 of the server's public key as it was seen, "" without TLS."""
    claimed_name: str = ""
    """What the server says of itself: recorded, never believed."""
    claimed_version: str = ""
    claimed_platform: str = ""
    committed: int | None = None
    """Entry of the ledger that named the challenge before the first request; None outside a workspace."""
    log: bool = False
    """Whether the answers come from the server's own log, and not from requests."""
    kind: Literal["answers"] = "answers"
    format: Literal["countersign-observation/1"] = FORMAT


@dataclass(frozen=True, slots=True)
class TimingHead:
    """What was timed, where and how."""

    model: str
    """Digest of the model."""
    place: str
    """"in process", or host and port or the id of a deployment."""
    rate: float
    """Requests a second of the open part."""
    seconds: float
    """How long the open part went on."""
    batch: int
    """Rows in a request."""
    threads: int
    """Threads of the session; 0 for a server."""
    in_flight: int
    """Requests that may be under way at once in the open part."""
    cores: int
    """Cores that this process may use."""
    machine: str
    """Processor and system, as the system names them."""
    seed: int
    """Of the moments of the open part."""
    started: str
    """RFC 3339 in UTC, by the clock of this machine."""
    ended: str
    kind: Literal["timing"] = "timing"
    format: Literal["countersign-observation/1"] = FORMAT


@dataclass(frozen=True, slots=True)
class LanesHead:
    """Which models were timed on one device."""

    models: tuple[str, ...]
    """Digests, in the order in which rows number them."""
    cores: int
    """That were asked for."""
    batch: int
    """Rows in a request."""
    rounds: int
    measured: bool
    """Whether whole plans were run, too."""
    seed: int
    """Of the order in each round."""
    started: str
    """RFC 3339 in UTC, by the clock of this machine."""
    ended: str
    kind: Literal["lanes"] = "lanes"
    format: Literal["countersign-observation/1"] = FORMAT


def with_head(table: pa.Table, head: Any) -> pa.Table:
    """Return raw rows with their head."""
    return table.replace_schema_metadata({_HEAD: canonical(encode(head))})


def head_of(recording: Recording, kind: type[H]) -> H:
    """Return the head of an observation.

    Raises:
        RefusedInputError: the file has none, or one of another kind.
    """
    metadata = recording.table.schema.metadata or {}
    if _HEAD not in metadata:
        raise RefusedInputError("The file is no observation: it has no head.", "Give what a capture wrote.")
    return decode(kind, parse(metadata[_HEAD]))


def require_columns(recording: Recording, wanted: dict[str, str]) -> None:
    """Refuse raw rows that lack a column or hold another type.

    Args:
        recording: an observation.
        wanted: column -> type as Arrow writes it.

    Raises:
        RefusedInputError: the first column that is not so.
    """
    for name, kind in wanted.items():
        found = str(recording.table.schema.field(name).type) if name in recording.table.column_names else "nothing"
        if found != kind:
            raise RefusedInputError(
                f"The observation's column {name!r} holds {found}, expected {kind}.", "Give what a capture wrote."
            )
