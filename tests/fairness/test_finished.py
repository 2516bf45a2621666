"""Audits of finished searches: by hand, against enumeration of rates, and simulated where every model stands exactly at its norm."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import demographic_parity_difference, demographic_parity_ratio, equalized_odds_difference
from hypothesis import given, settings, strategies as st

from governance.evidence import NotAssessed, RefusedInputError, encode
from governance.fairness.norms.norm import Norm, NormSet
from governance.fairness.search import leaderboard
from governance.fairness.search.certify import counted
from governance.fairness.search.finished import decisions, judged, people
from governance.fairness.search.finished_report import FinishedReport
from governance.runs.run import DataFile, Task, execute
from governance.subject.schema import Schema

ROLES = Schema(target="good", positive="1", sensitive=("sex",), score="a")
DIFFERENCE = Norm("parity", "demographic_parity", "difference", "0.10", ("sex",))
RATIO = Norm("fifths", "demographic_parity", "ratio", "0.80", ("sex",))
ODDS = Norm("odds", "equalized_odds", "difference", "0.10", ("sex",))


def table(rows: int = 2_000, gap: float = 0.3, seed: int = 1) -> pd.DataFrame:
    """Model a selects both sexes alike, model b men more often by `gap`."""
    rng = np.random.default_rng(seed)
    sex = rng.choice(["F", "M"], rows)
    alike = rng.random(rows)
    unlike = np.where(sex == "M", rng.random(rows) < 0.5 + gap / 2, rng.random(rows) < 0.5 - gap / 2) * 0.8
    return pd.DataFrame({"sex": sex, "a": alike, "b": unlike, "good": (rng.random(rows) < 0.5).astype(int)})


def audited(folder: Path, frame: pd.DataFrame, norms: NormSet, columns: list[str]) -> FinishedReport | NotAssessed:
    path = folder / "answers.parquet"
    frame.to_parquet(path)
    parameters = {"norms": encode(norms), "columns": columns}
    task = Task("fairness.finished", DataFile(str(path), "", ROLES, "", "answers"), parameters=parameters)
    return execute(task, folder).evidence.read(FinishedReport)


def test_each_model_of_a_search_gets_its_own_statement(tmp_path: Path) -> None:
    frame = table()
    frame["few"] = frame["a"].where(frame.index % 50 > 0)
    report = audited(tmp_path, frame, NormSet("Parity", (DIFFERENCE,)), ["b", "a", "few"])
    assert isinstance(report, FinishedReport)
    assert [(item.name, item.verdict) for item in report.models] == [
        ("b", "violated"), ("a", "kept"), ("few", "cannot_tell"),
    ]  # fmt: skip
    assert report.models[0].worst == "parity: sex=F against sex=M"
    assert report.models[2].reason == "40 of its 2,000 answers are missing."
    assert report.models[1].accuracy == pytest.approx(((frame["a"] >= 0.5) == (frame["good"] == 1)).mean())


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), gap=st.floats(0, 0.6))
def test_strains_are_those_of_fairlearn(seed: int, gap: float) -> None:
    frame = table(400, gap, seed)
    chosen = decisions(frame["b"], ROLES)
    for norm, metric in ((DIFFERENCE, demographic_parity_difference), (ODDS, equalized_odds_difference)):
        norms = NormSet("One", (norm,), least_rows=1)
        found = judged("b", counted(people(frame, ROLES, norms).pairs, chosen), models=1, alpha=0.05, rows=1,
                       selected=0, accuracy=None)  # fmt: skip
        expected = metric(frame["good"], chosen, sensitive_features=frame["sex"])
        assert found.strain == pytest.approx(expected / norm.number)
        assert found.lower <= found.strain <= found.upper
    pairs = people(frame, ROLES, NormSet("One", (RATIO,), least_rows=1)).pairs
    found = judged("b", counted(pairs, chosen), models=1, alpha=0.05, rows=1, selected=0, accuracy=None)
    assert found.strain == pytest.approx(
        0.8 / demographic_parity_ratio(frame["good"], chosen, sensitive_features=frame["sex"])
    )


def test_more_models_widen_the_bounds() -> None:
    frame = table()
    counts = counted(people(frame, ROLES, NormSet("P", (DIFFERENCE,))).pairs, decisions(frame["b"], ROLES))
    one, many = (
        judged("b", counts, models=models, alpha=0.05, rows=1, selected=0, accuracy=None) for models in (1, 100)
    )
    assert many.lower < one.lower < one.upper < many.upper


@pytest.mark.parametrize("norm", [DIFFERENCE, RATIO])
def test_a_model_exactly_at_its_norm_is_seldom_spoken_of(norm: Norm) -> None:
    """Twenty models at the limit: kept and broken are both untrue of them, and any word on any of them may come in 5 % of audits."""
    rng = np.random.default_rng(5)
    low = 0.4
    high = low + 0.10 if norm.compare == "difference" else low / 0.8
    sex = np.repeat(["F", "M"], 500)
    frame = pd.DataFrame({"sex": sex, "good": np.zeros(1_000, dtype=int)})
    pairs = people(frame, ROLES, NormSet("P", (norm,))).pairs
    wrong = 0
    for _ in range(300):
        chosen = rng.random((20, 1_000)) < np.where(sex == "F", low, high)
        said = [judged("m", counted(pairs, row), models=20, alpha=0.05, rows=1, selected=0, accuracy=None).verdict
                for row in chosen]  # fmt: skip
        wrong += any(word != "cannot_tell" for word in said)
    assert wrong <= 26, wrong  # 15 expected at most; 26 is its 99.7 % quantile


def test_labels_instead_of_scores_are_decisions() -> None:
    roles = Schema(target="good", positive="yes")
    assert decisions(pd.Series(["yes", "no", "yes"]), roles).tolist() == [True, False, True]
    with pytest.raises(RefusedInputError, match="neither scores nor the positive label"):
        decisions(pd.Series(["y", "n"]), roles)
    with pytest.raises(RefusedInputError, match="1 of its scores are infinite"):
        decisions(pd.Series([0.1, np.inf]), roles)


def test_a_norm_about_labels_needs_them(tmp_path: Path) -> None:
    frame = table()
    with pytest.raises(RefusedInputError, match="names no target"):
        people(frame, Schema(sensitive=("sex",)), NormSet("P", (ODDS,)))
    frame["good"] = pd.Series([None] * len(frame), dtype="Int64")
    assert isinstance(audited(tmp_path, frame, NormSet("P", (ODDS,)), ["a"]), NotAssessed)


@pytest.mark.parametrize(
    ("kind", "text", "names"),
    [
        ("csv", "model,score\na,0.8\nb,0.7\n", ["a", "b"]),
        ("mljar", "name,model_type,metric_type,metric_value\n1_Baseline,Baseline,logloss,0.6\n", ["1_Baseline"]),
        ("autogluon", ",model,score_val\n0,WeightedEnsemble_L2,0.87\n1,LightGBM,0.86\n", ["WeightedEnsemble_L2", "LightGBM"]),
        ("optuna", ",number,value,state\n0,0,0.8,COMPLETE\n1,1,0.9,COMPLETE\n", ["0", "1"]),
        ("flaml", '{"record_id": 0, "validation_loss": 0.2}\n\n{"curr_best_record_id": 0}\n', ["0"]),
    ],
)  # fmt: skip
def test_leaderboards_are_read_as_their_tools_write_them(kind: str, text: str, names: list[str]) -> None:
    assert [item.name for item in leaderboard.read(text, kind)] == names


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("weka", "", "No kind of leaderboard 'weka'"),
        ("csv", "name,score\na,1\n", "No column of the leaderboard 'model'"),
        ("csv", "model,score\na,1\na,2\n", "names the model 'a' twice"),
        ("csv", "model,score\n", "names 0 models"),
        ("flaml", "not json", "Line 1 is not JSON"),
        ("flaml", "[" * 100_000, "Line 1 is not JSON"),
    ],
)
def test_a_leaderboard_that_is_none_is_refused(kind: str, text: str, words: str) -> None:
    with pytest.raises(RefusedInputError, match=words):
        leaderboard.read(text, kind)
