from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from governance.drift.baseline import baseline as room
from governance.drift.baseline.baseline import Baseline, freeze, tallies
from governance.drift.baseline.window import pairs_of
from governance.drift.columns.columns import counted_pairs, drift
from governance.evidence.codec import canonical, decode, encode
from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import silent
from tests.drift.planted import MOVED, window


def pieces(frame: pd.DataFrame, cuts: list[int]) -> list[pd.DataFrame]:
    edges = [0, *sorted(cut % (len(frame) + 1) for cut in cuts), len(frame)]
    return [frame.iloc[a:b] for a, b in pairwise(edges) if b > a]


def example(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=300)
    x[rng.random(300) < 0.1] = np.nan
    x[5] = np.inf
    return pd.DataFrame({"x": x, "n": rng.poisson(3, 300), "c": rng.choice(["a", "b", None], 300)})


CUTS = st.lists(st.integers(0, 300), max_size=6)


@settings(max_examples=20, deadline=None)
@given(CUTS, CUTS, st.permutations(range(300)))
def test_chunks_and_order_of_rows_change_nothing(left: list[int], right: list[int], order: list[int]) -> None:
    reference, current = example(0), example(1)
    names = list(reference.columns)
    whole = freeze(tallies([reference], names))
    parts = freeze(tallies(pieces(reference.iloc[order], left), names))
    assert encode(parts) == encode(whole)

    def found(chunks: list[pd.DataFrame]) -> bytes:
        columns, _ = drift(pairs_of(whole, chunks), np.random.default_rng(0))
        return b"".join(canonical(encode(item)) for item in columns)

    assert found(pieces(current.iloc[order], right)) == found([current])


def test_a_baseline_finds_what_the_rows_themselves_show() -> None:
    reference, current = window(20_000, 0, drifted=False), window(20_000, 1, drifted=True)
    names = list(reference.columns)
    frozen = decode(Baseline, encode(freeze(tallies([reference], names))))
    direct, _ = drift(counted_pairs(reference, current, names, progress=silent), np.random.default_rng(0))
    kept, _ = drift(pairs_of(frozen, [current]), np.random.default_rng(0))
    exact = {item.name: item for item in direct}
    for item in kept:
        for name, reading in item.tests.items():
            oracle = exact[item.name].tests[name]
            assert reading.effect == pytest.approx(oracle.effect, rel=0.02, abs=frozen.error + 1e-12), (
                item.name,
                name,
            )
            assert reading.statistic == pytest.approx(oracle.statistic, rel=0.1, abs=0.01)
    assert {item.name for item in kept if item.verdict == "material"} == {
        item.name for item in direct if item.verdict == "material"
    }
    assert {"num_0", "num_1"} <= {item.name for item in kept if item.verdict == "material"} <= MOVED


def test_a_baseline_is_small() -> None:
    frozen = freeze(tallies([window(20_000, 0, drifted=False)[["num_0", "cat_9"]]], ["num_0", "cat_9"]))
    assert len(canonical(encode(frozen))) < 2 * 25_000
    assert frozen.error < 1 / 400


def test_few_distinct_values_are_kept_exactly() -> None:
    frozen = freeze(tallies([pd.DataFrame({"n": [3, 1, 1, 2]})], ["n"]))
    column = frozen.columns[0]
    assert (column.knots, column.at, column.between) == ((1.0, 2.0, 3.0), (2, 1, 1), (0, 0, 0))
    assert frozen.error == 0.0


def test_too_many_distinct_values_are_rounded_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_VALUES", 1000)
    x = pd.DataFrame({"x": np.random.default_rng(2).normal(size=5000)})
    frozen = freeze(tallies(pieces(x, [700, 1400, 3000]), ["x"]))
    assert frozen.columns[0].rounded
    assert np.median(frozen.columns[0].knots) == pytest.approx(x["x"].median(), abs=0.01)
    assert encode(frozen) == encode(freeze(tallies([x], ["x"])))


def test_a_column_that_names_rows_is_left_out_with_a_reason() -> None:
    frozen = freeze(tallies([pd.DataFrame({"id": [f"r{i}" for i in range(3000)]})], ["id"]))
    assert frozen.columns == ()
    assert "3,000" in frozen.left_out["id"]


def test_text_where_the_baseline_has_numbers_is_refused() -> None:
    frozen = freeze(tallies([pd.DataFrame({"x": [1.0, 2.0]})], ["x"]))
    with pytest.raises(RefusedInputError, match="numbers"):
        pairs_of(frozen, [pd.DataFrame({"x": ["a", "b"]})])


def test_numbers_too_far_apart_to_subtract_are_counted() -> None:
    far = pd.DataFrame({"x": [1.7e308, -1.7e308, 1.7e308, 0.0]})
    found = tallies([far], ["x"])["x"]
    assert (found.value.tolist(), found.count.tolist()) == ([-1.7e308, 0.0, 1.7e308], [1, 1, 2])
