"""The pictures of a brief: what stands where, read from the layout that the browser gets."""

from __future__ import annotations

from governance.dossier.decision_brief import Bar, Picture
from pages._ui import pictures
from pages._ui.charts.layouts import layout


def picture(*bars: Bar) -> Picture:
    return Picture(
        "How good is it?",
        "",
        "",
        "open",
        "Accuracy",
        percent=True,
        bars=bars,
        method="performance.summary",
        evidence="f" * 64,
    )


def test_a_number_stands_behind_the_interval_of_its_bar_and_behind_a_bar_that_has_none() -> None:
    found = picture(Bar("This model", 0.6, 0.5, 0.7), Bar("Always yes", 0.65))
    drawn = layout(pictures._bars(pictures._frame(found), found))
    [numbers] = [layer for layer in drawn["layer"] if layer["mark"]["type"] == "text"]
    behind = drawn["datasets"][numbers["data"]["name"]]
    assert list(behind[numbers["encoding"]["x"]["field"]]) == [0.7, 0.65]
