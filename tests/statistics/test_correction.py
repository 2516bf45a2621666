from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

from governance.statistics.correction import adjust, adjusted_questions, spent

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@settings(deadline=None)
@given(P_VALUES)
def test_benjamini_hochberg_is_scipys(p_values: list[float]) -> None:
    oracle = stats.false_discovery_control(p_values, method="bh")
    assert adjust(p_values, "bh").tolist() == pytest.approx(oracle.tolist(), rel=1e-12)


def test_holm_is_the_worked_example() -> None:
    assert adjust([0.01, 0.04, 0.03, 0.005], "holm").tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])


@settings(deadline=None)
@given(P_VALUES)
def test_holm_is_never_less_strict_than_benjamini_hochberg(p_values: list[float]) -> None:
    pairs = zip(adjust(p_values, "holm"), adjust(p_values, "bh"), p_values, strict=True)
    assert all(h >= b - 1e-12 and b >= p - 1e-12 for h, b, p in pairs)


def test_no_correction_changes_nothing_and_no_test_is_no_answer() -> None:
    assert adjust([0.2, 0.1], "none").tolist() == [0.2, 0.1]
    assert adjust([], "bh").tolist() == []


QUESTIONS = st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=3), min_size=1, max_size=20)


@settings(deadline=None)
@given(QUESTIONS)
def test_a_question_stands_in_the_correction_with_its_smallest_p_value_times_its_tests(
    questions: list[list[float]],
) -> None:
    leading = [min(1.0, len(item) * min(item)) for item in questions]
    oracle = stats.false_discovery_control(leading, method="bh")
    assert [min(item) for item in adjusted_questions(questions, "bh")] == pytest.approx(oracle.tolist(), rel=1e-12)


@settings(deadline=None)
@given(QUESTIONS)
def test_another_test_of_a_question_gets_what_it_would_have_got_alone(questions: list[list[float]]) -> None:
    found = adjusted_questions(questions, "bh")
    for at, item in enumerate(questions):
        for test, p in enumerate(item):
            others = [min(1.0, len(one) * min(one)) for one in questions]
            others[at] = min(1.0, len(item) * p)
            oracle = stats.false_discovery_control(others, method="bh")[at]
            assert found[at][test] == pytest.approx(oracle, rel=1e-12)


@settings(deadline=None)
@given(QUESTIONS)
def test_questions_under_holm_are_never_less_strict(questions: list[list[float]]) -> None:
    strict, less = adjusted_questions(questions, "holm"), adjusted_questions(questions, "bh")
    assert all(h >= b - 1e-12 for one, two in zip(strict, less, strict=True) for h, b in zip(one, two, strict=True))
    assert adjusted_questions(questions, "none") == [tuple(item) for item in questions]


def test_all_windows_for_ever_spend_no_more_than_alpha() -> None:
    assert np.sum([spent(0.05, t) for t in range(1, 10_000)]) <= 0.05
