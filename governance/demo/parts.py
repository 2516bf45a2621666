"""What the demonstration consists of, ready to be registered."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from governance.demo.planted import Planted
from governance.subject import Schema


@dataclass(frozen=True, slots=True)
class DemoTable:
    """One table of the demonstration."""

    name: str
    """Stable short name, unique in the demonstration."""
    title: str
    description: str
    path: Path
    """A Parquet file."""
    digest: str
    """SHA-256 of the file."""
    schema: Schema
    rows: int
    role: Literal["training", "evaluation", "monitoring"]
    simulated: bool
    source: str
    """Where it comes from and under which licence."""


@dataclass(frozen=True, slots=True)
class DemoModel:
    """One model of the demonstration."""

    name: str
    title: str
    description: str
    path: Path
    """An ONNX file."""
    digest: str
    family: str
    """Models of one family compete for the same task."""
    version: str
    owner: str
    """The part that owns it, not a person."""
    intended_use: str
    out_of_scope: str
    risk_tier: Literal["minimal", "limited", "high"]
    trained_on: str
    """Name of the training table."""
    evaluated_on: str
    """Name of the evaluation table."""
    monitored_on: tuple[str, ...]
    """Names of later windows, in order of time."""
    threshold: float | None
    """Score from which a person is selected; None for regression."""


@dataclass(frozen=True, slots=True)
class Demo:
    """The whole demonstration."""

    title: str
    description: str
    tables: tuple[DemoTable, ...]
    models: tuple[DemoModel, ...]
    planted: tuple[Planted, ...]
    """What is wrong with the simulated tables on purpose."""
    truth: Path
    """Parquet file with the true outcome behind each simulated row; not for registration."""

    def table(self, name: str) -> DemoTable:
        """Return the table called `name`."""
        return next(item for item in self.tables if item.name == name)
