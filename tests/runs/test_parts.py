"""A file explained in parts, on a cluster, is explained as in one piece."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LinearRegression

from governance.evidence.codec import sha256
from governance.evidence.errors import RefusedInputError
from governance.explain.results.report import GlobalExplanation
from governance.models.convert.convert import convert_estimator
from governance.models.graph.reading import signature_of
from governance.runs.parts import explain_parts
from governance.runs.run import DataFile, ModelFile, Task, execute, read_array
from governance.runs.workers import executor
from governance.subject.schema import Schema


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    place = tmp_path_factory.mktemp("parts")
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(900, 4)).astype(np.float32), columns=list("abcd"))
    model = convert_estimator(
        GradientBoostingClassifier(n_estimators=8, random_state=0).fit(rows, rows.a * rows.b + rows.c > 0), rows
    )
    (place / "model.onnx").write_bytes(model)
    rows.iloc[:100].to_parquet(place / "reference.parquet")
    rows.iloc[100:].to_parquet(place / "data.parquet", row_group_size=150)

    def table(name: str) -> DataFile:
        return DataFile(str(place / name), sha256((place / name).read_bytes()), Schema(), name=name)

    file = ModelFile(str(place / "model.onnx"), sha256(model), signature_of(model))
    return Task("explain.global", table("data.parquet"), file, table("reference.parquet"))


def test_parts_on_a_cluster_add_up_to_the_whole(task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import LocalCluster

    whole = execute(task, tmp_path)
    expected = whole.evidence.read(GlobalExplanation)
    with LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as cluster:
        monkeypatch.setenv("COUNTERSIGN_SCHEDULER", cluster.scheduler_address)
        found = explain_parts(task, tmp_path / "parts", executor(), rows=300)
        from distributed import get_client

        get_client(cluster.scheduler_address).close()
    assert (found.rows, len(found.files), found.method, found.exact) == (800, 3, "tree", True)
    assert found.base_value == expected.base_value
    assert found.additivity_gap < 1e-5
    assert [item.feature for item in found.importance] == [item.feature for item in expected.importance]
    for one, other in zip(found.importance, expected.importance, strict=True):
        assert (one.mean_abs, one.low, one.mean) == pytest.approx((other.mean_abs, other.low, other.mean), abs=1e-6)
    parts = pd.read_parquet(tmp_path / "parts")
    table = read_array(whole.arrays["attributions"]).to_pandas()
    assert list(parts.columns) == list(table.columns)
    assert np.abs(parts.to_numpy() - table.to_numpy()).max() < 1e-6


def test_parts_need_something_to_compare_with_and_a_file_of_row_groups(task: Task, tmp_path: Path) -> None:
    from dataclasses import replace

    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(RefusedInputError, match="rows to compare with"):
            explain_parts(replace(task, reference=None), tmp_path, pool)
        text = tmp_path / "data.csv"
        text.write_text("a,b,c,d\n1,2,3,4\n")
        words = DataFile(str(text), "0" * 64, Schema(), name="data.csv")
        with pytest.raises(RefusedInputError, match="Only Parquet"):
            explain_parts(replace(task, data=words), tmp_path, pool)


def test_rows_without_a_finite_score_are_null_and_counted(tmp_path: Path) -> None:
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(90, 2)), columns=list("ab"))
    model = convert_estimator(LinearRegression().fit(rows, rows.a - rows.b), rows)
    (tmp_path / "model.onnx").write_bytes(model)
    rows.iloc[:30].to_parquet(tmp_path / "reference.parquet")
    broken = rows.iloc[30:].reset_index(drop=True)
    broken.loc[[7, 41], "a"] = np.inf
    broken.to_parquet(tmp_path / "data.parquet", row_group_size=20)

    def table(name: str) -> DataFile:
        return DataFile(str(tmp_path / name), sha256((tmp_path / name).read_bytes()), Schema(), name=name)

    file = ModelFile(str(tmp_path / "model.onnx"), sha256(model), signature_of(model))
    task = Task("explain.global", table("data.parquet"), file, table("reference.parquet"))
    with ThreadPoolExecutor(1) as pool:
        found = explain_parts(task, tmp_path / "parts", pool, rows=20)
    assert (found.rows, found.left_out, len(found.files)) == (58, 2, 3)
    parts = pd.concat([pd.read_parquet(path) for path in found.files], ignore_index=True)
    assert parts.index[parts["a"].isna()].tolist() == [7, 41]
    away = broken - rows.iloc[:30].mean()
    assert np.allclose(parts["b"].drop([7, 41]), -away["b"].drop([7, 41]), atol=1e-5)
