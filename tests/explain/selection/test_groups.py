"""Columns explained as one: the game with the group as a player, by the definition."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingRegressor

from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import silent
from governance.explain.sampling.by_sampling import Budget, SampledExplainer, sampled_about
from governance.explain.selection.by_stage import StageExplainer, open_stage
from governance.explain.selection.groups import asked, joined
from governance.explain.spec import ColumnGroup
from governance.models.convert.convert import convert_estimator
from governance.models.graph.cut import Players
from tests.explain.oracles import enumerate_shapley, predictor

ALONE = Players(("a", "b", "c", "d"), (("a",), ("b",), ("c",), ("d",)), np.array([0, 0, 1, 2, 3]))
GROUP = ColumnGroup("b and d", ("d", "b"))


def test_joined_columns_stand_where_the_first_of_them_stood() -> None:
    found = joined(ALONE, (GROUP,))
    assert (found.names, found.columns) == (("a", "b and d", "c"), (("a",), ("b", "d"), ("c",)))
    assert found.of_encoded.tolist() == [0, 0, 1, 2, 1]


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ((ColumnGroup("x", ("a", "z")),), "No column of the model 'z'"),
        ((ColumnGroup("x", ("a", "b")), ColumnGroup("y", ("b", "c"))), "stands in another group"),
        ((ColumnGroup("c", ("a", "b")),), "Two players would be called 'c'"),
        ((ColumnGroup("x", ("a", "b", "c", "d")),), "All columns are in one group"),
        ((ColumnGroup(" ", ("a", "b")),), "no name or no columns"),
    ],
)
def test_groups_that_make_no_sense_are_refused(groups: tuple[ColumnGroup, ...], message: str) -> None:
    with pytest.raises(RefusedInputError, match=message):
        joined(ALONE, groups)


def test_a_group_gets_the_shapley_value_of_the_game_in_which_it_is_one_player() -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(120, 4)).astype(np.float32), columns=["a", "b", "c", "d"])
    fitted = GradientBoostingRegressor(n_estimators=12, random_state=0).fit(rows, rows.a * rows.b + rows.d * rows.b)
    model = predictor(convert_estimator(fitted, rows))
    background, row = rows.iloc[:15], rows.iloc[50:51]
    wanted = enumerate_shapley(
        lambda some: model.predict(pd.DataFrame(some, columns=rows.columns)).score[:, 0],
        np.array([0, 1, 2, 1]), 3, background.to_numpy(), row.to_numpy()[0],
    )  # fmt: skip
    exact = StageExplainer(open_stage(model, background, "raw", groups=(GROUP,)))
    found = exact.explain(row, 0, rng, silent)
    assert exact.about.players == ("a", "b and d", "c")
    assert found.values[0] == pytest.approx(wanted, abs=1e-5)
    alone = StageExplainer(open_stage(model, background, "raw")).explain(row, 0, rng, silent).values[0]
    assert abs(alone[1] + alone[3] - found.values[0, 1]) > 1e-3, "a group is not the sum of its columns"
    about = sampled_about(
        "enumeration", asked(tuple(rows.columns), (GROUP,)), link="identity", raw=True, units="units", notes=()
    )
    every_set = SampledExplainer(lambda some: model.predict(some).score, background, about, Budget(1, 0.0))
    assert every_set.explain(row, 0, rng, silent).values[0] == pytest.approx(wanted, abs=1e-9)
