"""The gate: each requirement of a policy held against the evidence. Not assessed never passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from governance.errors import RefusedInputError
from governance.evidence import Evidence, NotAssessed
from governance.review import events
from governance.review.path import look_up
from governance.review.policy import Policy, Requirement, Severity


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

    @property
    def passes(self) -> bool:
        """Whether this line leaves the policy satisfied."""
        return self.outcome == "met" or self.severity == "advisory" or bool(self.waived_by)


@dataclass(frozen=True, slots=True)
class GateReport:
    """The whole policy held against the evidence."""

    policy: str
    """Title."""
    policy_digest: str
    satisfied: bool
    """Whether every blocking requirement is met or waived."""
    requirements: tuple[GateLine, ...]

    def outcomes(self) -> tuple[events.RequirementOutcome, ...]:
        """Return the lines in the form that evidence.frozen records."""
        return tuple(
            events.RequirementOutcome(line.id, line.outcome, line.value, line.limit, line.evidence)
            for line in self.requirements
        )


def evaluate(
    policy: Policy, evidence: Mapping[str, Evidence], waivers: Sequence[GateWaiver] = (), at: str = ""
) -> GateReport:
    """Return the report of `policy` over evidence by digest.

    Args:
        policy: the requirements.
        evidence: digest -> evidence.
        waivers: what members waived; one that has expired, or without a reason, does not count.
        at: the moment of the report, RFC 3339; needed when there are waivers.

    Raises:
        RefusedInputError: a waiver names no requirement of the policy, or `at` is missing beside waivers.
    """
    strange = [item.id for item in waivers if item.id not in {line.id for line in policy.requirements}]
    if strange or (waivers and not at):
        raise RefusedInputError(
            f"The waiver of {strange[0]!r} is about no requirement." if strange else "The time is missing.",
            f"Known: {', '.join(item.id for item in policy.requirements)}.",
        )
    live = {item.id: item.by for item in waivers if item.expires > at and item.reason.strip()}
    lines = tuple(_line(item, evidence, live.get(item.id, "")) for item in policy.requirements)
    return GateReport(policy.title, policy.digest, all(line.passes for line in lines), lines)


def _line(requirement: Requirement, evidence: Mapping[str, Evidence], waived_by: str) -> GateLine:
    digest, found = _found(requirement, evidence)
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
        waived_by="" if holds else waived_by,
    )


def _found(requirement: Requirement, evidence: Mapping[str, Evidence]) -> tuple[str | None, Evidence | NotAssessed]:
    """Return the one piece of evidence that the requirement asks, or why there is not exactly one."""
    there = {
        digest: item
        for digest, item in evidence.items()
        if item.key.method == requirement.method and item.key.cohort == requirement.cohort
    }
    if len(there) == 1:
        return next(iter(there.items()))
    rows = f" on {requirement.cohort}" if requirement.cohort else ""
    if not there:
        return None, NotAssessed(f"There is no evidence from {requirement.method}{rows}.")
    return None, NotAssessed(f"{len(there)} pieces of evidence come from {requirement.method}{rows}; one is needed.")
