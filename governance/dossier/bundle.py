"""The layout of an export: which files it has, and how they are written to a folder or one .zip."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from governance.dossier.verify_checkpoint import proof, tree
from governance.dossier.verify_files import MINE
from governance.evidence import RefusedInputError
from governance.review import text_ref

FOUNDATIONS = frozenset(
    {
        "ledger.created",
        "rules.adopted",
        "key.added",
        "key.revoked",
        "member.added",
        "member.removed",
        "charter.adopted",
        "norms.adopted",
    }
)
"""Events that every case rests on."""
DIGEST: Final = re.compile("[0-9a-f]{64}")
SIGSTORE = "application/vnd.dev.sigstore.bundle.v0.3+json"


@dataclass(frozen=True, slots=True)
class DisclosedText:
    """A text that the export shows."""

    salt: bytes
    """16 bytes."""
    text: str


@dataclass(frozen=True, slots=True)
class ReadLine:
    """What a line says, read once for everything that an export is made of; whether it holds is the verifier's question."""

    keyid: str
    """Whose key signed it."""
    said: Any
    """Its predicate: {type, origin, index, time, case, actor, previous, body}."""
    named: tuple[str, ...]
    """Every digest in it."""


@dataclass(frozen=True, slots=True)
class Source:
    """What an export is made of."""

    lines: tuple[bytes, ...]
    """All lines of the ledger in order, without newlines."""
    checkpoint: bytes
    """Signed note over exactly these lines."""
    case: str | None = None
    """The case to export, or None for the whole ledger."""
    texts: Mapping[str, DisclosedText] = field(default_factory=dict)
    """Digest -> text, as far as they are disclosed and not erased."""
    evidence: Mapping[str, bytes] = field(default_factory=dict)
    """Digest -> bytes."""
    timestamp: bytes = b""
    """RFC 3161 time stamp of the checkpoint, b"" for none."""
    copies: Mapping[str, bytes] = field(default_factory=dict)
    """Path -> bytes of the copies for people: reports, tables, cards."""
    read: tuple[ReadLine, ...] = ()
    """What each line says, where it was read before."""

    def __post_init__(self) -> None:
        """Read the lines, where that was not done."""
        object.__setattr__(self, "read", self.read or read_lines(self.lines))


def read_lines(lines: Iterable[bytes]) -> tuple[ReadLine, ...]:
    """Return what every line says.

    Raises:
        RefusedInputError: one of them is no envelope around a statement.
    """
    return tuple(_read(index, line) for index, line in enumerate(lines))


def _read(index: int, line: bytes) -> ReadLine:
    try:
        envelope = json.loads(line)
        payload = base64.b64decode(envelope["payload"]).decode()
        return ReadLine(
            keyid=envelope["signatures"][0]["keyid"],
            said=json.loads(payload)["predicate"],
            named=tuple(DIGEST.findall(payload)),
        )
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise RefusedInputError(
            f"Line {index} of the ledger is no record ({type(error).__name__}).", "It is damaged: restore a backup."
        ) from error


def chosen(source: Source) -> tuple[int, ...]:
    """Return the indexes of the lines that the export holds: all, or those that a case rests on.

    Raises:
        RefusedInputError: there is no such case, or no line at all.
    """
    if not source.lines:
        raise RefusedInputError("The ledger has no entries.", "There is nothing to export.")
    if source.case is None:
        return tuple(range(len(source.lines)))
    said = [line.said for line in source.read]
    about = next((e["body"] for e in said if e["type"] == "case.registered" and e["case"] == source.case), None)
    if about is None:
        raise RefusedInputError(f"There is no case {source.case!r}.", "Check the id.")
    frozen = [e["body"] for e in said if e["type"] == "evidence.frozen" and e["case"] == source.case]
    shown = {item["digest"] for body in frozen for item in body["evidence"]}
    shown |= {
        digest
        for e in said
        if e["type"] == "condition.submitted" and e["case"] == source.case
        for digest in e["body"]["evidence"]
    }
    shown |= {
        e["body"]["evidence"]
        for e in said
        if e["type"] == "monitoring.alert" and e["body"]["model"] in about["models"] and _accuses(e)
    }
    data = {
        digest
        for e in said
        if e["type"] == "evidence.recorded" and e["body"]["digest"] in shown
        for digest in e["body"]["data"]
    }
    models = set(about["models"])
    served = {
        e["body"]["deployment"] for e in said if e["type"] == "deployment.registered" and e["body"]["model"] in models
    }
    return tuple(e["index"] for e in said if _rests_on(e, source.case, models, shown | data | served))


def _accuses(e: Any) -> bool:
    """Say whether an alert says that a norm is broken, or is confirmed by the service: the rules ask for its evidence."""
    alert = e["body"]
    norm = alert["state"] in ("observed", "impact_estimated", "confirmed") and alert["rule"].startswith("norm:")
    alone = (alert["state"], e["actor"]) == ("confirmed", "service")
    return (norm or alone) and alert["evidence"] is not None


def _rests_on(e: Any, case: str, models: set[str], named: set[str]) -> bool:
    body = e["body"]
    if e["type"] == "model.registered":
        return body["digest"] in models
    if e["type"] in ("evidence.recorded", "dataset.registered"):
        return body["digest"] in named
    if e["type"] == "monitoring.alert":
        return body["model"] in models
    if e["type"] in ("deployment.registered", "deployment.ended", "attestation.begun"):
        return body["deployment"] in named
    return e["case"] == case or e["type"] in FOUNDATIONS


def export_files(source: Source) -> dict[str, bytes]:
    """Return path -> bytes of every file of the export, in order.

    Raises:
        RefusedInputError: there is nothing to export, or a text is not the one that was signed.
    """
    indexes = chosen(source)
    lines = [source.lines[index] for index in indexes]
    files: dict[str, bytes] = {"checkpoint": source.checkpoint}
    if source.timestamp:
        files["checkpoint.tsr"] = source.timestamp
    files["ledger.intoto.jsonl"] = b"".join(line + b"\n" for line in lines)
    if source.case is not None:
        leaves = [hashlib.sha256(b"\0" + line).digest() for line in source.lines]
        files["leaves"] = b"".join(leaves)
        levels = tree(leaves)
        files |= {f"proofs/{index}.tlog-proof": proof(levels, index, source.checkpoint) for index in indexes}
    named = {digest for index in indexes for digest in source.read[index].named}
    texts = {digest: _disclosed(digest, item) for digest, item in source.texts.items() if digest in named}
    files["texts.json"] = json.dumps(texts, ensure_ascii=False, sort_keys=True, indent=1).encode()
    files |= {f"evidence/{digest}": data for digest, data in source.evidence.items() if digest in named}
    files |= sigstore_bundles(source, indexes)
    room = Path(__file__).parent
    files |= {name: (room / name).read_bytes() for name in MINE}
    files["VERIFY.md"] = (room / "VERIFY.md").read_bytes()
    return files | dict(source.copies)


def _disclosed(digest: str, item: DisclosedText) -> dict[str, str]:
    """Return a text as texts.json holds it: it is the one that entries name, and its salt has 16 bytes."""
    if text_ref(item.text, item.salt).sha256 != digest:
        raise RefusedInputError(
            f"The text {digest[:16]} is not the one that was signed.", "Restore a backup of the texts, or leave it out."
        )
    return {"salt": item.salt.hex(), "text": item.text}


def sigstore_bundles(source: Source, indexes: Iterable[int]) -> dict[str, bytes]:
    """Return bundles/<case>.sigstore.json: the latest decision of each case as a Sigstore bundle v0.3 with one P-256 signature."""
    found = {}
    for index in indexes:
        line = source.read[index]
        if line.said["type"] == "decision.recorded":
            material = {"publicKey": {"hint": line.keyid}, "tlogEntries": []}
            bundle = {
                "mediaType": SIGSTORE,
                "verificationMaterial": material,
                "dsseEnvelope": json.loads(source.lines[index]),
            }
            found[f"bundles/{line.said['case']}.sigstore.json"] = json.dumps(bundle).encode()
    return found


def folder_name(source: Source) -> str:
    """Return the name of the export: `export-<first 12 digits of the origin's SHA-256>-<size>`."""
    origin = source.checkpoint.split(b"\n", 1)[0]
    return f"export-{hashlib.sha256(origin).hexdigest()[:12]}-{len(source.lines)}"


def write_folder(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files of an export into a new folder.

    Raises:
        RefusedInputError: the folder exists and is not empty.
    """
    if folder.exists() and any(folder.iterdir()):
        raise RefusedInputError(f"The folder {str(folder)!r} is not empty.", "Choose another one.")
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def zip_bytes(files: Mapping[str, bytes], top: str) -> bytes:
    """Return the files as one .zip under the folder `top`; equal files give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as box:
        for name, data in files.items():
            item = zipfile.ZipInfo(f"{top}/{name}", (1980, 1, 1, 0, 0, 0))
            item.compress_type = zipfile.ZIP_DEFLATED
            item.external_attr = 0o644 << 16
            box.writestr(item, data)
    return buffer.getvalue()


def trust_file(origin: str, log_vkeys: tuple[str, ...], root_keyid: str, witnesses: tuple[str, ...] = ()) -> bytes:
    """Return trust.json, which travels to an auditor on another way than the export.

    Args:
        origin: name of the ledger.
        log_vkeys: every checkpoint key that the ledger has had, the first one first.
        root_keyid: the root key with which the ledger began.
        witnesses: verifier keys of the witnesses, one of whom must have cosigned.
    """
    value = {
        "origin": origin,
        "log_vkeys": list(log_vkeys),
        "witness_vkeys": list(witnesses),
        "min_witnesses": 1 if witnesses else 0,
        "root_keys": [root_keyid],
    }
    return json.dumps(value, indent=2).encode() + b"\n"
