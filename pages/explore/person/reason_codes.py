"""Reason codes on a screen: the principal reasons against a person in the organisation's own words, and those of everybody as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import streamlit as st

from governance.data import harmless, spoken
from governance.evidence import Evidence, RefusedInputError, sentence_case
from governance.explain import ReasonCodes, ReasonParameters, Wording, floor, how, no_reason, read_wording
from governance.runs import read_array
from governance.workflow.workspace import current_workspace
from pages._ui import attributions, dictionary, errors, evidence, headings, tables, tongue
from pages._ui.text import number, plain

if TYPE_CHECKING:
    from pages._ui.choices import Picked

_GROUPS: dict[str, Literal["favourable", "all"]] = {
    "people with the favourable outcome": "favourable",
    "everybody": "all",
}


def reasons(picked: Picked, row: int) -> None:
    """Draw the principal reasons against this person."""
    against, wording = _controls()
    parameters = ReasonParameters(row=row, reference_group=_GROUPS[against], wording=wording)
    found = evidence.need("explain.reasons", attributions.everyone(picked), parameters)
    result = evidence.result(found, ReasonCodes) if found is not None else None
    if found is None or result is None:
        return
    result = spoken(result, dictionary.of(picked))
    st.markdown(
        tongue.say(
            "Compared with {rows} {against}, these columns moved the score against this person:",
            rows=tongue.voice().whole(result.background.rows),
            against=against,
        )
    )
    for at, item in enumerate(result.rows[0].reasons, start=1):
        st.markdown(
            f"{at}. **{plain(item.text)}** ({plain(item.feature)} = {plain(item.value)}), by {item.attribution:.3g} "
            f"{plain(result.units)}"
        )
    if not result.rows[0].reasons:
        st.markdown(f"{sentence_case(no_reason(result))}.")
    headings.aside(
        tongue.say(
            "The score is {prediction}; the decision turns at {threshold}. {how} attributions ({method}); columns that "
            "speak for the person are never given as reasons. {result}",
            prediction=number(result.rows[0].prediction),
            threshold=number(result.threshold),
            how=sentence_case(how(exact=result.exact)),
            method=plain(result.method),
            result=floor(result),
        )
    )
    tables.provenance(found)
    _everybody(picked, against, wording)


def _controls() -> tuple[str, tuple[Wording, ...]]:
    """Draw the reference group and the organisation's own words; words that cannot be read are refused in place."""
    against = st.selectbox(tongue.say("Compared with"), list(_GROUPS), key="reasons-against")
    with st.expander(tongue.say("Your own words for the columns"), key="wording-box"):
        text = st.text_area(
            tongue.say("One column in a line"), key="wording",
            placeholder=tongue.say("income: Income is low for the credit that was asked for"),
            help=tongue.say("The column's name, a colon, and the words that the person reads."),
        )  # fmt: skip
    wording: tuple[Wording, ...] = ()
    try:
        wording = read_wording(text or "")
    except RefusedInputError as error:
        errors.advise(error)
    return against if against in _GROUPS else next(iter(_GROUPS)), wording


def _everybody(picked: Picked, against: str, wording: tuple[Wording, ...]) -> None:
    """Offer the reasons of everybody with the unfavourable outcome as one file."""
    if not st.toggle(
        tongue.say("Reasons of everybody with the unfavourable outcome, as a file"), key="reasons-everybody"
    ):
        return
    parameters = ReasonParameters(reference_group=_GROUPS[against], wording=wording)
    found = evidence.need("explain.reasons", attributions.everyone(picked), parameters)
    result = evidence.result(found, ReasonCodes) if found is not None else None
    if found is None or result is None:
        return
    voice = tongue.voice()
    st.download_button(
        voice.say("Reasons of {unfavourable} people (CSV)", unfavourable=voice.whole(result.unfavourable)),
        _csv(found), "reasons.csv", "text/csv",
        icon=":material/download:", key="reasons-file",
    )  # fmt: skip
    tables.provenance(found, "everybody")


def _csv(found: Evidence) -> bytes:
    from pyarrow import BufferOutputStream, csv

    sink = BufferOutputStream()
    csv.write_csv(harmless(read_array(current_workspace.current().blobs.path_of(found.blobs["reasons"]))), sink)
    return bytes(sink.getvalue())
