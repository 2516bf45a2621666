"""Nothing is guessed, and nobody is dropped silently."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from governance.data.in_memory import InMemory
from governance.evidence.codec import decode, encode
from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import Finding, NotAssessed, silent
from governance.fairness.by_group import by_group
from governance.fairness.report import FairnessReport, Limits
from governance.fairness.spec import ByGroup
from governance.fairness.unknowns import bounds, sharp_bounds
from governance.subject.schema import Schema
from governance.subject.signature import Prediction
from governance.subject.subject import Subject

SCHEMA = Schema(target="y", positive="1", negative=("0",), prediction="p", sensitive=("g",))


def finding(frame: pd.DataFrame, schema: Schema = SCHEMA, rows: int | None = None, **parameters: object) -> Finding:
    chosen = ByGroup(**{"limits": Limits(draws=200), **parameters})
    return by_group(Subject(InMemory(frame, schema, rows)), chosen, rng=np.random.default_rng(0), progress=silent)


def people(n: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"g": rng.choice(["a", "b"], n), "y": rng.integers(0, 2, n), "p": rng.integers(0, 2, n)})


ROW = st.tuples(
    st.sampled_from(["a", "b", "", None, "unknown"]),
    st.sampled_from([None, "x", "y"]),
    st.sampled_from([0.0, 1.0, np.nan]),
    st.sampled_from([0.0, 1.0, np.nan]),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=60), st.integers(1, 20))
def test_used_and_dropped_rows_add_up_and_every_row_is_in_one_group_of_each_attribute(rows: list, chunk: int) -> None:
    frame = pd.DataFrame(rows, columns=["g", "h", "y", "p"]).astype({"g": object, "h": object})
    schema = Schema(target="y", positive="1", negative=("0",), prediction="p", sensitive=("g", "h"))
    done = finding(frame, schema, rows=chunk, limits=Limits(min_rows=1, min_outcomes=1, draws=0))
    assert done.rows.total == len(rows)
    assert done.rows.used == int((frame.y.notna() & frame.p.notna()).sum())
    if isinstance(done.result, NotAssessed):
        return
    for attributes in done.result.attribute_sets:
        groups = done.result.groups(attributes)
        assert sum(group.n for group in groups) == len(rows)
        counts = [encode(group.counts) for group in groups]
        assert sum(sum(item.values()) for item in counts) == len(rows)
    for item in done.result.unknown:
        assert item.rows == int((frame[item.attribute].isna() | (frame[item.attribute] == "")).sum())
    assert decode(FairnessReport, encode(done.result)) == done.result


def test_missing_membership_is_a_group_of_its_own_beside_a_real_value_of_that_name() -> None:
    frame = people(200).astype({"g": object})
    frame.loc[:39, "g"] = "unknown"
    frame.loc[40:99, "g"] = None
    groups = {group.name: group for group in finding(frame).result.by_group}
    assert groups["unknown"].n == 40
    assert not groups["unknown"].unknown
    assert groups["unknown (missing)"].n == 60
    assert groups["unknown (missing)"].unknown


def test_bounds_of_the_unknown_worked_by_hand() -> None:
    assert bounds(30, 100, 20) == (30 / 120, 50 / 120)
    assert sharp_bounds(30, 100, 5, 20) == (30 / 115, 35 / 105)


def test_an_undeclared_label_stops_the_run_with_the_codes_seen() -> None:
    frame = people(50).astype({"y": object})
    frame.loc[3, "y"] = "maybe"
    with pytest.raises(RefusedInputError, match="'maybe'"):
        finding(frame)


def test_labels_that_differ_between_chunks_are_seen_together() -> None:
    frame = pd.DataFrame({"g": ["a"] * 6, "y": ["1", "no", "1", "1", "never", "1"], "p": ["1"] * 6})
    with pytest.raises(RefusedInputError, match="'never'"):
        finding(frame, Schema(target="y", positive="1", prediction="p", sensitive=("g",)), rows=2)


def test_a_small_group_has_no_value_and_says_why() -> None:
    frame = people(300)
    frame.loc[:11, "g"] = "few"
    group = next(item for item in finding(frame).result.by_group if item.name == "few")
    item = group.metric("selection_rate")
    assert item.value is None
    assert item.verdict == "not_enough_data"
    assert item.reason == "12 rows, fewer than 30"


def test_too_few_positives_is_a_verdict_of_its_own() -> None:
    frame = people(300)
    frame["y"] = np.where(np.arange(300) < 7, 1, 0)
    frame["g"] = "a"
    group = finding(frame).result.by_group[0]
    assert group.metric("true_positive_rate").reason == "7 positive labels, fewer than 10"
    assert group.metric("false_positive_rate").value is not None


def test_without_labels_only_selection_is_compared() -> None:
    schema = Schema(prediction="p", positive="1", sensitive=("g",))
    found = finding(people(300), schema).result
    assert {item.metric for item in found.by_group[0].metrics} == {"count", "selection_rate"}
    assert {item.metric for item in found.disparities} == {"demographic_parity"}
    assert "no label column" in found.notices[0]


def test_rows_without_a_label_still_count_in_the_selection_rate() -> None:
    frame = people(300).astype({"y": float})
    frame.loc[:99, "y"] = np.nan
    done = finding(frame)
    assert done.rows.used == 200
    assert sum(group.metric("selection_rate").n for group in done.result.by_group) == 300
    assert sum(group.metric("accuracy").n for group in done.result.by_group) == 200


@pytest.mark.parametrize(("polarity", "worse"), [("good", "b"), ("bad", "a")])
def test_the_verdict_follows_the_polarity(polarity: str, worse: str) -> None:
    frame = pd.DataFrame(
        {"g": ["a"] * 400 + ["b"] * 400, "y": [0, 1] * 400, "p": [1] * 300 + [0] * 100 + [1] * 150 + [0] * 250}
    )
    other = "b" if worse == "a" else "a"
    schema = Schema(target="y", positive="1", prediction="p", sensitive=("g",), selected_is=polarity)
    found = finding(frame, schema, reference=other).result
    verdicts = {group.name: group.metric("selection_rate").verdict for group in found.by_group}
    assert verdicts == {worse: "worse", other: "reference"}
    gap = next(d for d in found.disparities if d.metric == "demographic_parity" and d.method == "between_groups")
    assert (gap.worst, gap.reference) == (worse, other)


def test_an_inverted_score_and_a_constant_score_are_called_so() -> None:
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 400)
    frame = pd.DataFrame({"g": rng.choice(["a", "b"], 400), "y": y, "s": 0.6 - 0.3 * y + 0.1 * rng.random(400)})
    schema = Schema(target="y", positive="1", score="s", sensitive=("g",))
    assert "inverted" in finding(frame, schema).result.notices[0]
    assert any("same score" in text for text in finding(frame.assign(s=0.5), schema).result.notices)


def test_an_unknown_reference_lists_the_groups() -> None:
    with pytest.raises(RefusedInputError, match="Known: g: a, b, unknown"):
        finding(people(100), reference="g=c")


def test_the_overall_reference_counts_everybody() -> None:
    found = finding(people(2000), reference="overall").result
    overall = {item.metric: item.value for item in found.overall}
    for group in found.by_group:
        item = group.metric("selection_rate")
        assert not group.is_reference
        assert item.against.difference == pytest.approx(item.value - overall["selection_rate"])
        assert item.against.low < item.against.difference < item.against.high


def test_an_age_is_compared_in_bands_that_are_named() -> None:
    rng = np.random.default_rng(3)
    frame = people(800).assign(g=rng.integers(18, 80, 800))
    found = finding(frame).result
    assert len(found.by_group) == 4
    assert "4 bands" in found.notices[0]
    assert sum(group.n for group in found.by_group) == 800


def test_a_column_of_names_is_refused_as_a_group() -> None:
    frame = people(500).assign(g=[f"person {i}" for i in range(500)])
    with pytest.raises(RefusedInputError, match="500 different values"):
        finding(frame)


def test_regression_errors_by_group_equal_scikit_learn_in_chunks() -> None:
    import sklearn.metrics as sm

    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"g": rng.choice(["a", "b", "c"], 900), "y": rng.normal(1e4, 30, 900)})
    predicted = frame.y.to_numpy() + rng.normal(0, 5, 900) + 4 * (frame.g == "b")
    subject = Subject(
        InMemory(frame, Schema(target="y", sensitive=("g",)), 100),
        predictions=Prediction((), None, predicted.to_numpy()[:, None]),
    )
    found = by_group(subject, ByGroup(limits=Limits(draws=500)), rng=np.random.default_rng(0), progress=silent).result
    for group in found.by_group:
        part = (frame.g == group.name).to_numpy()
        actual, guess = frame.y[part], predicted[part]
        expected = {
            "mean_absolute_error": sm.mean_absolute_error(actual, guess),
            "root_mean_squared_error": sm.root_mean_squared_error(actual, guess),
            "r2": sm.r2_score(actual, guess),
            "mean_error": float((guess - actual).mean()),
        }
        for name, value in expected.items():
            assert group.metric(name).value == pytest.approx(value, rel=1e-9, abs=1e-9)
    worst = next(
        d for d in found.disparities if d.metric == "mean_absolute_error_parity" and d.method == "between_groups"
    )
    assert (worst.worst, worst.verdict) == ("b", "worse")


def test_many_classes_are_compared_one_against_the_rest() -> None:
    import fairlearn.metrics as fm

    rng = np.random.default_rng(6)
    names = np.array(["x", "y", "z"])
    label, decision = rng.integers(0, 3, 900), rng.integers(0, 3, 900)
    frame = pd.DataFrame({"g": rng.choice(["a", "b"], 900), "t": names[label]})
    prediction = Prediction(("x", "y", "z"), decision, np.eye(3)[decision])
    subject = Subject(InMemory(frame, Schema(target="t", sensitive=("g",)), 250), predictions=prediction)
    found = by_group(subject, ByGroup(limits=Limits(draws=200)), rng=np.random.default_rng(0), progress=silent).result
    for group in found.by_group:
        part = (frame.g == group.name).to_numpy()
        assert group.metric("accuracy").value == pytest.approx((label == decision)[part].mean())
        for index, name in enumerate(names):
            expected = fm.true_positive_rate(label[part] == index, decision[part] == index, pos_label=True)
            assert group.metric(f"true_positive_rate[{name}]").value == pytest.approx(expected)
    assert any(d.metric == "demographic_parity[x]" and d.low is not None for d in found.disparities)
