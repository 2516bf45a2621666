"""A copy of a workspace to keep elsewhere, and putting one back.

    workspace.sqlite    the database as it was at one moment; written last, so that a copy that broke off has none
    blobs/              content-addressed files, each checked on the way; those that are there already stay
    checkpoint          the last signed checkpoint in it

The keys are not in it: who holds the copy and the keys can sign as the service.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Final
from urllib.parse import quote

from storage.blobs import Blobs
from storage.errors import RecordError, RefusedInputError
from storage.head import Head, remember
from storage.ledger import Checkpoint, open_note, read, verify_ledger
from storage.place import DATABASE
from storage.workspace import Workspace

CHECKPOINT: Final = "checkpoint"
KEYS: Final = "keys"
_FOREIGN_LEAF: Final = bytes(32)
"""Stands for the hash of a line that is lost: no line has it."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a backup holds."""

    lines: int
    """Lines of the ledger in it."""
    checkpointed: int
    """Lines that its checkpoint covers; those after it stand under the service's signature alone."""
    blobs: int
    """Files in it."""
    fresh: int
    """Files that were not there before."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """What was put back, all of it checked."""

    lines: int
    """Lines of the ledger."""
    lost: int
    """Lines that the newest known checkpoint covers and the copy does not hold."""
    keys: bool
    """Whether the keys were put back too; without them the record can be read and checked, and nothing be signed."""


def back_up(workspace: Workspace, out: Path) -> Copied:
    """Copy a workspace into a folder, which may hold an earlier backup of it.

    Raises:
        RefusedInputError: the folder lies inside the workspace, holds something else, or the database is on a server.
        RecordError: a file is not what its name says, or the disk refuses.
    """
    _require_fit(workspace, out)
    if not workspace.read_only:
        workspace.checkpoint()
    with _explained("The backup could not be made"), _beside(out) as part:
        _copy_database(workspace, part / DATABASE)
        with Workspace.open(part) as copied:
            lines, signed = copied.read().head().size, copied.read().checkpoint()
        found, fresh = _copy_blobs(workspace.blobs.folder, Blobs(out / "blobs"))
        (part / CHECKPOINT).write_bytes(signed.note if signed else b"")
        (part / CHECKPOINT).replace(out / CHECKPOINT)
        (part / DATABASE).chmod(0o600)
        (part / DATABASE).replace(out / DATABASE)
    return Copied(lines=lines, checkpointed=signed.checkpoint.size if signed else 0, blobs=found, fresh=fresh)


def put_back(copy: Path, root: Path, *, newest: bytes | None = None, keys: Path | None = None) -> PutBack:
    """Make a workspace of a backup, in a folder that does not exist; every line and every file is checked first.

    Where the newest checkpoint covers lines that the backup does not hold, the service will sign nothing until a person has said in the
    ledger that they were lost (`countersign ledger restored`); whoever holds that checkpoint sees why history differs.

    Args:
        copy: the folder that `back_up` wrote.
        root: the folder of the workspace to be.
        newest: the newest checkpoint that is known outside, None when none is.
        keys: the folder of keys, which is kept apart from backups; None to put back a record that can only be read.

    Raises:
        RefusedInputError: no whole backup, a folder that exists, or a checkpoint of another ledger or another history.
        RecordError: the record or a file does not hold, or the disk refuses.
    """
    if not (copy / DATABASE).is_file():
        raise RefusedInputError(
            f"There is no whole backup in {copy}.", "One that broke off has no database: make it again."
        )
    if root.exists():
        raise RefusedInputError(
            f"{root} exists already.", "Name a folder that does not; nothing is ever put over a workspace."
        )
    with _explained("The backup could not be put back"), _beside(root.parent) as part:
        made = part / "workspace"
        made.mkdir(mode=0o700)
        shutil.copyfile(copy / DATABASE, made / DATABASE)
        (made / DATABASE).chmod(0o600)
        _copy_blobs(copy / "blobs", Blobs(made / "blobs"))
        if keys is not None:
            _copy_keys(keys, made / KEYS)
        with Workspace.open(made) as found:
            lines, ahead = _checked(found, newest)
        if ahead is not None and keys is not None:
            remember(made / KEYS, Head(ahead.size, ahead.root, _FOREIGN_LEAF))
        made.replace(root)
    return PutBack(lines=lines, lost=ahead.size - lines if ahead else 0, keys=keys is not None)


def _checked(found: Workspace, newest: bytes | None) -> tuple[int, Checkpoint | None]:
    """Return how many lines hold, and the newest known checkpoint where it covers more."""
    lines, keys, signed = found.read().lines(), found.checkpoint_keys(), found.read().checkpoint()
    known = read(open_note(newest, keys).note.text) if newest is not None else None
    if known is not None and known.origin != found.origin:
        raise RefusedInputError(
            f"The checkpoint is of {known.origin}, the backup of {found.origin}.", "Take the right one."
        )
    ahead = known if known is not None and known.size > len(lines) else None
    older = (newest,) if newest is not None and ahead is None else ()
    verdict = verify_ledger(lines, found.log, signed.note if signed else b"", older, later=keys[1:])
    if not verdict.valid:
        raise RecordError(
            f"The record in the backup does not hold: {verdict.problem}", "Nothing was put back. Take another backup."
        )
    return len(lines), ahead


def _require_fit(workspace: Workspace, out: Path) -> None:
    if workspace.beats.shared:
        raise RefusedInputError(
            "The database of this workspace is on a server.",
            "Back it up with pg_dump, and the folders blobs/ and keys/ beside it.",
        )
    if out.resolve().is_relative_to(workspace.root.resolve()):
        raise RefusedInputError(f"{out} lies inside the workspace.", "Name a folder elsewhere, best on another disk.")
    if (out / DATABASE).is_file():
        with Workspace.open(out) as earlier:
            same = earlier.origin == workspace.origin
        if not same:
            raise RefusedInputError(f"{out} holds a backup of another workspace.", "Name another folder.")
    elif out.exists() and any(item.name != "blobs" for item in out.iterdir()):
        raise RefusedInputError(f"{out} holds something else.", "Name an empty folder, or one with an earlier backup.")


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """Give a folder in `place` for what is half done; it goes in the end."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = Path(mkdtemp(prefix=".part-", dir=place))
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise RecordError(f"{what}: {error}.", "Check disk space and permissions, and do it again.") from error


def _copy_database(workspace: Workspace, target: Path) -> None:
    """Copy the database as it is at one moment (https://sqlite.org/backup.html)."""
    with (
        closing(sqlite3.connect(f"file:{quote(str(workspace.root / DATABASE))}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)


def _copy_blobs(folder: Path, target: Blobs) -> tuple[int, int]:
    """Copy the files that are not there yet, each hashed on the way; return how many there are, and how many were new."""
    source, count, fresh = Blobs(folder), 0, 0
    for path in sorted(folder.glob("[0-9a-f][0-9a-f]/*")):
        count += 1
        if not target.has(path.name):
            stored = target.put_file(path)
            fresh += 1
            if stored.digest != path.name:
                target.path_of(stored.digest).unlink()
                source.verified(path.name)  # says which one it is
    return count, fresh


def _copy_keys(keys: Path, target: Path) -> None:
    if not keys.is_dir() or not any(keys.iterdir()):
        raise RefusedInputError(f"There are no keys in {keys}.", "Name the folder keys/ as it was kept apart.")
    shutil.copytree(keys, target)
    target.chmod(0o700)
    for path in target.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
