"""Several models are timed on one device: what is written, by a clock that a test holds, and what cannot be timed."""

from __future__ import annotations

import itertools
import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyarrow import feather
from typer.testing import CliRunner

from governance.__main__ import build
from governance.capture import lanes
from governance.capture.lanes import LanesJob, capture
from governance.evidence.errors import CountersignError, RefusedInputError
from tests import golden


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> golden.Made:
    return golden.made(tmp_path_factory.mktemp("made"))


def job(made: golden.Made, out: Path, **more: object) -> LanesJob:
    both = (made.model, made.candidate)
    said: dict[str, Any] = {
        "models": tuple(file.path for file in both), "digests": tuple(file.digest for file in both),
        "signatures": tuple(file.signature for file in both), "data": made.data.path, "out": str(out), "rounds": 6, **more,
    }  # fmt: skip
    return LanesJob(**said)


def test_each_round_holds_each_model_on_each_number_of_threads_alone_and_beside(
    made: golden.Made, tmp_path: Path
) -> None:
    ticks = itertools.count(step=1_000)
    capture(job(made, tmp_path / "x", cores=3, measure=True), clock=lambda: next(ticks))
    rows = feather.read_table(tmp_path / "x").to_pandas()
    times = rows[rows.kind.isin(["alone", "beside"])]
    assert len(times) == 2 * 6 * 2 * 3
    assert set(times.threads) == {1, 2, 3}
    assert times.groupby(["kind", "model", "threads"]).size().eq(6).all()
    assert rows.kind.value_counts()[["lanes", "plan", "given"]].tolist() == [6, 6, 6]
    assert (rows.value > 0).all()
    assert (rows[rows.kind == "lanes"].value <= 3_000).all()


def test_a_list_is_run_so_that_no_more_cores_are_taken_than_there_are() -> None:
    lock, at_work, most, done = threading.Lock(), [0], [0], []
    barrier = threading.Event()

    def ask(job_: int, threads: int):
        def work() -> None:
            with lock:
                at_work[0] += threads
                most[0] = max(most[0], at_work[0])
            barrier.wait(0.01)
            with lock:
                at_work[0] -= threads
                done.append(job_)

        return work

    order = [(0, 1), (1, 2), (2, 1), (3, 1), (4, 3)]
    lanes._run(order, {item: ask(*item) for item in order}, 3)
    assert sorted(done) == [0, 1, 2, 3, 4]
    assert most[0] <= 3


def test_wishes_without_sense_and_data_without_whole_rows_are_refused(made: golden.Made, tmp_path: Path) -> None:
    for wrong, word in (({"cores": 0}, "cores"), ({"rounds": 0}, "rounds"), ({"batch": 0}, "request")):
        with pytest.raises(RefusedInputError, match=word):
            job(made, tmp_path / "x", **wrong)
    hollow = golden.people(2, 0.5)
    hollow["age"] = np.nan
    hollow.to_parquet(tmp_path / "hollow.parquet")
    with pytest.raises(RefusedInputError, match="no row without"):
        capture(job(made, tmp_path / "x", data=str(tmp_path / "hollow.parquet")))


def test_the_command_measures_judges_and_judges_again_from_the_same_times(made: golden.Made, tmp_path: Path) -> None:
    def run(*more: object) -> tuple[int, dict[str, object]]:
        said = ["schedule", made.model.path, made.candidate.path, "--data", made.data.path, "--json", *map(str, more)]
        found = CliRunner().invoke(build(), said, catch_exceptions=False)
        return found.exit_code, json.loads(found.stdout)

    out = tmp_path / "times.arrow"
    code, document = run("--rounds", 6, "--out", out)
    assert code == 0, "without a deadline a plan is all that was asked"
    assert {"plan", "makespan_ms", "bound_ms", "proved", "given_order_ms", "last", "verdict"} <= set(document)
    assert {item["model"] for item in document["plan"]} == {made.model.digest, made.candidate.digest}  # type: ignore[attr-defined]
    code, again = run("--observation", out, "--deadline-ms", 10_000)
    assert (code, again["verdict"], again["plan"]) == (0, "met", document["plan"])
    code, never = run("--observation", out, "--deadline-ms", 0.000001)
    assert code == 1
    assert never["verdict"] in {"not_met", "cannot_judge"}
    words = ["schedule", made.model.path, "--data", made.data.path, "--observation", str(out)]
    with pytest.raises(CountersignError, match="about other models"):
        CliRunner().invoke(build(), words, catch_exceptions=False)
