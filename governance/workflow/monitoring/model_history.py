"""What happened to a model, in the order of the ledger: its registration, batches, thresholds, alerts, reviews and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from governance.workflow.monitoring import alerts, calibrate, contract, watch
from storage import Workspace
from storage.ledger import Record

Kind = Literal["version", "batch", "promise", "contract", "alert", "review", "decision"]
_OF_CASES: Final[dict[str, tuple[Kind, str]]] = {
    "review.opened": ("review", "A round of review was opened"),
    "decision.recorded": ("decision", "The board decided"),
    "review.expired": ("review", "The round ended without a quorum"),
    "approval.expired": ("decision", "The approval came to its end"),
    "condition.overdue": ("decision", "A condition is overdue"),
    "appeal.decided": ("decision", "An appeal was ruled upon"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    index: int
    """Place in the ledger."""
    time: str
    actor: str
    kind: Kind
    words: str


def chronicle(workspace: Workspace, model: str, reference: str) -> tuple[Event, ...]:
    """Return what happened to a model and the data that it is watched on, the oldest first.

    Args:
        workspace: where.
        model: digest of the model.
        reference: digest of the evaluation data that its windows are held against.
    """
    views = workspace.read()
    registered = views.model(model)
    found = [
        Event(item.index, item.time, item.actor, "version", f"Version {item.version} was registered")
        for item in views.models()
        if registered is not None and item.model == registered.model
    ]
    found += [
        Event(item.index, item.time, item.actor, "batch", f"{item.name}, {item.rows:,} rows, {item.role}")
        for item in watch.windows(workspace, model)
    ]
    found += _of_evidence(workspace, model, reference)
    found += [
        Event(item.index, item.time, item.actor, "alert", f"{item.state.replace('_', ' ').capitalize()}: {item.reason}")
        for item in alerts.history(workspace, model)
    ]
    cases = {case.case: case.title.shown for case in views.cases() if model in case.models}
    found += _of_cases(views.entries(types=tuple(_OF_CASES)), cases)
    return tuple(sorted(found, key=lambda item: item.index))


def _of_evidence(workspace: Workspace, model: str, reference: str) -> list[Event]:
    found = [
        Event(
            item.index, item.time, item.actor, "contract", f"Version {item.number} of the data contract came into force"
        )
        for item in contract.versions(workspace, reference)
    ]
    found += [
        Event(item.index, item.time, item.actor, "promise", "Thresholds against false alarms came into force")
        for item in workspace.read().all_evidence(model=model, method=calibrate.METHOD)
        if item.data == (reference,) and item.outcome == "assessed"
    ]
    return found


def _of_cases(records: Sequence[Record], cases: dict[str, str]) -> list[Event]:
    return [
        Event(item.index, item.time, item.actor, kind, f"{words}{_outcome(item)}: {cases[item.case]}")
        for item in records
        if item.case in cases
        for kind, words in (_OF_CASES[item.type],)
    ]


def _outcome(item: Record) -> str:
    return f", {item.body['outcome']}" if "outcome" in item.body else ""
