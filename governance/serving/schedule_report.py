"""What `serving.schedule` answers, light to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from governance.serving.quantile import Quantile


@dataclass(frozen=True, slots=True)
class JobTimes:
    """One model on some threads: medians of a request."""

    model: str
    """Digest."""
    threads: int
    alone_ns: int
    beside_ns: int
    """Beside another load."""


@dataclass(frozen=True, slots=True)
class PlacedModel:
    """One model of the plan, by the times that it takes alone."""

    model: str
    threads: int
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class ScheduleReport:
    """Several models on the cores of one device."""

    cores: int
    cores_got: float
    """That the machine really gave while it was timed, at most `cores`."""
    jobs: tuple[JobTimes, ...]
    plan: tuple[PlacedModel, ...]
    """In the order in which they start."""
    makespan_ns: int
    """Until the last answer, with the times that the models take alone."""
    makespan_beside_ns: int
    """The same plan with the times beside another load, at least `makespan_ns`: the truth lies between the two."""
    bound_ns: int
    """No plan is shorter than this, with the times alone."""
    proved: bool
    """Whether the plan is the shortest one."""
    given_order_ns: int
    """Of the given order, one thread each."""
    one_by_one_ns: int
    """Each with all its threads, one after the other."""
    measured: Quantile | None
    """Median of the plan as it was run; None where it was not."""
    measured_given: Quantile | None
    last: str
    """Digest of the model that decides how long all take."""
    deadline_ns: int | None
    verdict: Literal["met", "not_met", "cannot_judge"]
    reason: str
    """Why nobody can judge; "" otherwise."""
