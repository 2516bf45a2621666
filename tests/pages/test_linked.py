"""A link opens what it names, or says that there is no such thing."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from pages._ui.linked import distinct


def picking(asked: str | None = None) -> AppTest:
    def page() -> None:
        import streamlit as st

        from pages._ui import linked

        st.text(str(linked.pick("Case", {"one": "Plain", "two": "Plain", "three": "Other"}, name="case")))

    drawn = AppTest.from_function(page)
    if asked is not None:
        drawn.query_params["case"] = asked
    return drawn.run()


def said(drawn: AppTest) -> str:
    return str(drawn.text[0].value)


def test_each_id_opens_its_own_also_where_two_share_a_title() -> None:
    assert [said(picking(name)) for name in ("one", "two", "three")] == ["one", "two", "three"]


def test_an_id_that_is_unknown_opens_nothing_and_a_button_leads_to_what_there_is() -> None:
    drawn = picking("four")
    assert said(drawn) == "None"
    assert not drawn.selectbox
    assert "“four”" in drawn.markdown[0].value
    assert said(drawn.button[0].click().run()) == "one"


def test_a_choice_is_written_into_the_address_and_a_new_address_wins_over_it() -> None:
    drawn = picking()
    assert drawn.query_params["case"] in ("one", ["one"])
    drawn.selectbox[0].select("two").run()
    assert said(drawn) == "two"
    assert drawn.query_params["case"] in ("two", ["two"])
    drawn.query_params["case"] = "three"
    assert said(drawn.run()) == "three"


def test_titles_that_two_ids_share_are_told_apart() -> None:
    assert distinct({"a": "Same", "b": "Same", "c": "Own"}) == {"a": "Same (a)", "b": "Same (b)", "c": "Own"}


def listing(asked: str | None = None) -> AppTest:
    def page() -> None:
        import pandas as pd
        import streamlit as st

        from pages._ui import linked, tables

        ids = [f"id-{at}" for at in range(7)]
        frame = pd.DataFrame({"name": [f"Model {at}" for at in range(6)] + ["=HYPERLINK() *x*"]})
        rows = linked.Listing(ids, frame, "Models", {"name": tables.words("Name")})
        st.text(str(linked.pick_row("Model", rows, name="model")))

    drawn = AppTest.from_function(page)
    if asked is not None:
        drawn.query_params["model"] = asked
    return drawn.run()


def test_of_a_list_the_first_row_is_looked_at_and_a_link_opens_its_own() -> None:
    first = listing()
    assert not first.exception
    assert said(first) == "id-0"
    assert first.query_params["model"] in ("id-0", ["id-0"])
    assert said(listing("id-4")) == "id-4"
    assert said(listing("id-9")) == "None"


def test_a_search_leaves_the_rows_that_hold_the_words() -> None:
    drawn = listing()
    drawn.text_input[0].set_value("MODEL 3").run()
    assert list(drawn.dataframe[0].value["name"]) == ["Model 3"]
    drawn.text_input[0].set_value("hyperlink").run()
    assert len(drawn.dataframe[0].value) == 1
    drawn.text_input[0].set_value("nobody").run()
    assert "Nothing here holds" in drawn.caption[0].value
    assert said(drawn) == "None"
