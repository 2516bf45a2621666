"""Whatever becomes of a table, every command that takes one ends in 0, 1 or 2 with words: never in a failure of ours."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from governance.__main__ import build, named
from governance.cli.automl import NOTHING_CERTIFIED
from governance.evidence import CountersignError
from governance.models.intake import intake
from governance.models.intake.inspection import Inspection
from governance.models.intake.limits import Limits
from governance.workflow.workspace import current_workspace
from storage import keys
from tests.cli.every_command import LINES, NORMS, SILENT, words
from tests.cli.spoiled_people import People, made
from tests.stress.making import made as sound

TABLES = 2
"""Spoiled tables for each command; each is another one."""
ROWS = 80


def ended(line: list[str]) -> str:
    """Return "" when the command answered or refused in words, else what it failed with."""
    asked = line if line[0] in SILENT else [*line, "--json"]
    found = CliRunner().invoke(build(named(asked)), asked)
    if isinstance(found.exception, CountersignError):
        return "" if str(found.exception).strip() else "a refusal without words"
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        return f"{type(found.exception).__name__}: {found.exception}"
    right = (0, 1, 2, NOTHING_CERTIFIED) if line[0] == "automl" else (0, 1, 2)
    return "" if found.exit_code in right and (found.stdout or found.stderr) else f"exit {found.exit_code}"


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> People:
    """Return people with a model that takes them."""
    case = sound("boosted")
    model = tmp_path_factory.mktemp("people") / "model.onnx"
    model.write_bytes(case.model.file)
    frame = case.frame.head(ROWS).drop(columns=["level", "amount"])
    frame.insert(0, "id", np.arange(ROWS) + 1000)
    frame["mild"] = np.random.default_rng(0).random(ROWS).round(4)
    return People(frame, model, target="good", positive="yes", group="sex", key="id")


@pytest.fixture(scope="module")
def files(people: People) -> Iterator[dict[str, Path]]:
    """Return the files beside the spoiled table; the one sound model is examined once for each set of names."""
    folder = people.model.parent
    found = {name: folder / name for name in ("sound.csv", "frozen.json", "norms.toml", "log.csv", "workspace")}
    people.frame.to_csv(found["sound.csv"], index=False)
    found["norms.toml"].write_text(NORMS, encoding="utf-8")
    found["log.csv"].write_text("model,score\nmild,0.8\nage,0.7\n", encoding="utf-8")
    examined: dict[str, Inspection] = {}
    really = intake._examined

    def once(path: Path, size: int, limits: Limits, names: dict[str, list[str]]) -> Inspection:
        if path != people.model:
            return really(path, size, limits, names)
        if repr(names) not in examined:
            examined[repr(names)] = really(path, size, limits, names)
        return examined[repr(names)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "KDF_ROUNDS", 1)
        patch.setattr(intake, "_examined", once)
        patch.setenv("COUNTERSIGN_ROOT_PASSPHRASE", "the root passphrase")
        for line in (
            ["baseline", str(found["sound.csv"]), "--out", str(found["frozen.json"]), *people.roles],
            ["init", "--organisation", "Board", "--workspace", str(found["workspace"])],
        ):
            assert CliRunner().invoke(build(named(line)), line).exit_code == 0
        yield {"model": people.model, **{name.partition(".")[0]: path for name, path in found.items()}}
        opened = current_workspace._open.pop(found["workspace"].resolve(), None)
        if opened is not None:
            opened.close()


@pytest.mark.parametrize("seed", range(TABLES * len(LINES)))
def test_a_spoiled_table_of_people_is_answered_or_refused_in_words(
    seed: int, people: People, files: dict[str, Path], tmp_path: Path
) -> None:
    line = words(LINES[seed % len(LINES)], people, {**files, "table": made(seed, people, tmp_path), "out": tmp_path})
    assert ended(line) == "", shlex.join(line)
