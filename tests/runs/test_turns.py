"""Whose turn it is: in turns between people, with nobody's long runs before a newcomer, and a way out at any moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, wait
from typing import Any

import pytest

from governance.evidence.errors import Cancelled
from governance.runs.turns import ClosedError, Hand, Turn, Turns


class Here:
    """A place that does the work in the thread that stands at it."""

    def run(self, stop: threading.Event, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if stop.is_set():
            raise Cancelled
        return work(*args, **kwargs)

    def close(self) -> None:
        pass


class Work:
    """Work that lasts until it is let go, and remembers in which order it began."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self._free = threading.Semaphore(0)

    def named(self, name: str) -> Callable[[Hand], str]:
        def job(_: Hand) -> str:
            self.begun.append(name)
            assert self._free.acquire(timeout=30)
            return name

        return job

    def let_go(self, count: int = 1) -> None:
        self._free.release(count)


@pytest.fixture
def work() -> Iterator[Work]:
    made = Work()
    yield made
    made.let_go(1000)


def begun(work: Work, count: int) -> list[str]:
    until = threading.Event()
    for _ in range(3000):
        if len(work.begun) >= count:
            break
        until.wait(0.01)
    return work.begun[:count]


def asked(turns: Turns, work: Work, *names: str) -> list[Turn[str]]:
    """Ask in the name of the letter with which each name begins."""
    return [turns.carry(work.named(name), person=name[0]) for name in names]


def test_everybodys_first_question_goes_before_anybodys_second(work: Work) -> None:
    turns = Turns([Here()])
    asked(turns, work, "a1")
    assert begun(work, 1) == ["a1"]
    names = ("a2", "a3", "b1", "b2", "c1")
    waiting = dict(zip(names, asked(turns, work, *names), strict=True))
    # Round 0: a1, b1, c1. Round 1: a2, b2, in the order of asking. Round 2: a3.
    expected = ["b1", "c1", "a2", "b2", "a3"]
    assert sorted(names, key=lambda name: turns.before(waiting[name])) == expected
    assert [turns.before(waiting[name]) for name in expected] == [0, 1, 2, 3, 4]
    work.let_go(6)
    assert [turn.result(timeout=30) for turn in waiting.values()] == list(names)
    assert work.begun == ["a1", *expected]
    assert turns.before(waiting["a2"]) is None


def test_who_asks_for_fifty_is_served_in_turn_with_who_comes_later(work: Work) -> None:
    turns = Turns([Here()])
    many = asked(turns, work, *(f"a{number}" for number in range(50)))
    work.let_go(10)
    begun(work, 11)
    later = asked(turns, work, "b1", "b2", "b3")
    assert [turns.before(turn) for turn in later] == [0, 2, 4]
    for turn in many[20:]:
        turn.stop()
    work.let_go(100)
    assert [turn.result(timeout=30) for turn in later] == ["b1", "b2", "b3"]
    assert work.begun[11:16] == ["b1", "a11", "b2", "a12", "b3"]


def test_the_spare_place_is_for_whoever_has_nothing_at_work(work: Work) -> None:
    turns = Turns([Here()], [Here()])
    asked(turns, work, "a1", "a2")
    assert begun(work, 1) == ["a1"]
    assert not wait(asked(turns, work, "a3"), timeout=0.2).done
    assert begun(work, 1) == ["a1"]
    assert len(work.begun) == 1, "who has a run at work does not get the spare place"
    asked(turns, work, "b1")
    assert begun(work, 2) == ["a1", "b1"]


def test_a_turn_that_waits_is_taken_out_and_the_others_move_up(work: Work) -> None:
    turns = Turns([Here()])
    asked(turns, work, "a1")
    begun(work, 1)
    second, third = asked(turns, work, "b1", "c1")
    assert (turns.before(second), turns.before(third)) == (0, 1)
    second.stop()
    assert turns.before(third) == 0
    with pytest.raises(CancelledError):
        second.result(timeout=30)
    work.let_go(2)
    assert third.result(timeout=30) == "c1"
    assert work.begun == ["a1", "c1"]


def test_what_is_prepared_gives_way_to_every_question(work: Work) -> None:
    turns = Turns([Here()])
    done: list[str] = []
    gate = threading.Event()

    def first() -> None:
        done.append("prepared 1")
        assert gate.wait(30)

    turns.prepare([first, lambda: done.append("prepared 2")])
    while not done:
        gate.wait(0.01)
    question = turns.carry(lambda _: done.append("asked"), person="a")
    gate.set()
    question.result(timeout=30)
    assert done[:2] == ["prepared 1", "asked"]


def test_an_error_reaches_who_waits_and_the_place_goes_on(work: Work) -> None:
    turns = Turns([Here()])
    with pytest.raises(ZeroDivisionError):
        turns.submit(divmod, 1, 0).result(timeout=30)
    assert turns.submit(divmod, 7, 2).result(timeout=30) == (3, 1)


def test_closing_ends_what_waits_and_takes_nothing_on(work: Work) -> None:
    turns = Turns([Here()])
    asked(turns, work, "a1")
    begun(work, 1)
    (waiting,) = asked(turns, work, "b1")
    turns.close()
    with pytest.raises(ClosedError):
        waiting.result(timeout=30)
    with pytest.raises(ClosedError, match="closed"):
        turns.submit(divmod, 7, 2)
