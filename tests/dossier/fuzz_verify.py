"""A fuzzer for the verifier, run by hand: `make fuzz`. It stops at the first input that is not answered in words.

Half of the inputs are damaged .zip files, half are entries with a hostile value under right signatures.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["governance.dossier"]):
    from governance.dossier.bundle import folder_name, zip_bytes
    from governance.dossier.verify import verify

from tests.dossier.hostile import HOSTILE, changed_entry, places_of
from tests.dossier.ledger import TRUST, book, said_in
from tests.review.board import conditional

ROOM = conditional()
EXPORT = book(ROOM.entries)
SAID = [said_in(line) for line in EXPORT.lines]
NAME = folder_name(EXPORT.source())
BOX = zip_bytes(EXPORT.files("credit"), NAME)
PLACE = Path(tempfile.mkdtemp(prefix="countersign-fuzz-"))
(PLACE / "trust.json").write_text(json.dumps(TRUST))


def damaged(given: atheris.FuzzedDataProvider) -> bytes:
    at = given.ConsumeIntInRange(0, len(BOX))
    return BOX[:at] + given.ConsumeBytes(40) + BOX[at + given.ConsumeIntInRange(0, 200) :]


def hostile(given: atheris.FuzzedDataProvider) -> bytes:
    index = given.ConsumeIntInRange(0, len(SAID) - 1)
    where = places_of(SAID[index])
    put = given.PickValueInList(
        [*HOSTILE, given.ConsumeUnicodeNoSurrogates(30), given.ConsumeIntInRange(1 - 2**53, 2**53 - 1)]
    )
    return zip_bytes(changed_entry(ROOM, index, given.PickValueInList(where), put), NAME)


def one(data: bytes) -> None:
    given = atheris.FuzzedDataProvider(data)
    (PLACE / "export.zip").write_bytes(damaged(given) if given.ConsumeBool() else hostile(given))
    answer = verify(PLACE / "export.zip", PLACE / "trust.json", [])
    assert answer["valid"] or answer["reason"]


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
