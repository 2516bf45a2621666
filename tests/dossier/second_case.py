"""One case as a second verifier holds it. Written from `docs/record-format.md` alone."""

from typing import Any

from tests.dossier.second_shapes import need


class Case:
    """One case: its state and what of its round counts."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        self.state = "draft"
        self.interested = {body["owner"], body["developer"], body["sponsor"]} - {""}
        self.version = self.round = 0
        self.frozen: dict[str, Any] | None = None
        self.opened: dict[str, Any] = {}
        self.decision: dict[str, Any] | None = None
        self.ids: dict[str, set[str]] = {"comment": set(), "condition": set(), "appeal": set()}
        self.open: dict[str, dict[str, Any]] = {}
        self.submitted: dict[str, set[str]] = {}
        self.appeal: str | None = None
        self.rulings: dict[str, dict[str, Any]] = {}
        self.tier: dict[str, Any] = {}
        self.deciders: set[str] = set()
        self.start()

    def start(self) -> None:
        """Forget what belongs to earlier rounds."""
        self.conflicts: set[str] = set()
        self.cleared: set[str] = set()
        self.votes: dict[str, tuple[int, dict[str, Any]]] = {}
        self.comments: dict[str, tuple[str, bool, bool]] = {}
        self.open, self.submitted, self.appeal, self.rulings = {}, {}, None, {}

    def seats(self) -> dict[str, set[str]]:
        """The roster of the round."""
        return {seat["member"]: set(seat["roles"]) for seat in self.opened.get("roster", [])}

    def acts(self, actor: str) -> None:
        """Whether the actor may act in the round."""
        need(actor in self.seats(), f"{actor} is not on the roster")
        need(actor not in self.interested, f"{actor} is interested")
        need(actor not in self.conflicts, f"{actor} has declared a conflict")

    def in_force(self) -> dict[str, tuple[int, dict[str, Any]]]:
        """The votes that count."""
        return {member: vote for member, vote in self.votes.items() if member not in self.conflicts}

    def end(self) -> str:
        """When the decision ends, or the first waiver under it."""
        waivers = [waiver["expires"] for waiver in (self.frozen or {})["waivers"]]
        return min([(self.decision or {})["expires_at"], *waivers])

    def missing(self) -> bool:
        """Whether the quorum or a required role is missing."""
        votes, seats = self.in_force(), self.seats()
        heard = set[str]().union(*(seats[member] for member, (_, vote) in votes.items() if vote["vote"] != "abstain"))
        return len(votes) < self.opened["quorum"] or not set(self.opened["required_roles"]) <= heard
