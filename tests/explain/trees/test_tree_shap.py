"""Exact Shapley values of trees: by definition, by publication, by another library, and against the model's own score."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
import onnx
import pytest
from hypothesis import given, settings, strategies as st
from onnx import helper, numpy_helper
from sklearn.ensemble import ExtraTreesRegressor, GradientBoostingClassifier, RandomForestClassifier
from sklearn.tree import DecisionTreeRegressor

from governance.evidence.errors import RefusedInputError
from governance.explain.trees.tables import Plan
from governance.explain.trees.tree_shap import TreeShap
from governance.models.graph.trees import TreeEnsemble, parse_trees
from tests.explain.oracles import Score, enumerate_shapley, shap_model, walk
from tests.models.graph.test_trees import version_5

PLANS = (Plan(-1, 0), Plan(2, 0), Plan(4, 3), Plan(13, 0), Plan(13, 8), Plan(13, 10))


def ensemble(model: object, width: int) -> TreeEnsemble:
    from skl2onnx import to_onnx

    file = to_onnx(model, np.zeros((1, width), np.float32), target_opset={"": 17, "ai.onnx.ml": 3})
    return parse_trees(next(node for node in file.graph.node if node.op_type.startswith("TreeEnsemble")))


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    rng = np.random.default_rng(1)
    found = rng.normal(size=(400, 9)).astype(np.float32)
    found[:, 4:] = (found[:, 4:] > 0).astype(np.float32)
    return found


@pytest.fixture(scope="module")
def boosted(rows: np.ndarray) -> TreeEnsemble:
    target = (rows[:, 0] * rows[:, 1] + rows[:, 4] - rows[:, 5] * rows[:, 2] > 0).astype(int)
    return ensemble(GradientBoostingClassifier(n_estimators=12, max_depth=4, random_state=0).fit(rows, target), 9)


def score(trees: TreeEnsemble, output: int = 0) -> Score:
    return lambda values: walk(trees, values)[:, output]


def test_the_published_and_tree_has_its_published_values() -> None:
    # Lundberg et al. (2020), "From local explanations to global understanding", figure 1: a tree of fever and cough.
    grid = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    tree = ensemble(DecisionTreeRegressor().fit(grid, [0, 0, 0, 80]), 2)
    for plan in PLANS:
        found = TreeShap(tree, np.arange(2), 2, grid).explain(grid, plan=plan)
        assert found.base == 20
        assert found.values == pytest.approx(np.array([[-10, -10], [-30, 10], [10, -30], [30, 30]]), abs=1e-9)


FORMULAS = {
    "shap_simple_and": lambda a, b: a * b,
    "shap_simple_or": max,
    "shap_simple_xor": lambda a, b: abs(a - b),
    "shap_simple_and_boost": lambda a, b: a * b + a,
    "shap_fever_cough_model_A": lambda a, b: 80 * a * b,
    "shap_fever_cough_model_B": lambda a, b: 80 * a * b + 10 * b,
}


def test_small_trees_have_the_values_that_the_shap_notebooks_print(shared: Path) -> None:
    cases = json.loads((shared / "vectors" / "fairness_cases.json").read_text(encoding="utf-8"))
    known = {case["id"]: case for case in cases if case["kind"] == "shapley values"}
    assert set(known) == set(FORMULAS)
    grid = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    for name, case in known.items():
        tree = ensemble(DecisionTreeRegressor(random_state=0).fit(grid, [FORMULAS[name](*row) for row in grid]), 2)
        found = TreeShap(tree, np.arange(2), 2, grid).explain(np.array(case["inputs"]["explain"], np.float32))
        assert found.base == pytest.approx(case["expected"]["base_value"], abs=1e-6)
        assert found.values == pytest.approx(np.atleast_2d(case["expected"]["shap"]), abs=1e-6)


@pytest.mark.parametrize("player", [np.arange(9), np.array([0, 1, 2, 3, 4, 4, 4, 0, 5])], ids=["single", "grouped"])
def test_values_are_those_of_the_definition(boosted: TreeEnsemble, rows: np.ndarray, player: np.ndarray) -> None:
    players = int(player.max()) + 1
    found = TreeShap(boosted, player, players, rows[:15]).explain(rows[100:103])
    for at in range(3):
        expected = enumerate_shapley(score(boosted), player, players, rows[:15], rows[100 + at])
        assert np.abs(found.values[at] - expected).max() < 1e-9


@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_every_plan_gives_the_same_values(boosted: TreeEnsemble, rows: np.ndarray, plan: Plan) -> None:
    player = np.array([0, 1, 2, 3, 4, 4, 4, 0, 5])
    explainer = TreeShap(boosted, player, 6, rows[:50])
    expected = explainer.explain(rows[100:160], plan=Plan(-1, 0))
    found = explainer.explain(rows[100:160], plan=plan)
    assert np.abs(found.values - expected.values).max() < 1e-6
    assert found.base == pytest.approx(expected.base, abs=1e-12)


def test_one_row_against_many_background_rows_has_the_values_of_the_leaf_by_leaf_comparison(
    boosted: TreeEnsemble, rows: np.ndarray
) -> None:
    many = np.tile(rows, (11, 1))
    assert Plan.for_rows(1, 100, len(many)).players > 0
    assert Plan.for_rows(1, 100, len(rows)).players < 0
    explainer = TreeShap(boosted, np.arange(9), 9, many)
    found, expected = (explainer.explain(rows[:1], plan=plan) for plan in (None, Plan(-1, 0)))
    assert np.abs(found.values - expected.values).max() < 1e-6
    assert found.base == pytest.approx(expected.base, abs=1e-12)


def test_values_add_up_to_the_score_and_the_base_is_the_mean(boosted: TreeEnsemble, rows: np.ndarray) -> None:
    found = TreeShap(boosted, np.arange(9), 9, rows[:80]).explain(rows)
    assert np.abs(found.values.sum(axis=1) + found.base - walk(boosted, rows)[:, 0]).max() < 1e-5
    assert found.base == pytest.approx(walk(boosted, rows[:80]).mean(), abs=1e-10)


def test_ungrouped_values_are_those_of_shap(shap: ModuleType, boosted: TreeEnsemble, rows: np.ndarray) -> None:
    reference = shap.TreeExplainer(shap_model(boosted), rows[:60], feature_perturbation="interventional")
    expected = np.asarray(reference.shap_values(rows[100:150].astype(float), check_additivity=False)).reshape(50, 9)
    for plan in PLANS:
        found = TreeShap(boosted, np.arange(9), 9, rows[:60]).explain(rows[100:150], plan=plan)
        assert np.abs(found.values - expected).max() < 1e-6


def test_each_class_has_its_own_values(rows: np.ndarray) -> None:
    target = np.digitize(rows[:, 0] + rows[:, 4], [-0.5, 0.5, 1.0])
    forest = ensemble(RandomForestClassifier(5, max_depth=4, random_state=0).fit(rows, target), 9)
    boosting = ensemble(GradientBoostingClassifier(n_estimators=4, max_depth=3, random_state=0).fit(rows, target), 9)
    for trees in (forest, boosting):
        explainer = TreeShap(trees, np.arange(9), 9, rows[:30])
        assert explainer.outputs == 4
        for output in range(4):
            found = explainer.explain(rows[:50], output)
            assert np.abs(found.values.sum(axis=1) + found.base - walk(trees, rows[:50])[:, output]).max() < 1e-6


def test_paths_of_thirty_columns_are_explained(shap: ModuleType, rows: np.ndarray) -> None:
    rng = np.random.default_rng(3)
    wide = rng.normal(size=(600, 40)).astype(np.float32)
    chain = np.zeros(600)
    for column in range(30):
        chain[(wide[:, : column + 1] > -2.5).all(axis=1)] = column
    deep = ensemble(ExtraTreesRegressor(3, max_depth=30, random_state=0).fit(wide, chain + wide[:, 35]), 40)
    explainer = TreeShap(deep, np.arange(40), 40, wide[:50])
    found = explainer.explain(wide[50:80])
    assert np.abs(found.values.sum(axis=1) + found.base - walk(deep, wide[50:80])[:, 0]).max() < 1e-5
    reference = shap.TreeExplainer(shap_model(deep), wide[:50], feature_perturbation="interventional")
    expected = reference.shap_values(wide[50:80].astype(float), check_additivity=False).reshape(30, 40)
    assert np.abs(found.values - expected).max() < 1e-6


def with_missing(rows: np.ndarray) -> np.ndarray:
    found = rows.copy()
    found[np.random.default_rng(5).random(found.shape) < 0.15] = np.nan
    return found


@pytest.mark.parametrize("plan", [Plan(-1, 0), Plan(13, 10)], ids=str)
def test_missing_values_go_where_the_tree_sends_them(boosted: TreeEnsemble, rows: np.ndarray, plan: Plan) -> None:
    holes = with_missing(rows)
    trees = partial(TreeEnsemble, value=boosted.value, roots=boosted.roots, base=boosted.base, post=boosted.post,
                    operator="", input="", output="", one_score=True)  # fmt: skip
    flips = np.random.default_rng(6).random(len(boosted.splits.feature)) < 0.5
    from dataclasses import replace

    mixed = trees(splits=replace(boosted.splits, missing_left=flips))
    found = TreeShap(mixed, np.arange(9), 9, holes[:20]).explain(holes[100:130], plan=plan)
    assert np.abs(found.values.sum(axis=1) + found.base - walk(mixed, holes[100:130])[:, 0]).max() < 1e-5
    expected = enumerate_shapley(score(mixed), np.arange(9), 9, holes[:5], holes[101])
    again = TreeShap(mixed, np.arange(9), 9, holes[:5]).explain(holes[100:130], plan=plan)
    assert np.abs(again.values[1] - expected).max() < 1e-6


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_axioms_hold_on_random_trees(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 3, size=(40, 4)).astype(np.float32)
    target = rows[:, 0] * rows[:, 1] + rng.normal(size=40)
    tree = ensemble(DecisionTreeRegressor(max_depth=4, random_state=0).fit(rows[:, :3], target), 4 - 1)
    explainer = TreeShap(tree, np.array([0, 1, 2]), 4, rows[:10, :3])
    found = explainer.explain(rows[:, :3])
    # efficiency
    assert found.values.sum(axis=1) + found.base == pytest.approx(walk(tree, rows[:, :3])[:, 0], abs=1e-6)
    # dummy: a player who owns no column gets nothing
    assert np.all(found.values[:, 3] == 0)
    # symmetry of the background: its order does not matter
    shuffled = TreeShap(tree, np.array([0, 1, 2]), 4, rows[:10, :3][::-1]).explain(rows[:, :3])
    assert shuffled.values == pytest.approx(found.values, abs=1e-6)


def test_players_with_equal_roles_get_equal_shares() -> None:
    grid = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)], np.float32)
    tree = ensemble(DecisionTreeRegressor().fit(grid, grid[:, 0] * grid[:, 1]), 3)
    found = TreeShap(tree, np.arange(3), 3, grid).explain(grid[-1:])
    assert found.values[0, 0] == pytest.approx(found.values[0, 1], abs=1e-12)
    assert found.values[0, 2] == 0


def test_the_number_of_threads_does_not_change_a_bit(boosted: TreeEnsemble, rows: np.ndarray) -> None:
    one = TreeShap(boosted, np.arange(9), 9, rows[:50], threads=1).explain(rows)
    three = TreeShap(boosted, np.arange(9), 9, rows[:50], threads=3).explain(rows)
    assert np.array_equal(one.values, three.values)


def test_tables_too_large_to_keep_are_used_in_portions(
    boosted: TreeEnsemble, rows: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = TreeShap(boosted, np.arange(9), 9, rows[:50]).explain(rows)
    monkeypatch.setattr("governance.explain.trees.tree_shap.KEPT_FLOATS", 4000)
    monkeypatch.setattr("governance.explain.trees.tree_shap.PORTION_FLOATS", 4000)
    portioned = TreeShap(boosted, np.arange(9), 9, rows[:50])
    assert portioned.explain(rows).values == pytest.approx(expected.values, abs=1e-6)
    assert portioned.table_bytes == 0


def test_a_tree_that_loops_back_is_refused() -> None:
    node = helper.make_node(
        "TreeEnsembleRegressor", ["X"], ["Y"], domain="ai.onnx.ml", nodes_treeids=[0] * 4, nodes_nodeids=[0, 1, 2, 3],
        nodes_featureids=[0] * 4, nodes_values=[1.0] * 4, nodes_modes=["BRANCH_LEQ", "BRANCH_LEQ", "LEAF", "LEAF"],
        nodes_truenodeids=[1, 1, 0, 0], nodes_falsenodeids=[2, 3, 0, 0], target_treeids=[0, 0], target_nodeids=[2, 3],
        target_ids=[0, 0], target_weights=[1.0, 2.0], n_targets=1,
    )  # fmt: skip
    assert isinstance(node, onnx.NodeProto)
    with pytest.raises(RefusedInputError, match="loop back"):
        TreeShap(parse_trees(node), np.array([0]), 1, np.zeros((1, 1), np.float32))


@pytest.mark.parametrize("mode", range(7))
@pytest.mark.parametrize("tracks", [0, 1])
def test_every_question_of_the_newest_operator_is_explained_as_the_definition_says(mode: int, tracks: int) -> None:
    more = (
        {"membership_values": numpy_helper.from_array(np.array([1.0, 3.0, np.nan], np.float32), "m")}
        if mode == 6
        else {}
    )
    trees = parse_trees(version_5(mode, tracks=tracks, **more))
    grid = np.array([[a, b] for a in (0.0, 1.0, 2.0, 3.0, np.nan) for b in (0.0, 1.0)], np.float32)
    for output in range(2):
        found = TreeShap(trees, np.arange(2), 2, grid[3:8]).explain(grid, output)
        for at, row in enumerate(grid):
            expected = enumerate_shapley(score(trees, output), np.arange(2), 2, grid[3:8], row)
            assert np.abs(found.values[at] - expected).max() < 1e-6
