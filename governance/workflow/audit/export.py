"""Take a copy of the record away: the whole ledger or one case, verifiable without us."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from governance.dossier import (
    DisclosedText,
    Source,
    chosen,
    export_files,
    folder_name,
    predicates,
    remove,
    trust_file,
    write_export,
)
from governance.dossier.copies import copies
from governance.evidence import CountersignError, RecordError, RefusedInputError
from governance.review import SERVICE, BoardState, events
from governance.workflow.workspace import OPERATOR, Acting, BrokenRecordError, replayed, require_act, state
from governance.workflow.workspace.act import act
from storage import Disclosed, SignedCheckpoint, Workspace
from storage.ledger import COSIGNATURE, Verifier


@dataclass(frozen=True, slots=True)
class Export:
    """An export that can be written to a folder or a .zip."""

    name: str
    """Name of the folder."""
    files: dict[str, bytes]
    """Path -> bytes."""
    checkpoint: bytes
    """What an auditor keeps for the next visit."""
    case: str | None
    """Id of the case, None for the whole ledger."""
    size: int
    """Entries that the checkpoint covers."""
    root: bytes
    """Merkle root of the checkpoint, 32 bytes."""
    missing: tuple[str, ...]
    """Digests of evidence and policies that the entries name and that are not stored here: they are not in the export."""
    damage: str = ""
    """Why copies for people, or texts, are left out and the export is not recorded, "" for a ledger that holds."""


def export(
    workspace: Workspace, *, actor: Acting, case: str | None = None, texts: bool = True, size: int | None = None
) -> Export:
    """Return an export as `pack` does, and record that it was made."""
    _require(workspace, actor)
    made = pack(workspace, case=case, texts=texts, size=size)
    note(workspace, made, actor=actor)
    return made


def save(
    workspace: Workspace,
    out: Path,
    *,
    actor: Acting,
    case: str | None = None,
    texts: bool = True,
    size: int | None = None,
) -> Export:
    """Write an export to a new folder or .zip, whole or not at all, and record it once it is on disk.

    Raises:
        RefusedInputError: there is something at `out`, or it cannot be written; nothing is left behind and nothing recorded.
        RuleError, CountersignError: as `pack`.
    """
    _require(workspace, actor)
    made = pack(workspace, case=case, texts=texts, size=size)
    write_export(made.files, out, made.name)
    try:
        note(workspace, made, actor=actor)
    except BaseException:
        remove(out)
        raise
    return made


def note(workspace: Workspace, made: Export, *, actor: Acting) -> None:
    """Record that an export was made; its size and root name the checkpoint that it holds. Nothing continues a damaged ledger."""
    if made.damage:
        return
    if workspace.checkpoint_at(made.size).checkpoint.root != made.root:
        raise RecordError(f"The export's root is not that of the first {made.size} entries.", "Export again.")
    root = base64.b64encode(made.root).decode()
    body = events.ExportMade("ledger" if made.case is None else "case", made.case, made.size, root, len(made.files))
    act(workspace, lambda _unit, _state, _time: body, actor=actor, case=made.case)


def _require(workspace: Workspace, actor: Acting) -> None:
    """Raise RuleError unless the person may export; who is a member cannot be told where the record is broken."""
    try:
        require_act(state(workspace), actor)
    except BrokenRecordError:
        require_act(BoardState(), actor if actor.id == SERVICE else replace(OPERATOR, proof=actor.proof))


def pack(
    workspace: Workspace,
    *,
    case: str | None = None,
    texts: bool = True,
    size: int | None = None,
    copied: bool = True,
) -> Export:
    """Return an export of the ledger as it stands, or of what one case rests on; it is not recorded yet.

    Args:
        workspace: where.
        case: id of the case, or None for the whole ledger.
        texts: whether long and personal texts are disclosed.
        size: the ledger as a stored checkpoint has it, with its cosignatures and time stamp; None for all of it, now.
        copied: whether reports and tables for people are in it; without them it is for a check, and every entry is put to the rules anew.

    Raises:
        RuleError: there is no such case.
        CountersignError: no checkpoint was ever signed over a damaged ledger, or a line of it is no line at all.

    A ledger whose lines, texts or decisions do not hold is exported as it stands, as a whole: the verifier names the first bad entry.
    """
    damage = _damage(workspace, state if copied else replayed)
    if damage and case is not None:
        raise BrokenRecordError(damage, "Export the whole ledger: an auditor's verifier shows what is wrong with it.")
    if case is not None:
        state(workspace).case(case)
    signed = _last(workspace) if damage else workspace.checkpoint() if size is None else workspace.checkpoint_at(size)
    view = workspace.read()
    lines = view.lines()[: signed.checkpoint.size]
    bare = Source(lines, signed.note, case, timestamp=signed.tsr or b"")
    said = predicates(lines)
    shown = [said[index] for index in chosen(bare)]
    named = set(re.findall(r"[0-9a-f]{64}", str(shown)))
    disclosed = _texts(workspace, named, damage) if texts else {}
    stored = _evidence(workspace, shown)
    source = Source(
        lines=lines,
        checkpoint=signed.note,
        case=case,
        texts={digest: DisclosedText(item.salt, item.text) for digest, item in disclosed.items()},
        evidence=stored,
        timestamp=signed.tsr or b"",
        copies={}
        if damage or not copied
        else copies(lines, {digest: item.text for digest, item in disclosed.items()}, stored, case),
    )
    return Export(
        name=folder_name(source),
        files=export_files(source),
        checkpoint=signed.note,
        case=case,
        size=signed.checkpoint.size,
        root=signed.checkpoint.root,
        missing=tuple(digest for digest in _named(shown) if digest not in stored),
        damage=damage,
    )


def _damage(workspace: Workspace, read: Callable[[Workspace], BoardState]) -> str:
    """Return what is wrong with the ledger as far as it hinders an export, "" when nothing is; `read` puts its entries to the rules."""
    try:
        read(workspace)
        workspace.checkpoint()
        workspace.read().texts(re.findall(r"[0-9a-f]{64}", str(predicates(workspace.read().lines()))))
    except (BrokenRecordError, RecordError) as error:
        return str(error)
    return ""


def _last(workspace: Workspace) -> SignedCheckpoint:
    """Return a checkpoint over the damaged ledger: one signed now where its lines are whole, else the last that was signed."""
    try:
        return workspace.checkpoint()
    except RecordError:
        found = workspace.read().checkpoint()
        if found is None:
            raise
        return found


def _texts(workspace: Workspace, named: Collection[str], damage: str) -> dict[str, Disclosed]:
    """Return the disclosed texts; of a damaged workspace those that are still the ones that were signed."""
    view = workspace.read()
    if not damage:
        return view.texts(named)
    found: dict[str, Disclosed] = {}
    for digest in named:
        with suppress(RecordError):
            found |= view.texts([digest])
    return found


def _evidence(workspace: Workspace, shown: list[dict[str, object]]) -> dict[str, bytes]:
    """Return the evidence, the policies and the norms that the entries name, as far as they are stored here and unchanged."""
    found: dict[str, bytes] = {}
    for digest in _named(shown):
        with suppress(CountersignError):
            found[digest] = workspace.blobs.read(digest)
    return found


def _named(shown: list[dict[str, object]]) -> list[str]:
    """Return the digests of the evidence, the policies and the norms that the entries name, each once."""
    wanted: list[str] = []
    for item in shown:
        body = item["body"]
        assert isinstance(body, dict)
        if item["type"] == "evidence.recorded":
            wanted.append(body["digest"])
        if item["type"] == "evidence.frozen":
            wanted.append(body["policy_digest"])
        if item["type"] == "norms.adopted":
            wanted.append(body["digest"])
    return list(dict.fromkeys(wanted))


def trust(workspace: Workspace, witnesses: tuple[str, ...] = ()) -> bytes:
    """Return trust.json of this ledger: hand it to auditors on another way than the exports.

    Raises:
        RecordError: the ledger has no live root key.
        RefusedInputError: a key that is none of a witness.
        CountersignError: a text that is no verifier key.
    """
    for text in witnesses:
        if Verifier.from_vkey(text).algorithm != COSIGNATURE:
            raise RefusedInputError(
                f"{text!r} is no key of a witness: it signs checkpoints of a ledger.",
                "Ask the witness for its own key.",
            )
    keys = workspace.read().keys()
    root = next((key.keyid for key in keys if key.purpose == "root"), None)
    if root is None:
        raise RecordError("The ledger names no root key.", "It is damaged: restore a backup.")
    keys_of_log = tuple(item.vkey for item in workspace.checkpoint_keys())
    return trust_file(workspace.origin, keys_of_log, root, witnesses)
