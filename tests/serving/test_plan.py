"""Plans of several models on a few cores: against every order and every number of threads, and against the bounds of the books."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from governance.serving.plan import (
    Times,
    as_given,
    listed,
    longest_first,
    lower_bound,
    moldable_longest_first,
    one_by_one,
)
from governance.serving.plan_exact import shortest


def singles(*times: float) -> list[Times]:
    return [{1: time} for time in times]


def by_hand(jobs: list[Times], cores: int) -> float:
    """Return the shortest makespan of all orders and threads."""
    return min(
        listed(list(zip(order, threads, strict=True)), jobs, cores).makespan
        for order in permutations(range(len(jobs)))
        for threads in product(*(jobs[job] for job in order))
    )


JOBS = st.lists(
    st.tuples(st.floats(0.1, 10), st.floats(0.0, 1.0), st.floats(1.0, 1.3)).map(
        lambda item: {k: item[0] * (1 - item[1] + item[1] / k) * (item[2] if k > 1 else 1.0) for k in (1, 2, 3)}
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=120, deadline=None)
@given(JOBS, st.integers(1, 3))
def test_the_exact_plan_is_the_best_of_all_orders_and_threads(jobs: list[Times], cores: int) -> None:
    fitting: list[Times] = [{k: time for k, time in times.items() if k <= cores} for times in jobs]
    found = shortest(fitting, cores)
    assert found.proved
    assert found.plan.makespan == pytest.approx(by_hand(fitting, cores), rel=1e-9)
    assert found.bound == found.plan.makespan >= lower_bound(fitting, cores) * (1 - 1e-12)
    assert found.plan.makespan <= moldable_longest_first(fitting, cores).makespan * (1 + 1e-12)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=6), st.integers(1, 4))
def test_the_longest_first_keeps_grahams_bound(times: list[float], cores: int) -> None:
    jobs = singles(*times)
    best = shortest(jobs, cores).plan.makespan
    assert longest_first(jobs, cores).makespan <= (4 / 3 - 1 / (3 * cores)) * best * (1 + 1e-9)
    assert as_given(jobs, cores).makespan <= (2 - 1 / cores) * best * (1 + 1e-9)


@pytest.mark.parametrize(
    ("times", "given_", "longest", "best"),
    [((3, 3, 2, 2, 2), 7, 7, 6), ((1, 1, 1, 1, 4), 6, 4, 4), ((5,), 5, 5, 5)],
)
def test_the_examples_of_the_books(times: tuple[int, ...], given_: float, longest: float, best: float) -> None:
    jobs = singles(*times)
    assert as_given(jobs, 2).makespan == given_
    assert longest_first(jobs, 2).makespan == longest
    assert shortest(jobs, 2).plan.makespan == best


def test_no_core_does_two_things_at_once_and_jobs_start_in_their_order() -> None:
    rng = np.random.default_rng(1)
    jobs: list[Times] = [{1: time, 2: 0.6 * time} for time in rng.lognormal(size=7)]
    plan = shortest(jobs, 3).plan
    for moment in {item.start for item in plan.placed}:
        assert sum(item.threads for item in plan.placed if item.start <= moment < item.end) <= 3
    assert sorted(item.job for item in plan.placed) == list(range(7))
    starts = [item.start for item in plan.placed]
    assert starts == sorted(starts)


def test_a_search_that_was_cut_short_says_so_and_states_its_gap() -> None:
    rng = np.random.default_rng(2)
    jobs: list[Times] = [{1: time, 2: 0.55 * time, 4: 0.35 * time} for time in rng.lognormal(size=14)]
    found = shortest(jobs, 4, nodes=50)
    assert not found.proved
    assert lower_bound(jobs, 4) == found.bound < found.plan.makespan
    assert found == shortest(jobs, 4, nodes=50), "a number of nodes, not a clock, ends the search"


def test_the_same_plan_under_other_times_keeps_its_order_and_threads() -> None:
    jobs: list[Times] = [{1: 4.0, 2: 2.5}, {1: 1.0, 2: 0.9}, {1: 1.0, 2: 0.9}]
    plan = shortest(jobs, 2).plan
    slower = plan.under([{k: 2 * time for k, time in times.items()} for times in jobs], 2)
    assert [(item.job, item.threads) for item in slower.placed] == [(item.job, item.threads) for item in plan.placed]
    assert slower.makespan == pytest.approx(2 * plan.makespan)


def test_no_jobs_make_an_empty_plan_and_one_by_one_takes_all_threads() -> None:
    empty = shortest([], 2)
    assert (empty.plan.placed, empty.plan.makespan, empty.proved) == ((), 0.0, True)
    assert one_by_one([{1: 4.0, 2: 3.0}, {1: 1.0, 2: 0.8}], 2).makespan == pytest.approx(3.8)
