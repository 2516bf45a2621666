"""`countersign norms` and `countersign loop`: templates, files, counts without a workspace, and a signed set with its windows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from governance.__main__ import build
from governance.fairness.norms.norm import TEMPLATES, from_toml, template

RUN = CliRunner()
PARITY = """
title = "Parity"
least_rows = 50
[[norms]]
id = "parity"
metric = "demographic_parity"
compare = "difference"
limit = "0.05"
attributes = ["sex"]
"""


def said(*words: str, code: int = 0) -> dict[str, object]:
    done = RUN.invoke(build(), [*words, "--json"])
    assert done.exit_code == code, done.output
    found: dict[str, object] = json.loads(done.stdout)
    return found


def refused(*words: str) -> str:
    """The message of a refusal, which the border prints."""
    done = RUN.invoke(build(), list(words))
    assert done.exception is not None
    return str(done.exception)


def counts(path: Path, share: float, windows: int = 6) -> str:
    """Windows of 400 men, half of them selected, and 400 women, of whom `share` are."""
    rows = []
    for window in range(windows):
        for sex, rate in (("M", 0.5), ("F", share)):
            chosen = round(400 * rate)
            rows += [(f"w{window}", sex, 1, chosen), (f"w{window}", sex, 0, 400 - chosen)]
    pd.DataFrame(rows, columns=["window", "sex", "decision", "rows"]).to_csv(path, index=False)
    return str(path)


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_every_template_is_a_norms_file(name: str) -> None:
    found = from_toml(template(name))
    assert said("norms", "template", name) == json.loads(found.to_bytes())
    assert name in said("norms", "template", "--list")["templates"]  # type: ignore[operator]


def test_a_file_is_checked_without_a_workspace(tmp_path: Path) -> None:
    path = tmp_path / "norms.toml"
    path.write_text(PARITY, encoding="utf-8")
    found = said("norms", "check", str(path))
    assert (found["valid"], found["digest"]) == (True, from_toml(PARITY).digest)
    done = RUN.invoke(build(), ["norms", "check", str(path)])
    assert "differ by at most 0.05" in done.stdout
    assert "at most 5 are ever accused" in done.stdout


def test_counts_say_since_when_and_promise_nothing(tmp_path: Path) -> None:
    path = tmp_path / "norms.toml"
    path.write_text(PARITY, encoding="utf-8")
    kept = said("norms", "check", str(path), "--tallies", counts(tmp_path / "kept.csv", 0.48))
    assert [item["state"] for item in kept["norms"]] == ["within"]  # type: ignore[index]
    broken = said("norms", "check", str(path), "--tallies", counts(tmp_path / "broken.csv", 0.30), code=1)
    (norm,) = broken["norms"]  # type: ignore[misc]
    assert norm["state"] == "in_breach"
    assert norm["accused"][0]["gap"] == pytest.approx(-0.2)
    assert norm["since"]["low"] == 0
    assert len(norm["capital"]) == 6
    assert "No error rate holds" in str(broken["promise"])
    done = RUN.invoke(build(), ["norms", "check", str(path), "--tallies", str(tmp_path / "broken.csv")])
    assert "sex=F against sex=M" in done.stdout


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("demographic_parity", "demographic_harmony"), "demographic_harmony"),
        (('limit = "0.05"', 'limit = "0"'), "limit of 'parity' is '0'"),
        (('limit = "0.05"', 'limit = "1"'), "equality or nothing"),
        (('limit = "0.05"', 'limit = "1.5"'), "'1.5'"),
        (('limit = "0.05"', 'limit = "nan"'), "'nan'"),
        (('limit = "0.05"', "limit = 0.05"), "limit"),
        (('compare = "difference"', 'compare = "within"'), "compares demographic_parity by 'within'"),
        (('attributes = ["sex"]', "attributes = []"), "names no attribute"),
        (('attributes = ["sex"]', 'attributes = ["sex", "sex"]'), "one twice"),
        (('attributes = ["sex"]', 'attributes = ["sex"]\nintersections = 2'), "combines 2 attributes"),
        (('attributes = ["sex"]', 'attributes = ["sex"]\nreference = "Male"'), "reference 'Male'"),
        (('id = "parity"', 'id = "Parity!"'), "id"),
        (('title = "Parity"', 'title = "Parity"\nalpha = "0"'), "alpha is '0'"),
        (('title = "Parity"', 'title = "Parity"\nalpha = "1"'), "alpha is '1'"),
        (('title = "Parity"', 'title = "Parity"\ncolour = "red"'), "colour"),
        (('title = "Parity"', 'title = "'), "not TOML"),
        (("[[norms]]", ('[[norms]]\nid = "parity"\nmetric = "demographic_parity"\ncompare = "ratio"\nlimit = "0.8"\n'
          'attributes = ["sex"]\n[[norms]]')), "two norms 'parity'"),
    ],
)  # fmt: skip
def test_norms_that_mean_nothing_are_refused_by_name(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    path = tmp_path / "norms.toml"
    path.write_text(PARITY.replace(*change, 1), encoding="utf-8")
    assert words in refused("norms", "check", str(path))


def test_no_norm_at_all_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "norms.toml"
    path.write_text('title = "Empty"\nnorms = []\n', encoding="utf-8")
    assert "holds no norm" in refused("norms", "check", str(path))


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("decision", 2, "'decision' of the counts holds '2' in row 1"),
        ("rows", 0, "'rows' of the counts holds '0'"),
        ("rows", 1.5, "'1.5'"),
        ("rows", "many", "in row 1"),
        ("score", 1.5, "'1.5'"),
        ("label", -1, "'label'"),
    ],
)
def test_counts_that_are_none_are_refused_by_row(tmp_path: Path, column: str, value: object, words: str) -> None:
    norms, table = tmp_path / "norms.toml", tmp_path / "counts.csv"
    norms.write_text(PARITY, encoding="utf-8")
    frame = pd.read_csv(counts(table, 0.5)).astype(object)
    frame[column] = frame.get(column, np.nan)
    frame[column] = frame[column].astype(object)
    frame.loc[0, column] = value
    frame.to_csv(table, index=False)
    assert words in refused("norms", "check", str(norms), "--tallies", str(table))


def test_counts_without_an_attribute_are_refused(tmp_path: Path) -> None:
    norms, table = tmp_path / "norms.toml", tmp_path / "counts.csv"
    norms.write_text(PARITY, encoding="utf-8")
    pd.read_csv(counts(table, 0.5)).drop(columns=["sex"]).to_csv(table, index=False)
    assert "lacks a sensitive attribute" in refused("norms", "check", str(norms), "--tallies", str(table))


def test_an_attribute_that_no_window_has_cannot_be_judged(tmp_path: Path) -> None:
    norms, table = tmp_path / "norms.toml", counts(tmp_path / "counts.csv", 0.5)
    norms.write_text(PARITY.replace('["sex"]', '["race"]'), encoding="utf-8")
    (norm,) = said("norms", "check", str(norms), "--tallies", table)["norms"]  # type: ignore[misc]
    assert (norm["state"], norm["reason"]) == ("cannot_judge", "no window has the sensitive column race")
