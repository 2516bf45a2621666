"""The shape of an entry in the catalogue of methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Need = Literal[
    "model",
    "label",
    "sensitive",
    "reference",
    "predictions",
    "reference_predictions",
    "candidate_predictions",
    "attributions",
]


@dataclass(frozen=True, slots=True)
class MethodSpec:
    """One method that can be run on a subject."""

    id: str
    """Stable name, for example "fairness.by_group"."""
    version: int
    """Raised whenever the same input may give another result."""
    title: str
    """What a person calls it."""
    question: str
    """The question it answers, in plain words."""
    run: str
    """"module:function"; imported only where it runs. Signature: (subject, parameters, *, rng, progress) -> Finding."""
    parameters: type[Any]
    """Frozen dataclass of parameters, every field with a default."""
    result: type[Any]
    """Frozen dataclass of the result; its module must be light to import."""
    needs: tuple[Need, ...] = ()
    """What the subject must offer. "predictions" and the like are computed first when they are missing."""
    streams: bool = False
    """Whether the method asks the model itself, chunk by chunk, when no earlier run stored predictions; memory stays flat then."""
