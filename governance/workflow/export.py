"""Take a copy of the record away: the whole ledger or one case, verifiable without us."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from governance.dossier.bundle import DisclosedText, Source, chosen, export_files, folder_name, predicates, trust_file
from governance.dossier.copies import copies
from governance.errors import RecordError
from governance.review import events
from governance.workflow.board import act, state
from storage.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Export:
    """An export that can be written to a folder or a .zip."""

    name: str
    """Name of the folder."""
    files: dict[str, bytes]
    """Path -> bytes."""
    checkpoint: bytes
    """What an auditor keeps for the next visit."""


def export(
    workspace: Workspace, *, actor: str, case: str | None = None, texts: bool = True, size: int | None = None
) -> Export:
    """Return an export of the ledger as it stands, or of what one case rests on, and record that it was made.

    Args:
        workspace: where.
        actor: who takes it.
        case: id of the case, or None for the whole ledger.
        texts: whether long and personal texts are disclosed.
        size: the ledger as a stored checkpoint has it, with its cosignatures and time stamp; None for all of it, now.

    Raises:
        RuleError: there is no such case.
        StorageError: the ledger is damaged; nothing is exported then.
    """
    if case is not None:
        state(workspace).case(case)
    signed = workspace.checkpoint() if size is None else workspace.checkpoint_at(size)
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
    keys_of_log = tuple(item.vkey for item in workspace.checkpoint_keys())
    return trust_file(workspace.origin, keys_of_log, root, witnesses)
