"""What stands under every chart: its numbers as a table, and the ways to take them away as CSV and as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import tongue
from pages._ui.charts import picture_file
from pages._ui.tables import csv_button, table

Columns = Mapping[str, list[Any]]
"""A small table by columns: what a frame would cost more to make than to draw."""


@st.fragment
def behind(
    numbers: pd.DataFrame | Columns,
    alt_text: str,
    key: str,
    *,
    columns: Mapping[str, Any] | None = None,
    note: str = "",
) -> None:
    """Draw one line under a chart: a drawer with its table, a button for the table as CSV, and one for the chart as a picture.

    Args:
        numbers: what the chart shows.
        alt_text: what it shows, in a sentence.
        key: of the chart; unique on the page.
        columns: column settings of the table.
        note: stands above the table, in markdown.
    """
    voice = tongue.voice()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        with st.expander(
            voice.say("The numbers"), key=f"behind-{key}", on_change="rerun", type="compact", width=130
        ) as box:
            pass
        csv_button(numbers, key)
        picture_file.button(key)
    if box.open:
        if note:
            st.caption(note)
        table(pd.DataFrame(numbers), f"Table: {alt_text}", columns, f"table-{key}", take=False)
