"""Charts of attributions show the numbers of the result and nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from governance.evidence import NotAssessed
from governance.explain.report import Attribution, Background, Certificate, Importance, LocalExplanation
from pages._ui.charts import explanation as charts
from pages._ui.charts.base import styled

NONE = NotAssessed("not measured")
LOCAL = LocalExplanation(
    row=0, identifier="", method="tree", exact=True, scale="raw", link="logistic", target="good", base_value=1.0,
    model_output=0.25, prediction=0.56,
    values=(Attribution("a", "1", 2.0, 0.0), Attribution("b:c", "x", -3.0, 0.0), Attribution("d", "2", 0.25, 0.0)),
    background=Background(10, 10, "0" * 64, "data"),
    certificate=Certificate(0.0, exact=True, std_error=0.0, background_rows=10, background_spread=NONE, neighbour_stability=NONE,
                            lime_agreement=NONE, rows_outside_background=0, scale="raw", units="log-odds"),
)  # fmt: skip


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
        charts.waterfall(charts.waterfall_frame(LOCAL), LOCAL),
    ]
    for chart in drawn:
        assert "mark" in str(styled(chart).to_dict())
