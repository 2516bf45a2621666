"""Check an export with the verifier that travels inside it, and its time stamp with a library that the verifier does without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from governance.dossier import files
from governance.dossier.verify import verify
from governance.evidence import RefusedInputError
from storage.ledger import timestamp

STAMP = "checkpoint.tsr"


def check(export: Path, trust: Path, old: list[Path], authority: bytes = b"") -> dict[str, Any]:
    """Return the verifier's answer; with an authority's certificates (PEM), the time stamp of the checkpoint is checked too.

    The answer then has the field `time_stamp`: {"time", "serial"} of a stamp that holds, or None where it was not checked, and
    `not_checked` says why. A stamp that does not hold makes the export invalid.

    Raises:
        RefusedInputError: the authority's certificates cannot be read.
    """
    if authority:
        timestamp.certificates(authority)
    answer = verify(export, trust, old) | {"time_stamp": None}
    if not answer["valid"] or not authority:
        return answer
    others = [item for item in answer["not_checked"] if not item.startswith(STAMP)]
    inside = files(export)
    if STAMP not in inside:
        return answer | {"not_checked": [*others, f"{STAMP}: an authority is trusted, and there is no time stamp here"]}
    try:
        found = timestamp.checked(inside[STAMP](), inside["checkpoint"](), authority)
    except timestamp.NotInstalledError as error:
        return answer | {"not_checked": [*answer["not_checked"], f"{STAMP}: {error}"]}
    except RefusedInputError as error:
        return answer | {
            "valid": False,
            "reason": str(error).rstrip("."),
            "not_checked": ["anything beyond the first fault"],
        }
    return answer | {"time_stamp": {"time": found.time, "serial": found.serial}, "not_checked": others}
