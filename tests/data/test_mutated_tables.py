"""Whatever table is given, every command ends in 0, 1 or 2 with words: never in a failure of ours."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from governance.__main__ import build
from governance.data import look_at
from governance.evidence.errors import CountersignError
from tests.data.mutated_tables import COMMANDS, made


def ended(words: tuple[str, ...]) -> str:
    """Return "" when the command answered or refused in words, else what it failed with."""
    found = CliRunner().invoke(build(), [*words, "--json"])
    if isinstance(found.exception, CountersignError):
        return "" if str(found.exception).strip() else "a refusal without words"
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        return f"{type(found.exception).__name__}: {found.exception}"
    return "" if found.exit_code in (0, 1, 2) and (found.stdout or found.stderr) else f"exit {found.exit_code}"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a frozen baseline of a table without faults."""
    folder = tmp_path_factory.mktemp("good")
    table, out = folder / "good.csv", folder / "good.json"
    table.write_text(
        "y,p,g,x\n" + "".join(f"{i % 2},{i % 3 % 2},{'mf'[i % 2]},{i}\n" for i in range(60)), encoding="utf-8"
    )
    assert ended(("baseline", str(table), "--out", str(out))) == ""
    assert out.exists()
    return out


@pytest.mark.parametrize("seed", range(30))
def test_a_spoiled_table_is_answered_or_refused_in_words(seed: int, tmp_path: Path, good: Path) -> None:
    files = [str(made(number, tmp_path)) for number in (seed, seed + 2)]
    shutil.copy(good, tmp_path / "good.json")
    words = tuple(word.format(*files, tmp_path) for word in COMMANDS[seed % len(COMMANDS)])
    assert ended(words) == ""


@pytest.mark.parametrize("seed", range(10))
def test_the_first_look_at_a_spoiled_table_ends_in_words(seed: int, tmp_path: Path) -> None:
    """Profile and suggestions of roles: what a person sees before registering."""
    path = made(seed, tmp_path)
    found, refused = None, ""
    try:
        found = look_at(str(path))
    except CountersignError as error:
        refused = str(error)
    if found is None:
        assert refused.strip()
        return
    assert len({column.name for column in found.columns}) == len(found.columns) > 0
    assert {item.column for item in found.suggestions} <= {column.name for column in found.columns}
