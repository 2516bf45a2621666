"""Two models on the same people: the pairing narrows the interval, and a bootstrap of rows gives the same one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from governance.data.in_memory import InMemory
from governance.evidence.codec import decode, encode
from governance.evidence.evidence import NotAssessed, silent
from governance.fairness.compare import compare
from governance.fairness.report import Change, CompareReport, Limits
from governance.fairness.spec import Compare
from governance.subject.schema import Schema
from governance.subject.subject import Subject


def people(n: int = 3000) -> pd.DataFrame:
    rng = np.random.default_rng(21)
    g = rng.choice(["a", "b"], n, p=[0.7, 0.3])
    y = rng.integers(0, 2, n)
    first = np.clip(0.4 + 0.2 * y - 0.15 * (g == "b") + rng.normal(0, 0.2, n), 0, 1)
    return pd.DataFrame({"g": g, "y": y, "first": first, "second": np.clip(first + 0.12 * (g == "b"), 0, 1)})


def run(frame: pd.DataFrame, **parameters: object) -> CompareReport | NotAssessed:
    schema = Schema(target="y", positive="1", score="first", sensitive=("g",))
    subject = Subject(InMemory(frame, schema, 700))
    return compare(subject, Compare(**parameters), rng=np.random.default_rng(0), progress=silent).result


def change(found: CompareReport, what: str, attribute: str = "") -> Change:
    return next(item for item in found.changes if (item.what, item.attribute) == (what, attribute))


def test_a_smaller_disparity_is_called_better_with_the_interval_of_a_bootstrap_of_rows() -> None:
    frame = people()
    found = run(frame, candidate_score="second")
    item = change(found, "demographic_parity", "g")

    def disparity(part: pd.DataFrame, column: str) -> float:
        rates = (part[column] >= 0.5).groupby(part.g).mean()
        return float(rates.max() - rates.min())

    assert item.current == pytest.approx(disparity(frame, "first"))
    assert item.candidate == pytest.approx(disparity(frame, "second"))
    rng = np.random.default_rng(1)
    moved = []
    for _ in range(400):
        part = frame.iloc[rng.integers(0, len(frame), len(frame))]
        moved.append(disparity(part, "second") - disparity(part, "first"))
    low, high = np.quantile(moved, [0.025, 0.975])
    assert item.low == pytest.approx(low, abs=0.01)
    assert item.high == pytest.approx(high, abs=0.01)
    assert item.verdict == "better"
    assert found.flipped == int(((frame["first"] >= 0.5) != (frame["second"] >= 0.5)).sum())


def test_a_model_compared_with_itself_changes_nothing() -> None:
    found = run(people().assign(same=lambda frame: frame["first"]), candidate_score="same")
    assert all(
        (item.change, item.low, item.high, item.verdict) == (0, 0, 0, "no_clear_change") for item in found.changes
    )
    assert found.flipped == 0


def test_rows_without_a_candidate_are_counted_and_json_keeps_the_report() -> None:
    frame = people()
    frame.loc[:99, "second"] = np.nan
    found = run(frame, candidate_score="second", limits=Limits(draws=300))
    assert found.rows.used == 2900
    assert found.rows.dropped[0].rows == 100
    assert decode(CompareReport, encode(found)) == found


def test_without_a_candidate_there_is_a_reason() -> None:
    assert isinstance(run(people()), NotAssessed)
