"""A notice leaves the house only where somebody asked, signed, and what did not arrive is said."""

from __future__ import annotations

import base64
import json
import socketserver
import subprocess
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from governance.evidence.errors import RefusedInputError
from governance.workflow.monitoring.deliver import Mailbox, Webhook
from governance.workflow.monitoring.notice import PAYLOAD_TYPE, Notice, _line, sealed
from storage.workspace import Workspace
from tests.workflow.listening import served

NOTICE = Notice("Credit 1.0: alert confirmed", "Model: Credit 1.0\nAlert: confirmed", b'{"a":1}', b'{"payload":"e30="}')


class Sink(socketserver.StreamRequestHandler):
    """As much of a mail server as one message needs (RFC 5321); it offers no encryption and refuses nobody@."""

    def handle(self) -> None:
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline().strip():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.got.append(text.replace(b"\r\n..", b"\r\n."))
            refused = verb == b"RCPT" and b"nobody@" in line
            self.wfile.write(b"550 nobody here\r\n" if refused else b"250 ok\r\n")
            if verb == b"QUIT":
                return


@pytest.fixture
def sink() -> Iterator[socketserver.ThreadingTCPServer]:
    with served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Sink)) as server:
        yield server


def address(server: socketserver.BaseServer, path: str = "/alerts") -> str:
    return f"http://127.0.0.1:{server.server_address[1]}{path}"


def mailbox(server: socketserver.BaseServer, *to: str, security: str = "none") -> Mailbox:
    return Mailbox(to, "watch@example.org", f"127.0.0.1:{server.server_address[1]}", security)


def test_a_webhook_gets_the_envelope_byte_for_byte(hook) -> None:
    found = Webhook(address(hook, "/alerts?room=1")).deliver(NOTICE)
    assert (found.delivered, found.to, found.reason) == (True, "127.0.0.1", "")
    assert hook.got == [("/alerts?room=1", "application/json", NOTICE.envelope)]


def test_a_redirect_is_not_followed_and_counts_as_not_delivered(hook) -> None:
    found = Webhook(address(hook, "/away")).deliver(NOTICE)
    assert not found.delivered
    assert "307" in found.reason
    assert [path for path, _, _ in hook.got] == ["/away"]


def test_a_webhook_that_refuses_is_named_with_its_answer(hook) -> None:
    assert Webhook(address(hook, "/no")).deliver(NOTICE).reason.startswith("answer 403")


def test_a_webhook_that_never_answers_is_given_up(hook) -> None:
    found = Webhook(address(hook, "/slow")).deliver(NOTICE, timeout=0.2)
    assert (found.delivered, "timed out" in found.reason) == (False, True)


def test_a_webhook_that_nobody_listens_at_is_a_value_with_a_reason() -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), Sink) as unused:
        place = address(unused)
    assert not Webhook(place).deliver(NOTICE, timeout=1).delivered


@pytest.mark.parametrize(
    "place", ["ftp://example.org/", "file:///etc/passwd", "example.org", "http://", "http://a b/", "http://h:99999/",
              "https://me:secret@example.org/", "http://h/\r\nX: 1"],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(place: str) -> None:
    with pytest.raises(RefusedInputError):
        Webhook(place)


def test_a_mail_carries_the_words_and_the_envelope(sink) -> None:
    found = mailbox(sink, "ines@example.org", "jonas@example.org").deliver(NOTICE)
    assert (found.delivered, found.to) == (True, "ines@example.org, jonas@example.org")
    message = message_from_bytes(sink.got[0])
    assert (message["Subject"], message["From"]) == (NOTICE.subject, "watch@example.org")
    text, attached = message.get_payload()
    assert text.get_payload(decode=True).decode().split() == NOTICE.text.split()
    assert attached.get_payload(decode=True) == NOTICE.envelope


def test_an_address_that_the_server_refuses_counts_as_not_delivered(sink) -> None:
    found = mailbox(sink, "ines@example.org", "nobody@example.org").deliver(NOTICE)
    assert (found.delivered, "nobody@example.org" in found.reason) == (False, True)
    assert len(sink.got) == 1


def test_a_server_without_encryption_gets_nothing_when_encryption_was_asked_for(sink) -> None:
    found = mailbox(sink, "ines@example.org", security="starttls").deliver(NOTICE)
    assert not found.delivered
    assert sink.got == []


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Mailbox((), "watch@example.org", "localhost"),
        lambda: Mailbox(("ines",), "watch@example.org", "localhost"),
        lambda: Mailbox(("a@b\r\nBcc: c@d",), "watch@example.org", "localhost"),
        lambda: Mailbox(("a@b",), "watch@example.org", "localhost:mail"),
        lambda: Mailbox(("a@b",), "watch@example.org", "localhost", "none", "me", "secret"),
    ],
)
def test_a_mail_that_cannot_be_sent_safely_is_refused_before_anything_is_measured(wrong) -> None:
    with pytest.raises(RefusedInputError):
        wrong()


def test_openssl_alone_verifies_a_notice_with_the_key_of_the_ledger(board: Workspace, tmp_path: Path) -> None:
    signer = board.record_signer()
    value, keys = json.loads(sealed(NOTICE.payload, signer)), board.read().keys()
    assert signer.keyid in {key.keyid for key in keys if key.purpose == "record"}
    assert value["signatures"][0]["keyid"] == signer.keyid
    payload = base64.b64decode(value["payload"])
    signed = b"DSSEv1 %d %b %d %b" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)
    (tmp_path / "signed").write_bytes(signed)
    (tmp_path / "sig").write_bytes(base64.b64decode(value["signatures"][0]["sig"]))
    (tmp_path / "key.der").write_bytes(signer.public.spki)
    words = ["openssl", "dgst", "-sha256", "-verify", "key.der", "-keyform", "DER", "-signature", "sig", "signed"]
    assert subprocess.run(words, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    (tmp_path / "signed").write_bytes(signed.replace(b'{"a":1}', b'{"a":2}'))
    assert subprocess.run(words, cwd=tmp_path, check=False, capture_output=True).returncode != 0


@given(st.text(max_size=300))
def test_a_name_from_a_file_stays_on_one_line_of_a_mail(name: str) -> None:
    line = _line(name)
    assert len(line.splitlines()) <= 1
    assert len(line) <= 100
