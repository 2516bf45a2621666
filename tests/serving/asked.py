"""A server that is asked, without a server: answers of a model file to a challenge, as a capture would record them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from governance.evidence.codec import sha256
from governance.evidence.evidence import silent
from governance.models.graph.reading import signature_of
from governance.models.predict.predictor import OnnxPredictor
from governance.serving.attest import attest
from governance.serving.challenge import Challenge, to_table
from governance.serving.observation import AnswersHead, with_head
from governance.serving.report import AttestReport
from governance.serving.spec import Attest
from governance.subject.signature import Prediction
from governance.subject.subject import Recording, Subject

SHARED = Path(__file__).parents[3] / "shared"
FIVE = ("age", "education_num", "hours_per_week", "capital_gain", "capital_loss")
needs_shared = pytest.mark.skipif(
    not (SHARED / "onnx").exists(), reason="there is no folder ../shared with real models"
)


def people() -> pd.DataFrame:
    return pd.read_parquet(SHARED / "data" / "adult" / "adult.parquet")


def opened(name: str, columns: tuple[str, ...] | None = None) -> OnnxPredictor:
    data = (SHARED / "onnx" / f"{name}.onnx").read_bytes()
    return OnnxPredictor(data, signature_of(data, columns))


def changed(
    model: OnnxPredictor, change: Callable[[onnx.NodeProto], None], stage: str = "TreeEnsemble"
) -> OnnxPredictor:
    """Return a copy of a model whose last stage was changed."""
    copy = onnx.load_from_string(model.file)
    change(next(node for node in copy.graph.node if node.op_type.startswith(stage)))
    return OnnxPredictor(copy.SerializeToString(), model.signature)


def numbers(node: onnx.NodeProto, name: str) -> list[float]:
    return next(item for item in node.attribute if item.name == name).floats


def answers_table(model: OnnxPredictor, answered: list[tuple[NDArray[np.int64], Prediction | str]]) -> pa.Table:
    """Return what a capture records of requests: the rows asked and what came back, or why nothing did."""
    signature = model.signature
    k = max(1, len(signature.classes))
    columns: dict[str, list[object]] = {
        name: [] for name in ("request", "row", "sent_ns", "done_ns", "status", "reason", "label")
    }
    scores: list[list[object]] = [[] for _ in range(k)]
    for number, (rows, found) in enumerate(answered):
        alone = isinstance(found, str)
        for at, row in enumerate([-1] if alone else rows.tolist()):
            label = None if alone or found.label is None else signature.classes[found.label[at]]
            status, reason = found.split(": ", 1) if alone else ("ok", "")
            values = (number, row, number * 1000, number * 1000 + 500, status, reason, label)
            for name, value in zip(columns, values, strict=True):
                columns[name].append(value)
            for place in range(k):
                scores[place].append(None if alone else float(found.score[at, place]))
    kinds = (pa.int32(), pa.int32(), pa.int64(), pa.int64(), pa.string(), pa.string(), pa.string())
    arrays = {name: pa.array(values, kind) for (name, values), kind in zip(columns.items(), kinds, strict=True)}
    return pa.table({**arrays, **{f"score_{place}": pa.array(scores[place], pa.float64()) for place in range(k)}})


def recording(table: pa.Table) -> Recording:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as file:
        file.write_table(table)
    return Recording(sha256(sink.getvalue().to_pybytes()), table)


def head(model: OnnxPredictor, challenge: str, requests: int, **more: object) -> AnswersHead:
    said: dict[str, object] = {
        "place": "credit", "protocol": "rest", "served_as": "credit", "started": "2026-11-28T10:00:00Z",
        "ended": "2026-11-28T10:01:00Z", **more,
    }  # fmt: skip
    return AnswersHead(model=model.digest, challenge=challenge, requests=requests, **said)  # type: ignore[arg-type]


def attested(
    approved: OnnxPredictor,
    challenge: Challenge,
    servers: list[OnnxPredictor | str],
    parameters: Attest | None = None,
) -> AttestReport:
    """Return what is said when each request is answered by the server named for it, or ends as its words say."""
    rows = np.arange(len(challenge), dtype=np.int64)
    kept = {id(item): item.predict(challenge.frame) for item in servers if not isinstance(item, str)}
    answered = [(rows, item if isinstance(item, str) else kept[id(item)]) for item in servers]
    return judged(approved, challenge, answers_table(approved, answered), parameters=parameters)


def judged(
    approved: OnnxPredictor,
    challenge: Challenge,
    answers: pa.Table,
    *,
    parameters: Attest | None = None,
    about: OnnxPredictor | None = None,
) -> AttestReport:
    """Return what is said of a table of answers; `about` is the model that its head names."""
    asked = recording(to_table(challenge))
    requests = len(set(answers.column("request").to_pylist()))
    seen = recording(with_head(answers, head(about or approved, asked.digest, requests)))
    subject = Subject(data=None, model=approved, observation=seen, challenge=asked)  # type: ignore[arg-type]
    return attest(subject, parameters or Attest(), rng=np.random.default_rng(0), progress=silent).result  # type: ignore[return-value]
