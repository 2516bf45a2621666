"""Fixtures that every room's tests use."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")


def _shared() -> Path | None:
    """Return the folder with real data and published vectors that lies beside the checkout, if there is one."""
    named = os.environ.get("COUNTERSIGN_SHARED")
    if named:
        return Path(named)
    common = subprocess.run(
        ["git", "rev-parse", "--path-format=absolute", "--git-common-dir"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    homes = [ROOT, *([Path(common.stdout.strip()).parent] if common.returncode == 0 else [])]
    return next((home.parent / "shared" for home in homes if (home.parent / "shared").is_dir()), None)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return `../shared`: real data (`data/`), published vectors (`vectors/`), converted models (`onnx/`)."""
    found = _shared()
    if found is None:
        pytest.skip("no ../shared beside this checkout: real data and published vectors are not available")
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the jobs in a browser: the longest files first, so that no process waits for the other at the end."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None)
