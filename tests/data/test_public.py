"""Public data sets: the list agrees with fairlearn, and failures are told in words."""

from __future__ import annotations

import urllib.error
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import fairlearn.datasets
import pandas as pd
import pytest

from governance.data.public import PUBLIC, fetch
from governance.evidence.errors import RefusedInputError


def test_every_set_of_the_list_is_one_that_fairlearn_fetches() -> None:
    offered = {name for name in dir(fairlearn.datasets) if name.startswith("fetch_")}
    assert {item.fetch for item in PUBLIC} == offered - {"fetch_boston"}


def test_no_network_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(**_: object) -> NoReturn:
        raise urllib.error.URLError("Name or service not known")

    monkeypatch.setattr(fairlearn.datasets, "fetch_adult", unreachable)
    with pytest.raises(RefusedInputError, match="could not be fetched") as caught:
        fetch("adult", tmp_path / "a.parquet", tmp_path)
    assert "network" in caught.value.advice
    assert not (tmp_path / "a.parquet").exists()


def test_what_is_fetched_becomes_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"x": [1, 2], "class": ["a", "b"]})
    monkeypatch.setattr(fairlearn.datasets, "fetch_adult", lambda **_: SimpleNamespace(frame=frame))
    assert pd.read_parquet(fetch("adult", tmp_path / "a.parquet", tmp_path)).equals(frame)


def test_an_unknown_name_is_refused_with_the_list(tmp_path: Path) -> None:
    with pytest.raises(RefusedInputError, match="Known: acs_income, adult"):
        fetch("boston", tmp_path / "a.parquet", tmp_path)
