"""A state that was written down is the state that was replayed: all of it, in its order, and going on from it changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace

import pytest
from hypothesis import given, strategies as st

from governance.evidence.errors import RefusedInputError
from governance.review import events
from governance.review.grown import Grown
from governance.review.machine import apply, replay
from governance.review.snapshot import PIECE, from_lines, to_lines
from governance.review.state import AlertStanding, BoardState, Entry, SetAside, entry_of
from tests.review import test_appeal
from tests.review.board import Room, approved, conditional, opened, text, time


def again(state: BoardState) -> BoardState:
    return from_lines(tuple(to_lines(state)))


def appealed() -> Room:
    room = test_appeal.appealed()
    room.do("eve", test_appeal.ruling())
    return room


ROOMS: tuple[Callable[[], Room], ...] = (opened, approved, conditional, appealed)


@pytest.mark.parametrize("made", ROOMS)
def test_going_on_from_any_place_leads_where_a_replay_of_everything_leads(made: Callable[[], Room]) -> None:
    entries = made().entries
    for cut in range(len(entries) + 1):
        kept = again(replay(entries[:cut]))
        assert kept == replay(entries[:cut])
        assert replay(entries[cut:], kept) == replay(entries)


def test_the_order_of_every_mapping_is_kept_and_equal_states_have_equal_bytes() -> None:
    room = opened()
    for who in ("cleo", "ada", "ben"):
        room.vote(who)
    kept = again(room.state)
    assert list(kept.cases["credit"].ballots) == ["cleo", "ada", "ben"]
    assert list(kept.recorded) == list(room.state.recorded)
    assert tuple(to_lines(kept)) == tuple(to_lines(room.state))
    assert tuple(to_lines(replace(kept, models=frozenset(sorted(kept.models))))) == tuple(to_lines(kept))


def test_no_field_of_a_state_is_left_out() -> None:
    """A field that is added to the state and not to what is kept would be silently empty: each is filled here, and comes back."""
    served = events.DeploymentRegistered("d", "a" * 64, "rest", "credit", text("at home"), None)
    whole = replace(
        approved().state,
        set_aside=((3, SetAside("model.registered", "no name")),),
        signatures={"d" * 64: frozenset({"ben", "ada"})},
        norms="e" * 64,
        norms_index=7,
        norms_signed={"f" * 64: frozenset({"ada", "ben"})},
        deployments={"d": served},
        ended=frozenset({"old", "older"}),
        alerts={"a1": AlertStanding("a" * 64, "acted", "2027-01-01T00:00:00Z"), "a0": AlertStanding("a" * 64)},
    )
    assert [item.name for item in fields(BoardState) if not getattr(whole, item.name)] == [], "fill it here"
    assert again(whole) == whole
    assert tuple(to_lines(again(whole))) == tuple(to_lines(whole))


def test_a_registration_that_was_set_aside_is_kept_by_name() -> None:
    bad = {"type": "dataset.registered", "index": 0, "time": time(1), "case": None, "actor": "service", "body": {}}
    state = apply(BoardState(), entry_of(bad))
    assert state.set_aside
    assert again(state) == state


@pytest.mark.parametrize("count", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 7])
def test_evidence_is_whole_at_every_size_of_a_piece(count: int) -> None:
    names = [f"{number:064x}" for number in range(count)]
    body = events.EvidenceRecorded("0" * 64, "1" * 64, "quality.checks", 1, None, ("2" * 64,), 3, 4, "assessed")
    state = BoardState(recorded=Grown.of({name: replace(body, digest=name) for name in reversed(names)}))
    assert again(state) == state
    assert list(again(state).recorded) == names[::-1]


@given(where=st.integers(min_value=0), what=st.binary(min_size=1, max_size=1))
def test_a_changed_byte_is_another_state_or_none(where: int, what: bytes) -> None:
    """What the MAC is for: a changed byte is often a state like any other."""
    lines = list(to_lines(opened().state))
    first = bytearray(lines[0])
    first[where % len(first)] = what[0]
    with suppress(RefusedInputError):
        found = from_lines([bytes(first), *lines[1:]])
        assert (found == opened().state) == (tuple(to_lines(found)) == tuple(lines))


@pytest.mark.parametrize("lines", [(), (b"",), (b"null",), (b"{}",), (b"[" * 5000,)])
def test_what_is_no_state_is_refused_in_words(lines: tuple[bytes, ...]) -> None:
    with pytest.raises(RefusedInputError, match="kept state of the board"):
        from_lines(lines)


def test_evidence_recorded_twice_is_kept_once() -> None:
    room = opened()
    body = next(iter(room.state.recorded.values()))
    once = apply(room.state, Entry(room.state.next_index, time(9), None, "service", body))
    assert once.recorded is room.state.recorded
