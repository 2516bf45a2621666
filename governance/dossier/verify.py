"""Check an export of a review board's ledger, with nothing but Python and the `cryptography` package.

    python verify.py EXPORT --trust TRUST.json [--old CHECKPOINT]... [--json]

EXPORT is the folder or .zip that you were given. TRUST.json came to you on another way than the export: it names the ledger, its
keys and its witnesses. CHECKPOINT is one that you kept from an earlier visit. Exit code 0: valid; 1: not valid; 2: wrong use.
The numbered steps are those of `examine` near the end of this file; start reading there. The board's rules are in verify_rules.py.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import struct
import sys
import zipfile
import zlib
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

if __package__:
    from governance.dossier.verify_rules import TIME, Board, Refused, b64, need, read_canonical, read_json, sha256
else:  # beside this file, in an export
    from verify_rules import TIME, Board, Refused, b64, need, read_canonical, read_json, sha256  # type: ignore[import-not-found,no-redef]

KIND, LARGEST, PART = b"application/vnd.in-toto+json", 2**30, 2000
BEGIN, MIDDLE = b'{"payload":"', b'","payloadType":"%b","signatures":[{"keyid":"' % KIND
BETWEEN, END = b'","sig":"', b'"}]}'
ED25519 = bytes.fromhex("302a300506032b6570032100")  # what stands before the 32 bytes of the key in its DER form
BY_ROOT = {"ledger.created", "key.added", "key.revoked", "member.added", "member.removed"}
BY_MEMBER = {
    "charter.adopted", "conflict.declared", "comment.added", "comment.resolved", "vote.cast",
    "condition.submitted", "condition.accepted", "appeal.filed", "appeal.decided",
}  # fmt: skip
BY_EITHER = {"decision.recorded", "monitoring.alert"}  # by the service in its own name, or by a member
DIGEST = re.compile(rb'"([0-9a-f]{64})"')
NOTED = {"ledger.created", "dataset.registered", "export.made", "correction.noted"}
RECORD = {"checkpoint", "checkpoint.tsr", "ledger.intoto.jsonl", "texts.json", "leaves"}
NOT_PROVED = (
    "that the numbers in the evidence are right, or that the data are like the people whom the model will meet",
    "that the persons behind the keys are who they say they are, and acted freely",
    "that the recording machine's clock was right: times are its word, in order",
    "that nothing happened which was never recorded",
    "that the model in use is the one that was reviewed: compare its SHA-256",
)
FAULTS = (
    ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RuntimeError, OSError, EOFError,
    zipfile.BadZipFile, zlib.error, struct.error,
)  # fmt: skip
"""What malformed input makes Python raise; each of them becomes a refusal in words."""


def files(place: Path) -> dict[str, Any]:
    """Return name -> function that reads it, for a folder or a .zip, without the one folder that may wrap them."""
    if place.is_dir():
        found = {path.relative_to(place).as_posix(): path.read_bytes for path in place.rglob("*") if path.is_file()}
    else:
        box = zipfile.ZipFile(place)
        inside = [item for item in box.infolist() if not item.is_dir()]
        need(len({item.filename for item in inside}) == len(inside), "the zip holds one name twice")
        need(sum(item.file_size for item in inside) <= LARGEST, "the zip is larger than 1 GiB when unpacked")
        found = {item.filename: partial(box.read, item) for item in inside}
    if "checkpoint" not in found and len({name.split("/")[0] for name in found}) == 1:
        found = {name.partition("/")[2]: read for name, read in found.items()}
    need({"checkpoint", "ledger.intoto.jsonl"} <= set(found), "it holds no checkpoint and ledger.intoto.jsonl")
    return found


def vkeys(texts: list[str], kind: int) -> dict[tuple[str, bytes], Ed25519PublicKey]:
    """Return (name, key id) -> key of verifier keys `name+id+base64(kind, key)` (C2SP signed-note)."""
    found = {}
    for name, key_id, rest in (text.split("+", 2) for text in texts):
        raw = b64(rest.encode())
        mine = sha256(name.encode(), b"\n", raw)[:4]
        need(raw[0] == kind and mine.hex() == key_id, f"the trusted key of {name} is not what it says")
        found[name, mine] = Ed25519PublicKey.from_public_bytes(raw[1:])
    return found


def open_checkpoint(note: bytes, trust: dict[str, Any], witnesses: int) -> tuple[int, bytes, set[bytes]]:
    """Return size, root and trusted signers of a checkpoint (C2SP signed-note, tlog-checkpoint, tlog-cosignature)."""
    text, gap, tail = note.decode().rpartition("\n\n")
    need(gap and tail.endswith("\n"), "the checkpoint is not a signed note")
    text, logs, seen = text + "\n", set(), set()
    log_keys, witness_keys = vkeys(trust["log_vkeys"], 1), vkeys(trust["witness_vkeys"], 4)
    for line in tail[:-1].split("\n"):
        dash, name, blob = line.split(" ")
        who, signature = (name, b64(blob.encode())[:4]), b64(blob.encode())[4:]
        need(dash == "—", "the checkpoint has a malformed signature line")
        try:
            if who in log_keys:
                log_keys[who].verify(signature, text.encode())
                logs.add(log_keys[who].public_bytes_raw())
            if who in witness_keys:
                message = f"cosignature/v1\ntime {int.from_bytes(signature[:8], 'big')}\n{text}"
                witness_keys[who].verify(signature[8:], message.encode())
                seen.add(who)
        except InvalidSignature:
            raise Refused(f"the signature of {name} on the checkpoint does not hold") from None
    need(logs, "no trusted key of the ledger has signed the checkpoint")
    need(len(seen) >= witnesses, f"{len(seen)} trusted witnesses have signed the checkpoint, {witnesses} are asked for")
    origin, size, root = text[:-1].split("\n")
    need(origin == trust["origin"], f"the checkpoint is of the ledger {origin!r}, not {trust['origin']!r}")
    need(re.fullmatch(r"0|[1-9][0-9]{0,15}", size) and len(b64(root.encode())) == 32, "the checkpoint is malformed")
    return int(size), b64(root.encode()), logs


def tree(leaves: list[bytes]) -> list[list[bytes]]:
    """Return the levels of the Merkle tree over leaf hashes, the root last (RFC 6962; a node without a sibling moves up)."""
    levels = [leaves or [sha256()]]
    while len(levels[-1]) > 1:
        low = levels[-1]
        pairs = [sha256(b"\1", a, b) for a, b in zip(low[::2], low[1::2], strict=False)]
        levels.append(pairs + low[2 * len(pairs) :])
    return levels


def proof(levels: list[list[bytes]], index: int, note: bytes) -> bytes:
    """Return the C2SP tlog-proof of a leaf under the checkpoint `note`."""
    path = [level[index >> up ^ 1] for up, level in enumerate(levels[:-1]) if index >> up ^ 1 < len(level)]
    text = "".join(base64.b64encode(item).decode() + "\n" for item in path)
    return f"c2sp.org/tlog-proof@v1\nindex {index}\n{text}\n".encode() + note


def opened(line: bytes) -> tuple[bytes, str, bytes]:
    """Return payload, key id and signature of a line, which is the one canonical form of an envelope."""
    payload, _, rest = line[len(BEGIN) : -len(END)].partition(MIDDLE)
    keyid, _, signature = rest.partition(BETWEEN)
    whole = len(line) <= 65535 and line == b"".join((BEGIN, payload, MIDDLE, keyid, BETWEEN, signature, END))
    need(whole and b'"' not in signature, "the line is not an envelope with exactly one signature")
    return b64(payload), keyid.decode(), b64(signature)


class Ledger:
    """The walk over the lines: whose key signs what, and where each line stands."""

    def __init__(self, trust: Any, *, whole: bool) -> None:
        self.trust, self.whole, self.next, self.taken, self.time, self.board = trust, whole, 0, 0, "", Board()
        self.keys: dict[str, tuple[str, str, bytes]] = {}
        self.used: set[str] = set()
        self.named: set[bytes] = set()

    def take(self, line: bytes) -> tuple[int, bytes, bytes, bytes]:
        """Apply one line; return (index, public key, payload, signature) for the signature check."""
        payload, keyid, signature = opened(line)
        statement = read_canonical(payload)
        about = (statement["_type"], statement["predicateType"])
        need(about == ("https://in-toto.io/Statement/v1", "urn:countersign:record:v1"), "it is no record")
        e = statement["predicate"]
        kind, index, b = e["type"], e["index"], e["body"]
        follows = type(index) is int and (index == self.next or (index > self.next and not self.whole))
        need(follows, f"it says it is entry {index}")
        need(e["origin"] == self.trust["origin"], f"it belongs to the ledger {e['origin']!r}")
        need(TIME.fullmatch(e["time"]) and e["time"] >= self.time, "its time is before that of the entry above it")
        if not self.used:
            need(kind == "ledger.created" and index == 0, "the ledger does not begin with ledger.created")
            need(b["root"]["keyid"] in self.trust["root_keys"], "the root key is not the trusted one")
            need(b["log_vkey"] in self.trust["log_vkeys"], "the ledger names another checkpoint key")
            self.add_key(b["root"]["keyid"], b["root"]["public_key"], "root", "root")
            log = ED25519 + b64(b["log_vkey"].split("+", 2)[2].encode())[1:]
            self.add_key(sha256(log).hex(), base64.b64encode(log).decode(), "service", "log")
        need(kind != "ledger.created" or index == 0, "the ledger is created once")
        need(keyid in self.keys, f"the key {keyid[:16]} is unknown, revoked or not yet added")
        owner, purpose, public = self.keys[keyid]
        own = purpose == "member" and owner == e["actor"] and owner in self.board.members
        if kind in BY_ROOT:
            need(purpose == "root", f"{kind} is not signed by the root key")
        elif kind in BY_MEMBER or b.get("waivers") or (kind in BY_EITHER and e["actor"] != "service"):
            need(own, f"{kind} of {e['actor']} is not signed with that member's own live key")
        else:
            need(purpose == "record", f"{kind} is not signed by the service's key")
        if kind == "key.added":
            self.add_key(b["keyid"], b["public_key"], b["owner"], b["purpose"])
        elif kind == "key.revoked":
            need(self.keys.pop(b["keyid"], None), "the revoked key is not live")
        elif kind not in NOTED:
            self.board.apply(kind, e, b)
        self.next, self.time, self.taken = index + 1, e["time"], self.taken + 1
        self.named.update(DIGEST.findall(payload))
        return index, public, payload, signature

    def add_key(self, keyid: str, public_key: str, owner: str, purpose: str) -> None:
        """Make a key live from the next entry on."""
        public = b64(public_key.encode())
        need(sha256(public).hex() == keyid and keyid not in self.used, "the key's id is wrong or was used before")
        fits = {"root": owner == "root", "record": owner == "service", "log": owner == "service"}
        need(fits.get(purpose, owner not in ("root", "service")), "the key's owner and purpose do not fit")
        self.used.add(keyid)
        if purpose == "log":  # it takes the place of the one before
            self.keys = {known: key for known, key in self.keys.items() if key[1] != "log"}
        self.keys[keyid] = (owner, purpose, public)


def forged(jobs: list[tuple[int, bytes, bytes, bytes]]) -> int | None:
    """Return the index of the first entry whose signature does not hold (ECDSA P-256, SHA-256, over the DSSE PAE)."""
    known: dict[bytes, Any] = {}
    how = ECDSA(hashes.SHA256())
    for index, public, payload, signature in jobs:
        try:
            key = known[public] = known.get(public) or load_der_public_key(public)
            if not (isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)):
                return index
            key.verify(signature, b"DSSEv1 %d %b %d %b" % (len(KIND), KIND, len(payload), payload), how)
        except (InvalidSignature, ValueError, UnsupportedAlgorithm):
            return index
    return None


def reason(error: Exception) -> str:
    """Return what was wrong, in words."""
    return str(error) if isinstance(error, Refused) else f"it is malformed ({type(error).__name__}: {str(error)[:200]})"


def walk(lines: list[bytes], ledger: Ledger) -> list[int]:
    """Return the index of every line after taking it and checking its signature; the refusal names the first bad entry.

    The signatures of a long ledger, most of the work, are checked by other processes while the walk goes on. As a script it
    forks them where the system does; inside a server, whose threads a fork would break, it starts them anew.
    """
    indexes: list[int] = []
    answers: list[Any] = []
    problem = None
    how = get_context("spawn" if __package__ else None)
    with ProcessPoolExecutor(mp_context=how) if len(lines) > PART else nullcontext() as pool:
        for start in range(0, len(lines), PART):
            jobs: list[tuple[int, bytes, bytes, bytes]] = []
            for line in lines[start : start + PART]:
                try:
                    jobs.append(ledger.take(line))
                except (Refused, *FAULTS) as error:
                    problem = Refused(reason(error), ledger.next)
                    break
            answers.append(pool.submit(forged, jobs).result if pool else partial(forged, jobs))
            indexes += [job[0] for job in jobs]
            if problem:
                break
        bad = next((index for answer in answers if (index := answer()) is not None), None)
    if bad is not None:
        raise Refused("its signature does not hold", bad)
    if problem:
        raise problem
    return indexes


def check_evidence(inside: dict[str, Any], ledger: Ledger, notes: list[str]) -> None:
    """Refuse evidence and texts that are not what the entries name; note what is named and not there."""
    there = {name.removeprefix("evidence/") for name in inside if name.startswith("evidence/")}
    for name in sorted(there):
        need(name.encode() in ledger.named, f"evidence/{name} is named by no entry")
        same = sha256(inside[f"evidence/{name}"]()).hex() == name
        need(same, f"evidence/{name} has other bytes than the entries name")
    absent = sorted(set(ledger.board.evidence) - there)
    if absent:
        notes.append(f"{len(absent)} pieces of evidence are named and not in this export: {', '.join(absent[:3])} ...")
    texts = read_json(inside["texts.json"]()) if "texts.json" in inside else {}
    for name, item in texts.items():
        mine = sha256(bytes.fromhex(item["salt"]), item["text"].encode()).hex()
        signed = name.encode() in ledger.named and name == mine and set(item) == {"salt", "text"}
        need(signed, f"text {name} is not the one that was signed")
    notes.append(f"{len(texts)} texts are disclosed and were checked; others that entries name are withheld or erased")


def check_copies(inside: dict[str, Any], lines: set[bytes], notes: list[str]) -> None:
    """Refuse Sigstore bundles around anything but entries; note the copies for people, which nobody signed."""
    for name in sorted(inside):
        if name.startswith("bundles/"):
            bundle = read_json(inside[name]())
            envelope = json.dumps(bundle["dsseEnvelope"], sort_keys=True, separators=(",", ":")).encode()
            need(envelope in lines, f"{name} holds an envelope that is no entry")
        elif name not in RECORD and not name.startswith(("evidence/", "proofs/")):
            notes.append(f"{name}: a copy for people, not the record")


def check_timestamp(stamp: bytes, note: bytes, notes: list[str]) -> None:
    """Refuse a time stamp (RFC 3161) that does not name this checkpoint; note that its signature is checked elsewhere."""
    digests = [hashlib.new(name, note).digest() for name in ("sha256", "sha384", "sha512")]
    need(any(digest in stamp for digest in digests), "checkpoint.tsr is a time stamp of something else")
    notes.append(
        "checkpoint.tsr names this checkpoint; whose signature it carries and when is not checked here. With the authority's "
        "certificate: openssl ts -verify -data checkpoint -in checkpoint.tsr -CAfile AUTHORITY.pem"
    )


def examine(export: Path, trust: dict[str, Any], old: list[Path], notes: list[str]) -> Ledger:
    """Return the ledger of a valid export, or refuse; `notes` collects what was not checked."""
    # 1. Trust is pinned by the caller: origin, checkpoint keys, witnesses, root keys. Nothing in the export can change it.
    # 2. The checkpoint: signed by a trusted key, about this ledger, cosigned by enough witnesses.
    inside = files(export)
    note = inside["checkpoint"]()
    size, root, signers = open_checkpoint(note, trust, trust["min_witnesses"])
    need(size, "the checkpoint covers no entries: an empty ledger shows nothing")
    # 3. The lines. A case's export holds some of them, each with its proof, and the hashes of all.
    content = inside["ledger.intoto.jsonl"]()
    need(content.endswith(b"\n"), "the last line has no end")
    lines, whole = content[:-1].split(b"\n"), "leaves" not in inside
    # 4. to 6. Index, origin, time, key and signer of each entry, key events, the board's rules, signatures.
    ledger = Ledger(trust, whole=whole)
    indexes = walk(lines, ledger)
    live = {public[-32:] for _, purpose, public in ledger.keys.values() if purpose == "log"}
    need(signers & live, "the checkpoint is signed with a key that the ledger never named, or has revoked")
    leaves = [sha256(b"\0", line) for line in lines]
    if whole:
        need(len(lines) == size, f"the checkpoint covers {size} entries, {len(lines)} are here", min(len(lines), size))
    else:
        mine, leaves = leaves, [leaf for (leaf,) in struct.iter_unpack("32s", inside["leaves"]())]
        need(len(leaves) == size, f"the checkpoint covers {size} entries, {len(leaves)} hashes are here")
        for index, leaf in zip(indexes, mine, strict=True):
            need(index < size and leaves[index] == leaf, "it is not the line whose hash stands at its place", index)
        others = f"{len(lines)} of {size} are here"
        notes.append(f"entries of other cases: {others}; later entries on this case could be left out")
    # 7. The root over all hashes; the same lines under each older checkpoint that the auditor kept.
    levels = tree(leaves)
    need(levels[-1] == [root], "the lines do not lead to the root of the checkpoint: something in them was changed")
    for path in old:
        before, earlier, _ = open_checkpoint(path.read_bytes(), trust, 0)
        need(before <= size, f"the ledger shrank: an older checkpoint covers {before} entries, this one {size}")
        same = tree(leaves[:before])[-1] == [earlier]
        need(same, f"history was rewritten: among the first {before} entries, one is another")
    # 8. Proofs, evidence, texts, bundles, the time stamp.
    for index in [] if whole else indexes:
        shown = inside.get(f"proofs/{index}.tlog-proof", bytes)()
        need(shown == proof(levels, index, note), "its proof is missing or another", index)
    wanted = set() if whole else {f"proofs/{index}.tlog-proof" for index in indexes}
    there = {name for name in inside if name.startswith("proofs/")}
    need(there <= wanted, "there is a proof of an entry that is not here")
    check_evidence(inside, ledger, notes)
    check_copies(inside, set(lines), notes)
    if "checkpoint.tsr" in inside:
        check_timestamp(inside["checkpoint.tsr"](), note, notes)
    if not old:
        notes.append("older checkpoints: none was given, so whoever holds all keys could have rewritten the history")
    if not trust["witness_vkeys"]:
        notes.append("witnesses: none is trusted")
    return ledger


def verify(export: Path, trust: Path, old: list[Path]) -> dict[str, Any]:
    """Return the answer as a JSON object; it is never an exception, whatever the export holds."""
    notes: list[str] = []
    answer: dict[str, Any] = {"valid": False, "entries": 0, "decisions": 0, "cases": {}}
    answer |= {"first_bad": None, "reason": ""}
    try:
        pinned = read_json(trust.read_bytes())
        need(type(pinned["min_witnesses"]) is int and pinned["root_keys"], "the trust file names no root key")
        ledger = examine(export, pinned, old, notes)
        cases = {name: case.status for name, case in ledger.board.cases.items()}
        answer |= {"valid": True, "entries": ledger.taken, "decisions": ledger.board.decisions, "cases": cases}
    except (Refused, *FAULTS) as error:
        answer |= {"first_bad": getattr(error, "index", None), "reason": reason(error)}
    left = notes if answer["valid"] else ["anything beyond the first fault"]
    return answer | {"not_checked": left, "not_proved": list(NOT_PROVED)}


def words(answer: dict[str, Any]) -> str:
    """Return the answer for people."""
    where = "" if answer["first_bad"] is None else f" First bad entry: {answer['first_bad']}."
    said = [f"NOT VALID.{where} Reason: {answer['reason']}."]
    if answer["valid"]:
        said = [f"VALID: {answer['entries']} entries, {answer['decisions']} decisions, every rule recomputed."]
        said += [f"  case {name}: {status.replace('_', ' ')}" for name, status in answer["cases"].items()]
    said += ["", "Not checked:", *(f"  - {item}" for item in answer["not_checked"])]
    said += ["", "A valid result does not prove:", *(f"  - {item}" for item in answer["not_proved"]), ""]
    return "\n".join(said)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Check an export of a review board's ledger.")
    parser.add_argument("export", type=Path)
    parser.add_argument("--trust", type=Path, required=True)
    parser.add_argument("--old", type=Path, action="append", default=[])
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    answer = verify(chosen.export, chosen.trust, chosen.old)
    text = json.dumps(answer, indent=2) if chosen.json else words(answer)
    sys.stdout.write(text.encode("ascii", "backslashreplace").decode() + "\n")
    return 0 if answer["valid"] else 1


if __name__ == "__main__":
    sys.exit(main())
