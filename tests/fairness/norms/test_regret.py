"""What waiting costs, counted by hand."""

from __future__ import annotations

import pytest

from governance.fairness.norms.regret import Regret, Waits, regret
from governance.fairness.norms.report import Accused
from governance.fairness.norms.series import Window, window
from governance.fairness.norms.since import Since
from governance.fairness.norms.tally import WindowTally


def week(number: int, women: int) -> Window:
    """`women` women and 50 men decided on, and 7 women without a decision, who count for nothing."""
    return window(
        f"week {number}",
        WindowTally(
            attributes=("sex",),
            unknown=("unknown",),
            groups=(("F",), ("M",)),
            group=(0, 0, 0, 1),
            label=(0, 1, 2, 1),
            decision=(0, 1, 2, 1),
            bin=(-1, -1, -1, -1),
            rows=(women - 1, 1, 7, 50),
            score=(0.0, 0.0, 0.0, 0.0),
        ),
    )


WEEKS = [week(number, 10 + number) for number in range(12)]


def told(waits: Waits, *, since: int = 2, proven: int = 4, every: int = 6) -> Regret:
    accused = Accused(
        group="sex=F", other="sex=M", attributes=("sex",), values=("F",), other_values=("M",), measure="selection_rate",
        proven_at=proven, gap=-0.2, low=-0.3, high=-0.1, since=Since(since, since, since), people=12.0,
    )  # fmt: skip
    return regret(WEEKS, "parity", accused, waits, every)


def test_each_wait_is_counted_in_people_of_the_group() -> None:
    found = told(Waits(confirmed=6, ended=9))
    assert (found.proof, found.member, found.board) == (12 + 13 + 14, 15, 16 + 17 + 18)
    assert (found.people, found.ended) == (105, True)
    assert found.yearly == 12 + 13 + 14 + 15 + 16 + 17 + 18 + 19, "looked at after week 6, and four weeks of waiting"
    assert found.at_once == 12 + 13 + 14 + 15 + 16


def test_a_breach_without_an_answer_grows_to_the_last_window() -> None:
    found = told(Waits(None, None))
    assert (found.proof, found.member, found.board, found.ended) == (39, sum(range(15, 22)), 0, False)
    assert told(Waits(7, None)).board == sum(range(17, 22))


@pytest.mark.parametrize("waits", [Waits(0, 0), Waits(None, 0), Waits(3, 3)])
def test_an_answer_never_comes_before_the_proof(waits: Waits) -> None:
    found = told(waits)
    assert (found.proof, found.member, found.board) == (39, 0, 0)


def test_people_are_never_counted_twice() -> None:
    for confirmed in (None, *range(13)):
        for ended in (None, *range(13)):
            found = told(Waits(confirmed, ended))
            assert found.people <= sum(range(12, 22))
            assert min(found.proof, found.member, found.board) >= 0
            assert found.at_once <= found.people
