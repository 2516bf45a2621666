"""Few rows from integrals: the values of the slow way, of the definition, and in any number of threads."""

from __future__ import annotations

import numpy as np
import pytest

from governance.explain.trees.few_rows import floats_of
from governance.explain.trees.program import programs
from governance.explain.trees.tables import Plan
from governance.explain.trees.tree_shap import TreeShap
from tests.explain.oracles import enumerate_shapley, walk
from tests.explain.trees.test_compatible import LEAF_BY_LEAF, forest

SUMS = Plan(13, 0, sums=True)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("merged", [1, 1000], ids=["counted together", "counted leaf by leaf"])
def test_twenty_forests_have_the_values_of_the_leaf_by_leaf_comparison(
    seed: int, merged: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.explain.trees.few_rows._MERGED", merged)
    trees, rows, player = forest(seed)
    explainer = TreeShap(trees, player, int(player.max()) + 1, rows[:150])
    for output in range(trees.outputs):
        found, expected = (explainer.explain(rows[200:203], output, plan) for plan in (SUMS, LEAF_BY_LEAF))
        size = max(1.0, float(np.abs(expected.values).max()))
        assert np.abs(found.values - expected.values).max() < 1e-6 * size
        assert found.base == pytest.approx(expected.base, abs=1e-12 * size)
        assert np.abs(found.values.sum(axis=1) + found.base - walk(trees, rows[200:203])[:, output]).max() < 1e-5 * size


@pytest.mark.parametrize("seed", [0, 2, 3, 4])
def test_values_are_those_of_the_definition(seed: int) -> None:
    trees, rows, player = forest(seed)
    players = int(player.max()) + 1
    found = TreeShap(trees, player, players, rows[:12]).explain(rows[300:301], plan=SUMS)
    expected = enumerate_shapley(lambda values: walk(trees, values)[:, 0], player, players, rows[:12], rows[300])
    assert np.abs(found.values[0] - expected).max() < 1e-6


def test_a_few_rows_against_many_take_this_way_and_what_it_needs_is_kept_for_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trees, rows, player = forest(0)
    many = np.tile(rows, (3, 1))
    explainer = TreeShap(trees, player, 6, many)
    found = explainer.explain(rows[:3])
    kept = explainer.table_bytes
    assert kept == 4 * floats_of(programs(trees, player, 6)[0]) > 0
    assert np.array_equal(explainer.explain(rows[:3], plan=SUMS).values, found.values)
    assert explainer.table_bytes == kept
    # without room for it, each row walks by itself and nothing is kept
    monkeypatch.setattr("governance.explain.trees.tree_shap.KEPT_FLOATS", 100)
    walked = TreeShap(trees, player, 6, many)
    assert np.abs(walked.explain(rows[:3]).values - found.values).max() < 1e-6
    assert walked.table_bytes == 0


def test_the_number_of_threads_does_not_change_a_bit() -> None:
    trees, rows, player = forest(0)
    one, four = (TreeShap(trees, player, 6, rows, threads=count).explain(rows[:2], plan=SUMS) for count in (1, 4))
    assert np.array_equal(one.values, four.values)
    assert one.base == four.base


def test_the_bytes_of_a_row_do_not_depend_on_the_rows_beside_it() -> None:
    trees, rows, player = forest(2)
    explainer = TreeShap(trees, player, 8, rows)
    together = explainer.explain(rows[:9], plan=SUMS).values
    assert np.array_equal(explainer.explain(rows[4:5], plan=SUMS).values[0], together[4])


def test_integrals_of_several_outputs_share_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    trees, rows, player = next(found for seed in range(20) if (found := forest(seed))[0].outputs > 1)
    players = int(player.max()) + 1
    free = TreeShap(trees, player, players, rows)
    expected = [free.explain(rows[:2], output, SUMS).values for output in range(trees.outputs)]
    largest = max(floats_of(item) for item in programs(trees, player, players))
    monkeypatch.setattr("governance.explain.trees.tree_shap.KEPT_FLOATS", largest)
    bounded = TreeShap(trees, player, players, rows)
    for output in (*range(trees.outputs), 0):
        assert np.array_equal(bounded.explain(rows[:2], output, SUMS).values, expected[output])
        assert 0 < bounded.table_bytes <= 4 * largest
