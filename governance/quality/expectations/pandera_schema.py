"""Expectations as a pandera schema, for pipelines that validate their own frames."""

from __future__ import annotations

from typing import Any, Final

from governance.evidence import RefusedInputError
from governance.quality.expectation import Expectation, Expectations

WRITTEN: Final = frozenset({"column_exists", "missing", "type", "range", "values", "unique_key"})
"""The checks that a pandera schema can express; the others are returned as left out."""


def to_script(expectations: Expectations) -> tuple[str, tuple[Expectation, ...]]:
    """Return Python source that builds a pandera `DataFrameSchema` named `schema`, and the expectations left out.

    A tolerated share becomes a check on the whole column, so that the same tables pass here and there. Types are not coerced
    and not enforced (a CSV reader and a Parquet reader name the same values differently); they stand in the descriptions.
    """
    columns: dict[str, list[Expectation]] = {}
    left = []
    for item in expectations.expectations:
        if item.check in WRITTEN and item.column:
            columns.setdefault(item.column, []).append(item)
        else:
            left.append(item)
    body = "\n".join(_column(name, items) for name, items in columns.items())
    head = f'"""Expectations {expectations.name!r}, version {expectations.version}, as a pandera schema."""\n'.replace(
        "\\", "\\\\"
    )
    return (
        f"{head}\nimport pandera.pandas as pa\n\n\nschema = pa.DataFrameSchema(\n    {{\n{body}\n    }}\n)\n",
        tuple(left),
    )


def _column(name: str, items: list[Expectation]) -> str:
    checks = [line for item in items if (line := _check(item))]
    kind = next((item.text for item in items if item.check == "type"), "any kind")
    joined = "".join(f"                {line},\n" for line in checks)
    return (
        f"        {name!r}: pa.Column(\n            nullable=True,\n            description={kind!r},\n"
        f"            checks=[\n{joined}            ],\n        ),"
    )


def _check(item: Expectation) -> str:
    expression = {
        "missing": "column.isna()",
        "unique_key": "column.duplicated()",
        "range": _outside(item),
        "values": f"~column.isin({list(item.values)!r}) & column.notna()",
    }.get(item.check, "")
    if not expression:
        return ""
    return (
        f"pa.Check(lambda column: ({expression}).mean() <= {item.share!r}, "
        f"name={item.check!r}, ignore_na=False, error={f'{item.check} of {item.column}'!r})"
    )


def _outside(item: Expectation) -> str:
    sides = [
        f"(column {sign} {bound!r})" for sign, bound in (("<", item.minimum), (">", item.maximum)) if bound is not None
    ]
    return " | ".join(sides)


def to_schema(expectations: Expectations) -> Any:
    """Return the pandera `DataFrameSchema` itself.

    Raises:
        RefusedInputError: pandera is not installed.
    """
    try:
        import pandera.pandas as pa
    except ImportError as error:
        raise RefusedInputError("pandera is not installed.", "Install countersign[pandera].") from error
    columns: dict[str, list[Any]] = {}
    for item in expectations.expectations:
        if item.check in WRITTEN and item.column:
            columns.setdefault(item.column, [])
            check = _callable(item)
            if check is not None:
                columns[item.column].append(pa.Check(check, name=item.check, ignore_na=False))
    return pa.DataFrameSchema({name: pa.Column(nullable=True, checks=checks) for name, checks in columns.items()})


def _callable(item: Expectation) -> Any:
    def holds(column: Any) -> bool:
        if item.check == "missing":
            bad = column.isna()
        elif item.check == "unique_key":
            bad = column.duplicated()
        elif item.check == "values":
            bad = ~column.isin(list(item.values)) & column.notna()
        else:
            below = column < item.minimum if item.minimum is not None else column != column  # noqa: PLR0124 - nowhere
            above = column > item.maximum if item.maximum is not None else below
            bad = below | above
        return bool(bad.mean() <= item.share)

    return holds if item.check in {"missing", "unique_key", "values", "range"} else None
