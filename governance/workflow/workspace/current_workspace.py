"""Which workspace this process works on."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypedDict

from governance.evidence import RefusedInputError
from governance.workflow.workspace import clock_confirmed, configured, runs
from governance.workflow.workspace.clock import now
from storage import Workspace, founded, sweep

VARIABLE: Final = "COUNTERSIGN_WORKSPACE"

_open: dict[Path, Workspace] = {}
_lock = threading.Lock()


def folder() -> Path:
    """Return the folder that the environment names, "workspace" in the current folder otherwise."""
    return Path(os.environ.get(VARIABLE, "workspace")).resolve()


def exists(root: Path | None = None) -> bool:
    """Say whether there is a workspace in the folder: its database, or its keys where the database is on a server."""
    place = (root or folder()).resolve()
    return founded(place, on_server=on_server(place))


def on_server(root: Path | None = None) -> bool:
    """Say whether the record of the workspace in the folder is kept by a server, as its configuration says."""
    return configured.settings_of((root or folder()).resolve()).database.url is not None


def current(root: Path | None = None) -> Workspace:
    """Return the workspace of this process, opened once; runs that died with an earlier process are marked then.

    Raises:
        RefusedInputError: there is none yet.
    """
    place = (root or folder()).resolve()
    with _lock:
        if place not in _open:
            if not exists(place):
                raise RefusedInputError(
                    f"There is no workspace in {place}.", "Create one: countersign init, or countersign demo."
                )
            found = Workspace.open(place, **_addresses(place))
            if not found.read_only:
                runs.tidy(found)
                sweep(found.root)
                clock_confirmed.confirm_if_told(found)
            _open[place] = found
        return _open[place]


def create(
    organisation: str,
    root_passphrase: str,
    root: Path | None = None,
    *,
    begin: Callable[[Workspace], None] | None = None,
) -> Workspace:
    """Make a workspace with its keys and open it; what `begin` adds belongs to it, and where that fails nothing is made.

    Raises:
        CountersignError: there is one already, or a name or passphrase that cannot be accepted; and what `begin` raises.
    """
    place = (root or folder()).resolve()
    with _lock:
        _open[place] = Workspace.create(place, organisation, root_passphrase, now(), begin=begin, **_addresses(place))
        return _open[place]


class _Addresses(TypedDict):
    database: str | None
    service_passphrase: str | None


def _addresses(place: Path) -> _Addresses:
    """Return what the configuration says of where the record is kept and how the service's keys are opened."""
    said = configured.settings_of(place)
    return {
        "database": configured.read(said.database.url),
        "service_passphrase": configured.read(said.keys.service_passphrase),
    }
