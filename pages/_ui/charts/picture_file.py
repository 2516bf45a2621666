"""A chart as a picture to take away: drawn anew in a worker, in the light colours of paper, with its sentence as the title."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from governance.runs import executor
from pages._ui import palette, tongue
from pages._ui.tables import file_name

WIDTH: Final = 640
"""Of a chart that takes the width of its place on a page, pixels."""
_LINE: Final = 88
"""Characters of a line of the title."""
_WAIT: Final = 120
"""Seconds after which a picture is given up, when every worker is busy."""
_JOINED: Final = ("hconcat", "vconcat", "facet", "spec")
"""Parts of a layout that bring widths of their own."""


def button(chart: Any, alt_text: str, key: str, data: Mapping[str, Mapping[str, list[Any]]] | None = None) -> None:
    """Draw the button that takes a chart away as a vector picture; it is drawn when the button is pressed.

    Args:
        chart: an Altair chart in the style of the house, or the layout of one.
        alt_text: what it shows, in a sentence.
        key: unique on the page.
        data: the data sets that a layout names.
    """
    voice = tongue.voice()
    st.download_button(
        voice.say("Picture"),
        lambda: executor().submit(picture, chart, alt_text, data).result(_WAIT),
        file_name(key, "svg"),
        "image/svg+xml",
        key=f"picture-{key}",
        icon=":material/image:",
        type="tertiary",
        help=voice.say("The chart as a vector picture (SVG) for a text or a print, with its sentence as the title."),
        on_click="ignore",
    )


def picture(chart: Any, title: str, data: Mapping[str, Mapping[str, list[Any]]] | None = None) -> bytes:
    """Return a chart as SVG (UTF-8); for a worker. Nothing is fetched from any address.

    Args:
        chart: an Altair chart, or the layout of one as a mapping.
        title: stands above the picture, in lines.
        data: the data sets that a layout names, by columns.
    """
    import vl_convert

    spec = _layout(chart, data)
    lines = textwrap.wrap(title, _LINE)
    spec["title"] = {
        "text": lines,
        "anchor": "start",
        "fontWeight": "normal",
        "fontSize": 13,
        "color": palette.INK["light"],
    }
    spec["background"] = "white"
    if not any(name in spec for name in _JOINED):
        spec["width"] = WIDTH
    return str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])).encode()


def _layout(chart: Any, data: Mapping[str, Mapping[str, list[Any]]] | None) -> dict[str, Any]:
    """Return a chart as the layout that it stands for, its numbers inside; rows are not limited."""
    if isinstance(chart, Mapping):
        rows = {name: _records(columns) for name, columns in (data or {}).items()}
        return {**chart, "datasets": rows}
    import altair as alt

    with alt.data_transformers.disable_max_rows(), alt.theme.enable("none"):
        found: dict[str, Any] = chart.to_dict()
    return found


def _records(columns: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
