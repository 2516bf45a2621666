"""Converted models answer as the libraries that trained them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from governance.evidence.codec import sha256
from governance.evidence.errors import RefusedInputError
from governance.models.graph.reading import signature_of
from governance.models.predict.predictor import OnnxPredictor

ADULT = ("age", "education_num", "hours_per_week", "capital_gain", "capital_loss")
CASES = (
    "adult_gbc_float32_nozipmap",
    "adult_lightgbm_nozipmap",
    "adult_lightgbm_zipmap",
    "adult_lr_pipeline_strings_nozipmap",
    "adult_lr_pipeline_strings_zipmap",
    "adult_rf_string_labels_zipmap",
    "adult_xgboost",
)


def case(shared: Path, name: str) -> tuple[bytes, pd.DataFrame, dict]:
    known = json.loads((shared / "onnx" / f"{name}.case.json").read_text(encoding="utf-8"))
    inputs = known["inputs"]
    if len(inputs) == 1:
        frame = pd.DataFrame(next(iter(inputs.values())), columns=list(ADULT))
    else:
        frame = pd.DataFrame({column: [row[0] for row in rows] for column, rows in inputs.items()})
    return (shared / "onnx" / f"{name}.onnx").read_bytes(), frame, known


@pytest.mark.parametrize("name", CASES)
def test_a_converted_model_answers_as_the_library_that_trained_it(shared: Path, name: str) -> None:
    data, frame, known = case(shared, name)
    columns = ADULT if len(known["inputs"]) == 1 else None
    signature = signature_of(data, columns)
    found = OnnxPredictor(data, signature).predict(frame)
    assert signature.task == "binary"
    assert found.label is not None
    assert [signature.classes[index] for index in found.label] == [str(label) for label in known["native_label"]]
    assert np.abs(found.score[:, 1] - known["native_positive_proba"]).max() < 1e-6


def test_string_labels_come_out_as_text_in_the_order_of_the_scores(shared: Path) -> None:
    data, _, _ = case(shared, "adult_rf_string_labels_zipmap")
    signature = signature_of(data)
    assert signature.classes == ("<=50K", ">50K")
    assert signature.zipmap
    assert signature.columns[0] == "age"


def test_a_regressor_predicts_one_value_per_row(shared: Path) -> None:
    data = (shared / "onnx" / "adult_hours_regressor.onnx").read_bytes()
    signature = signature_of(data, ("age", "education_num"))
    found = OnnxPredictor(data, signature).predict(pd.DataFrame({"age": [25, 60], "education_num": [13, 9]}))
    assert signature.task == "regression"
    assert found.label is None
    assert found.score.shape == (2, 1)
    assert 20 < found.score[0, 0] < 60


def test_a_wide_tensor_without_names_asks_for_the_columns(shared: Path) -> None:
    data, _, _ = case(shared, "adult_xgboost")
    with pytest.raises(RefusedInputError, match="takes 5 columns and the file does not name them"):
        signature_of(data)
    with pytest.raises(RefusedInputError, match="2 column names were given, the model takes 5"):
        signature_of(data, ("a", "b"))
    with pytest.raises(RefusedInputError, match="named twice"):
        signature_of(data, ("a", "b", "c", "d", "a"))


def test_batches_give_the_same_answers_as_one_call(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, frame, _ = case(shared, "adult_lr_pipeline_strings_zipmap")
    predictor = OnnxPredictor(data, signature_of(data))
    whole = predictor.predict(frame)
    monkeypatch.setattr("governance.models.predict.predictor.BATCH_CELLS", 3 * len(frame.columns))
    parts = predictor.predict(frame)
    assert np.array_equal(whole.score, parts.score)
    assert np.array_equal(whole.label, parts.label)


def test_no_rows_give_an_empty_prediction(shared: Path) -> None:
    data, frame, _ = case(shared, "adult_xgboost")
    found = OnnxPredictor(data, signature_of(data, ADULT)).predict(frame.iloc[:0])
    assert found.score.shape == (0, 2)
    assert found.label is not None
    assert len(found.label) == 0


def test_another_file_than_the_registered_one_is_refused(shared: Path) -> None:
    data, _, _ = case(shared, "adult_xgboost")
    signature = signature_of(data, ADULT)
    assert OnnxPredictor(data, signature, sha256(data)).digest == sha256(data)
    with pytest.raises(RefusedInputError, match="expected 000000"):
        OnnxPredictor(data, signature, "0" * 64)


def test_a_missing_column_is_named(shared: Path) -> None:
    data, frame, _ = case(shared, "adult_xgboost")
    predictor = OnnxPredictor(data, signature_of(data, ADULT))
    with pytest.raises(RefusedInputError, match="do not have 'age', which the model takes"):
        predictor.predict(frame.drop(columns="age"))


def test_text_where_numbers_belong_is_refused_with_an_example(shared: Path) -> None:
    data, frame, _ = case(shared, "adult_xgboost")
    predictor = OnnxPredictor(data, signature_of(data, ADULT))
    with pytest.raises(RefusedInputError, match="'age' holds 'old'"):
        predictor.predict(frame.assign(age="old"))


def test_scores_that_are_no_numbers_are_refused() -> None:
    from onnx import TensorProto, helper

    graph = helper.make_graph(
        [helper.make_node("Log", ["x"], ["y"])],
        "log",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    predictor = OnnxPredictor(model.SerializeToString(), signature_of(model.SerializeToString()))
    assert predictor.predict(pd.DataFrame({"x": [1.0]})).score[0, 0] == 0
    with pytest.raises(RefusedInputError, match="no finite score for 1 of 2 rows"):
        predictor.predict(pd.DataFrame({"x": [1.0, -1.0]}))
