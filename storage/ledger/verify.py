"""Does the ledger hold? The service's own look at every line, in the order an outsider's verifier takes.

What the rules of the board say about the records is not asked here; that is the verifier's and the review room's part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec

from storage.errors import RefusedError, StorageError
from storage.ledger import merkle
from storage.ledger.checkpoint import Checkpoint, read
from storage.ledger.envelope import Envelope, PublicKey, Statement, read_statement, signature_holds
from storage.ledger.events import ROOT_EVENTS
from storage.ledger.note import Verifier, open_note


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found."""

    entries: int
    """How many lines were read."""
    checkpointed: int
    """How many of them the checkpoint covers."""
    first_bad: int | None
    """Index of the first line that does not hold, where the fault has one."""
    problem: str | None
    """What does not hold, in words; None when everything asked here does."""

    @property
    def valid(self) -> bool:
        """Whether there is at least one line and everything asked here holds."""
        return self.problem is None and self.entries > 0


class Fault(Exception):  # noqa: N818 - a finding about the ledger, not a failure of the program
    """Something that does not hold."""

    def __init__(self, problem: str, index: int | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.index = index


@dataclass(slots=True)
class LiveKeys:
    """The keys that may sign at the present line."""

    found: dict[str, tuple[str, str, ec.EllipticCurvePublicKey]] = field(default_factory=dict)
    """Key id to owner, purpose and key."""

    def learn(self, said: Statement) -> None:
        """Take in what a record says about keys.

        Raises:
            RefusedError: a key that cannot be read or does not match its id.
        """
        if said.type == "ledger.created":
            self._add(said.body["root"], "root", "root")
        elif said.type == "key.added":
            self._add(said.body, said.body["owner"], said.body["purpose"])
        elif said.type == "key.revoked":
            self.found.pop(said.body["keyid"], None)

    def _add(self, body: dict[str, str], owner: str, purpose: str) -> None:
        key = PublicKey.from_base64(body["public_key"])
        if key.keyid != body["keyid"]:
            raise RefusedError(f"The key id {body['keyid'][:16]} does not match its key.")
        self.found[key.keyid] = (owner, purpose, key.load())

    def judge(self, said: Statement, envelope: Envelope) -> str | None:
        """Return why this key may not sign this record, or None when it may and its signature holds."""
        if envelope.keyid not in self.found:
            return "is signed by a key that is not live"
        owner, purpose, key = self.found[envelope.keyid]
        if (said.type in ROOT_EVENTS) != (purpose == "root"):
            return f"is a {said.type} signed by a {purpose} key"
        if purpose == "member" and owner != said.actor:
            return f"speaks for {said.actor} under the key of {owner}"
        return None if signature_holds(envelope, key) else "has a signature that does not hold"


def verify_ledger(lines: Iterable[bytes], log: Verifier, note: bytes, older: Sequence[bytes] = ()) -> Verdict:
    """Check the lines against a signed checkpoint, each other, and checkpoints kept from earlier.

    `older` are notes that somebody kept outside: a ledger that was cut or written anew does not continue them.
    """
    given = tuple(lines)
    covered = 0
    try:
        # 1. the checkpoint is the log's, and its root is that of the lines
        top = _checkpoint(note, log)
        covered = top.size
        leaves = [merkle.leaf_hash(line) for line in given]
        _hold_against(leaves, top)
        # 2. so are the older ones
        for item in older:
            _hold_against(leaves, _checkpoint(item, log))
        # 3. each line stands in its place, signed by a key that was live there
        _walk(given, log)
    except Fault as fault:
        return Verdict(len(given), covered, fault.index, fault.problem)
    if not given:
        return Verdict(0, covered, None, "There are no lines: nothing was checked.")
    return Verdict(len(given), covered, None, None)


def _checkpoint(note: bytes, log: Verifier) -> Checkpoint:
    try:
        found = read(open_note(note, [log]).note.text)
    except RefusedError as error:
        raise Fault(f"A checkpoint cannot be trusted: {error}") from error
    if found.origin != log.name:
        raise Fault(f"A checkpoint is of the ledger {found.origin!r}, not of {log.name!r}.")
    return found


def _hold_against(leaves: list[bytes], found: Checkpoint) -> None:
    if found.size > len(leaves):
        raise Fault(f"A checkpoint over {found.size} lines was signed; there are {len(leaves)}.", len(leaves))
    if merkle.root(leaves[: found.size]) != found.root:
        raise Fault(f"The first {found.size} lines are not those that a checkpoint was signed over.")


def _walk(lines: Sequence[bytes], log: Verifier) -> None:
    keys = LiveKeys()
    for index, line in enumerate(lines):
        try:
            envelope = Envelope.from_line(line)
            said = read_statement(envelope.payload)
            problem = _placed(said, index, log)
            if index == 0:
                keys.learn(said)
            problem = problem or keys.judge(said, envelope)
            if index > 0 and problem is None:
                keys.learn(said)
        except (StorageError, KeyError, TypeError) as error:
            raise Fault(f"Line {index} cannot be read: {error}", index) from error
        if problem:
            raise Fault(f"Line {index} {problem}.", index)


def _placed(said: Statement, index: int, log: Verifier) -> str | None:
    if said.index != index:
        return f"says that it is line {said.index}"
    if said.origin != log.name:
        return f"belongs to the ledger {said.origin!r}"
    if (said.type == "ledger.created") != (index == 0):
        return f"is a {said.type}, and ledger.created is the first line and no other"
    if index == 0 and said.body.get("log_vkey") != log.vkey:
        return "names another checkpoint key"
    return None
