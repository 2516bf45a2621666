"""Scores merge to the same entries however the rows were cut, exact while they are few and on a grid when they are many."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from governance.fairness import scores as room
from governance.fairness.scores import Scores, added, on_grid, score_rows
from governance.statistics.groups import Attribute

G = (Attribute("g", ("a", "b")),)


def entries(score: np.ndarray, group: np.ndarray, label: np.ndarray) -> Scores:
    return score_rows(G, [group], label, score, None)


def listed(found: Scores) -> list[tuple[float, int, int, int]]:
    return list(zip(found.score.tolist(), found.group.tolist(), found.label.tolist(), found.rows.tolist(), strict=True))


rows = st.lists(
    st.tuples(st.one_of(st.floats(0, 1), st.floats(-40, 1e300)), st.integers(0, 2), st.integers(0, 2)),
    min_size=6,
    max_size=60,
)


@given(rows, st.integers(1, 5), st.sampled_from([3, 12, 10_000]))
@settings(max_examples=60, deadline=None)
def test_any_cut_of_the_rows_gives_the_same_entries(people: list[tuple[float, int, int]], cut: int, most: int) -> None:
    score, group, label = (np.array(column) for column in zip(*people, strict=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "MOST_ENTRIES", most)
        parts = [
            entries(score[at : at + cut], group[at : at + cut], label[at : at + cut].astype(np.uint8))
            for at in range(0, len(score), cut)
        ]
        at_once = added(parts)
        one_by_one = parts[0]
        for part in parts[1:]:
            one_by_one = one_by_one + part
    assert listed(at_once) == listed(one_by_one)
    assert at_once.rows.sum() == len(score)
    assert (np.diff(at_once.score) >= 0).all()
    keys = list(zip(group.tolist(), label.tolist(), strict=True))

    def distinct(values: np.ndarray) -> int:
        return len(set(zip(values.tolist(), keys, strict=True)))

    finer = [room.GRID >> step for step in range(11) if at_once.grid and room.GRID >> step > at_once.grid]
    counted = on_grid(score, at_once.grid) if at_once.grid else score
    assert distinct(counted) <= most or at_once.grid == room.COARSEST
    assert (distinct(score) > most) == bool(at_once.grid)
    assert all(distinct(on_grid(score, grid)) > most for grid in finer)
    expected: dict[tuple[float, int, int], int] = {}
    for key in zip(counted.tolist(), group.tolist(), label.tolist(), strict=True):
        expected[key] = expected.get(key, 0) + 1
    assert {key[:3]: key[3] for key in listed(at_once)} == expected


@pytest.mark.parametrize("steps", [65_536, 4_096, 64])
def test_a_rounded_score_lies_within_a_step_of_the_score(steps: int) -> None:
    score = np.random.default_rng(0).random(5_000)
    assert np.abs(on_grid(score, steps) - score).max() <= 1 / steps
    large = np.array([-3.3, 1.7, 1e300, 12_345.6])
    assert np.abs(on_grid(large, steps) / large - 1).max() <= 1 / steps


def test_scores_outside_zero_and_one_are_rounded_too() -> None:
    parts = [entries(np.array([-3.0, 7.25]), np.array([0, 1]), np.array([0, 1], dtype=np.uint8)) for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "MOST_ENTRIES", 1)
        assert listed(added(parts)) == [(-3.0, 0, 0, 2), (7.25, 1, 1, 2)]
