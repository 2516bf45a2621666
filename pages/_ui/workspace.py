"""The screens' door to the workspace: members, choices for the subject picker, evidence and runs, the state of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from governance.evidence import Evidence, RefusedInputError, encode
from governance.review import BoardState
from governance.runs import Task
from governance.workflow.assess import Recorded, assess
from governance.workflow.audit import ledger_check
from governance.workflow.workspace import clock, current_workspace, runs, state as state_of_board, subjects
from pages._ui.choices import Choice, Picked, Visitor
from pages._ui.text import short, shown
from storage import Run, Views, Workspace
from storage.times import rfc3339


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
    read_only: bool = False
    """Whether nothing can be recorded here."""


def workspace() -> Workspace | None:
    """Return the workspace, or None where there is none yet."""
    return current_workspace.current() if current_workspace.exists() else None


def views() -> Views | None:
    """Return the read side of the workspace, or None where there is none yet."""
    found = workspace()
    return found.read() if found is not None else None


def members() -> tuple[Visitor, ...]:
    """Return the current members."""
    found = views()
    return tuple(Visitor(item.member, item.name.shown, item.roles) for item in found.members()) if found else ()


def models() -> tuple[Choice, ...]:
    """Return the registered model versions, the newest first.

    Those that the board votes on have the role "reviewed"; where it votes on none, those that it has a case about.
    """
    found = views()
    if found is None:
        return ()
    named = {item.digest: shown(f"{item.name} {item.version} ({short(item.digest)})", 90) for item in found.models()}
    cases = board().cases.values()
    voted = [case for case in cases if case.status == "in_review"] or cases
    reviewed = {digest for case in voted for digest in case.body.models}
    return tuple(
        Choice(digest, label, "reviewed" if digest in reviewed else "") for digest, label in reversed(named.items())
    )


def data(model: str = "", like: str = "") -> tuple[Choice, ...]:
    """Return the registered data sets, the newest first; those with a model's columns, or with those of another data set."""
    place = workspace()
    if place is None:
        return ()
    listed = {item.digest: item for item in place.read().datasets()}
    needed = _columns_of_model(str(place.root), model) if model else frozenset()
    if like in listed:
        needed |= _columns_of_table(str(place.blobs.path_of(like)))
    return tuple(
        Choice(digest, shown(f"{item.name} ({short(digest)})", 90), item.role)
        for digest, item in reversed(listed.items())
        if needed <= _columns_of_table(str(place.blobs.path_of(digest)))
    )


def data_holding(columns: tuple[str, ...]) -> tuple[Choice, ...]:
    """Return the registered data sets that have all these columns, the newest first."""
    place = current_workspace.current()
    return tuple(item for item in data() if set(columns) <= _columns_of_table(str(place.blobs.path_of(item.digest))))


def can_read(model: str, data: str) -> bool:
    """Say whether a data set has every column that a model takes."""
    place = current_workspace.current()
    return _columns_of_model(str(place.root), model) <= _columns_of_table(str(place.blobs.path_of(data)))


@lru_cache(maxsize=8192)
def _columns_of_table(path: str) -> frozenset[str]:
    """Return the column names of a stored table; the path ends with the digest, so they never change."""
    from pyarrow import parquet

    return frozenset(parquet.read_schema(path).names)


@lru_cache(maxsize=256)
def cohort_problem(data: str, cohort: str) -> RefusedInputError | None:
    """Return why a cohort does not fit a registered data set, None when it does."""
    from governance.data import ParquetDataset

    found = ParquetDataset(current_workspace.current().blobs.path_of(data), data, cohort=cohort)
    try:
        found.check_cohort()
    except RefusedInputError as error:
        return error
    return None


def columns(data: str) -> tuple[str, ...]:
    """Return the column names of a registered data set in the order of the alphabet."""
    return tuple(sorted(_columns_of_table(str(current_workspace.current().blobs.path_of(data)))))


@lru_cache(maxsize=8192)
def _columns_of_model(root: str, digest: str) -> frozenset[str]:
    """Return the raw columns that a registered model takes; they stand in what was stored with it and never change."""
    return frozenset(subjects.model_file(current_workspace.current(Path(root)), digest).signature.columns)


def ledger() -> LedgerState | None:
    """Return the ledger's state, or None where there is no workspace yet."""
    found = workspace()
    if found is None:
        return None
    check = ledger_check.latest(found)
    return LedgerState(
        size=check.size,
        root=check.root,
        verified=check.consistent,
        reason=check.problem,
        read_only=found.read_only,
    )


def board() -> BoardState:
    """Return what all events add up to; an empty state where there is no workspace yet."""
    found = workspace()
    return state_of_board(found) if found is not None else BoardState()


def now() -> str:
    """Return the time now as the ledger writes it."""
    return rfc3339(clock.now())


def runs_under_way() -> tuple[Run, ...]:
    """Return the computations that are going on or were interrupted, the newest first."""
    found = workspace()
    recent = runs.recent(found) if found is not None else ()
    return tuple(item for item in recent if item.state in {"waiting", "running", "interrupted"})


def _choice(subject: Picked) -> subjects.Choice:
    return subjects.Choice(
        model=subject.model,
        data=subject.data,
        reference=subject.reference,
        cohort=subject.cohort,
        candidate=subject.candidate,
        label=subject.label,
    )


def rows(data: str) -> int:
    """Return how many rows a registered data set has."""
    return next((item.rows for item in current_workspace.current().read().datasets() if item.digest == data), 0)


def task(method_id: str, subject: Picked, parameters: Any) -> Task:
    """Return a question about a subject."""
    return subjects.task(current_workspace.current(), method_id, _choice(subject), encode(parameters))


def evidence_or_run(method_id: str, subject: Picked, parameters: Any, person: str) -> Evidence | Run:
    """Return stored evidence, or the run that will give it; it is started when there is none yet, and this person waits for it."""
    place = current_workspace.current()
    answer = assess.request(place, task(method_id, subject, parameters), person=person)
    return answer.evidence if isinstance(answer, Recorded) else answer


def ask(method_id: str, subject: Picked, parameters: Any, person: str) -> None:
    """Start the run that answers a question, unless it is answered already; for buttons."""
    evidence_or_run(method_id, subject, parameters, person)


def asked_before(method_id: str, subject: Picked, parameters: Any) -> bool:
    """Say whether there is evidence for this question, or a run that was asked for; nothing is started."""
    place, asked = current_workspace.current(), task(method_id, subject, parameters)
    return assess.find(place, asked) is not None or runs.state(place, asked.key.digest) is not None


def columns_of_model(model: str) -> frozenset[str]:
    """Return the raw columns that a registered model takes."""
    return _columns_of_model(str(current_workspace.current().root), model)


def versions_of(parent: str) -> tuple[Choice, ...]:
    """Return the registered versions that would replace this model, the newest first."""
    found = views()
    known = {item.digest for item in found.models() if item.parent == parent} if found is not None and parent else set()
    return tuple(item for item in models() if item.digest in known)


def run(key: str, person: str = "") -> Run | None:
    """Return how the latest attempt at a run stands for this person, or None when the workspace does not know it."""
    found = workspace()
    return assess.run_of(found, key, person) if found is not None else None


def stop(key: str, person: str) -> None:
    """Let this person wait no longer for a run; it ends when nobody else does."""
    assess.stop(current_workspace.current(), key, person)


def again(key: str, person: str) -> None:
    """Let the next visit wait for the run again, or start it anew."""
    assess.again(current_workspace.current(), key, person)
