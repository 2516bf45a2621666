"""The parts of the drift screen: what is said when the model was reached, and of outcomes that come one by one."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from governance.drift.harm.sequence import stream
from governance.drift.results.group_drift import GroupDrift
from governance.drift.results.report import Action, DriftReport, ErrorStream, Estimate, Multivariate
from governance.evidence.evidence import NotAssessed, Rows
from pages.explore.drift import group_chart as charts, sequential


@pytest.fixture(scope="module")
def worse() -> ErrorStream:
    rng = np.random.default_rng(0)
    before, after = rng.random(2000) < 0.1, np.concatenate([rng.random(500) < 0.1, rng.random(1500) < 0.5])
    return stream(before.astype(float), after.astype(float), 0.02, "in the order of the file")


def test_harm_that_came_in_the_middle_is_dated_and_the_dummy_is_not_taken_for_a_detector(worse: ErrorStream) -> None:
    assert worse.alarm_at is not None
    assert worse.alarm_at > 500
    assert f"after {worse.alarm_at:,} of 2,000 outcomes" in sequential.answer(worse)
    said = sequential.detectors_in_words(worse)
    assert "ADWIN" in said
    assert "Dummy" not in said


def test_windows_without_harm_are_never_certain() -> None:
    rng = np.random.default_rng(1)
    same = [(rng.random(1500) < 0.2).astype(float) for _ in range(2)]
    found = stream(*same, 0.02, "in the order of the file")
    assert "never showed for certain" in sequential.answer(found)


@pytest.mark.parametrize(("p_value", "said"), [(1e-9, "**Yes**"), (0.4, "**No sign of it**")])
def test_the_page_says_whether_the_change_reached_the_model(p_value: float, said: str) -> None:
    def page(p_value: float) -> None:
        from dataclasses import replace

        from pages.explore.drift import sections
        from tests.pages.test_drift import reach, small

        sections.reached(replace(small(), attributions=reach(p_value)))

    drawn = AppTest.from_function(page, kwargs={"p_value": p_value}, default_timeout=60).run()
    assert not drawn.exception
    assert drawn.markdown[0].value.startswith(said)
    assert "63 of 100" in drawn.caption[0].value


def test_the_page_says_in_which_groups_a_column_moved_and_where_nobody_can_tell() -> None:
    def page() -> None:
        from dataclasses import replace

        from pages.explore.drift import group_drift
        from tests.pages.test_drift import inside, small

        group_drift.section(replace(small(), within=inside(), within_reason=""), "age")

    drawn = AppTest.from_function(page, default_timeout=60).run()
    assert not drawn.exception
    assert drawn.markdown[1].value.replace("\\", "") == (
        "Moved by more than matters in sex F; nothing beyond chance in sex M; too few rows to tell in sex X."
    )


def test_a_column_that_was_not_compared_inside_groups_says_why() -> None:
    def page() -> None:
        from pages.explore.drift import group_drift
        from tests.pages.test_drift import small

        group_drift.section(small(), "age")

    drawn = AppTest.from_function(page, default_timeout=60).run()
    assert "Not assessed: not looked at" in drawn.caption[0].value


def test_the_table_of_groups_measures_the_move_and_chance_in_limits() -> None:
    table = charts.within_table(inside())
    assert table["times the limit"].tolist()[:2] == pytest.approx([5.0, 0.2])
    assert table["chance reaches"].tolist()[:2] == pytest.approx([0.6, 0.6])
    assert table["times the limit"].isna().tolist() == [False, False, True]
    assert table["before"].tolist() == [2000, 1900, 12]


def inside() -> tuple[GroupDrift, ...]:
    return (
        GroupDrift("sex", "F", "age", 2000, 2100, "material", "Values moved.", "wasserstein", 0.5, 0.06, 0.1, 1e-9),
        GroupDrift(
            "sex", "M", "age", 1900, 2000, "none", "Nothing beyond chance.", "wasserstein", 0.02, 0.06, 0.1, 0.8
        ),
        GroupDrift("sex", "X", "age", 12, 12, "cannot_tell", "Not enough data.", "", None, None, None, None),
    )


def test_the_recommendation_says_what_acting_and_not_acting_cost() -> None:
    def page() -> None:
        from governance.drift.results.cost_estimate import Stakes
        from governance.drift.results.report import Action
        from pages._ui import recommendation

        stakes = Stakes("EUR", "labels", 4300.0, 4000.0, 4600.0, 46500.0, 10814, "Waiting costs.", "Acting costs.")
        recommendation.action(Action("retrain", "why", (), stakes))

    drawn = AppTest.from_function(page, default_timeout=60).run()
    assert not drawn.exception
    said = [item.value.replace("\\", "") for item in drawn.markdown]
    assert "**If nothing is done:** Waiting costs." in said
    assert "**If it is done:** Acting costs." in said


def test_costs_that_a_visitor_names_are_asked_with_the_comparison() -> None:
    def page() -> None:
        import streamlit as st

        from pages._ui import cost_estimate

        found = cost_estimate.asked()
        st.text(f"{found.false_positive} {found.false_negative} {found.label} {found.change} [{found.unit}]")

    drawn = AppTest.from_function(page, default_timeout=60).run()
    assert drawn.text[0].value == "0.0 0.0 0.0 0.0 []"
    drawn.number_input("cost-miss").set_value(100.0)
    drawn.text_input("cost-unit").set_value("EUR")
    drawn.run()
    assert drawn.text[0].value == "0.0 100.0 0.0 0.0 [EUR]"


def reach(p_value: float) -> Multivariate:
    return Multivariate(Estimate(0.63, 0.6, 0.66, 4000), p_value, 0.52, 4000)


def small() -> DriftReport:
    none = NotAssessed("not asked for")
    return DriftReport(
        columns=(), only_reference=(), only_current=(), n_reference=1, n_current=1, correction="bh", alpha=0.05, family=0,
        multivariate=none, performance=none, harm=none, action=Action("none", "nothing", ()), rows=Rows(1, 1),
    )  # fmt: skip


def test_every_test_of_a_column_has_a_plain_name_and_words() -> None:
    from governance.drift.columns.column_tests import COLUMN_TESTS
    from pages._ui.glossary import meaning

    assert len({test.id for test in COLUMN_TESTS}) == len(COLUMN_TESTS) == len({test.label for test in COLUMN_TESTS})
    assert all(meaning(test.id).endswith(".") for test in COLUMN_TESTS)


def test_names_in_the_picture_of_columns_do_not_lie_on_one_another() -> None:
    import pandas as pd

    from pages.explore.drift import charts

    rows = [("income", 0.11, 0.05), ("years", 0.10, 0.049), ("debt", 0.2, 0.1), ("age", 0.9, 0.05)]
    frame = pd.DataFrame(rows, columns=["column", "times the limit", "importance"]).assign(verdict="moved", reason="")
    spec = charts.moved_and_used(frame).to_dict()
    text = next(layer for layer in spec["layer"] if layer["mark"].get("type") == "text")
    assert [row["column"] for row in spec["datasets"][text["data"]["name"]]] == ["debt", "income", "age"]
