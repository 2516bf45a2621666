"""The making of a workspace: whole, or as if nobody had begun; what a killed process left is taken away by the next that begins.

The keys come first, and beside them a file that says which process makes them; the database is made under another name and takes
its own as the last step. Until then nobody has seen anything that these keys signed, so that they may go.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from storage import log
from storage.engine import open_engine, reading
from storage.errors import RecordError, RefusedInputError
from storage.migrations import migrate
from storage.place import DATABASE, MARKER
from storage.processes import in_use, mark

UNFINISHED: Final = "founding.sqlite"
BEGUN: Final = ".founding-keys."
"""In the name of a folder of keys until the mark of its process lies in it; the name begins with that mark."""


@contextmanager
def founding(root: Path) -> Iterator[Path]:
    """Give the path under which the database of a new workspace is made; it takes its name when the block ends.

    Who fails inside leaves nothing; whoever is killed inside leaves what the next call takes away. All connections to a database of that
    path must be closed at the end of the block.

    Raises:
        RefusedInputError: there is a workspace, another process makes one, or there are keys whose database is elsewhere or lost.
        RecordError: the folder cannot be written.
    """
    before = _missing(root)
    try:
        _begin(root)
    except OSError as error:
        _remove(before)
        raise RecordError(
            f"A workspace cannot be made in {root}: {error.strerror}.", "Check the folder and disk space."
        ) from error
    try:
        yield root / UNFINISHED
        _finish(root)
    except BaseException as error:
        _clear(root)
        _remove(before)
        if isinstance(error, OSError):
            raise RecordError(f"The workspace could not be made: {error.strerror}.", "Check disk space.") from error
        raise


def require_unfinished(root: Path, server: str) -> None:
    """Raise RefusedInputError where the record of these keys has begun on a server, also if a process was killed after that: it is whole.

    The keys of such a record must not go with what the process left.
    """
    if not (root / "keys").is_dir():
        return
    engine = open_engine(server)
    try:
        migrate(engine)
        with reading(engine) as connection:
            size = log.size(connection)
    finally:
        engine.dispose()
    if size:
        finished(root)
        raise RefusedInputError(f"There is a workspace in {root} already.", "Open it: nothing of it is missing.")


def finished(root: Path) -> None:
    """Forget that a workspace was ever unfinished: it has its database."""
    marker = root / "keys" / MARKER
    with suppress(OSError):
        if marker.exists():
            _drop_database(root)
            marker.unlink(missing_ok=True)


def _begin(root: Path) -> None:
    keys = root / "keys"
    if (root / DATABASE).exists():
        raise _taken(root)
    if keys.exists():
        _require_left_behind(root)
        _clear(root)
    root.mkdir(parents=True, exist_ok=True)
    root.chmod(0o700)
    _claim(root, keys)


def _claim(root: Path, keys: Path) -> None:
    """Make the folder of keys with the mark of this process in it: nobody ever sees the one without the other.

    Raises:
        RefusedInputError: another process was faster.
    """
    begun = Path(tempfile.mkdtemp(prefix=f"{mark()}{BEGUN}", dir=root))
    try:
        (begun / MARKER).write_text(mark(), encoding="ascii")
        begun.rename(keys)
    except OSError as error:
        shutil.rmtree(begun, ignore_errors=True)
        if error.errno in {errno.EEXIST, errno.ENOTEMPTY} or keys.exists():
            raise _busy(root) from error
        raise


def _require_left_behind(root: Path) -> None:
    """Raise RefusedInputError unless the keys are those of a workspace that a process began and never finished."""
    marker = root / "keys" / MARKER
    if not marker.is_file():
        if (root / DATABASE).exists():  # it was finished a moment ago, and the marker goes last
            raise _taken(root)
        raise RefusedInputError(
            f"There are keys in {root} and no database: it is lost, or kept elsewhere. There is no new workspace there.",
            "Put the database back (countersign restore), or choose another folder.",
        )
    if in_use(marker.read_text(encoding="ascii", errors="replace")):
        raise _busy(root)


def _taken(root: Path) -> RefusedInputError:
    return RefusedInputError(f"There is a workspace in {root} already.", "Choose another folder.")


def _busy(root: Path) -> RefusedInputError:
    return RefusedInputError(f"Another process makes a workspace in {root} at this moment.", "Wait for it to end.")


def _finish(root: Path) -> None:
    """Give the database its name, and make that last before the marker goes."""
    made = root / UNFINISHED
    if made.exists():
        if made.with_name(f"{UNFINISHED}-wal").exists():
            raise RecordError("The new database is still open.", "Close whatever reads it, and try again.")
        made.rename(root / DATABASE)
        _synced(root)
    finished(root)


def _synced(folder: Path) -> None:
    with suppress(OSError):  # a system on which a folder cannot be opened
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _drop_database(root: Path) -> None:
    for left in root.glob(f"{UNFINISHED}*"):
        left.unlink(missing_ok=True)
    for left in root.glob(f"*{BEGUN}*"):
        if not in_use(left.name):
            shutil.rmtree(left, ignore_errors=True)


def _clear(root: Path) -> None:
    """Take away what was made so far: the database first, the marker with the keys last."""
    with suppress(OSError):
        _drop_database(root)
        shutil.rmtree(root / "keys")


def _missing(root: Path) -> list[Path]:
    """Return the folders that have to be made for `root`, the innermost first."""
    return [place for place in (root, *root.parents) if not place.exists()]


def _remove(folders: list[Path]) -> None:
    """Take away the folders that were made, as far as they are empty."""
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()
