"""The demonstration: every planted problem is measured in the files that are written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_mutual_info_score, mean_absolute_error, roc_auc_score

from governance.data.table import open_dataset
from governance.demo import planted
from governance.demo.build import build_demo
from governance.demo.parts import Demo, DemoModel
from governance.models.graph.reading import signature_of
from governance.models.predict.predictor import OnnxPredictor
from governance.subject.outcome import outcome


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return build_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def rows(demo: Demo) -> pd.DataFrame:
    """All simulated rows with the truth beside them."""
    recorded = pd.concat([pd.read_parquet(table.path) for table in demo.tables if table.simulated])
    return recorded.merge(pd.read_parquet(demo.truth), on="application_id", validate="one_to_one")


def asked(model: DemoModel) -> OnnxPredictor:
    content = model.path.read_bytes()
    return OnnxPredictor(content, signature_of(content, None))


def test_there_are_40000_applicants_in_18_months_in_order(rows: pd.DataFrame) -> None:
    assert len(rows) == 40_000
    assert rows["month"].unique().tolist() == list(range(1, 19))
    assert rows["applied_on"].is_monotonic_increasing
    assert rows["application_id"].is_unique


def test_everything_simulated_says_so(demo: Demo) -> None:
    for item in [table for table in demo.tables if table.simulated]:
        assert "simulated" in item.name
        assert "Simulated" in item.title
        assert "simulated" in item.description
    for model in demo.models:
        assert ("simulated" in model.name) == (model.family == "simulated-credit")


def test_the_district_is_a_proxy_for_the_origin_without_an_effect_of_its_own(rows: pd.DataFrame) -> None:
    southern = rows[rows["origin_true"] == "Southern"]["district"].isin(["Harbour", "Mill"]).mean()
    assert southern == pytest.approx(planted.PROXY_SHARE, abs=0.02)
    assert adjusted_mutual_info_score(rows["district"], rows["origin_true"]) > 0.15
    assert adjusted_mutual_info_score(rows["purpose"], rows["origin_true"]) < 0.001


def test_southern_people_who_repaid_are_recorded_wrongly_and_nobody_else(rows: pd.DataFrame) -> None:
    good = rows[rows["repaid_true"] == "yes"]
    wrong = (good["repaid"] == "no").groupby(good["origin_true"]).mean()
    assert wrong["Southern"] == pytest.approx(planted.LABEL_BIAS, abs=0.01)
    assert wrong["Northern"] == wrong["Islander"] == 0
    assert (rows[rows["repaid_true"] == "no"]["repaid"] == "no").all()


def test_the_population_shifts_in_month_13_and_not_before(rows: pd.DataFrame) -> None:
    online = (rows["channel"] == "online").groupby(rows["month"]).mean()
    assert online[:12].between(planted.ONLINE_BEFORE - 0.03, planted.ONLINE_BEFORE + 0.03).all()
    assert online[12:].between(planted.ONLINE_AFTER - 0.04, planted.ONLINE_AFTER + 0.04).all()
    assert rows[rows["month"] >= 13]["age"].mean() < rows[rows["month"] < 13]["age"].mean() - 3


def test_the_concept_shifts_in_month_16_while_the_columns_stay(rows: pd.DataFrame) -> None:
    owners = rows[rows["housing"] == "own"]
    rate = (owners["repaid_true"] == "yes").groupby(owners["month"] >= planted.CONCEPT_SHIFT).mean()
    assert rate[False] - rate[True] > 0.15
    before, after = rows[rows["month"].between(13, 15)], rows[rows["month"] >= 16]
    owning = [(part["housing"] == "own").mean() for part in (before, after)]
    assert abs(owning[0] - owning[1]) < 4 * np.sqrt(0.42 * 0.58 * (1 / len(before) + 1 / len(after)))


def test_sensitive_values_are_missing_as_written_down(rows: pd.DataFrame) -> None:
    assert rows["sex"].isna().mean() == pytest.approx(planted.SEX_MISSING, abs=0.005)
    by_channel = rows["origin"].isna().groupby(rows["channel"] == "online").mean()
    assert by_channel[False] == pytest.approx(planted.ORIGIN_MISSING, abs=0.01)
    assert by_channel[True] == pytest.approx(planted.ORIGIN_MISSING_ONLINE, abs=0.01)


def test_the_tiny_group_is_too_small_to_judge_in_the_evaluation(demo: Demo) -> None:
    evaluation = pd.read_parquet(demo.table("simulated-credit-evaluation").path)
    assert 10 < (evaluation["origin"] == "Islander").sum() < 30


def test_the_sentinel_is_there(rows: pd.DataFrame) -> None:
    assert (rows["household_size"] == 99).mean() == pytest.approx(planted.HOUSEHOLD_SENTINEL, abs=0.003)


def test_both_credit_models_judge_and_the_trees_treat_southern_people_worse(demo: Demo) -> None:
    table = demo.table("simulated-credit-evaluation")
    frame = open_dataset(table.path, table.schema).frame()
    gaps = {}
    for model in demo.models[:2]:
        predictor = asked(model)
        found = outcome(frame, table.schema, predictor.predict(frame))
        assert found.score is not None
        assert roc_auc_score(found.y_true, found.score) > 0.7
        selected = pd.Series(found.y_pred).groupby(frame["origin"], observed=True).mean()
        gaps[model.name] = selected["Northern"] - selected["Southern"]
    assert gaps["simulated-credit-trees"] > gaps["simulated-credit-scorecard"] + 0.03


def test_the_trees_lose_in_the_last_window(demo: Demo) -> None:
    auc = {}
    predictor = asked(demo.models[0])
    for name in ("simulated-credit-evaluation", "simulated-credit-window-16-18"):
        table = demo.table(name)
        frame = open_dataset(table.path, table.schema).frame()
        found = outcome(frame, table.schema, predictor.predict(frame))
        assert found.score is not None
        auc[name] = roc_auc_score(found.y_true, found.score)
    assert auc["simulated-credit-evaluation"] - auc["simulated-credit-window-16-18"] > 0.03


def test_the_patients_are_the_real_442_and_the_regression_beats_the_mean(demo: Demo) -> None:
    training, evaluation = (pd.read_parquet(demo.table(f"diabetes-{role}").path) for role in ("training", "evaluation"))
    assert (len(training), len(evaluation)) == (300, 142)
    assert pd.concat([training, evaluation])["progression"].mean() == pytest.approx(
        152.13, abs=0.01
    )  # scikit-learn's own
    predicted = asked(demo.models[2]).predict(evaluation).score[:, 0]
    constant = np.full(len(evaluation), training["progression"].mean())
    truth = evaluation["progression"]
    assert mean_absolute_error(truth, predicted) < 0.8 * mean_absolute_error(truth, constant)


def test_the_same_seed_gives_the_same_bytes(demo: Demo, tmp_path: Path) -> None:
    again = build_demo(tmp_path)
    assert [item.digest for item in again.tables] == [item.digest for item in demo.tables]
    assert [item.digest for item in again.models] == [item.digest for item in demo.models]


def test_progress_is_told_in_words_and_ends_at_the_whole(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    build_demo(tmp_path, lambda done, of, phase: told.append((done, of, phase)))
    assert told[-1][0] == told[-1][1]
    assert all(phase for _, _, phase in told)


def test_the_quiet_error_turns_decisions_and_neither_drift_nor_contract_would_notice(demo: Demo) -> None:
    from governance.evidence.evidence import silent
    from governance.runs.monitored import monitored
    from governance.stress.report import WorstReport
    from governance.stress.spec import StressWorst
    from governance.stress.worst import worst
    from governance.subject.subject import Subject

    (column,) = next(item.columns for item in planted.PLANTED if item.name == "quiet error")
    model = next(item for item in demo.models if item.name == "simulated-credit-trees")
    data, reference = (
        open_dataset(demo.table(name).path, demo.table(name).schema) for name in (model.evaluated_on, model.trained_on)
    )
    predictor = asked(model)
    answers = predictor.predict(data.frame(predictor.signature.columns))
    subject = Subject(data=data, model=predictor, reference=reference, predictions=answers, monitor=monitored)
    parameters = StressWorst(columns=(column,), kinds=("decimal",))
    found = worst(subject, parameters, rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(found, WorstReport)
    quiet = found.unnoticed[0]
    assert quiet.noticed is not None
    assert not quiet.noticed.seen
    assert quiet.held_out.low > 0.005
    assert found.unnoticed_drop is not None
    assert found.unnoticed_drop > 0.01
