"""Files on their way in: kept inside the workspace, under their digest, until they are registered or forgotten."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import streamlit as st

from governance.data import digest_of
from governance.evidence import CountersignError
from governance.models import Inspection, inspect
from governance.workflow.registry import FirstLook
from pages._ui import errors, local_files, tongue
from pages._ui.text import plain

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

_KEPT: Final = 24
"""Files that wait at most; the oldest is forgotten first."""
MOST_BYTES: Final = int(os.environ.get("COUNTERSIGN_UPLOADS_MB", "4096")) * 2**20
"""Bytes that the files that wait may have together; the newest is kept whatever its size."""
_PIECE: Final = 2**20
"""Bytes that are read, hashed and written at once."""


_WAITING: Final = "countersign.upload."
"""Before the key of a field in the session: path, digest and name of the file that waits there."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that nobody has registered yet."""

    path: str
    digest: str
    name: str
    """Its name at its owner's; shown letter by letter."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a person says about a model file that does not say it itself; () for what the file says."""

    columns: tuple[str, ...] = ()
    """Raw columns in input order."""
    classes: tuple[str, ...] = ()
    """Class labels in the order of the scores."""


@st.cache_resource
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="countersign-incoming-", ignore_cleanup_errors=True)


def receive(label: str, key: str, advice: str) -> Incoming | None:
    """Draw an upload and, where the operator allows it, the path of a file; return the file, or None when there is none yet."""
    upload = st.file_uploader(label, key=key, help=advice, on_change=_replaced, args=(key,))
    path = _named(key)
    if upload is not None:
        found = _received(upload, key)
        st.session_state[_WAITING + key] = [found.path, found.digest, found.name]
        return found
    waiting = _waiting(key)
    if waiting is not None and not path:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                tongue.say(
                    ":material/attach_file: {name} is still here, as you left it.", name=plain(waiting.name, 120)
                ),
                width="content",
            )
            st.button(tongue.say("Take it away"), key=f"{key}-away", on_click=forget, args=(key,), type="tertiary")
        return waiting
    fetched = str(st.session_state.get(f"{key}-fetched", ""))
    try:
        file = local_files.inside(path) if path else Path(fetched) if fetched else None
        return None if file is None else Incoming(str(file), digest_of(file), file.name)
    except CountersignError as error:
        errors.advise(error)
        return None


def receive_several(label: str, key: str, advice: str, on_change: Callable[[], None]) -> tuple[Incoming, ...]:
    """Draw an upload of several files and, where the operator allows it, the path of one; return all that stand there.

    `on_change` is called when a person puts a file in or takes one out; it is not when the field is drawn anew, and empty.
    """
    found = [
        _received(item, f"{key}-{item.file_id}")
        for item in st.file_uploader(label, key=key, help=advice, accept_multiple_files=True, on_change=on_change)
    ]
    path = _named(key)
    try:
        file = local_files.inside(path) if path else None
    except CountersignError as error:
        errors.advise(error)
        return tuple(found)
    return tuple(found) if file is None else (*found, Incoming(str(file), digest_of(file), file.name))


def bring(file: Path) -> Incoming:
    """Keep a file that the app itself has made or fetched, as if somebody had uploaded it."""
    with file.open("rb") as stream:
        place, digest = keep(stream, file.name, Path(_folder().name))
    return Incoming(str(place), digest, file.name)


def is_kept(path: str) -> bool:
    """Say whether a file was uploaded and is kept here, as opposed to one that lies on the machine."""
    return Path(path).parent == Path(_folder().name)


def still_here(path: str) -> bool:
    """Say whether a file that was given is still kept, or lies where the operator lets files be read."""
    place = Path(path)
    return place.is_file() and (is_kept(path) or local_files.holds(place))


def forget(*keys: str) -> None:
    """Forget files that were left in the fields called `keys`: they were registered, or somebody took them away."""
    for key in keys:
        st.session_state.pop(_WAITING + key, None)


def _replaced(key: str) -> None:
    """Forget the file of before when somebody takes the file out of the field."""
    if st.session_state.get(key) is None:
        forget(key)


def _waiting(key: str) -> Incoming | None:
    """Return the file that was given to a field before its page was left, None when there is none any more."""
    left = st.session_state.get(_WAITING + key)
    return Incoming(*left) if left and Path(left[0]).exists() else None


def _named(key: str) -> str:
    """Draw the field for a path below the folder that the operator has opened; nothing where there is none."""
    home = local_files.folder()
    if home is None:
        return ""
    return st.text_input(
        tongue.say("Or a file below {name} on the machine that runs this app", name=home.name),
        key=f"{key}-path",
        max_chars=1000,
        help=tongue.say("Only what is typed here is opened; a link cannot fill it in."),
    ).strip()


def _received(upload: UploadedFile, key: str) -> Incoming:
    """Return a file as it was kept when it came; it is read and hashed once, however often the page is drawn."""
    kept = st.session_state.get(f"{key}-received")
    if not kept or kept[0] != upload.file_id or not Path(kept[1]).exists():
        path, digest = keep(upload, upload.name, Path(_folder().name))
        st.session_state[f"{key}-received"] = kept = (upload.file_id, str(path), digest)
    return Incoming(kept[1], kept[2], upload.name)


def keep(stream: BinaryIO, name: str, home: Path, most_bytes: int = MOST_BYTES) -> tuple[Path, str]:
    """Copy a file into a folder under its digest, piece by piece, and return where and the digest.

    Files that came earlier are forgotten, the oldest first, while there are too many or they are too large together.
    """
    found = hashlib.sha256()
    home.mkdir(mode=0o700, exist_ok=True)  # another process may have swept it, idle for a day
    stream.seek(0)
    with tempfile.NamedTemporaryFile(dir=home, suffix=".part", delete=False) as part:
        while piece := stream.read(_PIECE):
            found.update(piece)
            part.write(piece)
    place = home / (found.hexdigest() + "".join(Path(name).suffixes[-1:])[:12].replace("/", ""))
    Path(part.name).replace(place)
    _forget(home, place, most_bytes)
    return place, found.hexdigest()


def _forget(home: Path, newest: Path, most_bytes: int) -> None:
    files = [item for item in home.iterdir() if item.suffix != ".part" and item != newest]
    sizes = {item: item.stat() for item in files}
    total, count = newest.stat().st_size, 1
    for item in sorted(files, key=lambda old: -sizes[old].st_mtime):
        total, count = total + sizes[item].st_size, count + 1
        if total > most_bytes or count > _KEPT:
            item.unlink(missing_ok=True)


@st.cache_data(max_entries=64, show_spinner="Looking inside the file, in a process of its own")
def inspected(incoming: Incoming, columns: tuple[str, ...] = (), classes: tuple[str, ...] = ()) -> Inspection:
    """Return the report on a file; looked at once for the same bytes and names."""
    return inspect(incoming.path, columns=columns, classes=classes)


@st.cache_data(max_entries=64, show_spinner="Asking the model about five rows")
def looked_at(incoming: Incoming, digest: str, names: Names, table: Incoming | None, label: str = "") -> FirstLook:
    """Return the model's first answers: for rows of the registered data `digest`, or of the `table` that was brought along.

    `label` is the column of that table that says what came true, "" for none.
    """
    from governance.runs import DataFile
    from governance.subject import Schema
    from governance.workflow.registry.first_look import first_look
    from governance.workflow.workspace import current_workspace, subjects

    if table is not None:
        data = DataFile(table.path, table.digest, Schema(), "", table.name)
    else:
        data = subjects.data_file(current_workspace.current(), digest)
    return first_look(Path(incoming.path), data, names.columns, classes=names.classes, label=label)
