"""The life of an alert, as pure functions of its events.

observed -> impact estimated -> confirmed or overridden (with a reason) -> action. A step that was not taken cannot be skipped backwards;
every step is an event that the ledger can keep, and folding the events gives the state again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from governance.evidence import RuleError

State = Literal["observed", "impact_estimated", "confirmed", "overridden", "acted"]
Step = Literal["observe", "estimate_impact", "confirm", "override", "act"]
Remedy = Literal["ignore_until", "recalibrate", "retrain", "roll_back", "stop"]

_NEXT: Final[dict[tuple[State, Step], State]] = {
    ("observed", "estimate_impact"): "impact_estimated",
    ("observed", "confirm"): "confirmed",
    ("observed", "override"): "overridden",
    ("impact_estimated", "estimate_impact"): "impact_estimated",
    ("impact_estimated", "confirm"): "confirmed",
    ("impact_estimated", "override"): "overridden",
    ("confirmed", "act"): "acted",
    ("overridden", "confirm"): "confirmed",
    ("overridden", "estimate_impact"): "impact_estimated",
}
"""State and step -> state; what is not here is not allowed. Labels that come later may bring back what was put aside."""


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """One step in the life of an alert."""

    alert: str
    """Name of the alert, the same for all its steps: rule and subject."""
    step: Step
    at: datetime
    """When, with a time zone."""
    actor: str
    """Who: a member id, or "watch" for the machine."""
    reason: str = ""
    """Why; needed to override and to act."""
    evidence: str = ""
    """Digest of the evidence that it rests on."""
    remedy: Remedy | None = None
    """What is done; with "act" only."""
    until: datetime | None = None
    """End of the silence; with "ignore_until" only."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Where an alert stands."""

    name: str
    state: State
    since: datetime
    """When it was observed."""
    changed: datetime
    """When its state last changed."""
    seen: int
    """How many windows in a row observed it."""
    remedy: Remedy | None = None
    until: datetime | None = None
    evidence: tuple[str, ...] = ()
    """Digests in the order of the steps."""

    @property
    def suspends_approval(self) -> bool:
        """Whether the approval rests until the board has looked again: a confirmed alert whose remedy is not taken."""
        return self.state == "confirmed"

    def silent(self, at: datetime) -> bool:
        """Return whether the alert was put aside until later than `at`."""
        return self.remedy == "ignore_until" and self.until is not None and at < self.until


def advance(alert: Alert | None, event: AlertEvent) -> Alert:
    """Return the alert after one step.

    Raises:
        RuleError: the step is not allowed in this state, or lacks its reason, remedy or end.
    """
    _check(event)
    if event.step == "observe":
        return _observed(alert, event)
    if alert is None:
        raise RuleError(f"Alert {event.alert!r} was never observed.", "Observe it first.")
    state = _NEXT.get((alert.state, event.step))
    if state is None:
        allowed = sorted(step for (here, step) in _NEXT if here == alert.state)
        raise RuleError(
            f"Alert {alert.name!r} is {alert.state.replace('_', ' ')}; it cannot {event.step.replace('_', ' ')}.",
            f"Possible: {', '.join(allowed) or 'observe'}.",
        )
    return replace(
        alert,
        state=state,
        changed=event.at,
        remedy=event.remedy,
        until=event.until,
        evidence=(*alert.evidence, event.evidence) if event.evidence else alert.evidence,
    )


def _check(event: AlertEvent) -> None:
    if event.step in ("override", "act") and not event.reason.strip():
        raise RuleError(f"To {event.step} needs a reason.", "Say why in a sentence.")
    if (event.step == "act") != (event.remedy is not None):
        raise RuleError("A remedy belongs to the step act, and to it alone.", "Name one of the remedies when you act.")
    if (event.remedy == "ignore_until") != (event.until is not None):
        raise RuleError("An end belongs to ignore_until, and to it alone.", "Say until when the alert is put aside.")


def _observed(alert: Alert | None, event: AlertEvent) -> Alert:
    evidence = (event.evidence,) if event.evidence else ()
    if alert is None or (alert.state in ("acted", "overridden") and not alert.silent(event.at)):
        return Alert(event.alert, "observed", event.at, event.at, 1, evidence=evidence)
    return replace(alert, seen=alert.seen + 1, evidence=(*alert.evidence, *evidence))


def folded(events: Iterable[AlertEvent]) -> dict[str, Alert]:
    """Return every alert by name after its events, in their order."""
    found: dict[str, Alert] = {}
    for event in events:
        found[event.alert] = advance(found.get(event.alert), event)
    return found


def due(alert: Alert | None, at: datetime, cooldown_hours: float) -> bool:
    """Return whether somebody should be told again: new, or unsettled and the cooldown is over."""
    if alert is None:
        return True
    if alert.silent(at) or alert.state in ("acted", "overridden"):
        return False
    return (at - alert.changed).total_seconds() >= cooldown_hours * 3600
