"""Tables on disk: whole and in chunks."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from governance.data.table import open_dataset
from governance.evidence.errors import RefusedInputError
from governance.subject.schema import Schema


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    table = pa.table(
        {
            "i": pa.array([1, None, 3], pa.int64()),
            "flag": pa.array([True, None, False]),
            "text": pa.array(["b", None, "a"]),
            "money": pa.array([Decimal("1.50"), None, Decimal("2.25")]),
            "day": pa.array([0, 1, None], pa.date32()),
            "coded": pa.array(["y", "x", "y"]).dictionary_encode(),
            "void": pa.nulls(3),
        }
    )
    pq.write_table(table, tmp_path / "mixed.parquet")
    return tmp_path / "mixed.parquet"


def test_every_arrow_type_has_one_pandas_type(mixed: Path) -> None:
    frame = open_dataset(mixed).frame()
    assert [str(kind) for kind in frame.dtypes] == [
        "float64", "boolean", "category", "float64", "datetime64[ms]", "category", "float64",
    ]  # fmt: skip
    assert list(frame["text"].cat.categories) == ["a", "b"]
    assert frame["text"].isna().tolist() == [False, True, False]
    assert frame["money"].dropna().tolist() == [1.5, 2.25]


def test_only_categories_of_the_cohort_remain(mixed: Path) -> None:
    frame = open_dataset(mixed, cohort='coded = "x"').frame()
    assert list(frame["coded"].cat.categories) == ["x"]
    assert list(frame["text"].cat.categories) == []


@pytest.mark.parametrize("cohort", ["", 'sex = "Female" and age >= 25', "workclass is missing"])
def test_chunks_joined_are_the_whole(shared: Path, cohort: str) -> None:
    data = open_dataset(shared / "data/adult/adult.parquet", Schema(target="income"), cohort)
    whole = data.frame()
    chunks = list(data.chunks(rows=5_000))
    assert max(map(len, chunks)) <= 5_000
    joined = pd.concat([chunk.astype({"sex": "str", "workclass": "str"}) for chunk in chunks], ignore_index=True)
    pd.testing.assert_frame_equal(
        joined[["age", "sex", "workclass"]],
        whole[["age", "sex", "workclass"]].astype({"sex": "str", "workclass": "str"}),
    )
    assert data.n_rows == len(whole)
    assert data.n_total == 32_561
    assert whole.index.equals(pd.RangeIndex(len(whole)))


def test_the_cohort_agrees_with_pandas_on_real_data(shared: Path) -> None:
    path = shared / "data/adult/adult.parquet"
    raw = pd.read_parquet(path)
    expected = raw[(raw["sex"] == "Female") & (raw["age"] >= 25) | raw["workclass"].isna()]
    found = open_dataset(path, cohort='sex = "Female" and age >= 25 or workclass is missing').frame(("fnlwgt", "age"))
    assert found.columns.tolist() == ["fnlwgt", "age"]
    np.testing.assert_array_equal(found["fnlwgt"], expected["fnlwgt"])


def test_the_positions_of_a_cohort_point_into_the_whole_file(shared: Path) -> None:
    path = shared / "data/adult/adult.parquet"
    some = open_dataset(path, cohort="age > 60")
    whole = open_dataset(path)
    assert whole.positions().tolist() == list(range(32_561))
    np.testing.assert_array_equal(whole.frame()["fnlwgt"].to_numpy()[some.positions()], some.frame()["fnlwgt"])


def test_an_empty_cohort_gives_an_empty_frame_with_all_columns(mixed: Path) -> None:
    data = open_dataset(mixed, cohort="i > 100")
    assert data.frame().shape == (0, 7)
    assert list(data.chunks()) == []
    assert data.n_rows == 0


@pytest.mark.parametrize("cohort", ["nowhere = 1", 'i = "x"', "text > 1", "coded ="])
def test_a_cohort_that_does_not_fit_is_refused_when_opened(mixed: Path, cohort: str) -> None:
    with pytest.raises(RefusedInputError):
        open_dataset(mixed, cohort=cohort)


def test_a_role_that_names_no_column_is_refused_with_the_list(mixed: Path) -> None:
    with pytest.raises(RefusedInputError, match="Columns of the data: i, flag"):
        open_dataset(mixed, Schema(target="label"))


def test_an_unknown_column_is_refused(mixed: Path) -> None:
    with pytest.raises(RefusedInputError, match="No column 'j'"):
        open_dataset(mixed).frame(("j",))


def test_a_column_of_very_many_texts_comes_as_str(tmp_path: Path) -> None:
    pd.DataFrame({"id": [f"p{i}" for i in range(10_001)]}).to_parquet(tmp_path / "ids.parquet")
    frame = open_dataset(tmp_path / "ids.parquet").frame()
    assert str(frame["id"].dtype) == "str"
    assert frame["id"].nunique() == 10_001
