"""The parts of a long page beside each other: one is drawn, its name stands in the address, and a link opens it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages._ui import tongue


def pick(names: Sequence[str], key: str) -> str:
    """Draw the names of the parts, the first one chosen where nobody has, and return the one to draw.

    What harms somebody never stands in a part that is not drawn at first: its sentence belongs above.

    Args:
        names: of the parts, in the order of their weight.
        key: unique in the app; the name of the choice in the address.
    """
    chosen = st.segmented_control(
        tongue.say("Part of the page"), list(names), default=names[0], key=key, bind="query-params",
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    return chosen if chosen is not None and chosen in names else names[0]
