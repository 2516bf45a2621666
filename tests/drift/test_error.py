"""Promises about false alarms, kept in a small simulation; `make bench` prints the large table."""

from __future__ import annotations

import pytest

from tests.drift.undrifted import rates

PAIRS = 200
CELLS = [("normal", 30, 60), ("counts", 150, 700), ("binary", 1000, 1000), ("gaps 10%", 100, 100), ("k=2", 1000, 1000),
         ("k=3 gaps", 150, 700), ("k=10 zipf", 100, 100)]  # fmt: skip
DISCRETE = {"missing p", "new_categories p"}
"""With a handful of rows behind them these have no outcome near .05; they may stay below it, never above."""


@pytest.mark.parametrize(("kind", "n", "m"), CELLS)
def test_p_values_and_floors_keep_their_promise_without_drift(kind: str, n: int, m: int) -> None:
    found = list(rates(kind, n, m, PAIRS, seed=11))
    assert found
    for rate in found:
        assert not rate.anti, rate.line()
        if rate.test.endswith(" p") and rate.test not in DISCRETE:
            assert not rate.timid, rate.line()
