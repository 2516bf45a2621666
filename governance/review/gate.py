"""The gate: each requirement of a policy held against the evidence. Not assessed never passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from governance.evidence import Evidence, NotAssessed, RefusedInputError
from governance.review import events
from governance.review.fields import Severity
from governance.review.path import look_up
from governance.review.policy import Policy, Requirement


@dataclass(frozen=True, slots=True)
class GateWaiver:
    """A requirement that a member waives for a time, with their reason."""

    id: str
    """Requirement."""
    by: str
    reason: str
    expires: str
    """RFC 3339; the waiver counts before this moment."""


@dataclass(frozen=True, slots=True)
class GateLine:
    """One requirement and what the evidence says."""

    id: str
    outcome: events.GateOutcome
    value: str | None
    """The value found, as text; None when there is none."""
    limit: str
    severity: Severity
    evidence: str | None
    """Digest of the evidence that was read."""
    reason: str
    """Why it was not assessed; "" otherwise."""
    why: str
    """Why the board asks for it."""
    waived_by: str = ""
    """Who waived it, "" when nobody did or the waiver has expired."""
    waived_until: str = ""
    """When the waiver ends or has ended, RFC 3339; "" when nobody waived it."""
    waived_why: str = ""
    """The reason that was given, in words."""
    model: str = ""
    """Digest of the candidate that the line is about; "" for all of them at once."""

    @property
    def passes(self) -> bool:
        """Whether this line leaves the policy satisfied."""
        return self.outcome == "met" or self.severity == "advisory" or bool(self.waived_by)

    @property
    def lapsed(self) -> bool:
        """Whether somebody waived it and the waiver no longer counts."""
        return self.outcome != "met" and bool(self.waived_until) and not self.waived_by


@dataclass(frozen=True, slots=True)
class GateReport:
    """The whole policy held against the evidence."""

    policy: str
    """Title."""
    policy_digest: str
    satisfied: bool
    """Whether every blocking requirement is met or waived."""
    requirements: tuple[GateLine, ...]

    @property
    def stops_freezing(self) -> tuple[GateLine, ...]:
        """The lines for which the evidence cannot be frozen for a signature unless somebody waives them."""
        return tuple(line for line in self.requirements if line.severity == "freezing" and not line.passes)

    def outcomes(self) -> tuple[events.RequirementOutcome, ...]:
        """Return the lines in the form that evidence.frozen records."""
        return tuple(
            events.RequirementOutcome(
                id=line.id,
                outcome=line.outcome,
                value=line.value,
                limit=line.limit,
                evidence=line.evidence,
                severity=line.severity,
            )
            for line in self.requirements
        )


def evaluate(
    policy: Policy,
    evidence: Mapping[str, Evidence],
    waivers: Sequence[GateWaiver] = (),
    at: str = "",
    models: Sequence[str] = (),
) -> GateReport:
    """Return the report of `policy` over evidence by digest.

    Args:
        policy: the requirements.
        evidence: digest -> evidence.
        waivers: what members waived; one that has expired, or without a reason, does not count.
        at: the moment of the report, RFC 3339; needed when there are waivers.
        models: digests of the candidates; with several, what concerns one model is asked of each, in a line whose id ends with
            the first eight digits of its digest.

    Raises:
        RefusedInputError: a waiver names no requirement of the policy, `at` is missing beside waivers, or two lines get one id.
    """
    asked = [item for requirement in policy.requirements for item in _asked(requirement, evidence, models)]
    known = [name for name, _, _ in asked]
    twice = sorted({name for name in known if known.count(name) > 1})
    if twice:
        raise RefusedInputError(
            f"Two lines of the policy would have the id {twice[0]!r}: the first 55 characters, and the beginning of the model's digest.",
            "Give requirements ids that differ in their first 55 characters.",
        )
    strange = [item.id for item in waivers if item.id not in known]
    if strange or (waivers and not at):
        raise RefusedInputError(
            f"The waiver of {strange[0]!r} is about no requirement." if strange else "The time is missing.",
            f"Known: {', '.join(known)}.",
        )
    given = {item.id: item for item in waivers}
    lines = tuple(
        _waived(_line(replace(requirement, id=name), evidence, model), given.get(name), at)
        for name, requirement, model in asked
    )
    return GateReport(policy.title, policy.digest, all(line.passes for line in lines), lines)


def _asked(
    requirement: Requirement, evidence: Mapping[str, Evidence], models: Sequence[str]
) -> list[tuple[str, Requirement, str]]:
    """Return (id of the line, requirement, candidate) for each candidate that a requirement is asked of; "" for all at once."""
    about_one = any(
        model_of(item) for item in evidence.values() if (item.key.method, item.key.cohort) == _source(requirement)
    )
    if len(models) < 2 or not about_one:
        return [(requirement.id, requirement, models[0] if models and about_one else "")]
    return [(f"{requirement.id[:55]}-{model[:8]}", requirement, model) for model in models]


def model_of(item: Evidence) -> str:
    """Return the digest of the model that a piece of evidence is about, "" when it is about data alone."""
    return next((part.digest for part in item.key.inputs if part.role == "model"), "")


def _source(requirement: Requirement) -> tuple[str, str]:
    return requirement.method, requirement.cohort


def _waived(line: GateLine, waiver: GateWaiver | None, at: str) -> GateLine:
    if waiver is None or line.outcome == "met":
        return line
    live = waiver.expires > at and bool(waiver.reason.strip())
    return replace(
        line, waived_by=waiver.by if live else "", waived_until=waiver.expires, waived_why=waiver.reason
    )  # fmt: skip


def _line(requirement: Requirement, evidence: Mapping[str, Evidence], model: str) -> GateLine:
    digest, found = _found(requirement, evidence, model)
    value = look_up(requirement.path, found.result) if isinstance(found, Evidence) else found
    if isinstance(found, Evidence) and not found.assessed:
        value = found.read(NotAssessed)
    holds = None if isinstance(value, NotAssessed) else requirement.limit.holds(value)
    reason = value.reason if isinstance(value, NotAssessed) else ""
    if holds is None and not reason:
        reason = f"The evidence says {value!r}, which is not a number."
    return GateLine(
        id=requirement.id,
        outcome="not_assessed" if holds is None else "met" if holds else "not_met",
        value=None if isinstance(value, NotAssessed) else value,
        limit=requirement.limit.words,
        severity=requirement.severity,
        evidence=digest,
        reason=reason,
        why=requirement.why,
        model=model,
    )


def _found(
    requirement: Requirement, evidence: Mapping[str, Evidence], model: str
) -> tuple[str | None, Evidence | NotAssessed]:
    """Return the one piece of evidence that the requirement asks, or why there is not exactly one."""
    there = {
        digest: item
        for digest, item in evidence.items()
        if (item.key.method, item.key.cohort) == _source(requirement) and (not model or model_of(item) == model)
    }
    if len(there) == 1:
        return next(iter(there.items()))
    rows = f" on {requirement.cohort}" if requirement.cohort else ""
    if not there:
        return None, NotAssessed(f"There is no evidence from {requirement.method}{rows}.")
    return None, NotAssessed(f"{len(there)} pieces of evidence come from {requirement.method}{rows}; one is needed.")
