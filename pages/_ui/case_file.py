"""The papers of a case, drawn: gate report, frozen evidence, votes, decision, conditions, history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import pandas as pd
import streamlit as st

from governance.evidence import Evidence, JsonValue
from governance.language import mark
from governance.review import AppealLine, Case, GateLine, GateReport, RequirementOutcome
from governance.runs import CATALOGUE, title_of
from governance.workflow.workspace import current_workspace
from pages._ui import findings, linked, navigation, records, tables, tongue, workspace
from pages._ui.badges import inline, said
from pages._ui.text import paragraphs, plain, short, shown, spoken
from storage import CaseFile, Decision, Vote


def choose(name: str) -> tuple[Case, CaseFile] | None:
    """Return the case that the address names or that is picked; None, with words drawn, where there is none or no such one."""
    from pages._ui import empty

    views = workspace.views()
    files = {item.case: item for item in views.cases()} if views else {}
    if not files:
        empty.state(
            tongue.say("No case has been opened."),
            tongue.say("A case puts one question about a model before the board."),
            page="cases",
            label=tongue.say("Put a model before the board"),
        )
        return None
    titles = {case: shown(item.title.shown) for case, item in files.items()}
    picked = linked.pick(tongue.say("Case"), titles, name=name)
    return (workspace.board().case(picked), files[picked]) if picked is not None else None


def names() -> dict[str, str]:
    """Return the printed names of the current members by their ids."""
    return {member.id: member.name for member in workspace.members()}


def gate(case: Case, held: GateReport | None) -> None:
    """Draw the policy's requirements and what the evidence says about each; `held` is the report as it is now."""
    lines = case.frozen.requirements if case.frozen else ()
    if not lines:
        st.caption(tongue.voice().say("No requirement of a policy was held against this evidence."))
        return
    voice = tongue.voice()
    counts = [sum(line.outcome == kind for line in lines) for kind in ("met", "not_met", "not_assessed")]
    now = {line.id: line for line in held.requirements} if held else {}
    told = voice.say(
        "{met} met, {not_met} not met, {open} not assessed. Not assessed never counts as met.",
        met=counts[0],
        not_met=counts[1],
        open=counts[2],
    )
    st.markdown(f"{told} {voice.say(_whole(held), policy=plain(held.policy)) if held else ''}")
    frame = pd.DataFrame(
        {
            "id": [requirement_name(line.id, now[line.id].model if line.id in now else "") for line in lines],
            "outcome": [_outcome(line, now.get(line.id)) for line in lines],
            "value": [brief(line.value) for line in lines],
            "limit": [line.limit for line in lines],
            "weight": [voice.say(WEIGHT[line.severity]) for line in lines],
        }
    )
    columns = {"id": "Requirement", "outcome": "Outcome", "value": "Value", "limit": "Limit", "weight": "If not met"}
    look = {key: tables.words(voice.say(word)) for key, word in columns.items()}
    if any(line.waived_until for line in now.values()):
        look["outcome"] = tables.words(voice.say("Outcome"), wide=True)
    tables.table(frame, voice.say("Requirements of the policy with outcome, value and limit"), look)
    why_asked(held.requirements if held else (), place="frozen")
    if held is not None and any(_differs(line, now.get(line.id)) for line in lines):
        st.warning(
            voice.say(
                "The report that was frozen is not what the policy and the evidence say when they are read again. Tell the auditor."
            ),
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
    views = workspace.views()
    found = views.model(model) if views else None
    return f"{spoken(requirement.removesuffix(end))}: {shown(f'{found.name} {found.version}', 80) if found else short(model)}"


def why_asked(lines: Sequence[GateLine], *, place: Literal["frozen", "chosen"]) -> None:
    """Draw why the board asks each of these questions, folded; `place` tells one report on a page from another."""
    asked = {line.why: requirement_name(line.id) for line in lines if line.why and not line.model}
    asked |= {
        line.why: requirement_name(line.id, line.model).partition(": ")[0] for line in lines if line.why and line.model
    }
    if asked:
        with st.expander(tongue.voice().say(_ASKED[place]), key=f"reasons-{place}"):
            st.markdown("\n".join(f"- **{plain(name)}**: {plain(why, 2000)}" for why, name in asked.items()))


_ASKED: Final = {
    "frozen": mark("Why each of them is asked"),
    "chosen": mark("Why the chosen policy asks each of them"),
}
"""Which report -> the name of the folded reasons; a case page can show both reports."""
WEIGHT: Final = {"freezing": "cannot be frozen", "blocking": "policy not satisfied", "advisory": "a remark"}
"""Severity -> what follows when the requirement is not met."""


def _whole(held: GateReport) -> str:
    if not held.satisfied:
        return mark("As a whole the policy “{policy}” is **not satisfied**.")
    if any(line.waived_by for line in held.requirements):
        return mark("As a whole the policy “{policy}” is satisfied only because of waivers.")
    return mark("As a whole the policy “{policy}” is satisfied.")


def _outcome(line: RequirementOutcome, now: GateLine | None) -> str:
    word, voice = said(line.outcome), tongue.voice()
    if now is not None and now.waived_by:
        return voice.say(
            "{outcome}, waived by {name} until {day}",
            outcome=word,
            name=shown(names().get(now.waived_by, now.waived_by)),
            day=voice.day(now.waived_until),
        )
    if now is not None and now.lapsed:
        return voice.say("{outcome}; the waiver ended {day}", outcome=word, day=voice.day(now.waived_until))
    return word


def _differs(line: RequirementOutcome, now: GateLine | None) -> bool:
    return now is None or (line.outcome, line.value, line.limit) != (now.outcome, now.value, now.limit)


def in_words(reason: str) -> str:
    """Return a reason of the gate report with the titles of methods in place of their ids. Not escaped."""
    for spec in CATALOGUE:
        reason = reason.replace(f"from {spec.id}", f"from “{spec.title}”")
    return reason


def brief(value: str | None) -> str:
    """Return a value of the gate report with four digits; the frozen report holds all of them."""
    try:
        voice = tongue.voice()
        return voice.say("none") if value is None else voice.figures(f"{float(value):.4g}")
    except ValueError:
        return shown(value, 60)


def evidence(case: Case) -> None:
    """Draw the frozen evidence, each item one click from its account."""
    if case.frozen is None:
        st.caption(tongue.voice().say("No evidence is frozen yet."))
        return
    st.caption(tongue.voice().say("Version {n}. Every vote names this digest:", n=case.frozen.version))
    st.code(case.bundle, language=None, wrap_lines=True)
    blobs = current_workspace.current().blobs
    for item in case.frozen.evidence:
        found = Evidence.from_bytes(blobs.read(item.digest)) if blobs.has(item.digest) else None
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{plain(title_of(item.method))}** `{short(item.digest, 12)}`", width="content")
            if found is not None:
                tables.provenance(found, key=f"case-{short(item.digest)}")
        if found is not None:
            st.markdown(findings.sentence(found))
    for absent in case.frozen.not_applicable:
        st.caption(tongue.say("Declared not applicable: {id}", id=plain(absent.id)))


def votes(cast: tuple[Vote, ...], case: Case) -> None:
    """Draw the votes of the open round and of earlier ones, as they were signed."""
    counted, called, voice = {ballot.index for ballot in case.ballots.values()}, names(), tongue.voice()
    for item in cast:
        state = "" if item.index in counted else f" ({voice.say('not in force')})"
        reason = f"  \n{paragraphs(item.rationale.shown)}" if item.rationale else ""
        st.markdown(f"**{plain(item.name.shown)}** {inline(item.vote)}{state}{reason}")
        for condition in item.conditions:
            todo = voice.say(
                "{text} (by {name}, until {day}, before any use)"
                if condition["blocking"]
                else "{text} (by {name}, until {day}, does not stop the use)",
                text=_said(condition["text"]),
                name=plain(called.get(condition["owner"], condition["owner"])),
                day=voice.day(condition["due"]),
            )
            st.markdown(f"- {voice.say('Condition')}: {todo}")
        signed = voice.say(
            "Signed {time} UTC (entry {index}, key {key}):",
            time=plain(records.moment(item.time)),
            index=item.index,
            key=short(item.keyid),
        )
        st.caption(f"{signed} “{plain(item.meaning)}”")
    if not cast:
        st.caption(voice.say("Nobody has voted yet."))


def _said(reference: JsonValue) -> str:
    """Return the text that a record names by digest, letter by letter."""
    views = workspace.views()
    known = views.texts([reference["sha256"]]) if views else {}
    return paragraphs(known[reference["sha256"]].text) if known else "(erased)"


def decision(found: Decision | None, cast: tuple[Vote, ...], filed: tuple[AppealLine, ...]) -> None:
    """Draw the decision in force: the ruling on an appeal with the decision that it overruled under it, else the latest decision."""
    voice = tongue.voice()
    if found is None:
        st.caption(voice.say("No decision has been recorded."))
        return
    overruled = False
    for item in reversed([item for item in filed if item.index > found.index]):
        _appeal(item)
        overruled = overruled or item.ruled_index is not None
    tally = found.body["tally"]
    if overruled:
        st.markdown(f"**{voice.say('The decision that was overruled')}**")
    st.markdown(f"{inline(found.outcome)} {paragraphs(found.rationale.shown)}")
    st.markdown(f"{voice.say('What it covers')}: {paragraphs(found.scope.shown)}")
    st.caption(
        voice.say(
            "{approve} approve, {conditions} approve with conditions, {reject} reject, {abstain} abstain; valid {start} to {end}; entry "
            "{index}",
            approve=tally["approve"],
            conditions=tally["approve_with_conditions"],
            reject=tally["reject"],
            abstain=tally["abstain"],
            start=voice.day(found.valid_from),
            end=voice.day(found.expires_at),
            index=found.index,
        )
    )
    signed = {vote.index: vote for vote in cast}
    for line in found.body["dissent"]:
        vote = signed.get(line["index"])
        reason = vote.rationale.shown if vote and vote.rationale else voice.say("no reason given")
        who = vote.name.shown if vote else line["member"]
        dissent = voice.say("Dissent of {name}", name=f"**{plain(who)}**")
        st.markdown(f"{dissent} {inline(line['vote'])}: {paragraphs(reason)}")


def _appeal(item: AppealLine) -> None:
    """Draw an appeal and, once enough of the panel have signed, its ruling."""
    called, voice = names(), tongue.voice()
    panel, signed = (voice.join([plain(called.get(who, who)) for who in those]) for those in (item.panel, item.signed))
    if item.ruled_index is not None:
        st.markdown(f"**{voice.say('The ruling in force')}** {inline(item.outcome)} {paragraphs(item.rationale)}")
        st.caption(
            voice.say(
                "Signed by {signed} of the panel ({panel}), {day}; entry {index}. It stands in place of the decision.",
                signed=signed,
                panel=panel,
                day=voice.day(item.ruled_time),
                index=item.ruled_index,
            )
        )
    elif item.signed:
        signing = voice.say(
            "The panel ({panel}) is signing: {outcome}. It holds once more than half of them have signed the same words.",
            panel=panel,
            outcome=inline(item.outcome),
        )
        st.markdown(f"{inline('appealed')} {signing}")
    else:
        st.markdown(f"{inline('appealed')} {voice.say('Nobody has ruled on it yet.')}")
    filed = voice.say(
        "Appeal of {name}, {day} (entry {index}):",
        name=f"**{plain(called.get(item.by, item.by))}**",
        day=voice.day(item.time),
        index=item.index,
    )
    st.markdown(f"{filed} {paragraphs(item.text)}")


def history(case: str) -> None:
    """Draw every entry of the case, the newest first."""
    views = workspace.views()
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
    navigation.link("ledger", tongue.say("Open the ledger"))


def look_around(case: Case) -> None:
    """Draw the ways to the screens where the evidence is explored."""
    views = workspace.views()
    model = views.model(case.body.models[0]) if views else None
    if model is not None:
        label = f"{model.name} {model.version} ({short(model.digest)})"
        with st.container(horizontal=True):
            for key in ("performance", "explanations", "fairness", "drift"):
                navigation.link(key, model=shown(label, 90))
