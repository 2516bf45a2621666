"""The first line of a screen: the visitor's question, answered in words."""

from __future__ import annotations

import streamlit as st

from pages._ui.text import shown


def lead(text: str) -> None:
    """Draw the answer in a sentence or two above everything else.

    Args:
        text: markdown; strings that come from files go through `plain` first.
    """
    st.markdown(f"## {text}")


def aside(text: str) -> None:
    """Draw a remark in small print: a limit, a caveat, a unit."""
    st.caption(text)


def page(title: str, question: str) -> None:
    """Draw the head of a page: its name and the question that it answers."""
    st.title(title, anchor=False)
    st.caption(question)


def tab(title: str) -> None:
    """Name the tab of the browser, so that history and tabs can be told apart; letter by letter, nothing of it is markdown."""
    st.set_page_config(page_title=f"{shown(title, 120)} · Countersign")
