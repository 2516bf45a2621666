"""Passphrases never stand on a command line: they come from a file, the environment, or a prompt."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import typer

from governance.cli.sources import text_of
from governance.errors import RefusedInputError

VARIABLE: Final = "COUNTERSIGN_PASSPHRASE"
ROOT_VARIABLE: Final = "COUNTERSIGN_ROOT_PASSPHRASE"


def passphrase(whose: str, file: Path | None, variable: str = VARIABLE) -> str:
    """Return a passphrase from `file`, else from the environment `variable`, else from a prompt on a terminal.

    Raises:
        RefusedInputError: none of the three is there.
    """
    if file is not None:
        return text_of(file).rstrip("\r\n")
    if variable in os.environ:
        return os.environ[variable]
    if not sys.stdin.isatty():
        raise RefusedInputError(f"The passphrase of {whose} is needed.", f"Give --passphrase-file, or set {variable}.")
    return str(typer.prompt(f"Passphrase of {whose}", hide_input=True, err=True))
