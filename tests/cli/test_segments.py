"""`countersign segments`, as a pipeline calls it."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from governance.__main__ import build
from governance.data import mask, parse
from governance.performance import SegmentsReport
from tests import golden

RUN = CliRunner()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Return a model and people of whom those of the east are labelled at random: there it cannot be right."""
    folder = tmp_path_factory.mktemp("segments")
    made = golden.made(folder)
    frame = golden.people(4, 0.0).sample(6_000, replace=True, random_state=1, ignore_index=True)
    frame["age"] = np.random.default_rng(2).integers(18, 80, len(frame)).astype(float)
    odds = 0.0625 * frame.age + frame.income - 5.5
    random = (frame.region == "east") & (np.random.default_rng(3).random(len(frame)) < 0.7)
    coin = np.random.default_rng(4).random(len(frame)) < 0.5
    frame["good"] = np.where(np.where(random, coin, odds > 0), "yes", "no")
    path = folder / "people.csv"
    frame.to_csv(path, index=False)
    return (
        made.model.path,
        str(path),
        "--target",
        "good",
        "--positive",
        "yes",
        "--identifier",
        "id",
        "--ignore",
        "challenger",
    )


def said(*words: str) -> str:
    result = RUN.invoke(build(), list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_document_has_the_fields_of_the_report_and_names_the_planted_rows(files: tuple[str, ...]) -> None:
    found = json.loads(said("segments", *files, "--json"))
    assert {item.name for item in fields(SegmentsReport)} | {"inputs", "reading", "environment", "method"} == set(found)
    first = found["segments"][0]
    assert first["named"]
    frame = golden.people(4, 0.0)
    assert (frame.region == "east")[mask(parse(first["cohort"]), frame)].all()
    assert first["difference_low"] > 0


def test_people_read_who_how_often_and_the_tree(files: tuple[str, ...]) -> None:
    text = said("segments", *files)
    assert text.startswith("The model is wrong about ")
    assert 'more errors       region = "east"' in text
    assert "\nall rows: wrong about " in text
    assert '\n  region = "east": wrong about ' in text


def test_a_cohort_and_the_evidence_are_kept(files: tuple[str, ...], tmp_path: Path) -> None:
    place = tmp_path / "evidence.json"
    text = said("segments", *files, "--cohort", 'region != "east"', "--evidence", str(place))
    assert 'region = "east"' not in text
    assert json.loads(place.read_text(encoding="utf-8"))["key"]["cohort"] == 'region != "east"'
