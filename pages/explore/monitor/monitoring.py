"""The parts of the monitor page: windows over time, one window from near, and the history of alerts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from governance.drift import ALERTS
from governance.evidence import sentence_case
from governance.statistics import title
from governance.workflow.monitoring import Event, Noted, Standing, alerts, watch
from governance.workflow.review import reopening
from governance.workflow.workspace import Choice, current_workspace
from pages._ui import (
    badges,
    errors,
    headings,
    navigation,
    recommendation,
    records,
    runs,
    session,
    signing,
    tables,
    tongue,
    workspace,
)
from pages._ui.charts.base import draw
from pages._ui.charts.layouts import laid
from pages._ui.choices import Picked
from pages._ui.text import interval, number, plain, short, shown
from pages.explore.monitor import charts, remedies

STATES: Final = {
    "observed": "alert",
    "impact_estimated": "alert",
    "confirmed": "not_met",
    "overridden": "waived",
    "acted": "met",
    "none": "no_alert",
    "untold": "late",
    "unmeasured": "not_run",
}
"""State -> badge."""
FOLLOWS: Final = {True: "Every approval of this model is suspended.", False: "The alert of this window is closed."}
"""Whether the harm is confirmed -> what follows."""


def state_in_words(session: str) -> str:
    """Return the state of an alert as a badge says it; one that is no more keeps its name."""
    return sentence_case(ALERTS.get(session, session.replace("_", " ")))


def stands(item: Standing) -> str:
    """Return the state of a window, a key of `STATES`."""
    if item.alert is not None:
        return item.alert.state
    if item.report is None or item.partial:
        return "unmeasured"
    return "untold" if item.untold else "none"


def lead(found: Sequence[Standing]) -> str:
    """Return how the windows stand, as a sentence in markdown."""
    states = [stands(item) for item in found]
    confirmed, waiting = states.count("confirmed"), states.count("observed") + states.count("impact_estimated")
    unmeasured = states.count("unmeasured")
    parts = []
    if confirmed:
        parts.append(f"harm is confirmed in {_of(confirmed, len(found))}, so every approval of the model is suspended")
    if waiting + states.count("untold"):
        parts.append(f"something moved in {_of(waiting + states.count('untold'), len(found))} and waits for a person")
    if unmeasured:
        parts.append(f"{_of(unmeasured, len(found))} not measured yet")
    words = "; ".join(parts) or "no window gives reason for an alert"
    return f"{words[0].upper()}{words[1:]}."


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole} windows" if whole > 1 else "the only window"


def over_time(found: Sequence[Standing]) -> None:
    """Draw the main metric over the windows, and one row per window."""
    frame = charts.points_table(found)
    metric = title(next((item.metric for item in found if item.metric), ""))
    if len(frame):
        draw(
            laid(charts.over_windows, frame, metric),
            f"{metric} on each window in order, with labels and as expected without, with 95 % intervals.",
            frame,
            "windows",
            {"value": tables.figures("Value"), "low": tables.figures("From"), "high": tables.figures("To"),
             "rows": tables.count("Rows")},
        )  # fmt: skip
    tables.table(
        pd.DataFrame([_row(item) for item in found]), "Windows in the order in which they were registered.",
        {"window": tables.words("Window"), "rows": tables.count("Rows"), "expected": tables.words("Expected without labels"),
         "realised": tables.words("With labels"), "moved": tables.count("Columns that moved", ""),
         "state": tables.words("Alert"), "next": tables.words("Recommended"), "why": tables.words("Why", wide=True)},
    )  # fmt: skip


def _row(item: Standing) -> dict[str, object]:
    action = item.report.action if item.report and not item.partial else None
    return {
        "window": shown(item.data.name, 60),
        "state": state_in_words(stands(item)),
        "next": recommendation.recommended(action.recommendation) if action else "Measure it",
        "expected": _figure(item.estimated),
        "realised": _figure(item.realised),
        "moved": item.material,
        "rows": item.data.rows,
        "why": shown(action.reason if action else item.refused or "Nothing is known about this window yet.", 400),
    }


def _figure(found: object) -> str:
    from governance.drift import Estimate

    return f"{number(found.value)} ({interval(found.low, found.high)})" if isinstance(found, Estimate) else "–"


def window(item: Standing, picked: Picked) -> None:
    """Draw one window from near, with the way to measure it and to settle its alert."""
    badges.badge(STATES[stands(item)], state_in_words(stands(item)))
    if item.report is not None and not item.partial:
        recommendation.action(item.report.action)
    choice = Choice(picked.model, item.data.digest, picked.data)
    if watch.going(current_workspace.current(), choice):
        _wait(choice)
    elif item.run is not None and item.run.state in runs.GOING:
        runs.follow(item.run, f"The window {item.data.name}")
    elif item.report is None or item.untold or item.partial:
        _measure(item, choice)
    elif item.run is not None and item.run.error:
        headings.aside(
            tongue.say("The model could not be asked about this window: {error}", error=plain(item.run.error, 1000))
        )
    if item.alert is not None and item.alert.state in ("observed", "impact_estimated"):
        _settle(item)
    if item.alert is not None and item.alert.state == "confirmed":
        _reopen(item, picked)
        remedies.form(item, picked.model)


@st.fragment(run_every=runs.EVERY)
def _wait(choice: Choice) -> None:
    if not watch.going(current_workspace.current(), choice):
        st.rerun()
    with st.container(border=True, key="polling-watch"):
        st.markdown(tongue.say("**This window** is being measured. You can leave this page and come back."))


def _measure(item: Standing, choice: Choice) -> None:
    if item.run is not None and item.run.error:
        headings.aside(
            tongue.say("The last attempt ended without a result: {error}", error=plain(item.run.error, 1000))
        )
    if item.partial:
        headings.aside(
            tongue.say(
                "Only the columns of this window have been compared so far; the model has not been asked about it."
            )
        )
    if not session.may_act(tongue.say("Members measure windows and record alerts.")):
        return
    label = "Record the alert" if item.untold and not item.partial else "Measure this window"
    if st.button(label, type="primary", icon=":material/monitor_heart:", key="measure", disabled=bool(item.refused)):
        with errors.caught():
            watch.begin(current_workspace.current(), choice, actor=session.actor())
            st.rerun()


def _settle(item: Standing) -> None:
    """Draw the form with which a member confirms an alert or puts it aside."""
    if not session.visitor().member:
        st.caption(tongue.say("A member can confirm this alert or put it aside. You are here as a guest."))
        return
    with st.form("settle"):
        reason = st.text_area(
            tongue.say("Why"),
            help=tongue.say("One sentence that somebody else can check. It becomes part of the record."),
        )
        st.caption(
            tongue.say(
                "To confirm suspends every approval of this model. To put aside closes the alert of this window."
            )
        )
        with st.container(horizontal=True):
            confirmed = st.form_submit_button(tongue.say("Confirm the harm"), type="primary", icon=":material/report:")
            aside = st.form_submit_button(tongue.say("Put aside"), icon=":material/notifications_off:")
    if confirmed or aside:
        if not reason.strip():
            st.warning(tongue.say("A reason is needed: what did you see?"), icon=":material/info:")
            return
        act = alerts.confirm if confirmed else alerts.override
        member, place = session.visitor().id, current_workspace.current()
        signing.ask(
            "I confirm that this model does harm on this window." if confirmed else "I put this alert aside.",
            [("Window", item.data.name), ("Why", reason), ("What follows", FOLLOWS[bool(confirmed)])],
            item.alert.evidence[-1] if item.alert and item.alert.evidence else "",
            lambda secret: act(place, item.name, reason, member=member, passphrase=secret),
            lambda: None,
        )


def _reopen(item: Standing, picked: Picked) -> None:
    """Draw the cases that the confirmed alert has suspended, each with a way to open it again."""
    views = workspace.views()
    cases = workspace.board().cases
    suspended = [found for found in (views.cases() if views else ()) if picked.model in found.models
                 and cases[found.case].status == "suspended"]  # fmt: skip
    for found in suspended:
        st.markdown(tongue.say("The approval of **{case}** is suspended.", case=plain(found.title.shown)))
        if session.visitor().member and st.button(tongue.say("Open it for review again"), key=f"reopen-{found.case}"):
            with errors.caught():
                reopening.reopen(current_workspace.current(), item.name, found.case, actor=session.actor())
                navigation.go("case", case=found.case)


def history(steps: Sequence[Noted], found: Sequence[Standing]) -> None:
    """Draw every recorded step of the model's alerts, the newest first."""
    if not steps:
        headings.aside(tongue.say("No alert about this model has been recorded."))
        return
    names, called = {item.name: item.data.name for item in found}, {item.id: item.name for item in workspace.members()}
    rows = [
        {"entry": item.index, "time": records.moment(item.time), "window": shown(names.get(item.alert, item.alert), 60),
         "step": state_in_words(item.state),
         "who": shown(called.get(item.actor, records.who(item.actor))),
         "why": shown(item.reason, 600), "evidence": short(item.evidence, 12)}
        for item in reversed(steps)
    ]  # fmt: skip
    tables.table(
        pd.DataFrame(rows), "Steps of alerts, the newest first.",
        {"entry": tables.count("Ledger entry", ""), "time": tables.words("Time (UTC)"), "window": tables.words("Window"),
         "step": tables.words("Step"), "who": tables.words("Who"), "why": tables.words("Why", wide=True),
         "evidence": tables.words("Evidence")},
        key="alert-history",
    )  # fmt: skip


KINDS: Final = {
    "version": "Version", "batch": "Batch", "promise": "Thresholds", "contract": "Data contract", "alert": "Alert",
    "review": "Review", "decision": "Decision",
}  # fmt: skip
"""What happened -> in words."""


def story(found: Sequence[Event]) -> None:
    """Draw what happened to the model, the newest first, folded."""
    title = tongue.voice().count(
        len(found),
        "Versions, batches, alerts and decisions: 1 event",
        "Versions, batches, alerts and decisions: {n} events",
    )
    with st.expander(title, key="story", on_change="rerun") as box:
        if box.open:
            called = {item.id: item.name for item in workspace.members()}
            rows = [
                {"entry": item.index, "time": records.moment(item.time), "what": KINDS[item.kind], "words": shown(item.words, 400),
                 "who": shown(called.get(item.actor, records.who(item.actor)))}
                for item in reversed(found)
            ]  # fmt: skip
            tables.table(
                pd.DataFrame(rows), "What happened to this model, the newest first.",
                {"entry": tables.count("Ledger entry", ""), "time": tables.words("Time (UTC)"), "what": tables.words("What"),
                 "words": tables.words("In words", wide=True), "who": tables.words("Who")},
                key="story-table",
            )  # fmt: skip
