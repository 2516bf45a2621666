"""The pictures of a brief: few bars with their intervals, the number at each bar, from evidence alone."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Final, Literal

import altair as alt
import pandas as pd
import streamlit as st

from governance.dossier import Brief, Picture, Point
from governance.runs import title_of
from pages._ui import palette, tongue
from pages._ui.badges import inline
from pages._ui.charts import base
from pages._ui.charts.layouts import laid
from pages._ui.charts.spec import AnyChart
from pages._ui.text import short, shown

MOST: Final = 5
"""Bars of a picture; the drawer of its numbers has all."""
_LINE: Final = 40
"""Characters of a line of the name of the measure: a picture is half a page wide."""
_TITLE: Final = 40
"""Height of the name of the measure below the bars, pixels."""
_NUMBER: Final = 6
"""Between the end of a bar, or of its interval, and its number, pixels."""


def draw(found: Brief, below: Callable[[Picture], None] | None = None) -> None:
    """Draw the pictures two in a row, each under its question and its sentence; one that is left over has its bars beside them.

    Args:
        found: the brief.
        below: draws what a picture rests on; None for the digest under which it was frozen, in the drawer of its numbers.
    """
    for start in range(0, len(found.pictures), 2):
        row, columns = found.pictures[start : start + 2], st.columns(2, gap="large")
        for at, item in enumerate(row):
            note = "" if below else _frozen(item)
            with columns[at], st.container(gap="xsmall"):
                _words(item, note)
                if len(row) == 2:
                    _drawn(item, note)
                if below is not None:
                    below(item)
        if len(row) == 1:
            with columns[1]:
                _drawn(row[0], "" if below else _frozen(row[0]))


def _words(item: Picture, note: str) -> None:
    st.markdown(f"**{item.question}** {inline(item.side)}")
    st.markdown(item.sentence)
    if not item.bars and note:
        st.caption(note)


def _drawn(item: Picture, note: str) -> None:
    """Draw the bars of a picture, nothing for one without."""
    if item.bars:
        frame = _frame(item)
        alt_text = f"{item.question} {item.measure}: " + "; ".join(
            f"{row.who} {row.told}" for row in frame.itertuples()
        )
        base.draw(
            laid(_bars, frame.head(MOST), item),
            shown(alt_text, 1000),
            _behind(frame),
            key=f"brief-{short(item.evidence)}",
            note=note,
        )


def _frozen(item: Picture) -> str:
    voice = tongue.voice()
    title = voice(voice.say(title_of(item.method)))
    return voice.say("From “{title}”, frozen as `{digest}`.", title=title, digest=short(item.evidence, 12))


def _frame(item: Picture) -> pd.DataFrame:
    voice = tongue.voice()
    told = [voice.percent(bar.value) if item.percent else voice.number(bar.value) for bar in item.bars]
    return pd.DataFrame(
        {
            "who": [shown(bar.name, 60) for bar in item.bars],
            "value": [bar.value for bar in item.bars],
            "low": [bar.low for bar in item.bars],
            "high": [bar.high for bar in item.bars],
            "told": told,
            "stands_out": [bar.stands_out for bar in item.bars],
        }
    )


def _behind(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[["who", "value", "low", "high"]]


def _bars(frame: pd.DataFrame, item: Picture) -> AnyChart:
    style = alt.Axis(labels=False, grid=False, titlePadding=2)  # each bar says its number
    lines = textwrap.wrap(item.measure, _LINE)
    drawn = alt.Chart(frame, height=base.BAR * len(frame) + _TITLE + base.LINE * (len(lines) - 1))
    y = alt.Y("who:N", sort=None, title=None)
    x = alt.X("value:Q", title=lines, axis=style, scale=alt.Scale(zero=True))
    colour = alt.condition("datum.stands_out", alt.value(palette.ACCENT), alt.value(palette.MUTED))
    layers = [drawn.mark_bar(height=base.BAR * 0.6).encode(y=y, x=x, color=colour)]
    known = frame[frame["low"].notna() & frame["high"].notna()]
    if len(known):
        rule = alt.Chart(known).mark_rule(color=palette.ORANGE, strokeWidth=2)
        layers.append(rule.encode(y=y, x=alt.X("low:Q", title=lines), x2=alt.X2("high")))
    behind = alt.Chart(
        frame.assign(end=frame["high"].fillna(frame["value"]))
    )  # a number on its interval could not be read
    text = behind.mark_text(align="left", dx=_NUMBER, fontSize=13).encode(
        y=y, x=alt.X("end:Q"), text=alt.Text("told:N")
    )
    chart: AnyChart = alt.layer(*layers, text)
    return chart


def side(found: Brief, which: Literal["for", "against"]) -> None:
    """Draw what speaks for it, or what speaks against it."""
    voice = tongue.voice()
    if which == "for":
        st.markdown(f"**{voice.say('What speaks for it')}**")
        _points(found.side("for"), voice.say("Nothing in the frozen evidence."))
        return
    st.markdown(f"**{voice.say('What speaks against it')}**")
    _points(found.side("against"), voice.say("Nothing in the frozen evidence. What was never measured is not in it."))


def _points(points: tuple[Point, ...], none: str) -> None:
    st.markdown("\n".join(f"- {item.words}" for item in points) or none)
