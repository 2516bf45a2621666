"""A table file is what its name says, and no cell of a CSV file is a formula."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from governance.cli.tables import write_table
from governance.data.spreadsheet import harmless

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "|calc", " =1", "\n=1", "%x"]


def test_texts_and_names_of_columns_are_escaped_and_numbers_stay_numbers(tmp_path: Path) -> None:
    table = pa.table({
        "=cmd": pa.array(["plain", *HOSTILE]),
        "coded": pa.array(["plain", *HOSTILE]).dictionary_encode(),
        "number": pa.array([-1.5] * 11),
    })  # fmt: skip
    write_table(table, tmp_path / "out.csv")
    found = pd.read_csv(tmp_path / "out.csv", keep_default_na=False, lineterminator=None)
    assert list(found.columns) == ["'=cmd", "coded", "number"]
    assert harmless(table).column("coded").to_pylist() == ["plain", *("'" + cell for cell in HOSTILE)]
    assert set(found["number"]) == {-1.5}


@pytest.mark.parametrize(("name", "start"), [("out.csv", b'"a"'), ("out.parquet", b"PAR1"), ("out", b"PAR1")])
def test_the_content_is_what_the_name_says(tmp_path: Path, name: str, start: bytes) -> None:
    write_table(pa.table({"a": [1]}), tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_missing_texts_stay_missing() -> None:
    assert harmless(pa.table({"a": pa.array([None, "x"])})).column("a").to_pylist() == [None, "x"]
