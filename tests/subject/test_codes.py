"""Columns whose numbers are names: never cut into bands, never near each other, never proposed as a range."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from governance.data.in_memory import InMemory
from governance.evidence import Finding, RefusedInputError, silent
from governance.explain.methods.nearest import Likeness
from governance.quality.chance import by_chance
from governance.quality.checks import baseline, run
from governance.quality.report import QualityReport
from governance.quality.spec import QualityParameters
from governance.statistics.groups import attributes
from governance.subject import Schema, Subject


def checked(frame: pd.DataFrame, schema: Schema | None = None, reference: pd.DataFrame | None = None) -> QualityReport:
    subject = Subject(
        InMemory(frame, schema or Schema()),
        reference=None if reference is None else InMemory(reference, schema or Schema()),
    )
    found: Finding[QualityReport] = run(subject, QualityParameters(), rng=np.random.default_rng(0), progress=silent)
    assert isinstance(found.result, QualityReport)
    return found.result


def outcome(report: QualityReport, check: str, column: str = "") -> tuple[str, str]:
    return next((item.outcome, item.reason) for item in report.checks if (item.check, item.column) == (check, column))


def test_codes_are_groups_by_themselves_and_quantities_are_bands() -> None:
    frame = pd.DataFrame({"branch": np.arange(400) % 40})
    (bands,) = attributes(("branch",), [frame])
    (codes,) = attributes(("branch",), [frame], ("branch",))
    assert len(bands.values) == 4
    assert len(codes.values) == 40
    assert codes.names[codes.code(frame["branch"])[7]] == "7"


def test_one_code_is_as_far_from_the_next_as_from_any_other() -> None:
    known = pd.DataFrame({"branch": [1, 2, 3, 90], "age": [20, 30, 40, 50]})
    row = known.iloc[:1]
    by_size = Likeness(known).distance(row, known)
    by_name = Likeness(known, ("branch",)).distance(row, known)
    assert by_size[1] < by_size[3]
    np.testing.assert_allclose(by_name - Likeness(known[["age"]]).distance(row, known) / 2, [0, 0.5, 0.5, 0.5])


def test_no_range_of_codes_is_proposed() -> None:
    frame = pd.DataFrame({"branch": np.arange(100) % 7, "age": np.arange(100) % 50})
    found = baseline(InMemory(frame, Schema(code=("branch",))), silent)
    assert {item.column for item in found.expectations if item.check in ("range", "unit_jump")} == {"age"}


def test_rows_of_few_values_repeat_by_chance_and_that_is_no_failure() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"id": np.arange(2_000), **{f"c{i}": rng.integers(0, 3, 2_000) for i in range(4)}})
    found, reason = outcome(checked(frame, Schema(identifier="id")), "duplicate_rows")
    assert found == "passed"
    assert "chance explains" in reason


def test_the_expected_number_is_that_of_balls_in_urns() -> None:
    """2,000 rows over 81 equally likely cells leave 81 (1 - (80/81)^2000) different ones: 81 cells, 1,919 repeat."""
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({f"c{i}": rng.integers(0, 3, 2_000) for i in range(4)})
    assert by_chance(frame, "", 2_000, step=1) == pytest.approx(1_919, abs=0.5)
    assert by_chance(frame[["c0"]], "", 2_000, step=1) == 2_000


def test_copied_rows_fail_in_a_fine_table_and_in_one_of_mixed_columns() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({
        "x": rng.normal(0, 1, 1_000), "y": rng.normal(0, 1, 1_000), "sex": rng.choice(["m", "f"], 1_000), "kind": rng.integers(0, 3, 1_000),
    })  # fmt: skip
    assert outcome(checked(pd.concat([frame, frame[:50]], ignore_index=True)), "duplicate_rows")[0] == "failed"
    assert outcome(checked(frame), "duplicate_rows")[0] == "passed"


def test_numbers_of_rows_and_moments_that_rise_along_the_file_are_no_failure() -> None:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({
        "case": np.arange(5_000, 6_000), "when": pd.date_range("2024-01-01", periods=1_000, freq="h"), "x": rng.normal(0, 1, 1_000),
    })  # fmt: skip
    found, reason = outcome(checked(frame), "order")
    assert found == "passed"
    assert "'case', 'when'" in reason
    sorted_file = frame.assign(age=np.sort(rng.integers(18, 80, 1_000)))
    assert outcome(checked(sorted_file), "order", "age")[0] == "failed"


def test_a_table_is_no_reference_of_its_own_expectations() -> None:
    frame = pd.DataFrame({"x": np.arange(50.0), "g": ["a", "b"] * 25})
    with pytest.raises(RefusedInputError, match="hold the same 50 rows"):
        checked(frame, reference=frame.sample(frac=1, random_state=1)[["g", "x"]])
    assert checked(frame, reference=frame.assign(x=frame["x"] + 1)).source == "proposed from the reference data"
