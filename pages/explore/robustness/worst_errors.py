"""The worst errors that were found, as bars with intervals beside random errors of the same budget."""

from __future__ import annotations

import textwrap
from typing import Final

import pandas as pd
import streamlit as st

from governance.language import mark
from governance.quality import Expectations, expectation
from governance.runs import draft
from governance.stress import Worst, WorstReport, fitting, words
from governance.workflow.workspace import current_workspace, subjects
from pages._ui import attributions, linked, tables, tongue, views
from pages._ui.charts import base
from pages._ui.charts.layouts import laid
from pages._ui.choices import Picked
from pages._ui.text import plain, shown

WIDE: Final = 36
"""Letters in a line of a chart's label."""
NAMED: Final = 5
"""Errors that stand in words below the chart."""
VIEWS: Final = (mark("All errors"), mark("Errors whose values look plausible"))


def harm(picked: Picked) -> str | None:
    """Draw what harm may mean for the chosen model and data; return the objective, "" for the usual one, None when a link was refused."""
    if not picked.model or not picked.data:
        return ""
    schema = subjects.data_file(current_workspace.current(), picked.data, label=picked.label).schema
    able = fitting(
        classes=len(attributions.classes(picked)), groups=bool(schema.sensitive), labelled=bool(schema.target)
    )
    titles = {"" if at == 0 else item.id: tongue.say(item.title) for at, item in enumerate(able)}
    return linked.pick(tongue.say("What counts as harm"), titles, name="harm")


def section(report: WorstReport) -> None:
    """Draw the worst errors of the chosen sort."""
    view = views.pick(VIEWS, "worst")
    found = report.worst if view != VIEWS[1] else report.unnoticed
    if not found:
        st.markdown(tongue.say("No error of this sort does any harm."))
        return
    rows = frame(found, report)
    unit = "points of 100" if report.unit == "points" else report.unit
    title = ", ".join(part for part in (report.objective, unit) if part)
    columns = {
        "label": tables.words("Short"),
        "error": tables.words("Error", wide=True),
        "harm": tables.figures("Held out", digits=2),
        "low": tables.figures("95 % from", digits=2),
        "high": tables.figures("to", digits=2),
        "random": tables.figures("Same error, random rows", digits=2),
        "found": tables.figures("Where found", digits=2),
        "noticed": tables.words("Noticed by"),
        "signs": tables.words("From which share of rows on"),
    }
    base.draw(
        laid(base.interval_dots, rows, "label", "harm", title, low="low", high="high", mark=0.0, lines=2),
        "Dots with 95 % intervals: harm of the worst errors on rows that took no part in the search",
        rows,
        f"worst-{view}",
        columns,
    )
    for at, item in enumerate(found[:NAMED], 1):
        st.markdown(
            tongue.say(
                "{at}. {error}: {harm}, noticed by {by}.",
                at=at,
                error=plain(item.name, 400),
                harm=plain(words.held_out(item, report.unit)),
                by=words.noticed_by(item),
            )
        )
    proposals(report)
    st.caption(
        plain(
            f"Found on {report.rows_searched:,} rows, measured on {report.rows_held_out:,} others. No error that was tried can cost more "
            f"than {words.amount(report.bound, report.unit)} with this budget, wherever it strikes.",
            1000,
        )
    )
    for note in report.notes:
        st.caption(plain(note, 600))


def label(at: int, item: Worst) -> str:
    """Return what a chart calls an error: what happens to which column, on two lines, without the rows that it hits."""
    what = f"{at}. {shown(item.name.partition(', where')[0], 400)}"
    return "\n".join(textwrap.wrap(what, WIDE, max_lines=2, placeholder=" …"))


def proposals(report: WorstReport) -> None:
    """Draw the checks that would see what nothing notices, and hand out a draft of the data contract with them."""
    silent = [item for item in (*report.unnoticed, *report.worst) if item.noticed and not item.noticed.seen]
    told = list(dict.fromkeys(words.proposed(item, plain) for item in silent if item.noticed and item.noticed.proposal))
    if not told:
        return
    st.markdown(
        tongue.say(
            "**Checks that would see what nothing notices.** They are proposals: a person puts them into the data contract, or not."
        )
    )
    for said in told[:NAMED]:
        st.markdown(f"- {said}")
    made = draft(Expectations(), [item.noticed.proposal for item in silent if item.noticed and item.noticed.proposal])
    st.download_button(
        tongue.say("Proposed checks (TOML)"),
        expectation.to_toml(made).encode(),
        "proposed.toml",
        "application/toml",
        icon=":material/download:",
        key="proposed",
        help=tongue.say(
            "Data quality, What is expected of these data: begin with this file, edit it, and put it to use."
        ),
    )


def frame(found: tuple[Worst, ...], report: WorstReport) -> pd.DataFrame:
    """Return one row per error, the worst first."""
    scale = 100 if report.unit == "points" else 1
    return pd.DataFrame(
        {
            "label": [label(at, item) for at, item in enumerate(found, 1)],
            "error": [shown(item.name, 200) for item in found],
            "harm": [scale * item.held_out.change for item in found],
            "low": [scale * item.held_out.low for item in found],
            "high": [scale * item.held_out.high for item in found],
            "random": [scale * item.random_same for item in found],
            "found": [scale * item.found for item in found],
            "noticed": [words.noticed_by(item) for item in found],
            "signs": [words.signs(item) for item in found],
        }
    )
