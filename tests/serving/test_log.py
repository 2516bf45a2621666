"""Logged answers: a request a row, nothing guessed."""

from __future__ import annotations

import pandas as pd
import pytest

from governance.evidence.errors import RefusedInputError
from governance.serving.log import asked_in, logged_answers
from governance.subject.signature import InputTensor, Signature

TWO = Signature((InputTensor("X", "float32", 1),), ("age",), "binary", ("0", "1"), "label", "scores", zipmap=False)
NUMBER = Signature((InputTensor("X", "float32", 1),), ("age",), "regression", (), "value", "", zipmap=False)


def test_a_log_becomes_a_request_a_row() -> None:
    log = pd.DataFrame({"prediction": [1, 0], "score_0": [0.25, 0.75], "score_1": [0.75, 0.25]})
    found = logged_answers(log, TWO, 2)
    assert found.column("request").to_pylist() == [0, 1] == found.column("row").to_pylist()
    assert found.column("label").to_pylist() == ["1", "0"]
    assert found.column("score_1").to_pylist() == [0.75, 0.25]


def test_labels_alone_and_predicted_numbers_are_logs_too() -> None:
    assert logged_answers(pd.DataFrame({"prediction": ["1"]}), TWO, 1).column("score_0").to_pylist() == [None]
    assert logged_answers(pd.DataFrame({"prediction": [3.5]}), NUMBER, 1).column("score_0").to_pylist() == [3.5]


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ({"score": [0.5]}, "The log has the columns 'score'"),
        ({"prediction": [None]}, "Row 0 of the log has no prediction"),
        ({"prediction": ["1", "0"]}, "The log has 2 answers for 1 rows"),
        ({"score_0": ["a"], "score_1": ["b"]}, "expected numbers"),
    ],
)
def test_a_log_that_is_none_is_refused(log: dict[str, list[object]], words: str) -> None:
    with pytest.raises(RefusedInputError, match=words):
        logged_answers(pd.DataFrame(log), TWO, 1)


def test_rows_without_a_column_of_the_model_or_none_at_all_are_refused() -> None:
    with pytest.raises(RefusedInputError, match="lack 'age'"):
        asked_in(pd.DataFrame({"sex": ["F"]}), TWO)
    with pytest.raises(RefusedInputError, match="There is no row"):
        asked_in(pd.DataFrame({"age": []}), TWO)
