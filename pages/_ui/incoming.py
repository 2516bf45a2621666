"""Files on their way in: kept beside the workspace, under their digest, until they are registered or forgotten."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from governance.cli.sources import digest_of
from governance.errors import GovernanceError
from governance.models.inspection import Inspection
from governance.models.intake import inspect
from governance.workflow.first_look import FirstLook
from pages._ui import errors

_KEPT: Final = 24
"""Files that wait at most; the oldest is forgotten first."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that nobody has registered yet."""

    path: str
    digest: str
    name: str
    """Its name at its owner's; shown letter by letter."""


@st.cache_resource
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="countersign-incoming-", ignore_cleanup_errors=True)


def receive(label: str, key: str, advice: str) -> Incoming | None:
    """Draw an upload and, beside it, the path of a file on this machine; return the file, or None when there is none yet."""
    upload = st.file_uploader(label, key=key, help=advice)
    path = st.text_input(
        "Or the path of a file on the machine that runs this app",
        key=f"{key}-path",
        max_chars=1000,
        help="Only what is typed here is opened; a link cannot fill it in.",
    ).strip()
    if upload is not None:
        return _kept(bytes(upload.getbuffer()), upload.name)
    if not path:
        return None
    try:
        return Incoming(path, digest_of(Path(path)), Path(path).name)
    except GovernanceError as error:
        errors.advise(error)
        return None


def _kept(data: bytes, name: str) -> Incoming:
    from governance.codec import sha256

    home = Path(_folder().name)
    digest = sha256(data)
    place = home / (digest + "".join(Path(name).suffixes[-1:])[:12].replace("/", ""))
    if not place.exists():
        part = place.with_suffix(".part")
        part.write_bytes(data)
        part.replace(place)
    for old in sorted(home.iterdir(), key=lambda item: item.stat().st_mtime)[:-_KEPT]:
        old.unlink(missing_ok=True)
    return Incoming(str(place), digest, name)


@st.cache_data(max_entries=64, show_spinner="Looking inside the file, in a process of its own")
def inspected(incoming: Incoming, columns: tuple[str, ...] = ()) -> Inspection:
    """Return the report on a file; looked at once for the same bytes and columns."""
    return inspect(incoming.path, columns=columns)


@st.cache_data(max_entries=64, show_spinner="Asking the model about five rows")
def looked_at(incoming: Incoming, digest: str, columns: tuple[str, ...], table: Incoming | None) -> FirstLook:
    """Return the model's first answers: for rows of the registered data `digest`, or of the `table` that was brought along."""
    from governance.data.schema import Schema
    from governance.run import DataFile
    from governance.workflow import places, subjects
    from governance.workflow.first_look import first_look

    if table is not None:
        data = DataFile(table.path, table.digest, Schema(), "", table.name)
    else:
        data = subjects.data_file(places.current(), digest)
    return first_look(Path(incoming.path), data, columns)
