"""What is done about a confirmed alert: one signed step with a reason, the last in the life of the alert."""

from __future__ import annotations

from datetime import datetime

from governance.evidence import RuleError, unknown_choice
from governance.review import BoardState, events
from governance.workflow.monitoring import alerts
from governance.workflow.monitoring.remedies import WORDS, Taken
from governance.workflow.workspace.act import act
from storage import UnitOfWork, Workspace


def take(workspace: Workspace, alert: str, taken: Taken, reason: str, *, member: str, passphrase: str) -> None:
    """Record, signed with the member's own key, what is done about a confirmed alert.

    A case that the alert has suspended stays so until its board has decided again.

    Raises:
        RuleError: there is no such alert, it is not confirmed, or reason, end or version are missing.
        CountersignError: the member has no live key, or the passphrase does not open it.
    """
    if not reason.strip():
        raise RuleError("To act needs a reason.", "Say why in a sentence.")
    signer = workspace.unlock(member, passphrase)

    def make(unit: UnitOfWork, _state: BoardState, at: str) -> events.MonitoringAlert:
        steps = alerts.steps_inside(unit, alert)
        if not steps:
            raise RuleError(f"Alert {alert!r} was never observed.", "Measure the window first.")
        last = steps[-1]
        _check(workspace, taken, last.model, at)
        alerts.after(
            steps, alerts.event(alert, "act", time=at, actor=member, reason=reason, evidence=last.evidence, taken=taken)
        )
        return events.MonitoringAlert(
            alert=alert,
            model=last.model,
            rule=taken.to_rule(),
            state="acted",
            evidence=last.evidence or None,
            text=events.TextRef(**unit.text(reason)),
        )

    act(workspace, make, signer=signer)


def _check(workspace: Workspace, taken: Taken, model: str, at: str) -> None:
    if taken.remedy not in WORDS:
        raise unknown_choice("remedy", taken.remedy, tuple(WORDS))
    if taken.remedy == "ignore_until" and (taken.until is None or taken.until <= datetime.fromisoformat(at)):
        raise RuleError("The end of the silence is missing, or over.", "Name a later day.")
    if (taken.remedy == "roll_back") != bool(taken.version):
        raise RuleError("A version belongs to roll back, and to it alone.", "Choose a version of the registry.")
    if taken.version and taken.version not in others(workspace, model):
        raise RuleError(f"{taken.version[:12]} is no other version of this model.", "Choose one of the registry.")


def others(workspace: Workspace, model: str) -> dict[str, str]:
    """Return the other registered versions of a model by digest, the newest first: name and version."""
    views = workspace.read()
    found = views.model(model)
    family = [item for item in views.models() if found and item.model == found.model and item.digest != model]
    return {item.digest: f"{item.name} {item.version}" for item in reversed(family)}
