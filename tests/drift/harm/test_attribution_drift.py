"""Did the drift reach the model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from governance.data.in_memory import InMemory
from governance.drift.harm.attribution_drift import reached
from governance.drift.results.report import Multivariate
from governance.evidence.codec import sha256
from governance.evidence.evidence import NotAssessed, silent
from governance.explain.selection.exact_values import exact_values
from governance.models.convert.convert import convert_estimator
from governance.models.graph.reading import signature_of
from governance.runs.run import ModelFile, open_model
from governance.subject.schema import Schema
from governance.subject.signature import Predictor
from governance.subject.subject import Subject

COLUMNS = ["used", "idle"]


def windows() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(0)
    one, two = (pd.DataFrame(rng.normal(size=(1500, 2)), columns=COLUMNS) for _ in range(2))
    return one, two


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    rows = pd.DataFrame(np.random.default_rng(1).normal(size=(800, 2)), columns=COLUMNS)
    fitted = LogisticRegression().fit(rows, np.where(rows["used"] > 0, "yes", "no"))
    fitted.coef_ = np.array([[2.0, 0.0]])
    data = convert_estimator(fitted, rows)
    path = tmp_path_factory.mktemp("reached") / "model.onnx"
    path.write_bytes(data)
    return open_model(ModelFile(str(path), sha256(data), signature_of(data)))


def tried(model: Predictor | None, reference: pd.DataFrame, current: pd.DataFrame) -> Multivariate | NotAssessed:
    roles = Schema(positive="yes")
    subject = Subject(
        data=InMemory(current, roles), model=model, reference=InMemory(reference, roles), attributor=exact_values
    )
    both = [name for name in reference.columns if name in current.columns]
    return reached(subject, both, np.random.default_rng(2), silent)


def test_a_move_of_a_column_that_the_model_ignores_does_not_reach_it(model: Predictor) -> None:
    one, two = windows()
    found = tried(model, one, two.assign(idle=two["idle"] + 5))
    assert isinstance(found, Multivariate)
    assert found.p_value > 0.01
    assert found.auc.value == pytest.approx(0.5, abs=0.06)


def test_a_move_of_a_column_that_the_model_uses_reaches_it(model: Predictor) -> None:
    one, two = windows()
    found = tried(model, one, two.assign(used=two["used"] + 0.5))
    assert isinstance(found, Multivariate)
    assert found.p_value < 1e-6


def test_without_a_model_or_with_a_lost_column_there_is_a_reason(model: Predictor) -> None:
    one, two = windows()
    assert tried(None, one, two) == NotAssessed("no model to ask")
    assert isinstance(tried(model, one, two[["used"]]), NotAssessed)
