"""From a question to a stored answer: evidence that is there is shown at once, a run on the way is followed."""

from __future__ import annotations

from functools import partial
from typing import Any, TypeVar

import streamlit as st

from governance.evidence import CountersignError, Evidence, NotAssessed
from governance.runs import method
from pages._ui import empty, errors, previews, runs, session, tongue, workspace
from pages._ui.badges import badge
from pages._ui.choices import Picked
from pages._ui.text import plain

R = TypeVar("R")


def need(
    method_id: str, subject: Picked, parameters: Any = None, *, early: previews.Early[Any] | None = None
) -> Evidence | None:
    """Return the stored evidence of a method on a subject, or draw what is on the way and return None.

    Args:
        method_id: name in the catalogue, for example "fairness.by_group".
        subject: what the picker chose.
        parameters: the method's parameters; None for its defaults.
        early: the first picture, drawn from a few rows while the run is under way; None for none.
    """
    spec = method(method_id)
    if not subject.data or ("model" in spec.needs and not subject.model):
        empty.state(
            tongue.say("Pick a model above." if subject.data else "Pick evaluation data above."),
            tongue.say(
                "{title} answers: {question}",
                title=plain(tongue.say(spec.title)),
                question=plain(tongue.say(spec.question)),
            ),
            page="register",
            label=tongue.say("Register a model or data"),
        )
        return None
    try:
        asked = spec.parameters() if parameters is None else parameters
        answer = workspace.evidence_or_run(method_id, subject, asked, session.person())
    except CountersignError as error:
        errors.advise(error)
        return None
    if isinstance(answer, Evidence):
        return answer
    runs.follow(answer, spec.title, partial(previews.show, method_id, answer.key, early) if early else None)
    return None


def result(evidence: Evidence, kind: type[R]) -> R | None:
    """Return the result as its type, or say why it was not assessed and return None."""
    found = evidence.read(kind)
    if isinstance(found, NotAssessed):
        not_assessed(found)
        return None
    return found


def not_assessed(reason: NotAssessed) -> None:
    """Draw an answer that says why there is no number."""
    with st.container(border=True):
        badge("not_assessed")
        st.markdown(plain(reason.reason, 2000))
