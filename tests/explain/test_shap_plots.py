"""shap's own plots work on our results."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from governance.explain.methods.shap_bridge import as_shap, table_as_shap
from tests.explain.results.test_report import explanation


@pytest.fixture
def pyplot(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """matplotlib without a screen; its own warnings about shap's calls are not ours."""
    monkeypatch.setenv("MPLBACKEND", "Agg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import matplotlib.pyplot as plt

        plt.switch_backend("Agg")
        yield plt
        plt.close("all")


def words(pyplot: ModuleType) -> str:
    """All text of the figure that stands now."""
    from matplotlib.text import Text

    return " | ".join(item.get_text() for item in pyplot.gcf().findobj(Text))


def test_shaps_waterfall_shows_the_columns_and_the_answer_of_a_person(shap: ModuleType, pyplot: ModuleType) -> None:
    found = as_shap(explanation())
    assert isinstance(found, shap.Explanation)
    shap.plots.waterfall(found, show=False)
    assert "age" in words(pyplot)
    assert "0.5" in words(pyplot), "where the waterfall ends: the model's own output"


def test_shaps_beeswarm_bar_and_scatter_show_many_rows(shap: ModuleType, pyplot: ModuleType) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"age": rng.normal(size=30), "debt": rng.normal(size=30)})
    columns = {name: (frame[name] * at).astype(np.float32) for at, name in enumerate(frame.columns, start=1)}
    table = pa.table({**columns, "base_value": np.zeros(30, np.float32), "model_output": sum(columns.values())})
    found = table_as_shap(table, frame)
    for plot in (shap.plots.beeswarm, shap.plots.bar):
        pyplot.figure()
        plot(found, show=False)
        assert {"age", "debt"} <= set(words(pyplot).split(" | "))
    pyplot.figure()
    shap.plots.scatter(found[:, "debt"], show=False)
    assert "debt" in words(pyplot)
