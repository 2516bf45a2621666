"""Which workspace this process works on."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Final

from governance.errors import RefusedInputError
from governance.workflow import runs
from governance.workflow.clock import now
from storage.workspace import DATABASE, Workspace

VARIABLE: Final = "COUNTERSIGN_WORKSPACE"

_open: dict[Path, Workspace] = {}
_lock = threading.Lock()


def folder() -> Path:
    """Return the folder that the environment names, "workspace" in the current folder otherwise."""
    return Path(os.environ.get(VARIABLE, "workspace")).resolve()


def exists(root: Path | None = None) -> bool:
    """Say whether there is a workspace in the folder."""
    return ((root or folder()) / DATABASE).is_file()


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
            found = Workspace.open(place)
            found.runs.mark_interrupted(runs.alive, now())
            _open[place] = found
        return _open[place]


def create(organisation: str, root_passphrase: str, root: Path | None = None) -> Workspace:
    """Make a workspace with its keys and open it.

    Raises:
        StorageError: there is one already, or a name or passphrase that cannot be accepted.
    """
    place = (root or folder()).resolve()
    with _lock:
        _open[place] = Workspace.create(place, organisation, root_passphrase, now())
        return _open[place]
