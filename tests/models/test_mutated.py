"""Damaged and doctored files: each is taken or refused in words, and what is taken can be asked and explained or says why not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from governance.__main__ import build, named
from governance.cli import border
from governance.evidence.errors import CountersignError
from governance.models.intake.examine import examine
from governance.models.intake.limits import Limits
from tests.explain.bringing import asked

from .mutated import mutated

SEEDS = range(40)


def fate(seed: int, folder: Path) -> str:
    """What happens to the file: "refused", "explained", or "said" for words later on; anything else raises."""
    data = mutated(seed)
    report = examine(data, Limits(), ("a", "b"))
    if report.refused:
        assert all(item.found and item.advice for item in report.refused)
        return "refused"
    rows = pd.DataFrame(np.random.default_rng(seed).integers(0, 2, (12, 2)).astype(float), columns=["a", "b"])
    try:
        asked("models.predict", folder, data, rows)
        asked("explain.global", folder, data, rows)
    except CountersignError as error:
        return "said" if error.what else "silent"
    return "explained"


@pytest.mark.parametrize("seed", SEEDS)
def test_every_mutated_file_ends_in_an_answer_or_in_words(seed: int, tmp_path: Path) -> None:
    assert fate(seed, tmp_path) in {"refused", "said", "explained"}


def test_the_mutations_reach_both_ends(tmp_path: Path) -> None:
    found = {fate(seed, tmp_path) for seed in SEEDS}
    assert {"refused", "explained"} <= found


@pytest.mark.parametrize("seed", range(1000, 1012))
def test_commands_end_in_an_answer_or_in_words_whatever_the_file(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, rows = tmp_path / "model.onnx", tmp_path / "rows.csv"
    file.write_bytes(mutated(seed))
    rows.write_text("a,b,y,sex\n" + "0,1,0,f\n1,0,1,m\n1,1,1,f\n0,0,0,m\n" * 3, encoding="utf-8")
    names, equal = ("--columns", "a,b"), ("--attribute", "sex", "--algorithm", "threshold_optimizer")
    for words in (
        ("inspect", file, *names),
        ("predict", file, rows, *names, "--out", tmp_path / "p.parquet"),
        ("explain", file, rows, *names),
        ("lime", file, rows, *names, "--row", "3", "--samples", "50"),
        ("reasons", file, rows, *names, "--positive", "1"),
        ("fairness", rows, "--model", file, *names, "--target", "y", "--sensitive", "sex", "--positive", "1"),
        ("impact-ratio", rows, "--model", file, *names, "--classes", "0,1", "--sensitive", "sex", "--positive", "1"),
        ("mitigate", rows, "--model", file, *names, "--target", "y", "--sensitive", "sex", "--positive", "1", *equal),
        ("convert", file, *names, "--sample", rows, "--out", tmp_path / "named.onnx"),
    ):
        code = border.run(
            lambda words=words: build(named([str(words[0])]))([str(w) for w in words], standalone_mode=False)
        )
        said = capsys.readouterr()
        assert code in {0, 1, 2}
        assert (said.out if words[0] == "inspect" or code == 0 else said.out + said.err).strip()
