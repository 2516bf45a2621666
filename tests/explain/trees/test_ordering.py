"""Many rows in the order of their answers: the same values as each row gets by the slow way."""

from __future__ import annotations

import numpy as np
import pytest

from governance.explain.trees.compatible import splits_of
from governance.explain.trees.ordering import alike, arranged, put_back
from governance.explain.trees.program import programs
from governance.explain.trees.tables import Plan
from governance.explain.trees.tree_shap import TreeShap
from tests.explain.oracles import walk
from tests.explain.trees.test_compatible import LEAF_BY_LEAF, forest


@pytest.mark.parametrize("seed", range(20))
def test_twenty_forests_have_the_values_of_the_leaf_by_leaf_comparison(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.explain.trees.tree_shap.MANY_ROWS", 100)
    trees, rows, player = forest(seed)
    explainer = TreeShap(trees, player, int(player.max()) + 1, rows[:60])
    for output in range(trees.outputs):
        found = explainer.explain(rows[:200], output, Plan(9, 10))
        expected = explainer.explain(rows[:200], output, LEAF_BY_LEAF)
        size = max(1.0, float(np.abs(expected.values).max()))
        assert np.abs(found.values - expected.values).max() < 1e-6 * size
        assert found.base == pytest.approx(expected.base, abs=1e-12 * size)
        assert np.abs(found.values.sum(axis=1) + found.base - walk(trees, rows[:200])[:, output]).max() < 1e-5 * size


def test_rows_that_answer_alike_stand_together_and_go_back_to_their_places() -> None:
    trees, rows, player = forest(3)  # with missing values, which some questions send to the left
    program = programs(trees, player, 8)[0]
    coded = program.codebook.blocks(program.codebook.prepare(rows), 0, len(rows))
    order = alike(program, splits_of(program), coded, len(rows))
    assert sorted(order) == list(range(len(rows)))
    flat = program.codebook.codes(rows)
    asked = arranged(coded, order)[0, :, : len(rows)]
    assert np.array_equal(asked, flat[:, order])
    doubled = np.concatenate([rows, rows])
    coded = program.codebook.blocks(program.codebook.prepare(doubled), 0, len(doubled))
    twins = alike(program, splits_of(program), coded, len(doubled))
    place = np.empty(len(doubled), int)
    place[twins] = np.arange(len(doubled))
    away = np.abs(place[: len(rows)] - place[len(rows) :])
    assert np.median(away) < 5  # a row and its twin
    values = np.arange(2.0 * len(doubled)).reshape(-1, 2)
    assert np.array_equal(put_back(values[twins], twins), values)
