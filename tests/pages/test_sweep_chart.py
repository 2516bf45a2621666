"""The threshold that is moved inside a chart: the numbers it carries, against counting the rows again, and its size."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from governance.data.in_memory import InMemory
from governance.evidence.evidence import silent
from governance.fairness.report import Limits, SweepReport
from governance.fairness.spec import Sweep
from governance.fairness.sweep import sweep
from governance.subject.schema import Schema
from governance.subject.subject import Subject
from pages._ui.charts.spec import styled
from pages.explore.fairness import sweep_chart as charts

THRESHOLD = 0.4321
"""Between two positions of the slider."""


def people(n: int = 1500) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    y = rng.integers(0, 2, n)
    score = np.clip(0.3 + 0.3 * y + rng.normal(0, 0.2, n), 0, 1).round(2)
    return pd.DataFrame({"g": rng.choice(["a", "b", "c"], n, p=[0.6, 0.398, 0.002]), "y": y, "s": score})


def swept(frame: pd.DataFrame, *, labelled: bool = True) -> SweepReport:
    roles = {"target": "y", "positive": "1"} if labelled else {}
    schema = Schema(score="s", sensitive=("g",), threshold=THRESHOLD, **roles)
    chosen = Sweep(limits=Limits(draws=50))
    found = sweep(Subject(InMemory(frame, schema)), chosen, rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(found, SweepReport)
    return found


@pytest.fixture(scope="module")
def report() -> SweepReport:
    return swept(people())


def test_every_position_of_the_slider_shows_what_counting_the_rows_there_gives(report: SweepReport) -> None:
    where, rows = charts.track(report), people()
    drawn = charts.rates(report, report.groups, where)
    a = drawn[drawn["Group"] == "a"].set_index("Position")
    of_group = rows[rows["g"] == "a"]
    negative = of_group[of_group["y"] == 0]
    for position in where.positions:
        assert a.loc[position, charts.SELECTED] == pytest.approx((of_group["s"] >= position).mean())
        assert a.loc[position, charts.WRONGLY] == pytest.approx((negative["s"] >= position).mean())
    assert a[charts.SELECTED].is_monotonic_decreasing
    hits = int((negative["s"] >= THRESHOLD).sum())
    expected = binomtest(hits, len(negative)).proportion_ci(0.95, "wilson")
    low_high = [f"{charts.WRONGLY} low", f"{charts.WRONGLY} high"]
    assert a.loc[THRESHOLD, low_high].tolist() == pytest.approx([expected.low, expected.high])


def test_errors_at_every_position_are_those_of_all_rows(report: SweepReport) -> None:
    rows = people()
    for found in charts.errors(report, charts.track(report)).itertuples():
        selected = rows["s"] >= found.Position
        assert found.Wrongly == (selected & (rows["y"] == 0)).sum()
        assert found.Missed == (~selected & (rows["y"] == 1)).sum()
        assert found.Right == pytest.approx((selected == (rows["y"] == 1)).mean())


def test_a_group_with_too_few_rows_of_a_label_has_no_rate_there(report: SweepReport) -> None:
    small = next(curve for curve in report.groups if curve.name == "c")
    assert small.negatives < report.limits.min_outcomes
    drawn = charts.rates(report, [small], charts.track(report))
    assert drawn.loc[drawn["Group"] == "c", charts.WRONGLY].isna().all()
    assert drawn.loc[drawn["Group"] == charts.ALL, charts.WRONGLY].notna().all()


def test_the_slider_is_of_the_browser_and_picks_one_row_of_each_group_wherever_it_stands(report: SweepReport) -> None:
    where = charts.track(report)
    rates, errors = charts.rates(report, report.groups[:2], where), charts.errors(report, where)
    spec = styled(charts.moved(rates, errors, where)).to_dict()
    cut, *costs = spec["params"]
    assert (cut["name"], cut["value"], cut["bind"]["input"]) == ("cut", THRESHOLD, "range")
    assert [cost["bind"]["input"] for cost in costs] == ["number", "number"]
    bind = cut["bind"]
    stops = [
        bind["min"] + bind["step"] * index for index in range(round((bind["max"] - bind["min"]) / bind["step"]) + 1)
    ]
    for stop in [*np.round(stops, 9), THRESHOLD]:
        assert ((rates["From"] < stop) & (stop <= rates["Position"])).sum() == 3
    assert sorted(len(rows) for rows in spec["datasets"].values()) == [len(errors), 3 * len(errors)]
    assert len(errors) <= charts.POSITIONS + 3


def test_without_labels_there_is_one_measure_and_no_cost() -> None:
    found = swept(people(), labelled=False)
    where = charts.track(found)
    spec = charts.moved(charts.rates(found, found.groups, where), charts.errors(found, where), where).to_dict()
    assert [param["name"] for param in spec["params"]] == ["cut"]
    assert len(spec["vconcat"]) == 2


@pytest.mark.parametrize("scores", [(0.5, 0.5), (-3e5, 7e5), (1e-9, 2e-9), (1e12, 1e12 + 1)])
def test_scores_of_any_size_have_a_slider_that_reaches_from_the_lowest_to_the_highest(
    scores: tuple[float, float],
) -> None:
    frame = pd.DataFrame({"g": ["a", "b"] * 60, "y": [0, 1] * 60, "s": [*scores] * 60})
    where = charts.track(swept(frame))
    assert where.positions[0] <= min(*scores, THRESHOLD)
    assert where.positions[-1] >= max(scores)
    assert len(where.positions) <= charts.POSITIONS + 3
