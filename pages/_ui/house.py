"""The screens' door to the workspace: members, choices for the subject picker, evidence and runs, the state of the ledger."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from governance.errors import RuleError
from governance.evidence import Evidence
from pages._ui.state import Visitor
from pages._ui.text import short, shown
from storage.entities import Run
from storage.errors import StorageError
from storage.ledger.merkle import leaf_hash, root
from storage.views import Views
from storage.workspace import DATABASE, Workspace

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


def folder() -> Path:
    """Return the workspace's folder: `COUNTERSIGN_WORKSPACE`, or "workspace" where the app was started."""
    return Path(os.environ.get("COUNTERSIGN_WORKSPACE", "workspace")).absolute()


@lru_cache(maxsize=1)
def _opened(place: Path) -> Workspace:
    return Workspace.open(place)


def workspace() -> Workspace | None:
    """Return the workspace, or None where there is none yet."""
    return _opened(folder()) if (folder() / DATABASE).is_file() else None


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
    return _checked(found.origin, found.read().head().size)


@st.cache_data(max_entries=4, ttl=60, show_spinner=False)
def _checked(origin: str, size: int) -> LedgerState:  # noqa: ARG001 - the key of the cache
    found = views()
    if found is None:
        raise RuleError("The workspace has gone.", "Start the app again.")
    leaves = [leaf_hash(line) for line in found.lines()]
    whole = root(leaves).hex()
    try:
        signed = found.checkpoint()
    except StorageError as error:
        return LedgerState(size, whole, verified=False, reason=str(error))
    if signed is None:
        return LedgerState(size, whole, verified=False, reason="No checkpoint has been signed yet.")
    holds = leaves == list(found.leaves()) and root(leaves[: signed.checkpoint.size]) == signed.checkpoint.root
    return LedgerState(size, whole, holds, "" if holds else "The lines do not give the root that was signed.")


def evidence_or_run(method_id: str, subject: Picked, parameters: Any) -> Evidence | Run:
    """Return stored evidence, or the run that will give it; it is started when there is none yet."""
    raise RuleError(f"There is no workspace to compute {method_id} for {subject.data_label} ({parameters}).")


def run(key: str) -> Run | None:
    """Return the latest attempt at a run, or None when the workspace does not know it."""
    found = workspace()
    return found.runs.latest(key) if found is not None else None


def cancel(key: str) -> None:
    """Ask a run to stop."""
    found, latest = workspace(), run(key)
    if found is not None and latest is not None:
        found.runs.ask_to_stop(latest.run)


def again(key: str) -> None:
    """Forget that a run ended without a result, so that the next visit starts it anew."""
