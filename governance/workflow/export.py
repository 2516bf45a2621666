<<<<<<< HEAD
"""Take a copy of the record away: the whole ledger or one case, verifiable without us."""
=======
"""Export: everything an outsider needs to check the record, taken at one checkpoint, without our software."""
>>>>>>> ec72373 (Export one case or the whole ledger, and note it in the ledger)

from __future__ import annotations

import base64
<<<<<<< HEAD
import re
from dataclasses import dataclass

from governance.dossier.bundle import DisclosedText, Source, chosen, export_files, folder_name, predicates, trust_file
from governance.dossier.copies import copies
from governance.errors import RecordError
=======
from dataclasses import dataclass

from governance.dossier.bundle import (
    DisclosedText,
    Source,
    export_files,
    folder_name,
    predicates,
    trust_file,
    zip_bytes,
)
from governance.errors import RefusedInputError
>>>>>>> ec72373 (Export one case or the whole ledger, and note it in the ledger)
from governance.review import events
from governance.workflow.board import act, state
from storage.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Export:
<<<<<<< HEAD
    """An export that can be written to a folder or a .zip."""

    name: str
    """Name of the folder."""
    files: dict[str, bytes]
    """Path -> bytes."""
    checkpoint: bytes
    """What an auditor keeps for the next visit."""


def export(workspace: Workspace, *, actor: str, case: str | None = None, texts: bool = True) -> Export:
    """Return an export of the ledger as it stands, or of what one case rests on, and record that it was made.

    Args:
        workspace: where.
        actor: who takes it.
        case: id of the case, or None for the whole ledger.
        texts: whether long and personal texts are disclosed.

    Raises:
        RuleError: there is no such case.
        StorageError: the ledger is damaged; nothing is exported then.
    """
    if case is not None:
        state(workspace).case(case)
    signed = workspace.checkpoint()
    view = workspace.read()
    lines = view.lines()[: signed.checkpoint.size]
    bare = Source(lines, signed.note, case, timestamp=signed.tsr or b"")
    said = predicates(lines)
    shown = [said[index] for index in chosen(bare)]
    named = set(re.findall(r"[0-9a-f]{64}", str(shown)))
    disclosed = view.texts(named) if texts else {}
    source = Source(
        lines=lines,
        checkpoint=signed.note,
        case=case,
        texts={digest: DisclosedText(item.salt, item.text) for digest, item in disclosed.items()},
        evidence=_evidence(workspace, shown),
        timestamp=signed.tsr or b"",
        copies=copies(
            lines, {digest: item.text for digest, item in disclosed.items()}, _evidence(workspace, shown), case
        ),
    )
    files = export_files(source)
    root = base64.b64encode(signed.checkpoint.root).decode()
    kind = "ledger" if case is None else "case"
    body = events.ExportMade("case" if kind == "case" else "ledger", case, signed.checkpoint.size, root, len(files))
    act(workspace, lambda _unit, _state, _time: body, actor=actor, case=case)
    return Export(folder_name(source), files, signed.note)


def _evidence(workspace: Workspace, shown: list[dict[str, object]]) -> dict[str, bytes]:
    """Return the evidence and the policies that the entries name, as far as they are stored here."""
    wanted: list[str] = []
    for item in shown:
        body = item["body"]
        assert isinstance(body, dict)
        if item["type"] == "evidence.recorded":
            wanted.append(body["digest"])
        if item["type"] == "evidence.frozen":
            wanted.append(body["policy_digest"])
    return {digest: workspace.blobs.read(digest) for digest in wanted if workspace.blobs.has(digest)}


def trust(workspace: Workspace, witnesses: tuple[str, ...] = ()) -> bytes:
    """Return trust.json of this ledger: hand it to auditors on another way than the exports.

    Raises:
        RecordError: the ledger has no live root key.
    """
    keys = workspace.read().keys()
    root = next((key.keyid for key in keys if key.purpose == "root"), None)
    if root is None:
        raise RecordError("The ledger names no root key.", "It is damaged: restore a backup.")
    return trust_file(workspace.origin, workspace.log.vkey, root, witnesses)
=======
    """One export, ready to be handed over."""

    name: str
    """Name of its folder: ledger and size."""
    size: int
    """Lines of the ledger that its checkpoint covers."""
    root: str
    """Merkle root over them, base64, as the checkpoint prints it."""
    files: dict[str, bytes]
    """Path -> bytes."""

    def to_zip(self) -> bytes:
        """Return the export as one .zip."""
        return zip_bytes(self.files, self.name)


def take(workspace: Workspace, case: str | None = None, *, actor: str = events.SERVICE) -> Export:
    """Sign a checkpoint, gather what it covers, and note in the ledger that an export was made.

    Args:
        workspace: where.
        case: a single case with all that it rests on, or None for the whole ledger.
        actor: who takes it.

    Raises:
        RefusedInputError: there is no such case.
        StorageError: the ledger does not continue its last checkpoint, or a stored file is damaged.
    """
    if case is not None and case not in state(workspace).cases:
        raise RefusedInputError(f"There is no case {case!r}.", "Check the id: countersign case list.")
    signed = workspace.checkpoint()
    source = gather(workspace, signed.note, signed.checkpoint.size, case)
    files = export_files(source)
    root = base64.b64encode(signed.checkpoint.root).decode()
    made = events.ExportMade(
        kind="case" if case else "ledger", case=case, size=signed.checkpoint.size, root=root, files=len(files)
    )
    act(workspace, lambda _unit, _state, _time: made, actor=actor)
    return Export(folder_name(source), signed.checkpoint.size, root, files)


def gather(workspace: Workspace, checkpoint: bytes, size: int, case: str | None) -> Source:
    """Return what an export is made of: the lines under the checkpoint, the texts that were not erased, the evidence."""
    views = workspace.read()
    lines = views.lines()[:size]
    digests = _text_digests(predicates(lines))
    texts = {name: DisclosedText(item.salt, item.text) for name, item in views.texts(digests).items()}
    shown = {
        item.digest
        for name, found in state(workspace).cases.items()
        if case in (None, name)
        for item in _frozen(found.frozen)
    }
    evidence = {digest: workspace.blobs.read(digest) for digest in sorted(shown)}
    return Source(lines=lines, checkpoint=checkpoint, case=case, texts=texts, evidence=evidence)


def _frozen(frozen: events.EvidenceFrozen | None) -> tuple[events.FrozenItem, ...]:
    return frozen.evidence if frozen else ()


def _text_digests(value: object) -> set[str]:
    """Return the digest of every text reference anywhere in parsed entries."""
    if isinstance(value, dict):
        if set(value) == {"sha256"} and isinstance(value["sha256"], str):
            return {value["sha256"]}
        return {found for item in value.values() for found in _text_digests(item)}
    if isinstance(value, list):
        return {found for item in value for found in _text_digests(item)}
    return set()


def trust(workspace: Workspace, witnesses: tuple[str, ...] = ()) -> bytes:
    """Return trust.json, which must reach the auditor on another way than the export."""
    known = workspace.read().keys()
    root = next(key for key in known if key.purpose == "root")
    return trust_file(workspace.origin, workspace.log.vkey, root.keyid, witnesses)
>>>>>>> ec72373 (Export one case or the whole ledger, and note it in the ledger)
