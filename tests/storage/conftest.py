"""A small workspace that the tests of storage share, and quick keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import keys
from storage.workspace import Workspace
from tests.storage.scene import AT, ROOT_PASSPHRASE


@pytest.fixture(scope="session", autouse=True)
def quick_keys() -> Iterator[None]:
    """Let bcrypt work little: the strength of the files at rest has its own test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "KDF_ROUNDS", 1)
        yield


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Return a new workspace without members."""
    with Workspace.create(tmp_path / "workspace", "Example Board", ROOT_PASSPHRASE, AT) as made:
        yield made
