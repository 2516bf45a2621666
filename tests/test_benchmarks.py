"""What `make bench` runs and how its results come together; the numbers themselves are no tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.__main__ import SCRIPTS, keep, kept, table
from benchmarks.outcome import Outcome, heard, tell

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
PEERS = {"drift_peers", "stress_peers"}
"""Run by `make bench-peers`, in an environment with other libraries."""


def test_every_benchmark_is_run_and_every_entry_is_a_file() -> None:
    files = {path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py")}
    assert {script.name for script in SCRIPTS} == files - PEERS


def test_a_result_survives_the_way_from_the_script_to_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    tell("faster than a peer", 1200, target=1000, at_least=True)
    tell("seconds", 3.5, unit="s", target=3)
    tell("watched alone", 2)
    found = [heard(line) for line in capsys.readouterr().out.splitlines()]
    assert found == [
        Outcome("faster than a peer", 1200.0, "x", 1000, at_least=True),
        Outcome("seconds", 3.5, "s", 3, at_least=False),
        Outcome("watched alone", 2.0, "x", None, at_least=False),
    ]
    assert [item.verdict for item in found if item] == ["met", "missed", "watched"]
    assert heard("any other line") is None
    lines = table([("toy", item) for item in found if item]).splitlines()
    assert lines[1].split()[-4:] == ["at", "least", "1000", "met"]
    assert lines[2].split()[-4:] == ["at", "most", "3", "missed"]


def test_the_figures_of_the_last_release_stand_beside_those_of_today(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    assert kept(path) == ({}, "")
    keep(
        [
            ("toy", Outcome("seconds", 3.5, "s", 3, at_least=False)),
            ("other", Outcome("ratio", 2.0, "x", None, at_least=True)),
        ],
        "then",
        path,
    )
    keep([("toy", Outcome("seconds", 2.5, "s", 3, at_least=False))], "later", path)
    figures, measured_on = kept(path)
    assert figures == {("toy", "seconds"): 2.5, ("other", "ratio"): 2.0}
    assert measured_on == "then; later"
    today = [
        ("toy", Outcome("seconds", 3.25, "s", 3, at_least=False)),
        ("toy", Outcome("new", 1.0, "x", 2, at_least=True)),
    ]
    lines = table(today, before=figures).splitlines()
    assert lines[1].split()[2:] == ["3.25", "s", "2.50", "at", "most", "3", "missed"]
    assert lines[2].split()[2:] == ["1.00", "x", "at", "least", "2", "missed"]
    assert "2.50" not in table(today, before=figures, quick=True)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_every_benchmark_tells_results_for_the_table(script) -> None:
    text = (FOLDER / f"bench_{script.name}.py").read_text(encoding="utf-8")
    assert "tell(" in text
    assert "sys.path" not in text
