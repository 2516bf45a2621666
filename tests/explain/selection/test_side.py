"""What is measured beside an explanation neither stops it nor keeps it waiting, and asks only for rows that the model takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from governance.evidence.errors import Cancelled
from governance.evidence.evidence import NotAssessed
from governance.explain.methods.lime_rounds import Coding, Lime, holes
from governance.explain.methods.nearest import Likeness
from governance.explain.selection.side import Check, measured
from governance.models.convert.convert import convert_estimator
from tests.explain.bringing import asked


@pytest.fixture
def cases(shared: Path) -> Path:
    """Failing inputs with a README each."""
    found = shared / "cases" / "models"
    if not found.is_dir():
        pytest.skip("no ../shared/cases/models beside this checkout")
    return found


@pytest.mark.parametrize("error", [ValueError("Input X contains infinity"), ZeroDivisionError(), RuntimeError("a\n b")])
def test_whatever_a_side_measurement_raises_is_a_reason(error: Exception) -> None:
    def fail(_: Check) -> float:
        raise error

    found = measured("the agreement", fail)
    assert isinstance(found, NotAssessed)
    assert found.reason.startswith("Not measured: the agreement failed: ")
    assert "\n" not in found.reason


def test_a_side_measurement_that_is_never_done_ends_with_its_time() -> None:
    def endless(check: Check) -> float:
        while True:
            check()

    assert measured("the agreement", endless, seconds=0.01) == NotAssessed(
        "Not measured: the agreement took longer than 0.01 seconds."
    )


def test_the_wish_to_stop_passes_through() -> None:
    def stopped(_: Check) -> float:
        raise Cancelled

    with pytest.raises(Cancelled):
        measured("the agreement", stopped)


def test_an_infinite_value_leaves_the_exact_values_standing(cases: Path, tmp_path: Path) -> None:
    file, rows = (cases / "03" / "model.onnx").read_bytes(), pd.read_csv(cases / "03" / "rows.csv")
    assert np.isinf(rows.to_numpy(dtype=float)).any()
    result = asked("explain.global", tmp_path, file, rows)
    assert result.exact
    assert isinstance(result.certificate.lime_agreement, NotAssessed)
    assert isinstance(asked("explain.lime", tmp_path, file, rows), NotAssessed)


@pytest.mark.parametrize("name", ["int64", "int32"])
def test_lime_draws_whole_numbers_for_a_model_that_takes_nothing_else(name: str, cases: Path, tmp_path: Path) -> None:
    file, rows = (cases / "13" / f"{name}.onnx").read_bytes(), pd.read_csv(cases / "13" / "rows.csv")[["a", "b"]]
    result = asked("explain.global", tmp_path, file, rows)
    assert result.exact
    assert isinstance(result.certificate.lime_agreement, float)
    lime = asked("explain.lime", tmp_path, file, rows, row=3)
    assert {item.feature for item in lime.weights} == {"a", "b"}


def test_only_whole_columns_are_rounded() -> None:
    known = pd.DataFrame({"a": [1, 2], "b": [0.5, 1.5]})
    found = Coding(known, known.iloc[:1], frozenset({"a"})).decode(np.array([[1.4, 1.4]]))
    assert found.to_numpy().tolist() == [[1.0, 1.4]]


def test_for_codes_only_numbers_that_occur_are_drawn() -> None:
    known = pd.DataFrame({"branch": [101, 205, 333, 205], "b": [0.5, 1.5, 2.5, 3.5]})
    coding = Coding(known, known.iloc[:1], frozenset({"branch"}), codes=("branch",))
    assert coding.words == {"branch": ["101", "205", "333"]}
    coded = coding.encode(known)
    assert coding.decode(coded).branch.tolist() == [101, 205, 333, 205]
    drawn: list[pd.DataFrame] = []

    def ask(rows: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        drawn.append(rows)
        return np.asarray(rows.b, dtype=np.float64)

    Lime(known, known.iloc[:1], ask, whole=frozenset({"branch"}), codes=("branch",)).once(200, 0)
    assert set(pd.concat(drawn).branch) == {101, 205, 333}
    assert holes(known, pd.DataFrame({"branch": [np.nan], "b": [1.0]}), ("branch",)) == ()
    assert holes(known, pd.DataFrame({"branch": [np.nan], "b": [1.0]})) == ("branch",)


def test_lime_is_not_run_where_it_would_have_more_weights_than_it_can_tell_apart(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(20, 300)).astype(np.float32), columns=[f"p{at}" for at in range(300)])
    file = convert_estimator(LogisticRegression().fit(rows, rows.p0 > 0), rows)
    result = asked("explain.global", tmp_path, file, rows)
    assert result.exact
    assert result.certificate.lime_agreement == NotAssessed(
        "Not measured: LIME would fit 300 weights to 1000 drawn rows."
    )


def test_infinite_numbers_are_as_far_away_as_can_be_and_like_themselves() -> None:
    known = pd.DataFrame({"a": [0.0, 1.0, 2.0, np.inf]})
    pool = pd.DataFrame({"a": [np.inf, 0.0, np.nan, -np.inf]})
    assert Likeness(known).distance(known.iloc[3:], pool).tolist() == [0.0, 1.0, 1.0, 1.0]
