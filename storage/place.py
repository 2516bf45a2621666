"""Where the database of a workspace is, and whether there is one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from storage.errors import RefusedInputError

DATABASE: Final = "workspace.sqlite"
DATABASE_VARIABLE: Final = "COUNTERSIGN_DATABASE"
"""Environment variable with the address of a PostgreSQL server in place of the file."""
SCRATCH: Final = "tmp"
"""Name of the folder for what is at work (`storage.scratch`); a workspace is whole without it."""
MARKER: Final = "founding"
"""Name, beside the keys, of the file with the mark of the process that makes the workspace (`storage.founding`)."""


def address_of(root: Path, database: str | None) -> str | Path:
    """Return the address that was given, else the environment's, else the file in the workspace's folder."""
    return database or os.environ.get(DATABASE_VARIABLE) or root / DATABASE


def founded(root: Path, *, on_server: bool = False) -> bool:
    """Say whether a workspace was made in a folder: its database is there or, where that is on a server, its keys, whole."""
    on_server = on_server or bool(os.environ.get(DATABASE_VARIABLE))
    keys = root / "keys"
    return keys.is_dir() and not (keys / MARKER).exists() if on_server else (root / DATABASE).is_file()


def put_in_place(made: Path, root: Path) -> None:
    """Move a workspace that was made in another folder of the same disk to its place, the database last: it is what makes it one.

    The place may hold what is at work in this process, as an app that waits for a workspace keeps it there, and nothing else.

    Raises:
        RefusedInputError: the folder holds something else.
        OSError: it cannot be written.
    """
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    others = sorted(item.name for item in root.iterdir() if item.name != SCRATCH)
    if others:
        raise RefusedInputError(
            f"The folder {root} holds {others[0]!r} and no workspace.", "Start the app on an empty folder of its own."
        )
    parts = [item for item in made.iterdir() if item.name != SCRATCH]
    for part in sorted(parts, key=lambda item: item.name == DATABASE):
        part.rename(root / part.name)


def require_empty(size: int) -> None:
    """Raise RefusedInputError where a record was to begin and the database holds one of so many lines already."""
    if size:
        raise RefusedInputError(
            f"The database on this server holds a record of {size} lines already.",
            "Use an empty database; or bring the folder keys/ of that record here, to work on it from this machine too.",
        )
