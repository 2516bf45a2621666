"""A mark of a chart becomes the filter for its rows, and a select box follows the clicks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from governance.data import parse
from governance.data.cohort_mask import mask
from governance.statistics import groups
from pages._ui import attributions, cohorts
from pages._ui.choices import Picked

PICKED = Picked("", "d" * 64, "", "", "", "", "")
FRAME = pd.DataFrame({
    "who": ["a", 'say "b"', None, "a", "c to d", "a"] * 20,
    "age": np.r_[np.nan, np.arange(119.0)],
    "month": [1, 2, 3] * 40,
    "owns": [True, False] * 60,
})  # fmt: skip


@pytest.fixture(autouse=True)
def _data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attributions, "values", lambda _digest, names: FRAME[list(names)])


@pytest.mark.parametrize(
    ("group", "rows"),
    [
        ({"who": "a"}, 'who = "a"'),
        ({"who": 'say "b"'}, None),
        ({"who": "c to d"}, 'who = "c to d"'),
        ({"who": "unknown"}, "who is missing"),
        ({"month": "2"}, "month = 2"),
        ({"owns": "True"}, "owns = true"),
        ({"age": "18 to 29.5"}, "age >= 18 and age <= 29.5"),
        ({"who": "a", "month": "3"}, 'who = "a" and month = 3'),
    ],
)
def test_a_group_is_written_as_a_filter_that_can_be_read_again(group: dict[str, str], rows: str | None) -> None:
    found = cohorts.rows_of(PICKED, group)
    assert parse(found) is not None
    assert rows is None or found == rows


def test_the_filters_of_all_groups_hold_each_row_once() -> None:
    for name in FRAME.columns:
        (attribute,) = groups.attributes((name,), [FRAME])
        codes = attribute.code(FRAME[name])
        rows = [cohorts.rows_of(PICKED, {name: value}) for value in attribute.names]
        held = [int(mask(parse(text), FRAME).sum()) for text in rows]  # type: ignore[arg-type]
        assert held == np.bincount(codes, minlength=len(rows)).tolist(), name


def test_a_select_box_follows_the_clicks_and_otherwise_keeps_its_choice() -> None:
    def page() -> None:
        import streamlit as st

        from pages._ui import cohorts
        from pages._ui.choices import Picked

        rows = {"a = 1": "First", "a = 2": "Second", "a = 3": "Third"}
        cohorts.choose(
            Picked("", "", "", "", "", "", ""),
            rows,
            (st.session_state.get("one"), st.session_state.get("two")),
            key="k",
        )

    drawn = AppTest.from_function(page).run()
    assert drawn.selectbox[0].value == "a = 1"
    drawn.session_state["two"] = "a = 3"
    assert drawn.run().selectbox[0].value == "a = 3"
    drawn.selectbox[0].set_value("a = 2").run()
    assert drawn.run().selectbox[0].value == "a = 2", "the old click is not followed again"
    drawn.session_state["one"] = "a = 1"
    assert drawn.run().selectbox[0].value == "a = 1"
