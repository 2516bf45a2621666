"""The methods of this room, for the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from governance.explain.report import Scale
from governance.method_spec import MethodSpec

Choice = Literal["auto", "tree", "linear", "permutation", "enumeration"]
"""A way by name; "auto" takes the exact way that the file allows, else sampling, and the result says which."""


@dataclass(frozen=True, slots=True)
class GlobalParameters:
    """How all rows are explained."""

    method: Choice = "auto"
    scale: Scale = "raw"
    target: str = ""
    """Class to explain; "" for the schema's positive class, else the last one."""
    background_rows: int = 1000
    """Rows drawn from the reference for the background; all of them when it has no more."""
    background_seed: int = 0
    """Which draw; the same seed gives the same background in every method."""
    correlated: bool = False
    """Linear models only: attribute along the columns' covariance, as shap's correlation-dependent option does."""
    max_rows: int = 1000
    """Rows explained when values are sampled; exact ways explain all rows."""
    model_calls: int = 4000
    """Model rows spent on one explained row when values are sampled."""
    all_classes: bool = True
    """Whether importances are given for every class of a multiclass model."""


@dataclass(frozen=True, slots=True)
class LocalParameters:
    """How one row is explained."""

    row: int = 0
    """Position of the row in the data, from 0."""
    method: Choice = "auto"
    scale: Scale = "raw"
    target: str = ""
    background_rows: int = 1000
    background_seed: int = 0
    correlated: bool = False
    precision: float = 0.0
    """Sampling stops when every standard error is below this; 0 spends the whole budget."""
    model_calls: int = 200_000
    """Most model rows that sampling may spend."""
    neighbours: int = 10
    """Nearest rows whose explanations are compared for stability; 0 skips the comparison."""


METHODS: tuple[MethodSpec, ...] = ()
