"""Thresholds, costs and the frontier, against counting the rows again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from governance.data.in_memory import InMemory
from governance.evidence.codec import decode, encode
from governance.evidence.evidence import NotAssessed, silent
from governance.fairness.report import Limits, SweepReport
from governance.fairness.spec import Sweep
from governance.fairness.sweep import sweep
from governance.fairness.thresholds import Costs, at, cheapest, nearest, total_costs, with_rate
from governance.subject.schema import Schema
from governance.subject.subject import Subject

SCHEMA = Schema(target="y", positive="1", negative=("0",), score="s", sensitive=("g", "h"), threshold=0.37)


def people(n: int = 900) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    y = rng.integers(0, 2, n).astype(float)
    score = np.clip(0.35 + 0.25 * y + rng.normal(0, 0.2, n), 0, 1)
    y[:30] = np.nan
    score[25:60] = np.nan
    return pd.DataFrame({"g": rng.choice(["a", "b", "c"], n), "h": rng.choice(["u", "v"], n), "y": y, "s": score})


def run(frame: pd.DataFrame, rows: int | None = None, **parameters: object) -> SweepReport:
    chosen = Sweep(**{"limits": Limits(draws=200), **parameters})
    found = sweep(Subject(InMemory(frame, SCHEMA, rows)), chosen, rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(found, SweepReport)
    return found


def test_counts_at_every_threshold_are_those_of_the_rows() -> None:
    frame, found = people(), run(people(), thresholds=2_000)
    assert found.exact
    for curve in found.groups[:5] + found.groups[-2:]:
        part = frame[np.all([frame[name] == value for name, value in curve.group.items()], axis=0)]
        for index in range(0, len(found.thresholds), 60):
            chosen = part.s >= found.thresholds[index]
            point = at(curve, index)
            assert point.selected == chosen.sum()
            assert point.true_positive == (chosen & (part.y == 1)).sum()
            assert point.false_positive == (chosen & (part.y == 0)).sum()
            assert point.true_negative == (~chosen & (part.y == 0) & part.s.notna()).sum()


def test_a_coarse_sweep_keeps_the_threshold_in_force_and_ends_with_nobody_selected() -> None:
    found = run(people(), thresholds=50)
    assert not found.exact
    index = nearest(found.thresholds, 0.37)
    assert found.thresholds[index] == 0.37
    assert found.overall.selected[index] == (people().s >= 0.37).sum()
    assert found.overall.selected[-1] == 0
    assert found.overall.selected[0] == people().s.notna().sum()


def test_chunks_give_the_same_sweep_and_json_keeps_it() -> None:
    found = run(people(), rows=101)
    assert found == run(people())
    assert decode(SweepReport, encode(found)) == found


def test_the_cheapest_threshold_is_the_one_found_by_trying_all() -> None:
    frame, found = people(), run(people(), thresholds=2_000)
    costs = Costs(false_positive=5, false_negative=1, true_positive=-0.5)
    known = frame[frame.y.notna() & frame.s.notna()]

    def price(cut: float) -> float:
        chosen = known.s >= cut
        return float(
            5 * (chosen & (known.y == 0)).sum()
            + (~chosen & (known.y == 1)).sum()
            - 0.5 * (chosen & (known.y == 1)).sum()
        )

    expected = [price(cut) for cut in found.thresholds]
    assert total_costs(found.overall, costs).tolist() == pytest.approx(expected)
    index = cheapest(found.overall, costs)
    assert expected[index] == min(expected)
    assert at(found.overall, index).cost(costs) == pytest.approx(min(expected))


def test_a_threshold_for_a_wanted_share_comes_closest() -> None:
    found = run(people(), thresholds=2_000)
    index = with_rate(found.groups[0], 0.3)
    assert at(found.groups[0], index).selection_rate == pytest.approx(0.3, abs=0.005)


def test_efficient_points_are_not_beaten_in_both_respects() -> None:
    points = run(people()).frontier["g"]
    assert any(point.efficient for point in points)
    for point in points:
        assert point.disparity_low <= point.disparity <= point.disparity_high
        assert point.accuracy_low <= point.accuracy <= point.accuracy_high
        beaten = any(o.accuracy > point.accuracy and o.disparity < point.disparity for o in points)
        assert not (point.efficient and beaten)


def test_decisions_without_scores_have_no_sweep() -> None:
    schema = Schema(target="y", positive="1", prediction="p", sensitive=("g",))
    frame = pd.DataFrame({"g": ["a", "b"], "y": ["1", "0"], "p": ["1", "1"]})
    found = sweep(Subject(InMemory(frame, schema)), Sweep(), rng=np.random.default_rng(0), progress=silent)
    assert isinstance(found.result, NotAssessed)
