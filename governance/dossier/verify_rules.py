"""The board's rules, recomputed from the entries alone: the part of the verifier that knows no cryptography.

Every method applies one kind of entry and refuses it when it breaks a rule. `e` is the entry's predicate (type, index, time, case,
actor), `b` its body, `c` what the entries so far say about its case. The rules are written down in docs/record-format.md; this file
was written from that page and shares no code with the program that writes the ledger. An edition of the rules is one class (EDITIONS).
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

if __package__:
    from governance.dossier.verify_fields import Newer, Refused, canonical, need, sha256
    from governance.dossier.verify_norms import WATCHING
    from governance.dossier.verify_votes import (
        AGAINST,
        APPROVAL,
        DECIDED,
        KINDS,
        MEANINGS,
        check_lasting,
        could_decide,
        days_later,
        end_of,
        enough,
        in_force,
        may_vote,
        more_than,
        named,
        outcome_of,
        use_once,
        within,
    )
else:  # beside this file, in an export
    from verify_fields import Newer, Refused, canonical, need, sha256  # type: ignore[import-not-found,no-redef]
    from verify_norms import WATCHING  # type: ignore[import-not-found,no-redef]
    from verify_votes import (  # type: ignore[import-not-found,no-redef]
        AGAINST,
        APPROVAL,
        DECIDED,
        KINDS,
        MEANINGS,
        check_lasting,
        could_decide,
        days_later,
        end_of,
        enough,
        in_force,
        may_vote,
        more_than,
        named,
        outcome_of,
        use_once,
        within,
    )

BOARD = {"chair", "validator", "lay", "member"}
ABOUT_CASE = {
    "evidence.frozen": "freezing",
    "review.opened": "opening",
    "conflict.declared": "acting",
    "comment.added": "acting",
    "comment.resolved": "acting",
    "vote.cast": "acting",
    "decision.recorded": "deciding",
    "condition.submitted": "fulfilling",
    "condition.accepted": "fulfilling",
    "condition.overdue": "fulfilling",
    "review.expired": "ending",
    "approval.expired": "ending",
    "appeal.filed": "appealing",
    "appeal.decided": "ruling",
}
EMPTY = ("review", "tier", "roles", "conflicts", "votes", "comments", "decision", "conditions", "appeal")
WITH_EVIDENCE = {"evidence.frozen", "vote.cast", "decision.recorded"}


class Board:
    """What the entries add up to under the first edition of the rules: members, charter, models, evidence and cases."""

    edition = 1

    def __init__(self, before: Board | None = None) -> None:
        self.members: dict[str, list[str]] = {}
        self.signed: dict[str, set[str]] = {}
        self.charter: dict[str, Any] = {}
        self.norms = ""
        self.for_norms: dict[str, set[str]] = {}
        self.accusing: list[tuple[int, str, str]] = []
        self.suspending: list[tuple[int, str, str]] = []
        self.differing: list[tuple[int, str, set[str]]] = []
        self.alerts: dict[str, tuple[str, str, str]] = {}
        self.asked: dict[str, set[str]] = {}
        self.answered: dict[str, set[str]] = {}
        self.models: set[str] = set()
        self.datasets: set[str] = set()
        self.evidence: dict[str, Any] = {}
        self.recorded: dict[str, int] = {}
        self.cases: dict[str, Any] = {}
        self.exports: list[tuple[int, int, str]] = []
        self.frozen: list[tuple[int, list[str], Any]] = []
        self.decisions = 0
        self.worded: list[int] = []
        self.names: dict[str, str] = {}
        self.printed: list[tuple[int, str, str]] = []
        self.__dict__.update(before.__dict__ if before else {})

    def board(self) -> dict[str, list[str]]:
        """Return the current members of the board with their roles."""
        return {who: roles for who, roles in self.members.items() if BOARD & set(roles)}

    def subjects(self, kind: str, e: Any, b: Any) -> list[Any]:
        """Return the artefacts that the statement of an entry, already applied, must name; none for the ledger itself."""
        if kind in ("model.registered", "dataset.registered"):
            return [named("model" if kind == "model.registered" else "data", b["digest"])]
        if kind == "evidence.recorded":
            return [named(b["method"], b["digest"])]
        if kind == "monitoring.alert":
            return [named("model", b["model"])]
        if e["case"] is None:
            return []
        c = self.cases[e["case"]]
        return [*c.named, *c.shown] if kind in WITH_EVIDENCE else [*c.named]

    def apply(self, kind: str, e: Any, b: Any) -> None:
        """Apply the rules of one entry: of a case, or of the ledger as a whole."""
        if kind in ABOUT_CASE:
            need(e["case"] in self.cases, f"there is no case {e['case']!r}")
            c = self.cases[e["case"]]
            need(c.status != "retired", "the case is retired")
            getattr(self, ABOUT_CASE[kind])(c, kind, e, b)
            return
        if kind == "case.registered":
            self.registering(e, b)
        elif kind == "export.made":
            fits = b["case"] == e["case"] and (b["kind"] == "case") == (b["case"] in self.cases)
            need(fits and b["size"] <= e["index"], "the export is of another case, or larger than the ledger was")
            self.exports.append((e["index"], b["size"], b["root"]))
        else:
            if e["case"] is not None:
                raise Refused(f"{kind} belongs to no case")
            self.about_house(kind, e, b)

    def about_house(self, kind: str, e: Any, b: Any) -> None:
        """Members, charter, models, tables, evidence, alerts and remarks."""
        if kind == "member.added":
            need(b["member"] not in ("service", "root"), "the member has a reserved name")
            self.members[b["member"]] = b["roles"]
            self.names[b["member"]] = b["name"]["sha256"]
        elif kind == "member.removed":
            need(self.members.pop(b["member"], None), "there is no such member")
        elif kind == "charter.adopted":
            self.adopting(e, b)
        elif kind in ("model.registered", "dataset.registered"):
            known = self.models if kind == "model.registered" else self.datasets
            need(b["digest"] not in known, "it is registered already")
            known.add(b["digest"])
        elif kind == "evidence.recorded":
            need(b["rows_used"] <= b["rows_total"], "more rows were used than there are")
            if b["digest"] not in self.evidence and b["method"] == "serving.attest":
                self.answered[b["digest"]] = set(self.asked.get(b["model"], ()))
            need(self.evidence.setdefault(b["digest"], b) == b, "the evidence was recorded before, and said otherwise")
            self.recorded.setdefault(b["digest"], e["index"])
        elif kind == "correction.noted":
            need(b["index"] < e["index"], "the correction is of a later entry")
        elif kind in WATCHING:
            WATCHING[kind](self, e, b)

    def adopting(self, e: Any, b: Any) -> None:
        """Sign a charter; it is in force once more than half of the board has signed the same one."""
        need(sha256(canonical(b["charter"])).hex() == b["digest"], "the charter has another digest")
        need(e["actor"] in self.board(), f"{e['actor']} is not on the board")
        for tier in b["charter"]["tiers"].values():
            fair = tier["quorum"] >= 2 and not more_than(1, 2, tier["majority"]) and more_than(1, 1, tier["majority"])
            spans = (tier["quorum"], tier["voting_days"], tier["validity_months"], tier["retention_years"])
            need(fair and max(spans) <= 1000, "the charter asks for too little, or for more than 1000")
        signed = self.signed.setdefault(b["digest"], set())
        signed.add(e["actor"])
        if 2 * len(signed & set(self.board())) > len(self.board()):
            self.charter = b
            self.signed = {}

    def registering(self, e: Any, b: Any) -> None:
        """Put a case: it is a draft."""
        need(b["case"] == e["case"] and b["case"] not in self.cases, "the case has another id, or exists already")
        need(self.models >= set(b["models"]), "a model of the case is not registered")
        self.cases[b["case"]] = SimpleNamespace(
            body=b,
            named=[named("model", digest) for digest in b["models"]],
            shown=[],
            status="draft",
            bundle="",
            version=0,
            round=0,
            interested={b["owner"], b["developer"], b["sponsor"]},
            used=set(),
            decided=None,
            deciders=set(),
            waived="",
            **{name: {} for name in EMPTY},
        )

    def freezing(self, c: Any, _kind: str, e: Any, b: Any) -> None:
        """Freeze evidence: what the board looks at from now on."""
        need(self.charter, "no charter is in force")
        tier = self.charter["charter"]["tiers"].get(c.body["risk_tier"])
        need(tier, "the charter has no rules for the case's risk tier")
        need(c.status in ("draft", "ready", "in_review"), f"evidence is frozen while the case is {c.status}")
        mine = sha256(canonical({name: value for name, value in b.items() if name != "bundle"})).hex()
        need(b["version"] == c.version + 1 and b["bundle"] == mine, "the version or the bundle digest is wrong")
        for item in b["evidence"]:
            known = self.evidence.get(item["digest"], {})
            need(all(known.get(name) == item[name] for name in item), "evidence in the bundle was never recorded")
            need(known["model"] in (None, *c.body["models"]), "evidence is about a model that the case does not name")
            need(self.datasets >= set(known["data"]), "evidence is about a table that was never registered")
        absent = {item["id"] for item in b["not_applicable"]}
        free = {e["actor"]} - c.interested
        need(all(item["by"] in free for item in b["waivers"]), "a waiver is not by the actor, or by an interested one")
        need(free or not absent, "evidence is left out by somebody with an interest")
        shown = {item["method"] for item in b["evidence"]}
        need(shown | absent >= set(tier["required_evidence"]), "evidence that the charter requires is missing")
        live = {item["id"] for item in b["waivers"] if item["expires"] > e["time"]}
        failed = [item for item in b["requirements"] if item["outcome"] != "met"]
        stopped = {item["id"] for item in failed if item["severity"] == "freezing"}
        need(stopped <= live, "a requirement without which nothing is frozen is neither met nor waived")
        c.waived = min([item["expires"] for item in b["waivers"]], default="")
        c.status = c.status.replace("draft", "ready")
        self.frozen.append((e["index"], c.body["models"], b))
        c.shown = [named(item["method"], item["digest"]) for item in b["evidence"]]
        c.bundle, c.version, c.votes, c.policy = mine, b["version"], {}, b["policy_digest"]

    def opening(self, c: Any, _kind: str, e: Any, b: Any) -> None:
        """Open a round of voting under the charter in force."""
        need(self.charter, "no charter is in force")
        tier = self.charter["charter"]["tiers"].get(c.body["risk_tier"])
        need(tier, "the charter has no rules for the case's risk tier")
        roles = {seat["member"]: seat["roles"] for seat in b["roster"]}
        need(c.status in DECIDED | {"ready"}, f"a review is opened while the case is {c.status}")
        need(roles == self.board() and len(roles) == len(b["roster"]), "the roster is not the whole board as it is now")
        recused = sorted(item["member"] for item in b["recused"])
        need(recused == sorted(c.interested & set(roles)), "owner, developer or sponsor is not recused, or twice")
        need(could_decide(roles, recused, tier), "those who may vote reach no quorum, or lack a required role")
        own = all(b[name] == tier[name] for name in ("quorum", "majority", "required_roles"))
        need(own, "the rules are not the charter's")
        same = b["charter_digest"] == self.charter["digest"] and b["bundle"] == c.bundle
        need(same, "it names another charter or evidence")
        due = days_later(e["time"], tier["voting_days"])
        need(b["round"] == c.round + 1, "the round is wrong")
        need(b["deadline"] == due, f"the deadline is not {due}, as the charter asks")
        need(c.status == "ready" or b["trigger"], "a re-review gives no reason")
        c.status, c.round, c.review = "in_review", b["round"], b
        c.tier, c.roles = tier, roles
        c.__dict__.update(conflicts={}, votes={}, comments={}, conditions={}, appeal={})

    def acting(self, c: Any, kind: str, e: Any, b: Any) -> None:
        """Declare a conflict, comment, vote: by members with a seat, before the close."""
        who = e["actor"]
        need(c.status == "in_review" and may_vote(c, who), f"{who} has no seat in an open review, or has stepped aside")
        need(kind.startswith("comment") or e["time"] <= c.review["deadline"], "voting was closed")
        if kind == "conflict.declared":
            need(b["member"] == who, "it is somebody else's declaration")
            c.conflicts[who] = b["conflict"]
        elif kind == "vote.cast":
            self.voting(c, e, b)
        elif kind == "comment.added":
            need(b["reply_to"] is None or b["reply_to"] in c.comments, "it answers a comment that is not there")
            use_once(c, f"comment {b['comment']}")
            c.comments[b["comment"]] = (who, b["blocking"], True)
        else:
            need(
                b["comment"] in c.comments and c.comments[b["comment"]][2],
                "there is no such comment, or it is resolved",
            )
            author, _, _ = c.comments[b["comment"]]
            need(author == who or "chair" in c.roles[who], "neither its author nor the chair resolved the comment")
            c.comments[b["comment"]] = (author, False, False)

    def voting(self, c: Any, e: Any, b: Any) -> None:
        """Cast a vote; a later one of the same member takes its place."""
        who = e["actor"]
        need(c.conflicts.get(who) is False, "no conflict declaration came before the vote")
        need((b["bundle"], b["round"]) == (c.bundle, c.round), "the vote is about other evidence or another round")
        need(b["vote"] == "approve" or b["rationale"], "the vote gives no reason")
        need(b["meaning"] == MEANINGS[b["vote"]], "the meaning of the signature is not that of the vote")
        need(
            bool(b["conditions"]) == (b["vote"] == "approve_with_conditions"), "the vote and its conditions do not fit"
        )
        ids = [f"condition {item['id']}" for item in b["conditions"]]
        others = {f"condition {item['id']}" for name, (_, vote) in c.votes.items() if name != who
                  for item in vote["conditions"]}  # fmt: skip
        need(len(set(ids)) == len(ids) and not set(ids) & (others | c.used), "the id of a condition is used twice")
        need(all(item["due"] > e["time"] for item in b["conditions"]), "a condition is due before the vote")
        self.printed.append((e["index"], b["name"]["sha256"], self.names[who]))
        c.votes[who] = (e["index"], b)

    def deciding(self, c: Any, _kind: str, e: Any, b: Any) -> None:
        """Record a decision: every number and name in it is recomputed from the votes in force."""
        who = e["actor"]
        self.decisions += 1
        if b["outcome"] == "retired":
            need("chair" in self.members.get(who, ()), f"{who} cannot retire a case")
            last = {**c.decision, "outcome": "retired", "rationale": b["rationale"]}
            need(c.decision and b == last, "a retirement repeats the last decision, but for outcome and reason")
            c.status = "retired"
            c.decided = e["index"]
            return
        need(c.status == "in_review" and enough(c), "there is no open review with a quorum and the required roles")
        need(not any(blocking for _, blocking, _ in c.comments.values()), "a blocking comment was open")
        need(who == "service" or (may_vote(c, who) and "chair" in c.roles[who]), f"{who} does not chair the review")
        self.worded += [e["index"]] if who == "service" else []
        votes = in_force(c)
        count = {kind: sum(vote["vote"] == kind for _, _, vote in votes) for kind in KINDS}
        outcome = outcome_of(count, c.review["majority"])
        need(b["tally"] == count and b["outcome"] == outcome, f"the votes are {count} and lead to {outcome!r}")
        dissent = [{"member": name, "index": at, "vote": vote["vote"], "rationale": vote["rationale"]}
                   for at, name, vote in votes if vote["vote"] in AGAINST[outcome]]  # fmt: skip
        need(b["dissent"] == dissent, "the dissent is not carried over word for word")
        current = {**c.review, "bundle": c.bundle}
        rules = ("round", "bundle", "quorum", "charter_digest")
        need(all(b[name] == current[name] for name in rules), "round, evidence or charter differ")
        asked = [item for _, _, vote in votes for item in vote["conditions"]] if outcome == "conditional" else []
        kept = all(item in b["conditions"] for item in asked) and bool(b["conditions"]) == bool(asked)
        need(kept, "conditions were lost or added")
        need(all(item["due"] > e["time"] for item in b["conditions"]), "a condition is due before the decision")
        use_once(c, *(f"condition {item['id']}" for item in b["conditions"]))
        check_lasting(c, e, b)
        c.status = outcome
        c.decision = b
        c.decided = e["index"]
        c.deciders = {name for _, name, _ in votes}
        c.appeal = {}
        c.conditions = {item["id"]: {**item, "submitted": set(), "accepted": ""} for item in b["conditions"]}

    def fulfilling(self, c: Any, kind: str, e: Any, b: Any) -> None:
        """Conditions: submitted, accepted by somebody else, or overdue."""
        who = e["actor"]
        found = c.conditions.get(b["condition"])
        need(c.status in APPROVAL and found and not found["accepted"], "there is no such open condition")
        need(kind == "condition.overdue" or b["by"] == who, "it is done in somebody else's name")
        if kind == "condition.overdue":
            need(found["due"] < e["time"], "the condition is not overdue")
            c.status = "suspended"
        elif kind == "condition.submitted":
            need(set(b["evidence"]) <= set(self.evidence), "evidence that is shown was never recorded")
            found["submitted"].add(who)
        else:
            need(
                found["submitted"] - {who} == found["submitted"] != set(), "it was not submitted, or by the same person"
            )
            need(may_vote(c, who), f"{who} has no vote in this case, or has stepped aside")
            found["accepted"] = who
            waiting = [item for item in c.conditions.values() if item["blocking"] and not item["accepted"]]
            c.status = c.status if waiting else "approved"

    def ending(self, c: Any, kind: str, e: Any, b: Any) -> None:
        """Rounds that nobody finished, and approvals at their end."""
        if kind == "review.expired":
            over = c.status == "in_review" and e["time"] > c.review["deadline"] and not enough(c)
            need(over and b["round"] == c.round, "the review had not expired, or it is another round")
            c.status = "deferred"
        else:
            over = c.status in APPROVAL and e["time"] >= end_of(c)
            need(over and b["round"] == c.decision["round"], "the approval had not expired, or it is another round")
            c.status = "suspended"

    def appealing(self, c: Any, _kind: str, e: Any, b: Any) -> None:
        """Ask others to look at a decision again."""
        need(c.status in DECIDED and c.decision and not c.appeal, "there is nothing to appeal, or an appeal is open")
        need(c.decision["round"] == c.round, "no decision was recorded in the latest round")
        need(b["by"] == e["actor"], "it is done in somebody else's name")
        use_once(c, f"appeal {b['appeal']}")
        c.appeal = {"appeal": b["appeal"], "signed": {}}

    def ruling(self, c: Any, _kind: str, e: Any, b: Any) -> None:
        """Sign a ruling on an appeal; it holds once more than half of the panel have signed the same one."""
        known = c.status in DECIDED and c.appeal and c.appeal["appeal"] == b["appeal"]
        need(known, "there is no such appeal")
        aside = {who for who, conflict in c.conflicts.items() if conflict}
        free = set(self.board()) - c.deciders - c.interested - aside
        need(len(free) >= 2 and set(b["panel"]) == free, "the panel is not everybody who may sit on it, or too small")
        signed = c.appeal["signed"]
        need(e["actor"] in free and signed.get(e["actor"]) != b, "not on the panel, or the same words again")
        within(c, e, b)
        signed[e["actor"]] = b
        agreed = sum(words == b for words in signed.values())
        if agreed >= 2 and 2 * agreed > len(free):
            c.status = b["outcome"]
            c.appeal = {}


EDITIONS: dict[int, type[Board]] = {1: Board}
"""Every edition of the rules that this verifier knows, by its number."""


def board_of(edition: int, before: Board | None = None) -> Board:
    """Return what the entries add up to, judged by an edition of the rules from now on."""
    if edition not in EDITIONS:
        raise Newer(f"it follows edition {edition} of the rules, which is newer than this verifier: take a newer one")
    return EDITIONS[edition](before)
