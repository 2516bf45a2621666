"""The first look at a table, in a real worker: it says how far it is, gives the same as a look here, and can be stopped."""

from __future__ import annotations

import time
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from governance.data.first_look import look_at
from governance.evidence.errors import Cancelled, RefusedInputError
from governance.workflow.registry.table_look import TableChoices, begin


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    path = tmp_path / "wide.parquet"
    rng = np.random.default_rng(3)
    pd.DataFrame(rng.normal(size=(20_000, 300)), columns=[f"c{at}" for at in range(300)]).to_parquet(path)
    return path


def test_a_look_says_how_far_it_is_and_is_the_look_that_is_taken_here(wide: Path, tmp_path: Path) -> None:
    looking = begin(wide, TableChoices(), tmp_path / "step.json", person="a")
    said = set()
    until = time.monotonic() + 120
    while not looking.turn.done() and time.monotonic() < until:
        said.add(looking.line())
        time.sleep(0.01)
    assert looking.turn.result(timeout=1) == look_at(str(wide))
    assert any(line.startswith("looking at the columns: ") and line.endswith("of 300") for line in said), said
    assert not (tmp_path / "step.json").exists()


def test_a_look_is_stopped_and_leaves_nothing(wide: Path, tmp_path: Path) -> None:
    looking = begin(wide, TableChoices(), tmp_path / "step.json", person="a")
    looking.turn.stop()
    with pytest.raises((Cancelled, CancelledError)):
        looking.turn.result(timeout=60)
    assert not (tmp_path / "step.json").exists()


def test_a_file_that_is_no_table_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("")
    with pytest.raises(RefusedInputError):
        begin(path, TableChoices(), tmp_path / "step.json", person="a").turn.result(timeout=120)
