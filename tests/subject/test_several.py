"""Labels that are numbers or have several classes, measured from columns; several labels; several spellings of one group."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, strategies as st
from sklearn.metrics import accuracy_score, mean_absolute_error

from governance.data.frame import frame_of
from governance.data.in_memory import InMemory, from_table
from governance.data.spellings import mapped, plainly, spelled
from governance.data.table import open_dataset
from governance.evidence import RefusedInputError
from governance.runs import DataFile, Task, execute
from governance.subject import Label, Mapped, Schema, Subject, declared
from governance.subject.outcome import outcome
from governance.subject.schema import from_json, from_toml, to_json
from governance.subject.several import with_classes

NUMBERS = Schema(target="y", prediction="p", sensitive=("g",))
CLASSES = Schema(target="c", prediction="d", sensitive=("g",))


def rows(seed: int = 0, n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    y = rng.normal(50, 10, n)
    colours = np.array(["blue", "green", "red"])
    c = colours[rng.integers(0, 3, n)]
    d = np.where(rng.random(n) < 0.7, c, colours[rng.integers(0, 3, n)])
    return pd.DataFrame(
        {"y": y, "p": y + rng.normal(0, 3, n), "c": c, "d": d, "g": np.array(["u", "v"])[np.arange(n) % 2]}
    )


def test_numbers_in_columns_are_a_regression() -> None:
    frame = rows()
    found = outcome(frame, declared(Subject(InMemory(frame, NUMBERS))), None)
    assert found.task == "regression"
    assert float(np.abs(found.y_true - found.y_pred).mean()) == pytest.approx(
        mean_absolute_error(frame["y"], frame["p"])
    )


def test_words_in_columns_are_classes_and_all_chunks_share_them() -> None:
    frame = rows()
    frame.loc[:9, ["c", "d"]] = "blue"
    schema = declared(Subject(InMemory(frame, CLASSES, rows=10)))
    assert schema.classes == ("blue", "green", "red")
    parts = [outcome(frame[:10], schema, None), outcome(frame[10:], schema, None)]
    assert {part.task for part in parts} == {"multiclass"}
    right = np.concatenate([part.y_true == part.y_pred for part in parts])
    assert right.mean() == pytest.approx(accuracy_score(frame["c"], frame["d"]))


def test_numbers_that_are_codes_are_classes() -> None:
    frame = pd.DataFrame({"y": [1, 2, 3, 1], "p": [1, 2, 1, 3]})
    schema = Schema(target="y", prediction="p", code=("y", "p"))
    assert outcome(frame, with_classes(schema, [frame]), None).classes == ("1", "2", "3")


@pytest.mark.parametrize(
    ("label", "decision", "words"),
    [
        ([0, 1, 0, 1], [0, 1, 1, 1], "does not say which label is positive"),
        (["yes", "no"], ["no", "no"], "does not say which label is positive"),
        (["a", "b", "c"], ["x", "y", "z"], "no value in common"),
    ],
)
def test_what_nobody_said_is_refused(label: list[object], decision: list[object], words: str) -> None:
    frame = pd.DataFrame({"y": label, "p": decision})
    with pytest.raises(RefusedInputError, match=words):
        declared(Subject(InMemory(frame, Schema(target="y", prediction="p"))))


def test_a_class_that_nobody_declared_is_named() -> None:
    frame = pd.DataFrame({"y": ["a", "b", "z"], "p": ["a", "a", "a"]})
    with pytest.raises(RefusedInputError, match=r"'z', which is no class"):
        outcome(frame, Schema(target="y", prediction="p", classes=("a", "b")), None)


def test_fairness_and_performance_measure_both_from_files(tmp_path: Path) -> None:
    frame = rows()
    path = tmp_path / "t.csv"
    frame.to_csv(path, index=False)
    for schema, metric, expected in (
        (NUMBERS, "mean_absolute_error", mean_absolute_error(frame["y"], frame["p"])),
        (CLASSES, "accuracy", accuracy_score(frame["c"], frame["d"])),
    ):
        for method in ("performance.summary", "fairness.by_group"):
            result = execute(Task(method=method, data=DataFile(str(path), "", schema))).evidence.result
            measures = result["measures"] if "measures" in result else result["overall"]
            found = {item["metric"]: item["value"] for item in measures}
            assert found[metric] == pytest.approx(expected)


def test_each_label_has_its_own_coding_and_none_is_a_feature() -> None:
    schema = from_toml(
        'target = "a"\npositive = "1"\n[[labels]]\ncolumn = "b"\npositive = "yes"\nselected_is = "bad"\n'
    )
    assert schema.features(("a", "b", "x")) == ("x",)
    other = schema.about("b")
    assert (other.target, other.positive, other.selected_is) == ("b", "yes", "bad")
    assert other.labels == (Label("a", "1"),)
    assert other.about("a") == schema
    assert other.features(("a", "b", "x")) == ("x",)
    with pytest.raises(RefusedInputError, match="No label 'z'"):
        schema.about("z")


def test_roles_that_came_later_leave_old_addresses_as_they_were() -> None:
    assert not {"classes", "labels", "mappings"} & set(to_json(Schema(target="y")))
    schema = Schema(labels=(Label("b", "1"),), mappings=(Mapped("g", "m", "M"),), classes=("a",))
    assert from_json(to_json(schema)) == schema


def test_spellings_of_one_group_are_noticed_with_an_offer() -> None:
    found = spelled("sex", {"Male": 5, "male ": 2, "MALE": 1, "Female": 4, "non-binary": 2, "Non binary": 1})
    assert [(item.read_as, [value for value, _ in item.others]) for item in found] == [
        ("Male", ["male ", "MALE"]), ("non-binary", ["Non binary"]),
    ]  # fmt: skip
    assert "--map 'sex:male =Male'" in found[0].offer


def test_numbers_and_different_words_are_not_near_equal() -> None:
    assert spelled("x", {"1": 1, "-1": 1, "1.": 2, "a": 1, "b": 1}) == ()


@given(st.text(max_size=20))
def test_a_plain_spelling_is_its_own_plain_spelling(value: str) -> None:
    assert plainly(plainly(value)) == plainly(plainly(plainly(value)))
    assert plainly(value.upper().lower()) == plainly(value.upper().lower() + " ")


def test_a_declared_mapping_is_read_counted_and_told(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text("g,x\nMale,1\nmale,2\nMALE,3\nFemale,4\n,5\n", encoding="utf-8")
    schema = Schema(sensitive=("g",), mappings=(Mapped("g", "male", "Male"),))
    data = open_dataset(path, schema)
    assert data.frame()["g"].astype(object).tolist()[:4] == ["Male", "Male", "MALE", "Female"]
    assert data.frame()["g"].isna().tolist() == [False] * 4 + [True]
    told = " ".join(data.reading.warnings)
    assert "'male' (rows: 1) is read as 'Male'" in told
    assert "'MALE' (rows: 1) and 'Male' differ" in told
    assert open_dataset(path, schema, cohort='g = "Male"').n_rows == 2


def test_a_table_in_memory_is_mapped_as_a_file_is(tmp_path: Path) -> None:
    table = pa.table({"g": ["a", "A", None], "x": [1, 2, 3]})
    pq.write_table(table, tmp_path / "t.parquet")
    schema = Schema(control=("g",), mappings=(Mapped("g", "a", "A"),))
    one, two = from_table(table, schema), open_dataset(tmp_path / "t.parquet", schema)
    pd.testing.assert_frame_equal(one.frame(), two.frame())
    assert one.reading.warnings == two.reading.warnings


def test_a_column_without_the_value_stays_what_it_is() -> None:
    frame = frame_of(pa.table({"x": [1, 2]}))
    assert mapped(frame, (Mapped("x", "7", "8"), Mapped("gone", "a", "b"))) is frame
    assert mapped(frame, (Mapped("x", "2", "two"),))["x"].tolist() == ["1", "two"]
