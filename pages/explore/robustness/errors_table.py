"""Every error that was tried: a table, the effect of one by group, and its effect at every share of rows."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from governance.statistics import title
from governance.stress import Variant, VariantsReport, words
from pages._ui import tables, tongue
from pages._ui.charts import base
from pages._ui.charts.layouts import laid
from pages._ui.text import plain, shown
from pages.explore.robustness import charts

POINTS: Final = 21
"""Shares for which the curve is drawn."""


def section(report: VariantsReport) -> None:
    """Draw the errors that the model silently takes, the most harmful first."""
    taken = words.silent(report)
    if not taken:
        return
    frame = pd.DataFrame(
        {
            "error": [shown(item.name, 200) for item in taken],
            "harm": [100 * words.harm(item) for item in taken],
            "noticed": [words.noticed_by(item) for item in taken],
            "changed": [item.decisions_changed for item in taken],
            "worst": [shown(words.worst_group(item), 120) for item in taken],
            "broken": [item.broken for item in taken],
            "mended": [item.mended for item in taken],
            "signs": [words.signs(item) for item in taken],
        }
    )
    columns = {
        "error": tables.words("Error", width=330),
        "changed": tables.count("Decisions that change"),
        "broken": tables.count("Right, now wrong"),
        "mended": tables.count("Wrong, now right"),
        "harm": tables.figures("Accuracy lost, points", "accuracy", digits=2),
        "worst": tables.words("Hit hardest"),
        "noticed": tables.words("Noticed by"),
        "signs": tables.words("From which share of rows on"),
    }
    tables.table(frame, "Errors that the model silently takes, the most harmful first", columns, key="errors")


def chosen(report: VariantsReport) -> Variant | None:
    """Return the error that a person looks at closer."""
    taken = words.silent(report)
    names = {shown(item.name, 200): item for item in taken}
    if not names:
        return None
    picked = st.selectbox(tongue.say("Look closer at"), list(names), key="error")
    return names.get(picked or "", taken[0])


def effects(item: Variant) -> None:
    """Draw what an error does to each group."""
    some = [found for found in item.effects if found.change is not None]
    if not some:
        return
    frame = pd.DataFrame(
        {
            "metric": [title(found.metric) for found in some],
            "group": [
                shown(f"{found.attribute}: {found.group}", 80) if found.attribute else "all rows" for found in some
            ],
            "rows": [found.rows for found in some],
            "before": [found.before for found in some],
            "after": [found.after for found in some],
            "change": [found.change for found in some],
            "low": [found.low for found in some],
            "high": [found.high for found in some],
        }
    )
    columns = {
        "metric": tables.words("Metric"),
        "group": tables.words("Group"),
        "rows": tables.count("Rows"),
        "before": tables.figures("Before"),
        "after": tables.figures("After"),
        "change": tables.figures("Change", digits=4),
        "low": tables.figures("95 % from", digits=4),
        "high": tables.figures("to", digits=4),
    }
    tables.table(frame, "Effect of the error on every metric, for all rows and by group", columns, key="effects")


def far(item: Variant, report: VariantsReport) -> float:
    """Return up to which share of rows the curve is drawn: four times as far as anything that is marked, at least a fifth."""
    seen = item.noticed
    if seen is None or seen.smallest_share_seen is None:
        return 1.0
    marked = [share for share in (seen.drift_from, seen.contract_from, seen.scores_from) if share is not None]
    return min(1.0, max(0.2, 4 * max((*marked, seen.blind_rows / report.rows))))


def curve_frame(item: Variant, end: float = 1.0) -> pd.DataFrame:
    """Return the expected loss of accuracy at every share of rows up to `end`, with the range of chance."""
    assert item.curve is not None
    share = np.linspace(0, end, POINTS)
    lost = -100 * share * item.curve.change
    spread = 100 * 1.96 * np.sqrt(share * (1 - share) * item.curve.square / item.curve.rows)
    return pd.DataFrame({"share": 100 * share, "lost": lost, "low": lost - spread, "high": lost + spread})


def marks(item: Variant) -> list[tuple[str, float]]:
    """Return what sees an error and from which percent of the rows on, the earliest first."""
    seen = item.noticed
    if seen is None:
        return []
    found = (
        (tongue.say("drift"), seen.drift_from),
        (tongue.say("data contract"), seen.contract_from),
        (tongue.say("scores"), seen.scores_from),
    )
    voice = tongue.voice()
    known = [(f"{name}: {voice.percent(share, 2)}", 100 * share) for name, share in found if share is not None]
    return sorted(known, key=lambda part: part[1])


def shares(item: Variant, report: VariantsReport) -> None:
    """Draw the harm against the share of rows that break; the stretch in which nobody would notice is shaded and counted in people."""
    if item.curve is None:
        return
    frame = curve_frame(item, far(item, report))
    blind = 0.0 if item.noticed is None else 100 * item.noticed.blind_rows / report.rows
    people = tongue.say(
        "blind: {people} people", people=tongue.voice().whole(0 if item.noticed is None else item.noticed.blind_rows)
    )
    base.draw(
        laid(
            charts.stretch, frame, blind, marks(item), (tongue.say("Rows that break, %"), tongue.say("Accuracy lost, points"), people)
        ),
        "Line: accuracy lost against the share of rows that break at random; shaded where neither drift nor the data contract notices it",
        frame,
        "shares",
        {"share": tables.figures("Rows that break, %", digits=1), "lost": tables.figures("Accuracy lost", digits=2),
         "low": tables.figures("95 % from", digits=2), "high": tables.figures("to", digits=2)},
    )  # fmt: skip
    st.caption(plain(words.blind_stretch(item, report), 600))


def not_tried(report: VariantsReport) -> None:
    """Draw what intake stops and what was not tried, folded."""
    rows = [(item.name, f"Intake stops it: {item.stops}") for item in report.variants if item.stops]
    rows += [(item.name, item.reason) for item in report.not_run]
    rows += [("", note) for note in report.notes]
    if not rows:
        return
    with st.expander(
        tongue.say("What was stopped or not tried: {rows}", rows=len(rows)), key="not-tried", on_change="rerun"
    ) as box:
        if box.open:
            frame = pd.DataFrame(
                {"error": [shown(a, 200) for a, _ in rows], "reason": [shown(b, 400) for _, b in rows]}
            )
            columns = {"error": tables.words("Error"), "reason": tables.words("Why", wide=True)}
            tables.table(frame, "Errors that intake stops, or that were not tried", columns, key="not-tried-table")
