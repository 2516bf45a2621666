"""How fast the model answers: the newest measurement with its verdict, its quantiles, and other rates by replay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from governance.evidence import NotAssessed
from governance.serving import Latency, LatencyReport, words
from governance.workflow.serving import Load, measure, under_way
from governance.workflow.workspace import current_workspace
from pages._ui import badges, errors, headings, session, tables, tongue
from pages._ui.choices import Picked
from pages._ui.text import plain, short, shown
from pages.explore.serving import attestations

BADGES: Final = {"met": "met", "not_met": "not_met", "cannot_judge": "not_assessed"}
ITSELF: Final = "the model itself, on this machine"
_LARGEST_BUDGET: Final = 60_000.0
_LARGEST_RATE: Final = 5_000.0
_LARGEST_TIME: Final = 120.0


def section(picked: Picked, deployments: Sequence[str]) -> None:
    """Draw what was measured of the picked model, and a form to measure it."""
    st.subheader(tongue.say("How fast does it answer?"), anchor=False)
    found = measure.history(current_workspace.current(), picked.model)
    if found:
        stored, report = found[0]
        if isinstance(report, NotAssessed):
            badges.badge("not_assessed")
            st.markdown(plain(report.reason, 1000))
        else:
            _draw(report)
        tables.provenance(stored.evidence, f"latency-{short(stored.digest)}")
    else:
        headings.aside(tongue.say("Nothing has been measured yet."))
    _act(picked, deployments)


def _draw(report: LatencyReport) -> None:
    badges.badge(BADGES[report.budget.verdict], words.VERDICTS[report.budget.verdict].capitalize())
    headings.lead(words.latency_lead(report, tongue.voice()))
    rows = [("waited", item) for item in report.quantiles] + [("service alone", item) for item in report.service]
    frame = pd.DataFrame(
        {
            "what": [f"p{100 * item.p:g}, {what}" for what, item in rows],
            "value": [item.value_ns / 1e6 for _, item in rows],
            "low": [None if item.low_ns is None else item.low_ns / 1e6 for _, item in rows],
            "high": [None if item.high_ns is None else item.high_ns / 1e6 for _, item in rows],
            "n": [item.n for _, item in rows],
            "news": [item.n_eff for _, item in rows],
        }
    )
    tables.table(
        frame, "Times that all but a share of the requests keep to, with 95 % intervals, in milliseconds",
        {"what": tables.words("Quantile"), "value": tables.figures("ms"), "low": tables.figures("95 % from"),
         "high": tables.figures("to"), "n": tables.count("Requests", ""), "news": tables.count("Independent ones", "")},
        key="quantiles",
    )  # fmt: skip
    rates = pd.DataFrame(
        {
            "rate": [item.rate for item in report.rates],
            "p99": [item.p99_ns / 1e6 for item in report.rates],
            "load": [100 * item.load for item in report.rates],
        }
    )
    st.markdown(plain(words.holds(report)))
    tables.table(
        rates, "Other rates, by replay of the measured times",
        {"rate": tables.figures("Requests a second", digits=0), "p99": tables.figures("p99, ms"),
         "load": tables.figures("Load of one server, %", digits=0)},
        key="rates",
    )  # fmt: skip
    st.caption(
        plain(
            f"{shown(report.place, 80)}; {report.batch} rows a request; the load generator was late by "
            f"{words.milliseconds(report.generator_lag_p99_ns)} at most in 99 of 100; "
            f"{report.warm_up_rows} requests of the warm-up left out; "
            f"{report.failed} failed. The median answer took {report.p50_in_yards:.3g} times a fixed piece of arithmetic.",
            600,
        )
    )


def _act(picked: Picked, deployments: Sequence[str]) -> None:
    place = current_workspace.current()
    name = under_way.timing_of(picked.model)
    standing = under_way.standing(place, name)
    if standing.going:
        attestations.follow(name, "Measuring: keep the machine calm.")
        return
    if standing.problem:
        st.warning(plain(standing.problem, 1000), icon=":material/info:")
    if not picked.data:
        st.caption(tongue.say("Pick data above: requests are made of its rows."))
        return
    if not session.may_act(tongue.say("Members measure and record what they find.")):
        return
    with st.form("latency"):
        where = st.selectbox(tongue.say("What is timed"), [ITSELF, *deployments])
        with st.container(horizontal=True):
            rate = st.number_input(tongue.say("Requests a second"), 1.0, _LARGEST_RATE, 50.0)
            seconds = st.number_input(tongue.say("Seconds"), 1.0, _LARGEST_TIME, 20.0)
            budget = st.number_input(tongue.say("Budget, ms"), 0.1, _LARGEST_BUDGET, 100.0)
        sent = st.form_submit_button(tongue.say("Measure"), type="primary", icon=":material/speed:")
    if sent:
        with errors.caught():
            load = Load(
                rate=float(rate), seconds=min(_LARGEST_TIME, float(seconds)), budget=Latency(budget_ms=float(budget))
            )
            chosen = str(where) if where in deployments else ""
            under_way.measure(place, picked.model, picked.data, load, deployment=chosen, actor=session.actor())
            st.rerun()
