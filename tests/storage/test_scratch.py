"""Temporary folders: inside the workspace where there is one, and gone after a day whoever was killed."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import pytest

from storage import scratch
from storage.processes import mark

LONG_AGO = time.time() - scratch.ABANDONED_S - 60


def left(folder: Path, name: str, at: float = LONG_AGO) -> Path:
    """Leave a folder with a table as a killed process does."""
    place = folder / name
    place.mkdir(parents=True)
    (place / "table.parquet").write_bytes(b"rows")
    os.utime(place, (at, at))
    return place


def test_what_a_killed_process_left_is_swept_after_a_day_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old, fresh = left(tmp_path, "countersign-old"), left(tmp_path, "countersign-fresh", time.time())
    foreign = left(tmp_path, "somebody-else")
    link = tmp_path / "countersign-link"
    link.symlink_to(foreign)
    os.utime(link, (LONG_AGO, LONG_AGO), follow_symlinks=False)
    scratch.sweep_outside()
    assert [place.exists() for place in (old, fresh, foreign)] == [False, True, True]
    assert not link.is_symlink()
    assert (foreign / "table.parquet").is_file(), "a link is taken away, never what it leads to"


def test_the_app_keeps_its_temporary_files_inside_the_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", "/tmp")
    monkeypatch.setattr(tempfile, "tempdir", None)
    place = tmp_path / "workspace" / "tmp" / mark()
    scratch.work_inside(tmp_path / "workspace")
    with tempfile.TemporaryDirectory(prefix="countersign-incoming-") as folder:
        assert Path(folder).parent == place
    assert os.environ["TMPDIR"] == str(place)
    assert (tmp_path / "workspace").stat().st_mode & 0o777 == 0o700


def test_the_folder_of_a_process_that_is_there_stays_however_old_it_is(tmp_path: Path) -> None:
    ours = left(tmp_path / "tmp", f"{mark()}-at-work")
    foreign = left(tmp_path / "tmp", "1.2.00000000-of-another-machine")
    scratch.sweep(tmp_path)
    assert ours.exists()
    assert not foreign.exists()
