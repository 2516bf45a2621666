"""Plans from recorded times: what decides, when nobody can judge, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from governance.evidence import NotAssessed, RefusedInputError, silent
from governance.serving import LanesHead, ScheduleReport, schedule_words, with_head
from governance.serving.schedule import schedule
from governance.serving.spec import Schedule
from governance.subject import Recording, Subject

MS = 1_000_000
NAMES = ("a" * 64, "b" * 64, "c" * 64)


def recorded(got: int = 2_000, run: tuple[int, ...] = (), rounds: int = 20, **more: Any) -> Recording:
    """Return times of three models: 4 ms, 2 ms and 2 ms alone, twice that beside another load, and no faster on two threads."""
    rows = [
        (kind, model, threads, turn, factor * alone * MS)
        for turn in range(rounds)
        for kind, factor in (("alone", 1), ("beside", 2))
        for model, alone in enumerate((4, 2, 2))
        for threads in (1, 2)
    ]
    rows += [("lanes", -1, 2, turn, got) for turn in range(rounds)]
    rows += [("plan", -1, 2, turn, value) for turn, value in enumerate(run)]
    columns = dict(zip(("kind", "model", "threads", "round", "value"), zip(*rows, strict=True), strict=True))
    table = pa.table(
        {name: pa.array(values, pa.string() if name == "kind" else pa.int64()) for name, values in columns.items()}
    )
    said = {
        "models": NAMES,
        "cores": 2,
        "batch": 1,
        "rounds": rounds,
        "measured": bool(run),
        "seed": 0,
        "started": "",
        "ended": "",
    }
    return Recording("d" * 64, with_head(table, LanesHead(**{**said, **more})))


def judged(recording: Recording, deadline: float | None = None) -> ScheduleReport | NotAssessed:
    subject = Subject(data=None, observation=recording)  # type: ignore[arg-type]
    return schedule(subject, Schedule(deadline), rng=np.random.default_rng(0), progress=silent).result


def report(recording: Recording, deadline: float | None = None) -> ScheduleReport:
    found = judged(recording, deadline)
    assert isinstance(found, ScheduleReport)
    return found


def test_the_plan_is_the_one_of_the_pencil_and_says_who_is_last() -> None:
    found = report(recorded())
    assert (found.makespan_ns, found.makespan_beside_ns, found.given_order_ns, found.one_by_one_ns) == (
        4 * MS,
        8 * MS,
        4 * MS,
        8 * MS,
    )
    assert (found.proved, found.bound_ns, found.cores_got) == (True, 4 * MS, 2.0)
    assert found.last in {NAMES[0], NAMES[2]}
    assert "3 models answer on 2 cores within 4 ms to 8 ms" in schedule_words.lead(found)
    assert [line.what for line in schedule_words.lines(found)] == ["Plan", "Model", "Model", "Model"]


@pytest.mark.parametrize(
    ("deadline", "got", "verdict", "reason"),
    [
        (8.0, 2_000, "met", ""),
        (3.9, 2_000, "not_met", ""),
        (6.0, 2_000, "cannot_judge", "between the shortest"),
        (3.9, 1_000, "cannot_judge", "gave 1.0 of 2 cores"),
        (8.0, 1_000, "met", ""),
        (None, 2_000, "cannot_judge", "No deadline"),
    ],
)
def test_a_deadline_is_judged_by_the_worst_and_denied_by_the_best_time(
    deadline: float | None, got: int, verdict: str, reason: str
) -> None:
    found = report(recorded(got), deadline)
    assert found.verdict == verdict
    assert reason in found.reason
    assert schedule_words.lead(found).count("The machine gave") == 1
    assert bool(found.reason) == bool(reason)


def test_what_was_run_decides_before_what_was_predicted() -> None:
    run = tuple(9 * MS + at for at in range(40))
    assert report(recorded(run=run), 8.0).verdict == "not_met"
    assert report(recorded(run=run), 9.5).verdict == "met"
    assert "Run on this machine: 9 ms" in schedule_words.lead(report(recorded(run=run)))


def test_few_rounds_are_not_assessed_and_half_a_recording_is_refused() -> None:
    assert isinstance(judged(recorded(rounds=4)), NotAssessed)
    with pytest.raises(RefusedInputError, match="no times on one thread"):
        judged(recorded(models=(*NAMES, "d" * 64)))


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("nan"), float("inf")])
def test_deadlines_that_mean_nothing_are_refused(wrong: float) -> None:
    with pytest.raises(RefusedInputError, match="deadline"):
        Schedule(wrong)
