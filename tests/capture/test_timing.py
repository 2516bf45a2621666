"""Times are captured with a clock that a test holds, in this process and at a server, and by the command line."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from pyarrow import feather
from typer.testing import CliRunner

from governance.__main__ import build
from governance.capture.timing import TimingJob, _Watch, capture
from governance.evidence.codec import sha256
from governance.evidence.errors import RefusedInputError
from governance.models.predict.predictor import OnnxPredictor
from governance.remote.endpoint import Endpoint
from governance.runs.run import ModelFile, RecordingFile, open_recording
from governance.serving.latency import COLUMNS
from governance.serving.observation import TimingHead, head_of
from tests import golden
from tests.remote.double import Served, serving

MS = 10**6


class Clock:
    """A clock that goes on only when it is told to."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(50_000, round(seconds * 1e9))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> golden.Made:
    return golden.made(tmp_path_factory.mktemp("made"))


def job(made: golden.Made, out: Path, **more: object) -> TimingJob:
    model: ModelFile = made.model
    said: dict[str, object] = {"rate": 100.0, "seconds": 0.5, **more}
    return TimingJob(
        model=model.path,
        digest=model.digest,
        signature=model.signature,
        data=made.data.path,
        out=str(out),
        **said,  # type: ignore[arg-type]
    )


def test_a_stall_delays_no_moment_and_is_seen_by_all_who_waited() -> None:
    clock = Clock()
    watch = _Watch(clock, clock.sleep)

    def ask(number: int) -> str:
        clock.now += 600 * MS if number == 50 else 2 * MS
        return "ok"

    watch.open(ask, np.arange(100) * 10 * MS, 1)
    table = watch.table()
    waited = (table.column("done_ns").to_numpy() - table.column("due_ns").to_numpy()) / MS
    assert np.all(np.diff(table.column("due_ns").to_numpy()) == 10 * MS)
    assert waited[:50].max() < 3
    assert waited[50] == pytest.approx(600, abs=1)
    assert waited[51] == pytest.approx(592, abs=2)
    assert waited[-1] > 150


def test_requests_one_after_the_other_end_after_their_time() -> None:
    clock = Clock()
    watch = _Watch(clock, clock.sleep)

    def ask(_: int) -> str:
        clock.now += MS
        return "ok"

    watch.closed(ask, 0.25)
    assert len(watch.table()) == 251


def test_the_raw_rows_have_the_columns_that_are_judged_and_the_head_says_how(made: golden.Made, tmp_path: Path) -> None:
    capture(job(made, tmp_path / "t.arrow", batch=4, threads=2))
    data = (tmp_path / "t.arrow").read_bytes()
    found = open_recording(RecordingFile(str(tmp_path / "t.arrow"), sha256(data)))
    assert found is not None
    assert {name: str(found.table.schema.field(name).type) for name in found.table.column_names} == COLUMNS
    head = head_of(found, TimingHead)
    assert (head.place, head.batch, head.threads, head.rate) == ("in process", 4, 2, 100.0)
    assert found.table.column("part").to_pylist().count("open") == 50


def test_a_server_is_timed_and_requests_without_an_answer_are_errors(made: golden.Made, tmp_path: Path) -> None:
    out = tmp_path / "t.arrow"
    served = Served(OnnxPredictor(Path(made.model.path), made.model.signature))
    with serving(served) as address:
        capture(job(made, out, endpoint=Endpoint(address, "credit"), rate=40.0))
    table = feather.read_table(str(out))
    assert set(table.column("status").to_pylist()) == {"ok"}
    assert served.asked == len(table)
    capture(job(made, out, endpoint=Endpoint(address, "credit"), rate=40.0, seconds=0.2, deadline=0.05))
    assert set(feather.read_table(str(out)).column("status").to_pylist()) == {"error"}
    assert threading.active_count() < 20


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": 0.0},
        {"rate": -1.0},
        {"rate": float("nan")},
        {"rate": 1e9},
        {"seconds": 0.0},
        {"batch": 0},
        {"threads": 0},
        {"rate": 1e6, "seconds": 3600.0},
    ],
)
def test_a_load_that_is_none_is_refused(made: golden.Made, tmp_path: Path, wrong: dict[str, float]) -> None:
    with pytest.raises(RefusedInputError, match="expected"):
        job(made, tmp_path / "t.arrow", **wrong)


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(build(), list(words), catch_exceptions=False)
    return done.exit_code, done.stdout


def test_the_command_line_times_judges_and_judges_again_without_measuring(made: golden.Made, tmp_path: Path) -> None:
    out = tmp_path / "times.arrow"
    asked = (made.model.path, made.data.path, "--json")
    load = ("--rate", "200", "--seconds", "2", "--budget-ms", "60000", "--share", "0.5")
    code, text = run("latency", *asked, *load, "--out", str(out))
    found = json.loads(text)
    assert (code, found["budget"]["verdict"], found["budget"]["over"]) == (0, "met", 0)
    assert [item["p"] for item in found["quantiles"]] == [0.5, 0.95, 0.99]
    assert {"value_ms", "low_ms", "high_ms", "n", "n_eff"} < set(found["quantiles"][0])
    assert {"generator_lag_p99_ms", "preempted_share", "rates", "operators"} <= set(found)
    code, text = run("latency", *asked, "--observation", str(out), "--budget-ms", "0.000001")
    again = json.loads(text)
    assert (code, again["budget"]["verdict"]) in ((1, "not_met"), (1, "cannot_judge"))
    assert again["quantiles"] == found["quantiles"]
    code, text = run("latency", *asked[:2], "--observation", str(out))
    assert "Budget of all but 0.01 of the requests within 100 ms at 200 requests a second" in text


def test_times_of_another_model_are_refused_in_words(made: golden.Made, tmp_path: Path) -> None:
    out = tmp_path / "times.arrow"
    capture(job(made, out))
    table = feather.read_table(str(out))
    from dataclasses import replace

    from governance.serving.observation import with_head

    found = open_recording(RecordingFile(str(out), sha256(out.read_bytes())))
    assert found is not None
    feather.write_feather(
        with_head(table, replace(head_of(found, TimingHead), model="b" * 64)), str(out), compression="uncompressed"
    )
    done = CliRunner().invoke(build(), ["latency", made.model.path, made.data.path, "--observation", str(out)])
    assert isinstance(done.exception, RefusedInputError)
    assert "about model bbbbbbbbbbbbbbbb" in str(done.exception)
