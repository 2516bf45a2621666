"""A fuzzer for the verifier, run by hand: `make fuzz`. It stops at the first input that is not answered in words.

Each input is, for the whole ledger or the export of a case: a .zip with other bytes somewhere, a folder in which one file has other
bytes, or an entry with a hostile value under right signatures. At the end, and now and then, it tells how many there were of each.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["governance.dossier"]):
    from governance.dossier.bundle import folder_name, write_folder, zip_bytes
    from governance.dossier.verify import verify

from tests.dossier.hostile import HOSTILE, changed_entry, places_of
from tests.dossier.ledger import TRUST, said_in
from tests.dossier.whole_room import everything


def lean(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return an export without the copy of the verifier, of which nothing is read."""
    return {name: data for name, data in files.items() if not name.endswith(".py")}


ROOM, EXPORT = everything()
SAID = [said_in(line) for line in EXPORT.lines]
NAME = folder_name(EXPORT.source())
CASES = (None, "credit")
FILES = {case: lean(EXPORT.files(case)) for case in CASES}
BOXES = {case: zip_bytes(files, NAME) for case, files in FILES.items()}
PLACE = Path(tempfile.mkdtemp(prefix="countersign-fuzz-"))
TOLD_EVERY = 5_000
TRUSTED = PLACE / "trust.json"
TRUSTED.write_text(json.dumps(TRUST))
for number, case in enumerate(CASES):
    write_folder(FILES[case], PLACE / str(number))
    assert verify(PLACE / str(number), TRUSTED, [])["valid"], "The search begins with exports that are valid."
seen: Counter[str] = Counter()


def spoilt(data: bytes, given: atheris.FuzzedDataProvider) -> bytes:
    """Return the bytes with some of them replaced, inserted or cut off."""
    at = given.ConsumeIntInRange(0, len(data))
    return data[:at] + given.ConsumeBytes(40) + data[at + given.ConsumeIntInRange(0, 200) :]


def answered(export: Path) -> None:
    answer = verify(export, TRUSTED, [])
    assert answer["valid"] or answer["reason"]


def box(given: atheris.FuzzedDataProvider, case: str | None) -> None:
    (PLACE / "export.zip").write_bytes(spoilt(BOXES[case], given))
    answered(PLACE / "export.zip")


def one_file(given: atheris.FuzzedDataProvider, case: str | None) -> None:
    """Spoil one file of a folder, and put it back."""
    name = given.PickValueInList(list(FILES[case]))
    path = PLACE / str(CASES.index(case)) / name
    path.write_bytes(spoilt(FILES[case][name], given))
    try:
        answered(PLACE / str(CASES.index(case)))
    finally:
        path.write_bytes(FILES[case][name])


def entry(given: atheris.FuzzedDataProvider, case: str | None) -> None:
    index = given.ConsumeIntInRange(0, len(SAID) - 1)
    where = places_of(SAID[index])
    put = given.PickValueInList(
        [*HOSTILE, given.ConsumeUnicodeNoSurrogates(30), given.ConsumeIntInRange(1 - 2**53, 2**53 - 1)]
    )
    files = lean(changed_entry(ROOM, index, given.PickValueInList(where), put, case))
    (PLACE / "export.zip").write_bytes(zip_bytes(files, NAME))
    answered(PLACE / "export.zip")


KINDS = (box, one_file, entry)


def one(data: bytes) -> None:
    given = atheris.FuzzedDataProvider(data)
    case = given.PickValueInList(list(CASES))
    kind = given.PickValueInList(list(KINDS))
    kind(given, case)
    seen[f"{kind.__name__}, {'case' if case else 'whole ledger'}"] += 1
    if seen.total() % TOLD_EVERY == 0:
        sys.stderr.write(f"answered in words: {seen.total()} inputs, {dict(sorted(seen.items()))}\n")


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
