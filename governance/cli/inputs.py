"""From the words of a command to the files of a task. What is heavy is imported where it is used."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.cli.output import warn
from governance.data import file_kind
from governance.evidence import RefusedInputError, toml_fields
from governance.subject import Schema, from_json

if TYPE_CHECKING:
    from governance.runs import DataFile, ModelFile


def check_file(path: Path) -> None:
    """Refuse what is not a file that can be read, and say what it is instead.

    Raises:
        RefusedInputError: nothing is there, or a folder, a pipe or a device, or the rights do not allow it.
    """
    shown = repr(str(path))
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        words = "Standard input is not read here." if str(path) == "-" else f"There is no file {shown}."
        advice = "Save it to a file first, and name that." if str(path) == "-" else "Check the path."
        raise RefusedInputError(words, advice) from error
    if stat.S_ISDIR(mode):
        raise RefusedInputError(f"{shown} is a folder, expected a file.", "Name a file inside it.")
    if not stat.S_ISREG(mode):
        raise RefusedInputError(
            f"{shown} is a pipe or a device, expected a regular file: it is read more than once.",
            "Save it to a file first, and name that.",
        )
    if not os.access(path, os.R_OK):
        raise RefusedInputError(f"The file {shown} cannot be read.", "Check its rights.")


def check_files(*paths: Path | None) -> None:
    """Refuse the first of several files that cannot be read, before anything is computed; None is no file."""
    for path in paths:
        if path is not None:
            check_file(path)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file that a person named.

    Raises:
        RefusedInputError: there is no such file.
    """
    check_file(path)
    return file_kind.digest_of(path)


def bytes_of(path: Path) -> bytes:
    """Return the bytes of a file, a pipe or a device that a person named; "-" is standard input.

    Raises:
        RefusedInputError: nothing is there, it is a folder, or it cannot be read.
    """
    if str(path) == "-":
        return sys.stdin.buffer.read()
    shown = repr(str(path))
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise RefusedInputError(f"There is no file {shown}.", "Check the path.") from error
    except IsADirectoryError as error:
        raise RefusedInputError(f"{shown} is a folder, expected a file.", "Name a file inside it.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", "") or "the path is none"
        raise RefusedInputError(
            f"The file {shown} cannot be read: {reason}.", "Check the path and its rights."
        ) from error


def text_of(path: Path) -> str:
    """Return the text of a file that a person named; "-" is standard input.

    Raises:
        RefusedInputError: there is no such file, or it is not UTF-8 text.
    """
    with naming(path, "file"):
        return decoded(bytes_of(path))


def decoded(content: bytes) -> str:
    """Return the text of a file's bytes, without a byte order mark.

    Raises:
        RefusedInputError: it is not UTF-8 text.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedInputError("It is not UTF-8 text, so it cannot be read as text.", "Save it as UTF-8.") from error


@contextmanager
def naming(path: Path | str | None, what: str) -> Iterator[None]:
    """Put the name of a file, or of an option, before what is wrong with its content; None is a built-in one.

    Raises:
        RefusedInputError: as the block raises, with the name.
    """
    try:
        yield
    except RefusedInputError as error:
        if path is None or str(path) in error.what:
            raise
        advice = error.advice or "Mend the file, or name another."
        raise RefusedInputError(f"The {what} {str(path)!r}: {error.what}", advice, cells=error.cells) from error


def toml_of(path: Path, what: str) -> dict[str, Any]:
    """Return the fields of a TOML file; `what` says what it should be, for the message.

    Raises:
        RefusedInputError: there is no such file, or it is not TOML; the message names the file and the place.
    """
    return toml_fields(text_of(path), f"The {what} {str(path)!r}", 'Write lines like name = "value".')


def roles(schema: Path | None, **flags: Any) -> Schema:
    """Return the column roles from a schema file, each overridden by the flag of the same name when that is given.

    Args:
        schema: TOML file with the fields of `Schema`, or None.
        flags: values by field name; None, "" and () mean "not given".

    Raises:
        RefusedInputError: there is no such file, or it is not a schema.
    """
    with naming(schema, "schema"):
        base = from_json(toml_of(schema, "schema")) if schema else Schema()
    known = {field.name: getattr(base, field.name) for field in fields(Schema)}
    given = {name: value for name, value in flags.items() if value not in (None, "", (), [])}
    return from_json({**known, **given})


def data_file(path: Path, schema: Schema, cohort: str = "") -> DataFile:
    """Return the data file for a task; the reader finds out whether it is CSV or Parquet."""
    from governance.runs import DataFile

    return DataFile(path=str(path), digest=digest_of(path), schema=schema, cohort=cohort, name=path.name)


def model_file(
    path: Path, columns: tuple[str, ...] = (), beside: DataFile | None = None, *, classes: tuple[str, ...] = ()
) -> ModelFile:
    """Return the model file for a task after its inspection.

    Args:
        path: an ONNX file.
        columns: raw column of each input column, needed when the file does not name them.
        beside: the table that the model is asked about. When nobody names the columns and the table has just as many without a
            role of their own, they are taken in the table's order, and standard error says so.
        classes: class labels in the order of the scores, when the file does not say them.

    Raises:
        RefusedInputError: the model is refused; the message says what was found.
    """
    from governance.models import inspect, signature_of
    from governance.runs import ModelFile

    digest = digest_of(path)
    inspection = inspect(path, columns=columns, classes=classes)
    if inspection.refused:
        first = inspection.refused[0]
        raise RefusedInputError(f"The model {path.name} is refused: {first.found}", first.advice)
    if beside is not None and not columns and not inspection.columns:
        columns = _in_order(path.name, inspection.width, beside)
    return ModelFile(str(path), digest, signature_of(path.read_bytes(), columns or None, classes), path.name)


def columns_of(path: Path) -> tuple[str, ...]:
    """Return the columns of a table, whatever their roles.

    Raises:
        RefusedInputError: there is no such file, or it is no table.
    """
    from governance.data import open_dataset

    check_file(path)
    return open_dataset(path, Schema()).columns


def _in_order(model: str, width: int, beside: DataFile) -> tuple[str, ...]:
    found = beside.schema.features(columns_of(Path(beside.path)))
    if len(found) != width:
        return ()
    warn(
        f"{model} does not name its {width} columns: those of {beside.name} are taken in their order ({', '.join(map(repr, found))}). "
        "If it was trained on another order, write the names into it: countersign convert MODEL --columns a,b,c."
    )
    return found
