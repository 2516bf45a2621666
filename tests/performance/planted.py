"""Rows of people with a decision that is wrong at random, and more often in one planted segment."""

from __future__ import annotations

import numpy as np
import pandas as pd

from governance.data.in_memory import InMemory
from governance.evidence.evidence import Finding, silent
from governance.performance.segments.segments import segments
from governance.performance.spec import Segments
from governance.subject.schema import Schema
from governance.subject.subject import Subject

ROLES = Schema(target="y", positive="1", prediction="decided")
COHORT = 'region = "south" and age >= 61'


def people(seed: int, rows: int = 12_000, *, more: float = 0.15) -> pd.DataFrame:
    """Return rows whose error rate is 0.15, and `more` higher for southerners of at least 61: 4 % of all rows."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "age": rng.integers(21, 71, rows),
        "region": rng.choice(["north", "south", "east", "west", "centre"], rows),
        "income": rng.lognormal(10, 0.6, rows).round(),
        "tenure": rng.integers(0, 30, rows).astype(float),
        "job": rng.choice(list("abcdefgh"), rows),
        "rate": rng.random(rows).round(3),
    })  # fmt: skip
    planted = (frame.region == "south") & (frame.age >= 61)
    frame["y"] = rng.integers(0, 2, rows)
    wrong = rng.random(rows) < 0.15 + more * planted
    frame["decided"] = np.where(wrong, 1 - frame.y, frame.y)
    return frame


def searched(frame: pd.DataFrame, seed: int = 0, schema: Schema = ROLES, parameters: Segments | None = None) -> Finding:
    """Return what the method finds; the seed draws the halves."""
    subject = Subject(InMemory(frame, schema))
    return segments(subject, parameters or Segments(), rng=np.random.default_rng(seed), progress=silent)
