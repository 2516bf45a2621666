"""The screens' door to the workspace: members, choices for the subject picker, evidence and runs, the state of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.codec import encode
from governance.evidence import Evidence
from governance.workflow import assess, ledger_check, places, runs, subjects
from governance.workflow.assess import Recorded
from governance.workflow.runs import RunState
from pages._ui.state import Visitor
from storage.workspace import Workspace

if TYPE_CHECKING:
    from pages._ui.subject import Picked


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be picked."""

    digest: str
    label: str
    """Unique among its kind: name, version and the beginning of the digest."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything that the subject picker offers."""

    models: tuple[Choice, ...] = ()
    data: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The ledger in one line."""

    size: int
    """Number of entries."""
    root: str
    """Root over all entries, hexadecimal; "" for an empty ledger."""
    verified: bool | None
    """Whether this process has checked it; None when it has not."""


def workspace() -> Workspace | None:
    """Return the open workspace, or None when there is none yet."""
    return places.current() if places.exists() else None


def members() -> tuple[Visitor, ...]:
    """Return the current members."""
    place = workspace()
    found = place.read().members() if place else ()
    return tuple(Visitor(item.member, item.name.shown, item.roles) for item in found)


def choices() -> Choices:
    """Return the registered models and data sets, the newest model first and evaluation data before all other data."""
    place = workspace()
    if place is None:
        return Choices()
    views = place.read()
    models = [Choice(item.digest, f"{item.name} {item.version} ({item.digest[:6]})") for item in views.models()]
    order = ("evaluation", "training", "monitoring", "benchmark")
    data = sorted(views.datasets(), key=lambda item: order.index(item.role))
    return Choices(tuple(models), tuple(Choice(item.digest, f"{item.name} ({item.digest[:6]})") for item in data))


def ledger() -> LedgerState | None:
    """Return the ledger's state, or None in a workspace that has not been opened yet."""
    place = workspace()
    if place is None:
        return None
    checked = ledger_check.latest(place)
    return LedgerState(checked.size, checked.root, checked.consistent)


def evidence_or_run(method_id: str, subject: Picked, parameters: Any) -> Evidence | RunState:
    """Return stored evidence, or the run that will give it; it is started when there is none yet."""
    place = places.current()
    choice = subjects.Choice(subject.model, subject.data, subject.reference, subject.cohort)
    answer = assess.request(place, subjects.task(place, method_id, choice, encode(parameters)))
    return answer.evidence if isinstance(answer, Recorded) else answer


def run(key: str) -> RunState | None:
    """Return the state of a run, or None when the workspace does not know it."""
    return runs.state(places.current(), key)


def cancel(key: str) -> None:
    """Ask a run to stop."""
    runs.cancel(places.current(), key)


def again(key: str) -> None:
    """Forget that a run ended without a result, so that the next visit starts it anew."""
    runs.forget(places.current(), key)
