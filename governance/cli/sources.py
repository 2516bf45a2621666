"""From the options of a command to the files of a task."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from governance.cli.output import warn
from governance.data import file_kind
from governance.data.schema import Schema, from_json, from_toml
from governance.errors import RefusedInputError
from governance.run import DataFile, ModelFile


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file that a person named.

    Raises:
        RefusedInputError: there is no such file.
    """
    if not path.is_file():
        raise RefusedInputError(f"There is no file {str(path)!r}.", "Check the path.")
    return file_kind.digest_of(path)


def text_of(path: Path) -> str:
    """Return the text of a file that a person named.

    Raises:
        RefusedInputError: there is no such file, or it is not UTF-8 text.
    """
    if not path.is_file():
        raise RefusedInputError(f"There is no file {str(path)!r}.", "Check the path.")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RefusedInputError(f"The file {str(path)!r} is not UTF-8 text.", "Save it as UTF-8.") from error
    except OSError as error:
        raise RefusedInputError(
            f"The file {str(path)!r} cannot be read: {error.strerror}.", "Check its rights."
        ) from error


def roles(schema: Path | None, **flags: Any) -> Schema:
    """Return the column roles from a schema file, each overridden by the flag of the same name when that is given.

    Args:
        schema: TOML file with the fields of `Schema`, or None.
        flags: values by field name; None, "" and () mean "not given".

    Raises:
        RefusedInputError: there is no such file, or it is not a schema.
    """
    base = from_toml(text_of(schema)) if schema else Schema()
    known = {field.name: getattr(base, field.name) for field in fields(Schema)}
    given = {name: value for name, value in flags.items() if value not in (None, "", (), [])}
    return from_json({**known, **given})


def data_file(path: Path, schema: Schema, cohort: str = "") -> DataFile:
    """Return the data file for a task; the reader finds out whether it is CSV or Parquet."""
    return DataFile(str(path), digest_of(path), schema, cohort, path.name)


def model_file(path: Path, columns: tuple[str, ...] = (), beside: DataFile | None = None) -> ModelFile:
    """Return the model file for a task after its inspection.

    Args:
        path: an ONNX file.
        columns: raw column of each input column, needed when the file does not name them.
        beside: the table that the model is asked about. When nobody names the columns and the table has just as many without a
            role of their own, they are taken in the table's order, and standard error says so.

    Raises:
        RefusedInputError: the model is refused; the message says what was found.
    """
    from governance.models.intake import inspect
    from governance.models.reading import signature_of

    digest = digest_of(path)
    inspection = inspect(path, columns=columns)
    if inspection.refused:
        first = inspection.refused[0]
        raise RefusedInputError(f"The model {path.name} is refused: {first.found}", first.advice)
    if beside is not None and not columns and not inspection.columns:
        columns = _in_order(path.name, inspection.width, beside)
    return ModelFile(str(path), digest, signature_of(path.read_bytes(), columns or None), path.name)


def columns_of(path: Path) -> tuple[str, ...]:
    """Return the columns of a table, whatever their roles.

    Raises:
        RefusedInputError: there is no such file, or it is no table.
    """
    from governance.data.table import open_dataset

    if not path.is_file():
        raise RefusedInputError(f"There is no file {str(path)!r}.", "Check the path.")
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
