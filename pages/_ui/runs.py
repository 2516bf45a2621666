"""A long run on a screen: how far it is, with a way to stop it; it survives a reload because the workspace knows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from governance.language import mark
from governance.runs import method
from governance.workflow.assess import under_way
from pages._ui import session, tongue, workspace
from pages._ui.badges import badge
from pages._ui.text import plain, short
from storage import Run

EVERY: Final = "1s"
GOING: Final = ("waiting", "running")


def words(run: Run) -> str:
    """Return one line about how far a run is."""
    if run.state == "waiting":
        waiting = tongue.say("Waiting for its turn")
        return f"{waiting}: {run.phase}" if run.phase else waiting
    voice = tongue.voice()
    done, total = voice.whole(run.done), voice.whole(run.total)
    steps = f": {voice.say('{done} of {total}', done=done, total=total)}" if run.total > 0 else ""
    return f"{run.phase or voice.say('Starting')}{steps}"


def share(run: Run) -> float:
    """Return the part of the phase that is done, between 0 and 1."""
    return min(1.0, max(0.0, run.done / run.total)) if run.total > 0 else 0.0


def follow(run: Run, title: str, early: Callable[[], None] | None = None) -> None:
    """Draw a run until it ends, with what is known `early` below it; the page is drawn again when it has ended."""
    if run.state in GOING:
        _poll(run.key, title, early)
    else:
        _ended(run, title)


@st.fragment(run_every=EVERY)
def _poll(key: str, title: str, early: Callable[[], None] | None) -> None:
    run = workspace.run(key, session.person())
    if run is None or run.state not in GOING:
        st.rerun()
    with st.container(border=True, key=f"polling-{short(key)}"):
        st.markdown(
            tongue.say(
                "**{title}** is being computed. You can leave this page and come back.", title=plain(tongue.say(title))
            )
        )
        st.progress(share(run), text=plain(words(run)))
        st.button(
            tongue.say("Stop"),
            key=f"stop-{key}",
            on_click=workspace.stop,
            args=(key, session.person()),
            icon=":material/stop_circle:",
            type="tertiary",
            disabled=run.phase == under_way.STOPPING,
        )
    if early is not None:
        early()


def _ended(run: Run, title: str) -> None:
    with st.container(border=True):
        badge(run.state)
        st.markdown(f"**{plain(tongue.say(title))}**: {tongue.say(_REASONS.get(run.state, _NOTHING))}")
        if run.error:
            st.text(run.error)
        st.button(
            tongue.say("Wait for it") if run.state == "left" else tongue.say("Compute again"),
            key=f"again-{run.key}",
            on_click=workspace.again,
            args=(run.key, session.person()),
            icon=":material/refresh:",
            help=tongue.say("Run {key}", key=short(run.key)),
        )


_REASONS: Final = {
    "cancelled": mark("this run was stopped, and nobody else waited for it. Nothing was recorded."),
    "left": mark("you no longer wait for this run. It goes on, because others do."),
    "interrupted": mark("the app was closed while this run was going. Nothing was recorded and nothing is lost."),
    "failed": mark("this run could not be finished."),
}


_NOTHING: Final = mark("the run ended without a result.")


@st.fragment(run_every="2s")
def overview(known: tuple[Run, ...]) -> None:
    """Draw the runs that were under way when the page was drawn, as far as they are now."""
    for item in known:
        latest = workspace.run(item.key) or item
        title = plain(tongue.say(method(latest.method).title))
        with st.container(horizontal=True, vertical_alignment="center"):
            badge(latest.state)
            st.markdown(title, width="content")
            if latest.state in GOING:
                st.progress(share(latest), text=plain(words(latest)))
