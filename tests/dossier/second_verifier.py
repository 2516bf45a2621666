"""A second verifier, written from `docs/record-format.md` and the public formats that it names, without a look at the product's own.

Nothing of the product is imported. The tables of kinds, objects and bodies are read out of the page itself (`second_shapes`); the rules of
the board stand in `second_board`, checkpoints and gate reports in `second_files`. It is a test of the page: where both verifiers
disagree, one of them or the page is wrong.
"""

import base64
import hashlib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.dossier.second_board import Board
from tests.dossier.second_files import Checkpoint, climb, evidence_of, gate, key_of, proof, root, same_as, unwrapped
from tests.dossier.second_keys import ED25519_HEAD, Keys
from tests.dossier.second_shapes import (
    BODIES,
    SIGNERS,
    Bad,
    Newer,
    ascii_names,
    digest,
    fields,
    loads,
    need,
    parse,
    unbase64,
)
from tests.dossier.second_stamp import stamp_of

HOUSE = {
    "ledger.created",
    "rules.adopted",
    "key.added",
    "key.revoked",
    "member.added",
    "member.removed",
    "charter.adopted",
    "norms.adopted",
}
OF_THE_VOTE = {"evidence.frozen", "vote.cast", "decision.recorded"}
PREDICATE = {"type": "word", "origin": "word", "index": "count", "time": "time", "case": "id?", "actor": "id"}
TRUST = {
    "origin": "word",
    "log_vkeys": "word+",
    "witness_vkeys": "word*",
    "min_witnesses": "count",
    "root_keys": "digest+",
}
PAYLOAD = "application/vnd.in-toto+json"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the second verifier says."""

    state: str
    """`valid`, `invalid` or `newer`."""
    first_bad: int | None
    """Index of the first bad entry, where an entry is bad."""
    why: str
    """The reason, empty when valid."""


class Replay:
    """The ledger, line by line."""

    def __init__(self, trust: dict[str, Any], *, whole: bool) -> None:
        self.trust, self.whole = trust, whole
        self.keys, self.board = Keys(), Board()
        self.entries: list[dict[str, Any]] = []
        self.envelopes: list[dict[str, Any]] = []
        self.house: int | None = None
        self.edition = 0
        self.last: dict[str, int] = {}
        self.alerts: dict[str, int] = {}
        self.digests: set[str] = set()
        self.named: list[tuple[dict[str, Any], list[str]]] = []

    def line(self, data: bytes) -> None:
        """Take one line."""
        need(len(data) <= 65535, "a line that is too long")
        envelope = parse(data)
        need(
            isinstance(envelope, dict) and envelope.keys() == {"payload", "payloadType", "signatures"},
            "the fields of the envelope",
        )
        need(
            envelope["payloadType"] == PAYLOAD
            and isinstance(envelope["signatures"], list)
            and len(envelope["signatures"]) == 1,
            "one signature",
        )
        signature = envelope["signatures"][0]
        need(isinstance(signature, dict) and signature.keys() == {"keyid", "sig"}, "the fields of the signature")
        payload = unbase64(envelope["payload"])
        entry, subject = self._statement(parse(payload))
        self._holds(entry, signature, payload=payload)
        if entry["type"] not in BODIES:
            need(ascii_names(entry["body"]), "a name that is no ASCII")
            raise Newer(entry["type"])
        fields(entry["body"], BODIES[entry["type"]], entry["type"])
        own = self._signer(entry, signature["keyid"])
        self._previous(entry)
        self._rules(entry, own=own)
        need(subject == self._subject(entry), "the subject")
        _digests(entry, self.digests)
        _digests(subject, self.digests)
        self.entries.append(entry)
        self.envelopes.append(envelope)

    def _statement(self, value: Any) -> tuple[dict[str, Any], Any]:
        need(
            isinstance(value, dict) and value.keys() == {"_type", "subject", "predicateType", "predicate"},
            "the fields of the statement",
        )
        need(
            value["_type"] == "https://in-toto.io/Statement/v1"
            and value["predicateType"] == "urn:countersign:record:v1",
            "another statement",
        )
        entry = value["predicate"]
        need(
            isinstance(entry, dict) and entry.keys() == {*PREDICATE, "previous", "body"}, "the fields of the predicate"
        )
        fields({name: entry[name] for name in PREDICATE}, PREDICATE, "predicate")
        links = entry["previous"]
        need(isinstance(links, dict) and links.keys() == {"case", "house", "alert"}, "the fields of previous")
        several = isinstance(links["alert"], list)
        for link in (links["case"], links["house"], *(links["alert"] if several else [links["alert"]])):
            fields({"link": link}, {"link": "count?"}, "previous")
        need(entry["origin"] == self.trust["origin"], "another origin")
        expected = len(self.entries)
        before = self.entries[-1] if self.entries else {"index": -1, "time": ""}
        need(
            entry["index"] == expected if self.whole or not expected else entry["index"] > before["index"], "the index"
        )
        need(entry["time"] >= before["time"], "the time falls")
        need((entry["type"] == "ledger.created") == (not self.entries), "entry 0 is ledger.created, and no other")
        return entry, value["subject"]

    def _holds(self, entry: dict[str, Any], signature: dict[str, Any], *, payload: bytes) -> None:
        keyid = signature["keyid"]
        if not self.entries:
            need(entry["type"] == "ledger.created" and entry["index"] == 0, "entry 0 is not ledger.created")
            fields(entry["body"], BODIES["ledger.created"], "ledger.created")
            self._begin(entry["body"])
        need(isinstance(keyid, str) and keyid in self.keys.live, "the key is not live")
        key = load_der_public_key(self.keys.live[keyid][2])
        assert isinstance(key, ec.EllipticCurvePublicKey)
        kind = PAYLOAD.encode()
        signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
        try:
            key.verify(unbase64(signature["sig"]), signed, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature as error:
            raise Bad("the signature fails") from error

    def _begin(self, body: dict[str, Any]) -> None:
        name, _, _ = key_of(body["log_vkey"], kind=1)
        need(
            name == self.trust["origin"] and body["log_vkey"] in self.trust["log_vkeys"],
            "the checkpoint key of entry 0",
        )
        need(body["root"]["keyid"] in self.trust["root_keys"], "the root key is not trusted")
        self.keys.add(body["root"]["keyid"], unbase64(body["root"]["public_key"]), owner="root", purpose="root")
        log = ED25519_HEAD + unbase64(body["log_vkey"].split("+", 2)[2])[1:]
        self.keys.add(digest(log), log, owner="service", purpose="log")

    def _signer(self, entry: dict[str, Any], keyid: str) -> bool:
        owner, purpose, _ = self.keys.live[keyid]
        actor, wanted = entry["actor"], SIGNERS[entry["type"]]
        body = entry["body"]
        if entry["type"] == "evidence.frozen" and (body["waivers"] or body["not_applicable"]):
            wanted = "member"
        if wanted == "root":
            need(purpose == "root" and actor == "service", "not signed with a root key for the service")
            return False
        need(actor == "service" or actor in self.board.members, "the actor is not a member")
        own = purpose == "member" and owner == actor
        record = purpose == "record" and (wanted == "service" or (wanted == "either" and actor == "service"))
        need(own if wanted == "member" else record or (wanted == "either" and own), "the key may not sign this type")
        return own

    def _models(self, entry: dict[str, Any]) -> list[str]:
        if entry["type"] == "monitoring.alert":
            return [entry["body"]["model"]]
        if entry["type"] == "case.registered":
            return list(entry["body"]["models"])
        case = self.board.cases.get(entry["case"] or "")
        return list(case.body["models"]) if case else []

    def _previous(self, entry: dict[str, Any]) -> None:
        each = [self.alerts.get(model) for model in self._models(entry)]
        alert = each if len(each) > 1 else each[0] if each else None
        case = self.last.get(entry["case"]) if entry["case"] else None
        need(entry["previous"] == {"case": case, "house": self.house, "alert": alert}, "previous")

    def _rules(self, entry: dict[str, Any], *, own: bool) -> None:
        name, body = entry["type"], entry["body"]
        if name in {"ledger.created", "rules.adopted"}:
            need(entry["case"] is None and body["edition"] > self.edition, "not a later edition")
            self.edition = body["edition"]
            if self.edition > 1:
                raise Newer(f"edition {self.edition}")
        self.board.take(entry, own=own)
        if name == "key.added":
            need(body["purpose"] != "member" or body["owner"] in self.board.members, "a key for nobody")
            self.keys.add(body["keyid"], unbase64(body["public_key"]), owner=body["owner"], purpose=body["purpose"])
        if name == "member.removed":
            self.keys.end(body["member"])
        if name == "key.revoked":
            self.keys.revoke(body["keyid"])
        if name == "monitoring.alert":
            self.alerts[body["model"]] = entry["index"]
        if entry["case"]:
            need(self.whole or not self.last or entry["case"] in self.last, "two cases in the export of one")
            self.last[entry["case"]] = entry["index"]
        if name in HOUSE:
            self.house = entry["index"]

    def _subject(self, entry: dict[str, Any]) -> list[dict[str, Any]]:
        name, body, case = entry["type"], entry["body"], self.board.cases.get(entry["case"] or "")
        pairs = [(self.trust["origin"], digest(self.trust["origin"].encode()))]
        if name in {"model.registered", "dataset.registered", "evidence.recorded"}:
            pairs = [
                (
                    {"model.registered": "model", "dataset.registered": "data"}.get(name) or body["method"],
                    body["digest"],
                )
            ]
        elif name == "monitoring.alert":
            pairs = [("model", body["model"])]
        elif case:
            pairs = [("model", model) for model in case.body["models"]]
            if name in OF_THE_VOTE and case.frozen:
                pairs += [(item["method"], item["digest"]) for item in case.frozen["evidence"]]
        if name == "evidence.frozen" and case:
            self.named.append((body, list(case.body["models"])))
        return [{"name": word, "digest": {"sha256": value}} for word, value in pairs]


def agree(answer: dict[str, Any], verdict: Verdict) -> None:
    """Refuse two verifiers that say different things: valid or not, newer or not, and the first bad entry where both name one."""
    state = "valid" if answer["valid"] else "newer" if answer["newer"] else "invalid"
    both = f"the product's verifier: {state}, {answer['first_bad']}, {answer['reason']!r}; the second: {verdict}"
    assert state == verdict.state, both
    assert None in (answer["first_bad"], verdict.first_bad) or answer["first_bad"] == verdict.first_bad, both


def verify(export: Path, trust: Path, *, old: tuple[Path, ...] = ()) -> Verdict:
    """The steps of the page, one after another."""
    replay = None
    try:
        pinned = loads(trust.read_bytes())
        fields(pinned, TRUST, "trust.json")
        need(pinned["min_witnesses"] <= len(pinned["witness_vkeys"]), "more witnesses asked than named")
        files = unwrapped(export)
        checkpoint = Checkpoint(_file(files, "checkpoint"), pinned)
        need(
            len(checkpoint.witnesses) >= pinned["min_witnesses"] and checkpoint.size, "too few witnesses, or no entries"
        )
        text = _file(files, "ledger.intoto.jsonl")
        need(text.endswith(b"\n"), "the last line has no end")
        lines = text[:-1].split(b"\n")
        replay = Replay(pinned, whole="leaves" not in files)
        for line in lines:
            replay.line(line)
        leaves = [hashlib.sha256(b"\x00" + line).digest() for line in lines]
        replay_done = replay
        replay = None
        _tree(replay_done, checkpoint, leaves=leaves, files=files)
        _old(old, pinned, files=files, leaves=leaves)
        _content(replay_done, files)
    except Newer as newer:
        return Verdict("newer", None, str(newer))
    except Bad as bad:
        return Verdict("invalid", None if replay is None else _index(replay, lines), str(bad))
    return Verdict("valid", None, "")


def _file(files: dict[str, bytes], name: str) -> bytes:
    need(name in files, f"there is no {name}")
    return files[name]


def _index(replay: Replay, lines: list[bytes]) -> int:
    try:
        index = json.loads(base64.b64decode(json.loads(lines[len(replay.entries)])["payload"]))["predicate"]["index"]
    except (ValueError, KeyError, TypeError, RecursionError):
        index = None
    following = replay.entries[-1]["index"] + 1 if replay.entries else 0
    return index if type(index) is int and index > following and not replay.whole else following


def _tree(replay: Replay, checkpoint: Checkpoint, *, leaves: list[bytes], files: dict[str, bytes]) -> None:
    need(replay.keys.log.hex() in checkpoint.logs, "not signed with the checkpoint key that is live")
    wanted = set() if replay.whole else {f"proofs/{entry['index']}.tlog-proof" for entry in replay.entries}
    need({name for name in files if name.startswith("proofs/")} <= wanted, "a proof of a line that is not here")
    if not replay.whole:
        data = files["leaves"]
        need(len(data) % 32 == 0, "leaves")
        every = [data[place : place + 32] for place in range(0, len(data), 32)]
        for entry, leaf in zip(replay.entries, leaves, strict=True):
            need(entry["index"] < len(every) and every[entry["index"]] == leaf, "a leaf stands at another index")
            index, path, note = proof(_file(files, f"proofs/{entry['index']}.tlog-proof"))
            need(index == entry["index"] and note == files["checkpoint"], "the proof of another line")
            need(climb(leaf, index, checkpoint.size, path) == checkpoint.root, "a proof leads to another root")
        leaves = every
    need(len(leaves) == checkpoint.size and root(leaves) == checkpoint.root, "size or root")
    for entry in replay.entries:
        if entry["type"] == "export.made":
            size, said = entry["body"]["size"], unbase64(entry["body"]["root"])
            need(said == root(leaves[:size]), "the root of an export")


def _old(old: tuple[Path, ...], trust: dict[str, Any], *, files: dict[str, bytes], leaves: list[bytes]) -> None:
    every = (
        [files["leaves"][place : place + 32] for place in range(0, len(files["leaves"]), 32)]
        if "leaves" in files
        else leaves
    )
    for path in old:
        earlier = Checkpoint(path.read_bytes(), trust)
        if earlier.size > len(every):
            raise Newer("an older checkpoint is larger than the export")
        need(root(every[: earlier.size]) == earlier.root, "an older checkpoint does not fit")


def _digests(value: Any, found: set[str]) -> None:
    """Every text of 64 hexadecimal digits that stands as a value."""
    if isinstance(value, str):
        found |= {value} if re.fullmatch(r"[0-9a-f]{64}", value) else set()
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            _digests(item, found)


def _texts(value: Any, found: set[str]) -> None:
    if isinstance(value, dict) and value.keys() == {"sha256"}:
        found.add(value["sha256"])
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            _texts(item, found)


def _content(replay: Replay, files: dict[str, bytes]) -> None:
    texts = set[str]()
    for entry in replay.entries:
        _texts(entry["body"], texts)
    there = {name.removeprefix("evidence/"): data for name, data in files.items() if name.startswith("evidence/")}
    for name, data in there.items():
        need(
            digest(data) == name and name in replay.digests,
            f"evidence/{name} is not what its name says, or nobody names it",
        )
    disclosed = loads(files.get("texts.json", b"{}"))
    need(isinstance(disclosed, dict), "texts.json")
    for name, text in disclosed.items():
        need(
            isinstance(text, dict)
            and text.keys() == {"salt", "text"}
            and isinstance(text["text"], str)
            and isinstance(text["salt"], str),
            "texts.json",
        )
        need(len(text["salt"]) == 32 and not set(text["salt"]) - set("0123456789abcdef"), "the salt")
        need(
            digest(bytes.fromhex(text["salt"]) + text["text"].encode()) == name and name in texts,
            "a text that nobody names",
        )
    for entry in replay.entries:
        if entry["type"] == "evidence.recorded" and entry["body"]["digest"] in there:
            same_as(entry["body"], there[entry["body"]["digest"]])
    _names(replay, disclosed)
    _accusing(replay, there)
    _alone(replay, there)
    _differing(replay, there)
    for body, models in replay.named:
        wanted = [body["policy_digest"], *(item["digest"] for item in body["evidence"])]
        if there.keys() >= set(wanted):
            try:
                right = gate(there[wanted[0]], [there[name] for name in wanted[1:]], models)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                raise Bad(f"a policy or evidence that cannot be read: {error!r}") from error
            need(right == body["requirements"], f"the requirements are not those of the policy: {right}")
    _bundles(replay, files)
    if "checkpoint.tsr" in files:
        stamp_of(files["checkpoint.tsr"], files["checkpoint"])


def _names(replay: Replay, disclosed: dict[str, Any]) -> None:
    """A vote carries the name under which its member was added."""
    added: dict[str, str] = {}
    for entry in replay.entries:
        if entry["type"] == "member.added":
            added[entry["body"]["member"]] = entry["body"]["name"]["sha256"]
        if entry["type"] == "vote.cast":
            both = [disclosed.get(name) for name in (entry["body"]["name"]["sha256"], added[entry["actor"]])]
            need(None in both or both[0]["text"] == both[1]["text"], "a vote under another name")  # type: ignore[index]


def _accusing(replay: Replay, there: dict[str, bytes]) -> None:
    for _, name, norms in replay.board.accusing:
        if name in there:
            try:
                said = evidence_of(there[name])["key"]["parameters"]["norms"]
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise Bad(f"the evidence of an alert cannot be read: {error!r}") from error
            need(said == norms, "an alert rests on other norms than those in force")


def _alone(replay: Replay, there: dict[str, bytes]) -> None:
    for rule, name in replay.board.alone:
        if name in there and rule != "served":
            policy = evidence_of(there[name])
            need(
                isinstance(policy, dict) and isinstance(policy.get("automatic", []), list),
                "a policy that cannot be read",
            )
            need(rule in policy.get("automatic", []), "the service confirmed what no policy lets it confirm")


def _differing(replay: Replay, there: dict[str, bytes]) -> None:
    for name, rows in replay.board.differing:
        if name in there:
            try:
                said = evidence_of(there[name])
                outcome = said["result"]["outcome"]
                asked = {item["digest"] for item in said["key"]["inputs"] if item["role"] == "challenge"}
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise Bad(f"the evidence of an alert cannot be read: {error!r}") from error
            need(outcome == "different" and asked <= rows, "a server that differs in no evidence")


def _bundles(replay: Replay, files: dict[str, bytes]) -> None:
    latest = {
        entry["case"]: envelope
        for entry, envelope in zip(replay.entries, replay.envelopes, strict=True)
        if entry["type"] == "decision.recorded"
    }
    for name, data in files.items():
        if name.startswith("bundles/"):
            case = name.removeprefix("bundles/").removesuffix(".sigstore.json")
            need(name.endswith(".sigstore.json") and case in latest, f"{name} belongs to no decision")
            envelope = latest[case]
            material = {"publicKey": {"hint": envelope["signatures"][0]["keyid"]}, "tlogEntries": []}
            kind = "application/vnd.dev.sigstore.bundle.v0.3+json"
            need(
                loads(data) == {"mediaType": kind, "verificationMaterial": material, "dsseEnvelope": envelope},
                f"{name} is no bundle of the latest decision",
            )


if __name__ == "__main__":
    found = verify(Path(sys.argv[1]), Path(sys.argv[2]), old=tuple(map(Path, sys.argv[3:])))
    sys.stdout.write(f"{found}\n")
    sys.exit(found.state != "valid")
