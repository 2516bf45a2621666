"""How every command answers: one JSON document or plain text on standard output, words on standard error, four exit codes."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import sys
from collections.abc import Iterable
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Final

import typer

from governance.evidence import JsonValue, RefusedInputError

DONE: Final = 0
NOT_SATISFIED: Final = 1
WRONG_USE: Final = 2
INTERNAL: Final = 3

_MOVING: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]|\r(?!\n)")
"""What moves the cursor of a terminal, clears it, or turns the direction of what follows: no words of ours hold it."""
_NAMED: ContextVar[tuple[Path, ...]] = ContextVar("files that the command was given", default=())
ForceOption = Annotated[bool, typer.Option("--force", help="Write over a file that exists.")]


def print_json(value: JsonValue) -> None:
    """Print one JSON document and nothing else on standard output; NaN is refused."""
    emit(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def say(text: str) -> None:
    """Print a line for people on standard output."""
    emit(tame(text) + "\n")


def tame(text: str) -> str:
    """Return text as a terminal may show it: a name from a file or a record clears no screen and writes no verdict over ours."""
    return _MOVING.sub(lambda found: ascii(found[0])[1:-1], text)


def emit(text: str) -> None:
    """Write to standard output; when nobody reads on (`| head`), the rest is dropped and the exit code stays the answer."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - stays open until the end


def warn(text: str) -> None:
    """Print a line for people on standard error, beside an answer that is given all the same."""
    sys.stderr.write(f"countersign: {tame(text)}\n")


def note_files(given: Iterable[object]) -> None:
    """Remember every file that this command was given, whatever for, in place of those of the command before it."""
    lists = (item if isinstance(item, list | tuple) else (item,) for item in given)
    _NAMED.set(tuple(path for items in lists for path in items if isinstance(path, Path)))


def check_apart(out: Path, option: str = "--out", *, also: Iterable[Path] = ()) -> None:
    """Refuse to write a file that the command was given for something else too, under whatever name or link.

    Args:
        out: the file to write.
        option: as what it was given, for the message.
        also: further files that the command reads.

    Raises:
        RefusedInputError: it is one of the others.
    """
    others = list(_NAMED.get())
    if out in others:
        others.remove(out)
    _refuse_same(out, (*others, *also), option)


def _refuse_same(out: Path, others: Iterable[Path], option: str) -> None:
    same = next((path for path in others if _is_same(path, out)), None)
    if same is not None:
        raise RefusedInputError(
            f"{option} {str(out)!r} is the same file as {str(same)!r}, which this command was given for something else.",
            f"Give {option} a name of its own; --force writes over other files alone.",
        )


def _is_same(one: Path, other: Path) -> bool:
    """Return whether two paths lead to one regular file, through links of either kind, or to one that is not there yet."""
    try:
        return one.samefile(other) and one.is_file()
    except (OSError, ValueError):
        pass
    try:
        return not one.exists() and not other.exists() and one.resolve() == other.resolve()
    except (OSError, ValueError):
        return False


def check_place(
    out: Path | None, option: str = "--out", *, force: bool = False, suffixes: tuple[str, ...] = ()
) -> None:
    """Refuse a file that could not be written, before anything is computed for it; None is no file.

    Args:
        out: the file to write.
        option: as what it was given, for the message.
        force: whether an existing file may be written over.
        suffixes: endings that fit what is written, for example (".csv", ".parquet", ""); () for any.

    Raises:
        RefusedInputError: a folder, a folder that is missing or closed, a file that the command reads, an existing file without
            `force`, or another ending.
    """
    if out is None:
        return
    shown = repr(str(out))
    if str(out) == "-":
        raise RefusedInputError(f"{option} -: standard output carries the answer.", "Name a file to write.")
    if out.is_dir():
        raise RefusedInputError(f"{option} {shown} is a folder, expected the name of a file.", "Name a file to write.")
    if out.exists() and not stat.S_ISREG(out.stat().st_mode):
        return
    if suffixes and out.suffix.lower() not in suffixes:
        known = ", ".join(item for item in suffixes if item)
        raise RefusedInputError(
            f"{option} {shown} ends in {out.suffix!r}, expected {known}.", "Name a file that ends so."
        )
    check_apart(out, option)
    if out.exists() and not force:
        raise RefusedInputError(
            f"There is a file {shown} already.", f"Give {option} another name, or add --force to write over it."
        )
    _check_folder(out)


def check_results_folder(out: Path, pattern: str, *, force: bool, also: Iterable[Path] = ()) -> None:
    """Refuse a folder for several results, before they are computed: with results of before, or with a file that the command reads.

    Args:
        out: the folder; it may be missing.
        pattern: names of the results, for example "candidate-*.onnx".
        force: whether results of before may be written over.
        also: further files that the command reads.

    Raises:
        RefusedInputError: it is a file, holds such files and `force` is not given, or one of them is an input of the command.
    """
    shown = repr(str(out))
    if out.exists() and not out.is_dir():
        raise RefusedInputError(f"--out {shown} is a file, expected a folder.", "Name a folder.")
    found = sorted(out.glob(pattern)) if out.is_dir() else []
    for path in found:
        _refuse_same(path, (*_NAMED.get(), *also), "The result")
    if found and not force:
        raise RefusedInputError(
            f"The folder {shown} holds {found[0].name} already.",
            "Name another folder, or add --force to write over it.",
        )


def _check_folder(out: Path) -> None:
    folder, shown = out.parent, repr(str(out.parent))
    if not folder.exists():
        raise RefusedInputError(
            f"There is no folder {shown} to write to.", "Name a file in a folder that exists, or make it."
        )
    if not folder.is_dir():
        raise RefusedInputError(f"{shown} is a file, expected a folder to write to.", "Name another file.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise RefusedInputError(f"The folder {shown} cannot be written to.", "Check its rights, or name another file.")


def write_bytes(out: Path, content: bytes) -> None:
    """Write a file whole or not at all; into a pipe or a device as it is.

    Raises:
        RefusedInputError: it cannot be written; the message names the file.
        OSError: the disk is full; the border of the command line says so.
    """
    try:
        if out.exists() and not out.is_file():
            with out.open("wb") as stream:
                stream.write(content)
            return
        part = out.with_name(f".{out.name}.{os.getpid()}.part")
        try:
            part.write_bytes(content)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise RefusedInputError(
            f"The file {str(out)!r} cannot be written: {error.strerror}.", "Name another file."
        ) from error
