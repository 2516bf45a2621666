"""A preview: the method itself on a few rows drawn by chance, with nothing by which it could be recorded."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingClassifier

from governance.drift import DriftParameters, DriftReport
from governance.evidence import NotAssessed, RefusedInputError, encode, sha256
from governance.explain import GlobalExplanation, GlobalParameters
from governance.models.convert.convert import convert_estimator
from governance.models.graph.reading import signature_of
from governance.runs import DataFile, ModelFile, Preview, Task, execute, preview, read_array
from governance.runs.few_rows import ROWS
from governance.subject import Schema

COLUMNS = list("abc")
SCHEMA = Schema(target="y", positive="1", negative=("0",))
QUICK = encode(GlobalParameters(lime_rows=0, all_classes=False))
SIZE = 3000


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Task:
    """Return a question about 3,000 rows, with 1,200 others as the reference."""
    place, rng = tmp_path_factory.mktemp("preview"), np.random.default_rng(3)
    rows = pd.DataFrame(rng.normal(size=(SIZE + 1200, 3)).astype(np.float32), columns=COLUMNS)
    truth = rows.a * rows.b + rows.c > 0
    model = convert_estimator(GradientBoostingClassifier(n_estimators=8, random_state=0).fit(rows, truth), rows)
    (place / "model.onnx").write_bytes(model)
    told = rows.assign(y=truth.astype(int).astype(str))
    told.iloc[:SIZE].to_parquet(place / "data.parquet")
    told.iloc[SIZE:].to_parquet(place / "reference.parquet")

    def table(name: str) -> DataFile:
        return DataFile(str(place / name), sha256((place / name).read_bytes()), SCHEMA, name=name)

    file = ModelFile(str(place / "model.onnx"), sha256(model), signature_of(model))
    return Task("explain.global", table("data.parquet"), file, table("reference.parquet"), parameters=QUICK)


def explained(found: Preview) -> GlobalExplanation:
    """Return the explanation of a preview."""
    result = found.read(GlobalExplanation)
    assert not isinstance(result, NotAssessed)
    return result


def test_each_row_of_a_preview_has_the_values_that_the_answer_about_all_rows_has_for_it(
    asked: Task, tmp_path: Path
) -> None:
    found = preview(asked, reference_too=False)
    whole = execute(asked, tmp_path)
    rows = np.sort(np.random.default_rng(500).choice(SIZE, ROWS, replace=False))
    values = read_array(whole.arrays["attributions"]).to_pandas().iloc[rows]
    assert (found.rows, found.of) == (ROWS, SIZE)
    for item in explained(found).importance:
        assert item.mean_abs == pytest.approx(values[item.feature].abs().mean(), abs=1e-6)
    exact = {item.feature: item.mean_abs for item in whole.evidence.read(GlobalExplanation).importance}
    inside = [item.low <= exact[item.feature] <= item.high for item in explained(found).importance]
    assert inside == [True] * 3
    assert explained(found).background == whole.evidence.read(GlobalExplanation).background


def test_a_preview_has_no_key_and_no_bytes_by_which_it_could_be_recorded(asked: Task) -> None:
    found = preview(asked, reference_too=False)
    assert [item.name for item in fields(found)] == ["rows", "of", "assessed", "result"]
    assert not hasattr(found, "to_bytes")
    assert preview(asked, reference_too=False) == found


def test_rows_are_drawn_from_the_cohort(asked: Task) -> None:
    cohort = preview(replace(asked, data=replace(asked.data, cohort="a > 0")), reference_too=False)
    assert ROWS < cohort.of < SIZE
    assert cohort.rows == ROWS


def test_a_table_of_few_rows_is_taken_whole(asked: Task) -> None:
    small = preview(replace(asked, data=replace(asked.data, cohort="a > 1.5")), reference_too=False)
    assert 0 < small.rows == small.of < ROWS


def test_without_a_reference_the_background_is_that_of_the_answer_about_all_rows(asked: Task) -> None:
    alone = replace(asked, reference=None)
    whole = execute(alone).evidence.read(GlobalExplanation)
    assert explained(preview(alone, reference_too=False)).background.digest == whole.background.digest


def test_two_windows_are_compared_from_a_few_rows_of_each(asked: Task) -> None:
    drift = replace(asked, method="drift.harm", parameters=encode(DriftParameters(multivariate=False)))
    report = preview(drift, reference_too=True).read(DriftReport)
    assert isinstance(report, DriftReport)
    assert {(item.n_reference, item.n_current) for item in report.columns} == {(ROWS, ROWS)}


def test_what_is_refused_of_all_rows_is_refused_of_a_few(asked: Task) -> None:
    with pytest.raises(RefusedInputError, match="needs: model"):
        preview(replace(asked, model=None), reference_too=False)
