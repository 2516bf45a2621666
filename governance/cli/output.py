"""How every command answers: one JSON document or plain text on standard output, words on standard error, four exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final, NoReturn

from governance.codec import JsonValue
from governance.errors import GovernanceError, RefusedInputError

DONE: Final = 0
NOT_SATISFIED: Final = 1
WRONG_USE: Final = 2
INTERNAL: Final = 3


def print_json(value: JsonValue) -> None:
    """Print one JSON document and nothing else on standard output; NaN is refused."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def say(text: str) -> None:
    """Print a line for people on standard output."""
    sys.stdout.write(text + "\n")


def warn(text: str) -> None:
    """Print a line for people on standard error, beside an answer that is given all the same."""
    sys.stderr.write(f"countersign: {text}\n")


def check_place(out: Path | None) -> None:
    """Refuse a file to write whose folder is not there, before anything is computed for it; None is no file.

    Raises:
        RefusedInputError: the folder is missing, or the name is that of a folder.
    """
    if out is None:
        return
    if out.is_dir():
        raise RefusedInputError(f"{str(out)!r} is a folder, expected the name of a file.", "Name a file to write.")
    if not out.parent.is_dir():
        raise RefusedInputError(
            f"There is no folder {str(out.parent)!r} to write to.", "Make it, or name another file."
        )


def fail(error: GovernanceError) -> NoReturn:
    """Print what was got, what was expected and what to do on standard error, and leave with exit code 2."""
    sys.stderr.write(f"countersign: {error}\n")
    raise SystemExit(WRONG_USE)
