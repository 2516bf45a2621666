"""Tables that say what their columns mean, and the account behind every number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from governance.data import safe_cell
from governance.evidence import Evidence, Rows, TableReading, sha256
from governance.runs import method
from pages._ui import board_links, tongue
from pages._ui.glossary import about
from pages._ui.text import plain, short

if TYPE_CHECKING:
    import pandas as pd

ROW: Final = 36
MOST: Final = 12
_FIGURE: Final = re.compile(r"(?:[-+0-9.,%() \N{EN DASH}]|to)+")


def table(
    frame: pd.DataFrame,
    alt: str,
    columns: Mapping[str, Any] | None = None,
    key: str | None = None,
    *,
    take: bool = True,
) -> None:
    """Draw a table that scrolls inside itself, and a button that takes it away as CSV.

    Args:
        frame: the rows; columns that `columns` does not name keep their own.
        alt: what the table shows, for screen readers.
        columns: name -> one of `words`, `figures`, `share`, `count`.
        key: needed when the same table is drawn twice.
        take: whether the button is drawn; not where another one stands beside the table already, or in a form.
    """
    height = ROW * (min(len(frame), MOST) + 1) + 2
    st.dataframe(
        safe(frame),
        hide_index=True,
        column_config=_said(columns or {}),
        alt=alt,
        key=key,
        height=height,
        placeholder="–",
    )
    if take and len(frame):
        csv_button(frame, key or alt)


def _said(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of columns with their heads in the visitor's language."""
    return {name: _head(item) for name, item in columns.items()}


def _head(setting: Any) -> Any:
    """Return one column's setting, which is a head alone, or a head and more, or None for a column that is not shown."""
    if isinstance(setting, str):
        return tongue.say(setting)
    if isinstance(setting, dict) and setting.get("label"):
        return {**setting, "label": tongue.say(setting["label"])}
    return setting


def table_to_click(frame: pd.DataFrame, alt: str, columns: Mapping[str, Any], key: str) -> int | None:
    """Draw a table of which a cell can be clicked, or reached with the arrow keys; return the number of its row, None for none."""
    event: Any = st.dataframe(
        safe(frame),
        hide_index=True,
        column_config=_said(columns),
        alt=alt,
        key=key,
        height=ROW * (min(len(frame), MOST) + 1) + 2,
        placeholder="–",
        on_select="rerun",
        selection_mode="single-cell",
    )
    cells = event["selection"]["cells"]
    return int(cells[0][0]) if cells else None


def csv_button(numbers: pd.DataFrame | Mapping[str, list[Any]], key: str) -> None:
    """Draw the button that takes a table away as CSV: all rows, every digit, and no text that a spreadsheet takes for a formula.

    A table by columns becomes a frame only when somebody presses: making one would cost a live chart more than drawing it.
    """

    def content() -> bytes:
        import pandas as pd

        return csv_of(pd.DataFrame(numbers))

    st.download_button(
        "CSV",
        content,
        file_name(key, "csv"),
        "text/csv",
        key=f"csv-{key}",
        icon=":material/download:",
        type="tertiary",
        help=tongue.voice().say("All rows of this table as a file."),
        on_click="ignore",
    )


def file_name(key: str, ending: str) -> str:
    """Return the name of a file to take away, of letters, digits and hyphens alone."""
    return f"{re.sub(r'[^a-z0-9]+', '-', key.lower()).strip('-')[:60] or 'table'}.{ending}"


def csv_of(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV (RFC 4180, UTF-8 with the mark that spreadsheets look for)."""
    return safe(frame).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def safe(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame without texts that a spreadsheet takes for formulae: a table on a screen can be saved as CSV from its corner.

    A figure with its interval, as "-0.05 to 0.02", stays as it is. The frame is copied only where something changes.
    """
    changed = frame
    for name in frame.columns:
        column = frame[name]
        texts = column.dtype.kind == "O" and column.map(lambda cell: isinstance(cell, str) and cell != _harmless(cell))
        if texts is not False and bool(texts.any()):
            changed = changed.assign(
                **{name: column.map(lambda cell: _harmless(cell) if isinstance(cell, str) else cell)}
            )
    return changed.rename(
        columns={name: safe_cell(str(name)) for name in frame.columns if safe_cell(str(name)) != name}
    )


def _harmless(cell: str) -> str:
    return cell if _FIGURE.fullmatch(cell) else safe_cell(cell)


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


def reading_notes(reading: TableReading | None) -> tuple[str, ...]:
    """Return what was noticed when the tables were read, at most five lines and how many more there are."""
    if reading is None:
        return ()
    other = reading.reference.warnings if reading.reference else ()
    lines = [*reading.warnings, *(f"In the reference: {text}" for text in other)]
    return (*lines[:5], *([f"{len(lines) - 5} more notes on the reading stand in the evidence."] if lines[5:] else []))


@st.fragment
def provenance(evidence: Evidence, key: str = "") -> None:
    """Draw the way to everything that a number rests on: one click away, at the end of its paragraph."""
    name = f"provenance-{evidence.key.method}-{short(evidence.key.digest)}-{key}"
    voice = tongue.voice()
    used = voice.say(
        "How this was computed: {used} of {total} rows",
        used=voice.whole(evidence.rows.used),
        total=voice.whole(evidence.rows.total),
    )
    for line in reading_notes(evidence.reading):
        st.caption(f":material/info: {plain(line, 600)}")
    with st.popover(used, key=name, on_change="rerun", type="tertiary") as box:
        if box.open:
            _account(evidence)


def _read_as(reading: TableReading | None) -> str:
    if reading is None:
        return "not kept"
    text = f"text ({plain(reading.encoding)}), separator {plain(repr(reading.separator))}, decimal {plain(reading.decimal)}"
    unread = ", ".join(f"{rows:,} in {plain(name, 60)}" for name, rows in list(reading.unread_cells.items())[:5])
    return (text if reading.encoding else "Parquet") + (f"; cells that could not be read: {unread}" if unread else "")


def _account(evidence: Evidence) -> None:
    spec, text = method(evidence.key.method), evidence.to_bytes()
    digest = sha256(text)
    st.markdown(f"**{plain(spec.title)}**  \n{plain(spec.question)}")
    inputs = "".join(
        f"\n- {item.role.replace('_', ' ')}: {plain(item.name) or 'unnamed'} `{short(item.digest, 12)}`"
        for item in evidence.key.inputs
    )
    packages = ", ".join(f"{name} {version}" for name, version in evidence.environment.packages.items())
    lines = (
        tongue.say(
            "Method `{id}`, version {version}, seed {seed}",
            id=spec.id,
            version=evidence.key.method_version,
            seed=evidence.key.seed,
        ),
        tongue.say("Rows: {rows}", rows=plain(rows_used(evidence.rows), 2000)),
        tongue.say("Cohort: {rows}", rows=plain(evidence.key.cohort) or tongue.say("all rows")),
        tongue.say("Read as: {reading}", reading=_read_as(evidence.reading)),
    )
    st.markdown("".join(f"\n- {line}" for line in lines) + inputs)
    st.caption(plain(f"Python {evidence.environment.python} on {evidence.environment.platform}; {packages}", 2000))
    st.caption(tongue.say("Digest of the evidence"))
    st.code(digest, language=None, wrap_lines=True)
    board_links.ways(digest)
    st.download_button(
        tongue.say("Evidence as a file"),
        text,
        f"evidence-{short(digest, 12)}.json",
        "application/json",
        icon=":material/download:",
    )


def figure(label: str, value: float | None, term: str = "", digits: int = 3, note: str = "") -> None:
    """Draw one number with its name and meaning; `note` carries its uncertainty, for example "0.61 to 0.67"."""
    st.metric(plain(tongue.say(label)), tongue.voice().number(value, digits), help=about(term))
    if note:
        st.caption(plain(note))
