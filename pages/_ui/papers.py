"""The papers of a case, drawn: gate report, frozen evidence, votes, decision, conditions, history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from governance.codec import JsonValue
from governance.evidence import Evidence
from governance.methods import CATALOGUE
from governance.review.events import RequirementOutcome
from governance.review.gate import GateLine, GateReport
from governance.review.state import Case
from governance.workflow import places
from pages._ui import findings, house, navigation, records, tables
from pages._ui.badges import inline, verdict
from pages._ui.text import paragraphs, plain, short, shown, spoken
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


def names() -> dict[str, str]:
    """Return the printed names of the current members by their ids."""
    return {member.id: member.name for member in house.members()}


def gate(case: Case, held: GateReport | None) -> None:
    """Draw the policy's requirements and what the evidence says about each; `held` is the report as it is now."""
    lines = case.frozen.requirements if case.frozen else ()
    if not lines:
        st.caption("No requirement of a policy was held against this evidence.")
        return
    counts = [sum(line.outcome == kind for line in lines) for kind in ("met", "not_met", "not_assessed")]
    now = {line.id: line for line in held.requirements} if held else {}
    st.markdown(
        f"{counts[0]} met, {counts[1]} not met, {counts[2]} not assessed. Not assessed never counts as met. "
        + (f"As a whole the policy “{plain(held.policy)}” is {_whole(held)}." if held else "")
    )
    frame = pd.DataFrame(
        {
            "id": [requirement_name(line.id, now[line.id].model if line.id in now else "") for line in lines],
            "outcome": [_outcome(line, now.get(line.id)) for line in lines],
            "value": [brief(line.value) for line in lines],
            "limit": [line.limit for line in lines],
            "weight": [
                WEIGHT.get(line.severity or (now[line.id].severity if line.id in now else ""), "") for line in lines
            ],
        }
    )
    columns = {"id": "Requirement", "outcome": "Outcome", "value": "Value", "limit": "Limit", "weight": "If not met"}
    look = {key: tables.words(word) for key, word in columns.items()}
    if any(line.waived_until for line in now.values()):
        look["outcome"] = tables.words("Outcome", wide=True)
    tables.table(frame, "Requirements of the policy with outcome, value and limit", look)
    why_asked(held.requirements if held else ())
    if held is not None and any(_differs(line, now.get(line.id)) for line in lines):
        st.warning(
            "The report that was frozen is not what the policy and the evidence say when they are read again. Tell the auditor.",
            icon=":material/warning:",
        )


def requirement_name(requirement: str, model: str = "") -> str:
    """Return what a requirement is called, in words instead of its id, with the candidate that it is about. Not escaped.

    Args:
        requirement: id of a line of the gate report; with several candidates it ends with the first digits of one's digest.
        model: digest of that candidate, "" for none.
    """
    end = f"-{model[:8]}"
    if not model or not requirement.endswith(end):
        return spoken(requirement)
    views = house.views()
    found = views.model(model) if views else None
    return f"{spoken(requirement.removesuffix(end))}: {shown(f'{found.name} {found.version}', 80) if found else short(model)}"


def why_asked(lines: Sequence[GateLine]) -> None:
    """Draw why the board asks each of these questions, folded."""
    said = {line.why: requirement_name(line.id) for line in lines if line.why and not line.model}
    said |= {
        line.why: requirement_name(line.id, line.model).partition(": ")[0] for line in lines if line.why and line.model
    }
    if said:
        with st.expander("Why each of them is asked", key=f"reasons-{len(lines)}"):
            st.markdown("\n".join(f"- **{plain(name)}**: {plain(why, 2000)}" for why, name in said.items()))


WEIGHT: Final = {"freezing": "cannot be frozen", "blocking": "policy not satisfied", "advisory": "a remark"}
"""Severity -> what follows when the requirement is not met."""


def _whole(held: GateReport) -> str:
    if not held.satisfied:
        return "**not satisfied**"
    return "satisfied only because of waivers" if any(line.waived_by for line in held.requirements) else "satisfied"


def _outcome(line: RequirementOutcome, now: GateLine | None) -> str:
    word = verdict(line.outcome).word
    if now is not None and now.waived_by:
        return f"{word}, waived by {shown(names().get(now.waived_by, now.waived_by))} until {now.waived_until[:10]}"
    return f"{word}; the waiver ended {now.waived_until[:10]}" if now is not None and now.lapsed else word


def _differs(line: RequirementOutcome, now: GateLine | None) -> bool:
    return now is None or (line.outcome, line.value, line.limit) != (now.outcome, now.value, now.limit)


def in_words(reason: str) -> str:
    """Return a reason of the gate report with the titles of methods in place of their ids. Not escaped."""
    for name, title in TITLES.items():
        reason = reason.replace(f"from {name}", f"from “{title}”")
    return reason


def brief(value: str | None) -> str:
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
    counted, called = {ballot.index for ballot in case.ballots.values()}, names()
    for item in cast:
        state = "" if item.index in counted else " (not in force)"
        reason = f"  \n{paragraphs(item.rationale.shown)}" if item.rationale else ""
        st.markdown(f"**{plain(item.name.shown)}** {inline(item.vote)}{state}{reason}")
        for condition in item.conditions:
            kind = "before any use" if condition["blocking"] else "does not stop the use"
            st.markdown(
                f"- Condition: {_said(condition['text'])} By {plain(called.get(condition['owner'], condition['owner']))}, "
                f"until {condition['due'][:10]}, {kind}."
            )
        st.caption(
            f"Signed {plain(records.moment(item.time))} UTC (entry {item.index}, key {short(item.keyid)}): "
            f"“{plain(item.meaning)}”"
        )
    if not cast:
        st.caption("Nobody has voted yet.")


def _said(reference: JsonValue) -> str:
    """Return the text that a record names by digest, letter by letter."""
    views = house.views()
    known = views.texts([reference["sha256"]]) if views else {}
    return paragraphs(known[reference["sha256"]].text) if known else "(erased)"


def decision(found: Decision | None, cast: tuple[Vote, ...]) -> None:
    """Draw the latest decision with its dissent, word for word."""
    if found is None:
        st.caption("No decision has been recorded.")
        return
    tally = found.body["tally"]
    st.markdown(f"{inline(found.outcome)} {paragraphs(found.rationale.shown)}")
    st.markdown(f"What it covers: {paragraphs(found.scope.shown)}")
    st.caption(
        f"{tally['approve']} approve, {tally['approve_with_conditions']} approve with conditions, {tally['reject']} reject, "
        f"{tally['abstain']} abstain; valid {found.valid_from[:10]} to {found.expires_at[:10]}; entry {found.index}"
    )
    said = {vote.index: vote for vote in cast}
    for line in found.body["dissent"]:
        vote = said.get(line["index"])
        reason = vote.rationale.shown if vote and vote.rationale else "no reason given"
        who = vote.name.shown if vote else line["member"]
        st.markdown(f"Dissent of **{plain(who)}** {inline(line['vote'])}: {paragraphs(reason)}")


def history(case: str) -> None:
    """Draw every entry of the case, the newest first."""
    views = house.views()
    found = tuple(reversed(views.history(case))) if views else ()
    mine, called = [item for item in found if item.case == case], names()
    frame = pd.DataFrame(
        {
            "entry": [item.index for item in mine],
            "time": [records.moment(item.time) for item in mine],
            "event": [records.happened(item.type) for item in mine],
            "by": [shown(called.get(item.actor, records.who(item.actor))) for item in mine],
        }
    )
    tables.table(
        frame,
        "Entries of the case in the ledger, the newest first",
        {
            "entry": tables.count("Entry", ""),
            "time": tables.words("Time (UTC)"),
            "event": tables.words("What happened"),
            "by": tables.words("Who acted"),
        },
    )
    navigation.link("ledger", "Open the ledger")


def look_around(case: Case) -> None:
    """Draw the ways to the screens where the evidence is explored."""
    views = house.views()
    model = views.model(case.body.models[0]) if views else None
    if model is not None:
        label = f"{model.name} {model.version} ({short(model.digest)})"
        with st.container(horizontal=True):
            for key in ("performance", "explanations", "fairness", "drift"):
                navigation.link(key, model=shown(label, 90))
