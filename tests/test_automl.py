"""The door for people who search elsewhere, through scikit-learn's own search and through what FLAML calls."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold

from governance.automl import audited
from governance.evidence import RefusedInputError
from governance.fairness import Norm, NormSet
from governance.subject import Schema

ROLES = Schema(target="good", positive="yes", sensitive=("sex",))
NORMS = NormSet("Parity", (Norm("parity", "demographic_parity", "difference", "0.10", ("sex",)),))


def people(rows: int = 900) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    sex = rng.choice(["F", "M"], rows)
    income = rng.normal(30, 8, rows) - 12 * (sex == "F")
    good = np.where(rng.random(rows) < 1 / (1 + np.exp(-(income - 24) / 4)), "yes", "no")
    return pd.DataFrame({"income": income, "sex": sex, "good": good}, index=[f"p{row}" for row in range(rows)])


def test_every_fold_of_a_search_of_scikit_learn_is_audited(tmp_path: Path) -> None:
    frame = people()
    log = audited(ROLES, frame, NORMS)
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, scoring=log.scorer, cv=KFold(3), refit=False)
    search.fit(frame[["income"]], frame["good"])
    report = log.report()
    assert len(report.models) == 6
    means = np.array([item.accuracy for item in report.models], dtype=float).reshape(2, 3).mean(axis=1)
    assert search.cv_results_["mean_test_score"] == pytest.approx(means)
    log.save(tmp_path / "trials.json")
    saved = json.loads((tmp_path / "trials.json").read_text())
    assert saved["models"][0]["words"] == {"learner": "LogisticRegression"}
    assert saved["models"][0]["verdict"] == "violated"
    assert log.add(frame.index, (frame["income"] > 24) * 1.0).lower > report.models[0].lower  # alone, with more rows


def test_flaml_gets_a_loss_and_numbers_that_it_logs() -> None:
    frame = people()
    log = audited(ROLES, frame, NORMS)
    features, numbered = frame[["income"]], (frame["good"] == "yes").astype(int)
    model = HistGradientBoostingClassifier(max_iter=10).fit(features, numbered)
    loss, told = log.flaml()(features, numbered, model, None, features, numbered, None, None)
    assert loss == pytest.approx(1 - model.score(features, numbered))
    assert told["verdict"] == 2.0
    own, _ = log.flaml(lambda label, score: float(np.mean((label - score) ** 2)))(
        features, numbered, model, None, features, numbered
    )
    assert own == pytest.approx(np.mean((numbered - model.predict_proba(features)[:, 1]) ** 2))


def test_what_cannot_be_audited_is_refused_in_words() -> None:
    frame = people(100)
    log = audited(ROLES, frame, NORMS)
    with pytest.raises(RefusedInputError, match=r"1 of 2 rows are not in the frame, such as 'nobody'"):
        log.add(["p1", "nobody"], [0.1, 0.2])
    with pytest.raises(RefusedInputError, match="1 rows come twice"):
        log.add(["p1", "p1"], [0.1, 0.2])
    with pytest.raises(RefusedInputError, match="Got 1 scores for 2 rows"):
        log.add(["p1", "p2"], [0.1])
    with pytest.raises(RefusedInputError, match="No trial was added"):
        log.report()
    with pytest.raises(RefusedInputError, match="no column 'race'"):
        audited(ROLES, frame, NormSet("R", (Norm("r", "demographic_parity", "difference", "0.1", ("race",)),)))
    with pytest.raises(RefusedInputError, match="99 entries of the frame's index come twice"):
        audited(ROLES, frame.set_axis([0] * 100), NORMS)
    with pytest.raises(RefusedInputError, match="knows the labels a, b"):
        log.scorer(
            LogisticRegression().fit(frame[["income"]], np.where(frame["good"] == "yes", "a", "b")), frame[["income"]]
        )
    assert log._counts == []
