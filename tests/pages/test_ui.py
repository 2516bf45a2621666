"""The parts that pages are made of, drawn without a browser."""

from __future__ import annotations

import json
from dataclasses import replace

import altair as alt
import pandas as pd
import pytest
from altair.utils import schemapi
from streamlit.testing.v1 import AppTest

from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import Dropped, Rows
from governance.review.docket import Duty
from governance.runs.catalogue import CATALOGUE
from pages._ui import badges, duties, glossary, navigation, runs
from pages._ui.charts import base
from pages._ui.charts.layouts import layout
from pages._ui.charts.spec import styled
from pages._ui.tables import rows_used, safe
from pages._ui.workspace import LedgerState
from pages.explore.person import people
from pages.shell.footer import sentence
from storage.entities import Run

RUN = Run(
    run="r",
    key="k" * 64,
    method="models.predict",
    state="running",
    done=30,
    total=120,
    phase="asking the model",
    error=None,
    owner_token="1:1",
    cancel=False,
    started="2026-01-01T00:00:00Z",
    ended=None,
)


def test_a_run_says_how_far_it_is() -> None:
    assert (runs.words(RUN), runs.share(RUN)) == ("asking the model: 30 of 120", 0.25)


def test_a_run_that_has_not_counted_yet_says_that_it_starts() -> None:
    fresh = replace(RUN, done=0, total=0, phase="")
    assert (runs.words(fresh), runs.share(fresh)) == ("Starting", 0.0)
    assert runs.words(replace(RUN, state="waiting", phase="")) == "Waiting for its turn"
    assert runs.words(replace(RUN, state="waiting", phase="2 before yours")) == "Waiting for its turn: 2 before yours"


@pytest.mark.parametrize("state", ["failed", "cancelled", "interrupted"])
def test_a_run_that_ended_without_a_result_says_why_and_offers_to_compute_again(state: str) -> None:
    def page(state: str) -> None:
        from dataclasses import replace

        from pages._ui import runs
        from tests.pages.test_ui import RUN

        runs.follow(replace(RUN, state=state, error="<b>why</b>"), "Predictions")

    drawn = AppTest.from_function(page, kwargs={"state": state}).run()
    assert not drawn.exception
    assert drawn.button[0].label == "Compute again"
    assert drawn.text[0].value == "<b>why</b>"


def test_an_error_that_a_person_can_mend_is_shown_with_its_advice_and_its_words_are_escaped() -> None:
    def page() -> None:
        from governance.evidence.errors import RefusedInputError
        from pages._ui import errors

        with errors.caught():
            raise RefusedInputError("No column `**age**`.", "Known: sex.")

    drawn = AppTest.from_function(page).run()
    assert "**age**" not in drawn.error[0].value
    assert "Known" in drawn.error[0].value


def test_an_error_that_nobody_foresaw_shows_a_reference_and_no_detail() -> None:
    def page() -> None:
        from pages._ui import errors

        errors.show(ValueError("a secret path"))

    drawn = AppTest.from_function(page).run()
    assert "secret" not in drawn.error[0].value
    assert "reference" in drawn.error[0].value


def test_every_verdict_has_a_word_an_icon_and_a_colour() -> None:
    for name, look in badges.VERDICTS.items():
        assert look.word, name
        assert look.icon.startswith(":material/"), name
        assert badges.inline(name).startswith(f":{look.colour}-badge[{look.icon} ")


def test_a_verdict_without_a_look_of_its_own_shows_its_own_word() -> None:
    assert badges.verdict("half_done").word == "Half done"


def test_the_glossary_refuses_a_term_that_it_does_not_have() -> None:
    with pytest.raises(RefusedInputError, match="No term 'fairness_score'"):
        glossary.meaning("fairness_score")


def test_the_account_of_rows_names_what_was_left_out() -> None:
    assert rows_used(Rows(10, 10)) == "all 10 rows"
    assert (
        rows_used(Rows(3998, 4000, (Dropped("label missing", 2),))) == "3,998 of 4,000 rows; 2 left out (label missing)"
    )


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (None, "is empty"),
        (LedgerState(1, "ab" * 32, verified=True), "1 entry, root `abababababab` :green-badge"),
        (LedgerState(2000, "ab" * 32, verified=False, reason="cut off"), "2,000 entries"),
    ],
)
def test_the_footer_says_how_the_ledger_is(
    state: LedgerState | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages._ui.workspace.ledger", lambda: state)
    assert said in sentence()


def test_a_damaged_ledger_is_named_damaged_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages._ui.workspace.ledger", lambda: LedgerState(3, "", verified=False, reason="cut off"))
    assert "Damaged" in sentence()
    assert "cut off" in sentence()


def test_a_duty_shows_the_title_of_its_case_letter_by_letter() -> None:
    text = duties.sentence(Duty("vote", "c", due="2026-06-01T00:00:00Z", late=True), "<b>Loan</b>")
    assert "<b>" not in text.replace("\\<", "")
    assert "2026" in text


def test_bars_start_at_zero_and_carry_their_intervals() -> None:
    frame = pd.DataFrame({"feature.a:b[0]": ["x", "y"], "v": [0.5, 0.2], "low": [0.4, 0.1], "high": [0.6, 0.3]})
    chart = styled(base.interval_bars(frame, "feature.a:b[0]", "v", "mean |SHAP|", low="low", high="high")).to_dict()
    bars, rule = chart["layer"]
    assert bars["encoding"]["x"]["scale"]["zero"] is True
    assert rule["encoding"]["x2"]["field"] == "high"
    assert bars["encoding"]["y"]["field"] == "feature\\.a\\:b\\[0\\]"


def test_lines_are_labelled_at_their_ends_and_have_no_legend() -> None:
    frame = pd.DataFrame({"x": [1, 2, 1, 2], "y": [1, 2, 3, 4], "s": ["a", "a", "b", "b"]})
    chart = base.lines(frame, "x", "y", "s", titles=("month", "rate")).to_dict()
    drawn, labels = chart["layer"]
    assert drawn["encoding"]["color"]["legend"] is None
    assert labels["mark"]["type"] == "text"


def test_a_page_that_is_not_on_the_map_is_refused() -> None:
    with pytest.raises(RefusedInputError, match="No page 'secret'"):
        navigation.entry("secret")


def test_evidence_is_asked_for_only_when_there_is_something_to_look_at() -> None:
    def page(method: str) -> None:
        from pages._ui.choices import Picked
        from pages._ui.evidence import need

        assert need(method, Picked("", "", "", "", "", "", "")) is None

    drawn = AppTest.from_function(page, kwargs={"method": CATALOGUE[0].id}).run()
    assert not drawn.exception
    assert "Pick evaluation data" in drawn.markdown[0].value


def test_charts_are_altair_charts() -> None:
    frame = pd.DataFrame({"n": ["a"], "v": [0.1], "l": [0.0], "h": [0.2]})
    assert isinstance(base.interval_dots(frame, "n", "v", "difference", low="l", high="h", mark=0.0), alt.LayerChart)


def test_a_model_of_a_number_offers_no_order_by_a_threshold() -> None:
    assert people.ORDERS[3] in people.orders("yes")
    assert people.ORDERS[3] not in people.orders("")


def test_a_table_on_a_screen_holds_no_formula_because_anybody_can_save_it_as_a_file() -> None:
    frame = pd.DataFrame({
        "=name": ['=HYPERLINK("http://evil")', "@sum", "plain", "+1+cmd|' /C calc'!A0"],
        "figures": ["-0.05 to 0.02", "+3.1%", "-4", None],
        "number": [-1.5, 2.0, 3.0, 4.0],
    })  # fmt: skip
    found = safe(frame)
    assert list(found.columns) == ["'=name", "figures", "number"]
    assert list(found["'=name"]) == ['\'=HYPERLINK("http://evil")', "'@sum", "plain", "'+1+cmd|' /C calc'!A0"]
    assert found[["figures", "number"]].equals(frame[["figures", "number"]])
    assert safe(frame[["figures", "number"]]).equals(frame[["figures", "number"]])


def test_the_table_behind_a_chart_is_taken_away_whole_and_without_formulae() -> None:
    import csv
    import io

    from pages._ui.tables import csv_of

    frame = pd.DataFrame({"=who": ["=HYPERLINK(1)", 'a "b", c\nd'], "share": [0.1 + 0.2, -1.5]})
    text = csv_of(frame).decode("utf-8-sig")
    assert csv_of(frame).startswith(b"\xef\xbb\xbf")
    head, first, second = csv.reader(io.StringIO(text, newline=""))
    assert head == ["'=who", "share"]
    assert first == ["'=HYPERLINK(1)", "0.30000000000000004"]
    assert second == ['a "b", c\nd', "-1.5"]


def test_a_chart_offers_its_numbers_and_its_picture_from_buttons() -> None:
    def page() -> None:
        import pandas as pd
        import streamlit as st

        from pages._ui.charts import base
        from pages._ui.charts.layouts import laid

        st.session_state["behind-gaps"] = True
        frame = pd.DataFrame({"who": ["a"], "value": [1.0]})
        base.draw(laid(base.interval_bars, frame, "who", "value", "Value"), "A bar", frame, "gaps")

    drawn = AppTest.from_function(page).run()
    assert not drawn.exception
    assert [item.proto.label for item in drawn.get("download_button")] == ["CSV"]
    assert [item.label for item in drawn.button] == ["Picture"]
    assert len(drawn.dataframe) == 1


def test_the_name_of_a_file_has_letters_digits_and_hyphens_alone() -> None:
    from pages._ui.tables import file_name

    assert file_name("Of: ../sex & <b>", "csv") == "of-sex-b.csv"
    assert file_name("::", "csv") == "table.csv"


def test_a_table_offers_itself_as_a_file_from_a_button_and_an_empty_one_does_not() -> None:
    def page() -> None:
        import pandas as pd

        from pages._ui import tables

        tables.table(pd.DataFrame({"who": ["a"]}), "Who is there")
        tables.table(pd.DataFrame({"who": []}), "Nobody")

    drawn = AppTest.from_function(page).run()
    assert not drawn.exception
    assert [item.proto.label for item in drawn.get("download_button")] == ["CSV"]


def test_a_chart_is_sent_with_its_frames_by_name_and_in_the_ink_of_the_theme() -> None:
    frame = pd.DataFrame({"who": ["a"], "value": [1.0]})
    chart = base.interval_bars(frame, "who", "value", "Value")
    twice = alt.hconcat(chart, chart)
    found = layout(twice)
    assert list(found["datasets"]) == ["table-0"]
    assert found["datasets"]["table-0"] is frame
    assert "$schema" in found
    assert found["config"]["view"] == {"stroke": None}
    assert twice.config is alt.Undefined  # a chart of somebody else keeps its own
    inked = base.inked(found)
    assert inked["config"]["axis"]["labelColor"] == inked["config"]["title"]["color"]
    assert "labelColor" not in found["config"]["axis"]


def test_every_data_set_that_a_chart_names_is_sent_with_it() -> None:
    frame = pd.DataFrame({"n": ["a"], "v": [0.1], "l": [0.0], "h": [0.2]})
    found = layout(base.interval_dots(frame, "n", "v", "difference", low="l", high="h", mark=0.0))
    assert {layer["data"]["name"] for layer in found["layer"]} == set(found["datasets"])
    assert [{"mark": 0.0}] in [list(item) for item in found["datasets"].values() if isinstance(item, list)]


def test_a_chart_that_is_none_is_found_while_charts_are_checked() -> None:
    chart = alt.Chart(pd.DataFrame({"a": [1]})).mark_bar()
    chart.height = {"nobody": "knows"}
    with pytest.raises(schemapi.SchemaValidationError):
        layout(chart)


def test_heads_of_a_table_are_said_whatever_else_is_set_for_their_columns() -> None:
    def page() -> None:
        import pandas as pd
        import streamlit as st

        from pages._ui import tables

        frame = pd.DataFrame({"a": [1], "b": [2], "c": [3], "d": [4]})
        own = st.column_config.NumberColumn(format="%d")
        tables.table(frame, "Four columns", {"a": "Only a head", "b": tables.words("A head"), "c": own, "d": None})

    drawn = AppTest.from_function(page).run()
    assert not drawn.exception
    told = json.loads(drawn.dataframe[0].proto.columns)
    assert (told["a"]["label"], told["b"]["label"], told["d"]["hidden"]) == ("Only a head", "A head", True)
