"""The parts of the drift screen: what is said when the model was reached, and of outcomes that come one by one."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from governance.drift.report import Action, DriftReport, ErrorStream, Estimate, Multivariate
from governance.drift.sequence import stream
from governance.evidence import NotAssessed, Rows
from pages._ui import one_by_one


@pytest.fixture(scope="module")
def worse() -> ErrorStream:
    rng = np.random.default_rng(0)
    before, after = rng.random(2000) < 0.1, np.concatenate([rng.random(500) < 0.1, rng.random(1500) < 0.5])
    return stream(before.astype(float), after.astype(float), 0.02, "in the order of the file")


def test_harm_that_came_in_the_middle_is_dated_and_the_dummy_is_not_taken_for_a_detector(worse: ErrorStream) -> None:
    assert worse.alarm_at is not None
    assert worse.alarm_at > 500
    assert f"after {worse.alarm_at:,} of 2,000 outcomes" in one_by_one.answer(worse)
    said = one_by_one.detectors_in_words(worse)
    assert "ADWIN" in said
    assert "Dummy" not in said


def test_windows_without_harm_are_never_certain() -> None:
    rng = np.random.default_rng(1)
    same = [(rng.random(1500) < 0.2).astype(float) for _ in range(2)]
    found = stream(*same, 0.02, "in the order of the file")
    assert "never showed for certain" in one_by_one.answer(found)


@pytest.mark.parametrize(("p_value", "said"), [(1e-9, "**Yes**"), (0.4, "**No sign of it**")])
def test_the_page_says_whether_the_change_reached_the_model(p_value: float, said: str) -> None:
    def page(p_value: float) -> None:
        from dataclasses import replace

        from pages._ui import drift
        from tests.pages.test_drift import reach, small

        drift.reached(replace(small(), attributions=reach(p_value)))

    drawn = AppTest.from_function(page, kwargs={"p_value": p_value}, default_timeout=60).run()
    assert not drawn.exception
    assert drawn.markdown[0].value.startswith(said)
    assert "63 of 100" in drawn.caption[0].value


def reach(p_value: float) -> Multivariate:
    return Multivariate(Estimate(0.63, 0.6, 0.66, 4000), p_value, 0.52, 4000)


def small() -> DriftReport:
    none = NotAssessed("not asked for")
    return DriftReport(
        columns=(), only_reference=(), only_current=(), n_reference=1, n_current=1, correction="bh", alpha=0.05, family=0,
        multivariate=none, performance=none, harm=none, action=Action("none", "nothing", ()), rows=Rows(1, 1),
    )  # fmt: skip
