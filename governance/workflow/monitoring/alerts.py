"""Alerts in the record: every step is a ledger event, and folding the events says where each alert stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from governance.drift import Alert, AlertEvent, Step, advance
from governance.evidence import RefusedInputError, RuleError
from governance.review import AlertState, BoardState, events
from governance.workflow.monitoring.remedies import Taken, from_rule
from governance.workflow.workspace import OPERATOR
from governance.workflow.workspace.act import act
from storage import UnitOfWork, Workspace
from storage.ledger import Record, Signer

KIND: Final = "monitoring.alert"
ERASED: Final = "The words were erased."
_STATES: Final[Mapping[Step, AlertState]] = {
    "observe": "observed",
    "estimate_impact": "impact_estimated",
    "confirm": "confirmed",
    "override": "overridden",
    "act": "acted",
}
_STEPS: Final[Mapping[str, Step]] = {state: step for step, state in _STATES.items()}


@dataclass(frozen=True, slots=True)
class Noted:
    """One step of an alert as the ledger has it."""

    index: int
    """Place in the ledger."""
    time: str
    """RFC 3339."""
    actor: str
    alert: str
    model: str
    """Digest."""
    rule: str
    state: str
    reason: str
    evidence: str
    """Digest of the evidence that the step rests on, "" for none."""


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step that somebody takes."""

    alert: str
    model: str
    step: Step
    rule: str
    reason: str
    evidence: str = ""


def name_of(model: str, window: str) -> str:
    """Return the name of the alert about a window of a model, the same whenever and by whomever it is measured."""
    return f"drift-{model[:16]}-{window[:16]}"


def history(workspace: Workspace, model: str = "") -> tuple[Noted, ...]:
    """Return every step of every alert in the order of the ledger; with a model's digest, only about that model."""
    views = workspace.read()
    records = views.entries(types=(KIND,))
    texts = views.texts({item.body["text"]["sha256"] for item in records if item.body["text"]})
    words = {digest: found.text for digest, found in texts.items()}
    found = tuple(_noted(item, words) for item in records)
    return tuple(item for item in found if not model or item.model == model)


def _noted(record: Record, words: Mapping[str, str]) -> Noted:
    body = record.body
    said = body["text"]
    return Noted(
        index=record.index,
        time=record.time,
        actor=record.actor,
        alert=body["alert"],
        model=body["model"],
        rule=body["rule"],
        state=body["state"],
        reason=(words.get(said["sha256"]) or ERASED) if said else "",
        evidence=body["evidence"] or "",
    )


def standing(steps: Iterable[Noted]) -> dict[str, Alert]:
    """Return every alert by name as its steps leave it; states that this version does not know are passed over."""
    found: dict[str, Alert] = {}
    for item in steps:
        step, taken = _STEPS.get(item.state), from_rule(item.rule) if item.state == "acted" else None
        if step is None or (step == "act" and taken is None):
            continue
        if item.alert not in found and step != "observe":
            first = event(item.alert, "observe", time=item.time, actor=item.actor, reason="", evidence="")
            found[item.alert] = advance(None, first)
        done = event(
            item.alert,
            step,
            time=item.time,
            actor=item.actor,
            reason=item.reason or ERASED,
            evidence=item.evidence,
            taken=taken,
        )
        found[item.alert] = advance(found.get(item.alert), done)
    return found


def event(
    alert: str, step: Step, time: str, actor: str, reason: str, evidence: str, taken: Taken | None = None
) -> AlertEvent:
    """Return a step as the rules about alerts see it."""
    remedy, until = (taken.remedy, taken.until) if taken else (None, None)
    return AlertEvent(
        alert=alert,
        step=step,
        at=datetime.fromisoformat(time),
        actor=actor,
        reason=reason,
        evidence=evidence,
        remedy=remedy,
        until=until,
    )


def after(steps: Sequence[Noted], new: AlertEvent) -> Alert:
    """Return an alert after one more step.

    Raises:
        RuleError: the alert's state does not allow it, or something of it is missing.
    """
    return advance(standing(steps).get(new.alert), new)


def steps_inside(unit: UnitOfWork, alert: str) -> tuple[Noted, ...]:
    """Return the steps of an alert under the lock of a unit of work; reasons are not looked up."""
    return tuple(_noted(item, {}) for item in unit.entries(types=(KIND,)) if item.body["alert"] == alert)


def note(workspace: Workspace, new: NewStep, *, signer: Signer | None = None) -> bool:
    """Record a step of an alert, and return whether it is new: the same state on the same evidence is told once.

    Read and written under one lock, so that two watchers never tell the same thing twice.

    Raises:
        RuleError: the alert's state does not allow the step, or the reason is missing.
        RefusedInputError: no such model is registered.
    """
    if workspace.read().model(new.model) is None:
        raise RefusedInputError(f"No model with digest {new.model[:16]} is registered.", "Choose one of the registry.")

    who = signer.owner if signer else events.SERVICE

    def make(unit: UnitOfWork, _state: BoardState, time: str) -> events.MonitoringAlert:
        steps = steps_inside(unit, new.alert)
        state = _STATES[new.step]
        if new.evidence and any(item.state == state and item.evidence == new.evidence for item in steps):
            raise _ToldAlreadyError
        after(steps, event(new.alert, new.step, time=time, actor=who, reason=new.reason, evidence=new.evidence))
        return events.MonitoringAlert(
            alert=new.alert,
            model=new.model,
            rule=new.rule,
            state=state,
            evidence=new.evidence or None,
            text=events.TextRef(**unit.text(new.reason)) if new.reason.strip() else None,
        )

    try:
        act(workspace, make, actor=None if signer else OPERATOR, signer=signer)
    except _ToldAlreadyError:
        return False
    return True


class _ToldAlreadyError(Exception):
    """The step is in the ledger."""


def confirm(workspace: Workspace, alert: str, reason: str, *, member: str, passphrase: str) -> None:
    """Record, signed with the member's own key, that a person confirms an alert; that suspends every approval of the model.

    Raises:
        RuleError: there is no such alert, it is settled, or the reason is missing.
        CountersignError: the member has no live key, or the passphrase does not open it.
    """
    _by_person(workspace, alert, step="confirm", reason=reason, member=member, passphrase=passphrase)


def override(workspace: Workspace, alert: str, reason: str, *, member: str, passphrase: str) -> None:
    """Record, signed with the member's own key, that a person puts an alert aside, and why; raises as `confirm` does."""
    _by_person(workspace, alert, step="override", reason=reason, member=member, passphrase=passphrase)


def _by_person(workspace: Workspace, alert: str, step: Step, reason: str, member: str, passphrase: str) -> None:
    steps = [item for item in history(workspace) if item.alert == alert]
    if not steps:
        raise RuleError(f"Alert {alert!r} was never observed.", "Measure the window first.")
    if not reason.strip():
        raise RuleError(f"To {step} needs a reason.", "Say why in a sentence.")
    signer = workspace.unlock(member, passphrase)
    last = steps[-1]
    taken = NewStep(alert=alert, model=last.model, step=step, rule="person", reason=reason, evidence=last.evidence)
    if not note(workspace, taken, signer=signer):
        raise RuleError(f"Alert {alert!r} is settled already.", "Look at its last step.")
