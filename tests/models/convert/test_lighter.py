"""Lighter copies: what they keep, what they change, and what is refused because it gains nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import pytest
from onnx import TensorProto, helper, numpy_helper
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from governance.evidence.errors import RefusedInputError
from governance.models.convert.convert import convert_estimator
from governance.models.convert.lighter import RECIPES, Recipe, lighter
from governance.models.graph.reading import parse_model, signature_of
from governance.models.intake.intake import inspect
from governance.models.predict.predictor import OnnxPredictor


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(3).normal(size=(600, 5)), columns=list("abcde"))


@pytest.fixture(scope="module")
def net(people: pd.DataFrame) -> OnnxPredictor:
    wanted = np.where(people.a + people.b * people.c > 0, "yes", "no")
    estimator = make_pipeline(StandardScaler(), MLPClassifier((64, 64), solver="lbfgs", max_iter=60, random_state=0))
    data = convert_estimator(estimator.fit(people, wanted), people)
    return OnnxPredictor(data, signature_of(data))


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_copy_is_smaller_passes_intake_and_answers_nearly_the_same(
    net: OnnxPredictor, people: pd.DataFrame, recipe: Recipe, tmp_path: Path
) -> None:
    made = lighter(net.file, recipe, net.feeds(people))
    assert len(made.data) < 0.8 * len(net.file)
    assert made.operators == {"MatMul": 3}
    path = tmp_path / "lighter.onnx"
    path.write_bytes(made.data)
    inspection = inspect(path)
    assert inspection.refused == ()
    assert signature_of(made.data) == net.signature
    copy = OnnxPredictor(made.data, signature_of(made.data))
    apart = np.abs(copy.predict(people).score - net.predict(people).score)
    assert 0 < apart.max() < (0.01 if recipe == "fp16" else 0.3)
    assert lighter(net.file, recipe, net.feeds(people)).data == made.data, "the same files give the same bytes"


@pytest.mark.parametrize("recipe", RECIPES)
def test_each_answer_of_a_copy_is_that_of_the_row_alone(
    net: OnnxPredictor, people: pd.DataFrame, recipe: Recipe
) -> None:
    data = lighter(net.file, recipe, net.feeds(people)).data
    copy = OnnxPredictor(data, signature_of(data))
    extreme = pd.concat([people.head(4), 50 * people.tail(4)], ignore_index=True)
    together = copy.predict(extreme).score
    alone = np.concatenate([copy.predict(extreme.iloc[[row]].reset_index(drop=True)).score for row in range(8)])
    np.testing.assert_allclose(together, alone, atol=1e-6)


@pytest.mark.parametrize("recipe", RECIPES)
def test_trees_are_refused_with_the_reason(people: pd.DataFrame, recipe: Recipe) -> None:
    trees = GradientBoostingClassifier(n_estimators=3).fit(people, people.a > 0)
    with pytest.raises(RefusedInputError, match="does nothing for trees"):
        lighter(convert_estimator(trees, people), recipe, {"input": np.zeros((1, 5), np.float32)})


def test_a_model_without_such_weights_is_refused_with_its_operators(people: pd.DataFrame) -> None:
    line = LogisticRegression().fit(people, people.a > 0)
    with pytest.raises(RefusedInputError, match=r"its operators are .*LinearClassifier"):
        lighter(convert_estimator(line, people), "fp16")


def test_ranges_are_taken_from_rows_or_not_at_all(net: OnnxPredictor) -> None:
    for feeds in (None, {}, {"input": np.zeros((0, 5), np.float32)}):
        with pytest.raises(RefusedInputError, match="from rows"):
            lighter(net.file, "int8-static", feeds)


def one_product(weight: float) -> bytes:
    """Return a regression of one column by one stored weight."""
    value = numpy_helper.from_array(np.full((1, 1), weight, np.float32), "w")
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])], [value],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    model.metadata_props.add(key="feature_names", value='["x"]')
    return bytes(model.SerializeToString())


@pytest.mark.parametrize("weight", [65505.0, 1e30, float("inf"), float("nan")])
def test_weights_that_half_precision_cannot_hold_are_refused_not_cut(weight: float) -> None:
    with pytest.raises(RefusedInputError, match="half precision ends at 65504"):
        lighter(one_product(weight), "fp16")


def test_the_words_of_the_original_stay_and_nothing_is_added(net: OnnxPredictor, people: pd.DataFrame) -> None:
    made = parse_model(lighter(net.file, "int8-static", net.feeds(people)).data)
    words = {item.key: item.value for item in made.metadata_props}
    assert words == {item.key: item.value for item in onnx.load_from_string(net.file).metadata_props}
