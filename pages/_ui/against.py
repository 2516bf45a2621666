"""Against: a second model or version beside the one that is looked at, on the same rows; its id stands in the address."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from pages._ui import linked, tongue, workspace
from pages._ui.choices import Picked

NAME: Final = "versus"
"""Of the choice, in the address."""


def able(model: str, data: str) -> dict[str, str]:
    """Return the other models that can read the same data: digest -> label."""
    if not model or not data:
        return {}
    return {
        item.digest: item.label
        for item in workspace.models()
        if item.digest != model and workspace.can_read(item.digest, data)
    }


def is_refused(others: dict[str, str]) -> bool:
    """Say whether the address names a model that cannot stand beside this one, after drawing that it does."""
    return linked.is_refused(tongue.voice().say("Against model"), {"": "", **others}, name=NAME)


def pick(others: dict[str, str]) -> None:
    """Draw the choice among the models that can stand beside the one that is looked at; it goes along from page to page."""
    if others:
        voice = tongue.voice()
        if NAME not in st.query_params and linked.kept(NAME) in others:
            st.query_params[NAME] = linked.kept(NAME)
        linked.pick(voice.say("Against model"), {"": voice.say("no other model"), **others}, name=NAME)


def of(picked: Picked) -> Picked | None:
    """Return the subject of a comparison with the model that was chosen, None for none."""
    chosen = linked.kept(NAME)
    return replace(picked, reference="", candidate=chosen) if chosen in able(picked.model, picked.data) else None


def other(picked: Picked) -> Picked | None:
    """Return the other model as a subject of its own, on the same data and rows; None for none."""
    chosen, others = linked.kept(NAME), able(picked.model, picked.data)
    return replace(picked, model=chosen, model_label=others[chosen]) if chosen in others else None
