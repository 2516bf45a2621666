"""The few pieces of HTML that a notebook shows. Every text goes through `html.escape`: names of columns and groups come from files."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def block(parts: Iterable[str]) -> str:
    """Return pieces that are HTML already as one block."""
    return f"<div>{''.join(parts)}</div>"


def heading(title: str, question: str) -> str:
    """Return a title and the question under it."""
    return f"<strong>{escape(title)}</strong><br><em>{escape(question)}</em>"


def paragraph(text: str) -> str:
    """Return a sentence."""
    return f"<p>{escape(text)}</p>"


def lines(text: str) -> str:
    """Return text as it stands, line by line."""
    return f"<pre>{escape(text)}</pre>"


def table(frame: pd.DataFrame) -> str:
    """Return a frame; numbers with four figures, what is missing as a dash."""
    head = "".join(f"<th>{escape(str(name))}</th>" for name in frame.columns)
    rows = (
        "".join(f"<td>{escape(_cell(value))}</td>" for value in row) for row in frame.itertuples(index=False, name=None)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"


def _cell(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN is the one value that differs from itself
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
