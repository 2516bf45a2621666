"""`countersign derive`: a file that passes intake, a document with the names of the contract, and refusals that say why."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from typer.testing import CliRunner, Result

from governance.__main__ import build
from governance.evidence import CountersignError, sha256
from governance.models import convert_estimator
from tests import golden

ROLES = ("--target", "good", "--positive", "yes", "--sensitive", "sex")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a net and 4,000 people."""
    folder = tmp_path_factory.mktemp("net")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(4_000, 4)), columns=list("abcd"))
    good = np.where(frame.a + frame.b * frame.c > 0, "yes", "no")
    net = make_pipeline(
        StandardScaler(), MLPClassifier((48, 48), max_iter=300, tol=3e-3, n_iter_no_change=4, random_state=0)
    )
    (folder / "net.onnx").write_bytes(convert_estimator(net.fit(frame, good), frame))
    frame.assign(good=good, sex=rng.choice(["F", "M"], 4_000)).to_csv(folder / "people.csv", index=False)
    return folder / "net.onnx", folder / "people.csv"


def run(*words: object) -> Result:
    return CliRunner().invoke(build(), [str(word) for word in ("derive", *words)])


def refused(*words: object) -> str:
    found = run(*words)
    assert isinstance(found.exception, CountersignError), found.output
    return str(found.exception)


def test_the_document_has_the_names_of_the_contract_and_the_file_is_the_one_it_names(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "lighter.onnx"
    found = run(*files, "--as", "fp16", "--out", out, "--limit-group", "0.05", "--json", *ROLES)
    assert found.exit_code == 0, found.output
    document = json.loads(found.stdout)
    assert {"labels_changed", "score_difference", "by_group", "size", "latency_ratio", "verdict"} <= set(document)
    assert document["digest"] == sha256(out.read_bytes())
    assert document["derived_from"] == sha256(files[0].read_bytes())
    assert document["size"] == {"before": files[0].stat().st_size, "after": out.stat().st_size}
    assert set(document["latency_ratio"]) == {"1", "256"}
    assert {item["role"] for item in document["inputs"]} == {"data", "model", "candidate"}


def test_a_copy_that_breaks_its_limit_is_told_and_ends_with_1(files: tuple[Path, Path], tmp_path: Path) -> None:
    found = run(*files, "--as", "int8-static", "--out", tmp_path / "l.onnx", "--limit-labels", "0.0001", *ROLES)
    assert found.exit_code == 1
    assert "of 4,000 rows otherwise" in found.stdout
    assert "sex = F" in found.stdout
    assert "a request:" in found.stdout


@pytest.mark.parametrize(("kind", "reason"), [("int8", "depend on who else is asked"), ("ort", "nobody can read back")])
def test_copies_that_nobody_could_examine_are_not_made(
    files: tuple[Path, Path], tmp_path: Path, kind: str, reason: str
) -> None:
    out = tmp_path / "l.onnx"
    assert reason in refused(*files, "--as", kind, "--out", out)
    assert not out.exists()


def test_trees_and_sums_are_refused(tmp_path: Path) -> None:
    made = golden.made(tmp_path)
    said = refused(made.model.path, made.data.path, "--as", "fp16", "--out", tmp_path / "l.onnx")
    assert "no weights that fp16 could make lighter" in said


def test_the_model_itself_is_never_written_over(files: tuple[Path, Path]) -> None:
    before = files[0].read_bytes()
    assert refused(*files, "--as", "fp16", "--out", files[0], "--force")
    assert files[0].read_bytes() == before


def test_data_without_whole_rows_have_no_ranges(files: tuple[Path, Path], tmp_path: Path) -> None:
    hollow = tmp_path / "hollow.csv"
    pd.read_csv(files[1]).assign(a=np.nan).to_csv(hollow, index=False)
    assert refused(files[0], hollow, "--as", "int8-static", "--out", tmp_path / "l.onnx")
