"""Files by path on the machine that runs the app: off, unless `countersign serve --local-files FOLDER`, and then only below it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from governance.evidence import RefusedInputError

VARIABLE: Final = "COUNTERSIGN_LOCAL_FILES"
"""Environment variable with the folder below which files may be named by path; none when it is not set."""


def folder() -> Path | None:
    """Return the folder below which files may be named, None when the operator has named none."""
    named = os.environ.get(VARIABLE, "")
    return Path(named).resolve() if named else None


def inside(text: str) -> Path:
    """Return the file that a person has named, links followed, when it lies below the folder.

    Raises:
        RefusedInputError: files by path are off, or the file is not below the folder; neither says whether there is one.
    """
    home = folder()
    if home is None:
        raise RefusedInputError("Files by path are off.", "Upload the file.")
    found = (home / text).resolve()
    if not found.is_relative_to(home) or not found.is_file():
        raise RefusedInputError(
            f"There is no file {text[:200]!r} below {home.name!r}.",
            f"Put it below that folder of the machine: {home.name}.",
        )
    return found


def holds(file: Path) -> bool:
    """Say whether a file lies below the folder that the operator has opened; never where none is."""
    home = folder()
    return home is not None and file.resolve().is_relative_to(home)
