"""The door for Python: the product's numbers for what a notebook holds, and words for what cannot be read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import fairlearn.metrics as fm
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

import governance
from governance import api
from governance.data.file_kind import digest_of
from governance.dossier.bundle import write_folder
from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import NotAssessed
from governance.models.convert.convert import convert_estimator
from governance.models.graph.reading import signature_of
from governance.notebook import markup
from governance.runs.run import DataFile, ModelFile, Task, execute
from governance.subject.schema import Schema, from_json
from tests.dossier.ledger import TRUST, book
from tests.review.board import founded

ROLES = {"target": "good", "positive": "1", "sensitive": ["sex"]}


def people(rows: int = 600, seed: int = 1, shift: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    age, income = rng.normal(45 + shift, 12, rows), rng.normal(30, 8, rows)
    return pd.DataFrame(
        {
            "age": age,
            "income": income,
            "sex": rng.choice(["f", "m"], rows),
            "good": (income + rng.normal(0, 6, rows) > 30).astype(int),
        }
    )


@pytest.fixture(scope="module")
def model() -> bytes:
    train = people(seed=9)
    forest = RandomForestClassifier(20, max_depth=4, random_state=0).fit(train[["age", "income"]], train["good"])
    return convert_estimator(forest, train[["age", "income"]])


def stored(frame: pd.DataFrame, path: Path, schema: dict) -> DataFile:
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path)
    return DataFile(str(path), digest_of(path), from_json(schema))


def stored_model(model: bytes, path: Path) -> ModelFile:
    path.write_bytes(model)
    return ModelFile(str(path), digest_of(path), signature_of(model))


def test_groups_have_the_numbers_of_fairlearn_and_of_a_run_on_the_same_file(tmp_path: Path) -> None:
    frame = people()
    decided = (frame["income"] > 31).astype(int)
    found = governance.fairness_by_group(frame["good"], decided, sensitive_features=frame["sex"], seed=3)
    expected = fm.MetricFrame(
        metrics=fm.selection_rate, y_true=frame["good"], y_pred=decided, sensitive_features=frame["sex"]
    )
    table = found.to_frame()
    rates = table[table["metric"] == "selection_rate"].set_index("group")["value"]
    assert rates["f"] == pytest.approx(expected.by_group["f"], abs=1e-12)
    assert rates["m"] == pytest.approx(expected.by_group["m"], abs=1e-12)
    assert rates["everybody"] == pytest.approx(expected.overall, abs=1e-12)

    same = pd.DataFrame({"y_true": frame["good"], "y_pred": decided, "sex": frame["sex"]})
    roles = {"target": "y_true", "positive": "1", "sensitive": ["sex"], "prediction": "y_pred"}
    run = execute(Task("fairness.by_group", stored(same, tmp_path / "t.parquet", roles), seed=3)).evidence
    assert run.result == found.evidence.result
    assert run.rows == found.rows


def test_windows_compared_in_memory_give_the_result_of_the_run_on_files(tmp_path: Path, model: bytes) -> None:
    before, now = people(), people(seed=2, shift=15)
    found = governance.compare_windows(before, now, model=model, schema=ROLES)
    task = Task(
        "drift.harm",
        stored(now, tmp_path / "now.parquet", ROLES),
        model=stored_model(model, tmp_path / "m.onnx"),
        reference=stored(before, tmp_path / "before.parquet", ROLES),
    )
    assert execute(task).evidence.result == found.evidence.result
    moved = found.to_frame().set_index("column")["verdict"]
    assert moved["age"] == "material"
    assert moved["income"] != "material"


def test_paths_frames_and_arrow_tables_give_one_answer(tmp_path: Path) -> None:
    before, now = people(), people(seed=2, shift=15)
    paths = [Path(stored(frame, tmp_path / f"{name}.parquet", {}).path) for name, frame in (("a", before), ("b", now))]
    tables = [pa.Table.from_pandas(frame, preserve_index=False) for frame in (before, now)]
    answers = [
        governance.compare_windows(a, b).evidence.result for a, b in ((before, now), paths, tables, map(str, paths))
    ]
    assert all(answer == answers[0] for answer in answers)


def test_an_explanation_in_memory_is_that_of_the_run_and_brings_its_attributions(tmp_path: Path, model: bytes) -> None:
    frame, train = people(200), people(seed=9)
    schema = {"target": "good", "positive": "1"}
    found = governance.explain_model(model, frame, background=train, schema=schema)
    task = Task(
        "explain.global",
        stored(frame, tmp_path / "d.parquet", schema),
        model=stored_model(model, tmp_path / "m.onnx"),
        reference=stored(train, tmp_path / "t.parquet", schema),
    )
    assert execute(task).evidence.result == found.evidence.result
    assert found.to_frame().iloc[0]["feature"] == "income"
    assert found.arrays["attributions"].num_rows == 200
    one = governance.explain_row(model, frame, row=7, background=train, schema=schema).report
    total = sum(item.attribution for item in one.values)  # noqa: PD011
    assert total + one.base_value == pytest.approx(one.model_output, abs=1e-6)


def test_performance_of_scores_has_the_auc_of_scikit_learn() -> None:
    frame = people()
    score = 1 / (1 + np.exp(-(frame["income"] - 30) / 6))
    found = governance.measure_performance(frame["good"], score)
    measured = found.to_frame().set_index("metric")["value"]
    assert measured["roc_auc"] == pytest.approx(roc_auc_score(frame["good"], score), abs=1e-12)
    assert "read as scores" in str(found)
    assert "read as labels" in str(governance.measure_performance(frame["good"], (score > 0.5).astype(int)))


def test_quality_names_the_column_that_breaks_what_the_reference_keeps() -> None:
    good, bad = people(), people(seed=2)
    bad.loc[:200, "age"] = np.nan
    checks = governance.check_quality(bad, reference=good).to_frame()
    failed = checks[checks["outcome"] == "failed"]
    assert "age" in set(failed["column"])


def test_equal_content_has_an_equal_digest_whatever_holds_it() -> None:
    frame = people()
    table = pa.Table.from_pandas(frame, preserve_index=False)
    parts = pa.concat_tables([table.slice(0, 100), table.slice(100)])
    digests = {governance.check_quality(data).evidence.key.inputs[0].digest for data in (frame, table, parts)}
    assert len(digests) == 1
    other = governance.check_quality(people(seed=2)).evidence.key.inputs[0].digest
    assert digests != {other}


def test_what_cannot_be_assessed_is_shown_with_its_reason_and_its_rows() -> None:
    missing = pd.Series([None] * 40, dtype="float64")
    found = governance.measure_performance(missing, np.linspace(0, 1, 40), positive=1)
    assert isinstance(found.report, NotAssessed)
    assert not found.assessed
    assert found.to_frame().to_dict("records") == [{"outcome": "not_assessed", "reason": found.report.reason}]
    assert "Not assessed" in found._repr_html_()
    assert "0 of 40 rows used; 40 dropped: label missing" in found._repr_html_()


def test_names_from_data_cannot_become_markup() -> None:
    frame = people()
    evil = frame["sex"].map({"f": "<script>alert(1)</script>", "m": "m&m"})
    shown = governance.fairness_by_group(
        frame["good"], frame["good"], sensitive_features={"<b>sex": evil}
    )._repr_html_()
    assert "<script" not in shown
    assert "<b>" not in shown
    assert "&lt;script&gt;" in shown
    assert "&lt;b&gt;sex" in shown
    assert markup.lines("<i>") == "<pre>&lt;i&gt;</pre>"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: api.check_quality(pd.DataFrame([[1, 2]], columns=["a", "a"])), "more than once: 'a'"),
        (lambda: api.check_quality(pd.DataFrame([[1, 2]])), "a column 0, which is int; text is expected"),
        (lambda: api.check_quality(pd.DataFrame({"a": []})), "columns and no rows"),
        (lambda: api.check_quality(pd.DataFrame({"a": [[1], [2]]})), "'a' holds list<"),
        (lambda: api.check_quality(pd.DataFrame({"a": [1, "x"]})), "not of one plain type"),
        (lambda: api.check_quality([1, 2]), "data is of type builtins.list; expected a pandas DataFrame"),
        (lambda: api.check_quality("no/such.csv"), "There is no file 'no/such.csv'"),
        (lambda: api.check_quality(people(5), schema={"targt": "x"}), "Unknown field 'targt'"),
        (lambda: api.check_quality(people(5), schema="none.toml"), "There is no schema file 'none.toml'"),
        (lambda: api.check_quality(people(5), schema={"target": "x"}), "names 'x', which the data do not have"),
        (lambda: api.explain_model(RandomForestClassifier(), people(5)), "model is of type sklearn.ensemble"),
        (lambda: api.explain_model(b"nonsense", people(5)), "Expected|expected|ONNX"),
        (lambda: api.measure_performance([1, 0], [1]), "y_true has 2, y_pred has 1"),
        (lambda: api.measure_performance([], []), "y_true is empty"),
        (lambda: api.measure_performance("good", [1]), "y_true is of type builtins.str"),
        (lambda: api.measure_performance([1, 0], [[0.1, 0.9], [0.9, 0.1]]), "y_pred|shape"),
        (lambda: api.measure_performance(["a", "b"], ["a", "b"]), "not said which of them is the positive"),
        (lambda: api.measure_performance([1, 2, 3], [1, 2, 3]), "3 different values, for example '1', '2', '3'"),
        (lambda: api.measure_performance([1, 0], [1, 0], positive="yes"), "'yes', which y_true does not hold"),
        (lambda: api.measure_performance([1, 0], [1, 0], meaning="guess"), "Known: auto, labels, scores"),
        (
            lambda: api.fairness_by_group([1, 0], [1, 0], sensitive_features=["f"]),
            "y_true has 2, sensitive_feature has 1",
        ),
        (
            lambda: api.fairness_by_group([1, 0], [1, 0], sensitive_features=pd.Series(["f", "m"], name="y_pred")),
            "'y_pred', which is taken",
        ),
        (lambda: api.fairness_by_group([1, 0], [1, 0], sensitive_features=pd.DataFrame(index=[0, 1])), "no columns"),
        (lambda: api.verify("nowhere", "trust.json"), "There is nothing at 'nowhere'"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(call, words: str) -> None:
    with pytest.raises(RefusedInputError, match=words) as refused:
        call()
    assert refused.value.advice


def test_a_schema_may_be_a_noun_a_mapping_or_a_file(tmp_path: Path) -> None:
    path = tmp_path / "roles.toml"
    path.write_text('target = "good"\npositive = "1"\nsensitive = ["sex"]\n', encoding="utf-8")
    noun = Schema(target="good", positive="1", sensitive=("sex",))
    keys = [governance.check_quality(people(50), schema=roles).evidence.key for roles in (noun, ROLES, path, str(path))]
    assert all(key == keys[0] for key in keys)


def test_an_export_is_verified_and_a_changed_byte_is_false(tmp_path: Path) -> None:
    export, trust = tmp_path / "export", tmp_path / "trust.json"
    write_folder(book(founded().entries).files(), export)
    trust.write_text(json.dumps(TRUST), encoding="utf-8")
    good = governance.verify(export, trust)
    assert good
    assert "VALID" in str(good)
    assert good.not_checked
    line = export / "ledger.intoto.jsonl"
    line.write_bytes(line.read_bytes().replace(b"A", b"B", 1))
    bad = governance.verify(export, trust)
    assert not bad
    assert "NOT VALID" in bad._repr_html_()
    assert bad.to_frame().empty


def test_importing_the_package_is_light_and_the_door_opens_lazily() -> None:
    code = (
        "import sys, governance\n"
        "heavy = {'numpy', 'pandas', 'streamlit', 'pyarrow', 'pydantic'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "assert 'fairness_by_group' in dir(governance)\n"
        "governance.explain_model; governance.explain_model.__call__\n"
        "assert 'streamlit' not in sys.modules and 'shap' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_name_of_the_door_opens_and_none_is_the_name_of_a_room() -> None:
    rooms = {path.stem for path in Path(governance.__file__).parent.iterdir()}
    assert not rooms & set(governance.__all__)
    assert all(getattr(governance, name).__doc__ for name in governance.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        governance.nothing  # noqa: B018
