"""What was valid stays valid: exports written by earlier releases."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.dossier.verify import verify

FIXTURES = Path(__file__).parent / "fixtures"
EXPORTS = sorted(FIXTURES.glob("*.zip"))


def test_there_is_a_fixture() -> None:
    assert [path.name for path in EXPORTS][:1] == ["edition-1.zip"]


@pytest.mark.parametrize("export", EXPORTS, ids=lambda path: path.stem)
def test_an_export_of_an_earlier_release_is_still_valid(export: Path) -> None:
    answer = verify(export, export.with_suffix(".trust.json"), [export.with_suffix(".old-checkpoint")])
    assert answer["valid"], answer["reason"]
    assert (answer["entries"], answer["decisions"], answer["cases"]) == (35, 1, {"credit": "conditional"})
