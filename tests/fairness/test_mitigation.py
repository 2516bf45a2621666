"""Candidates are ordinary models: less disparity, converted, and asked through ONNX Runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from governance.data.schema import Schema
from governance.errors import RefusedInputError
from governance.fairness.mitigation import grid_candidates

SCHEMA = Schema(target="y", positive="yes", sensitive=("g",))


def people(n: int = 1500) -> pd.DataFrame:
    rng = np.random.default_rng(17)
    g = rng.choice(["a", "b"], n)
    income = rng.normal(50, 10, n) - 8 * (g == "b")
    town = np.where(rng.random(n) < np.where(g == "b", 0.8, 0.2), "south", "north").astype(object)
    town[:20] = None
    y = np.where(income + rng.normal(0, 5, n) > 46, "yes", "no")
    return pd.DataFrame({"g": g, "income": income, "town": town, "y": y})


def test_a_candidate_with_less_disparity_is_a_model_of_its_own(tmp_path: Path) -> None:
    import onnxruntime as ort

    frame = people()
    found = grid_candidates(frame, SCHEMA, "g", "demographic_parity", 15)
    plain = max(found, key=lambda item: item.accuracy)
    fair = min(found, key=lambda item: item.disparity)
    assert fair.disparity < 0.6 * plain.disparity
    assert plain.efficient
    assert fair.efficient
    session = ort.InferenceSession(fair.onnx, providers=["CPUExecutionProvider"])
    names = [item.name for item in session.get_inputs()]
    assert "g" not in names
    feeds = {
        "income": frame[["income"]].to_numpy(np.float32),
        "town": frame[["town"]].fillna("").astype(str).to_numpy(dtype=object),
    }
    label = np.asarray(session.run(None, {name: feeds[name] for name in names})[0])
    rates = [(label[(frame.g == group).to_numpy()] == 1).mean() for group in ("a", "b")]
    assert abs(rates[0] - rates[1]) == pytest.approx(fair.disparity, abs=0.005)


def test_a_column_that_is_not_sensitive_is_refused() -> None:
    with pytest.raises(RefusedInputError, match="Known: g"):
        grid_candidates(people(), SCHEMA, "town", "demographic_parity", 3)
