"""Two models are timed beside each other: by a clock that a test holds, and with an interval that covers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather

from governance.capture import pairs
from governance.capture.pairs import PairJob, capture
from governance.evidence.errors import RefusedInputError
from governance.serving.paired_times import time_ratios
from tests import golden


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> golden.Made:
    return golden.made(tmp_path_factory.mktemp("made"))


def job(made: golden.Made, out: Path, **more: object) -> PairJob:
    return PairJob(
        model=made.model.path, other=made.candidate.path, signature=made.model.signature, data=made.data.path, out=str(out),
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_each_pair_holds_both_models_and_a_slower_one_is_told(
    made: golden.Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0]
    asked = iter(range(10**9))

    def ask(predictor: object, rows: object) -> object:
        slow = next(asked) % 2  # the model is opened first, then the other one

        def run() -> None:
            now[0] += 1_000_000 * (3 if slow else 2)

        return run

    monkeypatch.setattr(pairs, "_ask", ask)
    out = tmp_path / "pairs.arrow"
    capture(job(made, out, batches=(1, 7), blocks=12), clock=lambda: now[0])
    table = feather.read_table(out)
    assert table.column("batch").to_pylist() == [1] * 12 + [7] * 12
    found = time_ratios(table)
    assert [(item.batch, item.ratio, item.low, item.high, item.pairs) for item in found] == [
        (1, 1.5, 1.5, 1.5, 12), (7, 1.5, 1.5, 1.5, 12),
    ]  # fmt: skip


def test_a_real_pair_of_equal_models_takes_about_as_long(made: golden.Made, tmp_path: Path) -> None:
    out = tmp_path / "pairs.arrow"
    capture(job(made, out, batches=(1,), blocks=20))
    (found,) = time_ratios(feather.read_table(out))
    assert found.pairs == 20
    assert 0.2 < found.ratio < 5


def table(ratios: np.ndarray) -> pa.Table:
    one = np.full(len(ratios), 1_000_000)
    return pa.table(
        {"batch": np.ones(len(ratios), np.int64), "model_ns": one, "other_ns": (one * ratios).astype(np.int64)}
    )


def test_the_interval_of_the_ratio_covers_the_true_median() -> None:
    rng, inside = np.random.default_rng(4), 0
    for _ in range(400):
        (found,) = time_ratios(table(0.8 * np.exp(rng.laplace(size=60) / 10)))
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= 0.8 <= found.high
    assert 0.93 <= inside / 400 <= 0.985


def test_too_few_pairs_have_no_interval() -> None:
    (found,) = time_ratios(table(np.array([0.5, 0.6, 0.7, 0.8, 0.9])))
    assert (found.ratio, found.low, found.high) == (pytest.approx(0.7), None, None)


def test_times_that_nobody_measured_are_refused() -> None:
    with pytest.raises(RefusedInputError, match="not above 0"):
        time_ratios(table(np.array([0.0, 1.0])))


def test_data_without_a_whole_row_and_wishes_without_sense_are_refused(made: golden.Made, tmp_path: Path) -> None:
    hollow = golden.people(2, 0.5)
    hollow["age"] = np.nan
    hollow.to_parquet(tmp_path / "hollow.parquet")
    with pytest.raises(RefusedInputError, match="no row without"):
        capture(
            PairJob(made.model.path, made.candidate.path, made.model.signature, str(tmp_path / "hollow.parquet"), "x")
        )
    for wrong in ({"blocks": 0}, {"batches": ()}, {"batches": (0,)}):
        with pytest.raises(RefusedInputError, match="expected 1 to 10,000"):
            job(made, tmp_path / "x", **wrong)
