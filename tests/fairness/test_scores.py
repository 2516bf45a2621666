"""Scores merge to the same entries however the rows were cut, exact while they are few and on a grid when they are many."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.fairness import scores as room
from governance.fairness.groups import Attribute
from governance.fairness.scores import Scores, added, score_rows

G = (Attribute("g", ("a", "b")),)


def entries(score: np.ndarray, group: np.ndarray, label: np.ndarray) -> Scores:
    return score_rows(G, [group], label, score, None)


def listed(found: Scores) -> list[tuple[float, int, int, int]]:
    return list(zip(found.score.tolist(), found.group.tolist(), found.label.tolist(), found.rows.tolist(), strict=True))


rows = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 2), st.integers(0, 2)), min_size=6, max_size=60)


@given(rows, st.integers(1, 5), st.sampled_from([3, 10_000]))
@settings(max_examples=60, deadline=None)
def test_any_cut_of_the_rows_gives_the_same_entries(people: list[tuple[float, int, int]], cut: int, most: int) -> None:
    score, group, label = (np.array(column) for column in zip(*people, strict=True))
    parts = [
        entries(score[at : at + cut], group[at : at + cut], label[at : at + cut].astype(np.uint8))
        for at in range(0, len(score), cut)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "MOST_ENTRIES", most)
        at_once = added(parts)
        one_by_one = parts[0]
        for part in parts[1:]:
            one_by_one = one_by_one + part
    assert listed(at_once) == listed(one_by_one)
    assert at_once.rows.sum() == len(score)
    assert (np.diff(at_once.score) >= 0).all()
    distinct = len(set(zip(score.tolist(), group.tolist(), label.tolist(), strict=True)))
    assert at_once.rounded == (len(parts) > 1 and distinct > most)
    counted = np.round(score * room.GRID) / room.GRID if at_once.rounded else score
    expected: dict[tuple[float, int, int], int] = {}
    for key in zip(counted.tolist(), group.tolist(), label.tolist(), strict=True):
        expected[key] = expected.get(key, 0) + 1
    assert {key[:3]: key[3] for key in listed(at_once)} == expected


def test_scores_outside_zero_and_one_are_rounded_too() -> None:
    parts = [entries(np.array([-3.0, 7.25]), np.array([0, 1]), np.array([0, 1], dtype=np.uint8)) for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "MOST_ENTRIES", 1)
        assert listed(added(parts)) == [(-3.0, 0, 0, 2), (7.25, 1, 1, 2)]
