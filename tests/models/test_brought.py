"""Files as libraries write them: what only looks odd is taken and said, what would harm is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.reference
import pandas as pd
import pyarrow.parquet as pq
import pytest
from onnx import ModelProto, TensorProto, helper
from typer.testing import CliRunner, Result

from governance.__main__ import build
from governance.cli.models import named_columns
from governance.evidence.errors import RefusedInputError
from governance.models.graph.reading import signature_of
from governance.models.intake.examine import examine
from governance.models.intake.inspection import Inspection
from governance.models.intake.intake import inspect
from governance.models.intake.limits import Limits
from governance.models.predict.answers import contradiction
from governance.models.predict.feeds import feeds_of, numbers
from governance.models.predict.predictor import OnnxPredictor
from governance.subject.signature import InputTensor, Signature
from governance.workflow.registry import register
from governance.workflow.workspace import current_workspace, subjects
from governance.workflow.workspace.acting import OPERATOR
from tests.explain.bringing import asked
from tests.models.hostile import TREE, model, tree, value


@pytest.fixture
def cases(shared: Path) -> Path:
    """Failing inputs with a README each."""
    found = shared / "cases" / "models"
    if not found.is_dir():
        pytest.skip("no ../shared/cases/models beside this checkout")
    return found


def run(*words: object) -> Result:
    return CliRunner().invoke(build(), [str(word) for word in words])


def look(made: ModelProto) -> Inspection:
    return examine(made.SerializeToString(), Limits())


def test_native_categories_of_a_library_are_no_circle(cases: Path) -> None:
    report = inspect(cases / "01" / "lightgbm_categories.onnx", columns=("city", "age"))
    assert (report.accepted, report.explainer) == (True, "tree")
    result = run(
        "explain",
        cases / "01" / "lightgbm_categories.onnx",
        cases / "01" / "rows.csv",
        "--columns",
        "city,age",
        "--json",
    )
    assert result.exit_code == 0, result.exception
    found = json.loads(result.stdout)
    assert (found["method"], found["exact"]) == ("tree", True)


def test_a_shared_leaf_is_no_circle() -> None:
    nodes = {
        "nodes_treeids": [0] * 4, "nodes_nodeids": [0, 1, 2, 3], "nodes_featureids": [0] * 4,
        "nodes_modes": ["BRANCH_EQ", "BRANCH_EQ", "LEAF", "LEAF"], "nodes_values": [1.0, 2.0, 0.0, 0.0],
        "nodes_truenodeids": [2, 2, 0, 0], "nodes_falsenodeids": [1, 3, 0, 0], "target_nodeids": [2, 3],
    }  # fmt: skip
    report = look(tree(**nodes))
    assert (report.refused, report.explainer) == ((), "tree")


def test_shared_branches_that_grow_without_bounds_are_refused_by_their_size() -> None:
    levels = 40
    last = levels
    nodes = {
        "nodes_treeids": [0] * (levels + 1), "nodes_nodeids": list(range(levels + 1)), "nodes_featureids": [0] * (levels + 1),
        "nodes_modes": ["BRANCH_LEQ"] * levels + ["LEAF"], "nodes_values": [0.0] * (levels + 1),
        "nodes_truenodeids": [*range(1, levels + 1), 0], "nodes_falsenodeids": [*range(1, levels + 1), 0],
        "target_treeids": [0], "target_nodeids": [last], "target_ids": [0], "target_weights": [1.0],
    }  # fmt: skip
    refused = look(tree(**nodes)).refused[0]
    assert refused.code == "tree_size"
    assert "harm" not in refused.advice


def test_a_circle_is_called_harm() -> None:
    refused = look(tree(nodes_truenodeids=[0, 0, 0])).refused[0]
    assert refused.code == "tree_cycle"
    assert "made to harm" in refused.advice


def test_a_number_from_catboost_is_taken(cases: Path) -> None:
    report = inspect(cases / "17" / "catboost_regressor.onnx", columns=("age", "income", "debt"))
    assert (report.refused, report.explainer) == ((), "tree")
    result = run(
        "explain",
        cases / "17" / "catboost_regressor.onnx",
        cases / "17" / "rows.csv",
        "--columns",
        "age,income,debt",
        "--json",
    )
    assert json.loads(result.stdout)["exact"]


def test_a_file_for_one_row_at_a_time_answers_many(cases: Path) -> None:
    file, rows = cases / "09" / "fixed_batch_1.onnx", pd.read_csv(cases / "09" / "rows.csv")[["a", "b", "c"]]
    report = inspect(file, columns=("a", "b", "c"))
    assert report.refused == ()
    assert "answers several" in report.notes[0]
    assert report.explainer == "linear"
    made = OnnxPredictor(file.read_bytes(), signature_of(file.read_bytes(), ("a", "b", "c")))
    assert not made.row_by_row
    session = onnx.reference.ReferenceEvaluator(onnx.load(file))
    wanted = [session.run(None, {"X": row[None, :].astype(np.float32)})[0][0, 0] for row in rows.to_numpy()]
    assert made.predict(rows).score[:, 1] == pytest.approx(np.array(wanted), abs=1e-6)


def test_a_graph_that_folds_all_rows_into_one_is_asked_row_by_row() -> None:
    nodes = [
        helper.make_node("Reshape", ["x", "flat"], ["row"]),
        helper.make_node("ReduceSum", ["row", "axes"], ["y"], keepdims=1),
    ]  # fmt: skip
    made = model(
        nodes, [value("y", (1, 1))], inputs=[helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2])],
        constants={"flat": np.array([1, 2]), "axes": np.array([1])},
    )  # fmt: skip
    report = look(made)
    assert report.refused == ()
    assert "row by row" in report.notes[0]
    assert report.explainer == "sampled"
    file = made.SerializeToString()
    predictor = OnnxPredictor(file, signature_of(file, ("a", "b")))
    assert predictor.row_by_row
    rows = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [10.0, 20.0, 30.0]})
    assert predictor.predict(rows).score[:, 0].tolist() == [11.0, 22.0, 33.0]


def test_scores_without_names_are_taken_with_classes_and_become_probabilities_by_conversion(
    cases: Path, tmp_path: Path
) -> None:
    file, rows = cases / "09" / "logits_three_classes.onnx", cases / "09" / "rows.csv"
    names = ("--columns", "a,b,c", "--classes", "low,middle,high")
    assert run("inspect", file, "--columns", "a,b,c").exit_code == 2
    report = run("inspect", file, *names)
    assert report.exit_code == 0
    assert "no probabilities" in report.stdout
    out = tmp_path / "p.parquet"
    assert run("predict", file, rows, *names, "--out", out).exit_code == 0
    scores = pq.read_table(out).select(["score_low", "score_middle", "score_high"]).to_pandas().to_numpy()
    explained = json.loads(run("explain", file, rows, *names, "--json").stdout)
    assert (explained["method"], explained["exact"]) == ("linear", True)
    converted = tmp_path / "named.onnx"
    assert run("convert", file, *names, "--sample", rows, "--out", converted).exit_code == 0
    assert run("predict", converted, rows, "--out", out, "--force").exit_code == 0
    found = pq.read_table(out).select(["score_low", "score_middle", "score_high"]).to_pandas().to_numpy()
    wanted = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert found == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("name", ["keras_logistic", "torch_logistic"])
def test_one_dense_layer_is_linear_however_it_is_written(name: str, cases: Path) -> None:
    file, rows = cases / "09" / f"{name}.onnx", cases / "09" / "rows.csv"
    assert inspect(file, columns=("a", "b", "c")).explainer == "linear"
    found = json.loads(run("explain", file, rows, "--columns", "a,b,c", "--json").stdout)
    assert (found["method"], found["exact"], found["certificate"]["units"]) == ("linear", True, "log-odds")


@pytest.mark.parametrize(
    "kind",
    [
        *(
            TensorProto.UINT8,
            TensorProto.UINT16,
            TensorProto.UINT32,
            TensorProto.UINT64,
            TensorProto.INT8,
            TensorProto.INT16,
        ),
        *(TensorProto.INT32, TensorProto.INT64, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BOOL),
    ],
)
def test_small_numbers_are_taken(kind: int) -> None:
    nodes = [
        helper.make_node("Cast", ["x"], ["wide"], to=TensorProto.FLOAT),
        helper.make_node("TreeEnsembleRegressor", ["wide"], ["y"], domain="ai.onnx.ml", **TREE),
    ]  # fmt: skip
    made = model(nodes, [value()], inputs=[helper.make_tensor_value_info("x", kind, [None, 2])])
    report = look(made)
    assert (report.refused, report.explainer) == ((), "tree")
    file = made.SerializeToString()
    rows = pd.DataFrame({"a": [0, 1], "b": [0, 0]})
    assert OnnxPredictor(file, signature_of(file, ("a", "b"))).predict(rows).score[:, 0].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("dtype", "value"), [("int64", 2.0**63), ("uint64", 2.0**64), ("uint64", -1), ("uint32", 2**32), ("uint16", 0.5)]
)
def test_whole_numbers_beyond_the_type_are_refused(dtype: Any, value: float) -> None:
    contract = Signature((InputTensor("x", dtype, 1),), ("a",), "regression", (), "y", "", zipmap=False)
    with pytest.raises(RefusedInputError, match=rf"in row 1; the model takes whole numbers \({dtype}\) there"):
        feeds_of(pd.DataFrame({"a": [1, value]}), contract, {})


def test_inputs_of_one_dimension_are_followed_to_their_columns(tmp_path: Path) -> None:
    nodes = [
        *(helper.make_node("Unsqueeze", [name, "one"], [f"wide {name}"]) for name in ("a", "b")),
        helper.make_node("Concat", ["wide a", "wide b"], ["x"], axis=1),
        helper.make_node("MatMul", ["x", "w"], ["y"]),
    ]
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None]) for name in ("a", "b")]
    made = model(
        nodes, [value()], inputs=inputs, constants={"w": np.array([[2.0], [3.0]], np.float32), "one": np.array([1])}
    )
    rows = pd.DataFrame({"a": [0.0, 1.0], "b": [0.0, 2.0]})
    found = asked("explain.local", tmp_path, made.SerializeToString(), rows, row=1, background_rows=2)
    assert (found.method, found.exact) == ("linear", True)
    shares = {item.feature: item.attribution for item in found.values}  # noqa: PD011
    assert shares == {"a": 1.0, "b": 3.0}  # 2 (1 - 0.5), 3 (2 - 1)


def test_scores_of_half_precision_are_taken(tmp_path: Path) -> None:
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT16, [None, 2])]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT16, [None, 1])]
    weights = {"w": np.array([[2.0], [3.0]], np.float16)}
    made = model([helper.make_node("MatMul", ["x", "w"], ["y"])], outputs, inputs=inputs, constants=weights)
    assert look(made).accepted
    rows = pd.DataFrame({"a": [0.0, 1.0], "b": [0.0, 2.0]})
    found = asked("explain.local", tmp_path, made.SerializeToString(), rows, ("a", "b"), row=1, background_rows=2)
    assert (found.exact, found.prediction) == (True, 8.0)


def test_the_largest_number_of_single_precision_as_people_write_it_is_taken() -> None:
    rows = pd.DataFrame({"a": [3.4028235e38, -3.4028235e38]})
    contract = Signature((InputTensor("x", "float32", 1),), ("a",), "regression", (), "y", "", zipmap=False)
    assert np.isfinite(feeds_of(rows, contract, {})["x"].astype(float)).all()
    with pytest.raises(RefusedInputError, match=r"holds 3.5e\+38 in row 0, which float32 cannot hold"):
        feeds_of(pd.DataFrame({"a": [3.5e38]}), contract, {})


def test_names_of_columns_may_hold_commas() -> None:
    assert named_columns('a, "income, yearly" ,b') == ("a", "income, yearly", "b")


@pytest.mark.parametrize("text", ["a\rb,c", "x" * 140_000], ids=["two lines", "long"])
def test_what_is_no_list_of_names_is_refused_in_words(text: str) -> None:
    with pytest.raises(RefusedInputError, match="is no list of names"):
        named_columns(text)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["0", "1", "2024-01-31"], "'2024-01-31' in row 2;"),
        (["0", "?", "5%", "None"], "'?' in row 1 (and 2 more such rows);"),
        (["1,5", "1"], "'1,5' in row 0;"),
        ([1, 2.5, "x"], "'x' in row 2;"),
        (["1", None, "TRUE"], "'TRUE' in row 2;"),
    ],
)
def test_words_about_a_bad_cell_name_the_first_one(values: list[object], words: str) -> None:
    with pytest.raises(RefusedInputError) as caught:
        numbers(pd.Series(values, dtype=object), "b")
    assert f"Column 'b' holds {words} the model takes numbers there." in caught.value.what


def test_the_bad_cell_of_a_file_is_named_with_its_row(cases: Path, tmp_path: Path) -> None:
    result = run(
        "predict",
        cases / "03" / "model.onnx",
        cases / "14" / "rows.csv",
        "--columns",
        "a,b",
        "--out",
        tmp_path / "p.parquet",
    )
    assert "'2024-01-31' in row 3" in str(result.exception)


def test_scores_against_labels_are_refused_at_intake(cases: Path) -> None:
    report = inspect(cases / "05" / "svc_default.onnx", columns=("x", "y"))
    assert [item.code for item in report.refused] == ["label"]
    assert "contradict its scores" in report.refused[0].found


def test_labels_and_scores_are_held_against_each_other() -> None:
    score = np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.2, 0.8], [0.1, 0.9], [0.0, 1.0]])
    assert contradiction(np.array([0, 0, 0, 1, 1, 1]), score) == ""
    assert contradiction(np.array([0, 0, 0, 0, 1, 1]), score) == ""  # another threshold
    assert "lower score" in contradiction(np.array([1, 1, 1, 0, 0, 0]), score)
    many = np.tile(np.eye(3), (4, 1))
    assert contradiction(many.argmax(axis=1), many) == ""
    assert "0 of 12 rows" in contradiction((many.argmax(axis=1) + 1) % 3, many)


def test_the_most_columns_of_a_table_may_be_raised() -> None:
    words = "from governance.data.file_kind import Limits; print(Limits().columns)"
    done = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, text=True, check=True, cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "COUNTERSIGN_MAX_COLUMNS": "5000"},
    )  # fmt: skip
    assert done.stdout.strip() == "5000"


def test_every_command_that_takes_a_model_takes_the_names_of_its_classes(cases: Path, tmp_path: Path) -> None:
    file = cases / "09" / "logits_three_classes.onnx"
    told = ("--columns", "a,b,c", "--classes", "low,middle,high")
    rows = pd.read_csv(cases / "09" / "rows.csv")[["a", "b", "c"]]
    groups = np.where(np.arange(len(rows)) % 2, "f", "m")
    table = tmp_path / "rows.csv"
    labelled = rows.assign(y=np.resize(["low", "middle", "high"], len(rows)), sex=groups)
    labelled.to_csv(table, index=False)
    labelled.iloc[1:].to_csv(tmp_path / "later.csv", index=False)
    roles = ("--target", "y", "--positive", "high", "--negative", "low", "--negative", "middle", "--sensitive", "sex")
    assert run("fairness", table, "--model", file, *told, *roles).exit_code == 0
    assert run("drift", table, tmp_path / "later.csv", "--model", file, *told, *roles).exit_code == 0
    assert isinstance(run("drift", table, tmp_path / "later.csv", "--model", file, *roles).exception, RefusedInputError)


def test_a_model_without_names_is_registered_with_those_that_a_person_gives(cases: Path, tmp_path: Path) -> None:
    place = current_workspace.create("Test board", "a long passphrase", tmp_path / "workspace")
    words = register.ModelWords("Scores", "1", "Owner", "To test.", "limited")
    file, columns = cases / "09" / "logits_three_classes.onnx", ("a", "b", "c")
    with pytest.raises(RefusedInputError, match="is refused"):
        register.register_model(place, file, words, actor=OPERATOR, columns=columns)
    classes = ("low", "middle", "high")
    digest = register.register_model(place, file, words, actor=OPERATOR, columns=columns, classes=classes)
    assert subjects.model_file(place, digest).signature.classes == classes
