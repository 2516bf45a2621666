"""What things cost, as a visitor says it: the inputs of the drift page, and the answer under its recommendation."""

from __future__ import annotations

import streamlit as st

from governance.drift import Action, Costs
from governance.evidence import NotAssessed
from pages._ui import headings, tongue
from pages._ui.text import plain

MOST = 1e12


def asked() -> Costs:
    """Draw the inputs and return the costs; a value that no input allows is taken as the nearest one that it does."""
    left, right = st.columns(2)
    with left:
        wrong = _price(tongue.say("One person wrongly selected costs"), "cost-wrong")
        label = _price(tongue.say("Finding out one outcome costs"), "cost-label")
    with right:
        missed = _price(tongue.say("One person wrongly not selected costs"), "cost-miss")
        change = _price(tongue.say("Another version of the model costs"), "cost-change")
    unit = st.text_input(
        tongue.say("In which unit"),
        "",
        max_chars=20,
        key="cost-unit",
        bind="query-params",
        help=tongue.say("For example EUR."),
    )
    return Costs(wrong, missed, label, change, "".join(sign for sign in unit[:20] if sign.isprintable()).strip())


def _price(label: str, key: str) -> float:
    value = st.number_input(
        label, 0.0, MOST, 0.0, key=key, bind="query-params", help=tongue.say("0 when nobody named it.")
    )
    return min(max(float(value), 0.0), MOST)


def answer(found: Action) -> None:
    """Draw what it costs not to act, and what it costs to act."""
    stakes = found.stakes
    if isinstance(stakes, NotAssessed):
        headings.aside(
            tongue.say("What acting and not acting cost: not assessed, {reason}.", reason=plain(stakes.reason))
        )
        return
    st.markdown(tongue.say("**If nothing is done:** {if_not}", if_not=plain(tongue.say(stakes.if_not), 1000)))
    st.markdown(tongue.say("**If it is done:** {if_done}", if_done=plain(tongue.say(stakes.if_done), 1000)))
