"""`countersign drift`, as a pipeline calls it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from governance.__main__ import build
from governance.evidence.errors import RefusedInputError

RUN = CliRunner()


def answer(*words: str) -> dict:
    result = RUN.invoke(build(), ["drift", *words, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def windows(tmp_path: Path) -> tuple[str, str]:
    rng = np.random.default_rng(0)
    places = []
    for name, shift in (("reference", 0.0), ("current", 1.0)):
        x = rng.normal(shift, 1, 400)
        score = 1 / (1 + np.exp(-x))
        label = np.where(rng.random(400) < (score if shift == 0 else 0.5), "yes", "no")
        frame = pd.DataFrame({"x": x, "colour": rng.choice(["red", "blue"], 400), "score": score, "y": label})
        places.append(str(tmp_path / f"{name}.csv"))
        frame.to_csv(places[-1], index=False)
    return places[0], places[1]


def test_the_document_has_the_fields_of_the_contract(windows: tuple[str, str]) -> None:
    found = answer(*windows, "--target", "y", "--positive", "yes", "--score", "score")
    assert {"inputs", "environment", "rows", "columns", "performance", "harm", "action"} <= set(found)
    column = next(item for item in found["columns"] if item["name"] == "x")
    assert {"name", "kind", "n_reference", "n_current", "tests"} <= set(column)
    assert set(column["tests"]) == {"ks", "wasserstein", "psi", "kl", "js", "missing"}
    for reading in column["tests"].values():
        assert {"statistic", "p_value", "p_adjusted", "threshold", "alert"} <= set(reading)
    colour = next(item for item in found["columns"] if item["name"] == "colour")
    assert set(colour["tests"]) == {"chi2", "psi", "kl", "js", "missing", "new_categories"}
    assert found["action"]["recommendation"] in ("retrain", "stop")
    assert found["performance"]["change"]["roc_auc"]["verdict"] == "worse"


def test_a_window_without_labels_is_asked_for_labels(windows: tuple[str, str], tmp_path: Path) -> None:
    unlabelled = str(tmp_path / "unlabelled.csv")
    pd.read_csv(windows[1]).drop(columns="y").to_csv(unlabelled, index=False)
    found = answer(windows[0], unlabelled, "--target", "y", "--positive", "yes", "--score", "score")
    assert found["action"]["recommendation"] == "collect_labels"
    assert found["harm"]["labels"]["labelled"] == 0
    assert found["harm"]["estimated"]["method"] == "cbpe"
    assert found["only_reference"] == ["y"]


def test_the_correction_that_was_asked_for_is_used(windows: tuple[str, str]) -> None:
    plain = answer(*windows, "--correction", "none")
    strict = answer(*windows, "--correction", "holm")
    assert plain["correction"] == "none"

    def p_values(found: dict) -> list[tuple[float, float]]:
        return sorted(
            (reading["p_value"], reading["p_adjusted"])
            for column in found["columns"]
            for reading in column["tests"].values()
            if reading["p_value"] is not None
        )

    assert all(p == q for p, q in p_values(plain))
    assert any(q > p for p, q in p_values(strict))


def test_the_same_question_gives_the_same_document(windows: tuple[str, str]) -> None:
    assert answer(*windows) == answer(*windows)


def test_files_without_a_common_column_are_refused(windows: tuple[str, str], tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    with pytest.raises(RefusedInputError, match="no column in common"):
        answer(windows[0], str(other))


def test_people_read_the_recommendation_first(windows: tuple[str, str]) -> None:
    result = RUN.invoke(build(), ["drift", *windows], catch_exceptions=False)
    assert result.stdout.startswith("Recommendation: ")


def test_people_read_the_statistic_that_each_verdict_rests_on(windows: tuple[str, str]) -> None:
    lines = RUN.invoke(build(), ["drift", *windows], catch_exceptions=False).stdout.splitlines()
    x = next(index for index, line in enumerate(lines) if line.startswith("moved by more than matters x: "))
    decisive = next(item for item in answer(*windows)["columns"] if item["name"] == "x")["tests"]["wasserstein"]
    said = f"How far values moved (Wasserstein) {decisive['effect']:.3g}, limit 0.1, chance reaches {decisive['noise_floor']:.3g}"
    assert lines[x + 1].strip() == f"{said}, corrected p value below 0.0001"
    colour = next(index for index, line in enumerate(lines) if " colour: " in line)
    assert lines[colour + 1].strip().startswith("Counts of categories (chi-square) ")


def test_a_batch_is_watched_against_a_frozen_baseline(windows: tuple[str, str], tmp_path: Path) -> None:
    frozen = str(tmp_path / "baseline.json")
    made = RUN.invoke(build(), ["baseline", windows[0], "--out", frozen, "--json"], catch_exceptions=False)
    assert json.loads(made.stdout)["columns"] == 4
    moved = RUN.invoke(build(), ["watch", frozen, windows[1], "--json"], catch_exceptions=False)
    assert moved.exit_code == 1
    assert "x" in json.loads(moved.stdout)["alerts"]
    same = RUN.invoke(build(), ["watch", frozen, windows[0], "--json"], catch_exceptions=False)
    assert same.exit_code == 0
    assert json.loads(same.stdout)["satisfied"] is True


def test_the_current_file_is_cut_into_windows(windows: tuple[str, str], tmp_path: Path) -> None:
    timed = tmp_path / "timed.csv"
    frame = pd.read_csv(windows[1])
    frame["seen"] = np.where(np.arange(400) < 150, "2026-01-31", "2026-02-01")
    frame.to_csv(timed, index=False)
    found = answer(windows[0], str(timed), "--by", "month", "--timestamp", "seen")
    assert [(item["label"], item["rows"]) for item in found["windows"]] == [("2026-01", 150), ("2026-02", 250)]
    assert all(item["columns"]["x"]["verdict"] == "material" for item in found["windows"])
    by_rows = answer(*windows, "--by", "rows", "--window-rows", "300")
    assert [item["label"] for item in by_rows["windows"]] == ["1 to 300", "301 to 400"]
    with pytest.raises(RefusedInputError, match="role of time"):
        answer(*windows, "--by", "week")


def test_a_file_that_is_no_baseline_is_refused_with_the_way_to_one(windows: tuple[str, str]) -> None:
    with pytest.raises(RefusedInputError, match=r"is no baseline.*countersign baseline"):
        RUN.invoke(build(), ["watch", *windows], catch_exceptions=False)


def test_named_costs_say_what_acting_and_not_acting_come_to(windows: tuple[str, str]) -> None:
    asked = (*windows, "--target", "y", "--positive", "yes", "--score", "score")
    plain = answer(*asked)["action"]["stakes"]
    assert (plain["unit"], plain["basis"], plain["acting"]) == ("wrong decisions", "labels", None)
    named = ("--cost-wrong", "100", "--cost-miss", "10", "--cost-change", "5000", "--cost-unit", "EUR")
    action = answer(*asked, *named)["action"]
    assert (action["stakes"]["unit"], action["stakes"]["acting"]) == ("EUR", 5000)
    assert action["stakes"]["pays_after"] == math.ceil(5000 / (action["stakes"]["waiting"] / 1000))
    assert not any("no costs are named" in item for item in action["unknown"])
    said = RUN.invoke(build(), ["drift", *asked, *named], catch_exceptions=False).stdout
    assert "If nothing is done: By outcomes, 1,000 decisions cost" in said
    assert "If it is done: Decisions have to be made otherwise" in said
    assert ": 5,000 EUR once." in said


def test_each_column_is_compared_inside_each_group(windows: tuple[str, str]) -> None:
    found = answer(*windows, "--sensitive", "colour")
    places = {(item["column"], item["attribute"], item["group"]): item for item in found["within"]}
    assert {key[2] for key in places} == {"blue", "red"}
    assert places["x", "colour", "red"]["verdict"] == "material"
    assert {"n_reference", "n_current", "effect", "noise_floor", "threshold", "reason"} <= set(
        places["x", "colour", "red"]
    )


def test_people_read_of_the_groups_that_fare_otherwise(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    for name, shift in (("before", 0.0), ("after", 1.0)):
        group = np.array(["few"] * 20 + ["moved"] * 300 + ["same"] * 5_000)
        x = rng.normal(size=len(group)) + shift * (group == "moved")
        pd.DataFrame({"x": x, "group": group}).to_csv(tmp_path / f"{name}.csv", index=False)
    words = ["drift", str(tmp_path / "before.csv"), str(tmp_path / "after.csv"), "--sensitive", "group"]
    said = RUN.invoke(build(), words, catch_exceptions=False).stdout
    assert "moved by more than matters x in group moved (300 rows before, 300 now): " in said
    assert "too few rows to tell       x in group few (20 rows before, 20 now): Not enough data: " in said
