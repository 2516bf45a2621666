"""The small nouns of the screens: who sits here, what can be picked, what was picked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GUEST: Final = "guest"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sits in front of this screen: a member whom a passphrase has shown, or a guest."""

    id: str
    """Member id, or "guest"."""
    name: str
    roles: tuple[str, ...] = ()

    @property
    def member(self) -> bool:
        """Whether the visitor is a member, as opposed to a guest analyst who may look at everything and sign nothing."""
        return self.id != GUEST


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be picked."""

    digest: str
    label: str
    """Unique among its kind: name, version and the beginning of the digest."""
    role: str = ""
    """What a data set is for: training, evaluation, monitoring or benchmark; "reviewed" for a model with a case."""


@dataclass(frozen=True, slots=True)
class Picked:
    """What the visitor looks at. An empty digest means that there is none."""

    model: str
    """Digest of the model, 64 hexadecimal characters, or ""."""
    data: str
    """Digest of the evaluation data, or ""."""
    reference: str
    """Digest of the data to compare with, or ""."""
    cohort: str
    """Filter on rows as text, "" for all rows."""
    model_label: str
    data_label: str
    reference_label: str
    candidate: str = ""
    """Digest of another model that is asked about the same rows, or ""."""
    label: str = ""
    """Which of several labels is looked at, "" for the first."""
