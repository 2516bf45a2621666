"""An export is written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from governance.dossier import saving
from governance.evidence.errors import RefusedInputError

FILES = {"checkpoint": b"note", "evidence/aa": b"numbers"}


@pytest.mark.parametrize("name", ["export", "export.zip"])
def test_an_export_stands_under_its_name_and_nothing_beside_it(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.part").mkdir()
    (tmp_path / f"{name}.part" / "left-by-a-crash").write_text("x")
    saving.write_export(FILES, tmp_path / name, "top")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with pytest.raises(RefusedInputError, match="exists already"):
        saving.write_export(FILES, tmp_path / name, "top")


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    saving.write_export(FILES, tmp_path / "export", "top")
    assert (tmp_path / "export" / "evidence" / "aa").read_bytes() == b"numbers"


@pytest.mark.parametrize("name", ["export", "export.zip"])
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RefusedInputError, match="No space left"):
        saving.write_export(FILES, tmp_path / name, "top")
    assert list(tmp_path.iterdir()) == []
