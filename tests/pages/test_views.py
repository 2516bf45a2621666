"""The parts of a page: one is drawn, and a link opens the part that it names in whichever language."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from pages._ui import views

    st.text(views.pick(("Errors", "All measures"), "part"))


@pytest.mark.parametrize("language", ["English", "Deutsch"])
@pytest.mark.parametrize("named", ["All measures", "Alle Messgrößen"])
def test_a_link_opens_its_part_in_whichever_language(language: str, named: str) -> None:
    drawn = AppTest.from_function(page)
    drawn.query_params["language"], drawn.query_params["part"] = language, named
    assert drawn.run().text[0].value == "All measures"
    assert not drawn.exception


def test_the_first_part_is_drawn_where_nobody_chose() -> None:
    assert AppTest.from_function(page).run().text[0].value == "Errors"
