"""Every step of a pipeline is held against earlier rows: what leaves, where first, and whether the file hides it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from math import comb

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings, strategies as st
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from governance.data import from_table
from governance.evidence import NotAssessed, RefusedInputError, silent
from governance.models import OnnxPredictor, Stages, convert_estimator, signature_of
from governance.stress import StagesReport, StressStages, stage_words
from governance.stress.stage_expectations import MOST_WORDS, Numbers, Texts, chance
from governance.stress.stages import stages
from governance.subject import Schema, Subject
from tests.stress.making import people

NAMES = ["age", "income", "city"]


@cache
def fitted() -> OnnxPredictor:
    """Return a pipeline that fills missing numbers, scales them and encodes texts, as a file."""
    frame = rows(600, seed=1)
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    encoder = ColumnTransformer([
        ("n", numbers, ["age", "income"]),
        ("t", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["city"]),
    ])  # fmt: skip
    pipeline = make_pipeline(encoder, LogisticRegression(max_iter=500))
    pipeline.fit(frame[NAMES], people(600, seed=1)["good"])
    text = convert_estimator(pipeline, frame[NAMES].head(100))
    return OnnxPredictor(text, signature_of(text))


def rows(count: int, seed: int) -> pd.DataFrame:
    found = people(count, seed=seed)[NAMES].copy()
    return found.assign(age=found.age.astype(float), city=found.city.astype(object))


def held(batch: pd.DataFrame, reference: pd.DataFrame | None = None) -> StagesReport | NotAssessed:
    earlier = rows(900, seed=2) if reference is None else reference
    data, known = (
        from_table(pa.Table.from_pandas(frame, preserve_index=False), Schema()) for frame in (batch, earlier)
    )
    subject = Subject(data=data, model=fitted(), reference=known)
    return stages(subject, StressStages(block_rows=200), rng=np.random.default_rng(0), progress=silent).result


def report(batch: pd.DataFrame) -> StagesReport:
    found = held(batch)
    assert isinstance(found, StagesReport)
    return found


def operators(found: StagesReport) -> dict[str, list[str]]:
    return {item.operator: [f"{one.check} {one.column}" for one in item.failed] for item in found.stages if item.failed}


def test_the_stages_of_the_file_are_those_of_the_pipeline() -> None:
    found = report(rows(300, seed=3))
    assert [item.operator for item in found.stages] == [
        "input", "Imputer", "OneHotEncoder", "Scaler", "LinearClassifier", "LinearClassifier",
    ]  # fmt: skip
    assert found.first == found.last == -1
    assert found.expectations == sum(item.expectations for item in found.stages)
    assert "leaves none" in stage_words.lead(found)


def test_the_values_between_the_nodes_are_those_of_scikit_learn() -> None:
    """The oracle is the pipeline's own scaler on the same rows."""
    frame = rows(200, seed=4)
    training = rows(600, seed=1)
    scaler = make_pipeline(SimpleImputer(strategy="median"), StandardScaler()).fit(training[["age", "income"]])
    opened = Stages(fitted())
    place = next(at for at, item in enumerate(opened.listed) if item.operator == "Scaler")
    (found,) = opened.values(frame)[place]
    assert found == pytest.approx(scaler.transform(frame[["age", "income"]]), abs=1e-5)
    assert opened.labels(opened.listed[place], 2) == ("age", "income")
    assert opened.listed[place].columns == ("age", "income")


def test_missing_values_leave_at_the_input_and_the_imputer_hides_them() -> None:
    batch = rows(300, seed=3)
    batch.loc[40:79, "income"] = np.nan
    found = report(batch)
    assert operators(found) == {"input": ["missing income"]}
    assert found.stages[0].failed[0].rows == 40
    assert found.stages[0].failed[0].first_row == 40
    assert (found.first, found.last) == (0, 0)
    assert "the file hides it" in stage_words.lead(found)


def test_a_unit_error_is_seen_up_to_the_scaler() -> None:
    batch = rows(300, seed=3)
    batch.loc[250:, "income"] *= 1000
    found = operators(report(batch))
    assert found["input"] == found["Imputer"] == found["Scaler"] == ["range income"]


def test_a_category_never_seen_leaves_the_encoder_without_a_one() -> None:
    batch = rows(300, seed=3)
    batch.loc[5:16, "city"] = "Atlantis"
    found = report(batch)
    assert operators(found)["input"] == ["category city"]
    assert operators(found)["OneHotEncoder"] == ["one_each "]
    encoder = next(item for item in found.stages if item.operator == "OneHotEncoder")
    assert (encoder.failed[0].rows, encoder.failed[0].first_row, encoder.first_row) == (12, 5, 5)
    assert encoder.columns == ("city",)
    assert "Atlantis" in stage_words.lead(found)


def test_one_row_a_little_outside_is_told_and_not_called_a_failure() -> None:
    batch = rows(300, seed=3)
    batch.loc[0, "age"] = 3000.0
    found = report(batch)
    assert not found.stages[0].failed
    assert [(item.column, item.rows, item.value) for item in found.stages[0].broken if item.column == "age"] == [
        ("age", 1, "3000.0")
    ]


def test_blocks_say_what_the_whole_says() -> None:
    batch = rows(300, seed=3)
    batch.loc[250:, "income"] *= 1000
    whole = from_table(pa.Table.from_pandas(batch, preserve_index=False), Schema())
    known = from_table(pa.Table.from_pandas(rows(900, seed=2), preserve_index=False), Schema())
    subject = Subject(data=whole, model=fitted(), reference=known)
    found = [
        stages(subject, StressStages(block_rows=size), rng=np.random.default_rng(0), progress=silent).result
        for size in (7, 10_000)
    ]
    assert found[0] == found[1]


def test_batches_like_the_reference_fail_in_at_most_one_of_a_hundred() -> None:
    """Sixty batches at a level of 1 % altogether: six or more false alarms have a chance below 1 in 10,000."""
    frames = people(60 * 200 + 900, seed=8)[NAMES]
    frames = frames.assign(age=frames.age.astype(float), city=frames.city.astype(object))
    alarms = 0
    for at in range(60):
        found = held(frames.iloc[900 + 200 * at : 1100 + 200 * at].reset_index(drop=True), frames.head(900))
        assert isinstance(found, StagesReport)
        alarms += found.first >= 0
    assert alarms <= 5


def test_the_chance_of_rows_outside_a_range_is_the_one_of_order_statistics() -> None:
    """Of 4 + 3 exchangeable numbers both ends are held by the first four with the chance (4 * 3) / (7 * 6); worked by hand."""
    expected, p = chance([2], 3, 4, [1])
    assert expected[0] == pytest.approx(3 * 2 / 5)
    assert p[0] == pytest.approx(1 - 4 * 3 / (7 * 6))


@given(st.integers(1, 60), st.integers(1, 60), st.data())
@settings(max_examples=60, deadline=None)
def test_the_chance_is_the_count_of_arrangements(reference: int, rows_: int, data: st.DataObject) -> None:
    """For one end of the range: k or more of m new numbers above all n known ones, C(n+m-k, n) / C(n+m, n)."""
    seen = data.draw(st.integers(1, rows_))
    _, p = chance([1], rows_, reference, [seen])
    assert p[0] == pytest.approx(
        comb(reference + rows_ - seen, reference) / comb(reference + rows_, reference), rel=1e-6
    )


def test_numbers_and_texts_learn_the_same_in_parts() -> None:
    rng = np.random.default_rng(0)
    values = np.where(rng.random((50, 3)) < 0.1, np.nan, rng.integers(0, 9, (50, 3)).astype(float))
    whole, parts = Numbers(), Numbers()
    whole.learn(values)
    for part in np.array_split(values, 7):
        parts.learn(part)
    assert [item.expected for item in whole.held(values)] == [item.expected for item in parts.held(values)]
    assert [item.alone for item in whole.held(values)] == [item.alone for item in parts.held(values)]
    many = Texts()
    many.learn(np.array([[f"person {at}"] for at in range(MOST_WORDS + 1)], dtype=object))
    assert many.held(np.array([["nobody"]], dtype=object)) == []


def test_what_cannot_be_held_is_said_in_words() -> None:
    few = held(rows(50, seed=3), rows(10, seed=2))
    assert isinstance(few, NotAssessed)
    assert "10 rows, fewer than 30" in few.reason
    stopped = held(rows(50, seed=3).assign(age="old"))
    assert isinstance(stopped, NotAssessed)
    assert "'old'" in stopped.reason
    data = from_table(pa.Table.from_pandas(rows(50, seed=3), preserve_index=False), Schema())
    with pytest.raises(RefusedInputError, match="earlier rows"):
        stages(Subject(data, model=fitted()), StressStages(), rng=np.random.default_rng(0), progress=silent)


def test_a_column_that_is_all_missing_and_infinite_numbers_are_held_too() -> None:
    earlier = rows(200, seed=2).assign(income=np.nan)
    found = held(rows(200, seed=3).assign(income=np.nan), earlier)
    assert isinstance(found, StagesReport)
    assert found.first == -1
    endless = rows(200, seed=3)
    endless.loc[:99, "income"] = np.inf
    told = held(endless)
    assert isinstance(told, StagesReport)
    assert "range income" in operators(told)["input"]


def test_one_row_is_a_batch() -> None:
    found = report(rows(300, seed=3).head(1))
    assert (found.rows, found.first) == (1, -1)
    assert replace(found, rows=2) != found
