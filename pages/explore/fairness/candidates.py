"""Candidates with less disparity: made in a worker, registered as versions, and held against the model in force."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pandas as pd
import streamlit as st

from governance.evidence import sha256
from governance.fairness import (
    ALGORITHMS,
    CHANGES,
    CONSTRAINTS,
    TITLES,
    Algorithm,
    Compare,
    CompareReport,
    Constraint,
    MitigationReport,
    Rethreshold,
    Retrain,
)
from governance.workflow.assess import mitigate
from governance.workflow.workspace import current_workspace
from pages._ui import against, errors, headings, navigation, session, tables, tongue, workspace
from pages._ui.charts import base
from pages._ui.charts.layouts import laid
from pages._ui.choices import Picked
from pages._ui.evidence import need, result
from pages._ui.text import interval, number, plain, short, shown
from pages.explore.fairness import candidate_charts as charts

MOST: Final = 4
"""Candidates that are held against the model in force at a time."""
_LETTERS: Final = "ABCD"
"""What they are called in the chart and the table, where their own names do not fit."""
_ALIKE: Final[dict[Constraint, str]] = {
    "demographic_parity": "Selected equally often",
    "equal_opportunity": "Found equally often when the label is positive",
    "equalized_odds": "Equally many errors of both kinds",
    "error_rate_parity": "Equally many errors in all",
}


def section(picked: Picked, attributes: tuple[str, ...]) -> None:
    """Draw how candidates are made and, below, the registered ones beside the model in force."""
    headings.aside(
        tongue.say(
            "A candidate is a model of its own. Nothing is changed in place: it is compared here, put before the board, and needs its own "
            "signatures."
        )
    )
    if not picked.model:
        st.markdown(tongue.say("Pick a model above: a candidate is a version that would replace it."))
        return
    _make(picked, attributes)
    _compare(picked)


def _make(picked: Picked, attributes: tuple[str, ...]) -> None:
    st.subheader(tongue.say("Make candidates"), anchor=False)
    one, two, three = st.columns(3)
    algorithm: Algorithm = one.selectbox(
        tongue.say("How"), ALGORITHMS, format_func=lambda key: TITLES[key], key="mitigation"
    )
    alike: Constraint = two.selectbox(
        tongue.say("What is to be alike"), CONSTRAINTS, format_func=lambda key: _ALIKE[key], key="constraint",
        help=tongue.say("The correlation remover knows no such aim; thresholds per group know the first three."),
    )  # fmt: skip
    attribute = three.selectbox(tongue.say("Between the groups of"), attributes, format_func=shown, key="alike-by")
    parameters: Retrain | Rethreshold = Retrain(algorithm, attribute, alike)
    method = "fairness.retrain"
    if algorithm == "threshold_optimizer":
        parameters, method = Rethreshold(attribute, alike), "fairness.rethreshold"
    trained_on = replace(picked, data=picked.reference or picked.data, reference="", cohort="")
    _rows_to_learn_from(picked)
    if not workspace.asked_before(method, trained_on, parameters):
        st.button(
            tongue.say("Make candidates"), icon=":material/experiment:", on_click=workspace.ask,
            args=(method, trained_on, parameters, session.person()),
        )  # fmt: skip
        return
    evidence = need(method, trained_on, parameters)
    report = result(evidence, MitigationReport) if evidence else None
    if evidence is not None and report is not None:
        _made(report, sha256(evidence.to_bytes()), picked)
        tables.provenance(evidence, "mitigation")


def _rows_to_learn_from(picked: Picked) -> None:
    if picked.reference and picked.reference != picked.data:
        headings.aside(
            tongue.say(
                "Learned from {reference_label}; judged below on {data_label}.",
                reference_label=plain(picked.reference_label),
                data_label=plain(picked.data_label),
            )
        )
    else:
        headings.aside(
            tongue.say(
                "Learned from the same rows on which it is judged, which flatters it. Pick training data as *Compared with* above."
            )
        )


def _made(report: MitigationReport, evidence: str, picked: Picked) -> None:
    """Draw the candidates of a run as they do on the rows they learned from, and the way to keep some."""
    for notice in report.notices:
        headings.aside(plain(notice, 1000))
    frame = pd.DataFrame(
        {
            "title": [shown(item.title) for item in report.candidates],
            "accuracy": [item.accuracy for item in report.candidates],
            "disparity": [100 * item.disparity for item in report.candidates],
            "rule": [100 * item.rule_disparity for item in report.candidates],
            "lot": [item.by_lot for item in report.candidates],
            "alike": [item.decided_alike for item in report.candidates],
            "state": [_state(item.verified, item.efficient) for item in report.candidates],
        }
    )
    columns = {
        "title": tables.words("Candidate", wide=True),
        "accuracy": tables.share("Decided as labelled", "accuracy"),
        "disparity": tables.figures("Largest difference selected, points", "disparity", 1),
        "rule": tables.figures("The same of fairlearn's rule", "disparity", 1),
        "lot": tables.share("Decided by lot in that rule"),
        "alike": tables.share("Decides as that rule"),
        "state": tables.words("State"),
    }
    tables.table(frame, "Candidates on the rows they learned from", columns, key="made")
    headings.aside(
        tongue.say(
            "On the rows they learned from, a first look only. Each file was asked about {rows} rows and its answers were held "
            "against fairlearn's own; a person is selected from {threshold} on.",
            rows=tongue.voice().whole(report.compared),
            threshold=tongue.voice().figures(f"{report.threshold:g}"),
        )
    )
    _keep(report, evidence, picked)


def _state(verified: bool, efficient: bool) -> str:
    if not verified:
        return "Answers unlike fairlearn: cannot be kept"
    return "Not beaten in both" if efficient else "Beaten by another"


def _keep(report: MitigationReport, evidence: str, picked: Picked) -> None:
    names = {item.digest: shown(item.title) for item in report.candidates if item.verified}
    known = {item.digest for item in workspace.versions_of(picked.model)}
    fresh = [item.digest for item in report.candidates if item.digest in names and item.digest not in known]
    if not fresh:
        headings.aside(tongue.say("All of them are registered as versions of the model."))
        return
    if not session.may_act(tongue.say("Members register candidates.")):
        return
    first = [item.digest for item in report.candidates if item.efficient and item.digest in fresh][:MOST]
    chosen = st.multiselect(
        tongue.say("Keep as versions of the model"),
        fresh,
        default=first,
        format_func=lambda key: f"{names[key]} ({short(key)})",
    )
    if st.button(tongue.say("Register these candidates"), icon=":material/add:", disabled=not chosen):
        with errors.caught():
            mitigate.register(
                current_workspace.current(), evidence, tuple(chosen), parent=picked.model, actor=session.actor()
            )
            st.rerun()


def _compare(picked: Picked) -> None:
    """Draw registered candidates beside the model in force, on the same people, with paired intervals."""
    offered = workspace.versions_of(picked.model)
    if not offered:
        return
    st.subheader(tongue.say("Held against the model in force"), anchor=False)
    labels = {item.digest: item.label for item in offered}
    chosen = st.multiselect(
        tongue.say("Candidates"), list(labels), default=list(labels)[:MOST], max_selections=MOST, format_func=lambda key: labels[key],
        key="compared",
    )  # fmt: skip
    found: dict[str, CompareReport] = {}
    for letter, digest in zip(_LETTERS, chosen[:MOST], strict=False):
        evidence = need("fairness.compare", replace(picked, reference="", candidate=digest), Compare())
        report = result(evidence, CompareReport) if evidence else None
        if evidence is not None and report is not None:
            found[letter] = report
            _said(f"{letter}: {labels[digest]}", report)
            tables.provenance(evidence, short(digest))
    if found:
        _side_by_side(found)
        navigation.link("register", tongue.say("Open a case about one or several of them"))


def versus(picked: Picked) -> None:
    """Draw for whom the model that was chosen under *Against* is better or worse, with paired intervals."""
    both = against.of(picked)
    if both is None:
        return
    evidence = need("fairness.compare", both, Compare())
    report = result(evidence, CompareReport) if evidence else None
    if evidence is None or report is None:
        return
    other = next((item.label for item in workspace.models() if item.digest == both.candidate), "The other model")
    _said(other, report)
    frame = charts.change_frame({"The other model": report})
    base.draw(
        laid(charts.changes, frame), "Change from this model to the other, with paired intervals", frame, "versus"
    )
    tables.provenance(evidence, "versus")


def _said(label: str, report: CompareReport) -> None:
    better = [_name(item.what, item.attribute) for item in report.changes if item.verdict == "better"]
    worse = [_name(item.what, item.attribute) for item in report.changes if item.verdict == "worse"]
    voice = tongue.voice()
    parts = [
        voice.say("better in {measures}", measures=voice.join(better)) if better else "",
        voice.say("worse in {measures}", measures=voice.join(worse)) if worse else "",
    ]
    st.markdown(
        voice.say(
            "**{model}** decides otherwise for {flipped} of {rows} people ({share}): {verdict}.",
            model=plain(label),
            flipped=voice.whole(report.flipped),
            rows=voice.whole(report.rows.used),
            share=voice.percent(report.flipped / max(report.rows.used, 1)),
            verdict="; ".join(part for part in parts if part) or voice.say("no clear change in anything measured"),
        )
    )
    for notice in report.notices:
        headings.aside(plain(notice, 1000))


def _name(what: str, attribute: str) -> str:
    said = charts.measure(what, attribute)
    return plain(said if said[1:2].isdigit() else said[:1].lower() + said[1:])


def _side_by_side(found: dict[str, CompareReport]) -> None:
    frame = charts.change_frame(found)
    text = f"Change from the model in force to each of {len(found)} candidates, with paired intervals"
    base.draw(laid(charts.changes, frame), text, frame, "changes")
    reports = list(found.items())
    first = reports[0][1]
    wide = {"what": [charts.measure(item.what, item.attribute) for item in first.changes]}
    wide["now"] = [number(item.current) for item in first.changes]
    for letter, report in reports:
        by_name = {(item.what, item.attribute): item for item in report.changes}
        wide[letter] = [
            "not assessed" if (item := by_name.get((one.what, one.attribute))) is None
            else f"{number(item.candidate)}: {CHANGES[item.verdict]} ({interval(item.low, item.high)})"
            for one in first.changes
        ]  # fmt: skip
    columns = {"what": tables.words("Measure"), "now": tables.words("In force")}
    columns |= {letter: tables.words(letter) for letter in found}
    tables.table(pd.DataFrame(wide), "The model in force and its candidates side by side", columns, key="side-by-side")
    confidence = f"{100 * first.limits.confidence:g} %"
    headings.aside(
        tongue.say(
            "In brackets: {confidence} interval of the change, from {draws} bootstrap draws of the same people for "
            "both models. The intervals are not corrected for the number of comparisons. Disparities are the largest "
            "difference between groups.",
            confidence=confidence,
            draws=tongue.voice().whole(first.limits.draws),
        )
    )
