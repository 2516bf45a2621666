"""The walk over the lines: what each says, where it stands, whose key signed it, and what it follows."""

from __future__ import annotations

import base64
import re
import struct
import sys
import zipfile
import zlib
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from functools import partial
from multiprocessing import get_context
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

if __package__:
    from governance.dossier.verify_fields import (
        CHECKS,
        OF_PREDICATE,
        Newer,
        Refused,
        all_ascii,
        b64,
        check_fields,
        need,
        read_canonical,
        sha256,
    )
    from governance.dossier.verify_rules import board_of
    from governance.dossier.verify_table import BODIES, PREDICATE
    from governance.dossier.verify_votes import named
else:  # beside this file, in an export
    from verify_fields import (  # type: ignore[import-not-found,no-redef]
        CHECKS,
        OF_PREDICATE,
        Newer,
        Refused,
        all_ascii,
        b64,
        check_fields,
        need,
        read_canonical,
        sha256,
    )
    from verify_rules import board_of  # type: ignore[import-not-found,no-redef]
    from verify_table import BODIES, PREDICATE  # type: ignore[import-not-found,no-redef]
    from verify_votes import named  # type: ignore[import-not-found,no-redef]

KIND = b"application/vnd.in-toto+json"
PART = 2000
BEGIN = b'{"payload":"'
MIDDLE = b'","payloadType":"%b","signatures":[{"keyid":"' % KIND
BETWEEN = b'","sig":"'
END = b'"}]}'
ED25519 = bytes.fromhex("302a300506032b6570032100")  # what stands before the 32 bytes of the key in its DER form
P256 = bytes.fromhex(
    "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
)  # before the 64 bytes of the point, x then y
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
BY_ROOT = HOUSE - {"charter.adopted", "norms.adopted"}
SERVED = {"deployment.registered", "deployment.ended", "attestation.begun"}
BY_MEMBER = {
    "charter.adopted",
    "norms.adopted",
    "conflict.declared",
    "comment.added",
    "comment.resolved",
    "vote.cast",
    "condition.submitted",
    "condition.accepted",
    "appeal.filed",
    "appeal.decided",
}
BY_EITHER = {"decision.recorded", "monitoring.alert"}  # by the service in its own name, or by a member
DIGEST = re.compile(
    rb'[:\[,]"([0-9a-f]{64})"(?!:)'
)  # as a value: a name stands before a colon, and a quote in a text behind a \\
TEXT = re.compile(rb'\{"sha256":"([0-9a-f]{64})"\}')
FAULTS = (
    ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RuntimeError, OSError, EOFError, MemoryError,
    zipfile.BadZipFile, zlib.error, struct.error,
)  # fmt: skip
"""What malformed input makes Python raise; each of them becomes a refusal in words."""


def opened(line: bytes) -> tuple[bytes, str, bytes]:
    """Return payload, key id and signature of a line, which is the one canonical form of an envelope."""
    payload, _, rest = line[len(BEGIN) : -len(END)].partition(MIDDLE)
    keyid, _, signature = rest.partition(BETWEEN)
    whole = len(line) <= 65535 and line == b"".join((BEGIN, payload, MIDDLE, keyid, BETWEEN, signature, END))
    need(whole and b'"' not in signature, "the line is not an envelope with exactly one signature")
    return b64(payload), keyid.decode(), b64(signature)


class Ledger:
    """The walk over the lines: what each says, whose key signs it, and what it follows."""

    def __init__(self, trust: Any, *, whole: bool) -> None:
        self.trust = trust
        self.whole = whole
        self.next = 0
        self.here = 0
        self.taken = 0
        self.time = ""
        self.board = board_of(1)
        self.keys: dict[str, tuple[str, str, bytes]] = {}
        self.used: set[bytes] = set()
        self.named: set[bytes] = set()
        self.texts: set[bytes] = set()
        self.house: int | None = None
        self.last: dict[str | None, int] = {}
        self.alerts: dict[str, int] = {}
        self.served: dict[str, str] = {}
        self.itself = [named(trust["origin"], sha256(trust["origin"].encode()).hex())]

    def take(self, line: bytes) -> tuple[int, bytes, bytes, bytes]:
        """Apply one line; return (index, public key, payload, signature) for the signature check."""
        self.here = self.next
        payload, keyid, signature = opened(line)
        statement = read_canonical(payload)
        about = (statement["_type"], statement["predicateType"])
        need(about == ("https://in-toto.io/Statement/v1", "urn:countersign:record:v1"), "it is no record")
        need(len(statement) == 4, "the statement has a field too many")
        e = statement["predicate"]
        self.place(e)
        kind = e["type"]
        index = e["index"]
        b = e["body"]
        if index == 0:
            self.begin(kind, b)
        if keyid not in self.keys:
            raise Refused(f"the key {keyid[:16]} is unknown, revoked or not yet added")
        job = (index, self.keys[keyid][2], payload, signature)
        if kind not in BODIES:
            need(all_ascii(b), "a name in its body is no printable ASCII")
            need(forged([job]) is None, "its signature does not hold")
            raise Newer(f"its type {kind!r} is unknown here, so it is newer than this verifier: take a newer one")
        check_fields(b, CHECKS[kind], BODIES[kind], "the body of ", kind)
        self.check_signer(keyid, e, b)
        self.check_links(kind, e, b)
        try:
            if kind in BY_ROOT:
                self.keep_house(kind, b)
        except Newer:
            need(forged([job]) is None, "its signature does not hold")
            raise
        self.board.apply(kind, e, b)
        if kind in SERVED:
            self.keep_served(kind, b)
        need(
            statement["subject"] == (self.board.subjects(kind, e, b) or self.itself),
            "its subject is not what it is about",
        )
        self.keep_place(kind, e, b)
        self.named.update(DIGEST.findall(payload))
        self.texts.update(TEXT.findall(payload[: payload.rindex(b',"subject":')]))  # a subject is not a text
        return job

    def place(self, e: Any) -> None:
        """Refuse an entry that does not stand where it says, in this ledger, or before the one above it."""
        index = e["index"]
        follows = type(index) is int and (index == self.next or (index > self.next and not self.whole))
        if not follows:
            raise Refused(f"it says it is entry {index}")
        self.here = index
        check_fields(e, OF_PREDICATE, PREDICATE, "the predicate")
        if e["origin"] != self.trust["origin"]:
            raise Refused(f"it belongs to the ledger {e['origin']!r}")
        need(e["time"] >= self.time, "its time is before that of the entry above it")
        need(self.keys or index == 0, "the ledger does not begin with ledger.created")
        need((e["type"] == "ledger.created") == (index == 0), "the ledger is created once, by entry 0")

    def begin(self, kind: str, b: Any) -> None:
        """Take the keys of entry 0, which are the trusted ones."""
        check_fields(b, CHECKS[kind], BODIES[kind], "the body of ", kind)
        need(b["root"]["keyid"] in self.trust["root_keys"], "the root key is not the trusted one")
        fits = b["log_vkey"] in self.trust["log_vkeys"] and b["log_vkey"].startswith(self.trust["origin"] + "+")
        need(fits, "the ledger names another checkpoint key")
        self.add_key(b["root"]["keyid"], b["root"]["public_key"], "root", "root")
        log = ED25519 + b64(b["log_vkey"].split("+", 2)[2].encode())[1:]
        self.add_key(sha256(log).hex(), base64.b64encode(log).decode(), "service", "log")

    def check_signer(self, keyid: str, e: Any, b: Any) -> None:
        """Refuse an entry that another key signed than must, or whose actor is nobody."""
        kind = e["type"]
        actor = e["actor"]
        owner, purpose, _ = self.keys[keyid]
        own = purpose == "member" and owner == actor and owner in self.board.members
        personal = b.get("waivers") or b.get("not_applicable")
        if kind in BY_ROOT:
            need(purpose == "root", f"{kind} is not signed by the root key")
            need(actor == "service", f"{kind} has the actor {actor!r}, not the service")
        elif kind in BY_MEMBER or personal or (kind in BY_EITHER and actor != "service"):
            need(own, f"{kind} of {actor} is not signed with that member's own live key")
        elif purpose != "record":
            raise Refused(f"{kind} is not signed by the service's key")
        elif actor != "service" and actor not in self.board.members:
            raise Refused(f"its actor {actor!r} is no member")

    def check_links(self, kind: str, e: Any, b: Any) -> None:
        """Refuse an entry that follows others than those which are here: one between was left out, or is denied."""
        case = e["case"]
        models: list[str] = []
        if kind in ("monitoring.alert", "case.registered"):
            models = [b["model"]] if kind == "monitoring.alert" else b["models"]
        elif case in self.board.cases:
            models = self.board.cases[case].body["models"]
        alerts = [self.alerts.get(model) for model in models] or [None]
        here = {
            "case": None if case is None else self.last.get(case),
            "house": self.house,
            "alert": alerts if len(alerts) > 1 else alerts[0],
        }
        if e["previous"] != here:
            name = next(name for name in here if e["previous"][name] != here[name])
            what = {
                "case": "of its case",
                "house": "about keys, members, charter or rules",
                "alert": "about its models",
            }
            said = e["previous"][name]
            raise Refused(
                f"it follows entry {said} {what[name]}, and the last one here is {here[name]}: one was left out"
            )

    def keep_house(self, kind: str, b: Any) -> None:
        """Apply what an entry says about keys and about the edition of the rules."""
        if kind == "key.added":
            self.add_key(b["keyid"], b["public_key"], b["owner"], b["purpose"])
        elif kind == "key.revoked":
            need(self.keys.pop(b["keyid"], None), "the revoked key is not live")
            need(any(key[1] == "root" for key in self.keys.values()), "the only root key is revoked")
        elif kind == "member.removed":  # who comes back needs a new key
            self.keys = {known: key for known, key in self.keys.items() if key[0] != b["member"]}
        elif kind == "ledger.created":
            self.board = board_of(b["edition"])
        elif kind == "rules.adopted":
            need(b["edition"] > self.board.edition, "the edition of the rules is not later than the one in force")
            self.board = board_of(b["edition"], self.board)

    def keep_served(self, kind: str, b: Any) -> None:
        """Apply what an entry says about a place where a model is served; `served` tells of each which, "" when it has ended."""
        if kind == "deployment.registered":
            need(b["model"] in self.board.models, "the deployment is of a model that is not registered")
            need(b["deployment"] not in self.served, "there is or was a deployment of that name")
            self.served[b["deployment"]] = b["model"]
            return
        model = self.served.get(b["deployment"])
        need(model, "there is no such deployment, or it has ended")
        if kind == "deployment.ended":
            self.served[b["deployment"]] = ""
        else:
            self.board.asked.setdefault(str(model), set()).add(b["challenge"])

    def keep_place(self, kind: str, e: Any, b: Any) -> None:
        """Remember what the next entries follow."""
        index = e["index"]
        if kind in HOUSE:
            self.house = index
        if kind == "monitoring.alert":
            self.alerts[b["model"]] = index
        self.last[e["case"]] = index
        self.next = index + 1
        self.time = e["time"]
        self.taken += 1

    def add_key(self, keyid: str, public_key: str, owner: str, purpose: str) -> None:
        """Make a key live from the next entry on; no key comes back, not in another form and not with its y negated."""
        public = b64(public_key.encode())
        head, size = (ED25519, 44) if purpose == "log" else (P256, 91)
        need(public.startswith(head) and len(public) == size, "the key is not in the one DER form of its kind")
        load_der_public_key(public)
        number = public[len(head) : len(head) + 32]
        need(sha256(public).hex() == keyid and number not in self.used, "the key's id is wrong or was used before")
        fits = {"root": owner == "root", "record": owner == "service", "log": owner == "service"}
        need(fits.get(purpose, owner in self.board.members), "the key's owner and purpose do not fit")
        self.used.add(number)
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
    problem: Refused | None = None
    how = get_context("spawn" if __package__ else None)
    # a page of the app stands in place of the main program while it runs, and each further process would run it again
    own = getattr(sys.modules["__main__"], "__loader__", None) is not None
    with ProcessPoolExecutor(mp_context=how) if own and len(lines) > PART else nullcontext() as pool:
        for start in range(0, len(lines), PART):
            jobs: list[tuple[int, bytes, bytes, bytes]] = []
            for line in lines[start : start + PART]:
                try:
                    jobs.append(ledger.take(line))
                except Newer as error:
                    problem = Newer(str(error), ledger.here)
                    break
                except (Refused, *FAULTS) as error:
                    problem = Refused(reason(error), ledger.here)
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
