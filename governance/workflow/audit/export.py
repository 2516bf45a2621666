"""Take a copy of the record away: the whole ledger or one case, verifiable without us."""

from __future__ import annotations

import base64
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from governance.dossier import (
    DisclosedText,
    Source,
    chosen,
    export_files,
    folder_name,
    read_lines,
    remove,
    trust_file,
    write_export,
)
from governance.dossier.copies import copies
from governance.evidence import CountersignError, RecordError, RefusedInputError
from governance.review import SERVICE, BoardState, events
from governance.workflow.workspace import OPERATOR, Acting, BrokenRecordError, require_act, state
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
        copied: whether reports and tables for people are in it; without them it is for a check, and the verifier alone asks for the rules.

    Raises:
        RuleError: there is no such case.
        CountersignError: no checkpoint was ever signed over a damaged ledger, or a line of it is no line at all.

    A ledger whose lines, texts or decisions do not hold is exported as it stands, as a whole: the verifier names the first bad entry.
    """
    signed, damage = _signed(workspace, size, judged=copied)
    view = workspace.read()
    lines = view.lines()
    read = read_lines(lines)
    disclosed, edited = _texts(workspace, {digest for line in read for digest in line.named})
    damage = damage or edited
    if damage and case is not None:
        raise BrokenRecordError(damage, "Export the whole ledger: an auditor's verifier shows what is wrong with it.")
    if case is not None:
        state(workspace).case(case)
    covered = signed.checkpoint.size
    source = Source(lines[:covered], signed.note, case, timestamp=signed.tsr or b"", read=read[:covered])
    shown = [source.read[index] for index in chosen(source)]
    named = {digest for line in shown for digest in line.named}
    told = {digest: item for digest, item in disclosed.items() if texts and digest in named}
    said = [line.said for line in shown]
    stored = _evidence(workspace, said)
    words = {digest: item.text for digest, item in told.items()}
    source = replace(
        source,
        texts={digest: DisclosedText(item.salt, item.text) for digest, item in told.items()},
        evidence=stored,
        copies={} if damage or not copied else copies(source.read, words, stored, case),
    )
    return Export(
        name=folder_name(source),
        files=export_files(source),
        checkpoint=signed.note,
        case=case,
        size=covered,
        root=signed.checkpoint.root,
        missing=tuple(digest for digest in _named(said) if digest not in stored),
        damage=damage,
    )


def _signed(workspace: Workspace, size: int | None, *, judged: bool) -> tuple[SignedCheckpoint, str]:
    """Return the checkpoint of an export, and what is wrong with the ledger as far as it hinders one, "" when nothing is.

    Without `judged` the board's rules are not asked, because the verifier will be.
    """
    try:
        if judged:
            state(workspace)
        now = workspace.checkpoint()
    except (BrokenRecordError, RecordError) as error:
        return _last(workspace), str(error)
    return now if size is None else workspace.checkpoint_at(size), ""


def _last(workspace: Workspace) -> SignedCheckpoint:
    """Return a checkpoint over the damaged ledger: one signed now where its lines are whole, else the last that was signed."""
    try:
        return workspace.checkpoint()
    except RecordError:
        found = workspace.read().checkpoint()
        if found is None:
            raise
        return found


def _texts(workspace: Workspace, named: Collection[str]) -> tuple[dict[str, Disclosed], str]:
    """Return the texts that are still the ones that were signed, and what is wrong with another, "" where nothing is."""
    view = workspace.read()
    try:
        return view.texts(named), ""
    except RecordError as error:
        damage = str(error)
    found: dict[str, Disclosed] = {}
    for digest in named:
        with suppress(RecordError):
            found |= view.texts([digest])
    return found, damage


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
