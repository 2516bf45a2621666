"""Candidates answer as fairlearn's own rule does, take what they need to know from the row, and say what they approximate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from governance.data.in_memory import InMemory
from governance.evidence.errors import Cancelled, RefusedInputError
from governance.evidence.evidence import silent
from governance.fairness.candidates import MitigationReport
from governance.fairness.mitigation.interface import Made, Search
from governance.fairness.mitigation.search import RUNS, rethreshold, retrain
from governance.fairness.mitigation.threshold_optimizer import one_cut
from governance.fairness.mitigation.training import Training, training
from governance.fairness.spec import Rethreshold, Retrain
from governance.models.graph.reading import signature_of
from governance.models.predict.predictor import OnnxPredictor
from governance.subject.schema import Schema
from governance.subject.subject import Subject

SCHEMA = Schema(target="y", positive="yes", sensitive=("g",))
SEARCH = Search("demographic_parity", 6, 1.0)


def people(n: int = 1200) -> pd.DataFrame:
    rng = np.random.default_rng(17)
    g = rng.choice(["a", "b"], n).astype(object)
    income = rng.normal(50, 10, n) - 8 * (g == "b")
    town = np.where(rng.random(n) < np.where(g == "b", 0.8, 0.2), "south", "north").astype(object)
    town[:20] = None
    y = np.where(income + rng.normal(0, 5, n) > 46, "yes", "no")
    y[20:26] = ["yes", "no"] * 3
    g[20:26] = None
    return pd.DataFrame({"g": g, "income": income, "town": town, "y": y})


def asked(onnx: bytes, frame: pd.DataFrame) -> np.ndarray:
    return OnnxPredictor(onnx, signature_of(onnx)).predict(frame).score[:, 1]


@pytest.fixture(scope="module")
def parent() -> bytes:
    """A model that never heard of g: converted from scikit-learn, with its ZipMap left in as most files have it."""
    from skl2onnx import to_onnx
    from sklearn.linear_model import LogisticRegression

    from governance.models.convert.convert import named

    frame = people()
    fitted = LogisticRegression().fit(frame[["income"]].to_numpy(np.float32), frame["y"])
    model = to_onnx(fitted, frame[["income"]].to_numpy(np.float32), target_opset={"": 15, "ai.onnx.ml": 1})
    return named(model, ("income",), ("no", "yes"))


@pytest.fixture(scope="module")
def rows(parent: bytes) -> Training:
    prediction = OnnxPredictor(parent, signature_of(parent)).predict(people())
    return training(people(), SCHEMA, "g", prediction)


def cut(rows: Training, parent: bytes, constraint: str = "demographic_parity") -> tuple[Made, ...]:
    return RUNS["threshold_optimizer"](rows, replace(SEARCH, constraint=constraint), parent, silent)


def test_thresholds_per_group_give_the_probability_of_fairlearns_rule(rows: Training, parent: bytes) -> None:
    from fairlearn.postprocessing import ThresholdOptimizer
    from sklearn.linear_model import LogisticRegression

    income = people()[["income"]].to_numpy(np.float64)
    fitted = LogisticRegression().fit(income, rows.label)
    for constraint in ("demographic_parity", "equalized_odds"):
        lots, _ = cut(rows, parent, constraint)
        own = ThresholdOptimizer(
            estimator=fitted, constraints=constraint, prefit=True, predict_method="predict_proba"
        ).fit(income, rows.label, sensitive_features=rows.names)
        drawn = np.mean(
            [own.predict(income, sensitive_features=rows.names, random_state=seed) for seed in range(60)], axis=0
        )
        score = asked(lots.onnx, people())
        assert np.mean(np.abs(score - drawn)) < 0.02
        assert np.abs(score - drawn).max() < 0.33, "60 lots: five standard errors of a share of one half"


def test_one_threshold_per_group_selects_as_many_as_the_rule_and_keeps_the_order(rows: Training, parent: bytes) -> None:
    lots, single = cut(rows, parent)
    score = asked(single.onnx, people())
    for code in np.unique(rows.group):
        own = rows.group == code
        assert abs((score[own] >= 0.5).sum() - lots.rule[own].sum()) <= 1
        order = np.argsort(rows.score[own], kind="stable")
        assert (np.diff(score[own][order]) >= -1e-7).all()


def test_a_tolerance_leaves_that_difference_and_gives_up_less_accuracy(rows: Training, parent: bytes) -> None:
    strict, _ = cut(rows, parent)
    loose, _ = RUNS["threshold_optimizer"](rows, replace(SEARCH, tolerance=0.1), parent, silent)

    def told(made: Made) -> tuple[float, float]:
        shares = [made.rule[rows.group == code].mean() for code in np.unique(rows.group)]
        return max(shares) - min(shares), float(np.where(rows.label == 1, made.rule, 1 - made.rule).mean())

    assert told(strict)[0] < 0.01
    assert told(loose)[0] == pytest.approx(0.1, abs=0.005)
    assert told(loose)[1] > told(strict)[1]
    assert np.abs(asked(loose.onnx, people()) - loose.rule).max() < 1e-5


def test_a_tolerance_that_cannot_be_is_refused(rows: Training, parent: bytes) -> None:
    with pytest.raises(RefusedInputError, match="cannot be relaxed"):
        RUNS["threshold_optimizer"](rows, replace(SEARCH, constraint="equalized_odds", tolerance=0.1), parent, silent)
    subject = Subject(InMemory(people(), SCHEMA))
    with pytest.raises(RefusedInputError, match="Expected 0 to 1"):
        rethreshold(subject, Rethreshold(tolerance=1.5), rng=np.random.default_rng(0), progress=silent)


def test_a_threshold_that_float32_cannot_hold_decides_as_it_was_chosen(parent: bytes) -> None:
    prediction = OnnxPredictor(parent, signature_of(parent)).predict(people())
    for threshold in (0.3, 0.7):
        rows = training(people(), replace(SCHEMA, threshold=threshold), "g", prediction)
        _, single = cut(rows, parent)
        cuts = one_cut(rows, single.rule)
        assert ((asked(single.onnx, people()) >= threshold) == (rows.score >= cuts[rows.group])).all()


def test_somebody_of_a_group_that_was_not_seen_is_decided_by_the_parent(rows: Training, parent: bytes) -> None:
    strangers = people().assign(g="z")
    before = asked(parent, strangers) >= 0.5
    for made in cut(rows, parent):
        assert ((asked(made.onnx, strangers) >= 0.5) == before).all()


def test_a_parent_that_takes_the_sensitive_column_gets_no_second_input(rows: Training) -> None:
    removed = RUNS["correlation_remover"](rows, SEARCH, b"", silent)[0]
    prediction = OnnxPredictor(removed.onnx, signature_of(removed.onnx)).predict(people())
    again = cut(training(people(), SCHEMA, "g", prediction), removed.onnx)[0]
    columns = signature_of(again.onnx).columns
    assert sorted(columns) == ["g", "income", "town"]
    assert np.abs(asked(again.onnx, people()) - again.score).max() < 1e-4


def test_a_mixture_has_as_score_the_share_of_its_models_that_select() -> None:
    from fairlearn.reductions import DemographicParity, ExponentiatedGradient
    from sklearn.linear_model import LogisticRegression

    from governance.fairness.features import preparation
    from governance.fairness.mitigation.quiet import quiet

    rows = training(people(), SCHEMA, "g")
    (made,) = RUNS["exponentiated_gradient"](rows, SEARCH, b"", silent)
    matrix = preparation(rows.features).fit_transform(rows.features)
    own = ExponentiatedGradient(LogisticRegression(max_iter=1000), DemographicParity(), max_iter=6)
    with quiet():
        own.fit(matrix, rows.label, sensitive_features=rows.names)
    votes = np.array([predictor.predict(matrix) for predictor in own.predictors_])
    share = np.asarray(own.weights_) @ votes
    assert np.mean(np.abs(asked(made.onnx, people()) - share) < 1e-6) > 0.998
    assert made.rule == pytest.approx(share)
    assert "g" not in signature_of(made.onnx).columns


def test_a_linear_model_behind_removed_correlation_is_the_same_as_fairlearns_two_steps() -> None:
    from fairlearn.preprocessing import CorrelationRemover
    from sklearn.linear_model import LogisticRegression

    from governance.fairness.features import preparation

    rows = training(people(), SCHEMA, "g")
    (made,) = RUNS["correlation_remover"](rows, replace(SEARCH, alpha=0.8), b"", silent)
    matrix = preparation(rows.features).fit_transform(rows.features)
    wide = pd.DataFrame(matrix).add_prefix("x").join(pd.get_dummies(pd.Series(rows.names)).astype(float))
    names = ["a", "b", "unknown"]
    filtered = CorrelationRemover(sensitive_feature_ids=names, alpha=0.8).fit_transform(wide)
    expected = LogisticRegression(max_iter=1000).fit(filtered, rows.label).predict_proba(filtered)[:, 1]
    assert np.abs(asked(made.onnx, people()) - expected).max() < 1e-4


def test_models_of_a_grid_do_not_ask_who_somebody_is_and_trade_accuracy_for_less_disparity() -> None:
    found = looked_at("grid_search", size=12)
    accurate = max(found.candidates, key=lambda item: item.accuracy)
    alike = min(found.candidates, key=lambda item: item.disparity)
    assert alike.disparity < 0.6 * accurate.disparity
    assert alike.accuracy < accurate.accuracy
    assert accurate.efficient
    assert alike.efficient
    assert {item.by_lot for item in found.candidates} == {0.0}


def looked_at(algorithm: str, **more: object) -> MitigationReport:
    subject = Subject(InMemory(people().dropna(subset="g"), SCHEMA, 500))
    found = retrain(subject, Retrain(algorithm, **more), rng=np.random.default_rng(0), progress=silent)
    assert isinstance(found.result, MitigationReport)
    assert found.arrays["candidates"].num_rows == len(found.result.candidates)
    return found.result


def test_what_lots_would_do_on_average_is_shown_beside_what_the_file_does(rows: Training, parent: bytes) -> None:
    predictor = OnnxPredictor(parent, signature_of(parent))
    subject = Subject(InMemory(people(), SCHEMA, 500), predictor, predictions=predictor.predict(people()))
    found = rethreshold(subject, Rethreshold(), rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(found, MitigationReport)
    lots, single = found.candidates
    rule = cut(rows, parent)[0].rule
    assert lots.rule_disparity == pytest.approx(max(rows.shares(rule)) - min(rows.shares(rule)))
    assert lots.by_lot == pytest.approx(((rule > 0) & (rule < 1)).mean())
    assert lots.by_lot > 0
    assert lots.verified
    assert single.verified
    assert single.decided_alike < 1
    assert "disparate treatment" in found.notices[0]
    assert any("without lots" in notice for notice in found.notices)


def test_bands_of_a_number_are_formed_in_the_file_as_in_the_data() -> None:
    frame = people().drop(columns="g")
    frame["age"] = np.random.default_rng(3).integers(18, 80, len(frame)).astype(float)
    frame.loc[:30, "age"] = np.nan
    rows = training(frame, replace(SCHEMA, sensitive=("age",)), "age")
    (made,) = RUNS["correlation_remover"](rows, SEARCH, b"", silent)
    assert rows.attribute.edges
    assert np.abs(asked(made.onnx, frame) - made.score).max() < 1e-4


def test_a_search_can_be_stopped_between_two_models() -> None:
    def stop(done: int, of: int, phase: str) -> None:
        if done >= 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        RUNS["grid_search"](training(people(), SCHEMA, "g"), SEARCH, b"", stop)


@pytest.mark.parametrize(
    ("frame", "attribute", "words"),
    [
        (people(), "town", "Known: g"),
        (people().assign(g="a"), "g", "one group only"),
        (people().assign(y="yes"), "g", "same label"),
        (people()[["g", "y"]], "g", "no column to learn from"),
    ],
)
def test_rows_that_no_candidate_can_be_made_from_are_refused(frame: pd.DataFrame, attribute: str, words: str) -> None:
    with pytest.raises(RefusedInputError, match=words):
        training(frame, SCHEMA, attribute)


def test_a_group_with_one_label_has_no_threshold(parent: bytes) -> None:
    frame = people()
    frame.loc[frame.g == "b", "y"] = "no"
    prediction = OnnxPredictor(parent, signature_of(parent)).predict(frame)
    with pytest.raises(RefusedInputError, match="Group 'b'"):
        cut(training(frame, SCHEMA, "g", prediction), parent)


@pytest.mark.parametrize("cell", [np.inf, -1e39])
def test_numbers_that_nothing_can_be_learnt_from_are_refused_by_name(cell: float) -> None:
    frame = people(200)
    frame.loc[3, "income"] = cell
    with pytest.raises(RefusedInputError, match=r"Column 'income' holds infinite numbers.* in 1 row"):
        training(frame, SCHEMA, "g")
