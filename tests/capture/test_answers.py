"""Answers of a server are captured in a process of its own and judged afterwards: the same file, a canary, nobody at home."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from pyarrow import feather

from governance.capture.answers import AnswersJob, capture
from governance.capture.apart import captured
from governance.evidence.codec import sha256
from governance.evidence.errors import Cancelled, RefusedInputError
from governance.evidence.evidence import NotAssessed, silent
from governance.remote.endpoint import Endpoint, Secrets
from governance.runs.run import RecordingFile, open_recording
from governance.serving.attest import attest
from governance.serving.challenge import Limits, challenge_of, to_table
from governance.serving.observation import AnswersHead, head_of
from governance.serving.report import AttestReport
from governance.serving.spec import Attest
from governance.subject.subject import Recording, Subject
from tests.remote.double import Certificates, Served, serving
from tests.serving.asked import FIVE, SHARED, changed, needs_shared, numbers, opened, people

pytestmark = needs_shared


class Bench:
    """A model with its challenge on disk."""

    def __init__(self, folder: Path, name: str, columns: tuple[str, ...] | None, drawn: int = 20) -> None:
        self.folder, self.path = folder, SHARED / "onnx" / f"{name}.onnx"
        self.model = opened(name, columns)
        rows = challenge_of(self.model, people(), np.random.default_rng(0), Limits(drawn=drawn))
        self.rows = len(rows)
        feather.write_feather(to_table(rows), str(folder / "challenge.arrow"), compression="uncompressed")

    def job(self, address: str, **more: object) -> AnswersJob:
        said: dict[str, object] = {"requests": 3, "rate": 0.0, "seconds": 5.0, **more}
        endpoint = said.pop("endpoint", None) or Endpoint(address, "credit")
        return AnswersJob(
            model=str(self.path), digest=self.model.digest, signature=self.model.signature,
            challenge=str(self.folder / "challenge.arrow"), out=str(self.folder / "answers.arrow"),
            endpoint=endpoint, **said,  # type: ignore[arg-type]
        )  # fmt: skip

    def recording(self, name: str) -> Recording:
        path = self.folder / f"{name}.arrow"
        found = open_recording(RecordingFile(str(path), sha256(path.read_bytes())))
        assert found is not None
        return found

    def judged(self) -> AttestReport:
        subject = Subject(
            data=None, model=self.model, observation=self.recording("answers"), challenge=self.recording("challenge")
        )  # type: ignore[arg-type]
        return attest(subject, Attest(), rng=np.random.default_rng(0), progress=silent).result  # type: ignore[return-value]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"), "adult_gbc_float32_nozipmap", FIVE)


def one_leaf(model):
    def change(node: onnx.NodeProto) -> None:
        numbers(node, "class_weights")[5] += 0.5

    return changed(model, change)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("adult_gbc_float32_nozipmap", FIVE),
        ("adult_lightgbm_zipmap", FIVE),
        ("adult_hours_regressor", ("age", "education_num")),
        ("adult_rf_string_labels_zipmap", None),
        ("adult_lr_pipeline_strings_nozipmap", None),
    ],
)
def test_the_approved_file_behind_the_protocol_is_identical(
    tmp_path: Path, name: str, columns: tuple[str, ...] | None
) -> None:
    bench = Bench(tmp_path, name, columns)
    with serving(Served(bench.model)) as address:
        capture(bench.job(address))
    found = bench.judged()
    assert (found.outcome, found.same, found.requests, found.rows_answered) == ("identical", True, 3, bench.rows)
    assert found.claimed == "credit, 1, onnxruntime_onnx"


def test_every_third_request_to_another_model_is_found_in_a_process_of_its_own(bench: Bench) -> None:
    served, other = Served(bench.model), one_leaf(bench.model)
    served.turns = lambda turn: other if turn % 3 == 0 else bench.model
    told: list[tuple[int, int]] = []
    with serving(served) as address:
        captured(bench.job(address, requests=6), progress=lambda done, of, _: told.append((done, of)))
    found = bench.judged()
    assert (found.outcome, found.differing_requests, found.found_at, found.requests) == ("different", 2, 3, 6)
    assert told[-1] == (6, 6)
    assert served.asked == 6


def test_nobody_at_home_ends_after_five_requests_and_is_not_assessed(bench: Bench) -> None:
    with serving(Served(bench.model)) as address:
        gone = address
    capture(bench.job(gone, requests=300))
    assert head_of(bench.recording("answers"), AnswersHead).requests == 5
    found = bench.judged()
    assert isinstance(found, NotAssessed)
    assert "no connection" in found.reason


def test_a_server_with_labels_alone_says_so(bench: Bench) -> None:
    with serving(Served(bench.model, labels_only=True)) as address:
        capture(bench.job(address))
    assert (bench.judged().outcome, bench.judged().labels_only) == ("identical", True)


def test_outputs_of_other_names_are_unusable(bench: Bench) -> None:
    def renamed(answer):
        for at, item in enumerate(answer["outputs"]):
            item["name"] = f"out{at}"
        return answer

    with serving(Served(bench.model), renamed) as address:
        capture(bench.job(address))
    found = bench.judged()
    assert isinstance(found, NotAssessed)
    assert "the answer has the outputs out0, out1, expected 'label' or 'probabilities'" in found.reason


def test_the_pin_that_was_seen_is_in_the_head(bench: Bench, tmp_path: Path) -> None:
    certificates = Certificates(tmp_path)
    pin = certificates.pin(certificates.server)
    with serving(Served(bench.model), context=certificates.context(certificates.server)) as address:
        capture(
            bench.job(
                address, secrets=Secrets(ca_file=certificates.ca_file), endpoint=Endpoint(address, "credit", pin=pin)
            )
        )
    assert head_of(bench.recording("answers"), AnswersHead).pin == pin
    assert bench.judged().same


def test_requests_are_sent_at_their_rate_and_no_clock_of_the_machine_is_asked(bench: Bench) -> None:
    now, slept = [0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += round(seconds * 1e9)

    with serving(Served(bench.model)) as address:
        capture(bench.job(address, requests=4, rate=2.0), clock=lambda: now[0], sleep=sleep)
    assert slept == [0.5, 0.5, 0.5]
    assert bench.recording("answers").table.column("sent_ns").to_pylist()[:: bench.rows] == [
        0,
        500_000_000,
        10**9,
        1_500_000_000,
    ]


def test_rows_are_asked_in_another_order_each_time(bench: Bench) -> None:
    with serving(Served(bench.model)) as address:
        capture(bench.job(address, requests=2, seed=5))
    rows = bench.recording("answers").table.column("row").to_numpy()
    assert not np.array_equal(rows[: bench.rows], rows[bench.rows :])
    assert sorted(rows[: bench.rows]) == sorted(rows[bench.rows :])


def test_a_changed_byte_of_the_answers_is_refused(bench: Bench) -> None:
    with serving(Served(bench.model)) as address:
        capture(bench.job(address))
    path = bench.folder / "answers.arrow"
    digest = sha256(path.read_bytes())
    changed_bytes = bytearray(path.read_bytes())
    changed_bytes[len(changed_bytes) // 2] ^= 1
    path.write_bytes(bytes(changed_bytes))
    with pytest.raises(RefusedInputError, match="It was changed after it was recorded"):
        open_recording(RecordingFile(str(path), digest))


def test_whoever_stops_a_capture_ends_its_process(bench: Bench) -> None:
    def stop(done: int, of: int, phase: str) -> None:
        raise Cancelled

    with serving(Served(bench.model)) as address, pytest.raises(Cancelled):
        captured(bench.job(address, requests=1000, rate=100.0), progress=stop)


def test_a_refusal_inside_the_process_comes_out_in_its_words(bench: Bench) -> None:
    from dataclasses import replace

    job = replace(bench.job("http://127.0.0.1:9"), digest="0" * 64)
    with pytest.raises(RefusedInputError, match="expected 0000000000000000"):
        captured(job)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("requests", 0),
        ("requests", 10**6),
        ("rate", -1.0),
        ("rate", 1e9),
        ("rate", float("nan")),
        ("seconds", 0.0),
        ("seconds", 1e9),
    ],
)
def test_a_job_that_cannot_be_done_is_refused(bench: Bench, field: str, value: float) -> None:
    with pytest.raises(RefusedInputError, match="expected"):
        bench.job("http://server", **{field: value})
