"""Predictions are kept as a table and read back as they were."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from governance.evidence.codec import decode, encode
from governance.evidence.errors import CountersignError
from governance.models.predict.predict import joined, read_predictions, summarise, to_table
from governance.models.predict.predictions import PredictionSummary
from governance.subject.signature import Prediction, Signature

BINARY = Signature((), (), "binary", ("no", "yes"), "label", "score", zipmap=False)
VALUE = Signature((), (), "regression", (), "value", "", zipmap=False)
ANSWERS = Prediction(("no", "yes"), np.array([0, 1, 0]), np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]))


def test_a_classifier_comes_back_from_its_table() -> None:
    table = to_table(ANSWERS)
    assert table.column("label").to_pylist() == ["no", "yes", "no"]
    found = read_predictions(table, BINARY)
    assert read_predictions(table.take([2, 1]), BINARY).score.tolist() == [[0.6, 0.4], [0.2, 0.8]]
    assert np.array_equal(found.score, ANSWERS.score)
    assert np.array_equal(found.label, ANSWERS.label)


def test_a_regression_comes_back_from_its_table() -> None:
    found = read_predictions(to_table(Prediction((), None, np.array([[1.5], [2.5]]))), VALUE)
    assert found.score.tolist() == [[1.5], [2.5]]
    assert found.label is None


def test_a_table_of_another_model_is_refused() -> None:
    with pytest.raises(CountersignError, match="expected"):
        read_predictions(pa.table({"value": [1.0]}), BINARY)


def test_the_summary_counts_labels_and_says_whether_scores_are_probabilities() -> None:
    found = summarise(ANSWERS, BINARY)
    assert [(item.name, item.predicted) for item in found.scores] == [("no", 2), ("yes", 1)]
    assert found.scores[1].mean == pytest.approx(1.3 / 3)
    assert (found.scores[1].low, found.scores[1].high) == (0.1, 0.8)
    assert found.probabilities
    assert not summarise(Prediction(("no", "yes"), None, np.array([[2.0, -2.0]])), BINARY).probabilities
    assert decode(PredictionSummary, encode(found)) == found


def test_chunks_are_joined_in_order() -> None:
    found = joined([ANSWERS, ANSWERS])
    assert found.score.shape == (6, 2)
    assert found.label is not None
    assert found.label.tolist() == [0, 1, 0, 0, 1, 0]
