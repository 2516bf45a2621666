"""What `serving.latency` answers, light to import."""

from __future__ import annotations

from dataclasses import dataclass

from governance.serving.budget import Budget
from governance.serving.quantile import Quantile


@dataclass(frozen=True, slots=True)
class RatePoint:
    """What a replay of the measured times says about another rate."""

    rate: float
    """Requests a second."""
    p99_ns: int
    """From arrival to answer."""
    load: float
    """Share of the time that one server is at work; from 1 on the queue grows for ever."""


@dataclass(frozen=True, slots=True)
class LatencyReport:
    """How fast a model answers, and whether that keeps to a budget."""

    place: str
    """"in process", or where the server is."""
    quantiles: tuple[Quantile, ...]
    """p50, p95 and p99, from the moment when requests should have been sent where they were sent at a rate."""
    service: tuple[Quantile, ...]
    """The same of requests that were sent one after the other: the time of service, without waiting."""
    rate: float
    """Requests a second that were sent; 0 where they were sent one after the other alone."""
    throughput: float
    """Requests a second that one after the other took."""
    budget: Budget
    rates: tuple[RatePoint, ...]
    """Replay at other rates; an estimate, not a measurement."""
    holds: float | None
    """Largest rate of these at which p99 keeps to the budget; None where none does."""
    generator_lag_p99_ns: int
    """By how much the load generator itself was late."""
    preempted_share: float
    """Share of requests during which the machine did other work; 0 where that could not be seen."""
    failed: int
    """Requests without an answer; they count as over the budget."""
    warm_up_rows: int
    """Requests from the beginning that were left out."""
    yard_ns: int
    """Median time of a fixed piece of arithmetic during the recording: what this machine was worth then."""
    p50_in_yards: float
    """Median time of service in that unit: comparable between machines, roughly."""
    batch: int
    """Rows in a request."""
    threads: int
    """Threads of the session; 0 for a server."""
    started: str
    ended: str
