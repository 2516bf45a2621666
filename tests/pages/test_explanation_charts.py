"""Charts of attributions show the numbers of the result and nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from governance.evidence.evidence import NotAssessed
from governance.explain.results.report import (
    Attribution,
    Background,
    Certificate,
    Importance,
    LocalExplanation,
    Moved,
    WhatIf,
)
from pages._ui.charts import explanation as charts
from pages._ui.charts.spec import styled
from pages.explore.explanations import global_views

NONE = NotAssessed("not measured")
LOCAL = LocalExplanation(
    row=0, identifier="", method="tree", exact=True, scale="raw", link="logistic", target="good", base_value=1.0,
    model_output=0.25, prediction=0.56,
    values=(Attribution("a", "1", 2.0, 0.0), Attribution("b:c", "x", -3.0, 0.0), Attribution("d", "2", 0.25, 0.0)),
    background=Background(10, 10, "0" * 64, "data"),
    certificate=Certificate(0.0, exact=True, std_error=0.0, background_rows=10, background_spread=NONE, neighbour_stability=NONE,
                            lime_agreement=NONE, rows_outside_background=0, scale="raw", units="log-odds"),
)  # fmt: skip


EDITED = WhatIf(
    row=0, method="tree", exact=True, scale="raw", link="logistic", units="log-odds", target="good", base_value=1.0,
    output_before=0.25, output_after=2.0, prediction_before=0.56, prediction_after=0.88,
    values=(Moved("b:c", "x", "y", -3.0, 1.5), Moved("a", "1", "1", 2.0, -0.5)), additivity_gap=0.0, outside_background=False,
    background=Background(10, 10, "0" * 64, "data"),
)  # fmt: skip
PAIR = global_views.pair_of_cohorts(
    (Importance("a", 1.0, 0.5, 1.5, 0.1), Importance("b", 0.2, 0.1, 0.3, 0.1)),
    (Importance("b", 2.0, 1.9, 2.1, 0.1), Importance("a", 0.5, 0.4, 0.6, 0.1)),
    ("the young", "all rows"),
    top=1,
)


def test_a_waterfall_of_an_edited_row_leads_to_the_answer_with_the_edits() -> None:
    frame = charts.waterfall_frame(EDITED)
    assert frame["step"].tolist() == ["b:c = y", "a = 1"]
    assert frame["to"].iloc[-1] == EDITED.output_after
    moved = charts.before_after_columns(EDITED)
    assert moved["attribution"] == [-3.0, 1.5, 2.0, -0.5]


def test_the_layout_of_a_chart_that_is_redrawn_holds_no_numbers() -> None:
    """The browser keeps the drawn chart only when nothing but its data sets changes."""
    found = [charts.layout_of_waterfall(3, "log-odds"), charts.layout_of_before_after(2, "log-odds")]
    assert [sorted(_names(layout)) for layout in found] == [["ends", "steps"], ["moved"]]
    assert all("datasets" not in layout for layout in found)
    assert charts.layout_of_waterfall(3, "log-odds") is found[0]


def _names(node: object) -> set[str]:
    """The data sets that a layout names."""
    if isinstance(node, list):
        return set().union(*map(_names, node), set())
    if not isinstance(node, dict):
        return set()
    own = {node["data"]["name"]} if isinstance(node.get("data"), dict) else set()
    return own.union(*map(_names, node.values()), set())


def test_two_cohorts_are_held_against_each_other_column_by_column() -> None:
    assert PAIR.to_numpy().tolist() == [["a", "the young", 1.0, 0.5, 1.5], ["a", "all rows", 0.5, 0.4, 0.6]]


def test_a_waterfall_leads_from_the_base_value_to_the_models_output() -> None:
    frame = charts.waterfall_frame(LOCAL)
    assert frame["from"].tolist() == [1.0, 3.0, 0.0]
    assert frame["to"].tolist() == [3.0, 0.0, LOCAL.model_output]
    assert frame["effect"].tolist() == ["raises", "lowers", "raises"]


def test_small_steps_are_summed_up_in_the_last_one() -> None:
    frame = charts.waterfall_frame(LOCAL, top=1)
    assert frame["step"].tolist() == ["a = 1", "all other columns (2)"]
    assert frame["to"].iloc[-1] == LOCAL.model_output


@pytest.mark.parametrize("words", [False, True])
def test_every_chart_can_be_drawn(words: bool) -> None:
    rng = np.random.default_rng(0)
    values = pd.DataFrame({"a": rng.normal(size=30), "b:c": rng.choice(["x", "y"], 30)})
    shares = pd.DataFrame(rng.normal(size=(30, 2)), columns=["a", "b:c"])
    swarm = charts.swarm_frame(values, shares, ["a", "b:c"])
    assert len(swarm) == 60
    column = values["b:c"] if words else values["a"]
    detail = pd.DataFrame({"value": column, "attribution": shares["a"], "other": values["a"], "jitter": 0.0})
    importance = charts.importance_frame((Importance("a", 1.0, 0.5, 1.5, 0.1),))
    drawn = [
        charts.importance_bars(importance, "log-odds"),
        charts.swarm(swarm, "log-odds"),
        charts.dependence(detail, "a", "b:c", "log-odds"),
        charts.waterfall(charts.waterfall_frame(LOCAL), charts.ends_frame(1.0, 0.25), 3, "log-odds"),
        charts.cohorts(PAIR, "log-odds"),
        charts.by_class(PAIR.rename(columns={"rows": "class"}), ["a"], "log-odds"),
    ]
    for chart in drawn:
        assert "mark" in str(styled(chart).to_dict())


def test_a_waterfall_leaves_room_for_its_numbers_names_its_ends_and_is_tall_enough_for_few_bars() -> None:
    frame = charts.waterfall_frame(LOCAL)
    spec = charts.waterfall(frame, charts.ends_frame(1.0, 0.25), 3, "log-odds").to_dict()
    scales = [layer["encoding"]["x"]["scale"] for layer in spec["layer"] if "scale" in layer["encoding"].get("x", {})]
    widest = (
        max(len(label) for label in frame["label"]) * 7 + 4
    )  # pixels: 12 px digits are at most 7 wide, 4 lie before them
    assert [scale["padding"] >= widest for scale in scales] == [True]
    texts = [layer["encoding"]["text"]["field"] for layer in spec["layer"] if "text" in layer["encoding"]]
    assert texts == ["label", "name", "name"]
    assert spec["height"] - 3 * 22 >= 100, "legend, axis and its title lie inside the height"
    assert charts.ends_columns(1.0, 0.25)["side"] == ["right", "left"]
    assert charts.ends_columns(0.25, 1.0)["side"] == ["left", "right"]
