"""A chart in another language: titles, legends and numbers are said in it, and what files hold is not."""

from __future__ import annotations

import json
from typing import Any

from governance.language import Voice
from pages._ui.charts.told import told

GERMAN = Voice("de")


def layout(**encoding: Any) -> dict[str, Any]:
    return {"encoding": encoding, "datasets": {"table-0": [{"title": "Predicted", "Verdict": "worse"}]}, "config": {}}


def test_titles_are_said_whole_or_part_by_part() -> None:
    found = told(
        layout(
            x={"field": "a", "title": "share of wrong decisions"},
            y={"field": "b", "title": "attribution, log-odds"},
            tooltip=[{"field": "c", "title": "a column of a file"}],
        ),
        GERMAN,
    )["encoding"]
    assert found["x"] == {"field": "a", "title": "Anteil falscher Entscheidungen"}
    assert found["y"]["title"] == "Beitrag, Log-Odds"
    assert found["tooltip"][0]["title"] == "a column of a file"


def test_a_legend_names_what_the_chart_lists_itself_and_keeps_the_rest() -> None:
    found = told(
        layout(
            color={"field": "Verdict", "scale": {"domain": ["worse", "Not clearly worse", "group of a file"]}},
            shape={"field": "Group"},
        ),
        GERMAN,
    )["encoding"]
    names, _, otherwise = found["color"]["legend"]["labelExpr"].partition("[datum.label]")
    assert json.loads(names) == {
        "worse": "schlechter",
        "Not clearly worse": "Nicht klar schlechter",
        "group of a file": "group of a file",
    }
    assert otherwise == " || datum.label"
    assert found["color"]["scale"]["domain"][0] == "worse", "the marks are coloured by the names in the data"
    assert found["shape"] == {"field": "Group"}


def test_numbers_are_written_as_the_language_writes_them_and_the_data_stay() -> None:
    before = layout(x={"field": "a", "title": "Predicted"})
    found = told(before, GERMAN)
    assert found["config"]["locale"]["number"]["decimal"] == ","
    assert found["datasets"] == before["datasets"]


def test_english_charts_are_as_they_were_made() -> None:
    before = layout(x={"field": "a", "title": "Predicted"}, color={"scale": {"domain": ["worse"]}})
    assert told(before, Voice("en")) == before
