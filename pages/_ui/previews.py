"""A first picture from a few rows while the run on all of them is under way; it is marked, and never recorded."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import streamlit as st

from governance.evidence import CountersignError, Kept, NotAssessed
from governance.runs import FEWEST, Preview, live, preview
from pages._ui import tongue, workspace
from pages._ui.choices import Picked

R = TypeVar("R")
_log = logging.getLogger(__name__)
_AT_ONCE: Final = 0.7
"""Seconds that the first drawing waits; later ones come by themselves, once a second."""
_ASKED: Final[Kept[Future[Preview] | None]] = Kept("previews", 64)


@dataclass(frozen=True)
class Early(Generic[R]):
    """What is asked about a few rows, and how its answer is drawn."""

    subject: Picked
    """What the picker chose; its cohort is what the rows are drawn from."""
    parameters: Any
    """Those of the method, without what takes long and the picture does not show."""
    kind: type[R]
    """Result type of the method."""
    draw: Callable[[R], None]
    """Draws the first picture of an answer."""
    reference_too: bool
    """Whether the reference is compared, so that as few rows of it are taken, or is a background, which is taken as it is."""


def show(method_id: str, key: str, early: Early[Any]) -> None:
    """Draw the preview of the run `key`, as soon as it is there; nothing for a small table, whose answer comes as fast."""
    asked = _ASKED.get((key, early.subject.cohort), lambda: _begin(method_id, early))
    if asked is None or not wait((asked,), _AT_ONCE).done or (found := _answer(asked, early.kind)) is None:
        return
    answer, result = found
    voice = tongue.voice()
    with st.container(border=True, key=f"preview-{key[:12]}"):
        st.markdown(
            voice.say(
                "**Preview** from {rows} of {all} rows, drawn by chance; its intervals say how far the answer about all rows may lie. "
                "That answer takes its place. A preview is not recorded.",
                rows=voice.whole(answer.rows),
                all=voice.whole(answer.of),
            )
        )
        early.draw(result)


def _begin(method_id: str, early: Early[Any]) -> Future[Preview] | None:
    if workspace.rows(early.subject.data) < FEWEST:
        return None
    task = workspace.task(method_id, early.subject, early.parameters)
    return live().submit(preview, task, reference_too=early.reference_too)


def _answer(asked: Future[Preview], kind: type[R]) -> tuple[Preview, R] | None:
    """Return the answer, None where there is none: the run itself says what is wrong."""
    try:
        answer = asked.result()
    except (CountersignError, TimeoutError) as error:
        _log.info("no preview: %s", error)
        return None
    result = answer.read(kind)
    return None if isinstance(result, NotAssessed) or answer.rows >= answer.of else (answer, result)
