"""Where the database of a workspace is, and whether there is one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from storage.errors import RefusedInputError

DATABASE: Final = "workspace.sqlite"
DATABASE_VARIABLE: Final = "COUNTERSIGN_DATABASE"
"""Environment variable with the address of a PostgreSQL server in place of the file."""
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


def require_empty(size: int) -> None:
    """Raise RefusedInputError where a record was to begin and the database holds one of so many lines already."""
    if size:
        raise RefusedInputError(
            f"The database on this server holds a record of {size} lines already.",
            "Use an empty database; or bring the folder keys/ of that record here, to work on it from this machine too.",
        )
