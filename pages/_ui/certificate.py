"""How far an explanation can be trusted: its certificate in words, each field held against the policy's limit where there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from governance.evidence import CountersignError, Evidence, NotAssessed, parse
from governance.explain import Background, Certificate
from governance.review import GateLine, Policy, evaluate, policy as policies
from governance.workflow.workspace import current_workspace
from pages._ui import tongue, workspace
from pages._ui.badges import badge, inline
from pages._ui.text import join, number, plain, short

if TYPE_CHECKING:
    from pages._ui.choices import Picked

_METHOD: Final = "explain.global"
"""The method whose requirements hold for the certificates of single rows as well: they have the same fields."""
_PREFIX: Final = "certificate."


@dataclass(frozen=True, slots=True)
class _Rules:
    """The limits in force, and whose they are."""

    policy: Policy
    source: str
    """In words, as a part of a sentence."""


def trust(evidence: Evidence, certificate: Certificate, background: Background, subject: Picked) -> None:
    """Draw the certificate of an explanation, beginning with the verdict of the policy.

    Args:
        evidence: the explanation, of all rows or of one.
        certificate: its certificate.
        background: the rows that it compares with.
        subject: the model under review and its data.
    """
    rules = _rules(subject.model)
    lines = held(rules.policy, evidence)
    name = evidence.key.method.replace(".", "-")
    with st.container(border=True, key=f"certificate-{name}"):
        st.markdown(tongue.say("**How far can this be trusted?**"))
        verdict(lines, rules.source)
        by_field = {item.metric: item for item in lines}
        with st.expander(tongue.say("The certificate, line by line"), key=f"lines-{name}", on_change="rerun") as box:
            if box.open:
                texts = (f"- {text}{_limit(by_field, field)}" for field, text in _fields(certificate, background))
                st.markdown("\n".join(texts))


@dataclass(frozen=True, slots=True)
class Held:
    """One limit of the policy, held against the certificate."""

    metric: str
    """Field of the certificate."""
    line: GateLine


def held(policy: Policy, evidence: Evidence) -> tuple[Held, ...]:
    """Return the policy's requirements on the certificate with their outcomes for this evidence, whatever its rows."""
    mine = tuple(
        replace(item, method=evidence.key.method, cohort=evidence.key.cohort)
        for item in policy.requirements
        if item.method == _METHOD and item.metric.startswith(_PREFIX)
    )
    if not mine:
        return ()
    report = evaluate(replace(policy, requirements=mine), {evidence.digest: evidence})
    return tuple(
        Held(item.metric.removeprefix(_PREFIX), line) for item, line in zip(mine, report.requirements, strict=True)
    )


def _rules(model: str) -> _Rules:
    """Return the policy that was frozen last for a case about the model, else the template that has limits for explanations."""
    cases = [case for case in workspace.board().cases.values() if model in case.body.models and case.frozen is not None]
    for case in reversed(cases):
        if case.frozen is None:
            continue
        try:
            found = policies.from_json(parse(current_workspace.current().blobs.read(case.frozen.policy_digest)))
        except CountersignError:
            continue
        if any(item.method == _METHOD for item in found.requirements):
            return _Rules(found, f"the policy that case {plain(case.id)} has frozen")
    return _Rules(
        policies.from_toml(policies.template("credit")), "the policy template for credit and other chances in life"
    )


def verdict(lines: Sequence[Held], source: str) -> None:
    """Say in words whether the explanation is inside the limits; outside, what follows from it."""
    wrong = [item for item in lines if item.line.outcome != "met"]
    if not lines:
        badge("not_assessed", tongue.say("No limits"))
        st.markdown(tongue.say("No limits for explanations stand in {source}.", source=source))
        return
    if not wrong:
        badge("met", tongue.say("Inside the limits"))
        st.markdown(tongue.say("All {lines} limits of {source} are kept.", lines=len(lines), source=source))
        return
    badge("not_met", tongue.say("Outside the limits"))
    words = join([f"{_NAMES.get(item.metric, plain(item.metric))}{_found(item.line)}" for item in wrong])
    st.markdown(
        tongue.say(
            "Of the {lines} limits of {source}, {wrong} not kept: {words}. {follows}",
            lines=len(lines),
            source=source,
            wrong=len(wrong),
            words=words,
            follows=_follows(wrong),
        )
    )


def _found(line: GateLine) -> str:
    if line.outcome == "not_assessed":
        return f" (not assessed, asked for: {plain(line.limit)})"
    return f" ({plain(_shorter(line.value))}, asked for: {plain(line.limit)})"


def _shorter(value: str | None) -> str:
    try:
        return f"{float(value or ''):.3g}"
    except ValueError:
        return value or ""


def _follows(wrong: Sequence[Held]) -> str:
    severities = {str(item.line.severity) for item in wrong}
    if "freezing" in severities:
        return "**This explanation cannot be frozen as evidence for a signature without a waiver.**"
    if "blocking" in severities:
        return "**With this explanation as evidence the policy is not satisfied without a waiver.**"
    return "The policy only advises here; read the explanation with this in mind."


def _limit(by_field: Mapping[str, Held], field: str) -> str:
    held = by_field.get(field)
    if held is None:
        return ""
    return f" {inline(held.line.outcome)} limit: {plain(held.line.limit)}"


_NAMES: Final[dict[str, str]] = {
    "additivity_gap": "adding up",
    "std_error": "sampling noise",
    "background_spread": "another background",
    "neighbour_stability": "alike people, alike reasons",
    "lime_agreement": "agreement with LIME",
    "rows_outside_background": "rows outside the background",
    "background_rows": "size of the background",
}
"""Field of the certificate -> what a reader calls it."""


def _fields(certificate: Certificate, background: Background) -> list[tuple[str, str]]:
    """Return (field, sentence) for everything that the certificate says."""
    which = "the data set to compare with" if background.source == "reference" else "the evaluated rows themselves"
    noise = (
        "Exact: the values follow from the model's file without sampling."
        if certificate.exact
        else f"Sampled: the largest standard error of a value is {certificate.std_error:.2g}."
    )
    notes = [("", plain(note, 1000)) for note in certificate.notes]
    return [
        (
            "scale",
            f"Values are in {plain(certificate.units)}, on the model's {plain(certificate.scale)} scale.{_odds(certificate)}",
        ),
        ("std_error", noise),
        ("additivity_gap", f"They add up to the model's own score within {certificate.additivity_gap:.1g}."),
        (
            "background_rows",
            (
                f"Compared with {background.rows:,} of {background.total:,} rows of {which} "
                f"(rows `{short(background.digest)}`)."
            ),
        ),
        ("background_spread", _share(certificate)),
        (
            "neighbour_stability",
            (
                f"Agreement between the explanations of people who are much alike: {_part(certificate.neighbour_stability)} "
                "(1 is the same explanation, 0 has nothing in common)."
            ),
        ),
        (
            "lime_agreement",
            (
                f"Agreement with LIME, another method, on the order of the columns: {_part(certificate.lime_agreement)} "
                "(1 is the same order, 0 no relation)."
            ),
        ),
        (
            "rows_outside_background",
            f"Rows with a value outside what these rows hold: {certificate.rows_outside_background:,}.",
        ),
        *notes,
    ]


def _odds(certificate: Certificate) -> str:
    """Return what log-odds are, where values are in them (the logarithm of 2 is 0.69)."""
    said = " Log-odds are the logarithm of the odds: adding 0.69 doubles the odds, 0 is a chance of one half."
    return said if certificate.units == "log-odds" else ""


def _share(certificate: Certificate) -> str:
    spread = certificate.background_spread
    if isinstance(spread, NotAssessed):
        return f"What another draw of these rows would change is {_part(spread)}"
    return f"Another draw of these rows would move an importance by {spread:.1%} of the largest one (one standard deviation)."


def _part(value: Any) -> str:
    if isinstance(value, NotAssessed):
        return f"not measured, because: {plain(value.reason.removeprefix('Not measured: '), 300)}"
    return number(value, 2)
