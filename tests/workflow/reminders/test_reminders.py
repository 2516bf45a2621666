"""Reminders: only for those who asked, only where a server is named, never twice, and nothing of a case but its title."""

from __future__ import annotations

import re
import socketserver
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings, strategies as st

from governance.evidence import RefusedInputError, RuleError
from governance.language import Voice
from governance.review import policy as rules
from governance.workflow.assess import assess
from governance.workflow.reminders import (
    Event,
    MailServer,
    agenda_of,
    all_wishes,
    ask,
    calendar_of,
    configured,
    from_toml,
    ics,
    message,
    send,
    sending,
    sent,
    stop,
    wish_of,
)
from governance.workflow.reminders.agenda import Agenda, Item, one_line
from governance.workflow.reminders.calendar_file import escaped, folded
from governance.workflow.reminders.wishes import Wish
from governance.workflow.review import members, review
from governance.workflow.workspace import GUEST, OPERATOR, clock, now, subjects
from storage import Aid, Aids, Workspace
from storage.times import rfc3339
from tests.workflow.listening import served
from tests.workflow.people import ROOT_SECRET, proven

TITLE = "Credit\r\nBcc: thief@example.org\u202e"


class Post(socketserver.StreamRequestHandler):
    """As much of a mail server as a message needs (RFC 5321). `server.mood` lets it refuse a person or hang up within the message."""

    def handle(self) -> None:
        self.wfile.write(b"220 post\r\n")
        while line := self.rfile.readline().strip():
            verb, mood = line[:4].upper(), self.server.mood
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                if mood == "hangs up":
                    return
                self.server.got.append(text.replace(b"\r\n..", b"\r\n."))
            refused = mood == "refuses" and verb == b"RCPT"
            self.wfile.write(b"550 nobody here\r\n" if refused else b"250 ok\r\n")
            if verb == b"QUIT":
                return


@pytest.fixture
def post() -> Iterator[socketserver.ThreadingTCPServer]:
    with served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post)) as server:
        server.mood = ""
        yield server


def server(found: socketserver.BaseServer) -> MailServer:
    return MailServer(f"127.0.0.1:{found.server_address[1]}", "board@example.org", "none")


@pytest.fixture
def asked(workspace: Workspace, registered: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with a draft that waits for its owner, Lars, who asked for reminders; its title is one that no verb takes."""
    words = review.CaseWords(TITLE, "May it decide about <b>you</b>?", (registered[0],), "limited", owner="lars")
    with monkeypatch.context() as careless:
        careless.setattr(review, "require_word", lambda *_, **__: None)
        review.open_case(workspace, words, actor=proven("lars"))
    ask(workspace, "lars@example.org", actor=proven("lars"))
    return workspace


def mails(found: socketserver.BaseServer) -> list:
    return [message_from_bytes(item, policy=policy.default) for item in found.got]


def test_a_member_who_asked_gets_one_digest_a_day(asked: Workspace, post) -> None:
    done = send(asked, server(post))
    assert [(item.member, item.outcome) for item in done] == [("lars", "sent")]
    (mail,) = mails(post)
    assert (mail["To"], mail["From"], mail["Auto-Submitted"]) == (
        "lars@example.org",
        "board@example.org",
        "auto-generated",
    )
    assert "Freeze the evidence for Credit" in mail.get_content()
    assert [item.outcome for item in send(asked, server(post))] == ["already_sent"]
    assert len(post.got) == 1
    (kept,) = sent(asked, "lars")
    assert (kept.state, kept.what) == ("sent", f"day {now():%Y-%m-%d}")


def test_the_next_day_brings_the_next_digest(asked: Workspace, post, monkeypatch: pytest.MonkeyPatch) -> None:
    send(asked, server(post))
    later = now() + timedelta(days=1)
    monkeypatch.setattr(sending, "now", lambda: later)
    assert [item.outcome for item in send(asked, server(post))] == ["sent"]
    assert len(post.got) == 2


def test_a_title_cannot_begin_another_header_and_no_text_of_the_case_leaves(asked: Workspace, post) -> None:
    send(asked, server(post))
    (mail,) = mails(post)
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    assert mail["Subject"].startswith("Countersign: Freeze the evidence for Credit Bcc: thief")
    assert "\u202e" not in mail.get_content()
    assert "May it decide" not in mail.get_content()


def test_a_process_that_dies_while_it_sends_does_not_send_again(asked: Workspace, post, monkeypatch) -> None:
    class Killed(BaseException):
        """As a kill would end it: nothing is tidied up."""

    def dies(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("governance.workflow.monitoring.deliver.Mailbox.send", dies)
        with pytest.raises(Killed):
            send(asked, server(post))
    assert [item.state for item in sent(asked, "lars")] == ["sending"]
    assert [item.outcome for item in send(asked, server(post))] == ["already_sent"]
    assert post.got == []


def test_a_line_that_breaks_within_the_message_is_unclear_and_not_tried_again(asked: Workspace, post) -> None:
    post.mood = "hangs up"
    (done,) = send(asked, server(post))
    assert done.outcome == "unclear"
    post.mood = ""
    assert [item.outcome for item in send(asked, server(post))] == ["already_sent"]
    assert post.got == []


@pytest.mark.parametrize("closed", [True, False])
def test_what_certainly_did_not_arrive_is_tried_again(asked: Workspace, post, closed: bool) -> None:
    post.mood = "" if closed else "refuses"
    away = MailServer("127.0.0.1:1", "board@example.org", "none") if closed else server(post)
    (done,) = send(asked, away)
    assert (done.outcome, sent(asked, "lars")) == ("failed", ())
    assert done.reason
    post.mood = ""
    assert [item.outcome for item in send(asked, server(post))] == ["sent"]


def test_of_two_jobs_at_once_one_sends(asked: Workspace, post) -> None:
    claim = Aid(
        kind=sending.KIND,
        data="lars",
        name=f"day {now():%Y-%m-%d}",
        content='{"lines":1,"state":"sending"}',
        actor="lars",
    )
    assert sending._claim(asked, "lars", [claim.name], lines=1) == [claim.name]
    assert sending._claim(asked, "lars", [claim.name], lines=1) == []
    assert [item.outcome for item in send(asked, server(post))] == ["already_sent"]


def test_nobody_is_written_to_who_did_not_ask_or_is_no_member_any_more(asked: Workspace, post) -> None:
    stop(asked, actor=proven("lars"))
    assert send(asked, server(post)) == ()
    ask(asked, "lars@example.org", actor=proven("lars"))
    members.remove(asked, "lars", "Left the house.", root=asked.unlock_root(ROOT_SECRET))
    assert (all_wishes(asked), send(asked, server(post)), post.got) == ((), (), [])


def test_a_guest_and_the_operator_ask_for_nobody_and_a_member_stops_only_themselves(asked: Workspace) -> None:
    for actor in (GUEST, OPERATOR):
        with pytest.raises(RuleError):
            ask(asked, "a@example.org", actor=actor)
    with pytest.raises(RuleError, match="their own reminders only"):
        stop(asked, actor=proven("ines"), member="lars")
    stop(asked, actor=OPERATOR, member="lars")
    assert wish_of(asked, "lars") is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "lars",
        "a@b.org\r\nBcc: c@d.org",
        "A <a@b.org>",
        "a@b.org, c@d.org",
        "a b@c.org",
        "ü@b.org",
        "@b.org",
        "a@",
        "a@.",
        "a" * 250 + "@b.org",
    ],
)
def test_what_is_no_plain_address_is_refused(asked: Workspace, address: str) -> None:
    with pytest.raises(RefusedInputError, match="is no e-mail address"):
        ask(asked, address, actor=proven("ines"))
    assert wish_of(asked, "ines") is None


def test_an_address_is_in_no_entry_of_the_ledger(asked: Workspace, post) -> None:
    size = asked.read().head().size
    send(asked, server(post))
    assert asked.read().head().size == size
    lines = b"".join(asked.read().lines())
    assert b"lars@example.org" not in lines


def test_german_is_sent_to_whoever_asked_for_it(asked: Workspace, post) -> None:
    ask(asked, "lars@example.org", actor=proven("lars"), language="de")
    send(asked, server(post))
    (mail,) = mails(post)
    assert mail["Subject"].startswith("Countersign: Die Nachweise für Credit")
    assert "Was auf Sie wartet:" in mail.get_content()


@given(st.text(max_size=60))
def test_any_title_makes_a_message_with_the_same_headers(title: str) -> None:
    item = Item(kind="duty", key="duty vote c ", words=f"Vote on {one_line(title)}", case="c")
    wish = Wish("ada", "ada@example.org", "en", "")
    mail = message(wish, Agenda("ada", "2026-06-01T12:00:00Z", (item,)), sender="b@example.org", origin=title)
    read = message_from_bytes(bytes(mail), policy=policy.default)
    assert sorted(read.keys()) == sorted(
        [
            "Subject",
            "From",
            "To",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "Content-Type",
            "Content-Transfer-Encoding",
            "MIME-Version",
        ]
    )
    assert read["To"] == "ada@example.org"


def unfolded(text: bytes) -> list[str]:
    return text.decode().replace("\r\n ", "").split("\r\n")[:-1]


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_every_line_of_a_calendar_fits_and_holds_its_words(words: str) -> None:
    text = ics(
        [Event("duty vote c", words, "2026-06-01T12:00:00Z")],
        name=words,
        origin="board.example",
        at="2026-01-01T00:00:00Z",
    )
    for line in text.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
        assert b"\n" not in line
        assert b"\r" not in line
    (summary,) = [line for line in unfolded(text) if line.startswith("SUMMARY:")]
    back = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], summary.removeprefix("SUMMARY:"))
    clean = re.sub(r"\r\n|\r", "\n", words)
    assert back == re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]", " ", clean)


def test_a_calendar_is_the_one_of_the_standard() -> None:
    text = ics(
        [Event("end vote c1 ", "Voting; on a, b closes", "2026-06-01T23:59:59Z"), Event("end vote c1 ", "again", "2026-07-01T00:00:00Z")],
        name="Board", origin="board.example", at="2026-05-01T08:00:00Z",
    )  # fmt: skip
    assert unfolded(text) == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Countersign//Deadlines//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        "NAME:Board", "X-WR-CALNAME:Board", "BEGIN:VEVENT", "UID:end-vote-c1@board.example", "DTSTAMP:20260501T080000Z",
        "DTSTART:20260601T235959Z", "SUMMARY:Voting\\; on a\\, b closes", "TRANSP:TRANSPARENT", "BEGIN:VALARM", "ACTION:DISPLAY",
        "DESCRIPTION:Voting\\; on a\\, b closes", "TRIGGER:-P7D", "END:VALARM", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    assert escaped("a\\b") == "a\\\\b"
    assert list(folded("x" * 75)) == ["x" * 75 + "\r\n"]
    assert next(iter(folded("ü" * 40))) == "ü" * 37 + "\r\n"


def test_the_calendar_of_a_member_holds_what_ends_and_nothing_of_others(asked: Workspace) -> None:
    assert calendar_of(asked, "lars", Voice()).count(b"BEGIN:VEVENT") == 0  # a draft has no day yet
    assert agenda_of(asked, "stranger", rfc3339(now())).items == ()


def test_a_member_of_the_board_is_told_of_a_vote_once_and_takes_its_day_away(
    asked: Workspace, registered: tuple[str, str]
) -> None:
    words = review.CaseWords("People 1.0", "May it be used?", (registered[0],), "limited", owner="lars")
    name = review.open_case(asked, words, actor=proven("lars"))
    found = assess.now(asked, subjects.task(asked, "performance.summary", subjects.Choice(*registered)))
    review.freeze(asked, name, (found.digest,), actor=proven("lars"), policy=rules.from_toml(rules.template()))
    review.start(asked, name, actor=proven("lars"))
    told = agenda_of(asked, "ines", rfc3339(now()), Voice(), ahead=None)
    (vote,) = (item for item in told.of("duty") if item.case == name)
    assert (vote.case, vote.words, vote.late) == (name, "Vote on People 1.0", False)
    assert told.of("end") == (), "the close of the vote is the day of the duty"
    text = calendar_of(asked, "ines", Voice("de")).decode()
    assert "SUMMARY:Über People 1.0 abstimmen" in text
    assert vote.due.replace("-", "").replace(":", "") in text
    assert f"UID:duty-vote-{name}@" in text.replace("\r\n ", "")


def test_a_server_is_named_in_a_file_and_every_field_is_looked_at(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUNTERSIGN_MAIL", raising=False)
    assert configured() is None
    place = tmp_path / "mail.toml"
    place.write_text('server = "mail.example.org"\nsender = "b@example.org"\n')
    monkeypatch.setenv("COUNTERSIGN_MAIL", str(place))
    found = configured()
    assert (found.security, found.to("a@b.org").host_and_port()) == ("starttls", ("mail.example.org", 587))
    (tmp_path / "word").write_text("secret\n")
    (tmp_path / "word").chmod(0o600)
    login = from_toml(f'server = "m"\nsender = "b@e.org"\nuser = "u"\npassword_file = "{tmp_path / "word"}"')
    assert login.password == "secret"
    assert "secret" not in repr(login)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("server = ", "is not TOML"),
        ('server = "m"', "needs a server and a sender"),
        ('server = 3\nsender = "b@e.org"', "is 3, no text"),
        ('server = "m"\nsender = "b@e.org"\nport = "1"', "No field of the mail server 'port'"),
        ('server = "m"\nsender = "b@e.org"\nsecurity = "ssl"', "No security of the mail server 'ssl'"),
        ('server = "m:x"\nsender = "b@e.org"', "mail server 'm:x' is none"),
        ('server = "m"\nsender = "nobody"', "no e-mail address"),
        ('server = "m"\nsender = "b@e.org"\nuser = "u"', "but no password"),
        ('server = "m"\nsender = "b@e.org"\nuser = "u"\npassword_file = "/nowhere/at/all"', "cannot be read"),
    ],
)
def test_a_file_of_a_server_that_is_none_is_refused_with_its_own_words(text: str, why: str, monkeypatch) -> None:
    monkeypatch.delenv("COUNTERSIGN_SMTP_PASSWORD", raising=False)
    with pytest.raises(RefusedInputError, match=why):
        from_toml(text)


def test_the_clock_of_these_tests_is_real() -> None:
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_aids_of_other_kinds_are_no_wishes(asked: Workspace) -> None:
    Aids(asked.engine).keep(Aid(kind="cohort", data="", name="ines", content="sex = F", actor="ines"), now())
    assert [item.member for item in all_wishes(asked)] == ["lars"]
