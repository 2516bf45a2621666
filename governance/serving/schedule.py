"""The method `serving.schedule`: which model starts when, on how many threads, how long all take, and whether that keeps to a deadline."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Finding, NotAssessed, Progress, RefusedInputError, Rows
from governance.serving.observation import LanesHead, head_of, require_columns
from governance.serving.plan import Times, as_given, one_by_one
from governance.serving.plan_exact import shortest
from governance.serving.quantile import Quantile, quantile
from governance.serving.schedule_report import JobTimes, PlacedModel, ScheduleReport
from governance.serving.spec import Schedule
from governance.subject import Recording, Subject

COLUMNS: Final = {"kind": "string", "model": "int64", "threads": "int64", "round": "int64", "value": "int64"}
_FEWEST: Final = 5
"""Rounds below which nothing is said."""
CALM: Final = 0.9
"""Share of the cores below which a machine was too busy to judge a plan."""
Ints = NDArray[np.int64]
Verdict = Literal["met", "not_met", "cannot_judge"]


def schedule(
    subject: Subject,
    parameters: Schedule,
    *,
    rng: np.random.Generator,  # noqa: ARG001 - every method has the same signature
    progress: Progress,
) -> Finding[ScheduleReport]:
    """Plan from recorded times.

    Raises:
        RefusedInputError: the observation holds no times of models in lanes, or lacks some of them.
    """
    seen = subject.observation
    if seen is None:
        raise RefusedInputError("A plan needs recorded times.", "Give them.")
    head = head_of(seen, LanesHead)
    require_columns(seen, COLUMNS)
    total = seen.table.num_rows
    if head.rounds < _FEWEST:
        return Finding(NotAssessed(f"{head.rounds} rounds were timed, {_FEWEST} are needed."), Rows(total, total))
    progress(0, 1, "looking for the shortest plan")
    return Finding(_report(head, _Seen(seen), parameters), Rows(total, total))


class _Seen:
    """The rows of an observation by what they are about."""

    def __init__(self, seen: Recording) -> None:
        self._kind = np.asarray(seen.table.column("kind").to_pylist())
        self._columns = {
            name: seen.table.column(name).to_numpy().astype(np.int64) for name in COLUMNS if name != "kind"
        }

    def values(self, kind: str, model: int = -1, threads: int | None = None) -> Ints:
        """Return the recorded values of one kind, in the order of the rounds."""
        of = (self._kind == kind) & (self._columns["model"] == model)
        if threads is not None:
            of &= self._columns["threads"] == threads
        return np.asarray(self._columns["value"][of][np.argsort(self._columns["round"][of], kind="stable")])

    def threads(self, model: int) -> tuple[int, ...]:
        """Return the numbers of threads on which a model was timed."""
        return tuple(np.unique(self._columns["threads"][self._columns["model"] == model]).tolist())

    def times(self, kind: str, models: int) -> list[Times]:
        """Return the median time of each model by threads.

        Raises:
            RefusedInputError: a model was not timed on one thread, or a time is not above 0.
        """
        found: list[Times] = [
            {count: float(np.median(self.values(kind, model, count))) for count in self.threads(model)}
            for model in range(models)
        ]
        for model, times in enumerate(found):
            if 1 not in times or not min(times.values()) > 0:
                raise RefusedInputError(
                    f"Model {model} has no times on one thread.", "The recording is damaged: measure again."
                )
        return found


def _report(head: LanesHead, seen: _Seen, parameters: Schedule) -> ScheduleReport:
    alone, beside = (seen.times(kind, len(head.models)) for kind in ("alone", "beside"))
    best = shortest(alone, head.cores)
    busy = best.plan.under(beside, head.cores)
    got = float(np.median(seen.values("lanes"))) / 1000
    run = seen.values("plan")
    measured = quantile(run, 0.5) if len(run) else None
    verdict, reason = _held(parameters, best.bound, busy.makespan, (measured, got, head.cores))
    return ScheduleReport(
        cores=head.cores,
        cores_got=got,
        jobs=tuple(
            JobTimes(head.models[place], count, round(time), round(beside[place][count]))
            for place, times in enumerate(alone)
            for count, time in times.items()
        ),
        plan=tuple(
            PlacedModel(head.models[item.job], item.threads, round(item.start), round(item.end))
            for item in best.plan.placed
        ),
        makespan_ns=round(best.plan.makespan),
        makespan_beside_ns=round(max(busy.makespan, best.plan.makespan)),
        bound_ns=round(best.bound),
        proved=best.proved,
        given_order_ns=round(as_given(alone, head.cores).makespan),
        one_by_one_ns=round(one_by_one(alone, head.cores).makespan),
        measured=measured,
        measured_given=quantile(given, 0.5) if len(given := seen.values("given")) else None,
        last=head.models[max(best.plan.placed, key=lambda item: item.end).job],
        deadline_ns=None if parameters.deadline_ms is None else round(parameters.deadline_ms * 1e6),
        verdict=verdict,
        reason=reason,
    )


def _held(
    parameters: Schedule, bound: float, busy: float, run: tuple[Quantile | None, float, int]
) -> tuple[Verdict, str]:
    """Return whether the plan keeps to the deadline: what was run decides where it was, else what the times say."""
    measured, got, cores = run
    if parameters.deadline_ms is None:
        return "cannot_judge", "No deadline was given."
    deadline = parameters.deadline_ms * 1e6
    high, low = (busy, bound) if measured is None else (measured.high_ns, measured.low_ns)
    if high is not None and high <= deadline:
        return "met", ""
    if got < CALM * cores:
        return "cannot_judge", f"The machine gave {got:.1f} of {cores} cores."
    if low is not None and low > deadline:
        return "not_met", ""
    return "cannot_judge", "The deadline lies between the shortest and the longest time that the measurement allows."
