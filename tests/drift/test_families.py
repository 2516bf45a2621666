"""One error rate of a window, shared over all that may alarm in it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.bench_window_alarms import PARAMETERS, alarms, report, window
from governance.data.in_memory import InMemory
from governance.drift.compare import columns
from governance.drift.families import WEIGHTS, in_words, levels
from governance.drift.performance.group_changes import by_group
from governance.drift.performance.performance import performance
from governance.drift.results.report import DriftReport, MetricChange
from governance.drift.samples.metrics import worse_by_interval
from governance.evidence import NotAssessed, silent
from governance.statistics.correction import adjust, weighted_holm
from governance.subject import Outcome, Schema, Subject


@pytest.mark.parametrize("asked", [("columns",), ("columns", "groups", "order"), tuple(WEIGHTS)])
def test_families_spend_the_error_rate_together_and_no_more(asked: tuple[str, ...]) -> None:
    found = levels(0.05, asked)  # type: ignore[arg-type]
    assert set(found) == set(asked)
    assert math.isclose(sum(found.values()), 0.05)


def test_a_user_who_wants_no_correction_gets_the_whole_rate_everywhere() -> None:
    assert levels(0.1, ("columns", "groups"), shared=False) == {"columns": 0.1, "groups": 0.1}


def test_the_sharing_is_told_where_there_is_any() -> None:
    assert in_words(levels(0.05, ("columns",))) == ""
    assert "columns 2.27%, metrics of groups 2.73%" in in_words(levels(0.05, ("columns", "groups")))


def test_equal_weights_give_holms_correction() -> None:
    p = np.array([0.001, 0.04, 0.03, 0.2])
    expected = adjust(p, "holm")  # itself held against statsmodels by tests of corrections
    np.testing.assert_allclose(weighted_holm(p, np.full(4, 3.0)), expected)


def test_weights_are_those_worked_by_hand() -> None:
    # p/w: .01/2 = .005, .02/1 = .02, .03/1 = .03; times the weight that is left: .005 * 4 = .02, .02 * 2 = .04, .03 * 1 = .03 -> .04
    np.testing.assert_allclose(weighted_holm([0.02, 0.01, 0.03], [1, 2, 1]), [0.04, 0.02, 0.04])


def test_an_interval_that_touches_no_change_has_a_chance_of_one_in_forty() -> None:
    touching = MetricChange(value=-0.1, low=-0.2, high=0.0, tolerance=0.02, verdict="worse", reason="")
    assert worse_by_interval("accuracy", touching) == pytest.approx(0.025)
    assert worse_by_interval("brier_score", replace(touching, value=0.1, low=0.0, high=0.2)) == pytest.approx(0.025)


def test_labels_and_groups_have_their_part_and_columns_alone_have_all() -> None:
    rng = np.random.default_rng(5)
    whole = report(window(rng, 6), window(rng, 6), rng)
    assert sum(whole.levels.values()) == pytest.approx(0.05)
    assert set(whole.levels) == set(WEIGHTS) - {"reached"}
    bare = Schema(ignore=("y", "score", "group"))
    sides = [InMemory(window(rng, 6).frame(), bare) for _ in range(2)]
    found = columns(Subject(sides[0], reference=sides[1]), PARAMETERS, rng=rng, progress=silent).result
    assert isinstance(found, DriftReport)
    assert dict(found.levels) == {"columns": 0.05}


def test_groups_are_held_against_the_error_rate_of_the_user() -> None:
    """The same windows, asked with another rate: the drop is said at .5, and at one in ten millions it is not."""
    rng = np.random.default_rng(3)
    before, now = window(rng, 6), window(rng, 6, lost=0.1)
    said = {
        alpha: [
            item
            for item in _harm(before, now, alpha)
            if item.group == "0" and item.metric == "accuracy" and item.p_adjusted is not None
        ]
        for alpha in (1e-7, 0.5)
    }
    assert said[1e-7][0].p_adjusted == said[0.5][0].p_adjusted
    assert [items[0].change.verdict for items in said.values()] == ["cannot_tell", "worse"]


def _harm(before: InMemory, now: InMemory, alpha: float) -> list:  # type: ignore[type-arg]
    found = columns(
        Subject(now, reference=before), replace(PARAMETERS, alpha=alpha), rng=np.random.default_rng(0), progress=silent
    ).result
    assert isinstance(found, DriftReport)
    assert not isinstance(found.harm, NotAssessed)
    return list(found.harm.by_group)


def test_ten_quiet_windows_say_nothing_and_a_large_drop_is_said() -> None:
    rng = np.random.default_rng(21)
    assert sum(bool(alarms(report(window(rng, 11), window(rng, 11), rng))) for _ in range(10)) <= 2
    assert {"groups", "ladder"} <= alarms(report(window(rng, 11), window(rng, 11, lost=0.3), rng))


def test_the_tolerance_of_groups_is_a_share_of_the_error_for_numbers() -> None:
    rng = np.random.default_rng(2)
    y = rng.normal(1_000, 100, 4_000)
    before = Outcome("regression", (), y, y + rng.normal(0, 50, 4_000), None, None)
    after = Outcome("regression", (), y, y + rng.normal(0, 50.2, 4_000), None, None)
    frame = pd.DataFrame({"g": rng.choice(["a", "b"], 4_000)})
    found = by_group((frame, before), (frame, after), Schema(sensitive=("g",)), 0.02)
    mean_error = float(np.abs(before.y_pred - y).mean())
    tolerances = {item.change.tolerance for item in found if item.metric == "mean_absolute_error"}
    (tolerance,) = tolerances
    assert tolerance == pytest.approx(0.02 * mean_error)


def test_a_metric_that_only_looks_worse_is_not_said_beside_others() -> None:
    rng = np.random.default_rng(8)
    y = (rng.random(4_000) < 0.5).astype(float)

    def outcome(rate: float) -> Outcome:
        right = rng.random(4_000) < rate
        return Outcome("binary", ("not 1", "1"), y, np.where(right, y, 1 - y), None, None)

    before, after = outcome(0.8), outcome(0.775)
    alone = performance(before, after, 0.02)
    shared = performance(before, after, 0.02, levels=levels(0.0001, tuple(WEIGHTS)))
    assert not isinstance(alone, NotAssessed)
    assert not isinstance(shared, NotAssessed)
    assert alone.change["accuracy"].verdict == "worse"
    assert shared.change["accuracy"].verdict == "cannot_tell"
    assert "held against" in shared.change["accuracy"].reason
