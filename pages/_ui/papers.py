"""The papers of a case, drawn: question, gate report, frozen evidence, votes, decision, conditions, history."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from governance.evidence import Evidence
from governance.methods import CATALOGUE
from governance.review.ballot import Standing
from governance.review.state import Case
from governance.workflow import places
from pages._ui import findings, house, navigation, tables
from pages._ui.badges import inline, verdict
from pages._ui.text import plain, short, shown
from storage.entities import CaseFile, Decision, Vote

TITLES = {spec.id: spec.title for spec in CATALOGUE}


def choose(key: str) -> tuple[Case, CaseFile] | None:
    """Return the case that the address names or that is picked; None, with an empty state drawn, where there is none."""
    from pages._ui import empty

    views = house.views()
    files = {item.case: item for item in views.cases()} if views else {}
    if not files:
        empty.state(
            "No case has been opened.",
            "A case puts one question about a model before the board.",
            page="cases",
            label="Put a model before the board",
        )
        return None
    titles = {name: shown(item.title.shown) for name, item in files.items()}
    picked = st.selectbox("Case", list(titles), format_func=titles.__getitem__, key=key, bind="query-params")
    found = files[picked if picked in files else next(iter(files))]
    return house.board().case(found.case), found


def _names() -> dict[str, str]:
    """Return the printed names of the current members by their ids."""
    return {member.id: member.name for member in house.members()}


def head(case: Case, file: CaseFile) -> None:
    """Draw the question that was asked, with where the case stands."""
    people = [("owner", file.owner), ("developer", file.developer), ("sponsor", file.sponsor)]
    names = _names()
    named = ", ".join(f"the {role}, {plain(names.get(who, who))}" for role, who in people if who)
    st.markdown(f"{inline(case.status)} {plain(file.question.shown, 4000)}")
    st.caption(f"Risk tier {plain(file.risk_tier)}" + (f"; not voting: {named}" if named else "") + f"; {file.case}")


def standing(stands: Standing) -> None:
    """Draw what stands in the way of a decision, in words."""
    left, right = st.columns(2)
    names = _names()
    with left:
        st.markdown(f"**{len(stands.voted)} of {stands.quorum} votes** needed for a quorum are in.")
        st.caption("Have voted: " + (", ".join(plain(names.get(who, who)) for who in stands.voted) or "nobody"))
        st.caption("Have not voted: " + (", ".join(plain(names.get(who, who)) for who in stands.not_voted) or "nobody"))
    with right:
        for sentence in stands.missing:
            st.markdown(f":material/hourglass_empty: {plain(sentence)}")
        if not stands.missing:
            st.markdown(":material/check_circle: Nothing is missing: the chair can record the decision.")


def gate(case: Case) -> None:
    """Draw the policy's requirements and what the evidence says about each."""
    lines = case.frozen.requirements if case.frozen else ()
    if not lines:
        st.caption("No requirement of a policy was held against this evidence.")
        return
    counts = [sum(line.outcome == kind for line in lines) for kind in ("met", "not_met", "not_assessed")]
    st.markdown(f"{counts[0]} met, {counts[1]} not met, {counts[2]} not assessed. Not assessed never counts as met.")
    waived = {item.id: item.by for item in case.frozen.waivers} if case.frozen else {}
    frame = pd.DataFrame(
        {
            "id": [line.id for line in lines],
            "outcome": [
                verdict(line.outcome).word + (f", waived by {waived[line.id]}" if line.id in waived else "")
                for line in lines
            ],
            "value": [_brief(line.value) for line in lines],
            "limit": [line.limit for line in lines],
            "evidence": [short(line.evidence, 12) if line.evidence else "no evidence" for line in lines],
        }
    )
    columns = {"id": "Requirement", "outcome": "Outcome", "value": "Value", "limit": "Limit", "evidence": "Evidence"}
    tables.table(
        frame,
        "Requirements of the policy with outcome, value and limit",
        {key: tables.words(word) for key, word in columns.items()},
    )


def _brief(value: str | None) -> str:
    """Return a value of the gate report with four digits; the frozen report holds all of them."""
    try:
        return "none" if value is None else f"{float(value):.4g}"
    except ValueError:
        return shown(value, 60)


def evidence(case: Case) -> None:
    """Draw the frozen evidence, each item one click from its account."""
    if case.frozen is None:
        st.caption("No evidence is frozen yet.")
        return
    st.caption(f"Version {case.frozen.version}. Every vote names this digest:")
    st.code(case.bundle, language=None, wrap_lines=True)
    blobs = places.current().blobs
    for item in case.frozen.evidence:
        found = Evidence.from_bytes(blobs.read(item.digest)) if blobs.has(item.digest) else None
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(
                f"**{plain(TITLES.get(item.method, item.method))}** `{short(item.digest, 12)}`", width="content"
            )
            if found is not None:
                tables.provenance(found, key=f"case-{short(item.digest)}")
        if found is not None:
            st.markdown(findings.sentence(found))
    for absent in case.frozen.not_applicable:
        st.caption(f"Declared not applicable: {plain(absent.id)}")


def votes(cast: tuple[Vote, ...], case: Case) -> None:
    """Draw the votes of the open round and of earlier ones, as they were signed."""
    counted = {ballot.index for ballot in case.ballots.values()}
    for item in cast:
        state = "" if item.index in counted else " (not in force)"
        reason = f"  \n{plain(item.rationale.shown, 4000)}" if item.rationale else ""
        st.markdown(f"**{plain(item.name.shown)}** {inline(item.vote)}{state}{reason}")
        for condition in item.conditions:
            st.caption(
                f"Condition {plain(condition['id'])}, due {condition['due'][:10]}, owner {plain(condition['owner'])}"
            )
        st.caption(f"{item.time}, entry {item.index}, key {short(item.keyid)}: {plain(item.meaning)}")
    if not cast:
        st.caption("Nobody has voted yet.")


def decision(found: Decision | None, cast: tuple[Vote, ...]) -> None:
    """Draw the latest decision with its dissent, word for word."""
    if found is None:
        st.caption("No decision has been recorded.")
        return
    tally = found.body["tally"]
    st.markdown(f"{inline(found.outcome)} {plain(found.rationale.shown, 4000)}")
    st.markdown(f"Scope: {plain(found.scope.shown, 4000)}")
    st.caption(
        f"{tally['approve']} approve, {tally['approve_with_conditions']} approve with conditions, {tally['reject']} reject, "
        f"{tally['abstain']} abstain; valid {found.valid_from[:10]} to {found.expires_at[:10]}; entry {found.index}"
    )
    said = {vote.index: vote for vote in cast}
    for line in found.body["dissent"]:
        vote = said.get(line["index"])
        reason = vote.rationale.shown if vote and vote.rationale else "no reason given"
        st.markdown(f"Dissent of **{plain(line['member'])}** {inline(line['vote'])}: {plain(reason, 4000)}")


def history(case: str) -> None:
    """Draw every entry of the case, the newest first."""
    views = house.views()
    records = tuple(reversed(views.history(case))) if views else ()
    mine = [item for item in records if item.case == case]
    frame = pd.DataFrame(
        {
            "entry": [item.index for item in mine],
            "time": [item.time for item in mine],
            "event": [item.type for item in mine],
            "by": [item.actor for item in mine],
        }
    )
    tables.table(
        frame,
        "Entries of the case in the ledger, the newest first",
        {
            "entry": tables.count("Entry", ""),
            "time": tables.words("Time"),
            "event": tables.words("Event"),
            "by": tables.words("By"),
        },
    )
    navigation.link("ledger", "Open the ledger")


def lead(case: Case, stands: Standing) -> str:
    """Return where the case stands, as the first sentence of a page."""
    if case.status == "draft":
        return "The evidence is not frozen yet."
    if case.status == "ready":
        return "The evidence is frozen; the review has not been opened."
    if case.status == "in_review" and stands.missing:
        return f"In review, round {case.review.round if case.review else 1}: {plain(stands.missing[0])}"
    if case.status == "in_review":
        return "In review: nothing is missing, the decision can be recorded."
    return f"{verdict(case.status).word}." + (f" Valid until {case.decision.expires_at[:10]}." if case.decision else "")


def look_around(case: Case) -> None:
    """Draw the ways to the screens where the evidence is explored."""
    views = house.views()
    model = views.model(case.body.models[0]) if views else None
    if model is not None:
        label = f"{model.name} {model.version} ({short(model.digest)})"
        with st.container(horizontal=True):
            for key in ("performance", "explanations", "fairness", "drift"):
                navigation.link(key, model=shown(label, 90))
