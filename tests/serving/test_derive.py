"""What a lighter copy changes: counted by hand, tested exactly, and judged for every group at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from governance.data.in_memory import InMemory
from governance.evidence import Finding, NotAssessed, RefusedInputError, silent
from governance.serving import Derive, DeriveReport, GroupChange, derive_words
from governance.serving.derive import derive
from governance.subject import Prediction, Schema, Subject

ROLES = Schema(target="y", positive="yes", sensitive=("sex",))


def answers(score: np.ndarray) -> Prediction:
    return Prediction(("no", "yes"), (score >= 0.5).astype(np.intp), np.stack((1 - score, score), axis=1))


def people(rows: int = 1000) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    return pd.DataFrame({
        "y": rng.choice(["yes", "no"], rows), "sex": rng.choice(["F", "M"], rows, p=[0.2, 0.8]), "score": rng.random(rows),
    })  # fmt: skip


def found(frame: pd.DataFrame, copy: np.ndarray, schema: Schema = ROLES, **parameters: Any) -> Finding[DeriveReport]:
    subject = Subject(
        InMemory(frame.drop(columns="score"), schema),
        predictions=answers(copy),
        candidate_predictions=answers(frame["score"].to_numpy()),
    )
    return derive(subject, Derive(**parameters), rng=np.random.default_rng(0), progress=silent)


def report(frame: pd.DataFrame, copy: np.ndarray, schema: Schema = ROLES, **parameters: Any) -> DeriveReport:
    result = found(frame, copy, schema, **parameters).result
    assert isinstance(result, DeriveReport)
    return result


def of(result: DeriveReport, attribute: str, group: str, metric: str) -> GroupChange:
    return next(
        item for item in result.groups if (item.attribute, item.group, item.metric) == (attribute, group, metric)
    )


def turned(frame: pd.DataFrame, group: str, count: int) -> np.ndarray:
    """Return scores of a copy that refuses so many people of a group whom the model selects."""
    copy = frame["score"].to_numpy().copy()
    copy[np.flatnonzero((frame["sex"] == group) & (copy >= 0.5))[:count]] = 0.4
    return copy


def test_counts_rates_and_p_values_are_those_of_a_person_with_a_pencil() -> None:
    frame = people()
    copy = turned(frame, "F", 9)
    result = report(frame, copy)
    women, before, after = frame[frame.sex == "F"], frame.score >= 0.5, copy >= 0.5
    assert result.decided_otherwise == 9
    line = of(result, "sex", "F", "selection_rate")
    assert line.rows == len(women)
    assert (line.before, line.after) == (before[women.index].mean(), after[women.index].mean())
    assert line.change == pytest.approx(-9 / len(women))
    raw = binomtest(9, 9).pvalue
    assert line.p_value is not None
    assert raw <= line.p_value <= 6 * raw, "corrected for the six changes of the report"
    right = (before == (frame.y == "yes")).mean(), (after == (frame.y == "yes")).mean()
    everybody = of(result, "", "", "accuracy")
    assert (everybody.before, everybody.after) == pytest.approx(right)


def test_a_harm_to_a_small_group_breaks_the_limit_and_is_named_first() -> None:
    frame = people(20_000)
    result = report(frame, turned(frame, "F", 200))
    assert (result.verdict, result.group_verdict) == ("not_met", "not_met")
    worst = result.largest_group_harm
    assert worst is not None
    assert (worst.attribute, worst.group, worst.metric) == ("sex", "F", "selection_rate")
    assert worst.low <= worst.change <= worst.high < 0
    assert "sex = F" in derive_words.lead(result)
    assert "not met" in derive_words.lead(result)
    assert of(result, "sex", "M", "selection_rate").harm == 0


def test_being_selected_more_often_is_the_harm_where_selection_is_bad() -> None:
    frame = people(20_000)
    result = report(frame, turned(frame, "F", 200), replace(ROLES, selected_is="bad"))
    assert of(result, "sex", "F", "selection_rate").harm == 0


def test_an_equal_copy_keeps_to_the_limits_only_where_the_rows_are_many_enough_to_tell() -> None:
    many, few = people(40_000), people(200)
    assert report(many, many["score"].to_numpy()).verdict == "met"
    unsure = report(few, few["score"].to_numpy())
    assert (unsure.decided_otherwise, unsure.verdict) == (0, "cannot_judge")


def test_groups_with_few_rows_are_named_and_not_judged() -> None:
    frame = people()
    frame.loc[:4, "sex"] = "X"
    result = report(frame, frame["score"].to_numpy())
    assert not any(item.group == "X" for item in result.groups)
    assert result.notices == ("By sex, X were not judged: fewer than 30 rows.",)


def test_rows_without_an_answer_of_both_are_left_out_and_counted() -> None:
    frame = people()
    copy = frame["score"].to_numpy().copy()
    copy[:7] = np.nan
    finding = found(frame, copy)
    assert (finding.rows.used, finding.rows.dropped[0].rows) == (993, 7)
    copy[: len(copy) - 10] = np.nan
    assert isinstance(found(frame, copy).result, NotAssessed)


def test_without_labels_and_roles_the_decisions_alone_are_compared() -> None:
    frame = people()
    result = report(frame, turned(frame, "F", 3), Schema())
    assert {item.metric for item in result.groups} == {"selection_rate"}
    assert result.decided_otherwise == 3


def test_numbers_are_compared_in_their_unit() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"y": rng.normal(size=500), "sex": rng.choice(["F", "M"], 500)})
    one = frame["y"].to_numpy() + 1.0
    two = one + np.where(frame["sex"] == "F", 0.5, 0.0)
    numbers = [Prediction((), None, value[:, None]) for value in (one, two)]
    subject = Subject(
        InMemory(frame, replace(ROLES, positive="")), predictions=numbers[1], candidate_predictions=numbers[0]
    )
    result = derive(subject, Derive(limit_group=0.1), rng=rng, progress=silent).result
    assert isinstance(result, DeriveReport)
    worst = result.largest_group_harm
    assert worst is not None
    assert (worst.group, worst.metric) == ("F", "mean_absolute_error")
    assert (worst.before, worst.after, worst.verdict) == pytest.approx((1.0, 1.5, "not_met"))
    assert (result.decided_otherwise, result.scores.largest) == (None, pytest.approx(0.5))
    assert "at most 0.5 away" in derive_words.lead(result)


def test_intervals_of_all_changes_hold_together() -> None:
    """Bonferroni: of 200 reports on people who change by chance, at most a share of .05 and its error has any interval beside the truth."""
    rng, missed = np.random.default_rng(5), 0
    for _ in range(200):
        frame = people(400)
        frame["sex"] = rng.choice(["F", "M"], 400)
        frame["score"] = rng.random(400)
        moved = rng.random(400) < 0.1
        result = report(frame, np.where(moved, rng.random(400), frame["score"]))
        truth = {"selection_rate": 0.0}  # a moved score is drawn anew, so the share selected stays on average
        missed += any(not item.low <= truth[item.metric] <= item.high for item in result.groups if item.metric in truth)
    assert missed <= 20


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"limit_labels": 0}, "limit of labels"),
        ({"limit_group": float("nan")}, "limit of a group"),
        ({"level": 1}, "level"),
    ],
)
def test_limits_that_mean_nothing_are_refused(wrong: dict[str, float], word: str) -> None:
    with pytest.raises(RefusedInputError, match=word):
        Derive(**wrong)  # type: ignore[arg-type]


def test_a_copy_with_other_classes_is_refused() -> None:
    frame = people()
    one = answers(frame["score"].to_numpy())
    subject = Subject(InMemory(frame, ROLES), predictions=one, candidate_predictions=replace(one, classes=("0", "1")))
    with pytest.raises(RefusedInputError, match="other classes"):
        derive(subject, Derive(), rng=np.random.default_rng(0), progress=silent)
