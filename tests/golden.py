"""Every method of the catalogue on one small subject made from seeds, and the digest of what it says.

Evidence is a cache: a result that changes without a raised version would be served from it as if nothing had happened.
`tests/golden.json` holds the digest of each version; `scripts/golden.py` writes it again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import feather
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from governance.evidence.codec import JsonValue, canonical, encode, sha256
from governance.evidence.method_spec import MethodSpec
from governance.models.convert.convert import convert_estimator
from governance.models.graph.reading import signature_of
from governance.models.predict.predictor import OnnxPredictor
from governance.runs.run import DataFile, ModelFile, RecordingFile, Task, execute
from governance.serving.challenge import Limits, challenge_of, to_table
from governance.serving.observation import AnswersHead, LanesHead, TimingHead, with_head
from governance.subject.schema import Schema

TABLE: Final = Path(__file__).with_name("golden.json")
ROWS: Final = 120
DIGITS: Final = 9
"""Significant digits that count, so that platforms agree."""
NOTHING: Final = 1e-9
"""Smaller numbers are what is left of 0 after rounding."""
DIFFERENCES: Final = {"largest_gap"}
"""Fields that hold a difference of two numbers near 1, which rounding leaves to about 1e-16: 12 decimals of it count, whatever its size."""
_SHA256: Final = re.compile("[0-9a-f]{64}")
PARAMETERS: Final[dict[str, dict[str, JsonValue]]] = {
    "explain.dependence": {"column": "income", "row": 3},
    "explain.global": {"background_rows": 40},
    "explain.interactions": {"background_rows": 20},
    "explain.local": {"background_rows": 40, "lime_samples": 200},
    "performance.compare": {"candidate_score": "challenger", "draws": 200},
    "fairness.compare": {"candidate_score": "challenger"},
    "fairness.norms": {"rows": 30},
    "fairness.finished": {
        "columns": ["income", "savings"],
        "norms": {
            "title": "Parity",
            "least_rows": 20,
            "norms": [
                {
                    "id": "parity",
                    "metric": "demographic_parity",
                    "compare": "ratio",
                    "limit": "0.80",
                    "attributes": ["sex"],
                }
            ],
        },
    },
    "fairness.search": {
        "trials": 2,
        "norms": {
            "title": "Parity",
            "norms": [
                {
                    "id": "parity",
                    "metric": "demographic_parity",
                    "compare": "difference",
                    "limit": "0.05",
                    "attributes": ["sex"],
                }
            ],
        },
    },
    "fairness.patch": {
        "norm": "parity",
        "norms": {
            "title": "Parity",
            "least_rows": 20,
            "norms": [
                {
                    "id": "parity",
                    "metric": "demographic_parity",
                    "compare": "difference",
                    "limit": "0.05",
                    "attributes": ["sex"],
                }
            ],
        },
        "corrections": [
            {"kind": "offset", "attributes": ["sex"], "offsets": [{"group": ["F"], "offset": 0.7}]},
            {"kind": "blind", "slope": 0.9, "intercept": -0.2},
        ],
    },
    "fairness.retrain": {"algorithm": "correlation_remover"},
    "drift.over_time": {"by": "rows", "size": 60},
    "drift.harm_over_time": {"by": "rows", "size": 60},
    "drift.calibration": {"rows": 40, "windows_per_month": 1.0, "resamples": 5},
}
"""What is asked otherwise than by default: smaller, so that all of it takes seconds."""


@dataclass(frozen=True, slots=True)
class Made:
    """The subject on disk."""

    data: DataFile
    reference: DataFile
    model: ModelFile
    candidate: ModelFile
    """The model with other weights."""
    recorded: dict[str, dict[str, RecordingFile]]
    """Method -> "observation" and "challenge" of those that judge what was seen."""


def people(seed: int, shift: float) -> pd.DataFrame:
    """Return rows of people; `shift` moves their incomes."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "sex": rng.choice(["F", "M"], ROWS),
        "age": rng.integers(18, 80, ROWS).astype(np.float64),
        "income": (rng.normal(3 + shift, 1, ROWS) * 16).round() / 16,
        "region": rng.choice(["north", "south", "east"], ROWS, p=[0.5, 0.3, 0.2]),
        "id": [f"p{seed}-{row}" for row in range(ROWS)],
    })  # fmt: skip
    odds = 0.05 * (frame.age - 45) + frame.income - 3 + rng.normal(0, 1, ROWS)
    frame["good"] = np.where(odds > 0, "yes", "no")
    frame["challenger"] = (1 / (1 + np.exp(-odds)) * 256).round() / 256
    frame["savings"] = np.where(rng.random(ROWS) < 0.05 + 0.2 * shift, np.nan, rng.integers(0, 40, ROWS) / 4)
    return frame


def model(income: float = 1.0) -> bytes:
    """Return a logistic regression with weights written by hand, as ONNX."""
    columns = ["age", "income", "region"]
    encoder = ColumnTransformer([
        ("n", "passthrough", ["age", "income"]),
        ("c", OneHotEncoder(sparse_output=False, handle_unknown="ignore"), ["region"]),
    ])  # fmt: skip
    frame = people(1, 0.0)
    fitted = make_pipeline(encoder, LogisticRegression()).fit(frame[columns], frame["good"])
    final = fitted[-1]
    final.coef_, final.intercept_ = np.array([[0.0625, income, 0.25, 0.0, -0.25]]), np.array([-5.5])
    return convert_estimator(fitted, frame[columns])


def made(folder: Path) -> Made:
    """Write the subject and return it."""
    schema = Schema(target="good", positive="yes", sensitive=("sex",), identifier="id", ignore=("challenger",))
    files = []
    for name, seed, shift in (("data", 2, 0.5), ("reference", 1, 0.0)):
        path = folder / f"{name}.parquet"
        people(seed, shift).to_parquet(path)
        files.append(DataFile(str(path), sha256(name.encode()), schema))
    known, other = (
        _model(folder / name, model(income)) for name, income in (("model.onnx", 1.0), ("other.onnx", 0.9375))
    )
    return Made(data=files[0], reference=files[1], model=known, candidate=other, recorded=recordings(folder, known))


def _model(path: Path, text: bytes) -> ModelFile:
    path.write_bytes(text)
    return ModelFile(str(path), sha256(text), signature_of(text))


def recordings(folder: Path, known: ModelFile) -> dict[str, dict[str, RecordingFile]]:
    """Write what methods judge that was seen of the model at work."""
    return {
        "serving.attest": answered(folder, known),
        "serving.latency": {"observation": timed(folder, known)},
        "serving.schedule": {"observation": shared(folder, known)},
    }


def shared(folder: Path, known: ModelFile) -> RecordingFile:
    """Write the times of three models on two cores, six rounds of them."""
    rng = np.random.default_rng(7)
    rows = [
        (kind, model, threads, turn, int(factor * base * 1_000_000 / threads**0.5 + rng.integers(0, 1000)))
        for turn in range(6)
        for kind, factor in (("alone", 1.0), ("beside", 1.25))
        for model, base in enumerate((4, 2, 3))
        for threads in (1, 2)
    ]
    rows += [("lanes", -1, 2, turn, 1900 + turn) for turn in range(6)]
    columns = zip(("kind", "model", "threads", "round", "value"), zip(*rows, strict=True), strict=True)
    table = pa.table(
        {name: pa.array(values, pa.string() if name == "kind" else pa.int64()) for name, values in columns}
    )
    head = LanesHead(
        models=(known.digest, "a" * 64, "b" * 64), cores=2, batch=1, rounds=6, measured=False, seed=0,
        started="2026-01-01T00:00:00Z", ended="2026-01-01T00:00:10Z",
    )  # fmt: skip
    return _written(folder / "lanes.arrow", with_head(table, head))


def timed(folder: Path, known: ModelFile) -> RecordingFile:
    """Write the times of 600 requests, 300 of them one after the other, of which every fortieth was slow."""
    rng = np.random.default_rng(7)
    took = rng.integers(4_000_000, 5_000_000, 600) + 20_000_000 * (np.arange(600) % 40 == 0)
    due = np.concatenate((np.cumsum(took[:300]) - took[:300], 10**10 + np.arange(300) * 20_000_000))
    whole = {
        "due_ns": due,
        "sent_ns": due + 1000,
        "done_ns": due + 1000 + took,
        "cpu_ns": took,
        "yard_ns": np.full(600, 20_000),
    }
    table = pa.table({
        "part": ["closed"] * 300 + ["open"] * 300, **{name: pa.array(values, pa.int64()) for name, values in whole.items()},
        "preempted": [at % 50 == 0 for at in range(600)], "status": ["ok"] * 600,
    })  # fmt: skip
    head = TimingHead(
        model=known.digest, place="in process", rate=50.0, seconds=6.0, batch=1, threads=1, in_flight=1, cores=2, machine="x",
        seed=0, started="2026-01-01T00:00:00Z", ended="2026-01-01T00:00:10Z",
    )  # fmt: skip
    return _written(folder / "times.arrow", with_head(table, head))


def answered(folder: Path, known: ModelFile) -> dict[str, RecordingFile]:
    """Write a challenge and the answers of a server to four requests, of which the third came from another model."""
    predictor = OnnxPredictor(Path(known.path), known.signature)
    rows = challenge_of(predictor, people(2, 0.5), np.random.default_rng(7), Limits(drawn=20))
    asked = _written(folder / "challenge.arrow", to_table(rows))
    score = predictor.predict(rows.frame).score
    tables = []
    for request in range(4):
        moved = np.round(score * 256) / 256 if request == 2 else score
        columns: dict[str, Any] = {name: pa.array(moved[:, at]) for at, name in enumerate(("score_0", "score_1"))}
        label = np.array(known.signature.classes)[moved.argmax(axis=1)]
        whole = {"request": [request] * len(rows), "row": range(len(rows))}
        times = {"sent_ns": [request * 1000] * len(rows), "done_ns": [request * 1000 + 500] * len(rows)}
        words = {"status": ["ok"] * len(rows), "reason": [""] * len(rows), "label": label.tolist()}
        numbers = {name: pa.array(list(values), pa.int32()) for name, values in whole.items()}
        tables.append(
            pa.table({**numbers, **{name: pa.array(v, pa.int64()) for name, v in times.items()}, **words, **columns})
        )
    head = AnswersHead(
        model=known.digest, challenge=asked.digest, place="server", protocol="rest", served_as="m", requests=4,
        started="2026-01-01T00:00:00Z", ended="2026-01-01T00:00:01Z",
    )  # fmt: skip
    return {
        "challenge": asked,
        "observation": _written(folder / "answers.arrow", with_head(pa.concat_tables(tables), head)),
    }


def _written(path: Path, table: pa.Table) -> RecordingFile:
    feather.write_feather(table, str(path), compression="uncompressed")
    return RecordingFile(str(path), sha256(path.read_bytes()))


def task(spec: MethodSpec, subject: Made) -> Task:
    """Return what is asked of a method."""
    return Task(
        method=spec.id,
        data=subject.data,
        model=subject.model if spec.uses_model else None,
        reference=subject.reference if spec.uses_reference else None,
        candidate=subject.candidate if spec.id == "serving.derive" else None,
        observation=subject.recorded.get(spec.id, {}).get("observation"),
        challenge=subject.recorded.get(spec.id, {}).get("challenge"),
        parameters=PARAMETERS.get(spec.id),
        seed=7,
    )


def digest(spec: MethodSpec, subject: Made) -> str:
    """Return the digest of a method's result and account of rows on the subject, with rounded numbers."""
    evidence = execute(task(spec, subject)).evidence
    return sha256(canonical(rounded({"result": evidence.result, "rows": encode(evidence.rows)})))


def rounded(value: Any) -> Any:
    """Return a JSON value with `DIGITS` significant digits, and without digests of files that carry versions of packages."""
    if isinstance(value, dict):
        return {
            name: round(item, 12) if name in DIFFERENCES and isinstance(item, float) else rounded(item)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    if isinstance(value, str):
        return _SHA256.sub("digest", value)
    if isinstance(value, float):
        return 0.0 if abs(value) < NOTHING else float(f"{value:.{DIGITS}g}")
    return value


def stored() -> dict[str, dict[str, Any]]:
    """Return the committed table: method id -> version and digest."""
    found: dict[str, dict[str, Any]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return found
