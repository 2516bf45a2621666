"""Reason codes on a screen: the principal reasons against a person in the organisation's own words, and those of everybody as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import streamlit as st

from governance.data import harmless, spoken
from governance.evidence import Evidence, RefusedInputError, sentence_case
from governance.explain import ReasonCodes, ReasonParameters, Wording, floor, how, no_reason, read_wording
from governance.runs import read_array
from governance.workflow.workspace import current_workspace
from pages._ui import attributions, dictionary, errors, evidence, headings, tables
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
        f"Compared with {result.background.rows:,} {against}, these columns moved the score against this person:"
    )
    for at, item in enumerate(result.rows[0].reasons, start=1):
        st.markdown(
            f"{at}. **{plain(item.text)}** ({plain(item.feature)} = {plain(item.value)}), by {item.attribution:.3g} "
            f"{plain(result.units)}"
        )
    if not result.rows[0].reasons:
        st.markdown(f"{sentence_case(no_reason(result))}.")
    headings.aside(
        f"The score is {number(result.rows[0].prediction)}; the decision turns at {number(result.threshold)}. "
        f"{sentence_case(how(exact=result.exact))} attributions ({plain(result.method)}); columns that speak for the "
        f"person are never given as reasons. {floor(result)}"
    )
    tables.provenance(found)
    _everybody(picked, against, wording)


def _controls() -> tuple[str, tuple[Wording, ...]]:
    """Draw the reference group and the organisation's own words; words that cannot be read are refused in place."""
    against = st.selectbox("Compared with", list(_GROUPS), key="reasons-against")
    with st.expander("Your own words for the columns", key="wording-box"):
        text = st.text_area(
            "One column in a line", key="wording", placeholder="income: Income is low for the credit that was asked for",
            help="The column's name, a colon, and the words that the person reads.",
        )  # fmt: skip
    wording: tuple[Wording, ...] = ()
    try:
        wording = read_wording(text or "")
    except RefusedInputError as error:
        errors.advise(error)
    return against if against in _GROUPS else next(iter(_GROUPS)), wording


def _everybody(picked: Picked, against: str, wording: tuple[Wording, ...]) -> None:
    """Offer the reasons of everybody with the unfavourable outcome as one file."""
    if not st.toggle("Reasons of everybody with the unfavourable outcome, as a file", key="reasons-everybody"):
        return
    parameters = ReasonParameters(reference_group=_GROUPS[against], wording=wording)
    found = evidence.need("explain.reasons", attributions.everyone(picked), parameters)
    result = evidence.result(found, ReasonCodes) if found is not None else None
    if found is None or result is None:
        return
    st.download_button(
        f"Reasons of {result.unfavourable:,} people (CSV)", _csv(found), "reasons.csv", "text/csv",
        icon=":material/download:", key="reasons-file",
    )  # fmt: skip
    tables.provenance(found, "everybody")


def _csv(found: Evidence) -> bytes:
    from pyarrow import BufferOutputStream, csv

    sink = BufferOutputStream()
    csv.write_csv(harmless(read_array(current_workspace.current().blobs.path_of(found.blobs["reasons"]))), sink)
    return bytes(sink.getvalue())
