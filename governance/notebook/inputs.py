"""What a person has at hand (frames, Arrow tables, arrays, paths) as the inputs of a method."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from governance.data import from_table
from governance.evidence import RefusedInputError, sha256
from governance.runs import DataFile, ModelFile
from governance.subject import Dataset, Schema, from_json, from_toml

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from governance.models import OnnxPredictor

Data: TypeAlias = Union["pd.DataFrame", "pa.Table", str, Path]
"""A table: a pandas DataFrame, a pyarrow Table, or the path of a CSV or Parquet file."""
Values: TypeAlias = Any
"""One value per row: a pandas Series, a NumPy array, an Arrow array, a list."""
Model: TypeAlias = str | Path | bytes
"""An ONNX model: the path of a file, or its bytes."""
Roles: TypeAlias = Schema | Mapping[str, Any] | str | Path | None
"""The roles of columns: a `Schema`, its fields as a mapping, or the path of a TOML file."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table under the name that evidence gives it."""

    data: Dataset
    name: str

    def as_file(self) -> DataFile:
        """Return what a task says about it; a table in memory has no path."""
        return DataFile(path="", digest=self.data.digest, schema=self.data.schema, name=self.name)


def roles_of(schema: Roles) -> Schema:
    """Return the schema that the caller means.

    Raises:
        RefusedInputError: no such file, no TOML, an unknown field, a value of the wrong type.
    """
    if schema is None:
        return Schema()
    if isinstance(schema, Schema):
        return schema
    if isinstance(schema, Mapping):
        return from_json(dict(schema))
    if isinstance(schema, str | Path):
        path = Path(schema)
        if not path.is_file():
            raise RefusedInputError(f"There is no schema file {str(path)!r}.", "Give a TOML file, a dict or a Schema.")
        return from_toml(path.read_text(encoding="utf-8"))
    raise wrong_type("schema", schema, expected="a Schema, a dict or the path of a TOML file")


def table_of(data: Data, schema: Roles, *, noun: str, optional: tuple[str, ...] = ()) -> Table:
    """Return `data` as a data set with its roles.

    Args:
        data: the rows.
        schema: the roles of columns.
        noun: what the argument is called, for messages and for the evidence: "data", "reference".
        optional: roles that are dropped when the table lacks their column, such as the label of a new window.

    Raises:
        RefusedInputError: the wrong type, no rows, repeated names, values that are not plain, a role of a missing column.
    """
    roles = roles_of(schema)
    if isinstance(data, str | Path):
        from governance.data import open_dataset

        path = Path(data)
        names = open_dataset(path).columns if optional else ()
        return Table(open_dataset(path, _present(roles, names, optional)), path.name)
    table = arrow_of(data, noun)
    return Table(from_table(table, _present(roles, tuple(table.column_names), optional)), noun)


def _present(schema: Schema, columns: tuple[str, ...], optional: tuple[str, ...]) -> Schema:
    absent: dict[str, Any] = {
        role: "" for role in optional if getattr(schema, role) and getattr(schema, role) not in columns
    }
    return replace(schema, **absent) if absent else schema


def arrow_of(data: Any, noun: str) -> pa.Table:
    """Return a frame or an Arrow table as an Arrow table.

    Raises:
        RefusedInputError: anything else, names of columns that are not text or occur twice, a column of mixed types.
    """
    import pandas as pd
    import pyarrow as pa

    if isinstance(data, pa.Table):
        return data
    if not isinstance(data, pd.DataFrame):
        raise wrong_type(
            noun, data, expected="a pandas DataFrame, a pyarrow Table or the path of a CSV or Parquet file"
        )
    named(data.columns, noun)
    try:
        return pa.Table.from_pandas(data, preserve_index=False)
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise RefusedInputError(
            f"{noun} has a column whose values are not of one plain type: {str(error)[:200]}.",
            "Make each column numbers, text, booleans or dates, for example frame.astype({'column': 'str'}).",
        ) from error


def named(columns: Iterable[Any], noun: str) -> tuple[str, ...]:
    """Return the names of columns.

    Raises:
        RefusedInputError: a name that is not text, or one that occurs twice.
    """
    names = list(columns)
    strange = [name for name in names if not isinstance(name, str)]
    if strange:
        raise RefusedInputError(
            f"{noun} names a column {strange[0]!r}, which is {type(strange[0]).__name__}; text is expected.",
            "Name the columns: frame.columns = frame.columns.astype(str).",
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RefusedInputError(
            f"{noun} has {len(twice)} column name(s) more than once: {', '.join(map(repr, twice[:5]))}.",
            "Rename or drop them, so that a name means one column.",
        )
    return tuple(names)


def predictor_of(model: Model, columns: tuple[str, ...]) -> tuple[OnnxPredictor, ModelFile]:
    """Return the model, ready to be asked, after a process of its own has looked inside.

    Args:
        model: an ONNX file or its bytes.
        columns: raw columns in the order of the model's input, when the file does not name them; () when it does.

    Raises:
        RefusedInputError: the wrong type, no such file, or the model is refused; the message says what was found.
    """
    if isinstance(model, bytes):
        with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
            path = Path(folder) / "model.onnx"
            path.write_bytes(model)
            return _opened(path, columns, "model")
    if isinstance(model, str | Path):
        return _opened(Path(model), columns, Path(model).name)
    raise wrong_type(
        "model",
        model,
        expected="the path of an ONNX file or its bytes",
        advice="Convert it first: countersign convert, or skl2onnx.",
    )


def _opened(path: Path, columns: tuple[str, ...], name: str) -> tuple[OnnxPredictor, ModelFile]:
    from governance.models import OnnxPredictor, inspect, signature_of

    inspect(path, columns=columns).check()
    data = path.read_bytes()
    signature = signature_of(data, columns or None)
    digest = sha256(data)
    return OnnxPredictor(data, signature, digest), ModelFile(path="", digest=digest, signature=signature, name=name)


def wrong_type(noun: str, got: Any, *, expected: str, advice: str = "Give one of these.") -> RefusedInputError:
    """Return the error for an argument of the wrong type: what came, what was expected, what to do."""
    kind = type(got)
    return RefusedInputError(
        f"{noun} is of type {kind.__module__}.{kind.__qualname__}; expected {expected}.",
        advice,
    )
