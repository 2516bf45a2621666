"""One card for each deployment: what its last attestation showed, and a way to ask it again; below, all attestations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from governance.evidence import NotAssessed
from governance.serving import AttestReport, words
from governance.workflow.assess import Recorded
from governance.workflow.serving import Asked, Deployment, under_way
from governance.workflow.workspace import current_workspace
from pages._ui import badges, errors, headings, records, runs, session, tables, tongue
from pages._ui.choices import Picked
from pages._ui.text import plain, short, shown

REQUESTS: Final = (100, 300, 1000)
"""How many requests may be sent; a canary of 1 in 100 takes 299."""


def newest(found: Sequence[Recorded], deployment: str) -> Recorded | None:
    """Return the newest attestation of a deployment, None without one."""
    return next((item for item in found if place_of(item) == deployment), None)


def place_of(item: Recorded) -> str:
    """Return the deployment that an attestation is about; one that was not assessed begins its reason with it."""
    report = item.evidence.read(AttestReport)
    return report.reason.partition(" ")[0] if isinstance(report, NotAssessed) else report.place


def card(deployment: Deployment, last: Recorded | None, picked: Picked) -> None:
    """Draw one deployment."""
    with st.container(border=True, key=f"deployment-{deployment.id}"):
        st.subheader(plain(deployment.id), anchor=False)
        address = deployment.endpoint.address if deployment.endpoint else "(the address was erased)"
        st.caption(
            tongue.say(
                "{address}, entry {index}, {begun} attestations begun",
                address=plain(address),
                index=deployment.index,
                begun=deployment.begun,
            )
        )
        if last is None:
            badges.badge("not_assessed", tongue.say("Never asked"))
        else:
            _draw(last)
        if deployment.ended:
            st.caption(tongue.say("It ended on {ended}.", ended=records.moment(deployment.ended)))
        elif deployment.endpoint is not None:
            _act(deployment, picked)


def _draw(last: Recorded) -> None:
    report = last.evidence.read(AttestReport)
    if isinstance(report, NotAssessed):
        badges.badge("not_assessed")
        st.markdown(plain(report.reason, 1000))
        return
    badges.badge(report.outcome)
    headings.lead(words.attest_lead(report, tongue.voice()))
    if report.first:
        frame = pd.DataFrame(
            {
                "request": [item.request for item in report.first],
                "row": [item.row for item in report.first],
                "expected": [shown(item.expected, 80) for item in report.first],
                "got": [shown(item.got, 80) for item in report.first],
            }
        )
        tables.table(
            frame, "The first answers that the approved model does not give",
            {"request": tables.count("Request", ""), "row": tables.count("Row of the challenge", ""),
             "expected": tables.words("Approved model"), "got": tables.words("Server")},
            key=f"first-{short(last.digest)}",
        )  # fmt: skip
    st.caption(
        plain(
            f"Largest difference {report.largest_difference:.2g}; tolerance {report.tolerance:.2g}: {report.tolerance_why}",
            600,
        )
    )
    committed = "no entry" if report.committed is None else f"entry {report.committed}"
    st.caption(
        tongue.say(
            "The rows were named in {committed} before the first was sent. Asked from {started} on.",
            committed=committed,
            started=records.moment(report.started),
        )
    )
    tables.provenance(last.evidence, f"attest-{short(last.digest)}")


def _act(deployment: Deployment, picked: Picked) -> None:
    place = current_workspace.current()
    standing = under_way.standing(place, deployment.id)
    if standing.going:
        follow(deployment.id, "The server is being asked.")
        return
    if standing.problem:
        st.warning(plain(standing.problem, 1000), icon=":material/info:")
    if not picked.data:
        st.caption(tongue.say("Pick data above: the rows are made from them."))
        return
    if not session.may_act(tongue.say("Members ask a server and record what it answers.")):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        requests = st.selectbox(tongue.say("Requests"), REQUESTS, index=1, key=f"requests-{deployment.id}")
        asked = st.button(
            tongue.say("Ask it now"), type="primary", icon=":material/fact_check:", key=f"ask-{deployment.id}"
        )
    if asked:
        with errors.caught():
            count = requests if requests in REQUESTS else REQUESTS[1]
            under_way.begin(place, deployment.id, picked.data, Asked(requests=count), actor=session.actor())
            st.rerun()


@st.fragment(run_every=runs.EVERY)
def follow(name: str, what: str) -> None:
    """Draw how far something is that goes on beside the page."""
    standing = under_way.standing(current_workspace.current(), name)
    if not standing.going:
        st.rerun()
    st.markdown(tongue.say("{what} You can leave this page and come back.", what=what))
    st.progress(
        min(1.0, standing.done / standing.of) if standing.of else 0.0,
        text=plain(f"{standing.phase}: {standing.done:,} of {standing.of:,}" if standing.of else standing.phase),
    )


def table(found: Sequence[Recorded]) -> None:
    """Draw every attestation of the model, the newest first."""
    if not found:
        return
    reports = [item.evidence.read(AttestReport) for item in found]
    frame = pd.DataFrame(
        {
            "deployment": [shown(place_of(item), 64) for item in found],
            "outcome": [_outcome(report) for report in reports],
            "requests": [None if isinstance(report, NotAssessed) else report.requests for report in reports],
            "differing": [None if isinstance(report, NotAssessed) else report.differing_requests for report in reports],
            "when": ["" if isinstance(report, NotAssessed) else records.moment(report.started) for report in reports],
            "evidence": [short(item.digest, 12) for item in found],
        }
    )
    st.subheader(tongue.say("All attestations"), anchor=False)
    tables.table(
        frame, "Attestations of this model, the newest first",
        {"deployment": tables.words("Deployment"), "outcome": tables.words("Outcome"),
         "requests": tables.count("Requests answered", ""), "differing": tables.count("Another answer", ""),
         "when": tables.words("Time (UTC)"), "evidence": tables.words("Evidence")},
        key="attestations",
    )  # fmt: skip


def _outcome(report: AttestReport | NotAssessed) -> str:
    return badges.verdict("not_assessed" if isinstance(report, NotAssessed) else report.outcome).word
