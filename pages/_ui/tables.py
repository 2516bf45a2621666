"""Tables that say what their columns mean, and the account behind every number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from governance.codec import sha256
from governance.evidence import Evidence, Rows
from governance.methods import method
from pages._ui.glossary import about
from pages._ui.text import number, plain, short

if TYPE_CHECKING:
    import pandas as pd

ROW: Final = 36
MOST: Final = 12


def table(frame: pd.DataFrame, alt: str, columns: Mapping[str, Any] | None = None, key: str | None = None) -> None:
    """Draw a table that scrolls inside itself.

    Args:
        frame: the rows; columns that `columns` does not name keep their own.
        alt: what the table shows, for screen readers.
        columns: name -> one of `words`, `figures`, `share`, `count`.
        key: needed when the same table is drawn twice.
    """
    height = ROW * (min(len(frame), MOST) + 1) + 2
    st.dataframe(
        frame, hide_index=True, column_config=dict(columns or {}), alt=alt, key=key, height=height, placeholder="–"
    )


def words(label: str, term: str = "", *, wide: bool = False, width: int | None = None) -> Any:
    """Return a column of text; `term` is looked up in the glossary, `width` is in pixels."""
    return st.column_config.TextColumn(label, help=about(term), width="large" if wide else width)


def figures(label: str, term: str = "", digits: int = 3) -> Any:
    """Return a column of numbers with `digits` after the point."""
    return st.column_config.NumberColumn(label, help=about(term), format=f"%.{digits}f")


def share(label: str, term: str = "") -> Any:
    """Return a column of shares between 0 and 1, written as percentages."""
    return st.column_config.NumberColumn(label, help=about(term), format="percent")


def amount(label: str, term: str = "") -> Any:
    """Return a column of numbers in a unit of their own, with thousands apart and as many digits as they need."""
    return st.column_config.NumberColumn(label, help=about(term), format="localized")


def count(label: str, term: str = "count") -> Any:
    """Return a column of whole numbers with thousands apart."""
    return st.column_config.NumberColumn(label, help=about(term), format="localized")


def rows_used(rows: Rows) -> str:
    """Return the account of rows as a phrase: "3,998 of 4,000 rows; 2 left out (label missing)"."""
    if rows.used == rows.total:
        return f"all {rows.total:,} rows"
    left_out = ", ".join(f"{item.rows:,} left out ({item.reason})" for item in rows.dropped)
    return f"{rows.used:,} of {rows.total:,} rows; {left_out}"


@st.fragment
def provenance(evidence: Evidence, key: str = "") -> None:
    """Draw the way to everything that a number rests on: one click away, at the end of its paragraph."""
    name = f"provenance-{evidence.key.method}-{short(evidence.key.digest)}-{key}"
    used = f"{evidence.rows.used:,} of {evidence.rows.total:,} rows"
    with st.popover(f"How this was computed: {used}", key=name, on_change="rerun", type="tertiary") as box:
        if box.open:
            _account(evidence)


def _account(evidence: Evidence) -> None:
    spec, text = method(evidence.key.method), evidence.to_bytes()
    digest = sha256(text)
    st.markdown(f"**{plain(spec.title)}**  \n{plain(spec.question)}")
    inputs = "".join(
        f"\n- {item.role.replace('_', ' ')}: {plain(item.name) or 'unnamed'} `{short(item.digest, 12)}`"
        for item in evidence.key.inputs
    )
    packages = ", ".join(f"{name} {version}" for name, version in evidence.environment.packages.items())
    st.markdown(
        f"- Method `{spec.id}`, version {evidence.key.method_version}, seed {evidence.key.seed}\n"
        f"- Rows: {plain(rows_used(evidence.rows), 2000)}\n"
        f"- Cohort: {plain(evidence.key.cohort) or 'all rows'}"
        f"{inputs}"
    )
    st.caption(plain(f"Python {evidence.environment.python} on {evidence.environment.platform}; {packages}", 2000))
    st.caption("Digest of the evidence")
    st.code(digest, language=None, wrap_lines=True)
    st.download_button(
        "Evidence as a file", text, f"evidence-{short(digest, 12)}.json", "application/json", icon=":material/download:"
    )


def figure(label: str, value: float | None, term: str = "", digits: int = 3, note: str = "") -> None:
    """Draw one number with its name and meaning; `note` carries its uncertainty, for example "0.61 to 0.67"."""
    st.metric(plain(label), number(value, digits), help=about(term))
    if note:
        st.caption(plain(note))
