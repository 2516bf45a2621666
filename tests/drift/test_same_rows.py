"""A table compared with itself, saved again, and columns that follow the order of the file."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from governance.data.in_memory import InMemory
from governance.drift.compare import columns
from governance.drift.harm import attribution_drift
from governance.drift.results.report import DriftReport
from governance.drift.samples.file_order import along_the_rows
from governance.drift.samples.same_rows import same_rows
from governance.drift.spec import DriftParameters
from governance.evidence import NotAssessed, RefusedInputError, silent
from governance.subject import Schema, Subject


def people(seed: int, rows: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({
        "age": rng.integers(18, 80, rows), "pay": rng.normal(0, 1, rows).round(3),
        "kind": pd.Categorical(rng.choice(["a", "b", "c"], rows)),
    })  # fmt: skip


def compared(before: pd.DataFrame, now: pd.DataFrame, schema: Schema | None = None) -> DriftReport:
    sides = [
        InMemory(frame, schema or Schema(), digest=str(place) * 64) for place, frame in enumerate((before, now), 1)
    ]
    found = columns(
        Subject(sides[1], reference=sides[0]), DriftParameters(), rng=np.random.default_rng(0), progress=silent
    ).result
    assert isinstance(found, DriftReport)
    return found


@pytest.mark.parametrize(
    "again",
    [
        lambda frame: frame.sample(frac=1, random_state=3),
        lambda frame: frame.astype({"age": "float64", "kind": "str"}),
        lambda frame: frame[["kind", "pay", "age"]],
    ],
    ids=["sorted otherwise", "other types", "columns in another order"],
)
def test_the_same_rows_in_another_file_are_refused(again) -> None:  # type: ignore[no-untyped-def]
    frame = people(1)
    with pytest.raises(RefusedInputError, match=r"hold the same 400 rows .* nothing can have moved"):
        compared(frame, again(frame))


def test_columns_that_hold_the_same_values_in_other_rows_are_other_rows() -> None:
    frame = people(1)
    mixed = frame.assign(pay=np.roll(frame["pay"].to_numpy(), 1))
    assert not same_rows(frame, mixed)
    assert same_rows(frame, frame.sample(frac=1, random_state=9))


def test_long_numbers_are_told_apart_by_their_last_digit() -> None:
    frame = pd.DataFrame({"id": pd.Series([2**60, 2**60 + 2], dtype="int64")})
    assert not same_rows(frame, pd.DataFrame({"id": pd.Series([2**60, 2**60 + 1], dtype="int64")}))


def test_a_sorted_file_cut_in_two_is_called_the_order_of_the_file() -> None:
    frame = people(2, 4_000).sort_values("age", ignore_index=True)
    found = {item.name: item for item in compared(frame[:2_000], frame[2_000:]).columns}
    assert found["age"].verdict == "material"
    assert "this looks like the order of the file" in found["age"].reason
    assert "order of the file" not in found["pay"].reason


def test_rows_in_order_of_time_are_no_order_of_the_file() -> None:
    frame = people(2, 4_000).sort_values("age", ignore_index=True).assign(day=np.arange(4_000) // 10)
    found = compared(frame[:2_000], frame[2_000:], Schema(timestamp="day"))
    assert all("order of the file" not in item.reason for item in found.columns)


def test_a_real_move_in_shuffled_files_is_no_order_of_the_file() -> None:
    moved = people(4).assign(age=lambda frame: frame["age"] + 30)
    found = {item.name: item for item in compared(people(3), moved).columns}
    assert found["age"].verdict == "material"
    assert "order of the file" not in found["age"].reason


def test_the_order_of_rows_is_measured_between_nothing_and_wholly() -> None:
    rng = np.random.default_rng(0)
    assert along_the_rows(pd.Series(np.arange(1_000))) == pytest.approx(1.0)
    assert along_the_rows(pd.Series(rng.normal(0, 1, 1_000))) < 0.1
    assert along_the_rows(pd.Series([np.nan] * 1_000)) == 0.0
    assert along_the_rows(pd.Series(["a"] * 500 + ["b"] * 500)) > 0.99


def test_attributions_that_take_too_long_leave_the_question_open() -> None:
    class Model:
        class signature:  # noqa: N801 - stands for an attribute
            columns = ("age",)

    class Slow:
        def of(self, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
            del rng
            return rows

    before, now = InMemory(people(1), Schema()), InMemory(people(2), Schema())
    subject = Subject(now, model=Model(), reference=before, attributor=lambda *_: Slow())  # type: ignore[arg-type]
    found = attribution_drift.reached(subject, ("age",), np.random.default_rng(0), silent, seconds=-1.0)
    assert found == NotAssessed("attributing answers in both windows took longer than -1 seconds")
