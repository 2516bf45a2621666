"""One row on its own walk: against the definition, against the leaf-by-leaf comparison, and in parts of the background."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor

from governance.explain.trees.compatible import going_left, splits_of
from governance.explain.trees.program import programs
from governance.explain.trees.tables import Plan
from governance.explain.trees.tree_shap import TreeShap
from governance.models.graph.trees import TreeEnsemble
from tests.explain.oracles import enumerate_shapley, walk
from tests.explain.trees.test_tree_shap import ensemble

WALK, LEAF_BY_LEAF = Plan(-1, 0, walk=True), Plan(-1, 0)


def data(seed: int, width: int, count: int = 400) -> np.ndarray:
    """Half of the columns are numbers, half are small whole numbers, so that many rows agree."""
    rng = np.random.default_rng(seed)
    found = rng.normal(size=(count, width)).astype(np.float32)
    found[:, width // 2 :] = np.round(found[:, width // 2 :])
    return found


def forest(seed: int) -> tuple[TreeEnsemble, np.ndarray, np.ndarray]:
    """A forest that follows from the seed (deep, wide, of three classes, or with missing values), its rows and its players."""
    kind, width = seed % 4, (6, 24, 8, 8)[seed % 4]
    rows = data(seed, width)
    target = rows[:, 0] * rows[:, 1] + rows[:, -1] + rows[:, 2] * rows[:, -2]
    if kind == 1:
        trees = ensemble(ExtraTreesRegressor(3, max_depth=22, random_state=seed).fit(rows, target), width)
    elif kind == 2:
        classes = np.digitize(target, [-0.7, 0.7])
        trees = ensemble(RandomForestClassifier(5, max_depth=7, random_state=seed).fit(rows, classes), width)
    else:
        depth = None if kind == 0 else 6
        trees = ensemble(RandomForestRegressor(5, max_depth=depth, random_state=seed).fit(rows, target), width)
    if kind == 3:
        rows = np.where(np.random.default_rng(seed).random(rows.shape) < 0.2, np.nan, rows).astype(np.float32)
        flips = np.random.default_rng(seed + 1).random(len(trees.splits.feature)) < 0.5
        trees = replace(trees, splits=replace(trees.splits, missing_left=flips))
    player = np.arange(width) if seed % 8 < 4 else np.arange(width) // 2
    return trees, rows, player


@pytest.mark.parametrize("seed", range(20))
def test_twenty_forests_have_the_values_of_the_leaf_by_leaf_comparison(seed: int) -> None:
    trees, rows, player = forest(seed)
    explainer = TreeShap(trees, player, int(player.max()) + 1, rows[:150])
    for output in range(trees.outputs):
        found, expected = (explainer.explain(rows[200:203], output, plan) for plan in (WALK, LEAF_BY_LEAF))
        assert np.abs(found.values - expected.values).max() < 1e-12 * max(1.0, np.abs(expected.values).max())
        assert found.base == pytest.approx(expected.base, abs=1e-12)


@pytest.mark.parametrize("seed", [0, 2, 3, 4])
def test_values_are_those_of_the_definition(seed: int) -> None:
    trees, rows, player = forest(seed)
    players = int(player.max()) + 1
    found = TreeShap(trees, player, players, rows[:12]).explain(rows[300:301])
    expected = enumerate_shapley(lambda values: walk(trees, values)[:, 0], player, players, rows[:12], rows[300])
    assert np.abs(found.values[0] - expected).max() < 1e-9
    assert found.values.sum() + found.base == pytest.approx(walk(trees, rows[300:301])[0, 0], abs=1e-6)


def test_a_background_in_parts_gives_the_same_values(monkeypatch: pytest.MonkeyPatch) -> None:
    trees, rows, player = forest(3)
    expected = TreeShap(trees, player, 8, rows).explain(rows[:3], plan=WALK)
    monkeypatch.setattr("governance.explain.trees.tree_shap.PART", 70)  # five parts and a rest, none of whole words
    monkeypatch.setattr("governance.explain.trees.tree_shap.KEPT_SETS", 0)
    found = TreeShap(trees, player, 8, rows).explain(rows[:3], plan=WALK)
    assert np.abs(found.values - expected.values).max() < 1e-12
    assert found.base == pytest.approx(expected.base, abs=1e-12)


def test_the_number_of_threads_does_not_change_a_bit() -> None:
    trees, rows, player = forest(0)
    one, four = (TreeShap(trees, player, 6, rows, threads=count).explain(rows[:2], plan=WALK) for count in (1, 4))
    assert np.array_equal(one.values, four.values)


def test_no_rows_have_the_base_value_of_the_background() -> None:
    trees, rows, player = forest(0)
    explainer = TreeShap(trees, player, 6, rows)
    assert explainer.explain(rows[:0]).base == pytest.approx(explainer.explain(rows[:1]).base, abs=1e-12)


def test_the_sets_hold_just_the_rows_that_go_left() -> None:
    trees, rows, player = forest(3)
    program = programs(trees, player, 8)[0]
    splits, codes = splits_of(program), program.codebook.codes(rows)
    sets = going_left(splits, codes)
    for question in range(len(splits.column)):
        code = codes[splits.column[question]]
        wanted = (code <= splits.bound[question]) | (splits.missing_left[question] & (code == 65535))
        held = np.unpackbits(sets[question].view(np.uint8), bitorder="little")[: len(rows)].astype(bool)
        assert np.array_equal(held, wanted)
