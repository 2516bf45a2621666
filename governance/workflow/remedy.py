"""What is done about a confirmed alert: one signed step with a reason, the last in the life of the alert."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final, cast, get_args

from governance.drift.alerts import Remedy
from governance.errors import RefusedInputError, RuleError, unknown_choice
from governance.review import events
from governance.review.state import BoardState
from governance.workflow import alert_book
from governance.workflow.board import act
from storage.ledger.envelope import rfc3339
from storage.unit_of_work import UnitOfWork
from storage.workspace import Workspace

WORDS: Final[dict[Remedy, str]] = {
    "ignore_until": "put aside until a day",
    "recalibrate": "recalibrate its scores",
    "retrain": "retrain it",
    "roll_back": "roll back to another version",
    "stop": "stop using it",
}
"""What can be done with a model, in words."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A remedy with what belongs to it."""

    remedy: Remedy
    until: datetime | None = None
    """End of the silence, with "ignore_until" alone; has a time zone."""
    version: str = ""
    """Digest of the model version to go back to, with "roll_back" alone."""

    def to_rule(self) -> str:
        """Return it as the field `rule` of a monitoring.alert holds it: the remedy, and after a space what belongs to it."""
        return f"{self.remedy} {rfc3339(self.until) if self.until else self.version}".strip()

    def words(self) -> str:
        """Return it for people."""
        more = (
            f" ({self.until.date().isoformat()})" if self.until else f" ({self.version[:12]})" if self.version else ""
        )
        return WORDS[self.remedy] + more


def from_rule(rule: str) -> Taken | None:
    """Return the remedy that the field `rule` of a step "acted" names, None when it names none that is known here."""
    name, _, more = rule.partition(" ")
    if name not in get_args(Remedy):
        return None
    remedy = cast("Remedy", name)
    try:
        until = datetime.fromisoformat(more) if remedy == "ignore_until" else None
    except ValueError:
        return None
    return Taken(remedy, until, more if remedy == "roll_back" else "")


def ignoring(day: str) -> Taken:
    """Return the remedy of looking away until the end of a day (ISO 8601, UTC).

    Raises:
        RefusedInputError: not a day.
    """
    try:
        found = datetime.fromisoformat(day).date()
    except ValueError as error:
        raise RefusedInputError(f"{day!r} is no day.", "Write 2026-12-31.") from error
    return Taken("ignore_until", datetime.combine(found, time(23, 59, 59), UTC))


def named(name: str, until: str = "", version: str = "") -> Taken:
    """Return a remedy by its name and what belongs to it.

    Raises:
        RefusedInputError: there is none of that name, or the day is none.
    """
    if name not in get_args(Remedy):
        raise unknown_choice("remedy", name, get_args(Remedy))
    if name == "ignore_until":
        return ignoring(until)
    return Taken(cast("Remedy", name), version=version)


def take(workspace: Workspace, alert: str, taken: Taken, reason: str, *, member: str, passphrase: str) -> None:
    """Record, signed with the member's own key, what is done about a confirmed alert.

    A case that the alert has suspended stays so until its board has decided again.

    Raises:
        RuleError: there is no such alert, it is not confirmed, or reason, end or version are missing.
        StorageError: the member has no live key, or the passphrase does not open it.
    """
    if not reason.strip():
        raise RuleError("To act needs a reason.", "Say why in a sentence.")
    signer = workspace.unlock(member, passphrase)

    def make(unit: UnitOfWork, _state: BoardState, at: str) -> events.MonitoringAlert:
        steps = alert_book.steps_inside(unit, alert)
        if not steps:
            raise RuleError(f"Alert {alert!r} was never observed.", "Measure the window first.")
        last = steps[-1]
        _check(workspace, taken, last.model, at)
        alert_book.after(steps, alert_book.event(alert, "act", at, member, reason, last.evidence, taken))
        return events.MonitoringAlert(
            alert=alert,
            model=last.model,
            rule=taken.to_rule(),
            state="acted",
            evidence=last.evidence or None,
            text=events.TextRef(**unit.text(reason)),
        )

    act(workspace, make, actor=member, signer=signer)


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
