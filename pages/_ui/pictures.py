"""The pictures of a brief: few bars with their intervals, the number at each bar, from evidence alone."""

from __future__ import annotations

from collections.abc import Callable

import altair as alt
import pandas as pd
import streamlit as st

from governance.dossier import Brief, Picture, Point
from governance.runs import title_of
from pages._ui import palette, tongue
from pages._ui.badges import inline
from pages._ui.charts import base
from pages._ui.text import short, shown


def draw(found: Brief, below: Callable[[Picture], None] | None = None) -> None:
    """Draw the pictures two in a row, each under its question and its sentence.

    Args:
        found: the brief.
        below: draws what a picture rests on; None for the digest under which it was frozen.
    """
    for start in range(0, len(found.pictures), 2):
        row = found.pictures[start : start + 2]
        for column, item in zip(st.columns(len(row), gap="large"), row, strict=True):
            with column:
                _picture(item)
                (below or _frozen)(item)


def _picture(item: Picture) -> None:
    st.markdown(f"**{item.question}** {inline(item.side)}")
    st.markdown(item.sentence)
    if item.bars:
        frame = _frame(item)
        alt_text = f"{item.question} {item.measure}: " + "; ".join(
            f"{row.who} {row.told}" for row in frame.itertuples()
        )
        base.draw(_bars(frame, item), shown(alt_text, 1000), _behind(frame), key=f"brief-{short(item.evidence)}")


def _frozen(item: Picture) -> None:
    voice = tongue.voice()
    title = voice(voice.say(title_of(item.method)))
    st.caption(voice.say("From “{title}”, frozen as `{digest}`.", title=title, digest=short(item.evidence, 12)))


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


def _bars(frame: pd.DataFrame, item: Picture) -> base.AnyChart:
    style = alt.Axis(format="%") if item.percent else alt.Axis()
    drawn = alt.Chart(frame, height=base.tall(len(frame)))
    y = alt.Y("who:N", sort=None, title=None)
    x = alt.X("value:Q", title=item.measure, axis=style, scale=alt.Scale(zero=True))
    colour = alt.condition("datum.stands_out", alt.value(palette.ACCENT), alt.value(palette.MUTED))
    layers = [drawn.mark_bar(height=base.BAR * 0.6).encode(y=y, x=x, color=colour)]
    known = frame[frame["low"].notna() & frame["high"].notna()]
    if len(known):
        rule = alt.Chart(known).mark_rule(color=palette.ORANGE, strokeWidth=2)
        layers.append(rule.encode(y=y, x=alt.X("low:Q", title=item.measure), x2="high"))
    text = drawn.mark_text(align="left", dx=4, fontSize=13, baseline="bottom", dy=-3).encode(
        y=y, x=alt.X("value:Q"), text="told:N"
    )
    chart: base.AnyChart = alt.layer(*layers, text)
    return chart


def sides(found: Brief) -> None:
    """Draw what speaks for it and what speaks against it, side by side."""
    voice = tongue.voice()
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**{voice.say('What speaks for it')}**")
        _points(found.side("for"), voice.say("Nothing in the frozen evidence."))
    with right:
        st.markdown(f"**{voice.say('What speaks against it')}**")
        _points(
            found.side("against"), voice.say("Nothing in the frozen evidence. What was never measured is not in it.")
        )


def _points(points: tuple[Point, ...], none: str) -> None:
    st.markdown("\n".join(f"- {item.words}" for item in points) or none)
