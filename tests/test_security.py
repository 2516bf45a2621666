"""What SECURITY.md promises is shown by tests that are there, and each row says by which."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def rows() -> list[tuple[str, str]]:
    """Return (attacker, shown by) of each row of the table of promises."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    table = text.partition("| attacker |")[2].partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in table]
    assert all(len(row) == 4 for row in cells), "attacker, what they hold, what is promised, shown by"
    return [(row[0], row[3]) for row in cells]


def named(shown: str) -> list[Path]:
    """Return the files and folders that a cell names; a bare file stands in the folder of the one named before it."""
    found: list[Path] = []
    for name in re.findall(r"`([^`]+)`", shown):
        found.append(ROOT / name if "/" in name else found[-1].parent / name)
    return found


@pytest.mark.parametrize(("attacker", "shown"), rows(), ids=[who[:40] for who, _ in rows()])
def test_every_promise_names_tests_that_are_there(attacker: str, shown: str) -> None:
    places = named(shown)
    assert places, attacker
    for place in places:
        files = [place] if place.suffix == ".py" else sorted(place.rglob("test_*.py"))
        assert files, f"{place} holds no test"
        for file in files:
            assert file.is_file(), f"{file} is named and not there"
            said = file.read_text(encoding="utf-8")
            assert re.search(r"^(async )?def test_|TestCase$|^Test", said, re.MULTILINE), f"{file} has no test"


def test_there_are_promises_at_all() -> None:
    assert len(rows()) >= 20
    assert {Path(file).name for _, shown in rows() for file in map(str, named(shown))} >= {"test_forgeries.py"}
