"""Two models on the same rows: intervals of a paired bootstrap written out row by row, and columns that one of them does not read."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from governance.explain.results.paired import compare_importance


def attributions(rng: np.random.Generator, rows: int, **scale: float) -> pa.Table:
    columns = {name: rng.normal(0, size, rows) for name, size in scale.items()}
    return pa.table({**columns, "base_value": np.zeros(rows), "model_output": sum(columns.values())})


def moved(table: pa.Table, rng: np.random.Generator, *, by: float) -> pa.Table:
    """Return the attributions of a model that resembles another: `by` more in size, and some noise of its own."""
    found = {
        name: table.column(name).to_numpy() * (1 + by) + 0.05 * rng.normal(size=len(table))
        for name in table.column_names
        if name not in {"base_value", "model_output"}
    }
    return pa.table({**found, "base_value": np.zeros(len(table)), "model_output": sum(found.values())})


def test_intervals_are_those_of_a_bootstrap_that_takes_the_same_rows_for_both() -> None:
    rng = np.random.default_rng(4)
    one = attributions(rng, 400, age=1.0, income=0.4)
    two = moved(one, rng, by=0.1)
    rows, changes = compare_importance(one, two, np.arange(400))
    assert rows == 400
    for item in changes:
        a, b = (np.abs(table.column(item.feature).to_numpy()) for table in (one, two))
        assert (item.current, item.candidate) == (pytest.approx(a.mean()), pytest.approx(b.mean()))
        draws = rng.integers(0, 400, (4000, 400))
        low, high = np.quantile((b - a)[draws].mean(axis=1), [0.025, 0.975])
        assert item.low == pytest.approx(low, abs=0.06 * (high - low))
        assert item.high == pytest.approx(high, abs=0.06 * (high - low))
        alone = 2 * 1.96 * np.sqrt((a.var() + b.var()) / 400)
        assert item.high - item.low < 0.4 * alone, "what moves both models about a row cancels"
        assert item.verdict == "more"


def test_a_column_that_a_model_does_not_read_moves_it_by_nothing() -> None:
    rng = np.random.default_rng(5)
    one, two = attributions(rng, 200, age=1.0, income=0.4), attributions(rng, 200, age=1.0, district=0.7)
    found = {item.feature: item for item in compare_importance(one, two, np.arange(200))[1]}
    assert list(found) == ["district", "income", "age"], "those that change most first"
    assert (found["income"].candidate, found["income"].verdict) == (0.0, "less")
    assert (found["district"].current, found["district"].verdict) == (0.0, "more")
    assert found["age"].verdict == "no_clear_change"


def test_only_rows_that_both_models_explain_count() -> None:
    rng = np.random.default_rng(6)
    one, two = attributions(rng, 50, age=1.0), attributions(rng, 50, age=2.0)
    output = two.column("model_output").to_numpy().copy()
    hidden = pa.array(output, mask=np.arange(50) >= 30)
    two = two.set_column(two.column_names.index("model_output"), "model_output", hidden)
    rows, (item,) = compare_importance(one, two, np.arange(10, 50))
    assert rows == 20
    assert item.current == pytest.approx(np.abs(one.column("age").to_numpy()[10:30]).mean())
    assert compare_importance(one, two, np.arange(29, 50)) == (1, ())


def test_a_model_against_itself_changes_nothing() -> None:
    table = attributions(np.random.default_rng(7), 30, age=1.0)
    (item,) = compare_importance(table, table, np.arange(30))[1]
    assert (item.change, item.low, item.high, item.verdict) == (0.0, 0.0, 0.0, "no_clear_change")
