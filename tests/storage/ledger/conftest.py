"""Published vectors that lie beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def vectors(shared: Path) -> Any:
    """Return the ledger's vectors; skipped where they are absent."""
    return json.loads((shared / "vectors/ledger_vectors.json").read_text(encoding="utf-8"))
