"""What errors do to reasons: worked by hand where the model is a line, and true to the product's own values elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from governance.evidence import NotAssessed, RefusedInputError, silent
from governance.explain.selection.exact_values import exact_values
from governance.stress import ReasonsReport, StressReasons, words
from governance.stress.corruption import Corruption
from governance.stress.reasons import reasons
from governance.subject import Subject
from tests.stress.making import made


class Line:
    """Values of a line by hand: weight x (value - mean of the background); one column counts for nothing."""

    weights: dict[str, float] = {"age": 1.0, "income": 2.0, "visits": 0.0}  # noqa: RUF012 - a table of the test

    def of(self, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        return pd.DataFrame({name: weight * (rows[name].to_numpy(float) - 30) for name, weight in self.weights.items()})


def subject(sort: str = "boosted", attributor: Any = exact_values) -> Subject:
    own = made(sort).subject
    return replace(own, reference=own.data, attributor=attributor)


def found(*errors: Corruption, case: Subject | None = None, rows: int = 200) -> ReasonsReport:
    asked = StressReasons(corruptions=errors, most_rows=rows, background_rows=50)
    report = reasons(case or subject(), asked, rng=np.random.default_rng(1), progress=silent).result
    assert isinstance(report, ReasonsReport)
    return report


def test_the_counts_for_a_line_are_those_that_are_worked_out_by_hand() -> None:
    case = subject(attributor=lambda *_: Line())
    report = found(
        Corruption("code", ("age",), setting={"code": 1030.0}), Corruption("sign", ("visits",)), case=case, rows=900
    )
    frame = made("boosted").frame
    age, income = (frame.age - 30).abs(), 2 * (frame.income - 30).abs()
    first, second = report.shifts
    assert first.corruption.columns == ("age",)
    assert first.rows == 900
    assert first.broken_first_after == int((income < 1000).sum())
    assert first.broken_first_before == int((age >= income).sum())
    assert first.first_changes == first.broken_first_after - first.broken_first_before
    assert first.own_size == pytest.approx(float(age.mean()))
    assert first.own_moves == pytest.approx(float((1030 - frame.age).abs().mean()))
    assert (first.others_move, second.first_changes, second.own_moves) == (0.0, 0, 0.0)
    assert first.low < first.first_changes / first.rows <= first.high


def test_values_of_trees_move_with_the_column_that_breaks() -> None:
    report = found(Corruption("unit", ("income",), setting={"factor": 1000.0}), Corruption("missing", ("city",)))
    income = next(item for item in report.shifts if item.corruption.columns == ("income",))
    assert income.first_changes > 0
    assert income.own_moves > income.others_move
    assert report.rows == 200
    assert "another first reason" in words.reasons_lead(report)


def test_the_default_tries_every_column_and_the_order_of_errors_changes_nothing() -> None:
    report = found()
    assert {item.corruption.columns[0] for item in report.shifts} == {"age", "income", "visits", "sex", "city"}
    shares = [item.first_changes / item.rows for item in report.shifts]
    assert shares == sorted(shares, reverse=True)
    errors = [item.corruption for item in report.shifts[:4]]
    assert found(*errors).shifts == found(*errors[::-1]).shifts == report.shifts[:4]


def test_only_rows_that_a_condition_names_are_struck() -> None:
    report = found(Corruption("sign", ("age",), where='sex = "Female"'))
    assert 60 < report.shifts[0].rows < 140
    few = found(Corruption("sign", ("age",), where="age > 88"))
    assert "fewer than 20" in few.not_run[0].reason
    assert "every value as it is" in found(Corruption("lose")).not_run[0].reason


def test_what_cannot_be_explained_is_said_in_words() -> None:
    def sampled(*_: object) -> Any:
        raise RefusedInputError("the way 'kernel' draws samples", "Use a tree or a linear model.")

    report = reasons(subject(attributor=sampled), StressReasons(), rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(report, NotAssessed)
    assert "draws samples" in report.reason
    with pytest.raises(RefusedInputError, match="earlier rows"):
        reasons(made("boosted").subject, StressReasons(), rng=np.random.default_rng(0), progress=silent)


def test_a_line_that_answers_a_missing_number_with_none_is_told_as_not_tried() -> None:
    report = found(Corruption("missing", ("age",)), Corruption("sign", ("age",)), case=subject("linear"))
    assert [item.corruption.kind for item in report.shifts] == ["sign"]
    assert "no finite number" in report.not_run[0].reason
