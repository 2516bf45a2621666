"""Files nobody trusts yet: looked at from outside, refused in words, never a traceback."""

from __future__ import annotations

import gzip
import io
import pickle
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from onnx import ModelProto, TensorProto, helper

from governance.evidence.codec import decode, encode
from governance.evidence.errors import RefusedInputError
from governance.models.intake.examine import examine
from governance.models.intake.inspection import Inspection
from governance.models.intake.intake import inspect
from governance.models.intake.limits import Limits
from governance.models.intake.magic import foreign_format
from tests.models.hostile import TREE, loop, memory_bomb, model, nested_if, time_bomb, tree, value

LIMITS = Limits()


def look(made: ModelProto) -> Inspection:
    return examine(made.SerializeToString(), LIMITS)


def codes(report: Inspection) -> list[str]:
    return [item.code for item in report.refused]


def archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("model.onnx", b"x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("head", "name", "words"),
    [
        (b"", "empty", "empty"),
        (pickle.dumps({"a": 1}), "pickle", "never unpickled"),
        (pickle.dumps({"a": 1}, protocol=2), "pickle", "never unpickled"),
        (archive(), "zip", "zip archive"),
        (gzip.compress(b"x", mtime=0), "gzip", "gunzip"),
        (b"<!DOCTYPE html><html>", "html", "web page"),
        (b"\xef\xbb\xbf  <html>", "html", "web page"),
        (b"age,income\n1,2\n", "text", "plain text"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git-lfs", "git lfs pull"),
        (b"tree\nversion=v4\n", "lightgbm", "countersign convert"),
        (b'{"learner":{"attributes"', "xgboost", "countersign convert"),
        (b'{"a": 1}', "json", "JSON"),
        (b"PAR1", "parquet", "register it as a data set"),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path: Path, head: bytes, name: str, words: str) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(head)
    report = inspect(path)
    assert report.format == name
    assert words in report.refused[0].found + report.refused[0].advice
    with pytest.raises(RefusedInputError):
        report.check()


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple:
            return (Path.touch, (tmp_path / "sprung",))

    (tmp_path / "model.pkl").write_bytes(pickle.dumps(Trap()))
    assert inspect(tmp_path / "model.pkl").format == "pickle"
    assert not (tmp_path / "sprung").exists()


def test_a_missing_and_a_too_large_file_are_refused(tmp_path: Path) -> None:
    assert codes(inspect(tmp_path / "none.onnx")) == ["no_file"]
    assert codes(inspect(tmp_path)) == ["no_file"]
    (tmp_path / "big.onnx").write_bytes(tree().SerializeToString())
    assert codes(inspect(tmp_path / "big.onnx", Limits(max_bytes=10))) == ["too_large"]


def test_a_sound_model_is_described(tmp_path: Path) -> None:
    data = tree().SerializeToString()
    (tmp_path / "model.onnx").write_bytes(data)
    report = inspect(tmp_path / "model.onnx")
    assert report.accepted
    assert report.task == "regression"
    assert report.explainer == "tree"
    assert report.operators == {"TreeEnsembleRegressor": 1}
    assert [(item.name, item.dtype, item.shape) for item in report.inputs] == [("x", "float32", (None, 2))]
    assert (report.width, report.columns) == (2, ())
    assert report.opsets == {"ai.onnx": 17, "ai.onnx.ml": 3}
    assert report.size == len(data)
    assert decode(Inspection, encode(report)) == report


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"nodes_truenodeids": [0, 0, 0]}, "tree_cycle"),
        ({"nodes_truenodeids": [2, 0, 0]}, "tree_table"),
        ({"nodes_truenodeids": [9, 0, 0]}, "tree_range"),
        ({"nodes_truenodeids": [-1, 0, 0]}, "tree_range"),
        ({"nodes_featureids": [2, 0, 0]}, "tree_range"),
        ({"nodes_featureids": [10**9, 0, 0]}, "tree_range"),
        ({"nodes_featureids": [-1, 0, 0]}, "tree_range"),
        ({"nodes_nodeids": [0, 1, 1]}, "tree_table"),
        ({"nodes_featureids": [0, 0]}, "tree_table"),
        ({"nodes_modes": ["BRANCH_XX", "LEAF", "LEAF"]}, "tree_table"),
        ({"target_nodeids": [1, 7]}, "tree_range"),
        ({"target_ids": [0, 5]}, "tree_range"),
    ],
)
def test_unsound_trees_are_refused(changes: dict, code: str) -> None:
    assert codes(look(tree(**changes))) == [code]


def test_a_cycle_away_from_the_root_is_found() -> None:
    changes = {
        "nodes_treeids": [0] * 5,
        "nodes_nodeids": [0, 1, 2, 3, 4],
        "nodes_featureids": [0] * 5,
        "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LEQ", "BRANCH_LEQ"],
        "nodes_values": [0.0] * 5,
        "nodes_truenodeids": [1, 0, 0, 4, 3],
        "nodes_falsenodeids": [2, 0, 0, 4, 3],
    }
    assert codes(look(tree(**changes))) == ["tree_cycle"]


def test_a_tree_that_is_too_deep_is_refused() -> None:
    n = 4001
    branch, rest = range(0, n - 1, 2), n
    changes = {
        "nodes_treeids": [0] * rest,
        "nodes_nodeids": list(range(rest)),
        "nodes_featureids": [0] * rest,
        "nodes_modes": ["BRANCH_LEQ" if i in branch else "LEAF" for i in range(rest)],
        "nodes_values": [0.0] * rest,
        "nodes_truenodeids": [i + 1 if i in branch else 0 for i in range(rest)],
        "nodes_falsenodeids": [i + 2 if i in branch else 0 for i in range(rest)],
    }
    assert codes(examine(tree(**changes).SerializeToString(), Limits(max_tree_depth=100))) == ["tree_depth"]


def test_a_column_beyond_the_width_inside_the_graph_is_found() -> None:
    changed = {**TREE, "nodes_featureids": [4, 0, 0]}
    nodes = [
        helper.make_node("Concat", ["x", "x"], ["wide"], axis=1),
        helper.make_node("TreeEnsembleRegressor", ["wide"], ["y"], domain="ai.onnx.ml", **changed),
    ]
    report = look(model(nodes, [value()]))
    assert codes(report) == ["tree_range"]
    assert "column number 4" in report.refused[0].found
    assert "4 columns" in report.refused[0].found


def test_a_loop_is_refused() -> None:
    assert codes(look(loop())) == ["control_flow"]


def test_nested_conditions_are_refused_and_a_plain_one_is_not() -> None:
    assert codes(look(nested_if(6))) == ["control_flow"]
    assert "control_flow" not in codes(look(nested_if(1)))


def test_external_data_are_refused(tmp_path: Path) -> None:
    made = model(
        [helper.make_node("MatMul", ["x", "w"], ["y"])], [value()], constants={"w": np.ones((2, 1), np.float32)}
    )
    tensor = made.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    assert codes(look(made)) == ["external_data"]


def test_unknown_domains_and_own_functions_are_named() -> None:
    strange = model(
        [helper.make_node("Shell", ["x"], ["y"], domain="org.evil")], [value()], domains=(("", 17), ("org.evil", 1))
    )
    report = look(strange)
    assert codes(report) == ["unknown_domain"]
    assert "org.evil" in report.refused[0].found
    own = tree()
    own.functions.append(
        helper.make_function(
            "my", "Twice", ["a"], ["b"], [helper.make_node("Add", ["a", "a"], ["b"])], [helper.make_opsetid("", 17)]
        )
    )
    assert codes(look(own)) == ["functions"]
    assert "Twice" in look(own).refused[0].found


def test_a_constant_that_grows_from_a_few_bytes_is_refused() -> None:
    nodes = [
        helper.make_node("ConstantOfShape", ["size"], ["big"]),
        helper.make_node("ReduceMax", ["big"], ["top"], keepdims=0),
        helper.make_node("Add", ["x", "top"], ["y"]),
    ]
    made = model(nodes, [value("y", (None, 2))], constants={"size": np.array([100_000, 100_000])})
    assert codes(look(made)) == ["big_constant"]


def test_random_answers_are_refused() -> None:
    made = model([helper.make_node("RandomUniformLike", ["x"], ["y"])], [value("y", (None, 2))])
    assert codes(look(made)) == ["random"]


def test_a_model_that_looks_at_other_rows_is_refused() -> None:
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["m"], axes=[0, 1], keepdims=1),
        helper.make_node("Gemm", ["x", "w", "m"], ["y"]),
    ]
    made = model(nodes, [value()], constants={"w": np.ones((2, 1), np.float32)})
    assert codes(look(made)) == ["rows_mixed"]


def test_inputs_that_a_table_cannot_fill_are_refused_in_words() -> None:
    def fed(shape: list, kind: int = TensorProto.FLOAT) -> Inspection:
        return look(
            model([helper.make_node("Identity", ["x"], ["y"])], [value("y", tuple(shape), kind)],
                  inputs=[helper.make_tensor_value_info("x", kind, shape)])
        )  # fmt: skip

    assert codes(fed([None, 3, 8, 8])) == ["input"]
    assert "exactly 2 rows" in fed([2, 4]).refused[0].found
    assert "complex64" in fed([None, 1], TensorProto.COMPLEX64).refused[0].found


def test_an_answer_of_another_shape_than_declared_is_refused() -> None:
    nodes = [
        helper.make_node("Flatten", ["x"], ["f"]),
        helper.make_node("ReduceMax", ["f"], ["y"], keepdims=0, axes=[0]),
    ]
    assert codes(look(model(nodes, [value("y", (None,))]))) == ["shape"]


def test_two_equal_metadata_names_are_refused() -> None:
    made = tree()
    made.metadata_props.add(key="feature_names", value='["a", "a"]')
    assert codes(look(made)) == ["input"]


def test_an_invalid_conversion_is_refused_in_words(shared: Path) -> None:
    report = inspect(shared / "onnx" / "INVALID_gbc_float64_output_type.onnx")
    assert codes(report) == ["runtime"]
    assert "tensor(double)" in report.refused[0].found
    assert "float32 inputs" in report.refused[0].advice


def test_a_label_declared_for_one_row_is_a_note(shared: Path) -> None:
    report = examine((shared / "onnx" / "adult_lightgbm_zipmap.onnx").read_bytes(), LIMITS)
    assert report.accepted
    assert "declared for one row" in report.notes[0]


@pytest.mark.parametrize(
    ("name", "explainer", "columns"),
    [
        ("adult_rf_string_labels_zipmap", "tree", 11),
        ("adult_lr_pipeline_strings_nozipmap", "linear", 11),
        ("adult_xgboost", "tree", 0),
    ],
)
def test_real_conversions_are_accepted(shared: Path, name: str, explainer: str, columns: int) -> None:
    report = examine((shared / "onnx" / f"{name}.onnx").read_bytes(), LIMITS)
    assert report.accepted
    assert report.explainer == explainer
    assert len(report.columns) == columns


def test_a_time_bomb_is_ended(tmp_path: Path) -> None:
    (tmp_path / "bomb.onnx").write_bytes(time_bomb().SerializeToString())
    report = inspect(tmp_path / "bomb.onnx", Limits(seconds=6))
    assert codes(report) == ["too_slow"]
    assert "6 seconds of processor time" in report.refused[0].found


def test_a_sound_file_that_ran_out_of_time_is_not_blamed_alone(tmp_path: Path) -> None:
    """No process starts in a hundredth of a second, whatever the file holds: that is a machine too busy."""
    (tmp_path / "model.onnx").write_bytes(tree().SerializeToString())
    report = inspect(tmp_path / "model.onnx", Limits(clock_seconds=0.01))
    assert codes(report) == ["too_slow"]
    assert "this machine is busy" in report.refused[0].found
    assert report.refused[0].advice.startswith("Try again")


def test_work_is_counted_and_not_the_clock_so_that_a_busy_machine_takes_what_a_quiet_one_takes() -> None:
    """The process waits longer than it may work, as it would for other processes."""
    words = (
        "import time; from governance.models.intake.examine import limit_self, Limits; "
        "limit_self(Limits(seconds=4)); time.sleep(5); print('still here')"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, check=True, text=True)
    assert done.stdout == "still here\n"


def test_a_memory_bomb_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "bomb.onnx").write_bytes(memory_bomb().SerializeToString())
    report = inspect(tmp_path / "bomb.onnx", Limits(memory_bytes=2 * 2**30))
    assert codes(report) == ["too_much_memory"]


def test_mutated_files_get_a_report_from_the_real_process(tmp_path: Path) -> None:
    whole = tree().SerializeToString()
    for seed in range(4):
        dice = random.Random(seed)
        changed = bytearray(whole)
        for _ in range(3):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        path = tmp_path / f"{seed}.onnx"
        path.write_bytes(bytes(changed))
        report = inspect(path)
        assert report.accepted or report.refused[0].found


NO_RUN = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def no_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the trial out: it belongs into a process of its own, and these files are made to harm."""
    monkeypatch.setattr("governance.models.intake.trial.run_trial", lambda *_: [])


@NO_RUN
@given(data=st.binary(max_size=400))
def test_random_bytes_always_get_a_report(no_trial: None, data: bytes) -> None:
    report = examine(data, LIMITS)
    assert report.accepted or all(item.found and item.advice for item in report.refused)
    found = foreign_format(data)
    assert found is None or found[1].found


@NO_RUN
@given(cut=st.integers(0, 600), spots=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8))
def test_damaged_models_always_get_a_report(no_trial: None, cut: int, spots: list[tuple[int, int]]) -> None:
    data = bytearray(tree().SerializeToString())
    for place, byte in spots:
        data[place % len(data)] = byte
    report = examine(bytes(data[: len(data) - cut % 50]), LIMITS)
    assert report.accepted or all(item.found and item.advice for item in report.refused)


def test_a_name_that_is_not_text_is_refused(no_trial: None) -> None:
    data = tree().SerializeToString().replace(b"nodes_featureids", b"nodes_feature\x80ds")
    (refused,) = examine(data, LIMITS).refused
    assert refused.found == "A name in the file is not UTF-8 text."


@NO_RUN
@given(
    feature=st.integers(-(2**40), 2**40),
    yes=st.lists(st.integers(-3, 2**33), min_size=3, max_size=3),
    no=st.lists(st.integers(-3, 5), min_size=3, max_size=3),
)
def test_no_table_of_nodes_breaks_the_audit(no_trial: None, feature: int, yes: list[int], no: list[int]) -> None:
    changed = tree(nodes_featureids=[feature, 0, 0], nodes_truenodeids=yes, nodes_falsenodeids=no)
    report = look(changed)
    sound = {yes[0], no[0]} == {1, 2} and feature >= 0
    assert report.accepted == sound
