"""Signatures are read from the graph, from the file's own words, or asked of a person; never guessed."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from onnx import ModelProto, TensorProto, helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import DoubleTensorType
from sklearn.linear_model import LogisticRegression

from governance.evidence.errors import RefusedInputError
from governance.models.graph.reading import signature_of
from governance.models.intake.examine import examine
from governance.models.intake.limits import Limits
from governance.models.predict.predictor import OnnxPredictor
from tests.models.hostile import model, value

FRAME = pd.DataFrame({"a": [0.5, -1.0, 2.0], "b": [1.0, 0.0, -0.5]})
WEIGHTS = np.array([[0.5], [-0.25]], np.float32)


def network(last: str, width: int, *, metadata: dict[str, str] | None = None) -> ModelProto:
    """Return a network of one layer that ends in `last`, as exporters of deep learning write it: scores and no label."""
    weights = np.tile(WEIGHTS, (1, width)) * np.arange(1, width + 1, dtype=np.float32)
    nodes = [helper.make_node("MatMul", ["x", "w"], ["z"]), helper.make_node(last, ["z"], ["y"])]
    made = model(nodes, [value("y", (None, width))], constants={"w": weights})
    for key, words in (metadata or {}).items():
        made.metadata_props.add(key=key, value=words)
    return made


def asked(made: ModelProto, columns: tuple[str, ...] = ("a", "b"), classes: tuple[str, ...] = ()):
    data = made.SerializeToString()
    signature = signature_of(data, columns, classes)
    return signature, OnnxPredictor(data, signature).predict(FRAME)


def test_one_sigmoid_is_the_probability_of_the_second_class() -> None:
    signature, found = asked(network("Sigmoid", 1))
    assert (signature.task, signature.classes, signature.label_output) == ("binary", ("0", "1"), "")
    expected = 1 / (1 + np.exp(-(FRAME.to_numpy() @ WEIGHTS)[:, 0]))
    assert np.allclose(found.score, np.column_stack([1 - expected, expected]), atol=1e-6)
    assert found.label is not None
    assert found.label.tolist() == (expected > 0.5).astype(int).tolist()


def test_a_softmax_has_a_class_per_column() -> None:
    signature, found = asked(network("Softmax", 3))
    assert (signature.task, signature.classes) == ("multiclass", ("0", "1", "2"))
    assert np.allclose(found.score.sum(axis=1), 1, atol=1e-6)


def test_the_file_names_its_classes() -> None:
    signature, _ = asked(network("Softmax", 2, metadata={"classes": '["no", "yes"]'}))
    assert signature.classes == ("no", "yes")


def test_a_person_names_the_classes_of_a_bare_score() -> None:
    signature, _ = asked(network("Sigmoid", 1), classes=("good", "bad"))
    assert signature.classes == ("good", "bad")


def test_one_plain_number_is_a_regression() -> None:
    signature, found = asked(network("Identity", 1))
    assert signature.task == "regression"
    assert np.allclose(found.score, FRAME.to_numpy() @ WEIGHTS, atol=1e-6)


def test_several_plain_numbers_are_refused() -> None:
    with pytest.raises(RefusedInputError, match="predicts 3 values per row"):
        signature_of(network("Identity", 3).SerializeToString(), ("a", "b"))


def test_a_label_without_scores_is_refused() -> None:
    nodes = [helper.make_node("ArgMax", ["x"], ["y"], axis=1, keepdims=0)]
    made = model(nodes, [value("y", (None,), TensorProto.INT64)])
    with pytest.raises(RefusedInputError, match="without scores"):
        signature_of(made.SerializeToString(), ("a", "b"))


def test_classes_that_cannot_be_seen_are_asked_for() -> None:
    nodes = [
        helper.make_node("Softmax", ["x"], ["p"]),
        helper.make_node("ReduceMax", ["p"], ["m"], axes=[1], keepdims=0),
        helper.make_node("Cast", ["m"], ["y"], to=TensorProto.INT64),
    ]
    made = model(nodes, [value("y", (None,), TensorProto.INT64), value("p", (None, 2))])
    with pytest.raises(RefusedInputError, match=r'could not be read.*metadata entry "classes"'):
        signature_of(made.SerializeToString(), ("a", "b"))


def test_a_score_that_is_no_probability_cannot_stand_for_two_classes() -> None:
    made = network("Identity", 1, metadata={"classes": '["no", "yes"]'})
    with pytest.raises(RefusedInputError, match="expected probabilities"):
        asked(made)


@pytest.mark.parametrize("words", ["no json", '{"a": 1}', '["a", "a"]', "[1, 2]", "[" * 100_000])
def test_names_in_the_file_that_are_no_names_are_refused(words: str) -> None:
    made = network("Identity", 1, metadata={"feature_names": words})
    with pytest.raises(RefusedInputError, match="feature_names"):
        signature_of(made.SerializeToString())


def test_names_in_the_file_are_used_and_a_person_may_overrule_them() -> None:
    made = network("Identity", 1, metadata={"feature_names": json.dumps(["a", "b"])})
    assert signature_of(made.SerializeToString()).columns == ("a", "b")
    assert signature_of(made.SerializeToString(), ("b", "a")).columns == ("b", "a")


def test_a_free_width_is_as_wide_as_the_columns_that_are_named() -> None:
    made = model(
        [helper.make_node("ReduceSum", ["x", "axis"], ["y"])],
        [value()],
        inputs=[helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, None])],
        constants={"axis": np.array([1])},
    )
    data = made.SerializeToString()
    assert signature_of(data, ("a", "b")).inputs[0].width == 2
    assert "trial runs when the columns are named" in examine(data, Limits()).notes[0]
    assert examine(data, Limits(), ("a", "b")).width == 2
    assert OnnxPredictor(data, signature_of(data, ("a", "b"))).predict(FRAME).score[:, 0].tolist() == [1.5, -1.0, 1.5]


def test_float64_inputs_are_fed_in_float64() -> None:
    estimator = LogisticRegression().fit(FRAME, ["no", "yes", "yes"])
    made = convert_sklearn(
        estimator, initial_types=[("X", DoubleTensorType([None, 2]))], options={id(estimator): {"zipmap": False}}
    )
    signature, found = asked(made)
    assert signature.inputs[0].dtype == "float64"
    assert signature.classes == ("no", "yes")
    assert np.allclose(found.score, estimator.predict_proba(FRAME), atol=1e-6)


def test_inputs_of_every_plain_kind_are_fed() -> None:
    kinds = {"f": TensorProto.FLOAT, "i": TensorProto.INT64, "j": TensorProto.INT32, "t": TensorProto.BOOL}
    casts = [helper.make_node("Cast", [name], [f"{name}f"], to=TensorProto.FLOAT) for name in kinds]
    made = model(
        [*casts, helper.make_node("Sum", [f"{name}f" for name in kinds], ["y"])],
        [value()],
        inputs=[helper.make_tensor_value_info(name, kind, [None, 1]) for name, kind in kinds.items()],
    )
    data = made.SerializeToString()
    signature = signature_of(data)
    assert [item.dtype for item in signature.inputs] == ["float32", "int64", "int32", "bool"]
    frame = pd.DataFrame({"f": [0.5], "i": [2], "j": [3], "t": [True]})
    assert OnnxPredictor(data, signature).predict(frame).score[0, 0] == 6.5
