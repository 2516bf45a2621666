"""Where a model stands under the norms: the sentence, the chart, each norm, what is proven, and what a member says about it."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from governance.drift import ALERTS
from governance.evidence import sentence_case
from governance.fairness import NormReport, norms as room
from governance.language import mark
from governance.workflow.monitoring import LoopStanding, alerts, loop, norms
from governance.workflow.workspace import current_workspace
from pages._ui import badges, errors, headings, runs, session, signing, tables, tongue
from pages._ui.charts.base import draw
from pages._ui.charts.layouts import laid
from pages._ui.text import plain, shown
from pages.explore.norms import charts
from storage import Workspace

BADGES: Final = {"within": "no_alert", "in_breach": "not_met", "cannot_judge": "not_assessed", "not_yet": "late"}
"""State of a norm -> badge."""
MEANT: Final = mark(
    "The line is how much a bettor would own who began with 1 and bet, window after window, that the norm is broken. While the model "
    "keeps it, that hardly ever grows."
)


def lead(held: norms.Adopted | None, found: LoopStanding | None, *, model: bool) -> str:
    """Return the first line of the page, in markdown."""
    if held is None:
        return "The board has not signed any norms yet."
    if not model:
        return "Pick a model above: its windows are held against the norms in force."
    if found is None:
        return "No window of this version has been held against the norms in force yet."
    return room.words.lead(found.report, tongue.voice())


def over_time(found: LoopStanding) -> None:
    """Draw the odds against each norm over the windows, and where each norm stands."""
    frame = charts.capital_table(found.report)
    if len(frame):
        proof = 1 / found.norms.level
        draw(
            laid(charts.capital, frame, found.norms.level),
            f"Odds against each norm after each window; from {proof:g} to 1 on a breach is proven.",
            frame,
            "capital",
            {"window": tables.count("Window", ""), "odds": tables.figures("Odds (to 1)"), "norm": tables.words("Norm")},
        )
        dashed = tongue.say(
            "From {proof} to 1 on (dashed) a breach is proven, and it stays proven.",
            proof=tongue.voice().figures(f"{proof:g}"),
        )
        headings.aside(f"{tongue.say(MEANT)} {dashed}")
    table(found.report, "norms-table")
    headings.aside(plain(found.report.promise, 1000))
    for notice in found.report.notices:
        headings.aside(plain(notice, 1000))


def table(report: NormReport, key: str) -> None:
    """Draw one row per norm."""
    rows = [
        {
            "norm": shown(item.id, 40),
            "asks": item.title,
            "state": sentence_case(room.words.STATES[item.state]),
            "since": f"window {item.since.window + 1} ({item.since.low + 1} to {item.since.high + 1})"
            if item.since
            else "",
            "proven": None if item.proven_at is None else item.proven_at + 1,
            "why": shown(item.reason or "; ".join(one.group for one in item.accused), 400),
            "small": shown(", ".join(item.too_small), 200),
        }
        for item in report.norms
    ]
    tables.table(
        pd.DataFrame(rows), "Where each norm stands.",
        {"norm": tables.words("Norm"), "asks": tables.words("What it asks about"), "state": tables.words("Stands"),
         "since": tables.words("Since when"), "proven": tables.count("Proven in window", ""),
         "why": tables.words("Against whom, or why not", wide=True), "small": tables.words("Too small to judge")},
        key=key,
    )  # fmt: skip


def breaches(found: LoopStanding) -> None:
    """Draw every proven breach in sentences, with the form that confirms it or puts it aside."""
    by_norm = {item.norm: item for item in found.alerts}
    for broken in found.report.in_breach:
        with st.container(border=True):
            alert = by_norm[broken.id].alert
            badges.badge(BADGES["in_breach"], sentence_case(ALERTS.get(alert.state, alert.state)) if alert else None)
            st.markdown(f"**{plain(broken.id)}**: {plain(room.words.demand(found.norms.norm(broken.id)), 1000)}")
            for one in broken.accused[:6]:
                st.markdown(f"- {room.words.breach(broken, one, tongue.voice())}")
            if len(broken.accused) > 6:
                st.caption(
                    tongue.voice().count(
                        len(broken.accused) - 6, "And 1 more pair of groups.", "And {n} more pairs of groups."
                    )
                )
            if alert is not None and alert.state == "observed":
                _settle(by_norm[broken.id].name, broken.id, found.evidence)


def _settle(alert: str, norm: str, evidence: str) -> None:
    """Draw the form with which a member confirms a breach or puts it aside."""
    if not session.visitor().member:
        st.caption(tongue.say("A member can confirm this breach or put it aside. You are here as a guest."))
        return
    with st.form(f"settle-{norm}"):
        reason = st.text_area(
            tongue.say("Why"),
            help=tongue.say("One sentence that somebody else can check. It becomes part of the record."),
        )
        st.caption(
            tongue.say(
                "To confirm suspends every approval of this model. To put aside closes this alert; the proof stays."
            )
        )
        with st.container(horizontal=True):
            confirmed = st.form_submit_button(
                tongue.say("Confirm the breach"), type="primary", icon=":material/report:"
            )
            aside = st.form_submit_button(tongue.say("Put aside"), icon=":material/notifications_off:")
    if not (confirmed or aside):
        return
    if not reason.strip():
        st.warning(tongue.say("A reason is needed: what did you see?"), icon=":material/info:")
        return
    verb = alerts.confirm if confirmed else alerts.override
    member, place = session.visitor().id, current_workspace.current()
    follows = "Every approval of this model is suspended." if confirmed else "The alert is closed."
    signing.ask(
        "I confirm that this model breaks the norm." if confirmed else "I put this alert aside.",
        [("Norm", norm), ("Why", reason), ("What follows", follows)],
        evidence,
        lambda secret: verb(place, alert, reason, member=member, passphrase=secret),
        lambda: None,
    )


def counted(found: LoopStanding, place: Workspace) -> None:
    """Draw, folded, how each window was counted."""
    names = {item.digest: item.name for item in place.read().datasets()}
    with st.expander(
        tongue.say("How the {windows} windows were counted", windows=len(found.report.windows)),
        key="counted",
        on_change="rerun",
    ) as box:
        if not box.open:
            return
        rows = [
            {"number": number, "window": shown(names.get(item.data, item.data[:16]), 60), "rows": item.rows,
             "labelled": item.labelled_share, "note": shown(item.note, 400)}
            for number, item in enumerate(found.report.windows, start=1)
        ]  # fmt: skip
        tables.table(
            pd.DataFrame(rows, columns=["number", "window", "rows", "labelled", "note"]), "The windows in order.",
            {"number": tables.count("Number", ""), "window": tables.words("Window"), "rows": tables.count("Rows"),
             "labelled": tables.share("Rows with a label"), "note": tables.words("Not counted, and why", wide=True)},
            key="counted-table",
        )  # fmt: skip
        st.caption(
            tongue.say(
                "Evidence `{evidence}`, norms `{digest}`.", evidence=found.evidence[:16], digest=found.digest[:16]
            )
        )


def count_windows(place: Workspace, model: str, found: LoopStanding | None) -> None:
    """Draw the way to count windows that are registered and not counted yet."""
    if loop.going(place, model):
        _wait(place, model)
        return
    seen = {item.data for item in found.report.windows} if found else set()
    new = [item for item in loop.windows(place, model) if item.digest not in seen]
    if not new:
        headings.aside(
            tongue.say(
                "Every window that counts is counted. Monitoring data registered after the norms and this version count; what was there "
                "before could have been looked at when the norms were written."
            )
        )
        return
    st.markdown(tongue.say("**{new}** registered windows are not counted yet.", new=len(new)))
    if session.may_act(tongue.say("Members count windows and record what is proven.")) and st.button(
        tongue.say("Count them"), type="primary", icon=":material/functions:", key="count"
    ):
        with errors.caught():
            loop.begin(place, model, actor=session.actor())
            st.rerun()


@st.fragment(run_every=runs.EVERY)
def _wait(place: Workspace, model: str) -> None:
    if not loop.going(place, model):
        st.rerun()
    with st.container(border=True, key="polling-norms"):
        st.markdown(tongue.say("**The windows** are being counted. You can leave this page and come back."))
