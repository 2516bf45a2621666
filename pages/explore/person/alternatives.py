"""Who was decided otherwise, and what would have to be different: the parts of the page about one person that look beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from governance.data import spoken
from governance.explain import (
    Counterfactual,
    CounterfactualParameters,
    Counterfactuals,
    Neighbour,
    Neighbours,
    NeighboursParameters,
)
from pages._ui import attributions, datasets, dictionary, evidence, headings, tables, tongue
from pages._ui.text import join, number, plain, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pages._ui.choices import Picked


def neighbours(picked: Picked, row: int) -> None:
    """Draw the nearest people with the other outcome."""
    found = evidence.need("explain.neighbours", attributions.everyone(picked), NeighboursParameters(row))
    result = evidence.result(found, Neighbours) if found is not None else None
    if found is None or result is None:
        return
    result = spoken(result, dictionary.of(picked))
    st.markdown(
        tongue.say(
            "This person is **{outcome}**. The most similar of the {others} people with the other outcome, and in what they differ:",
            outcome=result.outcome,
            others=tongue.voice().whole(result.others),
        )
    )
    for item in result.nearest:
        st.markdown(f"- {_neighbour(item)}")
    tables.table(
        _differences(result.nearest),
        "Table: columns in which the nearest people with the other outcome differ",
        {"row": tables.count("Row", ""), "distance": tables.figures("Distance", "distance", 2)},
        key="neighbours-table",
    )
    headings.aside(tongue.say("Distance is Gower's: 0 is the same person, 1 is different in everything."))
    tables.provenance(found)


def _neighbour(item: Neighbour) -> str:
    different = join(
        [f"{plain(one.feature)} {plain(one.other)} (here {plain(one.own)})" for one in item.differences[:6]]
    )
    more = f" and {len(item.differences) - 6} more" if len(item.differences) > 6 else ""
    return f"Row {item.row}, score {number(item.prediction)}: {different}{more}"


def _differences(nearest: Sequence[Neighbour]) -> pd.DataFrame:
    rows = [
        (item.row, item.distance, shown(one.feature, 60), shown(one.own, 60), shown(one.other, 60))
        for item in nearest
        for one in item.differences
    ]
    return pd.DataFrame(rows, columns=["row", "distance", "column", "this person", "the other person"])


def counterfactuals(picked: Picked, row: int, columns: Sequence[str]) -> None:
    """Draw what may change, and the fewest changes that would turn the decision."""
    wish = _wish(picked, row, columns)
    found = evidence.need("explain.counterfactuals", attributions.everyone(picked), wish)
    result = evidence.result(found, Counterfactuals) if found is not None else None
    if found is None or result is None:
        return
    voice = tongue.voice()
    if not result.found:
        st.markdown(
            tongue.say(
                "None of {tried} searches found a plausible change of the columns that may change which turns the decision.",
                tried=result.tried,
            )
        )
    for item in spoken(result, dictionary.of(picked)).found:
        st.markdown(
            voice.say(
                "- {changes}: score {score} instead of {now}",
                changes=_changes(item),
                score=voice.number(item.prediction),
                now=voice.number(result.prediction),
            )
        )
    fixed = refused = ""
    if result.immutable:
        fixed = " " + voice.say(
            "Never changed: {columns}.", columns=voice.join([plain(name) for name in result.immutable])
        )
    if result.implausible:
        refused = " " + voice.count(
            result.implausible,
            "1 answer was refused because nobody is like that.",
            "{n} answers were refused because nobody is like that.",
        )
    headings.aside(
        tongue.say(
            "Each answer was asked of the model again, takes its values from real people, and is as near to a real "
            "person as 95 of 100 people are to another.{refused} These are facts about the model, not advice to a "
            "person.{fixed}",
            refused=refused,
            fixed=fixed,
        )
    )
    tables.provenance(found)


def _changes(item: Counterfactual) -> str:
    return join([f"**{plain(one.feature)}** from {plain(one.own)} to {plain(one.other)}" for one in item.changes])


def _wish(picked: Picked, row: int, columns: Sequence[str]) -> CounterfactualParameters:
    """Draw which columns may change and in which direction."""
    sensitive = [name for name in datasets.schema_of(picked.data).sensitive if name in columns]
    label = {shown(name, 60): name for name in columns}
    with st.expander(tongue.say("What may change"), key="may-change"):
        fixed = st.multiselect(
            tongue.say("Must not change"), [item for item in label if label[item] not in sensitive], key="fixed",
            help=tongue.say("Beside the sensitive columns, which never change unless you say so below."),
        )  # fmt: skip
        up = st.multiselect(
            tongue.say("May only grow"),
            list(label),
            key="only-up",
            help=tongue.say("For example an age or years in a job."),
        )
        down = st.multiselect(tongue.say("May only fall"), list(label), key="only-down")
        too = st.toggle(tongue.say("Sensitive columns may change, too"), key="sensitive-too", disabled=not sensitive)
    return CounterfactualParameters(
        row,
        immutable=tuple(label[item] for item in fixed if item in label),
        only_up=tuple(label[item] for item in up if item in label),
        only_down=tuple(label[item] for item in down if item in label),
        sensitive_too=bool(too),
    )
