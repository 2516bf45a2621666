"""The form that freezes a case's evidence: what is in it, what the policy says about it, and what somebody waives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import streamlit as st

from governance.evidence import CountersignError
from governance.review import BoardState, Case, GateLine, GateReport, Policy, opening, policy
from governance.runs import title_of
from governance.workflow.review import review
from governance.workflow.workspace import clock, current_workspace
from pages._ui import drafts, errors, navigation, session, signing, tables, tongue
from pages._ui.badges import inline, verdict
from pages._ui.case_file import WEIGHT, brief, in_words, requirement_name, why_asked
from pages._ui.text import join, plain, short, shown, spoken
from storage import Views
from storage.times import rfc3339


def prepare(views: Views, board: BoardState, name: str) -> None:
    """Draw what can be done now to put a case before the board: freeze its evidence, open a round."""
    if not session.may_act(tongue.say("Members freeze evidence and open rounds.")):
        return
    case = board.cases[name]
    if case.status in ("draft", "ready", "in_review"):
        _freeze(views, board, case)
    if case.status not in {"draft", "in_review"}:
        _start(name, again=case.status != "ready")


def _freeze(views: Views, board: BoardState, case: Case) -> None:
    if case.status == "in_review":
        st.markdown(
            inline("late", tongue.say("Careful"))
            + " "
            + tongue.say("A new version of the evidence makes all votes of this round void.")
        )
    digests, reasons = _evidence(views, board, case)
    rules = _policy()
    report = _held(case, digests, rules) if rules and digests else None
    if rules is None or report is None:
        st.caption(tongue.say("Choose evidence and a policy first."))
        return
    waivers = _waivers(case, report)
    given = {item.requirement for item in waivers}
    stopped = [requirement_name(line.id, line.model) for line in report.stops_freezing if line.id not in given]
    if stopped:
        st.markdown(
            inline("not_met", tongue.say("Cannot be frozen"))
            + " "
            + tongue.say(
                "The policy lets nobody freeze this evidence as long as {not_met}. Measure again, or let a member outside the case "
                "waive what is not met.",
                not_met=_not_met(stopped),
            )
        )
    label = tongue.say("Sign the waivers and freeze" if waivers else "Freeze the evidence")
    pressed = st.button(label, key="freeze-now", disabled=bool(stopped), icon=":material/ac_unit:")
    if pressed and all(drafts.written(item.reason, _why_waived(item)) for item in waivers):
        _do(case, digests, rules, [(method, why) for method, why in reasons if why.strip()], waivers)


def _why_waived(item: review.WaiverWords) -> str:
    return (
        f"Write first why “{plain(spoken(item.requirement))}” may be waived: a waiver without a reason does not count."
    )


def _not_met(names: list[str]) -> str:
    quoted = [f"“{plain(name)}”" for name in names]
    return f"{join(quoted)} {'is' if len(names) == 1 else 'are'} not met"


def _evidence(views: Views, board: BoardState, case: Case) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the digests that were chosen, and (method, reason) for required methods that are left out."""
    found = {item.digest: item for item in views.all_evidence() if item.model in case.body.models or item.model is None}
    needed = opening.tier_of(board, case).required_evidence
    latest = {(item.method, item.model): item.digest for item in found.values()}
    before = {item.method for item in case.frozen.evidence} if case.frozen else set()
    chosen = st.multiselect(
        tongue.say("Evidence"), list(found), default=[at for (method, _), at in latest.items() if method in {*needed, *before}],
        format_func=lambda digest: shown(f"{title_of(found[digest].method)} ({short(digest)})"),
        key=f"evidence-{case.id}",
        help=tongue.say("What is not in this list has not been computed yet: open its page for this model first."),
    )  # fmt: skip
    absent = [method for method in needed if method not in {found[digest].method for digest in chosen}]
    reasons = [
        (
            method,
            st.text_input(
                tongue.say("Why {method} does not apply", method=plain(title_of(method))), key=f"na-{case.id}-{method}"
            ),
        )
        for method in absent
    ]
    return chosen, reasons


def _policy() -> Policy | None:
    """Return the policy that is written in the form, or draw what is wrong with it and return None."""
    names = dict(policy.TEMPLATES)
    start = str(
        st.selectbox(tongue.say("Policy to start from"), list(names), format_func=names.__getitem__, key="policy-start")
    )
    with st.expander(tongue.say("The policy itself, to read or to change (TOML)"), key="policy-text"):
        text = st.text_area(tongue.say("Policy (TOML)"), policy.template(start), height=240, key=f"policy-{start}")
    try:
        return policy.from_toml(text)
    except CountersignError as error:
        errors.advise(error)
        return None


def _held(case: Case, digests: list[str], rules: Policy) -> GateReport | None:
    """Draw what the policy says about the chosen evidence, before anything is frozen, and return it."""
    try:
        report = review.hold(current_workspace.current(), digests, rules, models=case.body.models)
    except CountersignError as error:
        errors.advise(error)
        return None
    lines = report.requirements
    st.markdown(
        tongue.say(
            "**What this policy says about this evidence: satisfied**"
            if report.satisfied
            else "**What this policy says about this evidence: not satisfied**"
        )
    )
    frame = pd.DataFrame(
        {
            "id": [requirement_name(line.id, line.model) for line in lines],
            "outcome": [verdict(line.outcome).word for line in lines],
            "value": [brief(line.value) for line in lines],
            "limit": [line.limit for line in lines],
            "weight": [WEIGHT[line.severity] for line in lines],
        }
    )
    columns = {"id": "Requirement", "outcome": "Outcome", "value": "Value", "limit": "Limit", "weight": "If not met"}
    look = {key: tables.words(word) for key, word in columns.items()}
    tables.table(frame, "Requirements of the policy held against the chosen evidence", look, key="held")
    for why in dict.fromkeys(line.reason for line in lines if line.reason):
        asked = [requirement_name(line.id, line.model) for line in lines if line.reason == why]
        st.caption(f"{plain(join(asked))}: {plain(in_words(why), 1000)}")
    why_asked(lines, place="chosen")
    return report


def _waivers(case: Case, report: GateReport) -> list[review.WaiverWords]:
    """Draw the requirements that could be waived, for a member outside the case, and return what is waived."""
    failing = [line for line in report.requirements if not line.passes]
    if not failing:
        return []
    visitor = session.visitor()
    if not visitor.member or visitor.id in case.interested:
        st.caption(
            tongue.say(
                "A member outside the case can waive a requirement here, with a reason and for a time, and signs for it. Owner, "
                "developer, sponsor and guests cannot."
            )
        )
        return []
    st.markdown(
        tongue.say(
            "**Waive** a requirement only if you take the responsibility: your name, your reason and the date go into the record."
        )
    )
    return [found for line in failing if (found := _waiver(case, line, visitor.id))]


def _waiver(case: Case, line: GateLine, who: str) -> review.WaiverWords | None:
    name = f"waive-{line.id}"
    if not st.checkbox(
        tongue.say("Waive: {id}", id=plain(requirement_name(line.id, line.model))),
        help=plain(line.why) or None,
        key=f"{case.id}-{name}",
    ):
        return None
    reason = drafts.area(tongue.say("Why it may be waived"), case.id, name, height=80)
    today = clock.now().date()
    until = st.date_input(
        tongue.say("The waiver ends on"), today + timedelta(days=90), min_value=today, key=f"{case.id}-until-{line.id}",
        help=tongue.say("An approval that rests on it ends on the same day."),
    )  # fmt: skip
    end = datetime(until.year, until.month, until.day, 23, 59, 59, tzinfo=UTC)
    return review.WaiverWords(line.id, who, reason, rfc3339(end))


def _do(
    case: Case, digests: list[str], rules: Policy, reasons: list[tuple[str, str]], waivers: list[review.WaiverWords]
) -> None:
    who = session.actor()
    if not (waivers or reasons):
        with errors.caught():
            review.freeze(current_workspace.current(), case.id, digests, actor=who, policy=rules)
            st.rerun()
    else:
        _sign(case, digests, rules, reasons, waivers)


def _sign(
    case: Case, digests: list[str], rules: Policy, reasons: list[tuple[str, str]], waivers: list[review.WaiverWords]
) -> None:
    who = session.actor()
    lines = [(f"I waive “{spoken(item.requirement)}” until {item.expires[:10]}", item.reason) for item in waivers]
    lines += [(f"I leave out “{spoken(method)}”", why) for method, why in reasons]
    lines += [("On the evidence", join([short(digest, 16) for digest in digests]))]
    signing.ask(
        review.WAIVER_MEANING, lines, rules.digest,
        lambda secret: review.freeze(
            current_workspace.current(), case.id, digests, actor=who, policy=rules,
            not_applicable=reasons, waivers=waivers, passphrase=secret,
        ),
        lambda: drafts.sent(case.id, *(f"waive-{item.requirement}" for item in waivers)),
        about="the policy",
    )  # fmt: skip


def _start(name: str, *, again: bool) -> None:
    why = st.text_input(tongue.say("Why it is reviewed again"), key=f"trigger-{name}") if again else ""
    if st.button(tongue.say("Open the review"), type="primary", key="start-now"):
        with errors.caught():
            review.start(current_workspace.current(), name, actor=session.actor(), trigger=why)
            navigation.go("case", case=name)
