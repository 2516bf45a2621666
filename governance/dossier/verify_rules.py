"""The board's rules, recomputed from the entries alone: the part of the verifier that knows no cryptography.

Every method applies one kind of entry and refuses it when it breaks a rule. `e` is the entry's predicate (type, index, time, case,
actor), `b` its body, `c` what the entries so far say about its case. The rules are written down in docs/record-format.md; this file
was written from that page and shares no code with the program that writes the ledger.
"""

from __future__ import annotations

import hashlib
import json
import re
from binascii import a2b_base64, b2a_base64
from types import SimpleNamespace
from typing import Any

TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
BOARD = {"chair", "validator", "lay", "member"}
KINDS = ("approve", "approve_with_conditions", "reject", "abstain")
APPROVAL = ("approved", "conditional")
DECIDED = {*APPROVAL, "rejected", "deferred", "suspended"}
AGAINST = {"approved": KINDS[1:3], "conditional": KINDS[2:3], "rejected": KINDS[:2], "deferred": ()}
ABOUT_CASE = {
    "evidence.frozen": "putting", "review.opened": "putting",
    "conflict.declared": "acting", "comment.added": "acting", "comment.resolved": "acting", "vote.cast": "acting",
    "decision.recorded": "deciding",
    "condition.submitted": "fulfilling", "condition.accepted": "fulfilling", "condition.overdue": "fulfilling",
    "review.expired": "ending", "approval.expired": "ending", "appeal.filed": "ending", "appeal.decided": "ending",
}  # fmt: skip


class Refused(Exception):  # noqa: N818 - the word for what happened
    """The export is not valid; `index` is the first bad entry where one can be named."""

    def __init__(self, why: str, index: int | None = None) -> None:
        super().__init__(why)
        self.index = index


def need(holds: object, why: str, index: int | None = None) -> None:
    """Refuse, naming an entry where one is to blame, unless something holds."""
    if not holds:
        raise Refused(why, index)


def b64(raw: bytes) -> bytes:
    """Return the bytes of base64 text in its one standard form."""
    found = a2b_base64(raw)
    need(b2a_base64(found, newline=False) == raw, "base64 is not in its standard form")
    return found


def once(items: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object whose keys are all different."""
    found = dict(items)
    need(len(found) == len(items), "a JSON object names a key twice")
    return found


def no(number: str) -> None:
    """Refuse fractions, infinities and NaN."""
    raise Refused(f"JSON holds the number {number}")


def exact(number: str) -> int:
    """Return an integer that every reader of JSON holds exactly (RFC 8785, 3.2.2.3)."""
    found = int(number)
    need(abs(found) < 2**53, "JSON holds an integer from 2^53 on")
    return found


PARSE = json.JSONDecoder(parse_float=no, parse_constant=no, parse_int=exact).decode
WRITE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False).encode


def read_json(text: bytes) -> Any:
    """Return a JSON value; doubled keys, fractions and NaN are refused."""
    return json.loads(text.decode(), object_pairs_hook=once, parse_float=no, parse_constant=no)


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 bytes of a JSON value without fractions (the format's keys are ASCII)."""
    return WRITE(value).encode()


def read_canonical(text: bytes) -> Any:
    """Return the JSON value of which `text` is the RFC 8785 form: no key twice or out of order, no spaces, no fraction."""
    value = PARSE(text.decode())
    need(canonical(value) == text, "its JSON is not in canonical form: a key twice or out of order, or spaces")
    return value


def sha256(*parts: bytes) -> bytes:
    """Return SHA-256 of the parts one after the other."""
    return hashlib.sha256(b"".join(parts)).digest()


def more_than(part: int, whole: int, majority: str) -> bool:
    """Say whether part / whole is strictly more than the ratio "a/b"."""
    above, below = map(int, majority.split("/"))
    return part * below > above * whole


def later(time: str, months: int) -> str:
    """Return the same day and time so many months later; compares rightly even where the day does not exist."""
    year, month = divmod(int(time[:4]) * 12 + int(time[5:7]) - 1 + months, 12)
    return f"{year:04d}-{month + 1:02d}{time[7:]}"


def may_vote(c: Any, who: str) -> bool:
    """Say whether somebody has a seat in the case's open round and has not stepped aside."""
    return who in c.roles and who not in c.interested and not c.conflicts.get(who)


def in_force(c: Any) -> list[tuple[int, str, Any]]:
    """Return (index, member, vote) of the votes that count, in order."""
    return sorted((at, who, vote) for who, (at, vote) in c.votes.items() if may_vote(c, who))


def enough(c: Any) -> bool:
    """Say whether the quorum and the required roles have voted."""
    votes = in_force(c)
    held = {role for _, who, vote in votes if vote["vote"] != "abstain" for role in c.roles[who]}
    return len(votes) >= c.review["quorum"] and held >= set(c.review["required_roles"])


def outcome_of(count: dict[str, int], majority: str) -> str:
    """Return the only outcome that a tally allows; no approval rests on fewer than two people."""
    approvals = count["approve"] + count["approve_with_conditions"]
    cast = approvals + count["reject"]
    if count["approve"] >= 2 and more_than(count["approve"], cast, majority):
        return "approved"
    if approvals >= 2 and more_than(approvals, cast, majority):
        return "conditional"
    return "rejected" if more_than(count["reject"], cast, majority) else "deferred"


class Board:
    """What the entries add up to: members, charter, models, evidence and cases."""

    def __init__(self) -> None:
        self.members: dict[str, list[str]] = {}
        self.signed: dict[str, set[str]] = {}
        self.charter: dict[str, Any] = {}
        self.models: set[str] = set()
        self.evidence: dict[str, Any] = {}
        self.cases: dict[str, Any] = {}
        self.decisions = 0

    def board(self) -> dict[str, list[str]]:
        """Return the current members of the board with their roles."""
        return {who: roles for who, roles in self.members.items() if BOARD & set(roles)}

    def apply(self, kind: str, e: Any, b: Any) -> None:
        """Apply the rules of one event: of the ledger as a whole, or of a case."""
        if kind not in ABOUT_CASE:
            self.about_ledger(kind, e, b)
            return
        need(e["case"] in self.cases, f"there is no case {e['case']!r}")
        c = self.cases[e["case"]]
        need(c.status != "retired", "the case is retired")
        getattr(self, ABOUT_CASE[kind])(c, kind, e, b)

    def about_ledger(self, kind: str, e: Any, b: Any) -> None:
        """Members, charter, models, evidence, cases and alerts."""
        if kind == "member.added":
            need(b["roles"] and b["member"] not in ("service", "root"), "the member has no role, or a reserved name")
            self.members[b["member"]] = b["roles"]
        elif kind == "member.removed":
            need(self.members.pop(b["member"], None), "there is no such member")
        elif kind == "charter.adopted":
            need(sha256(canonical(b["charter"])).hex() == b["digest"], "the charter has another digest")
            need(e["actor"] in self.board(), f"{e['actor']} is not on the board")
            signed = self.signed.setdefault(b["digest"], set())
            signed.add(e["actor"])
            if 2 * len(signed & set(self.board())) > len(self.board()):
                self.charter, self.signed = b, {}
        elif kind == "model.registered":
            self.models.add(b["digest"])
        elif kind == "evidence.recorded":
            self.evidence[b["digest"]] = {name: b[name] for name in ("digest", "key", "method")}
        elif kind == "case.registered":
            need(b["case"] == e["case"] and b["case"] not in self.cases, "the case has another id, or exists already")
            need(b["models"] and self.models >= set(b["models"]), "a model of the case is not registered")
            self.cases[b["case"]] = SimpleNamespace(
                body=b, status="draft", bundle="", version=0, round=0, review={}, tier={}, roles={}, decision={}, deciders=set(), waived="",
                interested={b["owner"], b["developer"], b["sponsor"]}, conflicts={}, votes={}, blocking={}, conditions={}, appeal={},
            )  # fmt: skip
        else:
            need(kind == "monitoring.alert", f"the event type {kind!r} is unknown")
            need(b["state"] != "overridden" or e["actor"] != "service", "an alert is put aside by nobody")
            for c in self.cases.values():
                hit = b["state"] == "confirmed" and b["model"] in c.body["models"] and c.status in APPROVAL
                c.status = "suspended" if hit else c.status

    def putting(self, c: Any, kind: str, e: Any, b: Any) -> None:
        """Freeze evidence, or open a round of voting."""
        need(self.charter, "no charter is in force")
        tier = self.charter["charter"]["tiers"][c.body["risk_tier"]]
        if kind == "evidence.frozen":
            need(c.status in ("draft", "ready", "in_review"), f"evidence is frozen while the case is {c.status}")
            mine = sha256(canonical({name: value for name, value in b.items() if name != "bundle"})).hex()
            need(b["version"] == c.version + 1 and b["bundle"] == mine, "the version or the bundle digest is wrong")
            known = [self.evidence.get(item["digest"]) == item for item in b["evidence"]]
            shown = {item["method"] for item in b["evidence"]} | {item["id"] for item in b["not_applicable"]}
            need(known and all(known), "evidence in the bundle was never recorded")
            free = {e["actor"]} - c.interested
            need(
                all(item["by"] in free for item in b["waivers"]),
                "a waiver is not by the actor, or by an interested one",
            )
            need(all(TIME.fullmatch(item["expires"]) for item in b["waivers"]), "a waiver does not say when it ends")
            need(shown >= set(tier["required_evidence"]), "evidence that the charter requires is missing")
            live = {item["id"] for item in b["waivers"] if item["expires"] > e["time"]}
            failed = [item for item in b["requirements"] if item["outcome"] != "met"]
            stopped = {item["id"] for item in failed if item.get("severity") == "freezing"}
            need(stopped <= live, "a requirement without which nothing is frozen is neither met nor waived")
            c.waived = min([item["expires"] for item in b["waivers"]], default="")
            c.status, c.bundle, c.version, c.votes = c.status.replace("draft", "ready"), mine, b["version"], {}
            return
        roles = {seat["member"]: seat["roles"] for seat in b["roster"]}
        need(c.status in DECIDED | {"ready"}, f"a review is opened while the case is {c.status}")
        need(roles == self.board() and len(roles) == len(b["roster"]), "the roster is not the whole board as it is now")
        recused = {item["member"] for item in b["recused"]}
        need(recused == c.interested & set(roles), "owner, developer or sponsor is not recused")
        own = all(b[name] == tier[name] for name in ("quorum", "majority", "required_roles"))
        need(own, "the rules are not the charter's")
        need(tier["quorum"] >= 2 and not more_than(1, 2, tier["majority"]), "the charter asks for too little")
        same = b["charter_digest"] == self.charter["digest"] and b["bundle"] == c.bundle
        need(same, "it names another charter or evidence")
        need(b["round"] == c.round + 1 and TIME.fullmatch(b["deadline"]), "the round or the deadline is wrong")
        need(c.status == "ready" or b["trigger"], "a re-review gives no reason")
        c.status, c.round, c.review, c.tier, c.roles = "in_review", b["round"], b, tier, roles
        c.conflicts, c.votes, c.blocking, c.conditions, c.appeal = {}, {}, {}, {}, {}

    def acting(self, c: Any, kind: str, e: Any, b: Any) -> None:
        """Declare a conflict, comment, vote: by members with a seat, before the close."""
        who = e["actor"]
        need(c.status == "in_review" and may_vote(c, who), f"{who} has no seat in an open review, or has stepped aside")
        need(kind.startswith("comment") or e["time"] <= c.review["deadline"], "voting was closed")
        if kind == "conflict.declared":
            need(b["member"] == who, "it is somebody else's declaration")
            c.conflicts[who] = b["conflict"] is not False
        elif kind == "vote.cast":
            need(c.conflicts.get(who) is False, "no conflict declaration came before the vote")
            need((b["bundle"], b["round"]) == (c.bundle, c.round), "the vote is about other evidence or another round")
            reasoned = b["vote"] in KINDS and (b["vote"] == "approve" or b["rationale"])
            need(reasoned, "the vote is unknown or gives no reason")
            asks = b["vote"] == "approve_with_conditions"
            need(bool(b["conditions"]) == asks, "the vote and its conditions do not fit")
            c.votes[who] = (e["index"], b)
        elif kind == "comment.added" and b["blocking"]:
            c.blocking[b["comment"]] = who
        elif kind == "comment.resolved":
            author = c.blocking.pop(b["comment"], who)
            need(author == who or "chair" in c.roles[who], "neither its author nor the chair resolved the comment")

    def deciding(self, c: Any, _kind: str, e: Any, b: Any) -> None:
        """Record a decision: every number and name in it is recomputed from the votes in force."""
        who, self.decisions = e["actor"], self.decisions + 1
        if b["outcome"] == "retired":
            need(who == "service" or "chair" in self.members.get(who, ()), f"{who} cannot retire a case")
            c.status = "retired"
            return
        need(c.status == "in_review" and enough(c), "there is no open review with a quorum and the required roles")
        need(not c.blocking, "a blocking comment was open")
        need(who == "service" or (may_vote(c, who) and "chair" in c.roles[who]), f"{who} does not chair the review")
        votes = in_force(c)
        count = {kind: sum(vote["vote"] == kind for _, _, vote in votes) for kind in KINDS}
        outcome = outcome_of(count, c.review["majority"])
        need(b["tally"] == count and b["outcome"] == outcome, f"the votes are {count} and lead to {outcome!r}")
        dissent = [{"member": name, "index": at, "vote": vote["vote"], "rationale": vote["rationale"]}
                   for at, name, vote in votes if vote["vote"] in AGAINST[outcome]]  # fmt: skip
        need(b["dissent"] == dissent, "the dissent is not carried over word for word")
        same = ("round", "bundle", "quorum", "charter_digest")
        current = {**c.review, "bundle": c.bundle}
        need(all(b[name] == current[name] for name in same), "round, evidence or charter differ")
        asked = [item for _, _, vote in votes for item in vote["conditions"]] if outcome == "conditional" else []
        kept = all(item in b["conditions"] for item in asked) and bool(b["conditions"]) == bool(asked)
        need(kept, "conditions were lost or added")
        end = later(b["valid_from"], c.tier["validity_months"])
        keep = later(b["valid_from"], 12 * c.tier["retention_years"])
        if c.waived and outcome in APPROVAL:
            need(c.waived > e["time"], "a waiver that the approval rests on has ended")
            end = min(end, c.waived)
        lasts = b["valid_from"] < b["expires_at"] <= end and b["retention_until"][:7] >= keep[:7]
        need(lasts, "it lasts longer than the charter allows")
        c.status, c.decision, c.deciders, c.appeal = outcome, b, {name for _, name, _ in votes}, {}
        c.conditions = {item["id"]: {**item, "submitted": "", "accepted": ""} for item in b["conditions"]}

    def fulfilling(self, c: Any, kind: str, e: Any, b: Any) -> None:
        """Conditions: submitted, accepted by somebody else, or overdue."""
        found = c.conditions.get(b["condition"])
        need(c.status in APPROVAL and found and not found["accepted"], "there is no such open condition")
        if kind == "condition.overdue":
            need(found["due"] < e["time"], "the condition is not overdue")
            c.status = "suspended"
        elif kind == "condition.submitted":
            found["submitted"] = e["actor"]
        else:
            need(found["submitted"] not in ("", e["actor"]), "it was not submitted, or by the same person")
            need(e["actor"] in c.roles and e["actor"] not in c.interested, f"{e['actor']} has no vote in this case")
            found["accepted"] = e["actor"]
            waiting = [item for item in c.conditions.values() if item["blocking"] and not item["accepted"]]
            c.status = c.status if waiting else "approved"

    def ending(self, c: Any, kind: str, e: Any, b: Any) -> None:
        """Deadlines, ends of approvals, appeals."""
        if kind == "review.expired":
            over = c.status == "in_review" and e["time"] > c.review["deadline"] and not enough(c)
            need(over, "the review had not expired")
            c.status = "deferred"
        elif kind == "approval.expired":
            need(c.status in APPROVAL and e["time"] >= c.decision["expires_at"], "the approval had not expired")
            c.status = "suspended"
        elif kind == "appeal.filed":
            open_to = c.status in DECIDED and c.decision and not c.appeal
            need(open_to, "there is nothing to appeal, or an appeal is open")
            c.appeal = {"appeal": b["appeal"], "ruling": b, "signed": set()}
        else:
            panel, signed = set(b["panel"]), c.appeal["signed"]
            need(c.status in DECIDED and c.appeal["appeal"] == b["appeal"], "there is no such appeal")
            free = set(self.board()) - c.deciders - c.interested
            need(len(panel) == len(b["panel"]) >= 2 and panel <= free, "the panel is too small or not independent")
            fits = e["actor"] in panel - signed and (not signed or b == c.appeal["ruling"])
            need(fits, "not on the panel, or other words")
            need(b["outcome"] in DECIDED, "the ruling is unknown")
            signed.add(e["actor"])
            c.appeal["ruling"] = b
            c.status, c.appeal = (b["outcome"], {}) if signed == panel else (c.status, c.appeal)
