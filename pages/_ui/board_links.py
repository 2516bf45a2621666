"""From a number to the board: put it before the board, or object to it where it is being voted on; and back from a comment."""

from __future__ import annotations

import streamlit as st

from governance.evidence import Evidence
from pages._ui import navigation, tongue, workspace
from pages._ui.text import plain, short, shown

PAGES = {
    "performance.summary": "performance",
    "fairness.by_group": "fairness",
    "explain.global": "explanations",
    "drift.columns": "drift",
    "drift.harm": "drift",
    "quality.checks": "quality",
    "data.audit": "quality",
}
"""Method -> the page that draws its result."""


def ways(digest: str) -> None:
    """Draw what can be done with evidence: comment on it in a case that froze it, or put its model before the board."""
    views, board = workspace.views(), workspace.board()
    known = views.evidence(digest) if views is not None else None
    if views is None or known is None:
        return
    frozen = [
        case
        for case in board.cases.values()
        if case.frozen and digest in {item.digest for item in case.frozen.evidence}
    ]
    titles = {item.case: item.title.shown for item in views.cases()}
    for case in frozen:
        doing = tongue.say("Object to this, or ask" if case.status == "in_review" else "See what the board said")
        navigation.link("case", f"{doing}: {shown(titles.get(case.id, case.id), 60)}", case=case.id, about=digest)
    if not frozen and known.model:
        navigation.link("cases", tongue.say("Put this before the board"), evidence=digest)


def back(digest: str, evidence: Evidence) -> None:
    """Draw the way from a comment to the page whose number it is about."""
    page, views = PAGES.get(evidence.key.method), workspace.views()
    if page is None or views is None:
        return
    digests = {item.role: item.digest for item in evidence.key.inputs}
    model, data = views.model(digests.get("model", "")), views.dataset(digests.get("data", ""))
    choices = {}
    if model is not None:
        choices["model"] = shown(f"{model.name} {model.version} ({short(model.digest)})", 90)
    if data is not None:
        choices["data"] = shown(f"{data.name} ({short(data.digest)})", 90)
    navigation.link(page, tongue.say("Look at the number"), **choices)
    st.caption(tongue.say("Evidence `{digest}`", digest=plain(short(digest, 12))))
