"""Infinite numbers: rows whose score has no bounds are left out and counted, the values of all others are as without them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from onnx import helper
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression

from governance.evidence import RefusedInputError
from governance.models.convert.convert import convert_estimator
from tests.explain.bringing import asked
from tests.models.hostile import model as graph, value

RNG = np.random.default_rng(0)
ROWS = pd.DataFrame(RNG.normal(size=(40, 3)), columns=["a", "b", "c"])
BROKEN = ROWS.copy()
BROKEN.loc[[3, 17], "a"] = np.inf, -np.inf
BROKEN.loc[17, "b"] = np.inf
"""Row 17 adds up infinities of both signs: no number at all."""


def model(estimator: LinearRegression | LogisticRegression | GradientBoostingRegressor) -> bytes:
    score = ROWS["a"] - 2 * ROWS["b"] + 0.5 * ROWS["c"]
    label = score > 0 if isinstance(estimator, LogisticRegression) else score
    return convert_estimator(estimator.fit(ROWS, label), ROWS)


@pytest.mark.parametrize("estimator", [LinearRegression(), LogisticRegression()])
@pytest.mark.parametrize("method", ["auto", "permutation"])
def test_other_rows_are_explained_as_without_them(
    estimator: LinearRegression | LogisticRegression, method: str, tmp_path: Path
) -> None:
    file, whole = model(estimator), ROWS.drop(index=[3, 17]).reset_index(drop=True)
    found = asked("explain.global", tmp_path, file, BROKEN, method=method)
    expected = asked("explain.global", tmp_path, file, whole, method=method)
    assert (found.exact, found.background.rows) == (expected.exact, 38)
    assert found.base_value == pytest.approx(expected.base_value, abs=1e-9)
    assert [item.feature for item in found.importance] == [item.feature for item in expected.importance]
    assert [item.mean_abs for item in found.importance] == pytest.approx(
        [item.mean_abs for item in expected.importance], abs=1e-9 if method == "auto" else 1e-6
    )
    assert any(note.startswith("2 rows to compare with were left out: ") for note in found.certificate.notes)


def test_a_single_row_without_bounds_is_refused_with_its_column(tmp_path: Path) -> None:
    with pytest.raises(RefusedInputError, match="infinite in 'a'") as refused:
        asked("explain.local", tmp_path, model(LogisticRegression()), BROKEN, row=3)
    assert "--scale probability" in refused.value.advice


def test_a_single_row_without_a_value_is_refused_with_its_column(tmp_path: Path) -> None:
    rows = ROWS.assign(b=ROWS["b"].where(ROWS.index != 3), c=ROWS["c"].where(ROWS.index != 3))
    with pytest.raises(RefusedInputError, match="missing in 'b', 'c'"):
        asked("explain.local", tmp_path, model(LinearRegression()), rows, row=3, background=ROWS)


def test_probabilities_have_bounds_whatever_the_row_holds(tmp_path: Path) -> None:
    rows = BROKEN.drop(index=17).reset_index(drop=True)
    found = asked("explain.local", tmp_path, model(LogisticRegression()), rows, row=3, scale="probability")
    total = found.base_value + sum(item.attribution for item in found.values)
    assert found.prediction == 1.0
    assert total == pytest.approx(1.0, abs=1e-6)


def test_trees_share_out_what_infinite_numbers_decide(tmp_path: Path) -> None:
    found = asked("explain.global", tmp_path, model(GradientBoostingRegressor(n_estimators=5)), BROKEN)
    assert (found.exact, found.background.rows) == (True, 40)
    assert not [note for note in found.certificate.notes if "left out" in note]


def test_a_background_without_any_finite_score_is_refused(tmp_path: Path) -> None:
    rows = ROWS.assign(b=np.inf)
    with pytest.raises(RefusedInputError, match="of 40 of 40 rows is no finite number"):
        asked("explain.global", tmp_path, model(LogisticRegression()), ROWS, background=rows)


def logarithms() -> bytes:
    """Return a model that takes the logarithm of its columns: zero is finite and its score is not."""
    nodes = [
        helper.make_node("Log", ["x"], ["logs"]),
        helper.make_node("MatMul", ["logs", "w"], ["s"]),
        helper.make_node("Sigmoid", ["s"], ["scores"]),
    ]
    weights = {"w": np.array([[1], [-1], [0.5]], np.float32)}
    made = graph(nodes, [value("scores")], inputs=[value("x", (None, 3))], constants=weights)
    return bytes(made.SerializeToString())


@pytest.mark.parametrize("method", ["auto", "permutation"])
def test_a_finite_cell_may_have_no_finite_score(method: str, tmp_path: Path) -> None:
    positive = ROWS.abs() + 0.1
    zero = positive.copy()
    zero.loc[[5, 9], "a"] = 0.0
    whole = positive.drop(index=[5, 9]).reset_index(drop=True)
    found = asked("explain.global", tmp_path, logarithms(), zero, method=method)
    expected = asked("explain.global", tmp_path, logarithms(), whole, method=method)
    assert found.background.rows == 38
    assert [item.mean_abs for item in found.importance] == pytest.approx(
        [item.mean_abs for item in expected.importance], abs=1e-6
    )
