"""The methods of this room, for the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field

from governance.drift.alerts.calibration import Calibration
from governance.drift.columns.limits import Limits
from governance.drift.results.cost_estimate import Costs
from governance.drift.results.over_time import By, OverTime
from governance.drift.results.report import Correction, DriftReport
from governance.evidence import MethodSpec


@dataclass(frozen=True, slots=True)
class DriftParameters:
    """How two windows are compared."""

    correction: Correction = "bh"
    """"bh" bounds the share of false alarms among alarms, "holm" the chance of any, "none" nothing."""
    alpha: float = 0.05
    """The bound of the correction, above 0 and below 1."""
    limits: Limits = field(default_factory=Limits)
    tolerance: float = 0.02
    """How much a metric between 0 and 1 may get worse before it counts."""
    multivariate: bool = True
    """Whether a classifier tries to tell the windows apart (at most 20,000 rows of each)."""
    costs: Costs = field(default_factory=Costs)
    """What wrong decisions, outcomes and a change of the model cost."""


@dataclass(frozen=True, slots=True)
class OverTimeParameters:
    """How one table is cut into windows."""

    by: By = "month"
    size: int = 5_000
    """Rows of a window, when cut by rows."""
    alpha: float = 0.05
    """Bound of false alarms over all windows for ever."""


@dataclass(frozen=True, slots=True)
class CalibrationParameters:
    """What is promised about false alarms."""

    rows: int = 1_000
    """Rows of a window."""
    windows_per_month: float = 4.0
    false_alarms_per_month: float = 1.0
    """At most so many are expected, over all rules together."""
    resamples: int = 200
    """Pairs of windows that are drawn; more when the promise needs more."""
    limits: Limits = field(default_factory=Limits)
    tolerance: float = 0.02


METHODS: tuple[MethodSpec, ...] = (
    MethodSpec(
        id="drift.columns",
        version=10,
        title="Drift of columns",
        question="Which columns have moved since the reference, beyond chance and by more than matters?",
        run="governance.drift.compare:columns",
        parameters=DriftParameters,
        result=DriftReport,
        page="drift",
        lead="governance.drift.words:lead",
        lines="governance.drift.words:lines",
        needs=("reference",),
    ),
    MethodSpec(
        id="drift.harm",
        version=11,
        title="Drift and its harm",
        question="Has the world moved, did decisions get worse, for whom, and what should be done?",
        run="governance.drift.compare:compare",
        parameters=DriftParameters,
        result=DriftReport,
        page="drift",
        lead="governance.drift.words:lead",
        lines="governance.drift.words:lines",
        needs=("reference", "predictions", "reference_predictions"),
    ),
    MethodSpec(
        id="drift.over_time",
        version=5,
        title="Drift over time",
        question="When did which column move, window by window?",
        run="governance.drift.over_time.timeline:columns",
        parameters=OverTimeParameters,
        result=OverTime,
        page="drift",
        needs=("reference",),
    ),
    MethodSpec(
        id="drift.harm_over_time",
        version=6,
        title="Drift and performance over time",
        question="When did which column move, and how good were decisions then, for whom?",
        run="governance.drift.over_time.timeline:run",
        parameters=OverTimeParameters,
        result=OverTime,
        page="drift",
        needs=("reference", "predictions", "reference_predictions"),
    ),
    MethodSpec(
        id="drift.calibration",
        version=6,
        title="False alarms",
        question="How strong must a sign be before it alarms, so that false alarms stay as rare as promised?",
        run="governance.drift.over_time.false_alarms:run",
        parameters=CalibrationParameters,
        result=Calibration,
        page="monitor",
        needs=("predictions",),
    ),
)
