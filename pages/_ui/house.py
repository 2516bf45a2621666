"""The screens' door to the workspace: members, choices for the subject picker, evidence and runs, the state of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.errors import RuleError
from governance.evidence import Evidence
from pages._ui.state import Visitor

if TYPE_CHECKING:
    from pages._ui.runs import Run
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


def members() -> tuple[Visitor, ...]:
    """Return the current members."""
    return ()


def choices() -> Choices:
    """Return the registered models and data sets."""
    return Choices()


def ledger() -> LedgerState | None:
    """Return the ledger's state, or None in a workspace that has not been opened yet."""
    return None


def evidence_or_run(method_id: str, subject: Picked, parameters: Any) -> Evidence | Run:
    """Return stored evidence, or the run that will give it; it is started when there is none yet."""
    raise RuleError(f"There is no workspace to compute {method_id} for {subject.data_label} ({parameters}).")


def run(key: str) -> Run | None:
    """Return the state of a run, or None when the workspace does not know it."""
    raise RuleError(f"There is no workspace that knows run {key}.")


def cancel(key: str) -> None:
    """Ask a run to stop."""


def again(key: str) -> None:
    """Forget that a run ended without a result, so that the next visit starts it anew."""
