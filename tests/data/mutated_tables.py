"""Tables as chance spoils them: types, encodings, words for missing, nesting and names, each drawn from one seed."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 40
_WORDS = ["", " ", "?", "NA", "null", "None", "-", "#DIV/0!", "unknown", "-999"]
_NAMES = [
    "y",
    "p",
    "g",
    "x",
    "x ",
    "",
    "a b",
    "__index_level_0__",
    "Unnamed: 0",
    "x.y",
    "é",
    "select",
    "y\u200b",
    "0",
    "a" * 600,
    "z\n",
]


def made(seed: int, folder: Path) -> Path:
    """Write one spoiled table and return its path."""
    rng = np.random.default_rng(seed)
    return _csv(rng, folder / f"{seed}.csv") if seed % 2 else _parquet(rng, folder / f"{seed}.parquet")


def _cells(rng: np.random.Generator, rows: int) -> list[str]:
    kinds: list[Callable[[int], str]] = [
        str, lambda i: f"{i / 7:.3f}", lambda i: f"{i / 7:.3f}".replace(".", ","), lambda i: f"1 {i:03d},5",
        lambda i: "ab"[i % 2], lambda i: ["True", "false"][i % 2], lambda i: f"2024-01-{i % 28 + 1:02d}", lambda i: f"{i % 28 + 1}/01/2024",
        lambda i: f"0{i}", lambda i: str(10**20 + i), lambda i: "", lambda i: "x", lambda i: f"{i}%", lambda i: "inf", lambda i: f'"{i}',
        lambda i: "=1+1", lambda i: "ÄÖ€"[i % 3], lambda i: f"{i}e{i * 30}",
    ]  # fmt: skip
    kind = kinds[int(rng.integers(len(kinds)))]
    cells = [kind(i) for i in range(rows)]
    for at in rng.choice(rows, int(rng.integers(0, min(rows, 4) + 1)), replace=False) if rows else []:
        cells[at] = _WORDS[int(rng.integers(len(_WORDS)))]
    return cells


def _csv(rng: np.random.Generator, path: Path) -> Path:
    rows = int(rng.choice([0, 1, 2, 5, ROWS, ROWS, ROWS]))
    width = int(rng.integers(1, 7))
    names = ["y", "p", "g"][:width] + [_NAMES[int(rng.integers(len(_NAMES)))] for _ in range(width - 3)]
    columns = [
        [str(i % 2) for i in range(rows)],
        [str(i % 3 % 2) for i in range(rows)],
        [str("mf"[i % 2]) for i in range(rows)],
    ][:width]
    columns += [_cells(rng, rows) for _ in range(width - 3)]
    if rng.random() < 0.3:
        columns[int(rng.integers(len(columns)))] = _cells(rng, rows)
    sign = str(rng.choice([",", ";", "\t", "|", " ", ":"]))
    end = str(rng.choice(["\n", "\r\n", "\r"]))
    quote = rng.random() < 0.5
    lines = [sign.join(f'"{cell}"' if quote else cell for cell in row) for row in (names, *zip(*columns, strict=True))]
    head = str(rng.choice(["", "", "", "sep=;\n", "A title\n\n", "\n\n", "2019,2020\n"]))
    encoding = str(rng.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-8"]))
    raw = (head + end.join(lines) + str(rng.choice(["", end, end + end, end + "Total"]))).encode(
        encoding, errors="replace"
    )
    cut = int(rng.integers(len(raw) + 1)) if rng.random() < 0.1 else len(raw)
    path.write_bytes(raw[:cut])
    return path


def _array(rng: np.random.Generator, n: int) -> pa.Array:
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=i) for i in range(n)]
    makers: list[Callable[[], pa.Array]] = [
        lambda: pa.array(range(n)), lambda: pa.array(np.arange(n) % 2 == 0), lambda: pa.array([None] * n),
        lambda: pa.array([2**63 + i for i in range(n)], pa.uint64()), lambda: pa.array([decimal.Decimal(i) / 7 for i in range(n)]),
        lambda: pa.array([[i] for i in range(n)]), lambda: pa.array([{"a": i} for i in range(n)]), lambda: pa.array([b"x"] * n),
        lambda: pa.array(["ab"[i % 2] for i in range(n)]).dictionary_encode(), lambda: pa.array(days),
        lambda: pa.array(np.arange(n) % 3).dictionary_encode(), lambda: pa.array([dt.time(i % 24) for i in range(n)]),
        lambda: pa.array([dt.timedelta(days=i) for i in range(n)]), lambda: pa.array(np.arange(n, dtype=np.float16)),
        lambda: pa.array([None, *range(10**17, 10**17 + n - 1)] if n else [], pa.int64()), lambda: pa.array([np.inf] * n),
        lambda: pa.array(pd.to_datetime(["2024-01-01"] * n, utc=True)), lambda: pa.array([""] * n),
        lambda: pa.array([dt.datetime(9999, 1, 1)] * n, pa.timestamp("s")), lambda: pa.array([float("nan")] * n),  # noqa: DTZ001
        lambda: pa.array([str(i) for i in range(n)], pa.large_string()), lambda: pa.array(range(n), pa.int8()) if n < 100 else None,
    ]  # fmt: skip
    return makers[int(rng.integers(len(makers)))]()


def _parquet(rng: np.random.Generator, path: Path) -> Path:
    n = int(rng.choice([0, 1, 2, 5, ROWS, ROWS, ROWS]))
    arrays = [pa.array([i % 2 for i in range(n)], pa.int64()), pa.array([i % 3 % 2 for i in range(n)], pa.int64())]
    arrays.append(pa.array(["mf"[i % 2] for i in range(n)], pa.string()))
    arrays += [_array(rng, n) for _ in range(int(rng.integers(0, 4)))]
    if rng.random() < 0.3:
        arrays[int(rng.integers(len(arrays)))] = _array(rng, n)
    names = ["y", "p", "g"] + [_NAMES[int(rng.integers(len(_NAMES)))] for _ in arrays[3:]]
    pq.write_table(pa.Table.from_arrays(arrays, names=names), path)
    raw = path.read_bytes()
    if rng.random() < 0.08:
        path.write_bytes(raw[: int(rng.integers(len(raw)))])
    return path


COMMANDS = (
    ("quality", "{0}"),
    ("quality", "{0}", "--target", "y", "--positive", "1"),
    ("audit-data", "{0}", "--sensitive", "g"),
    ("fairness", "{0}", "--target", "y", "--positive", "1", "--prediction", "p", "--sensitive", "g"),
    ("drift", "{0}", "{1}"),
    ("drift", "{0}", "{1}", "--target", "y", "--positive", "1", "--prediction", "p", "--sensitive", "g"),
    ("fairness", "{0}", "--target", "y", "--prediction", "p", "--sensitive", "g", "--map", "g:m=male"),
    ("quality", "{0}", "--reference", "{1}"),
    ("baseline", "{0}", "--out", "{2}/baseline.json"),
    ("watch", "{2}/good.json", "{0}"),
    ("expectations", "{0}"),
    ("impact-ratio", "--table", "{0}"),
    ("impact-ratio", "{0}", "--target", "y", "--positive", "1", "--prediction", "p", "--sensitive", "g"),
    (
        "drift",
        "{0}",
        "{1}",
        "--target",
        "y",
        "--prediction",
        "p",
        "--sensitive",
        "g",
        "--by",
        "rows",
        "--window-rows",
        "20",
    ),
    ("quality", "{0}", "--separator", ";", "--decimal", ","),
)
