"""Opening a new round because harm was confirmed."""

from __future__ import annotations

from governance.evidence import RuleError
from governance.workflow.monitoring import alerts
from governance.workflow.review import review
from governance.workflow.workspace import Acting
from storage import Workspace


def reopen(workspace: Workspace, alert: str, case: str, *, actor: Acting) -> None:
    """Open a new round on a case whose model a confirmed alert is about; the alert's reason is the trigger.

    Raises:
        RuleError: the alert is not confirmed, is about another model, or the case cannot be opened.
    """
    steps = [item for item in alerts.history(workspace) if item.alert == alert]
    confirmed = [item for item in steps if item.state == "confirmed"]
    found = workspace.read().case(case)
    if not confirmed or alerts.standing(steps)[alert].state != "confirmed":
        raise RuleError(f"Alert {alert!r} is not confirmed.", "Confirm it first, or override it with a reason.")
    if found is None or confirmed[-1].model not in found.models:
        raise RuleError(f"Case {case!r} is not about the model of alert {alert!r}.", "Choose a case of that model.")
    review.start(workspace, case, actor=actor, trigger=f"Alert {alert} was confirmed: {confirmed[-1].reason}")
