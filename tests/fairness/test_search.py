"""A search keeps its word: parts that share nobody, curves that are right at every cut, and certificates that are wrong seldom enough."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from governance.__main__ import build
from governance.evidence import NotAssessed, encode, sha256
from governance.fairness.norms.norm import Norm, NormSet
from governance.fairness.search import split
from governance.fairness.search.certify import certify, comparisons, strains, upper
from governance.fairness.search.report import Enough, SearchReport
from governance.fairness.search.trial import curve, weights
from governance.models.graph.reading import signature_of
from governance.models.predict.predictor import OnnxPredictor
from governance.runs.run import DataFile, Task, execute, read_array
from governance.subject.schema import Schema

ROLES = Schema(target="good", positive="1", sensitive=("sex",), identifier="id")
PARITY = Norm("parity", "demographic_parity", "difference", "0.10", ("sex",))


def people(rows: int, seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    sex = rng.choice(["F", "M"], rows)
    income, school = rng.normal(30, 8, rows) - 6 * (sex == "F"), rng.normal(12, 3, rows)
    odds = 0.12 * (income - 27) + 0.25 * (school - 12)
    good = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int)
    return pd.DataFrame({"id": [f"p{row}" for row in range(rows)], "income": income.round(2), "school": school.round(2),
                         "sex": sex, "good": good})  # fmt: skip


def searched(folder: Path, frame: pd.DataFrame, norms: NormSet, **parameters: Any) -> tuple[Any, list[bytes]]:
    path = folder / "people.parquet"
    frame.to_parquet(path)
    asked = {"norms": encode(norms), "learners": ["logistic", "tree"], "trials": 10, **parameters}
    done = execute(Task("fairness.search", DataFile(str(path), "", ROLES, "", "people"), parameters=asked), folder)
    found = done.evidence.read(SearchReport)
    files = read_array(done.arrays["candidates"]).column("onnx").to_pylist() if done.arrays else []
    return found, files


def test_a_certified_model_keeps_the_norm_on_people_it_never_saw(tmp_path: Path) -> None:
    report, files = searched(tmp_path, people(8_000), NormSet("Parity", (PARITY,)))
    assert isinstance(report, SearchReport)
    assert report.chosen, report.not_certified
    assert report.baseline is not None
    best = next(item for item in report.frontier if item.digest == report.chosen)
    assert best.strain_upper < 1
    assert best.accuracy_search <= report.baseline + 1e-9
    data = next(file for file in files if sha256(file) == report.chosen)
    assert "sex" not in signature_of(data).columns
    later = people(40_000, seed=4)
    chosen = OnnxPredictor(data, signature_of(data)).predict(later).score[:, 1] >= 0.5
    women = (later["sex"] == "F").to_numpy()
    assert abs(chosen[women].mean() - chosen[~women].mean()) <= 0.10
    assert (chosen == (later["good"] == 1)).mean() == pytest.approx(best.accuracy_certify, abs=0.03)
    uppers = [item.strain_upper for item in report.frontier]
    assert all(bound < 1 for bound in uppers[:-1])


def test_the_same_search_gives_the_same_report(tmp_path: Path) -> None:
    frame, norms = people(2_000), NormSet("Parity", (PARITY,))
    one, _ = searched(tmp_path, frame, norms, trials=4)
    other, _ = searched(tmp_path, frame, norms, trials=4)
    assert encode(one) == encode(other)


def test_a_search_that_is_told_enough_ends_with_what_it_has(tmp_path: Path) -> None:
    frame = people(1_500)
    frame.to_parquet(tmp_path / "people.parquet")
    asked = {"norms": encode(NormSet("P", (PARITY,), least_rows=50)), "learners": ["logistic"], "trials": 9}

    def told(done: int, of: int, phase: str) -> None:
        if phase == "training model 4":
            raise Enough("the clock: 1 seconds were over")

    task = Task(
        "fairness.search", DataFile(str(tmp_path / "people.parquet"), "", ROLES, "", "people"), parameters=asked
    )
    found = execute(task, None, told).evidence.read(SearchReport)
    assert isinstance(found, SearchReport)
    assert len(found.trials) == 3
    assert found.stopped == "the clock: 1 seconds were over after 3 of 9 trials"


def test_too_few_rows_to_certify_is_an_answer_with_how_many_would_do(tmp_path: Path) -> None:
    strict = NormSet("Parity", (Norm("parity", "demographic_parity", "difference", "0.02", ("sex",)),), least_rows=30)
    report, files = searched(tmp_path, people(1_200), strict)
    assert isinstance(report, SearchReport)
    assert (report.chosen, files) == ("", [])
    assert report.not_certified
    few, _ = searched(tmp_path, people(300), strict)
    assert isinstance(few, NotAssessed)
    assert "800 labelled rows in all" in few.reason


def test_parts_share_nobody_and_do_not_depend_on_the_order_of_rows() -> None:
    frame = people(1_000)
    twice = pd.concat([frame, frame.assign(income=0.0)], ignore_index=True)
    part = split.parts(split.keys(twice, "id"), seed=1)
    assert (part[:1_000] == part[1_000:]).all()
    order = np.random.default_rng(5).permutation(len(twice))
    assert (split.parts(split.keys(twice.iloc[order], "id"), seed=1) == part[order]).all()
    assert np.bincount(part) / len(part) == pytest.approx(split.SHARES, abs=0.05)
    assert split.digest(split.keys(twice, "id")) == split.digest(split.keys(twice.iloc[order], "id"))


def test_a_curve_is_fairlearns_metric_at_every_cut() -> None:
    from fairlearn.metrics import demographic_parity_difference

    frame = people(600)
    label, sex = frame["good"].to_numpy(), frame["sex"].to_numpy(dtype=object)
    pairs, small = comparisons(NormSet("P", (PARITY,), least_rows=10), {"sex": sex}, label)
    assert small == ()
    score = 1 / (1 + np.exp(-(frame["income"].to_numpy() - 27) / 8))
    found = curve(score, label, pairs)
    for cut, accuracy, strain in zip(found.cuts, found.accuracy, found.strain, strict=True):
        chosen = (score >= cut).astype(int)
        gap = demographic_parity_difference(label, chosen, sensitive_features=sex)
        assert strain == pytest.approx(gap / 0.10, abs=1e-9)
        assert accuracy == pytest.approx((chosen == label).mean(), abs=1e-12)


def test_only_the_candidates_before_the_first_failure_are_certified() -> None:
    assert [certify(bounds) for bounds in ([], [0.5], [1.0], [0.5, 0.9, 1.2, 0.7], [float("inf"), 0.1])] == [
        0,
        1,
        0,
        2,
        0,
    ]


@pytest.mark.parametrize("compare", ["difference", "ratio"])
def test_candidates_exactly_at_the_limit_are_wrongly_certified_in_at_most_one_of_twenty(compare: str) -> None:
    """Ten candidates in a row, each with a true gap at the limit, on one and the same certify split; 400 runs."""
    rng = np.random.default_rng(6)
    rates = (0.40, 0.50)
    norm = Norm("n", "demographic_parity", compare, "0.10" if compare == "difference" else "0.80", ("sex",))  # type: ignore[arg-type]
    sex = np.array(["F"] * 600 + ["M"] * 900, dtype=object)
    label = np.zeros(1_500, dtype=np.int64)
    pairs, _ = comparisons(NormSet("N", (norm,)), {"sex": sex}, label)
    wrong = 0
    for _ in range(400):
        place = rng.random(1_500)
        bounds = []
        for shift in np.linspace(0, 0.5, 10):
            moved = (place + shift) % 1
            bounds.append(upper(pairs, np.where(sex == "F", moved < rates[0], moved < rates[1]), 0.05))
        wrong += certify(bounds) > 0
    assert wrong / 400 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)


def test_the_lever_raises_the_weight_of_whom_the_labels_favour_less() -> None:
    label = np.array([1, 1, 0, 0, 1, 0, 0, 0])
    sex = np.array(["M"] * 4 + ["F"] * 4, dtype=object)
    pairs, _ = comparisons(NormSet("P", (PARITY,), least_rows=1), {"sex": sex}, label)
    same, even = weights(label, pairs, 0.0)
    assert (same == label).all()
    assert np.allclose(even, 1)
    _, pulled = weights(label, pairs, 1.0)
    assert pulled[4] > pulled[0]
    assert strains(pairs, np.array([[True] * 8]))[0] == 0


def test_the_command_writes_certified_files_and_ends_with_four_without_any(tmp_path: Path) -> None:
    data, norms = tmp_path / "people.csv", tmp_path / "norms.toml"
    people(6_000).to_csv(data, index=False)
    text = (
        'title = "Parity"\n[[norms]]\nid = "p"\nmetric = "demographic_parity"\ncompare = "difference"\n'
        'limit = "LIMIT"\nattributes = ["sex"]\n'
    )
    norms.write_text(text.replace("LIMIT", "0.15"), encoding="utf-8")
    words = ["automl", str(data), "--norms", str(norms), "--target", "good", "--positive", "1", "--sensitive", "sex",
             "--identifier", "id", "--trials", "8", "--learners", "logistic", "--json"]  # fmt: skip
    done = CliRunner().invoke(build(), [*words, "--out", str(tmp_path / "found")])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert {item["model"] for item in found["certified"]} == {path.name for path in (tmp_path / "found").iterdir()}
    norms.write_text(text.replace("LIMIT", "0.001"), encoding="utf-8")
    none = CliRunner().invoke(build(), [*words, "--out", str(tmp_path / "none")])
    assert none.exit_code == 4, none.output
    assert json.loads(none.stdout)["not_certified"]["reason"]
    assert list((tmp_path / "none").iterdir()) == []
    wrong = CliRunner().invoke(build(), [*words, "--out", str(tmp_path / "x"), "--budget", "soon"])
    assert "'soon'" in str(wrong.exception)
