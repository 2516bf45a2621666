"""Metrics of counts against sklearn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from sklearn import metrics as sk

from governance.evidence.errors import RefusedInputError
from governance.statistics.counts import coded, tally
from governance.statistics.metric_list import METRICS
from governance.statistics.rates import of_counts, rate, shares_of_rows, value

BOTH = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=40)
SKLEARN = {
    "accuracy": sk.accuracy_score,
    "precision": lambda y, d: sk.precision_score(y, d, zero_division=np.nan),
    "true_positive_rate": lambda y, d: sk.recall_score(y, d, zero_division=np.nan),
    "true_negative_rate": lambda y, d: sk.recall_score(y, d, pos_label=0, zero_division=np.nan),
    "negative_predictive_value": lambda y, d: sk.precision_score(y, d, pos_label=0, zero_division=np.nan),
    "f1": lambda y, d: sk.f1_score(y, d, zero_division=np.nan),
    "selection_rate": lambda _, d: np.mean(d),
    "base_rate": lambda y, _: np.mean(y),
}


@given(BOTH)
def test_they_are_sklearns(pairs: list[tuple[int, int]]) -> None:
    label, decision = (np.array(side, dtype=np.float64) for side in zip(*pairs, strict=True))
    table = tally(np.zeros(len(label), dtype=np.intp), 1, coded(label), coded(decision))
    for name, oracle in SKLEARN.items():
        assert float(value(name, table)[0]) == pytest.approx(oracle(label, decision), abs=1e-12, nan_ok=True)


@given(BOTH)
def test_errors_and_hits_of_the_same_rows_add_up_to_1(pairs: list[tuple[int, int]]) -> None:
    label, decision = (np.array(side, dtype=np.float64) for side in zip(*pairs, strict=True))
    table = tally(np.zeros(len(label), dtype=np.intp), 1, coded(label), coded(decision))
    for hit, error in (
        ("true_positive_rate", "false_negative_rate"),
        ("true_negative_rate", "false_positive_rate"),
        ("precision", "false_discovery_rate"),
        ("negative_predictive_value", "false_omission_rate"),
    ):
        both = float(value(hit, table)[0] + value(error, table)[0])
        assert np.isnan(both) or both == pytest.approx(1.0)


def test_a_rate_is_a_part_of_its_base_and_an_unknown_name_is_refused_with_the_known_ones() -> None:
    assert all(set(item.top) < set(item.base) for item in METRICS if item.top)
    assert len(set(of_counts())) == len(of_counts()) == 14
    assert set(shares_of_rows()) < set(of_counts())
    with pytest.raises(RefusedInputError, match="tpr"):
        rate("tpr")
