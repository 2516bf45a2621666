"""Variants of a pipeline share work and say what scikit-learn's own pipeline says, trained whole."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from governance.data import from_table
from governance.evidence import NotAssessed, RefusedInputError, silent
from governance.stress import PipelineReport, PipelineVariant, Recipe, StressPipeline, pipeline_words, read_recipe
from governance.stress.pipeline.parts import pieces_of
from governance.stress.pipeline.pipeline_run import pipeline, prepared
from governance.stress.pipeline.workshop import Lessons, Workshop, whole_scores
from governance.subject import Schema, Subject
from tests.stress.making import people

SCHEMA = Schema(target="good", positive="yes", sensitive=("sex",))
NAMES = ["age", "income", "visits", "city"]


def table(rows: int, seed: int) -> pd.DataFrame:
    found = people(rows, seed=seed).drop(columns=["level", "amount"])
    found.loc[::11, "income"] = np.nan
    found["city"] = found.city.astype(object).where(found.index % 13 != 0, None)
    return found


def subject(rows: int = 700, seed: int = 0, **changed: Any) -> Subject:
    frame = table(rows, seed).assign(**changed)
    return Subject(data=from_table(pa.Table.from_pandas(frame, preserve_index=False), SCHEMA))


def asked(given: Any = None, parameters: StressPipeline | None = None, rows: Subject | None = None) -> PipelineReport:
    wanted = parameters or StressPipeline()
    found = pipeline(rows or subject(), wanted, rng=np.random.default_rng(0), progress=silent, given=given).result
    assert isinstance(found, PipelineReport)
    return found


@cache
def every_variant_whole() -> PipelineReport:
    """Return the report of a run in which every single variant was also run whole."""
    return asked(parameters=StressPipeline(whole_runs=10_000))


def of(report: PipelineReport, sort: str) -> list[PipelineVariant]:
    return [item for item in report.variants if item.sort == sort]


def test_every_variant_decides_as_scikit_learns_own_pipeline_trained_whole() -> None:
    report = every_variant_whole()
    assert report.shared.whole_runs == len(report.variants) > 60
    assert report.shared.whole_decisions_differ == 0
    assert report.shared.whole_difference < 1e-9
    assert {item.sort for item in report.variants} == {
        "serving_error", "training_error", "operator", "column_dropped", "cleaning", "permutation",
    }  # fmt: skip


def test_only_variants_that_learn_something_else_are_trained_and_columns_are_encoded_once() -> None:
    report = every_variant_whole()
    refitted = [item for item in report.variants if item.refitted]
    assert report.shared.fits == len(refitted) + 1
    assert report.shared.fits_whole == len(report.variants)
    assert report.shared.columns_encoded < report.shared.columns_encoded_whole / 3
    assert report.shared.rows_asked < report.shared.rows_asked_whole
    assert "models were trained where whole runs would train" in pipeline_words.shared(report.shared)


def test_counts_and_effects_of_a_variant_are_those_of_two_whole_pipelines() -> None:
    """Without one column, counted by hand from two scikit-learn pipelines on the same halves."""
    report = every_variant_whole()
    item = next(one for one in of(report, "column_dropped") if one.name == "income is left out")
    effect = item.effect("accuracy")
    assert effect is not None
    assert effect.change == pytest.approx((item.mended - item.broken) / report.rows)
    assert effect.low is not None
    assert effect.high is not None
    assert effect.low < effect.change < effect.high
    assert item.decisions_changed == item.broken + item.mended
    groups = [one for one in item.effects if one.metric == "selection_rate" and one.attribute == "sex"]
    assert {one.group for one in groups} == {"Female", "Male"}
    assert sum(one.rows for one in groups) == report.rows


def test_what_helps_is_found_where_a_column_decides_everything() -> None:
    frame = table(800, 3)
    frame["good"] = np.where(frame.visits > 2, "yes", "no")
    data = Subject(data=from_table(pa.Table.from_pandas(frame, preserve_index=False), SCHEMA))
    found = asked(rows=data)
    shuffled = {item.name: pipeline_words.harm(item) for item in of(found, "permutation")}
    assert max(shuffled, key=lambda name: shuffled[name]) == "visits is shuffled"
    assert shuffled["city is shuffled"] < 0.05 < shuffled["visits is shuffled"]
    dropped = {item.name: pipeline_words.harm(item) for item in of(found, "column_dropped")}
    assert max(dropped, key=lambda name: dropped[name]) == "visits is left out"


def test_a_pipeline_of_scikit_learn_is_taken_apart_and_put_together_without_a_difference() -> None:
    frame = prepared(table(400, 5), NAMES)
    label = (table(400, 5)["good"] == "yes").to_numpy().astype(np.int64)
    encoder = ColumnTransformer([
        ("n", make_pipeline(SimpleImputer(), StandardScaler()), ["age", "income"]),
        ("both", make_pipeline(SimpleImputer(), PCA(2)), ["visits", "income"]),
        ("t", OneHotEncoder(handle_unknown="ignore"), ["city"]),
    ])  # fmt: skip
    given = Pipeline([("encoder", encoder), ("model", LogisticRegression(max_iter=500))])
    pieces = pieces_of(given)
    assert [part.columns for part in pieces.parts] == [("age",), ("income",), ("visits", "income"), ("city",)]
    shop = Workshop(Lessons(frame, label), frame)
    own = shop.train(pieces, shop.lessons).score
    assert own == pytest.approx(given.fit(frame, label).predict_proba(frame)[:, 1], abs=1e-9)
    assert own == pytest.approx(whole_scores(pieces, shop.lessons, frame), abs=1e-12)
    assert pieces.without("visits") is None
    found = asked(given, StressPipeline(whole_runs=10_000))
    assert found.shared.whole_decisions_differ == 0
    assert "PCA" in " ".join(found.pipeline)
    assert any("together with others" in item.reason for item in found.not_run)


def test_forests_and_other_encoders_are_exact_too() -> None:
    for recipe in (Recipe(model="forest", encode="ordinal", scale="none"), Recipe(model="boosted", impute="mean")):
        found = asked(
            parameters=StressPipeline(
                recipe=recipe, whole_runs=4, serving_kinds=("missing",), training_kinds=("label",)
            )
        )
        assert (found.shared.whole_runs, found.shared.whole_decisions_differ) == (4, 0)


def test_the_reference_is_learnt_from_and_no_row_is_on_both_sides() -> None:
    rows = replace(subject(300, 1), reference=subject(500, 2).data)
    found = asked(rows=rows)
    assert (found.trained_rows, found.rows) == (500, 300)
    halves = asked(rows=subject(301, 1))
    assert halves.trained_rows + halves.rows == 301


def test_the_order_of_kinds_changes_no_number() -> None:
    some = StressPipeline(serving_kinds=("missing", "unit"), training_kinds=("label",))
    other = replace(some, serving_kinds=("unit", "missing"))
    assert asked(parameters=some).variants == asked(parameters=other).variants


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (LogisticRegression(), "LogisticRegression"),
        (make_pipeline(StandardScaler(), LogisticRegression()), "StandardScaler, LogisticRegression"),
        (make_pipeline(ColumnTransformer([("n", "passthrough", [0])]), LogisticRegression()), "list of names"),
        (make_pipeline(ColumnTransformer([("n", "drop", ["age"])]), LogisticRegression()), "reads no column"),
        (
            make_pipeline(
                ColumnTransformer([("n", "passthrough", ["age"])], remainder="passthrough"), LogisticRegression()
            ),
            "remainder",
        ),
        (make_pipeline(ColumnTransformer([("n", "passthrough", ["shoe"])]), RandomForestClassifier()), "'shoe'"),
        (make_pipeline(ColumnTransformer([("n", "passthrough", ["city"])]), LogisticRegression()), "holds no numbers"),
        (make_pipeline(ColumnTransformer([("n", "passthrough", ["income"])]), LogisticRegression()), "NaN"),
    ],
)
def test_a_pipeline_that_cannot_be_followed_or_trained_is_refused_with_words(given: Any, words: str) -> None:
    with pytest.raises(RefusedInputError, match=words):
        asked(given)


def test_what_cannot_be_learnt_is_said_in_words() -> None:
    few = pipeline(subject(100), StressPipeline(), rng=np.random.default_rng(0), progress=silent)
    assert isinstance(few.result, NotAssessed)
    assert "fewer than 60" in few.result.reason
    alike = pipeline(subject(200, good="yes"), StressPipeline(), rng=np.random.default_rng(0), progress=silent)
    assert isinstance(alike.result, NotAssessed)
    assert "same label" in alike.result.reason
    unlabelled = subject(300)
    label = table(300, 0)["good"].astype(object).where(np.arange(300) % 3 != 0, None)
    found = pipeline(subject(300, good=label), StressPipeline(), rng=np.random.default_rng(0), progress=silent)
    assert found.rows.used == 200
    assert sum(item.rows for item in found.rows.dropped) == 100
    with pytest.raises(RefusedInputError, match="No kind of error 'mising'"):
        asked(parameters=StressPipeline(training_kinds=("mising",)), rows=unlabelled)
    with pytest.raises(RefusedInputError, match="learns a label"):
        bare = from_table(pa.Table.from_pandas(table(200, 0), preserve_index=False), Schema())
        asked(rows=Subject(data=bare))


def test_a_recipe_is_read_from_toml_and_refused_in_words() -> None:
    assert read_recipe('model = "forest"\nscale = "none"') == Recipe(model="forest", scale="none")
    for text, words in (
        ("model = 3", "model"),
        ('modle = "forest"', "modle"),
        ("model =", "TOML"),
        ('model = "svm"', "svm"),
    ):
        with pytest.raises(RefusedInputError, match=words):
            read_recipe(text)


def test_a_column_of_numbers_here_and_texts_there_is_refused_by_name() -> None:
    earlier = subject(300, 2, age="many").data
    with pytest.raises(RefusedInputError, match=r"'age' holds texts .* and numbers in those that are decided about"):
        asked(rows=replace(subject(300, 1), reference=earlier))


@pytest.mark.parametrize("column", ["age", "city"])
def test_a_column_without_a_value_in_decided_rows_is_missing_there(column: str) -> None:
    bare = replace(subject(300, 1, **{column: None}), reference=subject(500, 2).data)
    found = asked(rows=bare, parameters=StressPipeline(serving_kinds=("missing",), training_kinds=("label",)))
    assert (found.trained_rows, found.rows, found.shared.whole_decisions_differ) == (500, 300, 0)
