"""The rules of the board as a second verifier holds them. Written from `docs/record-format.md` alone, not from the product's code."""

import calendar
import re
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.dossier.second_case import Case
from tests.dossier.second_shapes import MEANINGS, canonical, check, digest, need

BOARD = {"chair", "validator", "lay", "member"}
DECIDED = {"approved", "conditional", "rejected", "deferred", "suspended"}
AGAINST = {
    "approved": {"approve_with_conditions", "reject"},
    "conditional": {"reject"},
    "rejected": {"approve", "approve_with_conditions"},
    "deferred": set[str](),
}
REMEDY = re.compile(r"(?:recalibrate|retrain|stop|ignore_until (\S+)|roll_back (\S+))")


def later(time: str, *, months: int) -> str:
    """The same time of day so many months later, on the last day where there is no such day."""
    moment = datetime.fromisoformat(time)
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return f"{year:04d}-{month + 1:02d}-{day:02d}{time[10:]}"


class Board:
    """Members, charter, registrations and cases at one place of the ledger."""

    def __init__(self) -> None:
        self.members: dict[str, list[str]] = {}
        self.signed: dict[str, set[str]] = {}
        self.charter: dict[str, Any] | None = None
        self.charter_digest = ""
        self.norms: str | None = None
        self.for_norms: dict[str, set[str]] = {}
        self.accusing: list[tuple[int, str, str]] = []
        """Index, evidence and norms in force of each alert that accuses."""
        self.policies: dict[str, str] = {}
        """Case -> policy of its frozen evidence."""
        self.alone: list[tuple[str, str]] = []
        """Rule of an alert that the service confirmed, and the policy of each case that this suspended."""
        self.stands: dict[str, tuple[str, str, str]] = {}
        """Alert -> its model, how it stands, and until when nobody is to hear of it."""
        self.challenges: list[tuple[str, str]] = []
        """Model and challenge of each attestation that was begun."""
        self.told_by: dict[str, set[str]] = {}
        """Evidence of an attestation -> challenges of its model that were named before it was first recorded."""
        self.differing: list[tuple[str, set[str]]] = []
        """Evidence of an alert `served` that the service confirmed, and those challenges."""
        self.models: set[str] = set()
        self.tables: set[str] = set()
        self.evidence: dict[str, list[dict[str, Any]]] = {}
        self.cases: dict[str, Case] = {}
        self.running: dict[str, str] = {}
        self.stopped: set[str] = set()

    def board(self) -> dict[str, list[str]]:
        """Current members with a role of the board."""
        return {member: roles for member, roles in self.members.items() if BOARD & set(roles)}

    def tier(self, case: Case) -> dict[str, Any]:
        """The tier of a case under the charter in force."""
        tiers = (self.charter or {"tiers": {}})["tiers"]
        need(case.body["risk_tier"] in tiers, "no charter in force has the tier of the case")
        found: dict[str, Any] = tiers[case.body["risk_tier"]]
        return found

    def take(self, entry: dict[str, Any], *, own: bool) -> None:
        """Hold an entry against the rules, then let it count; `own` says that a member's own key signed."""
        name, body, named = entry["type"], entry["body"], entry["case"]
        rule = getattr(self, name.replace(".", "_"), None)
        on_case = getattr(self, "case_" + name.replace(".", "_"), None)
        if on_case is not None:
            need(named in self.cases, "no such case")
            case = self.cases[named]
            need(case.state != "retired", "the case is retired")
            on_case(case, entry, own=own)
        elif name == "case.registered":
            need(named == body["case"] and named not in self.cases, "the id of the case")
            need(set(body["models"]) <= self.models, "a model is not registered")
            self.cases[named] = Case(body)
        elif name == "export.made":
            need((body["kind"] == "case") == (named is not None) and body["case"] == named, "the case of the export")
            need(named is None or named in self.cases, "no such case")
            need(body["size"] <= entry["index"], "the size of the export")
        else:
            need(named is None, "an entry without a case names one")
            if rule is not None:
                rule(entry)

    def member_added(self, entry: dict[str, Any]) -> None:
        """A new member, or new roles."""
        need(entry["body"]["member"] not in {"service", "root"}, "a reserved id")
        self.members[entry["body"]["member"]] = entry["body"]["roles"]

    def member_removed(self, entry: dict[str, Any]) -> None:
        """A member goes."""
        need(self.members.pop(entry["body"]["member"], None) is not None, "no such member")

    def charter_adopted(self, entry: dict[str, Any]) -> None:
        """A signature under a charter."""
        body, actor, board = entry["body"], entry["actor"], self.board()
        need(actor in board, "the signer is not on the board")
        need(body["digest"] == digest(canonical(body["charter"])), "the digest of the charter")
        for tier in body["charter"]["tiers"].values():
            need(tier["quorum"] >= 2 and Fraction(1, 2) <= Fraction(tier["majority"]) < 1, "quorum or majority")
            need(
                all(tier[number] <= 1000 for number in ("quorum", "voting_days", "validity_months", "retention_years")),
                "a number above 1,000",
            )
        signers = self.signed.setdefault(body["digest"], set())
        signers.add(actor)
        if 2 * len(signers & set(board)) > len(board):
            self.charter, self.charter_digest, self.signed = body["charter"], body["digest"], {}

    def norms_adopted(self, entry: dict[str, Any]) -> None:
        """A signature under norms."""
        body, board = entry["body"], self.board()
        need(entry["actor"] in board, "the signer is not on the board")
        need(body["supersedes"] == self.norms and body["digest"] != self.norms, "the norms in force")
        signers = self.for_norms.setdefault(body["digest"], set())
        signers.add(entry["actor"])
        if 2 * len(signers & set(board)) > len(board):
            self.norms, self.for_norms = body["digest"], {}

    def model_registered(self, entry: dict[str, Any]) -> None:
        """A model is known."""
        need(entry["body"]["digest"] not in self.models, "a model that is registered already")
        self.models.add(entry["body"]["digest"])

    def dataset_registered(self, entry: dict[str, Any]) -> None:
        """A table is known."""
        need(entry["body"]["digest"] not in self.tables, "a table that is registered already")
        self.tables.add(entry["body"]["digest"])

    def evidence_recorded(self, entry: dict[str, Any]) -> None:
        """A piece of evidence is known."""
        need(entry["body"]["rows_used"] <= entry["body"]["rows_total"], "more rows used than there are")
        if entry["body"]["digest"] not in self.evidence and entry["body"]["method"] == "serving.attest":
            before = {rows for model, rows in self.challenges if model == entry["body"]["model"]}
            self.told_by[entry["body"]["digest"]] = before
        known = self.evidence.setdefault(entry["body"]["digest"], [])
        need(not known or known == [entry["body"]], "recorded again with other words")
        self.evidence[entry["body"]["digest"]] = [entry["body"]]

    def deployment_registered(self, entry: dict[str, Any]) -> None:
        """A model is served somewhere."""
        name = entry["body"]["deployment"]
        need(entry["body"]["model"] in self.models, "the model of the deployment is not registered")
        need(name not in self.running and name not in self.stopped, "a deployment of that id was there before")
        self.running[name] = entry["body"]["model"]

    def deployment_ended(self, entry: dict[str, Any]) -> None:
        """It is served there no more."""
        name = entry["body"]["deployment"]
        need(name in self.running, "no such deployment")
        del self.running[name]
        self.stopped.add(name)

    def attestation_begun(self, entry: dict[str, Any]) -> None:
        """Rows are named before they are asked."""
        need(entry["body"]["deployment"] in self.running, "an attestation of no deployment")
        self.challenges.append((self.running[entry["body"]["deployment"]], entry["body"]["challenge"]))

    def correction_noted(self, entry: dict[str, Any]) -> None:
        """A remark on an earlier entry."""
        need(entry["body"]["index"] < entry["index"], "the entry that is corrected is not earlier")

    def monitoring_alert(self, entry: dict[str, Any]) -> None:
        """An alert about a model."""
        body = entry["body"]
        need(body["model"] in self.models, "the model of the alert is not registered")
        by_member = entry["actor"] != "service"
        need(by_member or body["state"] not in {"overridden", "acted"}, "only a member puts an alert aside or acts")
        self._stands(entry["time"], body)
        if body["state"] == "acted":
            remedy = REMEDY.fullmatch(body["rule"])
            need(remedy, "no such remedy")
            if remedy and remedy[1]:
                check(remedy[1], "time", "ignore_until")
            if remedy and remedy[2]:
                check(remedy[2], "digest", "roll_back")
        rests = [
            item
            for item in self.evidence.get(body["evidence"], [])
            if item["model"] == body["model"] and item["outcome"] == "assessed"
        ]
        said = body["state"] in {"observed", "impact_estimated", "confirmed"}
        if said and body["rule"].startswith("norm:") and self.norms is not None:
            need(
                [item for item in rests if item["method"] == "fairness.norms"], "an alert that accuses without evidence"
            )
            self.accusing.append((entry["index"], body["evidence"], self.norms))
        if not by_member and body["state"] == "confirmed":
            need(rests, "a confirmation by the service without evidence")
            if body["rule"] == "served":
                need(rests[0]["method"] == "serving.attest", "a server's answers without evidence")
                self.differing.append((body["evidence"], self.told_by[body["evidence"]]))
        for case in self.cases.values():
            if (
                body["state"] == "confirmed"
                and body["model"] in case.body["models"]
                and case.state in {"approved", "conditional"}
            ):
                case.state = "suspended"
                if entry["actor"] == "service":
                    self.alone.append((body["rule"], self.policies[case.body["case"]]))

    def _stands(self, now: str, body: dict[str, Any]) -> None:
        """How an alert stands after an entry."""
        model, stood, silent = self.stands.get(body["alert"], (body["model"], "observed", ""))
        need(model == body["model"], "an alert about another model")
        state = body["state"]
        if state == "observed":
            anew = stood == "overridden" or (stood == "acted" and not silent > now)
            self.stands[body["alert"]] = (model, "observed", "") if anew else (model, stood, silent)
            return
        early = {"observed", "impact_estimated"}
        before = {"overridden": early, "acted": {"confirmed"}}.get(state, early | {"overridden"})
        need(stood in before, f"an alert that stands as {stood} does not become {state}")
        end = body["rule"].partition(" ")[2] if state == "acted" and body["rule"].startswith("ignore_until") else ""
        self.stands[body["alert"]] = (model, state, end)

    def case_evidence_frozen(self, case: Case, entry: dict[str, Any], *, own: bool) -> None:
        """The evidence that the board will look at."""
        body, actor = entry["body"], entry["actor"]
        self.policies[entry["case"]] = body["policy_digest"]
        need(case.state in {"draft", "ready", "in review"}, f"freezing in {case.state}")
        need(body["version"] == case.version + 1, "the version")
        need(
            body["bundle"] == digest(canonical({name: value for name, value in body.items() if name != "bundle"})),
            "the bundle",
        )
        for item in body["evidence"]:
            need(
                any(self._fits(known, item, case) for known in self.evidence.get(item["digest"], [])),
                "an item was not recorded so",
            )
        there = {item["method"] for item in body["evidence"]} | {absence["id"] for absence in body["not_applicable"]}
        need(set(self.tier(case)["required_evidence"]) <= there, "required evidence is missing")
        if body["waivers"] or body["not_applicable"]:
            need(own and actor not in case.interested, "who signs waivers")
        need(all(waiver["by"] == actor for waiver in body["waivers"]), "a waiver by somebody else")
        waived = {waiver["id"] for waiver in body["waivers"] if waiver["expires"] > entry["time"]}
        for requirement in body["requirements"]:
            need(
                requirement["severity"] != "freezing" or requirement["outcome"] == "met" or requirement["id"] in waived,
                "a freezing requirement",
            )
        case.version, case.frozen, case.votes = body["version"], body, {}
        case.state = "ready" if case.state == "draft" else case.state

    def _fits(self, known: dict[str, Any], item: dict[str, Any], case: Case) -> bool:
        about = known["model"] is None or known["model"] in case.body["models"]
        return (
            known["key"] == item["key"]
            and known["method"] == item["method"]
            and about
            and set(known["data"]) <= self.tables
        )

    def case_review_opened(self, case: Case, entry: dict[str, Any], *, own: bool) -> None:
        """A round begins."""
        body, board, tier = entry["body"], self.board(), self.tier(case)
        need(
            case.state == "ready" or (case.state in DECIDED and body["trigger"] is not None), f"opening in {case.state}"
        )
        seats = sorted((seat["member"], seat["roles"]) for seat in body["roster"])
        need(seats == sorted(board.items()), "the roster is not the board")
        need(
            sorted(item["member"] for item in body["recused"]) == sorted(case.interested & board.keys()), "the recused"
        )
        need(all(body[name] == tier[name] for name in ("quorum", "majority", "required_roles")), "not the tier's rules")
        free = {member: roles for member, roles in board.items() if member not in case.interested}
        need(len(free) >= tier["quorum"], "a quorum that nobody can reach")
        need(
            set(tier["required_roles"]) <= {role for roles in free.values() for role in roles}, "a role that is missing"
        )
        need(body["charter_digest"] == self.charter_digest, "not the charter in force")
        moment = datetime.fromisoformat(entry["time"]) + timedelta(days=tier["voting_days"])
        need(body["deadline"] == moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "the deadline")
        need(
            case.frozen and body["bundle"] == case.frozen["bundle"] and body["round"] == case.round + 1,
            "bundle or round",
        )
        case.start()
        case.state, case.round, case.opened, case.tier = "in review", body["round"], body, tier

    def case_conflict_declared(self, case: Case, entry: dict[str, Any], *, own: bool) -> None:
        """A member says whether there is a conflict."""
        body, actor = entry["body"], entry["actor"]
        self._voting(case, entry)
        need(body["member"] == actor, "a declaration about somebody else")
        (case.conflicts if body["conflict"] else case.cleared).add(actor)

    def _voting(self, case: Case, entry: dict[str, Any]) -> None:
        need(case.state == "in review", "no review")
        case.acts(entry["actor"])
        need(entry["time"] <= case.opened["deadline"], "after the deadline")

    def case_vote_cast(self, case: Case, entry: dict[str, Any], *, own: bool) -> None:
        """A vote."""
        body, actor = entry["body"], entry["actor"]
        self._voting(case, entry)
        need(actor in case.cleared, "no declaration before the vote")
        need(case.frozen and body["bundle"] == case.frozen["bundle"] and body["round"] == case.round, "bundle or round")
        need(body["rationale"] is not None or body["vote"] == "approve", "no reason")
        need(body["meaning"] == MEANINGS[body["vote"]], "the meaning")
        need(bool(body["conditions"]) == (body["vote"] == "approve_with_conditions"), "conditions")
        others = {
            item["id"] for member, (_, vote) in case.votes.items() if member != actor for item in vote["conditions"]
        }
        self._conditions(case, body["conditions"], after=entry["time"], taken=others)
        case.votes.pop(actor, None)
        case.votes[actor] = (entry["index"], body)

    def _conditions(self, case: Case, conditions: list[dict[str, Any]], *, after: str, taken: set[str]) -> None:
        ids = [item["id"] for item in conditions]
        need(
            len(set(ids)) == len(ids) and not set(ids) & (taken | case.ids["condition"]),
            "the id of a condition is used",
        )
        need(all(item["due"] > after for item in conditions), "a condition is due before")

    def case_comment_added(self, case: Case, entry: dict[str, Any], *, own: bool) -> None:
        """A remark."""
        body = entry["body"]
        need(case.state == "in review", "no review")
        case.acts(entry["actor"])
        need(body["comment"] not in case.ids["comment"], "the id of the comment is used")
        need(body["reply_to"] is None or body["reply_to"] in case.comments, "a reply to nothing")
        case.ids["comment"].add(body["comment"])
        case.comments[body["comment"]] = (entry["actor"], body["blocking"], True)

    def case_comment_resolved(self, case: Case, entry: dict[str, Any], *, own: bool) -> None:
        """A remark is answered."""
        named, actor = entry["body"]["comment"], entry["actor"]
        need(case.state == "in review", "no review")
        case.acts(actor)
        need(named in case.comments, "no such comment in the round")
        author, blocking, still = case.comments[named]
        need(still and (actor == author or "chair" in case.seats()[actor]), "who resolves, or twice")
        case.comments[named] = (author, blocking, False)

    def case_decision_recorded(self, case: Case, entry: dict[str, Any], *, own: bool) -> None:
        """The decision that the votes lead to, or the retirement."""
        body, actor = entry["body"], entry["actor"]
        if body["outcome"] == "retired":
            need("chair" in self.members.get(actor, []), "who retires")
            before = case.decision
            same = before and {**body, "outcome": "", "rationale": ""} == {**before, "outcome": "", "rationale": ""}
            need(same, "a retirement does not repeat the last decision")
            case.state = "retired"
            return
        need(case.state == "in review", "no review")
        if actor != "service":
            case.acts(actor)
            need("chair" in case.seats()[actor], "recorded by no chair")
        need(not case.missing(), "quorum or a required role")
        need(not any(blocking and still for _, blocking, still in case.comments.values()), "a blocking comment is open")
        self._outcome(case, body)
        self._dates(case, body, entry["time"])
        case.ids["condition"] |= {item["id"] for item in body["conditions"]}
        case.open = {item["id"]: item for item in body["conditions"]}
        case.state, case.decision, case.deciders = body["outcome"], body, set(case.in_force())

    def _outcome(self, case: Case, body: dict[str, Any]) -> None:
        votes = case.in_force()
        count = {name: sum(vote["vote"] == name for _, vote in votes.values()) for name in MEANINGS}
        a, c, r = count["approve"], count["approve_with_conditions"], count["reject"]
        majority, said = Fraction(case.opened["majority"]), max(a + c + r, 1)
        outcome = "rejected" if Fraction(r, said) > majority else "deferred"
        if a >= 2 and Fraction(a, said) > majority:
            outcome = "approved"
        elif a + c >= 2 and Fraction(a + c, said) > majority:
            outcome = "conditional"
        need(body["outcome"] == outcome and body["tally"] == count, "outcome or tally")
        for name in ("quorum", "round", "charter_digest"):
            need(body[name] == case.opened[name], f"{name} is not that of the round")
        need(case.frozen and body["bundle"] == case.frozen["bundle"], "the bundle")
        against = sorted(
            (index, member, vote) for member, (index, vote) in votes.items() if vote["vote"] in AGAINST[outcome]
        )
        wanted = [
            {"member": member, "index": index, "vote": vote["vote"], "rationale": vote["rationale"]}
            for index, member, vote in against
        ]
        need(body["dissent"] == wanted, "the dissent")
        asked = [item for _, vote in votes.values() for item in vote["conditions"]]
        need(not body["conditions"] or outcome == "conditional", "conditions of another outcome")
        need(
            outcome != "conditional" or all(item in body["conditions"] for item in asked),
            "a condition of a vote is missing",
        )

    def _dates(self, case: Case, body: dict[str, Any], time: str) -> None:
        tier = case.tier
        self._conditions(case, body["conditions"], after=time, taken=set())
        need(time <= body["valid_from"] <= later(time, months=3), "valid_from")
        need(
            body["valid_from"] < body["expires_at"] <= later(body["valid_from"], months=tier["validity_months"]),
            "expires_at",
        )
        need(
            body["retention_until"] >= later(body["valid_from"], months=12 * tier["retention_years"]), "retention_until"
        )
        ends = [waiver["expires"] for waiver in (case.frozen or {})["waivers"]]
        if ends and body["outcome"] in {"approved", "conditional"}:
            need(time < min(ends) and body["expires_at"] <= min(ends), "a waiver ends before")

    def case_review_expired(self, case: Case, entry: dict[str, Any], *, own: bool) -> None:
        """The round ends without a decision."""
        need(case.state == "in review" and entry["body"]["round"] == case.round, "no such round")
        need(
            entry["time"] > case.opened["deadline"] and case.missing(), "not after the deadline, or nothing is missing"
        )
        case.state = "deferred"

    def case_approval_expired(self, case: Case, entry: dict[str, Any], *, own: bool) -> None:
        """The approval ends."""
        need(case.state in {"approved", "conditional"} and case.decision, "nothing is approved")
        need(
            case.decision and entry["body"]["round"] == case.decision["round"] and entry["time"] >= case.end(),
            "too early",
        )
        case.state = "suspended"

    def _condition(self, case: Case, entry: dict[str, Any]) -> str:
        named: str = entry["body"]["condition"]
        need(case.state in {"approved", "conditional"} and named in case.open, "no such open condition")
        need(entry["body"].get("by", entry["actor"]) == entry["actor"], "by somebody else")
        return named

    def case_condition_submitted(self, case: Case, entry: dict[str, Any], *, own: bool) -> None:
        """Somebody says that a condition is fulfilled."""
        named = self._condition(case, entry)
        need(set(entry["body"]["evidence"]) <= self.evidence.keys(), "evidence that was not recorded")
        case.submitted.setdefault(named, set()).add(entry["actor"])

    def case_condition_accepted(self, case: Case, entry: dict[str, Any], *, own: bool) -> None:
        """The board says so too."""
        named, actor = self._condition(case, entry), entry["actor"]
        case.acts(actor)
        need(case.submitted.get(named) and actor not in case.submitted[named], "not submitted, or by the same member")
        del case.open[named]
        if not any(item["blocking"] for item in case.open.values()):
            case.state = "approved"

    def case_condition_overdue(self, case: Case, entry: dict[str, Any], *, own: bool) -> None:
        """A condition was not fulfilled in time."""
        named = self._condition(case, entry)
        need(entry["time"] > case.open[named]["due"], "not yet due")
        case.state = "suspended"

    def case_appeal_filed(self, case: Case, entry: dict[str, Any], *, own: bool) -> None:
        """A member asks for another look."""
        body = entry["body"]
        need(
            case.state in DECIDED and case.decision and case.decision["round"] == case.round and case.appeal is None,
            "nothing to appeal against, or an appeal is pending",
        )
        need(
            body["by"] == entry["actor"] and body["appeal"] not in case.ids["appeal"], "by somebody else, or a used id"
        )
        case.ids["appeal"].add(body["appeal"])
        case.appeal, case.rulings = body["appeal"], {}

    def case_appeal_decided(self, case: Case, entry: dict[str, Any], *, own: bool) -> None:
        """One signature under a ruling."""
        body, actor = entry["body"], entry["actor"]
        need(case.state in DECIDED and case.appeal == body["appeal"], "no such appeal")
        panel = self.board().keys() - case.interested - case.conflicts - case.deciders
        need(len(panel) > 1 and panel == set(body["panel"]), "the panel is another")
        need(actor in panel and case.rulings.get(actor) != body, "who signs, or the same words twice")
        blocking = {item["blocking"] for item in case.open.values()}
        if body["outcome"] in {"approved", "conditional"}:
            need(entry["time"] < case.end(), "what was decided has ended")
            need(all(item["due"] >= entry["time"] for item in case.open.values()), "a condition is overdue")
            need((True in blocking) is (body["outcome"] == "conditional"), "blocking conditions")
        case.rulings[actor] = body
        votes = list(case.rulings.values()).count(body)
        if votes > 1 and votes > len(panel) / 2:
            case.state, case.appeal = body["outcome"], None
