"""Interactions of pairs in trees: by hand, by definition, and in their sums."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor, GradientBoostingClassifier
from sklearn.tree import DecisionTreeRegressor

from governance.explain.trees.interaction_matrix import matrix
from governance.explain.trees.tables import Plan
from governance.explain.trees.tree_shap import TreeShap
from governance.models.graph.trees import TreeEnsemble
from tests.explain.oracles import enumerate_interactions, walk
from tests.explain.trees.test_tree_shap import PLANS, ensemble, score

GROUPED = np.array([0, 1, 2, 3, 4, 4, 4, 0, 5])


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    rng = np.random.default_rng(1)
    found = rng.normal(size=(700, 9)).astype(np.float32)
    found[:, 4:] = (found[:, 4:] > 0).astype(np.float32)
    return found


@pytest.fixture(scope="module")
def boosted(rows: np.ndarray) -> TreeEnsemble:
    target = (rows[:, 0] * rows[:, 1] + rows[:, 4] - rows[:, 5] * rows[:, 2] > 0).astype(int)
    return ensemble(GradientBoostingClassifier(n_estimators=12, max_depth=4, random_state=0).fit(rows, target), 9)


def test_the_and_tree_interacts_as_worked_out_by_hand() -> None:
    # f = 80 a b, background all four cells: v() = 20, v(a) = v(b) = 40 and v(ab) = 80 for the row (1, 1), so that the index is
    # 80 - 40 - 40 + 20 = 20; for (0, 0) it is 0 - 0 - 0 + 20; for (1, 0) it is 0 - 40 - 0 + 20. shap's matrices hold halves.
    grid = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    explainer = TreeShap(ensemble(DecisionTreeRegressor().fit(grid, [0, 0, 0, 80]), 2), np.arange(2), 2, grid)
    assert explainer.interact(grid, (0, 1))[:, 0].tolist() == pytest.approx([20, -20, -20, 20])
    assert matrix(explainer, grid[3:])[0].tolist() == [pytest.approx([20, 10]), pytest.approx([10, 20])]


@pytest.mark.parametrize("player", [np.arange(9), GROUPED], ids=["single", "grouped"])
def test_indices_are_those_of_the_definition(boosted: TreeEnsemble, rows: np.ndarray, player: np.ndarray) -> None:
    players = int(player.max()) + 1
    explainer = TreeShap(boosted, player, players, rows[:15])
    expected = enumerate_interactions(score(boosted), player, players, rows[:15], rows[100])
    for plan in PLANS:
        found = explainer.interact(rows[100:101], tuple(range(players)), plan=plan)[0]
        assert np.abs(found - expected).max() < (1e-9 if plan.players < 0 else 1e-6)


def test_many_rows_have_the_same_indices_as_each_row_alone(boosted: TreeEnsemble, rows: np.ndarray) -> None:
    explainer = TreeShap(boosted, GROUPED, 6, rows[:50])
    tabulated = explainer.interact(rows, (0, 4, 2, 1))
    assert Plan.for_pairs(len(rows), 6).players > 0
    alone = explainer.interact(rows[:20], (0, 4, 2, 1))
    assert np.abs(tabulated[:20] - alone).max() < 1e-6


def test_a_choice_of_players_gives_the_indices_that_all_of_them_have(boosted: TreeEnsemble, rows: np.ndarray) -> None:
    explainer = TreeShap(boosted, GROUPED, 6, rows[:50])
    everything = explainer.interact(rows[:30], tuple(range(6)))
    of = {pair: everything[:, at] for at, pair in enumerate(combinations(range(6), 2))}
    chosen = explainer.interact(rows[:30], (5, 0, 2))
    for at, (one, two) in enumerate(combinations((5, 0, 2), 2)):
        assert np.array_equal(chosen[:, at], of[min(one, two), max(one, two)])


def test_a_row_of_the_matrix_adds_up_to_the_players_own_value(boosted: TreeEnsemble, rows: np.ndarray) -> None:
    explainer = TreeShap(boosted, GROUPED, 6, rows[:50])
    found = matrix(explainer, rows[100:140])
    assert np.array_equal(found, found.transpose(0, 2, 1))
    scores = walk(boosted, rows[100:140])[:, 0] - walk(boosted, rows[:50])[:, 0].mean()
    assert found.sum(axis=(1, 2)) == pytest.approx(scores, abs=1e-6)


def test_stumps_do_not_interact(rows: np.ndarray) -> None:
    stumps = ensemble(
        GradientBoostingClassifier(n_estimators=20, max_depth=1, random_state=0).fit(rows, rows[:, 0] > rows[:, 1]), 9
    )
    explainer = TreeShap(stumps, np.arange(9), 9, rows[:50])
    assert not explainer.interact(rows[:60], tuple(range(9))).any()
    found = matrix(explainer, rows[:60])
    assert found[:, np.arange(9), np.arange(9)] == pytest.approx(explainer.explain(rows[:60]).values, abs=1e-12)


def test_long_paths_interact_as_the_definition_says(rows: np.ndarray) -> None:
    wide = np.random.default_rng(3).normal(size=(300, 11)).astype(np.float32)
    deep = ensemble(ExtraTreesRegressor(2, max_depth=30, random_state=0).fit(wide, np.cumprod(wide, axis=1).sum(1)), 11)
    found = TreeShap(deep, np.arange(11), 11, wide[:8]).interact(wide[50:51], tuple(range(11)))[0]
    expected = enumerate_interactions(score(deep), np.arange(11), 11, wide[:8], wide[50])
    assert np.abs(found - expected).max() < 1e-9 * max(1.0, np.abs(expected).max())
