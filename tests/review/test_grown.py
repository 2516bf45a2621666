"""A mapping that grows: every state stays what it was, as with copies of a dictionary, and growing does not copy."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from governance.review.grown import Grown


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 60), st.integers()), max_size=60))
def test_every_state_is_what_a_copied_dictionary_would_be(steps: list[tuple[int, int, int]]) -> None:
    states: list[tuple[Grown[int, int], dict[int, int]]] = [(Grown(), {})]
    for number, key, value in steps:
        grown, copied = states[number % len(states)]
        states.append((grown.plus(key, value), {**copied, key: value}))
    for grown, copied in states:
        assert grown == copied
        assert list(grown) == list(copied)
        assert len(grown) == len(copied)


def test_a_key_of_a_later_state_is_not_in_an_earlier_one() -> None:
    first = Grown[str, int]().plus("a", 1)
    second = first.plus("b", 2)
    assert second["b"] == 2
    assert "b" not in first
    with pytest.raises(KeyError):
        first["b"]


def test_growing_shares_one_dictionary() -> None:
    """What makes 100,000 entries cheap: no state has a dictionary of its own unless it leaves the line."""
    first = Grown[int, int]()
    state = first
    for number in range(1000):
        state = state.plus(number, number)
    assert state._shared is first._shared
    assert first.plus(7, 0)._shared is not first._shared
