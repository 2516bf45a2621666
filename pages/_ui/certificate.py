"""How far an explanation can be trusted: its certificate in words, each field held against the policy's limit where there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from governance.evidence import CountersignError, Evidence, NotAssessed, parse
from governance.explain import Background, Certificate
from governance.language import mark
from governance.review import GateLine, Policy, evaluate, policy as policies
from governance.workflow.workspace import current_workspace
from pages._ui import tongue, workspace
from pages._ui.badges import badge, inline
from pages._ui.text import plain, short

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
            return _Rules(found, tongue.say("the policy that case {case} has frozen", case=plain(case.id)))
    return _Rules(
        policies.from_toml(policies.template("credit")),
        tongue.say("the policy template for credit and other chances in life"),
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
    names = [tongue.say(_NAMES[item.metric]) if item.metric in _NAMES else plain(item.metric) for item in wrong]
    words = tongue.voice().join([f"{name}{_found(item.line)}" for name, item in zip(names, wrong, strict=True)])
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
        return " " + tongue.say("(not assessed, asked for: {limit})", limit=limit_in_words(line.limit))
    value = tongue.voice().figures(plain(_shorter(line.value)))
    return " " + tongue.say("({value}, asked for: {limit})", value=value, limit=limit_in_words(line.limit))


def limit_in_words(limit: str) -> str:
    """Return what a limit asks for, "at most 0.05", in the visitor's language."""
    for asked in (mark("at most"), mark("at least")):
        if limit.startswith(f"{asked} "):
            return f"{tongue.say(asked)} {tongue.voice().figures(plain(limit.removeprefix(asked).strip()))}"
    return plain(limit)


def _shorter(value: str | None) -> str:
    try:
        return f"{float(value or ''):.3g}"
    except ValueError:
        return value or ""


def _follows(wrong: Sequence[Held]) -> str:
    severities = {str(item.line.severity) for item in wrong}
    if "freezing" in severities:
        return tongue.say("**This explanation cannot be frozen as evidence for a signature without a waiver.**")
    if "blocking" in severities:
        return tongue.say("**With this explanation as evidence the policy is not satisfied without a waiver.**")
    return tongue.say("The policy only advises here; read the explanation with this in mind.")


def _limit(by_field: Mapping[str, Held], field: str) -> str:
    held = by_field.get(field)
    if held is None:
        return ""
    return f" {inline(held.line.outcome)} " + tongue.say("limit: {limit}", limit=limit_in_words(held.line.limit))


_NAMES: Final[dict[str, str]] = {
    "additivity_gap": mark("adding up"),
    "std_error": mark("sampling noise"),
    "background_spread": mark("another background"),
    "neighbour_stability": mark("alike people, alike reasons"),
    "lime_agreement": mark("agreement with LIME"),
    "rows_outside_background": mark("rows outside the background"),
    "background_rows": mark("size of the background"),
}
"""Field of the certificate -> what a reader calls it."""


def _fields(certificate: Certificate, background: Background) -> list[tuple[str, str]]:
    """Return (field, sentence) for everything that the certificate says."""
    voice = tongue.voice()
    notes = [("", plain(voice.say(note), 1000)) for note in certificate.notes]
    return [
        (
            "scale",
            voice.say(
                "Values are in {units}, on the model's {scale} scale.",
                units=voice.say(plain(certificate.units)),
                scale=voice.say(plain(certificate.scale)),
            )
            + _odds(certificate),
        ),
        ("std_error", _noise(certificate)),
        (
            "additivity_gap",
            voice.say(
                "They add up to the model's own score within {gap}.",
                gap=voice.figures(f"{certificate.additivity_gap:.1g}"),
            ),
        ),
        (
            "background_rows",
            _against(background),
        ),
        ("background_spread", _share(certificate)),
        (
            "neighbour_stability",
            voice.say(
                "Agreement between the explanations of people who are much alike: {agreement} (1 is the same explanation, 0 has nothing "
                "in common).",
                agreement=_part(certificate.neighbour_stability),
            ),
        ),
        (
            "lime_agreement",
            voice.say(
                "Agreement with LIME, another method, on the order of the columns: {agreement} (1 is the same order, 0 no relation).",
                agreement=_part(certificate.lime_agreement),
            ),
        ),
        (
            "rows_outside_background",
            voice.say(
                "Rows with a value outside what these rows hold: {n}.",
                n=voice.whole(certificate.rows_outside_background),
            ),
        ),
        *notes,
    ]


def _noise(certificate: Certificate) -> str:
    """Return whether values are sampled, and then how far off one may be."""
    voice = tongue.voice()
    return (
        voice.say("Exact: the values follow from the model's file without sampling.")
        if certificate.exact
        else voice.say(
            "Sampled: the largest standard error of a value is {error}.",
            error=voice.figures(f"{certificate.std_error:.2g}"),
        )
    )


def _against(background: Background) -> str:
    """Return which rows an explanation compares with."""
    voice = tongue.voice()
    return voice.say(
        "Compared with {rows} of {total} rows of the data set to compare with (rows `{digest}`)."
        if background.source == "reference"
        else "Compared with {rows} of {total} rows of the evaluated rows themselves (rows `{digest}`).",
        rows=voice.whole(background.rows),
        total=voice.whole(background.total),
        digest=short(background.digest),
    )


def _odds(certificate: Certificate) -> str:
    """Return what log-odds are, where values are in them (the logarithm of 2 is 0.69)."""
    if certificate.units != "log-odds":
        return ""
    return " " + tongue.say(
        "Log-odds are the logarithm of the odds: adding 0.69 doubles the odds, 0 is a chance of one half."
    )


def _share(certificate: Certificate) -> str:
    spread = certificate.background_spread
    if isinstance(spread, NotAssessed):
        return tongue.say("What another draw of these rows would change is {why}", why=_part(spread))
    return tongue.say(
        "Another draw of these rows would move an importance by {share} of the largest one (one standard deviation).",
        share=tongue.voice().percent(spread),
    )


def _part(value: Any) -> str:
    if isinstance(value, NotAssessed):
        return tongue.say(
            "not measured, because: {reason}", reason=plain(value.reason.removeprefix("Not measured: "), 300)
        )
    return tongue.voice().number(value, 2)
