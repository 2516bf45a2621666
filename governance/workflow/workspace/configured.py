"""The configuration of an installation, and the secrets that it names.

`countersign.toml` lies beside the workspace's folder, or where COUNTERSIGN_CONFIG says. Without it everything has its default.
"""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Final

from governance.evidence import RefusedInputError
from governance.settings import Secret, Settings, from_toml
from storage import secret_text

FILE: Final = "countersign.toml"
VARIABLE: Final = "COUNTERSIGN_CONFIG"
"""Environment variable with the path of the configuration file."""
_LARGEST: Final = 1_000_000
_PATIENCE_S: Final = 20.0
"""How long a command may take to print a secret."""


def place_of(root: Path) -> Path | None:
    """Return the configuration file of the workspace in `root`, None when there is none.

    Raises:
        RefusedInputError: the environment names a file that is not there.
    """
    named = os.environ.get(VARIABLE)
    found = Path(named) if named else root.parent / FILE
    if found.is_file():
        return found.resolve()
    if named:
        raise RefusedInputError(f"There is no configuration file {named}.", f"Correct or unset {VARIABLE}.")
    return None


def settings_of(root: Path) -> Settings:
    """Return what the configuration of the workspace in `root` says, with paths of files made absolute.

    Raises:
        RefusedInputError: the file belongs to somebody else or can be written by others, or says what is not known.
    """
    place = place_of(root)
    if place is None:
        return Settings()
    _require_own(place)
    found = from_toml(_text(place))
    beside = place.parent
    server = replace(
        found.server,
        certificate=_absolute(beside, found.server.certificate),
        key_file=_absolute(beside, found.server.key_file),
    )
    database = replace(found.database, url=_located(beside, found.database.url))
    keys = replace(found.keys, service_passphrase=_located(beside, found.keys.service_passphrase))
    return Settings(server=server, database=database, keys=keys)


def read(secret: Secret | None) -> str | None:
    """Return a secret, None for one that is not named.

    Raises:
        RefusedInputError: its file can be read by others or not at all, the variable is not set, or the command fails or prints nothing.
    """
    if secret is None:
        return None
    found = {"file": _from_file, "env": _from_environment, "command": _from_command}[secret.place](secret.where)
    if not found:
        raise RefusedInputError(f"The {secret.place} {secret.where!r} holds no secret.", "It is empty. Fill it in.")
    return found


def _from_file(path: str) -> str:
    return secret_text(Path(path))


def _from_environment(name: str) -> str:
    return os.environ.get(name, "")


def _from_command(words: str) -> str:
    try:
        done = subprocess.run(shlex.split(words), capture_output=True, timeout=_PATIENCE_S, check=True, text=True)  # noqa: S603 - the operator's own words, no shell
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise RefusedInputError(
            f"The command of a secret failed ({type(error).__name__}): {words.partition(' ')[0]}.",
            "Run it by hand; it has to print the secret and end with 0.",
        ) from error
    return done.stdout.rstrip("\r\n")


def _text(place: Path) -> str:
    try:
        if place.stat().st_size > _LARGEST:
            raise RefusedInputError(f"{place} is larger than 1 MB.", "It is not what it is named for.")
        return place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedInputError(
            f"{place} cannot be read as text: {type(error).__name__}.", "Correct the file."
        ) from error


def _require_own(place: Path) -> None:
    """Raise for a configuration that another account wrote or can write: it names the database and the keys."""
    if os.name != "posix":
        return
    found = place.stat()
    if found.st_uid not in (0, os.geteuid()) or found.st_mode & stat.S_IWOTH:
        raise RefusedInputError(
            f"The configuration {place} can be written by another account (owner {found.st_uid}, mode {stat.S_IMODE(found.st_mode):04o}).",
            "It decides where the record is kept: let it belong to you, and take the right to write from others.",
        )


def _absolute(beside: Path, path: str) -> str:
    return str((beside / path).resolve()) if path else ""


def _located(beside: Path, secret: Secret | None) -> Secret | None:
    return (
        replace(secret, where=str((beside / secret.where).resolve())) if secret and secret.place == "file" else secret
    )
