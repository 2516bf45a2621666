"""Does the ledger hold? The service's own look at every line, in the order an outsider's verifier takes.

What the rules of the board say about the records is not asked here; that is the verifier's and the review room's part.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from typing import Final, TypeAlias

from storage.errors import CountersignError, RefusedInputError
from storage.ledger import merkle
from storage.ledger.authority import objection, takes_responsibility
from storage.ledger.canonical import decode_base64
from storage.ledger.checkpoint import Checkpoint, read
from storage.ledger.envelope import Envelope, PublicKey, Statement, read_statement, signature_holds
from storage.ledger.note import Verifier, open_note

SHARED_FROM: Final = 5000
"""Lines from which on starting further processes pays."""
PART: Final = 2000
"""Lines whose signatures are checked in one go, while the walk goes on."""

Signed: TypeAlias = tuple[Envelope, bytes]
"""An envelope, and the DER public key that it must hold under."""


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
class Standing:
    """What the lines so far have established: the keys that may sign now, and the time."""

    found: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)
    """Key id to owner, purpose and DER public key."""
    time: str = ""
    """Time of the line above."""
    log: bytes = b""
    """Public key of the checkpoint key that took the place of the first, or nothing."""

    def learn(self, said: Statement) -> None:
        """Take in what a record says about keys.

        Raises:
            RefusedInputError: a key that cannot be read or does not match its id.
        """
        if said.type == "ledger.created":
            self._add(said.body["root"], "root", "root")
        elif said.type == "key.added":
            self._add(said.body, said.body["owner"], said.body["purpose"])
        elif said.type == "key.revoked":
            self.found.pop(said.body["keyid"], None)
        elif said.type == "member.removed":
            self.found = {name: key for name, key in self.found.items() if key[:2] != (said.body["member"], "member")}

    def _add(self, body: dict[str, str], owner: str, purpose: str) -> None:
        if purpose == "log":
            self.log = Verifier.from_spki("log", decode_base64(body["public_key"])).public
            return
        key = PublicKey.from_base64(body["public_key"])
        if key.keyid != body["keyid"]:
            raise RefusedInputError(f"The key id {body['keyid'][:16]} does not match its key.")
        self.found[key.keyid] = (owner, purpose, key.spki)

    def judge(self, said: Statement, keyid: str) -> str | None:
        """Return why this key may not sign this record here, or None when it may."""
        if keyid not in self.found:
            return "is signed by a key that is not live"
        owner, purpose, _ = self.found[keyid]
        return objection(said.type, said.actor, purpose, owner, personal=takes_responsibility(said.body))


def verify_ledger(
    lines: Iterable[bytes],
    log: Verifier,
    note: bytes,
    older: Sequence[bytes] = (),
    workers: int | None = None,
    later: Sequence[Verifier] = (),
) -> Verdict:
    """Check the lines against a signed checkpoint, each other, and checkpoints kept from earlier.

    `log` is the checkpoint key that ledger.created names, `later` those that took its place.
    `older` are notes that somebody kept outside: a ledger that was cut or written anew does not continue them.
    `workers` processes share the checking of signatures, which takes most of the time; None for one on each core.
    """
    given, keys = tuple(lines), (log, *later)
    # 1. the checkpoint is the log's, and its root is that of the lines; so are the older ones
    found = verify_checkpoints(given, keys, note, older)
    if not found.valid:
        return found
    try:
        # 2. each line stands in its place, under a key that was live there and whose signature holds
        live = _walk(given, log, (os.cpu_count() or 1) if workers is None else workers)
        # 3. and the checkpoint is signed with the key that was live at its end
        if live not in {item.verifier.public for item in open_note(note, keys).seals}:
            raise Fault("The checkpoint is signed with a key that another has replaced.")  # noqa: TRY301 - one way out
    except Fault as fault:
        return Verdict(len(given), found.checkpointed, fault.index, fault.problem)
    return found


def verify_checkpoints(
    lines: Sequence[bytes], keys: Sequence[Verifier], note: bytes, older: Sequence[bytes] = ()
) -> Verdict:
    """Check that the lines are those of a checkpoint, and continue older ones; no line is read, and no line's signature checked.

    `keys` are the checkpoint keys of the ledger, that of ledger.created first.
    """
    covered = 0
    try:
        top = _checkpoint(note, keys)
        covered = top.size
        leaves = [merkle.leaf_hash(line) for line in lines]
        _hold_against(leaves, top)
        for item in older:
            _hold_against(leaves, _checkpoint(item, keys))
    except Fault as fault:
        return Verdict(len(lines), covered, fault.index, fault.problem)
    return Verdict(len(lines), covered, None, None if lines else "There are no lines: nothing was checked.")


def _checkpoint(note: bytes, keys: Sequence[Verifier]) -> Checkpoint:
    log = keys[0]
    try:
        found = read(open_note(note, keys).note.text)
    except RefusedInputError as error:
        raise Fault(f"A checkpoint cannot be trusted: {error}") from error
    if found.origin != log.name:
        raise Fault(f"A checkpoint is of the ledger {found.origin!r}, not of {log.name!r}.")
    return found


def _hold_against(leaves: list[bytes], found: Checkpoint) -> None:
    if found.size > len(leaves):
        raise Fault(f"A checkpoint over {found.size} lines was signed; there are {len(leaves)}.", len(leaves))
    if merkle.root(leaves[: found.size]) != found.root:
        raise Fault(f"The first {found.size} lines are not those that a checkpoint was signed over.")


def _walk(lines: Sequence[bytes], log: Verifier, workers: int) -> bytes:
    """Return the checkpoint key that is live after the lines; other processes check signatures while the walk goes on."""
    standing, fault = Standing(), None
    answers = list[tuple[int, Callable[[], int | None]]]()
    shared = workers > 1 and len(lines) >= SHARED_FROM and _is_own_program()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) if shared else nullcontext() as pool:
        for start in range(0, len(lines), PART):
            signed, fault = _judged_part(lines[start : start + PART], start, log, standing)
            ask = pool.submit(_first_false, signed).result if pool else partial(_first_false, signed)
            answers.append((start, ask))
            if fault is not None:
                break
        bad = next((start + place for start, ask in answers if (place := ask()) is not None), None)
    if bad is not None:
        raise Fault(f"Line {bad} has a signature that does not hold.", bad)
    if fault is not None:
        raise fault
    return standing.log or log.public


def _is_own_program() -> bool:
    """Say whether the main module is the program that Python started, which further processes may load again.

    While Streamlit runs a page, the page's script stands there, and each further process would run it.
    """
    return getattr(sys.modules["__main__"], "__loader__", None) is not None


def _judged_part(
    lines: Sequence[bytes], start: int, log: Verifier, standing: Standing
) -> tuple[list[Signed], Fault | None]:
    """Return what the lines' signatures must hold under, up to the first line that does not hold otherwise, and its fault."""
    signed = list[Signed]()
    for index, line in enumerate(lines, start):
        try:
            signed.append(_judged(line, index, log, standing))
        except Fault as found:
            return signed, found
    return signed, None


def _judged(line: bytes, index: int, log: Verifier, standing: Standing) -> Signed:
    try:
        envelope = Envelope.from_line(line)
        said = read_statement(envelope.payload)
        problem = _placed(said, index, log, standing.time)
        if index == 0:
            standing.learn(said)
        problem = problem or standing.judge(said, envelope.keyid)
        if problem:
            raise Fault(f"Line {index} {problem}.", index)
        standing.time = said.time
        key = standing.found[envelope.keyid][2]
        if index > 0:
            standing.learn(said)
    except (CountersignError, KeyError, TypeError) as error:
        raise Fault(f"Line {index} cannot be read: {error}", index) from error
    return envelope, key


def _first_false(signed: Sequence[Signed]) -> int | None:
    """Return the place of the first envelope whose signature does not hold."""
    loaded = {spki: PublicKey(spki).load() for spki in {spki for _, spki in signed}}
    for at, (envelope, spki) in enumerate(signed):
        if not signature_holds(envelope, loaded[spki]):
            return at
    return None


def _placed(said: Statement, index: int, log: Verifier, before: str) -> str | None:
    if said.index != index:
        return f"says that it is line {said.index}"
    if said.origin != log.name:
        return f"belongs to the ledger {said.origin!r}"
    if said.time < before:
        return f"is of {said.time}, earlier than the line above it"
    if (said.type == "ledger.created") != (index == 0):
        return f"is a {said.type}, and ledger.created is the first line and no other"
    if index == 0 and said.body.get("log_vkey") != log.vkey:
        return "names another checkpoint key"
    return None
