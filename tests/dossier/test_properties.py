"""Whatever a board does, in whatever order: the rules hold, and the verifier, which shares no code with them, agrees."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from governance.dossier.verify_ledger import Ledger, forged
from governance.evidence.errors import RuleError
from governance.review import appeal as appeals, decision, events, expiry
from governance.review.machine import replay
from governance.review.snapshot import from_lines, to_lines
from governance.review.state import BoardState, Entry
from tests.dossier.ledger import TRUST, Book, Signing, check, key_added, keyid, live_key, signed_live, signer_of
from tests.review.board import EVIDENCE, MODEL, condition, registered, text, time

PEOPLE = st.sampled_from(["ada", "ben", "cleo", "dan", "olga", "eve", "fay"])
RULINGS = st.sampled_from(["approved", "rejected", "conditional", "deferred"])
KINDS = st.sampled_from(["approve", "approve_with_conditions", "reject", "abstain"])


class Board(RuleBasedStateMachine):
    """Members, the clock and the service act at random; what the rules refuse changes nothing."""

    @initialize()
    def begin(self) -> None:
        self.room = registered()
        self.room.freeze()
        self.room.open()
        self.count = 0
        self.tried: Entry | None = None
        self.refused: list[tuple[list[Entry], Entry]] = []
        self.kept = (0, tuple(to_lines(BoardState())))
        self.verifier, self.signed = Ledger(TRUST, whole=True), Signing()
        do = self.room.do

        def noticed(actor: str, body: events.Body, case: str | None = "credit") -> BoardState:
            self.tried = Entry(self.room.state.next_index, time(self.room.day), case, actor, body)
            own = actor != "service" and signer_of(self.tried) == actor
            if own and live_key(self.room.entries, actor) is None:
                raise RuleError(f"{actor} has no live key.", "")  # what the storage says, which opens keys
            return do(actor, body, case)

        self.room.do = noticed  # type: ignore[method-assign]

    def attempt(self, act: object, *arguments: object, **more: object) -> None:
        before, self.tried = self.room.state, None
        try:
            act(*arguments, **more)  # type: ignore[operator]
        except (RuleError, AssertionError) as error:
            assert self.room.state is before or self.room.state.next_index == len(self.room.entries)
            if self.tried is not None and "Complete the board first" not in str(error):
                self.refused.append((list(self.room.entries), self.tried))

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

    @rule(who=PEOPLE, blocking=st.booleans())
    def comment_under_a_known_id(self, who: str, blocking: bool) -> None:
        for name in list(self.room.case.comments):
            self.attempt(self.room.do, who, events.CommentAdded(name, "", blocking=blocking, text=text("x")))

    @rule(who=PEOPLE)
    def vote_with_a_condition_of_another(self, who: str) -> None:
        known = [item for ballot in self.room.case.ballots.values() for item in ballot.body.conditions]
        known += [item.condition for item in self.room.case.conditions.values()]
        if known:
            self.attempt(self.room.vote, who, "approve_with_conditions", replace(known[0], blocking=False))

    @rule(who=PEOPLE, kind=KINDS, meaning=KINDS)
    def vote_with_a_meaning(self, who: str, kind: str, meaning: str) -> None:
        review = self.room.case.review
        asked = (condition(f"{who}-m{len(self.room.entries)}"),) if kind == "approve_with_conditions" else ()
        body = events.VoteCast(
            kind,  # type: ignore[arg-type]
            self.room.case.bundle, review.round if review else 1, text("r"), asked,
            events.MEANINGS[meaning], text(who),  # type: ignore[index]
        )  # fmt: skip
        self.attempt(self.room.do, who, body)

    @rule(who=st.sampled_from(["service", "ben", "olga"]), until=st.sampled_from([0, 30, 500]))
    def freeze_without_some_evidence(self, who: str, until: int) -> None:
        version = self.room.case.frozen.version + 1 if self.room.case.frozen else 1
        excused = (events.NotApplicable(EVIDENCE[2].method, text("no people")),)
        waived = (events.Waiver("auc", who, text("pilot"), time(self.room.day + until)),) if until else ()
        body = events.EvidenceFrozen(version, "0" * 64, EVIDENCE[:2], "c" * 64, (), excused, waived)
        self.attempt(self.room.do, who, events.frozen(body))

    @rule(days=st.sampled_from([-1, 0, 30, 80, 120]), kept=st.sampled_from([0, 1]))
    def decide_for_another_time(self, days: int, kept: int) -> None:
        try:
            body = self.room.draft()
        except RuleError:
            return
        begin = time(max(0, self.room.day + days))
        end, keep = body.expires_at, decision.months_later(begin, 12 * 10 + 12 * 5 * kept)
        self.attempt(self.room.do, "service", replace(body, valid_from=begin, expires_at=end, retention_until=keep))

    @rule(who=st.sampled_from(["ada", "ben", "service"]))
    def retire(self, who: str) -> None:
        last = self.room.case.decision
        if last is not None and self.count % 7 == 0:
            self.attempt(self.room.do, who, replace(last, outcome="retired"))

    @rule(ahead=st.sampled_from([-1, 0, 5]), size=st.sampled_from([1, 10, 1000]))
    def remark_and_export(self, ahead: int, size: int) -> None:
        self.attempt(self.room.do, "service", events.CorrectionNoted(len(self.room.entries) + ahead, text("x")), None)
        self.attempt(self.room.do, "service", events.ExportMade("case", "credit", size, "QQ==", 3))
        self.attempt(self.room.do, "service", events.ExportMade("ledger", None, size, "QQ==", 3), None)

    @rule(who=st.sampled_from(["dan", "cleo"]))
    def leave(self, who: str) -> None:
        if self.count % 5 == 0:
            self.attempt(self.room.do, "service", events.MemberRemoved(who, text("left")), None)

    @rule(other=PEOPLE)
    def submit_in_anothers_name(self, other: str) -> None:
        for name in list(self.room.case.conditions):
            self.attempt(self.room.do, "olga", events.ConditionSubmitted(name, other, (), text("x")))

    @rule(who=PEOPLE)
    def resolve(self, who: str) -> None:
        for name in list(self.room.case.comments):
            self.attempt(self.room.do, who, events.CommentResolved(name, text("x")))

    @rule(who=st.sampled_from(["ada", "service", "ben", "olga"]))
    def decide(self, who: str) -> None:
        self.attempt(self.room.decide, who)

    @rule(outcome=st.sampled_from(["approved", "rejected", "conditional", "deferred"]))
    def forge(self, outcome: str) -> None:
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

    @rule(outcome=RULINGS, panel=st.sets(PEOPLE, min_size=1, max_size=3))
    def rule_on_appeal_with_a_picked_panel(self, outcome: str, panel: set[str]) -> None:
        if self.room.case.appeal is not None:
            seats = tuple(sorted(panel))
            for who in seats:
                body = events.AppealDecided(self.room.case.appeal.body.appeal, seats, outcome, text("x"))  # type: ignore[arg-type]
                self.attempt(self.room.do, who, body)
                if self.room.case.appeal is None:
                    break

    @rule(outcome=RULINGS, words=st.sampled_from(["x", "y"]), signers=st.lists(PEOPLE, min_size=1, max_size=5))
    def rule_on_appeal(self, outcome: str, words: str, signers: list[str]) -> None:
        for who in signers:
            appeal, seats = self.room.case.appeal, appeals.panel(self.room.state, self.room.case)
            if appeal is not None and seats:
                body = events.AppealDecided(appeal.body.appeal, seats, outcome, text(words))  # type: ignore[arg-type]
                self.attempt(self.room.do, who, body)

    @rule(who=PEOPLE, fresh_key=st.booleans())
    def come_back(self, who: str, fresh_key: bool) -> None:
        """Leave and come back, with a new key or with the one that ended."""
        if self.count % 3 or who not in self.room.state.members:
            return
        self.attempt(self.room.do, "service", events.MemberRemoved(who, text("left")), None)
        self.attempt(self.room.do, "service", events.MemberAdded(who, text(who), ("member",)), None)
        if fresh_key:
            self.new_key(who)

    @rule(who=st.sampled_from(["dan", "cleo", "gus", "eve"]))
    def new_key(self, who: str) -> None:
        """A further key, or one for somebody who is no member."""
        name = f"{who}-{len(self.room.entries)}"
        self.attempt(self.room.do, "service", key_added(name, who, "member"), None)

    @rule(name=st.sampled_from(["root", "dan", "cleo", "gus"]))
    def revoke(self, name: str) -> None:
        if self.count % 4 == 0:
            self.attempt(self.room.do, "service", events.KeyRevoked(keyid(name), text("x")), None)

    @rule()
    def reopen(self) -> None:
        """Let the review lapse, then look at the case again."""
        if self.room.case.status == "in_review" and self.count % 3 == 0:
            self.wait(20)
        self.attempt(self.room.open, text("again"))

    @invariant()
    def an_approval_rests_on_two_people_who_are_not_the_owner(self) -> None:
        if hasattr(self, "room") and self.room.case.status in ("approved", "conditional"):
            assert len(self.room.case.approvers - {"olga"}) >= 2
            assert "olga" not in self.room.case.approvers

    @rule()
    def keep_a_snapshot(self) -> None:
        """Write down where the board stands: from now on every step goes on from here as well."""
        self.kept = (len(self.room.entries), tuple(to_lines(self.room.state)))

    @invariant()
    def a_snapshot_a_replay_and_the_verifier_agree(self) -> None:
        """On from the snapshot, from the first entry, and in the verifier, which took the same signed lines one by one."""
        if not hasattr(self, "room"):
            return
        state, entries = self.room.state, self.room.entries
        size, lines = self.kept
        assert replay(entries[size:], from_lines(lines)) == state
        assert from_lines(tuple(to_lines(state))) == state
        assert replay(entries) == state
        told = self.told()
        assert {name: case.status for name, case in told.board.cases.items()} == {"credit": self.room.case.status}
        assert {who: tuple(roles) for who, roles in told.board.members.items()} == dict(state.members)
        assert {name: key[:2] for name, key in told.keys.items()} == {
            name: (key.owner, key.purpose) for name, key in state.keys.items()
        }
        assert (told.next, told.time) == (state.next_index, state.time)

    def told(self) -> Ledger:
        """Return what the verifier knows after the lines that were added since it was asked last."""
        for line in signed_live(self.room.entries, self.signed):
            job = self.verifier.take(line)
            assert forged([job]) is None
        return self.verifier

    def teardown(self) -> None:
        if not hasattr(self, "room"):
            return
        assert replay(self.room.entries) == self.room.state
        with tempfile.TemporaryDirectory() as folder:
            for case in (None, "credit"):
                answer = check(Book(signed_live(self.room.entries)).files(case), Path(folder))
                assert answer["valid"], (answer["first_bad"], answer["reason"])
                assert answer["cases"] == {"credit": self.room.case.status}
            for before, entry in self.refused[-4:]:
                answer = check(Book(signed_live([*before, entry])).files(), Path(folder))
                assert not answer["valid"], entry
                assert answer["first_bad"] == len(before), answer["reason"]


Board.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestBoard = Board.TestCase
