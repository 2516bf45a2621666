"""The folder for what is at work in a workspace, swept of what killed processes left, and the database closed to others."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from storage.place import SCRATCH
from storage.processes import in_use, left_behind, mark

PREFIX: Final = "countersign-"
"""How the name of each temporary folder outside of a workspace begins."""
ABANDONED_S: Final = 86_400
"""Age from which a temporary folder belongs to nobody: no run takes a day, and another process may be at work beside this one."""
HEAD_PART: Final = ".head-"
"""How the name of a half-written head begins (`storage.head`)."""


def sweep(root: Path) -> None:
    """Take away what killed processes left in a workspace: what was at work, half-stored files, half-written heads and keys.

    What is there bears the mark of its process, and stays as long as that is there. That of another machine, or without a
    mark, goes when it is older than a day.
    """
    found = [
        *(root / SCRATCH).glob("*"),
        *(root / "blobs" / "incoming").glob("*"),
        *(root / "keys").glob(f"{HEAD_PART}*"),
        *(root / "requests").glob("*.*"),
        *(root / "keys" / "members").glob("*/*-*"),
    ]
    for left in found:
        name = left.name.removeprefix(HEAD_PART)
        if left_behind(name) or (_old(left) and not in_use(name)):
            _remove(left)


def _old(path: Path) -> bool:
    with suppress(OSError):
        return time.time() - path.lstat().st_mtime > ABANDONED_S
    return False


def _own(path: Path) -> bool:
    with suppress(OSError):
        return os.name != "posix" or path.lstat().st_uid == os.geteuid()
    return False


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


@functools.cache
def own_folder() -> Path:
    """Return a folder outside of any workspace for what is at work in this process; it goes when the process ends."""
    place = Path(tempfile.mkdtemp(prefix=PREFIX))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place


def sweep_outside() -> None:
    """Take away what commands without a workspace left in the machine's temporary folder when they were killed."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if _old(left) and _own(left):
            _remove(left)


def work_inside(root: Path) -> None:
    """Let this process and its children keep every temporary file inside the workspace: uploads, fetched tables, tables at work.

    Called once, when the app starts, also where the workspace is not made yet. A folder that cannot be written changes nothing.
    """
    place = root / SCRATCH / mark()
    with suppress(OSError):
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (place.parent, place):
            folder.mkdir(mode=0o700, exist_ok=True)
        if os.access(place, os.W_OK):
            os.environ["TMPDIR"] = tempfile.tempdir = str(place)


def close_to_others(database: Path) -> None:
    """Let nobody but the owner read the database; SQLite gives the files beside it the same mode."""
    if database.is_file():
        database.chmod(0o600)
