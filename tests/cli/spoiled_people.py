"""Tables of people as chance and haste spoil them, near enough to sound ones that a model can often still be asked.

`tests/data/mutated_tables.py` draws tables from nothing, which models seldom take; here one to three things go wrong with a table
that fits its model: types, words for missing, names, nesting, rows, encodings.
"""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

WORDS: Final = (
    "", " ", "?", "NA", "null", "None", "-", "#DIV/0!", "unknown", "-999", "=1+1", "\u200b", "NaN", "inf", "0,123", "1,00,000", "1e400",
    "1e-400", "\u22125", "\u0663", "9" * 400, "9007199254740993", "2024-02-30", "a\nb", "TRUE", "Total",
)  # fmt: skip
NAMES: Final = (
    "",
    " ",
    "a b",
    "é",
    "select",
    "Unnamed: 0",
    "__index_level_0__",
    "n" * 600,
    "=x",
    "0",
    "a,b",
    "z\n",
    "p",
)


@dataclass(frozen=True, slots=True)
class People:
    """A sound table and what its model needs of it."""

    frame: pd.DataFrame
    model: Path
    target: str
    positive: str
    group: str
    key: str
    """Column that names rows."""

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles as options."""
        return ("--target", self.target, "--positive", self.positive, "--sensitive", self.group)


Column = list[object]
KINDS: Final[tuple[Callable[[int], object], ...]] = (
    lambda i: i, lambda i: i / 7, lambda i: None, lambda i: float("nan"), lambda i: float("inf"), lambda i: 1e300 * (-1) ** i,
    lambda i: 5, lambda i: "x", lambda i: "ab"[i % 2], lambda i: i % 2 == 0, lambda i: 2**60 + i, lambda i: f"{i},5", lambda i: f"{i}%",
    lambda i: f"1 {i:03d},5", lambda i: f"0{i}", lambda i: "=1+1", lambda i: "ÄÖ€"[i % 3], lambda i: "",
    lambda i: dt.date(2024, 1, 1) + dt.timedelta(days=i), lambda i: f"2024-01-{i % 28 + 1:02d}", lambda i: "t" * 5000, lambda i: f"k{i}",
    lambda i: dt.datetime(9999, 1, 1, tzinfo=dt.UTC), lambda i: 0, lambda i: -i, lambda i: 5e-324, lambda i: None if i % 2 else 1.5,
)  # fmt: skip
ARROW: Final[tuple[Callable[[int], pa.Array], ...]] = (
    lambda n: pa.array([[i] for i in range(n)]), lambda n: pa.array([{"a": i} for i in range(n)]), lambda n: pa.array([b"x"] * n),
    lambda n: pa.array([2**63 + i for i in range(n)], pa.uint64()), lambda n: pa.array(np.arange(n, dtype=np.float16)),
    lambda n: pa.array([decimal.Decimal(i) / 7 for i in range(n)] or [decimal.Decimal(1)])[:n], pa.nulls,
    lambda n: pa.array(["ab"[i % 2] for i in range(n)]).dictionary_encode(), lambda n: pa.array([dt.time(i % 24) for i in range(n)]),
    lambda n: pa.array([dt.timedelta(days=i) for i in range(n)]), lambda n: pa.array(np.arange(n) % 3).dictionary_encode(),
    lambda n: pa.array(np.arange(n) % 2 == 0), lambda n: pa.array([str(i) for i in range(n)], pa.large_string()),
    lambda n: pa.array([b"\xff\xfe"] * n).view(pa.string()), lambda n: pa.array([b"ab"] * n, pa.binary(2)),
    lambda n: pa.array([i * 10**9 for i in range(n)], pa.timestamp("ns", "+05:30")), lambda n: pa.array([2**62] * n, pa.timestamp("us")),
    lambda n: pa.array([i % 2 == 0 for i in range(n)]).dictionary_encode(), lambda n: pa.array([1.7e308 * (-1) ** i for i in range(n)]),
    lambda n: pa.array([[("a", i)] for i in range(n)], pa.map_(pa.string(), pa.int64())),
    lambda n: pa.array([decimal.Decimal(9) * 10**30 + i for i in range(n)], pa.decimal128(38, 0)),
    lambda n: pa.array([None, *range(n - 1)] if n else [], pa.int8() if n < 100 else pa.int32()),
)  # fmt: skip


def made(seed: int, people: People, folder: Path) -> Path:
    """Write one spoiled table: CSV for odd seeds, Parquet for even ones."""
    rng = np.random.default_rng(seed)
    columns: dict[str, Column] = {name: list(people.frame[name]) for name in people.frame.columns}
    for _ in range(int(rng.integers(1, 4))):
        columns = _spoiled(columns, people, rng)
    if rng.random() < 0.25:
        keep = int(rng.choice([0, 1, 2, 5, 12]))
        columns = {name: cells[:keep] for name, cells in columns.items()}
    write = _csv if seed % 2 else _parquet
    return write(columns, rng, folder / f"{seed}.{'csv' if seed % 2 else 'parquet'}")


def _spoiled(columns: dict[str, Column], people: People, rng: np.random.Generator) -> dict[str, Column]:
    names = list(columns)
    name = str(rng.choice([people.target, people.group, *names]))
    name = name if name in columns else names[0]
    rows = len(columns[name])
    way = int(rng.integers(9))
    if way <= 2:
        kind = KINDS[int(rng.integers(len(KINDS)))]
        return {**columns, name: [kind(i) for i in range(rows)]}
    if way <= 4:
        cells = list(columns[name])
        for at in rng.choice(rows, int(rng.integers(1, rows + 1)), replace=False):
            cells[int(at)] = WORDS[int(rng.integers(len(WORDS)))]
        return {**columns, name: cells}
    if way == 5 and len(names) > 1:
        return {other: cells for other, cells in columns.items() if other != name}
    if way == 6:
        new = str(rng.choice([name + " ", name.upper(), " " + name, name + "\u200b", *NAMES]))
        return {new if other == name else other: cells for other, cells in columns.items()}
    if way == 7:
        return {**columns, name: [columns[name][0]] * rows}
    order = rng.permutation(len(names))
    return {names[int(i)]: columns[names[int(i)]] for i in order}


def _csv(columns: dict[str, Column], rng: np.random.Generator, path: Path) -> Path:
    sign, end = str(rng.choice([",", ",", ";", "\t", "|"])), str(rng.choice(["\n", "\n", "\r\n", "\r"]))
    quoted = rng.random() < 0.6
    comma = sign == ";" and rng.random() < 0.5

    def cell(value: object) -> str:
        text = "" if value is None or (isinstance(value, float) and np.isnan(value)) else str(value)
        text = text.replace(".", ",") if comma and isinstance(value, float) else text
        return '"' + text.replace('"', '""') + '"' if quoted else text

    names = list(columns)
    if rng.random() < 0.1:
        names[-1] = names[0]
    lines = [sign.join(map(cell, row)) for row in (names, *zip(*columns.values(), strict=True))]
    if rng.random() < 0.1:
        lines[int(rng.integers(len(lines)))] += sign + "more"
    head = str(rng.choice(["", "", "", "", f"sep={sign}\n", "A title\n\n", "\n\n"]))
    tail = str(rng.choice(["", end, end + end, end + "Total"]))
    encoding = str(rng.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    raw = (head + end.join(lines) + tail).encode(encoding, errors="replace")
    path.write_bytes(raw[: int(rng.integers(len(raw) + 1))] if rng.random() < 0.05 else raw)
    return path


def _parquet(columns: dict[str, Column], rng: np.random.Generator, path: Path) -> Path:
    arrays, names = [], list(columns)
    rows = len(columns[names[0]])
    for cells in columns.values():
        try:
            arrays.append(pa.array(cells, from_pandas=True))
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            arrays.append(pa.array([None if cell is None else str(cell) for cell in cells], pa.string()))
    if rng.random() < 0.5:
        arrays[int(rng.integers(len(arrays)))] = ARROW[int(rng.integers(len(ARROW)))](rows)
    if rng.random() < 0.1:
        names[-1] = names[0]
    pq.write_table(pa.Table.from_arrays(arrays, names=names), path)
    raw = path.read_bytes()
    if rng.random() < 0.05:
        path.write_bytes(raw[: int(rng.integers(len(raw)))])
    return path
