"""Latency: intervals that hold under dependence, verdicts, floors, replay against queueing theory, coordinated omission."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import NotAssessed, silent
from governance.serving import words
from governance.serving.budget import bounds, judged
from governance.serving.latency import latency
from governance.serving.latency_report import LatencyReport
from governance.serving.observation import TimingHead, with_head
from governance.serving.quantile import at, effective, quantile
from governance.serving.replay_load import replayed
from governance.serving.spec import Latency
from governance.serving.warm_up import warm_up
from governance.subject.subject import Subject
from tests.serving.asked import recording

MS = 10**6
TRUE_P99 = 2.3263478740408408


def dependent(rng: np.random.Generator, n: int, phi: float) -> np.ndarray:
    """Return times whose logarithm is a standard normal autoregression, in nanoseconds around a millisecond."""
    noise = rng.normal(size=n) * np.sqrt(1 - phi**2)
    found = np.empty(n)
    found[0] = rng.normal()
    for at_ in range(1, n):
        found[at_] = phi * found[at_ - 1] + noise[at_]
    return np.round(np.exp(found) * MS).astype(np.int64)


@pytest.mark.parametrize(("phi", "n", "least"), [(0.0, 2000, 0.93), (0.5, 2000, 0.92), (0.9, 2000, 0.87)])
def test_intervals_of_quantiles_hold_for_requests_that_depend_on_each_other(phi: float, n: int, least: float) -> None:
    rng, runs = np.random.default_rng(5), 300
    inside = dict.fromkeys((0.5, 0.95, 0.99), 0)
    truth = {0.5: MS, 0.95: round(np.exp(1.6448536269514722) * MS), 0.99: round(np.exp(TRUE_P99) * MS)}
    for _ in range(runs):
        values = dependent(rng, n, phi)
        for p in inside:
            found = quantile(values, p)
            inside[p] += (found.low_ns or 0) <= truth[p] and (found.high_ns is None or found.high_ns >= truth[p])
    assert all(hits / runs >= least for hits in inside.values()), inside


def test_the_textbook_interval_fails_where_ours_holds() -> None:
    rng = np.random.default_rng(5)
    values = [dependent(rng, 2000, 0.9) for _ in range(40)]
    assert np.mean([effective(item, 0.5) for item in values]) < 400


def test_too_few_requests_have_no_upper_end_and_never_a_number() -> None:
    found = quantile(np.arange(1, 101, dtype=np.int64) * MS, 0.99)
    assert (found.value_ns, found.high_ns) == (99 * MS, None)
    assert found.low_ns is not None


def test_the_quantile_is_the_smallest_value_that_the_share_does_not_exceed() -> None:
    assert [at(np.array([1, 2, 3, 4]), p) for p in (0.25, 0.26, 0.5, 1.0)] == [1, 2, 2, 4]


@pytest.mark.parametrize(("level", "n"), [(0.95, 299), (0.99, 459)])
def test_the_fewest_requests_with_which_none_over_is_met(level: float, n: int) -> None:
    quick = np.full(n, MS, np.int64)
    assert judged(quick, quick, 2 * MS, 0.01, preempted=0.0, level=level).verdict == "met"
    assert judged(quick[1:], quick[1:], 2 * MS, 0.01, preempted=0.0, level=level).verdict == "cannot_judge"


def test_one_over_of_300_cannot_be_judged_and_an_error_counts_as_over() -> None:
    values = np.full(300, MS, np.int64)
    values[7] = np.iinfo(np.int64).max
    found = judged(values, values, 2 * MS, 0.01, preempted=0.0)
    assert (found.verdict, found.over) == ("cannot_judge", 1)
    assert "too few to tell" in found.reason


def test_a_budget_that_half_of_the_requests_break_is_not_met_unless_the_machine_was_busy() -> None:
    rng = np.random.default_rng(0)
    values = rng.choice([MS, 5 * MS], 500).astype(np.int64)
    assert judged(values, values, 2 * MS, 0.01, preempted=0.02).verdict == "not_met"
    busy = judged(values, values, 2 * MS, 0.01, preempted=0.5)
    assert (busy.verdict, "too busy" in busy.reason) == ("cannot_judge", True)


def test_a_late_generator_makes_neither_met_nor_not_met() -> None:
    sent = np.full(500, MS, np.int64)
    assert judged(sent + 10 * MS, sent, 2 * MS, 0.01, preempted=0.0).verdict == "cannot_judge"


def test_bounds_are_those_of_clopper_and_pearson() -> None:
    assert bounds(0, 299, 0.95)[1] == pytest.approx(1 - 0.05 ** (1 / 299), rel=1e-9)
    assert bounds(10, 10, 0.95) == (pytest.approx(0.05 ** (1 / 10), rel=1e-9), 1.0)
    assert bounds(0, 0, 0.95) == (0.0, 1.0)


@pytest.mark.parametrize("phi", [0.0, 0.9])
def test_met_is_rarely_said_wrongly_when_slightly_more_than_the_share_are_over(phi: float) -> None:
    rng, runs = np.random.default_rng(8), 300
    limit = round(np.exp(2.29) * MS)  # 1.1 % are over
    said = [judged(v, v, limit, 0.01, preempted=0.0).verdict for v in (dependent(rng, 3000, phi) for _ in range(runs))]
    assert said.count("met") / runs <= 0.08


def test_the_warm_up_ends_where_the_times_settle_and_a_late_stall_is_none() -> None:
    rng = np.random.default_rng(2)
    calm = rng.normal(10, 1, 2000)
    slow = calm.copy()
    slow[:200] += np.linspace(50, 5, 200)
    assert 150 <= warm_up((slow * MS).astype(np.int64)) <= 300
    assert warm_up((calm * MS).astype(np.int64)) <= 1000
    calm[1900] = 500
    assert warm_up((calm * MS).astype(np.int64)) <= 1000
    assert warm_up(np.arange(10)) == 0


@pytest.mark.parametrize("load", [0.3, 0.5, 0.8])
def test_a_replay_of_exponential_service_is_the_queue_of_theory(load: float) -> None:
    rng = np.random.default_rng(4)
    service = np.round(rng.exponential(MS, 400_000)).astype(np.int64)
    found = replayed(service, load * 1e9 / service.mean(), rng, 2_000_000)
    assert found.mean() == pytest.approx(service.mean() / (1 - load), rel=0.02 if load < 0.8 else 0.04)
    assert np.quantile(found, 0.99) == pytest.approx(
        np.log(100) * service.mean() / (1 - load), rel=0.02 if load < 0.8 else 0.05
    )


def test_a_replay_of_constant_service_is_the_queue_of_theory() -> None:
    found = replayed(np.full(1000, MS), 500.0, np.random.default_rng(4), 1_000_000)
    assert found.mean() == pytest.approx(1.5 * MS, rel=0.02)  # Pollaczek and Khinchine, load 0.5


# --- the method


class Model:
    digest = "a" * 64


def head(**more: object) -> TimingHead:
    said: dict[str, object] = {
        "model": Model.digest, "place": "in process", "rate": 50.0, "seconds": 10.0, "batch": 1, "threads": 1, "in_flight": 1,
        "cores": 2, "machine": "x", "seed": 0, "started": "2026-01-01T00:00:00Z", "ended": "2026-01-01T00:01:00Z", **more,
    }  # fmt: skip
    return TimingHead(**said)  # type: ignore[arg-type]


def table(closed: np.ndarray, due: np.ndarray, sent: np.ndarray, done: np.ndarray, **more: object) -> pa.Table:
    """Return recorded times: some requests one after the other, then some at moments that were drawn before."""
    n, m = len(closed), len(due)
    start = np.cumsum(np.r_[0, closed[:-1]]) if n else np.zeros(0, np.int64)
    said = {
        "part": ["closed"] * n + ["open"] * m,
        "due_ns": np.r_[start, due], "sent_ns": np.r_[start, sent], "done_ns": np.r_[start + closed, done],
        "cpu_ns": np.full(n + m, -1), "preempted": np.zeros(n + m, bool), "yard_ns": np.full(n + m, 20_000),
        "status": ["ok"] * (n + m), **more,
    }  # fmt: skip
    return pa.table(
        {name: pa.array(v, pa.int64()) if name.endswith("_ns") else pa.array(v) for name, v in said.items()}
    )


def judge(found: pa.Table, parameters: Latency | None = None, **more: object) -> LatencyReport:
    subject = Subject(data=None, model=Model(), observation=recording(with_head(found, head(**more))))  # type: ignore[arg-type]
    return latency(subject, parameters or Latency(), rng=np.random.default_rng(0), progress=silent).result  # type: ignore[return-value]


def calm_times() -> pa.Table:
    rng = np.random.default_rng(1)
    closed = rng.integers(4 * MS, 5 * MS, 1000)
    due = np.cumsum(rng.exponential(20 * MS, 500)).astype(np.int64)
    return table(closed, due, due + 1000, due + 1000 + rng.integers(4 * MS, 5 * MS, 500))


def test_calm_times_meet_the_budget_and_the_words_say_so() -> None:
    found = judge(calm_times())
    assert (found.budget.verdict, found.budget.over, found.failed, found.rate) == ("met", 0, 0, 50.0)
    assert 4 * MS < found.quantiles[0].value_ns < 5.1 * MS
    assert found.p50_in_yards == pytest.approx(225, rel=0.1)
    said = words.latency_lead(found)
    assert said.startswith(
        "Budget of all but 0.01 of the requests within 100 ms at 50 requests a second, in process: met. p99 is 4."
    )
    assert "The machine was calm" in said
    assert "By replay it holds the budget up to 2" in words.holds(found)


def test_another_budget_is_judged_from_the_same_times_and_twice_the_same() -> None:
    assert judge(calm_times(), Latency(budget_ms=4.5)).budget.verdict == "not_met"
    assert judge(calm_times()) == judge(calm_times())


def test_a_stall_shows_in_the_open_part_and_hides_in_the_closed_one() -> None:
    closed = np.full(1000, 2 * MS)
    closed[500] = 600 * MS
    due = np.arange(1000) * 10 * MS
    free, sent, done = 0, [], []
    for number, moment in enumerate(due):
        begun = max(moment, free)
        free = begun + (600 * MS if number == 500 else 2 * MS)
        sent.append(begun)
        done.append(free)
    found = judge(table(closed, due, due, np.array(done)), rate=100.0)
    assert found.quantiles[-1].value_ns > 400 * MS
    assert found.service[-1].value_ns < 50 * MS


def test_failed_requests_are_over_the_budget_and_counted() -> None:
    rows = calm_times()
    status = ["ok"] * 1000 + ["error"] * 50 + ["ok"] * 450
    found = judge(rows.set_column(rows.column_names.index("status"), "status", pa.array(status)))
    assert (found.budget.verdict, found.budget.over, found.failed) == ("not_met", 50, 50)
    assert [item.p for item in found.quantiles] == [0.5]


def test_a_busy_machine_cannot_be_judged() -> None:
    rows = calm_times()
    busy = pa.array([True, False] * 750)
    found = judge(rows.set_column(rows.column_names.index("preempted"), "preempted", busy), Latency(budget_ms=4.5))
    assert (found.budget.verdict, found.preempted_share) == ("cannot_judge", 0.5)
    assert "The machine was busy" in words.latency_lead(found)


def test_too_few_requests_are_not_assessed_and_damaged_times_are_refused() -> None:
    few = table(np.full(20, MS), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert isinstance(judge(few), NotAssessed)
    rows = calm_times()
    backwards = rows.column("done_ns").to_numpy().copy()
    backwards[3] = 0
    with pytest.raises(RefusedInputError, match="Request 3 was answered before it was sent"):
        judge(rows.set_column(rows.column_names.index("done_ns"), "done_ns", pa.array(backwards)))
    with pytest.raises(RefusedInputError, match="about model bbbb"):
        judge(rows, model="b" * 64)
    with pytest.raises(RefusedInputError, match="column 'status' holds nothing"):
        judge(rows.drop_columns(["status"]))


@pytest.mark.parametrize(
    "wrong", [{"budget_ms": 0.0}, {"budget_ms": float("nan")}, {"share": 0.0}, {"share": 1.0}, {"level": 1.0}]
)
def test_a_budget_that_is_none_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(RefusedInputError, match="expected above 0"):
        Latency(**wrong)
