"""Weak segments: planted ones are found, none is named where there is none, and every number is counted again."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy.stats import binomtest
from sklearn.tree import DecisionTreeRegressor

from governance.data import mask, parse
from governance.data.in_memory import InMemory
from governance.evidence import NotAssessed, Streams, silent
from governance.performance import SegmentsReport, segment_words
from governance.performance.segments.coding import Coded, coded_column
from governance.performance.segments.search import Pool, best
from governance.performance.segments.segments import segments
from governance.performance.segments.tree import grow
from governance.performance.spec import Segments
from governance.subject.schema import Schema
from governance.subject.signature import Prediction
from governance.subject.subject import Subject
from tests.performance.planted import COHORT, ROLES, people, searched

SEEDS = range(20)


def report(frame: pd.DataFrame, seed: int = 0, schema: Schema = ROLES) -> SegmentsReport:
    found = searched(frame, seed, schema).result
    assert isinstance(found, SegmentsReport)
    return found


def is_planted(cohort: str, frame: pd.DataFrame) -> bool:
    """Return whether a segment shares half of its rows with the planted one (Jaccard)."""
    planted, found = (mask(parse(text), frame) for text in (COHORT, cohort))
    return bool((planted & found).sum() >= 0.5 * (planted | found).sum())


def test_a_planted_segment_is_found_in_19_of_20_draws() -> None:
    hits = 0
    for seed in SEEDS:
        frame = people(seed)
        hits += any(is_planted(item.cohort, frame) for item in report(frame, seed).named)
    assert hits >= 19


def test_nothing_is_named_in_19_of_20_draws_where_every_row_errs_alike() -> None:
    assert sum(not report(people(100 + seed, more=0.0), seed).named for seed in SEEDS) >= 19


def test_a_segment_is_counted_again_from_its_own_filter_and_the_other_half() -> None:
    frame = people(3)
    found = report(frame, 3).segments[0]
    inside = mask(parse(found.cohort), frame)
    wrong = (frame.y != frame.decided).to_numpy()
    order = Streams(np.random.default_rng(3))["split"].permutation(len(frame))
    first = np.zeros(len(frame), dtype=bool)
    first[order[: len(frame) // 2]] = True
    judged = next(half for half in (first, ~first) if wrong[half & inside].mean() == pytest.approx(found.error))
    assert (found.rows, found.share) == (inside.sum(), pytest.approx(inside.mean()))
    assert found.judged == (judged & inside).sum()
    assert found.found == pytest.approx(wrong[~judged & inside].mean())
    assert found.rest == pytest.approx(wrong[judged & ~inside].mean())
    assert found.share_of_errors == pytest.approx(wrong[judged & inside].sum() / wrong[judged].sum())
    assert found.difference == pytest.approx(found.error - found.rest)


def test_the_intervals_of_a_segment_are_exact_ones_joined_and_corrected_for_the_number_of_finds() -> None:
    frame = people(3)
    found = report(frame, 3)
    first = found.segments[0]
    confidence = 1 - 0.05 / found.finds
    wrong = round(first.error * first.judged)
    exact = binomtest(wrong, first.judged).proportion_ci(confidence, method="exact")
    others = len(frame) // 2 - first.judged
    rest = binomtest(round(first.rest * others), others).proportion_ci(confidence, method="exact")
    assert (first.low, first.high) == (pytest.approx(exact.low), pytest.approx(exact.high))
    low = first.difference - np.hypot(first.error - exact.low, rest.high - first.rest)
    assert first.difference_low == pytest.approx(low)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_the_best_set_of_rows_is_the_one_that_trying_all_of_them_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns = tuple(
        coded_column(name, values, is_code=False)
        for name, values in {
            "a": pd.Series(rng.integers(0, 4, 300).astype(float)).where(rng.random(300) > 0.1),
            "b": pd.Series(rng.choice(["x", "y", "z"], 300)),
            "c": pd.Series(rng.normal(size=300)),
        }.items()
    )
    assert all(isinstance(item, Coded) for item in columns)
    loss = (rng.random(300) < 0.3).astype(float)
    pool = Pool(rows=np.arange(300), loss=loss, mass=np.ones(300), least=10.0)
    highest = -np.inf
    sets = [
        np.logical_and.reduce([mask_[column.codes] for column, mask_ in zip(chosen, masks, strict=True)])
        for chosen in (*((item,) for item in columns), *combinations(columns, 2))
        for masks in product_of([item.parts[0] for item in chosen])
    ]
    for rows in sets:
        n, m = rows.sum(), (~rows).sum()
        if n >= 10 and m >= 10:
            gap = loss[rows].mean() - loss[~rows].mean()
            highest = max(highest, gap / np.sqrt(loss.var() * (1 / n + 1 / m)))
    found = best(pool, columns, columns)
    assert found is not None
    assert highest - 1.0 <= found.z <= highest + 1e-9  # a single column stands for a pair that adds less than one error
    frame = pd.DataFrame({item.name: values(item) for item in columns})
    assert np.array_equal(mask(found.condition, frame), found.rows)


def product_of(parts: list) -> list:
    """Return every choice of one mask for each column."""
    return [(a,) for a in parts[0]] if len(parts) == 1 else [(a, b) for a in parts[0] for b in parts[1]]


def values(column: Coded) -> list:
    """Return a column whose rows carry the lowest value of their level, None where it is missing."""
    return [None if code == len(column.lows) else column.lows[code] for code in column.codes]


def test_the_first_cut_of_the_error_tree_is_the_one_of_scikit_learn() -> None:
    rng = np.random.default_rng(8)
    bins = {name: rng.integers(0, 8, 4_000).astype(float) for name in "abc"}
    loss = (rng.random(4_000) < 0.1 + 0.3 * (bins["b"] >= 5)).astype(float)
    columns = [coded_column(name, pd.Series(numbers), is_code=False) for name, numbers in bins.items()]
    pool = Pool(rows=np.arange(4_000), loss=loss, mass=np.ones(4_000), least=30.0)
    tree = grow(pool, [item for item in columns if isinstance(item, Coded)], 4_000, depth=1)
    theirs = (
        DecisionTreeRegressor(max_depth=1, min_samples_leaf=30).fit(np.column_stack(list(bins.values())), loss).tree_
    )
    assert ("abc"[theirs.feature[0]], theirs.threshold[0]) == ("b", 4.5)
    assert [node.parent for node in tree] == [-1, 0, 0]
    assert np.array_equal(tree[1].rows, bins["b"] <= 4)
    assert theirs.n_node_samples[1] == tree[1].rows.sum()


def test_the_error_tree_shows_the_planted_rows_and_its_leaves_hold_every_row_once() -> None:
    frame = people(5, rows=20_000, more=0.3)
    tree = report(frame).tree
    leaves = [node for node in tree if node.leaf]
    assert sum(node.rows for node in leaves) == len(frame) == tree[0].rows
    worst = max(leaves, key=lambda node: node.error or 0.0)
    assert is_planted(worst.cohort, frame)
    for node in leaves:
        assert mask(parse(node.cohort), frame).sum() == node.rows


def test_missing_values_are_a_segment_of_their_own() -> None:
    frame = people(6, more=0.0)
    gone = np.random.default_rng(6).random(len(frame)) < 0.06
    frame["income"] = frame.income.where(~gone)
    frame["region"] = frame.region.where(~gone | (frame.index % 2 == 0))
    frame.loc[gone & (np.random.default_rng(7).random(len(frame)) < 0.4), "decided"] = 1 - frame.y
    found = report(frame)
    assert found.named[0].cohort == "income is missing"
    assert found.named[0].rows == gone.sum()
    for node in found.tree:
        assert not node.cohort or mask(parse(node.cohort), frame).sum() == node.rows


def test_infinite_values_are_no_missing_ones_and_the_column_is_left_out_in_words() -> None:
    frame = people(6, more=0.0)
    frame.loc[frame.index % 10 == 0, "income"] = np.inf
    found = report(frame)
    assert [item.reason for item in found.left_out if item.column == "income"] == [
        f"{int((frame.index % 10 == 0).sum()):,} of its values are infinite"
    ]
    for node in (*found.segments, *found.tree):
        assert not node.cohort or mask(parse(node.cohort), frame).sum() == node.rows


def test_the_sentence_takes_both_shares_from_the_rows_that_judged_it() -> None:
    found = report(people(6))
    first, whole = found.named[0], found.tree[0].judged
    said = segment_words.sentence(found, first)
    assert (
        f"{100 * first.judged / whole:.1f} % of the rows hold {100 * first.share_of_errors:.1f} % of the errors" in said
    )


def test_numbers_are_judged_by_their_absolute_error() -> None:
    frame = people(9, more=0.0)
    rng = np.random.default_rng(9)
    off = np.where((frame.job == "c") & (frame.tenure >= 20), 6.0, 1.0)
    truth = rng.normal(50, 10, len(frame))
    frame["y"] = truth
    said = Prediction(classes=(), label=None, score=(truth + rng.normal(0, off))[:, None])
    subject = Subject(InMemory(frame, Schema(target="y", ignore=("decided",))), predictions=said)
    found = segments(subject, Segments(), rng=np.random.default_rng(1), progress=silent).result
    assert isinstance(found, SegmentsReport)
    assert (found.measure, found.task) == ("mean_absolute_error", "regression")
    assert set(found.named[0].columns) == {"job", "tenure"}
    assert found.named[0].error == pytest.approx(6 * np.sqrt(2 / np.pi), rel=0.15)  # mean of a half normal
    assert "off by" in segment_words.lead(found)


def test_several_classes_are_judged_by_wrong_decisions() -> None:
    frame = people(11)
    rng = np.random.default_rng(11)
    label = rng.integers(0, 3, len(frame))
    wrong = (frame.y != frame.decided).to_numpy()
    frame["y"] = np.array(["a", "b", "c"])[label]
    decided = np.where(wrong, (label + rng.integers(1, 3, len(frame))) % 3, label)
    said = Prediction(classes=("a", "b", "c"), label=decided, score=np.eye(3)[decided])
    subject = Subject(InMemory(frame, Schema(target="y", ignore=("decided",))), predictions=said)
    found = segments(subject, Segments(), rng=np.random.default_rng(1), progress=silent).result
    assert isinstance(found, SegmentsReport)
    assert found.task == "multiclass"
    assert is_planted(found.named[0].cohort, frame)


def test_weights_count_as_rows_do() -> None:
    frame = people(12, rows=16_000, more=0.25)
    frame["w"] = 2.0
    weighted = report(frame, schema=Schema(target="y", positive="1", prediction="decided", weight="w"))
    assert weighted.weighted
    assert [item.cohort for item in weighted.segments] == [
        item.cohort for item in report(frame.drop(columns="w")).segments
    ]


def test_columns_that_describe_no_group_are_left_out_with_the_reason() -> None:
    frame = people(13)
    frame["who"] = [f"p{row}" for row in range(len(frame))]
    frame["when"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(frame.index, unit="h")
    frame["same"] = 1.0
    found = report(frame)
    assert {item.column: item.reason for item in found.left_out} == {
        "who": "12,000 different texts, more than 100",
        "when": "it holds moments in time",
        "same": "it has one value alone",
    }


def test_hostile_names_of_columns_and_values_make_filters_that_can_be_read() -> None:
    frame = people(14, more=0.35).rename(columns={"region": 'a "b" or :material/check: c', "age": "and"})
    frame[frame.columns[1]] = frame[frame.columns[1]].replace("south", 'so"uth) or (x')
    found = report(frame)
    assert found.named
    for item in found.segments:
        assert mask(parse(item.cohort), frame).sum() == item.rows


def test_a_predicted_number_is_off_and_never_wrong() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"age": rng.integers(18, 80, 1_200), "region": rng.choice(["east", "west"], 1_200)})
    frame["y"] = rng.normal(50, 5, 1_200)
    frame["said"] = frame.y + rng.normal(0, 1, 1_200) * np.where(frame.region == "east", 9.0, 1.0)
    schema = Schema(target="y", prediction="said")
    found = report(frame, schema=schema)
    lines = " ".join(f"{line.value} {line.judgement}" for line in segment_words.lines(found))
    said = " ".join((segment_words.lead(found), lines, segment_words.of_node(found, found.tree[0])))
    assert "is off by" in said
    assert "larger errors" in said
    assert "wrong" not in said
    assert "decision" not in said
    few = searched(frame.head(50), 0, schema).result
    assert few == NotAssessed("50 rows with label and prediction, fewer than 120.")


def test_a_few_rows_are_not_searched() -> None:
    found = searched(people(15, rows=119)).result
    assert found == NotAssessed("119 rows with label and decision, fewer than 120.")


def test_a_model_that_is_always_right_has_no_weak_segment() -> None:
    frame = people(16)
    frame["decided"] = frame.y
    found = report(frame)
    assert (found.error, found.segments, len(found.tree)) == (0.0, (), 1)
    assert segment_words.lead(found).startswith("No segment is known to have more errors")
