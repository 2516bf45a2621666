"""Whatever an export holds, the verifier answers in words: hostile values under right signatures, and hostile files."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from governance.dossier.bundle import folder_name, zip_bytes
from governance.dossier.verify import verify
from tests.dossier.hostile import HOSTILE, changed_entry, places_of
from tests.dossier.ledger import TRUST, book, check, said_in
from tests.review.board import conditional

ROOM = conditional()
SAID = [said_in(line) for line in book(ROOM.entries).lines]
VALUES = st.sampled_from(HOSTILE) | st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
SLOW = [HealthCheck.too_slow]


def answered(answer: dict[str, Any]) -> None:
    assert answer["valid"] or answer["reason"]
    assert answer["not_checked"]


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW)
@given(data=st.data(), index=st.integers(0, len(SAID) - 1), value=VALUES)
def test_a_hostile_value_under_a_right_signature_gets_an_answer(data: st.DataObject, index: int, value: Any) -> None:
    place = data.draw(st.sampled_from(places_of(SAID[index])))
    with tempfile.TemporaryDirectory() as folder:
        answer = check(changed_entry(ROOM, index, place, value), Path(folder))
    answered(answer)
    assert answer["first_bad"] is None or answer["first_bad"] >= index


EXPORT = book(ROOM.entries)
BOX = zip_bytes(EXPORT.files("credit"), folder_name(EXPORT.source("credit")))


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(at=st.integers(0, len(BOX)), cut=st.integers(0, 300), put=st.binary(max_size=60))
def test_a_damaged_zip_gets_an_answer(at: int, cut: int, put: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "trust.json").write_text(json.dumps(TRUST))
        (Path(folder) / "export.zip").write_bytes(BOX[:at] + put + BOX[at + cut :])
        answered(verify(Path(folder) / "export.zip", Path(folder) / "trust.json", []))


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(field=st.sampled_from([*TRUST, "other"]), value=VALUES, note=st.binary(max_size=200))
def test_a_hostile_trust_file_or_older_checkpoint_gets_an_answer(field: str, value: Any, note: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        (room / "trust.json").write_text(json.dumps(TRUST | {field: value}))
        (room / "old").write_bytes(note)
        (room / "export.zip").write_bytes(BOX)
        answered(verify(room / "export.zip", room / "trust.json", [room / "old"]))
