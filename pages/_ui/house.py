"""The screens' door to the workspace: members, choices for the subject picker, evidence and runs, the state of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.codec import encode
from governance.evidence import Evidence
from governance.review.state import BoardState
from governance.workflow import assess, clock, ledger_check, places, runs, subjects
from governance.workflow import board as board_of
from governance.workflow.assess import Recorded
from pages._ui.state import Visitor
from pages._ui.text import short, shown
from storage.entities import Run
from storage.ledger.envelope import rfc3339
from storage.views import Views
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
    """Number of lines."""
    root: str
    """Root over all lines, hexadecimal."""
    verified: bool
    """Whether every line, hashed again, gives the root of the last signed checkpoint."""
    reason: str = ""
    """What is wrong, "" when nothing is."""


def workspace() -> Workspace | None:
    """Return the workspace, or None where there is none yet."""
    return places.current() if places.exists() else None


def views() -> Views | None:
    """Return the read side of the workspace, or None where there is none yet."""
    found = workspace()
    return found.read() if found is not None else None


def members() -> tuple[Visitor, ...]:
    """Return the current members."""
    found = views()
    return tuple(Visitor(item.member, item.name.shown, item.roles) for item in found.members()) if found else ()


def choices() -> Choices:
    """Return the registered models and data sets, the newest first."""
    found = views()
    if found is None:
        return Choices()
    models = {item.digest: shown(f"{item.name} {item.version} ({short(item.digest)})", 90) for item in found.models()}
    data = {item.digest: shown(f"{item.name} ({short(item.digest)})", 90) for item in found.datasets()}
    return Choices(
        tuple(Choice(digest, label) for digest, label in reversed(models.items())),
        tuple(Choice(digest, label) for digest, label in reversed(data.items())),
    )


def ledger() -> LedgerState | None:
    """Return the ledger's state, or None where there is no workspace yet."""
    found = workspace()
    if found is None:
        return None
    check = ledger_check.latest(found)
    return LedgerState(check.size, check.root, check.consistent, check.problem)


def board() -> BoardState:
    """Return what all events add up to; an empty state where there is no workspace yet."""
    found = workspace()
    return board_of.state(found) if found is not None else BoardState()


def now() -> str:
    """Return the time now as the ledger writes it."""
    return rfc3339(clock.now())


def runs_under_way() -> tuple[Run, ...]:
    """Return the computations that are going on or were interrupted, the newest first."""
    found = workspace()
    recent = runs.recent(found) if found is not None else ()
    return tuple(item for item in recent if item.state in {"waiting", "running", "interrupted"})


def evidence_or_run(method_id: str, subject: Picked, parameters: Any) -> Evidence | Run:
    """Return stored evidence, or the run that will give it; it is started when there is none yet."""
    place = places.current()
    choice = subjects.Choice(subject.model, subject.data, subject.reference, subject.cohort)
    answer = assess.request(place, subjects.task(place, method_id, choice, encode(parameters)))
    return answer.evidence if isinstance(answer, Recorded) else answer


def run(key: str) -> Run | None:
    """Return the latest attempt at a run, or None when the workspace does not know it."""
    found = workspace()
    return runs.state(found, key) if found is not None else None


def cancel(key: str) -> None:
    """Ask a run to stop."""
    runs.cancel(places.current(), key)


def again(key: str) -> None:
    """Forget that a run ended without a result, so that the next visit starts it anew."""
    runs.forget(places.current(), key)
