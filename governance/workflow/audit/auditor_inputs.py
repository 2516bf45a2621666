"""What an auditor hands in, looked at before anything is judged: a wrong path or a broken trust file is no verdict on an export."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from governance.dossier import FAULTS, Refused, files
from governance.evidence import CountersignError, RefusedInputError, parse
from storage.ledger import Verifier

_FIELDS: Final = ("origin", "log_vkeys", "witness_vkeys", "min_witnesses", "root_keys")


def check_inputs(export: Path, trust: Path, old: Sequence[Path] = ()) -> None:
    """Refuse a path that leads to no export, no trust file or no checkpoint, each named; what they say is judged elsewhere.

    Raises:
        RefusedInputError: something that cannot be what it was given as.
    """
    _check_trust(trust)
    for path in old:
        content = _content(path, "checkpoint")
        if b"\n\n" not in content or "—".encode() not in content:
            raise RefusedInputError(
                f"{str(path)!r} is no checkpoint.", "Give one that you kept: countersign ledger head."
            )
    _check_export(export)


def _check_trust(path: Path) -> None:
    advice = "Give the trust.json that came apart from the export: countersign trust writes one."
    try:
        found = parse(_content(path, "trust file"))
    except RefusedInputError as error:
        if isinstance(error.__cause__, OSError):
            raise
        raise RefusedInputError(f"{str(path)!r} is no trust file: it is not JSON.", advice) from error
    missing = [name for name in _FIELDS if not isinstance(found, dict) or name not in found]
    if missing:
        raise RefusedInputError(f"{str(path)!r} is no trust file: it has no field {missing[0]!r}.", advice)
    _check_fields(path, found, advice)


def _check_fields(path: Path, found: dict[str, Any], advice: str) -> None:
    for name in ("log_vkeys", "witness_vkeys", "root_keys"):
        if not isinstance(found[name], list) or not all(isinstance(item, str) for item in found[name]):
            raise RefusedInputError(f"{str(path)!r}: the field {name!r} is not a list of texts.", advice)
    if not found["root_keys"] or not found["log_vkeys"]:
        raise RefusedInputError(f"{str(path)!r} trusts no key of a ledger.", advice)
    if type(found["min_witnesses"]) is not int or not isinstance(found["origin"], str):
        raise RefusedInputError(f"{str(path)!r}: 'origin' is a text, 'min_witnesses' a whole number.", advice)
    for text in (*found["log_vkeys"], *found["witness_vkeys"]):
        try:
            Verifier.from_vkey(text)
        except CountersignError as error:
            raise RefusedInputError(f"{str(path)!r}: {error.what}", advice) from error


def _check_export(path: Path) -> None:
    shown, advice = repr(str(path)), "Give the folder or .zip that countersign export wrote."
    if not path.exists():
        raise RefusedInputError(f"There is nothing at {shown}, expected an export.", "Check the path.")
    if path.is_file() and not zipfile.is_zipfile(path):
        raise RefusedInputError(f"{shown} is no export: it is neither a folder nor a .zip.", advice)
    if not path.is_file() and not path.is_dir():
        raise RefusedInputError(f"{shown} is a pipe or a device, expected a folder or a .zip.", advice)
    try:
        files(path)
    except Refused as error:
        if "holds no checkpoint" in str(error):
            raise RefusedInputError(
                f"{shown} is no export: it holds no checkpoint and ledger.intoto.jsonl.", advice
            ) from error
    except PermissionError as error:
        raise RefusedInputError(f"{shown} cannot be read.", "Check its rights.") from error
    except FAULTS:
        return


def _content(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise RefusedInputError(f"There is nothing at {str(path)!r}, expected a {what}.", "Check the path.") from error
    except IsADirectoryError as error:
        raise RefusedInputError(f"{str(path)!r} is a folder, expected a {what}.", "Name the file.") from error
    except OSError as error:
        raise RefusedInputError(
            f"The {what} {str(path)!r} cannot be read: {error.strerror}.", "Check its rights."
        ) from error
