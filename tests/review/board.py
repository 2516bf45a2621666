"""A small board for tests: five people, a model, evidence, and a hand that writes entries one after the other."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from governance.review import charter, decision, events, opening
from governance.review.machine import apply
from governance.review.state import BoardState, Case, Entry
from tests.dossier.ledger import LOG, ORIGIN, key_added, vkey

MEMBERS: dict[str, tuple[str, ...]] = {
    "ada": ("chair",),
    "ben": ("validator",),
    "cleo": ("lay",),
    "dan": ("member",),
    "olga": ("member", "owner"),
}
MODEL = "a" * 64
DATA = "b" * 64
METHODS = ("quality.checks", "performance.summary", "fairness.by_group")
EVIDENCE = tuple(
    events.FrozenItem(hashlib.sha256(name.encode()).hexdigest(), hashlib.sha256(name.encode()[::-1]).hexdigest(), name)
    for name in METHODS
)


def text(words: str) -> events.TextRef:
    return events.text_ref(words, b"salt" * 4)


def time(day: int, second: int = 0) -> str:
    return opening.deadline_after("2026-01-01T00:00:00Z", day)[:-3] + f"{second:02d}Z"


@dataclass
class Room:
    """The board's room: `do` adds an entry, or raises RuleError and changes nothing."""

    state: BoardState = field(default_factory=BoardState)
    entries: list[Entry] = field(default_factory=list)
    day: int = 1

    def do(self, actor: str, body: events.Body, case: str | None = "credit") -> BoardState:
        entry = Entry(self.state.next_index, time(self.day), case, actor, body)
        self.state = apply(self.state, entry)
        self.entries.append(entry)
        return self.state

    @property
    def case(self) -> Case:
        return self.state.cases["credit"]

    def vote(self, who: str, kind: str = "approve", *conditions: events.Condition) -> None:
        if who not in self.case.conflicts:
            self.do(who, events.ConflictDeclared(who, conflict=False))
        reason = None if kind == "approve" else text(f"reason of {who}")
        assert self.case.review is not None
        body = events.VoteCast(
            kind, self.case.bundle, self.case.review.round, reason, conditions, events.MEANINGS[kind], text(who)
        )
        self.do(who, body)

    def draft(self) -> events.DecisionRecorded:
        return decision.draft(self.case, decision.Wording(text("because"), text("loans"), time(self.day)))

    def decide(self, actor: str = "ada") -> None:
        self.do(actor, self.draft())

    def freeze(
        self,
        *,
        evidence: tuple[events.FrozenItem, ...] = EVIDENCE,
        requirements: tuple[events.RequirementOutcome, ...] = (),
        waivers: tuple[events.Waiver, ...] = (),
    ) -> None:
        version = self.case.frozen.version + 1 if self.case.frozen else 1
        body = events.EvidenceFrozen(version, "0" * 64, evidence, "c" * 64, requirements, waivers=waivers)
        self.do(waivers[0].by if waivers else "service", events.frozen(body))

    def join(self, who: str, roles: tuple[str, ...]) -> None:
        self.do("service", events.MemberAdded(who, text(who), roles), None)
        self.do("service", key_added(who, who, "member"), None)

    def open(self, trigger: events.TextRef | None = None) -> None:
        self.do("service", opening.draft(self.state, self.case, time(self.day), trigger))


def condition(name: str, *, due: str = "2026-06-01T00:00:00Z", blocking: bool = True) -> events.Condition:
    return events.Condition(name, text(f"condition {name}"), "olga", due, blocking)


def founded() -> Room:
    """Return a room with members and a charter in force."""
    room = Room()
    root = key_added("root", "root", "root")
    created = events.LedgerCreated("Bank", vkey(ORIGIN, LOG)[1], events.RootKey(root.keyid, root.public_key))
    room.do("service", created, None)
    room.do("service", key_added("service", "service", "record"), None)
    for who, roles in MEMBERS.items():
        room.join(who, roles)
    rules = charter.from_toml(charter.template())
    for who in ("ada", "ben", "cleo"):
        room.do(who, events.CharterAdopted(rules.digest, rules.to_json()), None)
    return room


def registered() -> Room:
    """Return a room with a case in draft and its evidence recorded."""
    room = founded()
    room.do("service", events.ModelRegistered("m", "Credit", "1", MODEL, "binary", "olga", "high", text("use")), None)
    table = events.DatasetRegistered("applicants", "Applicants", DATA, "d" * 64, 10, "evaluation", "e" * 64)
    room.do("service", table, None)
    for item in EVIDENCE:
        body = events.EvidenceRecorded(item.digest, item.key, item.method, 1, MODEL, (DATA,), 10, 10, "assessed")
        room.do("service", body, None)
    room.do(
        "service", events.CaseRegistered("credit", text("t"), text("q"), (MODEL,), "olga", "", "", "high"), "credit"
    )
    return room


def opened() -> Room:
    """Return a room with an open review."""
    room = registered()
    room.freeze()
    room.open()
    return room


def approved() -> Room:
    """Return a room with an approved case: ada, ben and cleo approved."""
    room = opened()
    for who in ("ada", "ben", "cleo"):
        room.vote(who)
    room.decide()
    return room


def conditional(*conditions: events.Condition) -> Room:
    """Return a room with an approval under the conditions of ben."""
    room = opened()
    room.vote("ada")
    room.vote("ben", "approve_with_conditions", *(conditions or (condition("ben-1"),)))
    room.vote("cleo", "reject")
    room.decide()
    return room


def changed(body: events.Body, **fields: object) -> events.Body:
    return replace(body, **fields)
