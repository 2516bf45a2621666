"""A preview on a page is marked as one, is drawn under the run that it precedes, and is left out where it says nothing."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from governance.evidence import RefusedInputError
from governance.runs import Preview
from pages._ui import previews


def page() -> None:
    from dataclasses import replace

    import streamlit as st

    from governance.evidence import Rows
    from pages._ui import previews, runs
    from pages._ui.choices import Picked
    from tests.pages.test_ui import RUN

    early = previews.Early(
        Picked("m", "d", "", "", "", "", ""),
        None,
        Rows,
        lambda rows: st.write(f"used {rows.used}"),
        reference_too=False,
    )
    runs.follow(replace(RUN, state="running"), "Predictions", lambda: previews.show("models.predict", RUN.key, early))


@pytest.fixture(autouse=True)
def begun(monkeypatch: pytest.MonkeyPatch) -> Future[Preview]:
    """Let the question be answered by the test."""
    asked: Future[Preview] = Future()
    previews._ASKED.clear()
    monkeypatch.setattr(previews, "_begin", lambda *_: asked)
    monkeypatch.setattr(previews, "_AT_ONCE", 0.0)
    monkeypatch.setattr("pages._ui.workspace.run", lambda *_: _running())
    return asked


def _running() -> Any:
    from dataclasses import replace

    from tests.pages.test_ui import RUN

    return replace(RUN, state="running")


def texts(drawn: AppTest) -> str:
    """Return what the page says."""
    assert not drawn.exception
    return "\n".join(item.value for item in drawn.markdown)


def test_a_preview_says_from_how_many_rows_it_is_and_that_nothing_is_recorded(begun: Future[Preview]) -> None:
    drawn = AppTest.from_function(page).run()
    assert "Preview" not in texts(drawn)
    begun.set_result(Preview(500, 19037, assessed=True, result={"used": 7, "total": 7, "dropped": []}))
    said = texts(drawn.run())
    assert "**Preview** from 500 of 19,037 rows, drawn by chance" in said
    assert "A preview is not recorded." in said
    assert "used 7" in said


@pytest.mark.parametrize(
    "answer",
    [
        Preview(300, 300, assessed=True, result={"used": 300, "total": 300, "dropped": []}),
        Preview(500, 900, assessed=False, result={"reason": "no labels"}),
        RefusedInputError("No column a.", "Name another."),
        TimeoutError(),
    ],
)
def test_nothing_is_drawn_of_an_answer_about_all_rows_or_of_none(begun: Future[Preview], answer: Any) -> None:
    begun.set_exception(answer) if isinstance(answer, BaseException) else begun.set_result(answer)
    said = texts(AppTest.from_function(page).run())
    assert "is being computed" in said
    assert "Preview" not in said
    assert "used" not in said
