"""The screens' door to the workspace: members, choices for the subject picker, evidence and runs, the state of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from governance.codec import encode
from governance.errors import RefusedInputError
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
    role: str = ""
    """What a data set is for: training, evaluation, monitoring or benchmark; "reviewed" for a model with a case."""


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


def models() -> tuple[Choice, ...]:
    """Return the registered model versions, the newest first; those that a case is about have the role "reviewed"."""
    found = views()
    if found is None:
        return ()
    named = {item.digest: shown(f"{item.name} {item.version} ({short(item.digest)})", 90) for item in found.models()}
    reviewed = {digest for case in found.cases() for digest in case.models}
    return tuple(
        Choice(digest, label, "reviewed" if digest in reviewed else "") for digest, label in reversed(named.items())
    )


def data(model: str = "", like: str = "") -> tuple[Choice, ...]:
    """Return the registered data sets, the newest first; those with a model's columns, or with those of another data set."""
    place = workspace()
    if place is None:
        return ()
    listed = {item.digest: item for item in place.read().datasets()}
    needed = _columns_of_model(place, model) if model else frozenset()
    if like in listed:
        needed |= _columns_of_table(str(place.blobs.path_of(like)))
    return tuple(
        Choice(digest, shown(f"{item.name} ({short(digest)})", 90), item.role)
        for digest, item in reversed(listed.items())
        if needed <= _columns_of_table(str(place.blobs.path_of(digest)))
    )


@lru_cache(maxsize=512)
def _columns_of_table(path: str) -> frozenset[str]:
    """Return the column names of a stored table; the path ends with the digest, so they never change."""
    from pyarrow import parquet

    return frozenset(parquet.read_schema(path).names)


@lru_cache(maxsize=256)
def cohort_problem(data: str, cohort: str) -> RefusedInputError | None:
    """Return why a cohort does not fit a registered data set, None when it does."""
    from governance.data.table import ParquetDataset

    found = ParquetDataset(places.current().blobs.path_of(data), data, cohort=cohort)
    try:
        found.check_cohort()
    except RefusedInputError as error:
        return error
    return None


def columns(data: str) -> tuple[str, ...]:
    """Return the column names of a registered data set in the order of the alphabet."""
    return tuple(sorted(_columns_of_table(str(places.current().blobs.path_of(data)))))


def _columns_of_model(place: Workspace, digest: str) -> frozenset[str]:
    return frozenset(subjects.model_file(place, digest).signature.columns)


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
    choice = subjects.Choice(subject.model, subject.data, subject.reference, subject.cohort, subject.candidate)
    answer = assess.request(place, subjects.task(place, method_id, choice, encode(parameters)))
    return answer.evidence if isinstance(answer, Recorded) else answer


def ask(method_id: str, subject: Picked, parameters: Any) -> None:
    """Start the run that answers a question, unless it is answered already; for buttons."""
    evidence_or_run(method_id, subject, parameters)


def asked_before(method_id: str, subject: Picked, parameters: Any) -> bool:
    """Say whether there is evidence for this question, or a run that was asked for; nothing is started."""
    place = places.current()
    choice = subjects.Choice(subject.model, subject.data, subject.reference, subject.cohort, subject.candidate)
    task = subjects.task(place, method_id, choice, encode(parameters))
    return assess.find(place, task) is not None or runs.state(place, task.key.digest) is not None


def versions_of(parent: str) -> tuple[Choice, ...]:
    """Return the registered versions that would replace this model, the newest first."""
    found = views()
    known = {item.digest for item in found.models() if item.parent == parent} if found is not None and parent else set()
    return tuple(item for item in models() if item.digest in known)


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
