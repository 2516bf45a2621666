"""Evidence: every number has an address.

A run of a method on named inputs gives one `Evidence`. Its canonical JSON bytes are stored under their SHA-256 digest, and the
digest of what went in (`RunKey`) finds it again: evidence is also the cache.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Generic, Literal, Protocol, TypeVar

from governance.evidence.codec import JsonValue, canonical, decode, encode, parse, sha256
from governance.evidence.table_reading import TableReading

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class NotAssessed:
    """An answer of its own: the question was asked and could not be answered.

    Never stands for "fine": a requirement on something that was not assessed is not met.
    """

    reason: str
    """Why, in words that a board member understands, with the numbers: "12 rows, fewer than 30"."""
    outcome: Literal["not_assessed"] = "not_assessed"


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows that a method could not use."""

    reason: str
    """Why, for example "label missing"."""
    rows: int
    """How many, at least 1."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The account of rows: `used` + the sum over `dropped` = `total`, always."""

    used: int
    total: int
    dropped: tuple[Dropped, ...] = ()

    def __post_init__(self) -> None:
        if self.used + sum(item.rows for item in self.dropped) != self.total:
            raise ValueError(f"rows do not add up: {self}")


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a run, by digest."""

    role: Literal[
        "model",
        "candidate",
        "data",
        "reference",
        "predictions",
        "reference_predictions",
        "attributions",
        "observation",
        "challenge",
        "other",
    ]
    digest: str
    """SHA-256 of the stored bytes, lowercase hexadecimal."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class RunKey:
    """What determines a result. Equal keys give equal evidence bytes on one platform."""

    method: str
    method_version: int
    inputs: tuple[Input, ...]
    cohort: str
    """The filter on rows as text, "" for all rows."""
    parameters: JsonValue
    """The method's parameters as a JSON object, with defaults filled in."""
    schema: JsonValue
    """The column roles that the run used, as a JSON object."""
    seed: int

    @property
    def digest(self) -> str:
        """SHA-256 of the key's canonical bytes; names of inputs do not count."""
        value = encode(self)
        for item in value["inputs"]:
            item.pop("name")
        return sha256(canonical(value))


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a result was computed."""

    python: str
    platform: str
    packages: Mapping[str, str]
    """Version of each package that takes part in computing."""


@dataclass(frozen=True, slots=True)
class Finding(Generic[R]):
    """What a method returns: its result, the account of rows, and big arrays to be stored beside it."""

    result: R | NotAssessed
    rows: Rows
    arrays: Mapping[str, Any] = field(default_factory=dict)
    """Name -> pyarrow.Table; stored as blobs that the evidence names by digest."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One finding with its address."""

    key: RunKey
    rows: Rows
    environment: Environment
    result: JsonValue
    """The method's result type as a JSON object, or a `NotAssessed` object."""
    blobs: Mapping[str, str] = field(default_factory=dict)
    """Name of an array -> SHA-256 of the stored Arrow IPC file."""
    reading: TableReading | None = None
    """How the table under review was read; None in evidence from before it was kept, and where there is no table."""
    format: Literal["countersign-evidence/1"] = "countersign-evidence/1"

    @property
    def assessed(self) -> bool:
        """Whether there is a result, as opposed to a reason why there is none."""
        return not (isinstance(self.result, dict) and self.result.get("outcome") == "not_assessed")

    def to_bytes(self) -> bytes:
        """Return the canonical bytes; their SHA-256 is the evidence digest."""
        value = encode(self)
        if self.reading is None:
            del value["reading"]
        return canonical(value)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes: the address under which the evidence is stored and signed."""
        return sha256(self.to_bytes())

    @classmethod
    def from_bytes(cls, text: bytes) -> Evidence:
        """Return the evidence that `to_bytes` wrote."""
        return decode(cls, parse(text))

    def read(self, kind: type[R]) -> R | NotAssessed:
        """Return the result as an instance of the method's result type, or the reason why there is none."""
        return decode(kind, self.result) if self.assessed else decode(NotAssessed, self.result)


class Progress(Protocol):
    """How a long computation says how far it is; raises `Cancelled` when the user asked to stop."""

    def __call__(self, done: int, of: int, phase: str) -> None:
        """Report `done` of `of` steps of the phase named in plain words."""


def silent(done: int, of: int, phase: str) -> None:
    """Report nothing; the progress of tests and of scripts."""


PACKAGES = (
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "onnx",
    "onnxruntime",
    "numba",
    "shap",
    "lime",
    "fairlearn",
    "pyarrow",
)


@cache
def environment() -> Environment:
    """Return the environment of this process; read once, since a package does not change under a running process."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return Environment(
        python=platform.python_version(), platform=f"{sys.platform}-{platform.machine()}", packages=found
    )
