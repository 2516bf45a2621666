"""How a screen says that something did not work."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from governance.evidence import CountersignError
from pages._ui import tongue
from pages._ui.text import plain

LOG = logging.getLogger("countersign.screens")


def show(error: Exception) -> bool:
    """Draw any error of a page; the outermost border of the screens (`on_script_error` of the app).

    An error that a person can mend is shown with its advice. Anything else is logged with a reference that the person
    can pass on, and no detail of the machine is shown.

    Returns:
        True: the error has been shown.
    """
    if isinstance(error, CountersignError):
        advise(error)
        return True
    reference = secrets.token_hex(4)
    LOG.error(tongue.say("reference %s"), reference, exc_info=error)
    st.error(
        tongue.say(
            "**This page stopped on an error that we did not foresee.** Nothing was recorded by it. Reload the page; "
            "if it happens again, pass on the reference `{reference}`, which is also in the server's log.",
            reference=reference,
        ),
        icon=":material/error:",
    )
    return True


def advise(error: CountersignError) -> None:
    """Draw an error that a person can mend: what was found, what was expected, what to do."""
    st.error(f"**{plain(error.what, 2000)}** {plain(error.advice, 2000)}", icon=":material/error:")


@contextmanager
def caught() -> Iterator[None]:
    """Show an error that a person can mend of the block in place, so that the rest of the page is still drawn."""
    try:
        yield
    except CountersignError as error:
        advise(error)


@contextmanager
def changed() -> Iterator[None]:
    """Draw the page again after what the block changed, or show in place why it could not be changed."""
    with caught():
        yield
        st.rerun()
