"""Whatever a board does, in whatever order: the rules hold, and the verifier, which shares no code with them, agrees."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from governance.errors import RuleError
from governance.review import events, expiry
from governance.review.machine import replay
from tests.dossier.ledger import book, check
from tests.review.board import MODEL, condition, registered, text

PEOPLE = st.sampled_from(["ada", "ben", "cleo", "dan", "olga", "eve", "fay"])
KINDS = st.sampled_from(["approve", "approve_with_conditions", "reject", "abstain"])


class Board(RuleBasedStateMachine):
    """Members, the clock and the service act at random; what the rules refuse changes nothing."""

    @initialize()
    def begin(self) -> None:
        self.room = registered()
        self.room.freeze()
        self.room.open()
        self.count = 0

    def attempt(self, act: object, *arguments: object, **more: object) -> None:
        before = self.room.state
        try:
            act(*arguments, **more)  # type: ignore[operator]
        except (RuleError, AssertionError):
            assert self.room.state is before or self.room.state.next_index == len(self.room.entries)

    @rule(who=PEOPLE, kind=KINDS)
    def vote(self, who: str, kind: str) -> None:
        self.count += 1
        asked = (condition(f"{who}-{self.count}"),) if kind == "approve_with_conditions" else ()
        self.attempt(self.room.vote, who, kind, *asked)

    @rule(kind=KINDS)
    def everybody_votes(self, kind: str) -> None:
        for who in ("ada", "ben", "cleo"):
            self.vote(who, kind)

    @rule(who=PEOPLE, conflict=st.booleans())
    def declare(self, who: str, conflict: bool) -> None:
        self.attempt(self.room.do, who, events.ConflictDeclared(who, conflict=conflict))

    @rule(who=PEOPLE, blocking=st.booleans())
    def comment(self, who: str, blocking: bool) -> None:
        self.count += 1
        self.attempt(self.room.do, who, events.CommentAdded(f"c{self.count}", "", blocking=blocking, text=text("x")))

    @rule(who=PEOPLE)
    def resolve(self, who: str) -> None:
        for name in list(self.room.case.comments):
            self.attempt(self.room.do, who, events.CommentResolved(name, text("x")))

    @rule(who=st.sampled_from(["ada", "service", "ben", "olga"]))
    def decide(self, who: str) -> None:
        self.attempt(self.room.decide, who)

    @rule(outcome=st.sampled_from(["approved", "rejected", "conditional", "deferred"]))
    def forge(self, outcome: str) -> None:
        from dataclasses import replace

        if self.room.case.decision is not None:
            self.attempt(self.room.do, "service", replace(self.room.case.decision, outcome=outcome))

    @rule()
    def freeze(self) -> None:
        self.attempt(self.room.freeze)

    @rule()
    def open_again(self) -> None:
        self.attempt(self.room.open, text("again"))

    @rule(who=PEOPLE)
    def join(self, who: str) -> None:
        if who not in self.room.state.members and who in ("eve", "fay") and f"{who}!" not in self.room.__dict__:
            self.room.__dict__[f"{who}!"] = True
            self.attempt(self.room.join, who, ("member",))

    @rule(who=PEOPLE, other=PEOPLE)
    def fulfil(self, who: str, other: str) -> None:
        for name in list(self.room.case.conditions):
            self.attempt(self.room.do, who, events.ConditionSubmitted(name, who, (), text("x")))
            self.attempt(self.room.do, other, events.ConditionAccepted(name, other))

    @rule(days=st.sampled_from([1, 20, 200, 400]))
    def wait(self, days: int) -> None:
        from tests.review.board import time

        self.room.day += days
        for case, body in expiry.caused_by_time(self.room.state, time(self.room.day)):
            self.room.do("service", body, case)

    @rule(
        who=st.sampled_from(["service", "olga", "eve"]), state=st.sampled_from(["observed", "confirmed", "overridden"])
    )
    def alert(self, who: str, state: str) -> None:
        self.count += 1
        self.attempt(self.room.do, who, events.MonitoringAlert(f"a{self.count}", MODEL, "psi", state), None)

    @rule(who=PEOPLE)
    def appeal(self, who: str) -> None:
        self.count += 1
        self.attempt(self.room.do, who, events.AppealFiled(f"p{self.count}", who, text("x")))

    @rule(outcome=st.sampled_from(["approved", "rejected"]), panel=st.sets(PEOPLE, min_size=1, max_size=3))
    def rule_on_appeal(self, outcome: str, panel: set[str]) -> None:
        if self.room.case.appeal is not None:
            seats = tuple(sorted(panel))
            for who in seats:
                body = events.AppealDecided(self.room.case.appeal.body.appeal, seats, outcome, text("x"))
                self.attempt(self.room.do, who, body)
                if self.room.case.appeal is None:
                    break

    @invariant()
    def an_approval_rests_on_two_people_who_are_not_the_owner(self) -> None:
        if hasattr(self, "room") and self.room.case.status in ("approved", "conditional"):
            assert len(self.room.case.approvers - {"olga"}) >= 2
            assert "olga" not in self.room.case.approvers

    def teardown(self) -> None:
        if not hasattr(self, "room"):
            return
        assert replay(self.room.entries) == self.room.state
        with tempfile.TemporaryDirectory() as folder:
            answer = check(book(self.room.entries).files(), Path(folder))
        assert answer["valid"], (answer["first_bad"], answer["reason"])
        assert answer["cases"] == {"credit": self.room.case.status}


Board.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestBoard = Board.TestCase
