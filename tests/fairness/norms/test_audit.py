"""The audit of any windows: it says what it can, keeps what it proved, and never breaks on what people register."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from governance.evidence import canonical, encode
from governance.fairness.norms.audit import audit
from governance.fairness.norms.norm import Norm, NormSet
from governance.fairness.norms.series import Window, window
from governance.fairness.norms.tally import WindowTally

GROUPS = (("F", "a, b=c"), ("F", "x"), ("M", "a, b=c"), ("M", "unknown"))


def tallied(number: int, cells: list[tuple[int, int, int, int, int]]) -> Window:
    """A window of (group, label, decision, bin, rows)."""
    group, label, decision, where, rows = zip(*cells, strict=True) if cells else ((),) * 5
    score = tuple(0.0 if at < 0 else (at + 0.5) / 64 * people for at, people in zip(where, rows, strict=True))
    return window(f"{number:064d}", WindowTally(
        attributes=("sex", "race"), unknown=("unknown", "unknown"), groups=GROUPS, group=group, label=label,
        decision=decision, bin=where, rows=rows, score=score, people=str(number),
    ))  # fmt: skip


def even(number: int, women: float, men: float, rows: int = 400, label: int = 2) -> Window:
    cells = []
    for group, rate in ((1, women), (2, men)):
        chosen = round(rows * rate)
        cells += [(group, label, 1, 40, chosen), (group, label, 0, 20, rows - chosen)]
    return tallied(number, [cell for cell in cells if cell[4]])


EVERY = tuple(
    Norm(f"n{place}", metric, compare, limit, ("sex", "race"), 2)  # type: ignore[arg-type]
    for place, (metric, compare, limit) in enumerate([
        ("demographic_parity", "difference", "0.05"), ("demographic_parity", "ratio", "0.8"),
        ("equal_opportunity", "ratio", "0.8"), ("false_positive_rate_parity", "difference", "0.1"),
        ("equalized_odds", "difference", "0.1"), ("calibration_in_the_large", "within", "0.05"),
        ("calibration_at_every_score", "within", "0.05"),
    ])
)  # fmt: skip
CELL = st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 2), st.integers(-1, 63), st.integers(1, 5000))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELL, max_size=8, unique_by=lambda cell: cell[:4]), max_size=6), st.integers(1, 500))
def test_whatever_is_registered_gives_a_report_that_the_record_holds(cells: list[Any], least: int) -> None:
    norms = NormSet("Every", EVERY, least_rows=least, least_labelled="0.1")
    report = audit([tallied(number, one) for number, one in enumerate(cells)], norms)
    canonical(encode(report))
    for item in report.norms:
        assert (item.state == "in_breach") == bool(item.accused)
        assert bool(item.reason) == (item.state in ("cannot_judge", "not_yet"))
        assert len(item.capital) == len(cells)
        for one in item.accused:
            assert one.low <= one.gap <= one.high
            assert 0 <= one.since.low <= one.since.window <= one.since.high <= one.proven_at


def parity(**more: Any) -> NormSet:
    return NormSet("Parity", (Norm("p", "demographic_parity", "difference", "0.05", ("sex",), **more),), least_rows=50)


def test_names_with_commas_and_equal_signs_stay_whole() -> None:
    norms = NormSet("Race", (Norm("p", "demographic_parity", "difference", "0.05", ("race",)),), least_rows=50)
    report = audit([even(number, 0.2, 0.6) for number in range(6)], norms)
    (one,) = report.norms[0].accused
    assert (one.attributes, one.values, one.other_values) == (("race",), ("x",), ("a, b=c",))


def test_a_breach_is_proven_in_the_window_it_crosses_whatever_comes_later() -> None:
    bad = [even(number, 0.3, 0.6) for number in range(5)]
    first = audit(bad, parity()).norms[0].proven_at
    later = audit([*bad, *(even(10 + number, 0.6, 0.6) for number in range(30))], parity()).norms[0]
    assert first == later.proven_at
    assert later.state == "in_breach"


def test_a_table_that_comes_twice_counts_once_and_order_is_that_of_registration() -> None:
    windows = [even(number, 0.4, 0.6) for number in range(4)]
    assert audit([*windows, windows[0]], parity()) == audit(windows, parity())


def test_the_reference_group_is_held_against_each_other_one() -> None:
    windows = [even(number, 0.3, 0.6) for number in range(6)]
    assert audit(windows, parity(reference="sex=M")).norms[0].state == "in_breach"
    nobody = audit(windows, parity(reference="sex=X")).norms[0]
    assert (nobody.state, nobody.reason) == ("cannot_judge", "the reference group sex=X has had fewer than 50 rows")


def test_small_groups_are_named_and_not_judged() -> None:
    windows = [tallied(n, [(1, 2, 1, 40, 200), (1, 2, 0, 20, 200), (2, 2, 0, 20, 3)]) for n in range(6)]
    found = audit(windows, parity()).norms[0]
    assert (found.state, found.judged, found.too_small) == ("cannot_judge", ("sex=F",), ("sex=M",))
    assert "1 groups have had at least 50 rows, 2 are needed" in found.reason


def test_labels_on_one_side_of_the_decision_do_not_count() -> None:
    norms = NormSet(
        "Opportunity", (Norm("o", "equal_opportunity", "difference", "0.1", ("sex",)),), least_labelled="0.1"
    )
    cells = [(group, label, side, 30, 100) for group in (1, 2) for label, side in ((1, 1), (0, 1), (2, 0))]
    report = audit([tallied(number, cells) for number in range(4)], norms)
    assert report.norms[0].state == "not_yet"
    assert "no label among the not selected" in report.norms[0].reason


def test_one_window_teaches_and_proves_nothing() -> None:
    found = audit([even(0, 0.1, 0.9)], parity()).norms[0]
    assert found.state == "not_yet"
    assert audit([], parity()).norms[0].state == "not_yet"


@pytest.mark.parametrize("limit", ["0.10", "0.05"])
def test_a_late_group_is_accused_only_with_more_proof(limit: str) -> None:
    """A third group that comes in window 4 joins with the smallest capital that is there, never with more than 1."""
    early = [even(number, 0.5, 0.5) for number in range(4)]
    late = [tallied(10 + number, [(1, 2, 1, 40, 200), (1, 2, 0, 20, 200), (0, 2, 0, 20, 400)]) for number in range(6)]
    norms = NormSet("Race", (Norm("p", "demographic_parity", "difference", limit, ("race",)),), least_rows=50)
    report = audit([*early, *late], norms)
    assert report.norms[0].state == "in_breach"
    assert report.norms[0].proven_at is not None
    assert report.norms[0].proven_at >= 5
    assert np.isfinite(report.norms[0].capital).all()
