"""A picture of the decision brief: one question, its answer in a sentence, and the few numbers behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["for", "against", "open"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a picture."""

    name: str
    value: float
    """In `Picture.unit`."""
    low: float | None = None
    """Lower end of the 95 % interval, None where there is none."""
    high: float | None = None
    stands_out: bool = False
    """Whether it is the one that the sentence is about."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One question, its answer in a sentence, and the few numbers behind it."""

    question: str
    sentence: str
    claim: str
    """What it says for or against the model, in a few words; "" where it leaves the question open."""
    side: Side
    """Whether it speaks for the model, against it, or leaves the question open."""
    measure: str
    """What the bars measure, with its unit."""
    percent: bool
    """Whether the bars are shares between 0 and 1."""
    bars: tuple[Bar, ...]
    method: str
    """Id of the method whose evidence it is drawn from."""
    evidence: str
    """Digest."""
