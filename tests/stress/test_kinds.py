"""Every kind of error does to a value what its sentence says: worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from governance.data.in_memory import InMemory
from governance.stress.columns import Columns
from governance.stress.corruption import Corruption
from governance.stress.draws import Draws
from governance.stress.kinds import kind_list
from governance.stress.strike import Strike, strike
from governance.subject.schema import Schema

TABLE = pd.DataFrame({
    "x": [1.0, 2.0, 4.0, np.nan, 13.0],
    "y": [10.0, 20.0, 30.0, 40.0, 50.0],
    "word": ["Köln", "Aachen", "Aachen", None, "Aachen"],
    "day": ["2026-03-04", "2026-03-25", "2026-12-01", None, "no day"],
})  # fmt: skip
COLUMNS = Columns(InMemory(TABLE, Schema()))


def after(kind: str, *columns: str, **setting: Any) -> list[list[Any]]:
    """Return the columns after every row was struck."""
    found = strike(
        Corruption(kind, columns, share=1.0, setting=setting), COLUMNS, 1, minimum=1, used=tuple(TABLE.columns)
    )
    assert isinstance(found, Strike)
    return [change.each().tolist() for change in found.changes(found.rows)]


NAN = pytest.approx(float("nan"), nan_ok=True)


@pytest.mark.parametrize(
    ("kind", "setting", "wanted"),
    [
        ("missing", {}, [NAN, NAN, NAN, NAN, NAN]),
        ("code", {"code": 999.0}, [999.0] * 5),
        ("unit", {"factor": 100.0}, [100.0, 200.0, 400.0, NAN, 1300.0]),
        ("sign", {}, [-1.0, -2.0, -4.0, NAN, -13.0]),
        ("decimal", {"places": -1.0}, [0.1, 0.2, 0.4, NAN, 1.3]),
        ("round", {"step": 10.0}, [0.0, 0.0, 0.0, NAN, 10.0]),
        ("cap", {}, [1.0, 2.0, 4.0, NAN, 6.25]),  # the upper quartile of 1, 2, 4, 13 is 4 + (13 - 4) / 4
        ("stale", {}, [3.0] * 5),  # the median of 1, 2, 4, 13
        ("previous", {}, [13.0, 1.0, 2.0, 4.0, NAN]),
        ("sensor", {"deviations": 4.0}, [1.0, 2.0 + 4.74342, 4.0 + 9.48683, NAN, 13.0 + 18.97367]),
    ],
)
def test_numbers(kind: str, setting: dict[str, float], wanted: list[float]) -> None:
    """The standard deviation of 1, 2, 4, 13 about their mean 5 is the root of (16 + 9 + 1 + 64) / 4, which is 4.74342."""
    assert after(kind, "x", **setting)[0] == [item if item is NAN else pytest.approx(item, abs=1e-5) for item in wanted]


@pytest.mark.parametrize(
    ("kind", "column", "wanted"),
    [
        ("missing", "word", [None] * 5),
        ("case", "word", ["KÖLN", "AACHEN", "AACHEN", None, "AACHEN"]),
        ("space", "word", ["Köln ", "Aachen ", "Aachen ", None, "Aachen "]),
        ("encoding", "word", ["KÃ¶ln", "Aachen", "Aachen", None, "Aachen"]),
        ("unseen", "word", ["Not elsewhere classified"] * 5),
        ("merge", "word", ["Köln", "Aachen", "Aachen", None, "Aachen"]),
        ("frequent", "word", ["Aachen"] * 5),
        ("previous", "word", ["Aachen", "Köln", "Aachen", "Aachen", None]),
        ("date", "day", ["2026-04-03", "2026-03-25", "2026-01-12", None, "no day"]),
    ],
)
def test_texts(kind: str, column: str, wanted: list[str | None]) -> None:
    if kind == "merge":  # Aachen makes up 3 of 4 rows, so nothing lies beyond four fifths before Köln
        assert COLUMNS.facts("word").rare == frozenset()
        return
    assert after(kind, column)[0] == wanted


def test_two_columns_are_exchanged_and_joined_to_the_next_row() -> None:
    assert after("swap", "x", "y") == [[10.0, 20.0, 30.0, 40.0, 50.0], [1.0, 2.0, 4.0, NAN, 13.0]]
    assert after("misjoin", "y", "word") == [
        [20.0, 30.0, 40.0, 50.0, 10.0],
        ["Aachen", "Aachen", None, "Aachen", "Köln"],
    ]


def test_a_typing_error_exchanges_two_neighbours_and_is_always_the_same() -> None:
    first = after("typo", "word")[0]
    assert first == after("typo", "word")[0]
    assert first[1] == first[2]
    for new, old in zip(first, TABLE["word"], strict=True):
        if new is not None:
            assert sorted(new) == sorted(old)
            assert sum(a != b for a, b in zip(new, old, strict=True)) in (0, 2)  # "aa" exchanged is "aa"


def many(rows: int = 4000) -> Columns:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(5, 2, rows), "word": rng.choice(["a", "b", "c"], rows, p=[0.6, 0.3, 0.1])})
    return Columns(InMemory(frame, Schema()))


def drawn(kind: str, column: str, columns: Columns) -> Any:
    found = strike(Corruption(kind, (column,), share=1.0), columns, 8, minimum=1, used=(column,))
    assert isinstance(found, Strike)
    return found.changes(found.rows)[0].each()


def test_what_is_drawn_has_the_distribution_that_it_says() -> None:
    columns = many()
    deviation = columns.facts("x").deviation
    noise = (drawn("noise", "x", columns) - columns.numbers("x")) / deviation
    assert noise.mean() == pytest.approx(0, abs=4 / np.sqrt(4000))
    assert noise.std() == pytest.approx(1, abs=4 / np.sqrt(8000))
    outliers = (drawn("outlier", "x", columns) - columns.numbers("x")) / deviation
    assert set(np.round(outliers, 6)) == {-5.0, 5.0}
    assert (outliers > 0).mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(4000))
    words = drawn("wrong_value", "word", columns)
    assert np.mean(words == "a") == pytest.approx(0.6, abs=4 * 0.5 / np.sqrt(4000))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**64 - 1), st.lists(st.integers(0, 10**9), min_size=1, max_size=40, unique=True))
def test_a_draw_is_a_function_of_the_row_alone(seed: int, rows: list[int]) -> None:
    every, some = np.array(rows), np.array(rows[::-1])
    draws = Draws(seed)
    assert draws.uniform(every).tolist() == draws.uniform(some)[::-1].tolist()
    assert ((draws.uniform(every) >= 0) & (draws.uniform(every) < 1)).all()
    pool = np.sort(every)
    few, more = draws.some(pool, len(pool) // 3), draws.some(pool, len(pool) // 2)
    assert set(few) <= set(more)
    assert list(more) == sorted(more)


def test_every_kind_is_named_once_says_what_happens_and_names_a_source() -> None:
    names = kind_list.names()
    assert len(set(names)) == len(names)
    for kind in kind_list.KINDS:
        columns = ("one", "two") if kind.exchanges else ("one",)
        said = kind.says(columns, kind.complete({}))
        assert said[0].islower()
        assert "{" not in said
        assert kind.source
        ways = (
            kind.of_numbers or kind.of_words,
            kind.of_places,
            kind.exchanges,
            kind.weight is not None,
            kind.flips_labels,
        )
        assert sum(bool(way) for way in ways) == 1
