"""A chart is made once for each content of its arguments, and no other chart is shown in its place."""

from __future__ import annotations

import ast
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import pytest

from governance.language import Voice
from pages._ui import tongue
from pages._ui.charts import layouts
from pages._ui.charts.layouts import laid
from pages._ui.charts.spec import AnyChart

PAGES = Path(layouts.__file__).parents[2]
MADE: list[object] = []


def bars(frame: pd.DataFrame, title: object = "") -> AnyChart:
    """Return a small chart, and note that it was made."""
    MADE.append(title)
    chart: AnyChart = alt.Chart(frame, title=str(title)).mark_bar().encode(x=alt.X("value:Q"), y=alt.Y("who:N"))
    return chart


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    MADE.clear()
    layouts._LAID.clear()


def frame(who: list[object], value: list[float]) -> pd.DataFrame:
    """Return a frame of two columns."""
    return pd.DataFrame({"who": who, "value": value})


def test_the_same_numbers_are_laid_out_once() -> None:
    first = laid(bars, frame(["a", "b"], [1.0, 2.0]), "of")
    assert laid(bars, frame(["a", "b"], [1.0, 2.0]), "of") is first
    assert MADE == ["of"]


@pytest.mark.parametrize(
    "other",
    [
        frame(["a", "b"], [1.0, 2.0000000000000004]),
        frame(["a", "c"], [1.0, 2.0]),
        frame(["ab", ""], [1.0, 2.0]),
        frame(["a", None], [1.0, 2.0]),
        frame(["a", "b"], [1.0, float("nan")]),
        frame(["a", "b"], [1.0, 2.0]).rename(columns={"who": "who "}),
        frame(["a", "b"], [1.0, 2.0]).iloc[::-1],
        frame(["a", "b"], [1.0, 2.0]).astype({"value": np.int64}),
        frame(["a", "b"], [1.0, 2.0]).astype({"who": pd.CategoricalDtype(["b", "a"])}),
        frame(["a"], [1.0]),
    ],
)
def test_another_content_is_another_chart(other: pd.DataFrame) -> None:
    one = frame(["a", "b"], [1.0, 2.0])
    assert _told(one) != _told(other)
    assert _told(one) == _told(one.copy())


def test_texts_do_not_run_into_each_other_and_kinds_are_told_apart() -> None:
    values: list[object] = [
        ("a", "b"),
        ("ab",),
        ("a", ("b",)),
        (1,),
        (1.0,),
        (True,),
        ("1",),
        (None,),
        {"a": 1},
        (np.float64(1.0),),
    ]
    assert len({_told(value) for value in values}) == len(values)


def test_a_chart_of_something_that_cannot_be_told_is_made_each_time() -> None:
    unknown = object()
    first, second = laid(bars, frame(["a"], [1.0]), unknown), laid(bars, frame(["a"], [1.0]), unknown)
    assert first is not second
    assert [unknown, unknown] == MADE


def test_a_layout_holds_its_frames_as_they_travel() -> None:
    assert {type(found) for found in laid(bars, frame(["a"], [1.0]))["datasets"].values()} == {bytes}


def test_no_channel_of_a_chart_is_written_as_text() -> None:
    found = [
        f"{path.relative_to(PAGES)}:{value.lineno}"
        for path in sorted(PAGES.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "encode"
        for keyword in node.keywords
        for value in (keyword.value.elts if isinstance(keyword.value, ast.List) else [keyword.value])
        if isinstance(value, ast.JoinedStr) or (isinstance(value, ast.Constant) and isinstance(value.value, str))
    ]
    assert found == []


def _told(value: object) -> bytes:
    parts: list[bytes] = []
    layouts._tell(parts.append, value)
    return b"".join(parts)


def test_a_chart_is_kept_for_each_language(monkeypatch: pytest.MonkeyPatch) -> None:
    spoken = ["en"]
    monkeypatch.setattr(tongue, "voice", lambda: Voice(spoken[0]))  # type: ignore[arg-type]

    def build(rows: pd.DataFrame) -> AnyChart:
        chart: AnyChart = alt.Chart(rows).mark_bar().encode(x=alt.X("value:Q", title=tongue.voice().say("Rows")))
        return chart

    english = laid(build, frame(["a"], [1.0]))
    spoken[0] = "de"
    german = laid(build, frame(["a"], [1.0]))
    assert (english["encoding"]["x"]["title"], german["encoding"]["x"]["title"]) == ("Rows", "Zeilen")
