"""Frames become tensors without anything being coerced in silence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from governance.evidence.errors import RefusedInputError
from governance.models.predict.feeds import feeds_of
from governance.subject.signature import Dtype, InputTensor, Signature


def feed(values: pd.Series, dtype: Dtype, *, rank: int = 2, missing_text: str = "") -> np.ndarray:
    signature = Signature((InputTensor("x", dtype, 1),), ("x",), "regression", (), "y", "", zipmap=False)
    return feeds_of(pd.DataFrame({"x": values}), signature, {"x": rank}, missing_text)["x"]


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([1, None], dtype="Int64"),
        pd.Series([True, None], dtype="boolean"),
        pd.Series([1.0, None]),
        pd.Series([1, None], dtype="category"),
        pd.Series([1, None], dtype=object),
        pd.Series([True, None], dtype=object),
    ],
    ids=["Int64", "boolean", "float", "category", "object", "object bool"],
)
def test_missing_numbers_stay_missing(values: pd.Series) -> None:
    found = feed(values, "float32")
    assert found.dtype == np.float32
    assert found.shape == (2, 1)
    assert found[0, 0] == 1
    assert np.isnan(found[1, 0])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pd.Series(["a", None, "b"]), ["a", "", "b"]),
        (pd.Series(["a", None, "b"], dtype="category"), ["a", "", "b"]),
        (pd.Series([1, 2, 1]), ["1", "2", "1"]),
        (pd.Series([1.0, np.nan, 2.5]), ["1", "", "2.5"]),
        (pd.Series([True, False, True]), ["True", "False", "True"]),
    ],
    ids=["str", "category", "int", "float", "bool"],
)
def test_text_inputs_take_values_as_a_schema_writes_them(values: pd.Series, expected: list[str]) -> None:
    assert feed(values, "string")[:, 0].tolist() == expected


@pytest.mark.parametrize("held", [["a", "b"], ["a", None], ["a", float("nan")], ["a", 1], [True, "b"]], ids=str)
def test_a_few_rows_are_written_as_many_are(held: list[object]) -> None:
    few, many = (pd.Series(held * times, dtype=object) for times in (1, 100))
    expected = feed(many, "string", missing_text="?")[:2, 0].tolist()
    assert feed(few, "string", missing_text="?")[:, 0].tolist() == expected
    assert expected[held.index("a") if "a" in held else 1] in {"a", "b"}


def test_the_file_says_what_stands_for_missing_text() -> None:
    assert feed(pd.Series(["a", None]), "string", missing_text="nan")[:, 0].tolist() == ["a", "nan"]


def test_a_column_without_any_value_is_all_missing() -> None:
    assert np.isnan(feed(pd.Series([None, None], dtype=object), "float32")).all()


def test_whole_numbers_keep_every_digit() -> None:
    assert feed(pd.Series([2**53 + 1]), "int64")[0, 0] == 2**53 + 1


@pytest.mark.parametrize(
    ("values", "dtype", "words"),
    [
        (pd.Series([1.5]), "int64", "takes whole numbers"),
        (pd.Series([1.0, np.nan]), "int64", "1 missing values"),
        (pd.Series([2**40]), "int32", "takes whole numbers"),
        (pd.Series([2]), "bool", "takes true or false"),
        (pd.Series([1e300]), "float32", "which float32 cannot hold"),
        (pd.Series(["x"]), "float32", "holds 'x'"),
        (pd.Series(["1"]), "float32", "holds '1'"),
        (pd.Series(["x"], dtype="category"), "int64", "holds 'x'"),
    ],
)
def test_values_that_do_not_fit_are_refused_in_words(values: pd.Series, dtype: Dtype, words: str) -> None:
    with pytest.raises(RefusedInputError, match=words):
        feed(values, dtype)


def test_an_input_of_one_dimension_gets_one() -> None:
    assert feed(pd.Series([1.0, 2.0]), "float32", rank=1).shape == (2,)
