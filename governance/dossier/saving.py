"""An export on disk: whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from governance.dossier.bundle import write_folder, zip_bytes
from governance.evidence import RefusedInputError


def write_export(files: Mapping[str, bytes], out: Path, top: str) -> None:
    """Write an export to a new folder, or to a file that ends in .zip: beside it, synced, and then renamed.

    Args:
        files: path -> bytes.
        out: where; nothing, or an empty folder, is there.
        top: name of the folder inside a .zip.

    Raises:
        RefusedInputError: something is there, or it cannot be written; nothing is left behind.
    """
    if out.exists() and (out.is_file() or any(out.iterdir())):
        raise RefusedInputError(f"{str(out)!r} exists already.", "Choose another name; exports are never overwritten.")
    part = out.with_name(out.name + ".part")
    try:
        remove(part)
        _write(files, part, top, packed=out.suffix == ".zip")
        if out.is_dir():
            out.rmdir()
        part.rename(out)
        _sync(out.parent)
    except OSError as error:
        remove(part)
        raise RefusedInputError(
            f"The export cannot be written to {str(out)!r}: {error.strerror or error}.",
            "Make room, or choose another place. Nothing is left behind, and nothing was recorded.",
        ) from error


def _write(files: Mapping[str, bytes], part: Path, top: str, *, packed: bool) -> None:
    if packed:
        part.write_bytes(zip_bytes(files, top))
    else:
        write_folder(files, part)
    for path in (part, *part.rglob("*")):
        _sync(path)


def _sync(path: Path) -> None:
    """Make a file or a folder durable, as far as the system can."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(path: Path) -> None:
    """Remove a file or a folder that this program has written, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
