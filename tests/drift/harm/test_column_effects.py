"""What one column's move did to the answers of a model that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from governance.drift.harm.column_effects import effects, importance, put_back
from governance.evidence.evidence import silent
from governance.subject.schema import Schema
from governance.subject.signature import Prediction, Signature

COLUMNS = ("a", "b", "kind", "idle")


class Weighed:
    """Score = .02 a + .01 b + .2 where kind is "x"."""

    digest = ""
    signature = Signature((), COLUMNS, "binary", ("no", "yes"), "", "", zipmap=False)

    def predict(self, frame: pd.DataFrame) -> Prediction:
        score = 0.02 * frame["a"] + 0.01 * frame["b"] + 0.2 * (frame["kind"] == "x")
        both = np.column_stack([1 - score, score])
        return Prediction(("no", "yes"), both.argmax(axis=1), both)


def window(shift: float, share: float) -> pd.DataFrame:
    rng = np.random.default_rng(int(100 * shift))
    return pd.DataFrame({
        "a": rng.permutation(np.linspace(0, 10, 1001)) + shift, "b": rng.permutation(np.linspace(0, 10, 1001)) - shift,
        "kind": np.where(rng.permutation(1001) < share * 1001, "x", "y"), "idle": rng.normal(size=1001) + 9 * shift,
    })  # fmt: skip


def test_each_effect_is_the_weight_times_the_move() -> None:
    roles = Schema(positive="yes", threshold=0.25)
    found = {
        item.name: item
        for item in effects(
            Weighed(), window(0, 0.2), window(3, 0.6), COLUMNS, roles, np.random.default_rng(0), progress=silent
        )
    }
    assert found["a"].mean_score == pytest.approx(0.02 * 3, abs=1e-3)
    assert found["b"].mean_score == pytest.approx(-0.01 * 3, abs=1e-3)
    assert found["kind"].mean_score == pytest.approx(0.2 * 0.4, abs=0.015)
    assert found["idle"].mean_score == 0.0
    assert found["a"].selected_share > 0 > found["b"].selected_share
    assert next(iter(found)) == "kind"


def test_a_column_that_is_not_looked_at_has_no_importance() -> None:
    found = importance(Weighed(), window(0, 0.5), Schema(positive="yes"), np.random.default_rng(0), progress=silent)
    assert found["idle"] == 0.0
    assert found["a"] == pytest.approx(
        2 * found["b"], rel=0.1
    )  # mean |difference of two rows| is proportional to the weight


def test_ranks_stay_when_values_are_put_back() -> None:
    current = pd.Series([30.0, 10.0, 20.0, 40.0])
    back = put_back(pd.Series([4.0, 1.0, 3.0, 2.0]), current, np.random.default_rng(0))
    assert back.tolist() == [3.0, 1.0, 2.0, 4.0]
