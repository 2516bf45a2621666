"""The method `serving.latency`: quantiles with intervals, a verdict on a budget, and other rates by replay, from recorded times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Finding, NotAssessed, Progress, RefusedInputError, Rows, Streams
from governance.serving.budget import judged
from governance.serving.latency_report import LatencyReport, RatePoint
from governance.serving.observation import TimingHead, head_of, require_columns
from governance.serving.quantile import Quantile, quantile
from governance.serving.replay_load import replayed
from governance.serving.spec import Latency
from governance.serving.warm_up import warm_up
from governance.subject import Recording, Subject

COLUMNS: Final = {
    "part": "string", "due_ns": "int64", "sent_ns": "int64", "done_ns": "int64", "cpu_ns": "int64", "preempted": "bool",
    "yard_ns": "int64", "status": "string",
}  # fmt: skip
"""Columns of recorded times -> type as Arrow writes it; times since the beginning, -1 where nothing was measured."""
CLOSED: Final = "closed"
"""One after the other: the time of service."""
OPEN: Final = "open"
"""At moments that were drawn before: what a caller waits."""
QUANTILES: Final = (0.5, 0.95, 0.99)
_LOADS: Final = (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95)
"""Shares of what one server can do at which the replay is asked."""
_FEWEST: Final = 50
"""Requests below which nothing is said."""
_LOST: Final = np.iinfo(np.int64).max


def latency(
    subject: Subject, parameters: Latency, *, rng: np.random.Generator, progress: Progress
) -> Finding[LatencyReport]:
    """Judge recorded times.

    Raises:
        RefusedInputError: the observation is about another model, or holds no times.
    """
    model, seen = subject.model, subject.observation
    if model is None or seen is None:
        raise RefusedInputError("Latency needs a model and recorded times.", "Give both.")
    head = head_of(seen, TimingHead)
    if head.model != model.digest:
        raise RefusedInputError(
            f"The observation is about model {head.model[:16]}, got {model.digest[:16]}.",
            "Give the model that was timed.",
        )
    times = _read(seen)
    progress(0, 1, "judging times")
    total = len(times.sent)
    service = times.of(CLOSED)
    if len(service.sent) < _FEWEST or not service.good.any():
        good = int(service.good.sum())
        return Finding(
            NotAssessed(
                f"{good} of {len(service.sent)} requests were answered one after the other, {_FEWEST} are needed."
            ),
            Rows(total, total),
        )
    return Finding(_report(head, times, service, parameters, Streams(rng)["replay"]), Rows(total, total))


@dataclass(frozen=True, slots=True)
class _Times:
    """Recorded times, an entry a request."""

    waited: NDArray[np.bool_]
    """Whether a request was sent at a moment that was drawn before."""
    due: NDArray[np.int64]
    sent: NDArray[np.int64]
    done: NDArray[np.int64]
    preempted: NDArray[np.bool_]
    yard: NDArray[np.int64]
    good: NDArray[np.bool_]

    def of(self, part: str, skip: int = 0) -> _Times:
        """Return the requests of a part, without the first of them."""
        at = np.flatnonzero(self.waited == (part == OPEN))[skip:]
        return _Times(
            waited=self.waited[at], due=self.due[at], sent=self.sent[at], done=self.done[at], preempted=self.preempted[at],
            yard=self.yard[at], good=self.good[at],
        )  # fmt: skip

    def since(self, start: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the time from a moment to the answer; a failed request took for ever."""
        return np.where(self.good, self.done - start, _LOST)


def _read(seen: Recording) -> _Times:
    from pyarrow import compute

    require_columns(seen, COLUMNS)
    table = seen.table
    numbers = {
        name: table.column(name).to_numpy().astype(np.int64) for name in ("due_ns", "sent_ns", "done_ns", "yard_ns")
    }
    backwards = (numbers["done_ns"] < numbers["sent_ns"]) | (numbers["sent_ns"] < numbers["due_ns"])
    if backwards.any():
        raise RefusedInputError(
            f"Request {int(backwards.argmax())} was answered before it was sent, or sent before it was due.",
            "The recording is damaged: measure again.",
        )
    return _Times(
        waited=compute.equal(table.column("part"), OPEN).to_numpy(),
        due=numbers["due_ns"],
        sent=numbers["sent_ns"],
        done=numbers["done_ns"],
        preempted=table.column("preempted").to_numpy(),
        yard=numbers["yard_ns"],
        good=compute.equal(table.column("status"), "ok").to_numpy(),
    )


def _report(
    head: TimingHead, times: _Times, service: _Times, parameters: Latency, rng: np.random.Generator
) -> LatencyReport:
    cut = warm_up(service.since(service.sent))
    service = service.of(CLOSED, cut)
    own = service.since(service.sent)
    whole = times.of(OPEN)
    waited = whole if len(whole.sent) else service
    preempted = float(waited.preempted.mean())
    limit = round(parameters.budget_ms * 1e6)
    upper, lower = waited.since(waited.due), waited.since(waited.sent)
    rates = _rates(own[own < _LOST], rng)
    yards = times.yard[times.yard > 0]
    yard = int(np.median(yards)) if len(yards) else 0
    return LatencyReport(
        place=head.place,
        quantiles=_quantiles(upper, parameters.level),
        service=_quantiles(own, parameters.level),
        rate=head.rate if len(whole.sent) else 0.0,
        throughput=float(1e9 / own[own < _LOST].mean()),
        budget=judged(upper, lower, limit, parameters.share, preempted=preempted, level=parameters.level),
        rates=rates,
        holds=max((item.rate for item in rates if item.p99_ns <= limit), default=None),
        generator_lag_p99_ns=int(np.quantile(waited.sent - waited.due, 0.99, method="inverted_cdf")),
        preempted_share=preempted,
        failed=int((~times.good).sum()),
        warm_up_rows=cut,
        yard_ns=yard,
        p50_in_yards=float(np.median(own) / yard) if yard else 0.0,
        batch=head.batch,
        threads=head.threads,
        started=head.started,
        ended=head.ended,
    )


def _quantiles(values: NDArray[np.int64], level: float) -> tuple[Quantile, ...]:
    """Return the quantiles; one that only failed requests reach is as long as no number, and is left out."""
    found = (quantile(values, p, level) for p in QUANTILES)
    return tuple(_told(item) for item in found if item.value_ns < _LOST)


def _told(item: Quantile) -> Quantile:
    from dataclasses import replace

    return item if item.high_ns is None or item.high_ns < _LOST else replace(item, high_ns=None)


def _rates(service: NDArray[np.int64], rng: np.random.Generator) -> tuple[RatePoint, ...]:
    most = 1e9 / float(service.mean())
    found = []
    for load in _LOADS:
        waited = replayed(service, load * most, rng)
        found.append(
            RatePoint(float(f"{load * most:.3g}"), int(np.quantile(waited, 0.99, method="inverted_cdf")), load)
        )
    return tuple(found)
