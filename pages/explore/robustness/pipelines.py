"""Variants of a pipeline that are trained again: what else would be decided, for whom, and what was shared."""

from __future__ import annotations

from typing import Final, Literal

import pandas as pd
import streamlit as st

from governance.stress import PipelineReport, Recipe, StressPipeline, pipeline_words
from pages._ui import headings, subject, tables, tongue
from pages._ui.evidence import need, result
from pages._ui.text import plain, shown

LEARNERS: Final[dict[str, Literal["logistic", "boosted", "forest"]]] = {
    "Logistic regression": "logistic",
    "Gradient boosting": "boosted",
    "Forest": "forest",
}


def section() -> None:
    """Draw the variants, those that cost most first."""
    picked = st.segmented_control(
        tongue.say("Model that is trained"),
        list(LEARNERS),
        default=next(iter(LEARNERS)),
        key="learner",
        bind="query-params",
        required=True,
    )
    name = LEARNERS.get(picked, "logistic")
    stored = need("stress.pipeline", subject.current(), StressPipeline(recipe=Recipe(model=name)))
    report = result(stored, PipelineReport) if stored is not None else None
    if stored is None or report is None:
        return
    headings.lead(pipeline_words.lead(report, tongue.voice()))
    columns = {
        "what": tables.words("What is varied"),
        "variant": tables.words("Variant", width=330),
        "refitted": tables.words("Trained again"),
        "changed": tables.count("Decisions that change"),
        "harm": tables.figures("Accuracy lost, points", "accuracy", digits=2),
        "low": tables.figures("95 % from", digits=2),
        "high": tables.figures("to", digits=2),
        "group": tables.words("Share selected moves most"),
    }
    tables.table(frame(report), "Variants of the pipeline, those that cost most first", columns, key="pipelines")
    for step in report.pipeline:
        st.caption(plain(step, 400))
    for item in report.not_run[:20]:
        st.caption(
            tongue.say("Not tried: {name}. {reason}", name=plain(item.name, 200), reason=plain(item.reason, 300))
        )
    for note in report.notes:
        st.caption(plain(note, 300))
    headings.aside(plain(pipeline_words.shared(report.shared), 1000))
    tables.provenance(stored, "pipelines")


def frame(report: PipelineReport) -> pd.DataFrame:
    """Return one row per variant; points of accuracy, losses above 0."""
    some = pipeline_words.ranked(report)
    found = [item.effect("accuracy") for item in some]
    return pd.DataFrame(
        {
            "what": [pipeline_words.SORTS[item.sort] for item in some],
            "variant": [shown(item.name, 200) for item in some],
            "refitted": ["yes" if item.refitted else "no" for item in some],
            "changed": [item.decisions_changed for item in some],
            "harm": [100 * pipeline_words.harm(item) for item in some],
            "low": [None if one is None or one.high is None else -100 * one.high for one in found],
            "high": [None if one is None or one.low is None else -100 * one.low for one in found],
            "group": [shown(pipeline_words.moved_group(item), 120) for item in some],
        }
    )
