"""What a lighter copy changes: shown for a model that was registered as derived from another."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from governance.serving import DeriveReport, derive_words, words
from governance.workflow.workspace import current_workspace
from pages._ui import against, badges, headings, tables, tongue
from pages._ui.choices import Picked
from pages._ui.evidence import need, result
from pages._ui.text import plain, shown
from pages.explore.serving.latency import BADGES


def section(picked: Picked) -> None:
    """Draw what changes for everybody and for each group."""
    known = current_workspace.current().read().model(picked.model)
    source = known.provenance.get("derived_from", "") if known is not None else ""
    if source not in against.able(picked.model, picked.data):
        return
    both = replace(picked, reference="", candidate=source)
    st.subheader(tongue.say("What does this copy change?"), anchor=False)
    evidence = need("serving.derive", both)
    report = result(evidence, DeriveReport) if evidence is not None else None
    if evidence is None or report is None:
        return
    badges.badge(BADGES[report.verdict], words.VERDICTS[report.verdict].capitalize())
    headings.lead(derive_words.lead(report, tongue.voice()))
    frame = pd.DataFrame(
        {
            "whom": [shown(derive_words.whom(item), 80) for item in report.groups],
            "what": [derive_words.named(item).capitalize() for item in report.groups],
            "rows": [item.rows for item in report.groups],
            "before": [derive_words.value(item, item.before) for item in report.groups],
            "after": [derive_words.value(item, item.after) for item in report.groups],
            "harm": [derive_words.value(item, item.harm_high) for item in report.groups],
            "verdict": [words.VERDICTS[item.verdict] for item in report.groups],
        }
    )
    tables.table(
        frame, "The same people, decided by the model that this one was made from and by this copy",
        {"whom": tables.words("Whom"), "what": tables.words("What"), "rows": tables.count("Rows", ""),
         "before": tables.words("By the model"), "after": tables.words("By this copy"),
         "harm": tables.words("Worse by at most"), "verdict": tables.words("Within the limit")},
        key="copy",
    )  # fmt: skip
    for notice in report.notices:
        st.caption(plain(notice, 500))
    headings.aside(
        tongue.say(
            "A copy with lighter weights is a model of its own: nobody has approved it by approving the other. How fast it is beside the "
            "other one, and how large, is told by the command that makes it."
        )
    )
    tables.provenance(evidence, "copy")
