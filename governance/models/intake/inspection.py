"""What was found inside a model file, and why it is refused if it is; light to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from governance.evidence import RefusedInputError
from governance.subject import Task

Explainer = Literal["tree", "linear", "sampled"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason to turn a file away."""

    code: str
    """Stable word for the kind of reason, for example "external_data"."""
    found: str
    """What was found and what was expected."""
    advice: str
    """What the person can do."""


@dataclass(frozen=True, slots=True)
class Port:
    """One input or output as the file declares it."""

    name: str
    dtype: str
    """Element type by numpy's name; "sequence" for the maps of ZipMap."""
    shape: tuple[int | None, ...]
    """Sizes; None where a size is free."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """The report on one file. Every text in it comes from the file: show it as plain text."""

    format: str
    """"onnx", or what the first bytes say the file is instead."""
    digest: str = ""
    """SHA-256 of the bytes that were looked at; "" when they were not read."""
    size: int = 0
    """Bytes."""
    ir_version: int = 0
    opsets: Mapping[str, int] = field(default_factory=dict)
    """Operator domain -> version; the standard domain is "ai.onnx"."""
    producer: str = ""
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    operators: Mapping[str, int] = field(default_factory=dict)
    """Operator -> how many nodes, inner graphs included."""
    task: Task | None = None
    """None when the outputs could not be read."""
    classes: tuple[str, ...] = ()
    """In the order of the scores; () for regression."""
    explainer: Explainer | None = None
    """How the file can be explained by its form: as trees or as a linear model, or by sampling. Whether values from the file are the
    model's own is tried when it is explained."""
    columns: tuple[str, ...] = ()
    """Raw columns that the file names itself; () when a person must name them."""
    width: int = 0
    """How many columns the model takes; 0 when the file does not say."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """What is odd but no reason to refuse, in sentences."""
    refused: tuple[Refusal, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether nothing speaks against the file."""
        return not self.refused

    def check(self) -> None:
        """Raise RefusedInputError with the first reason when the file is refused."""
        if self.refused:
            raise RefusedInputError(self.refused[0].found, self.refused[0].advice)
