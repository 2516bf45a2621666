"""Carry a notice out of the house: an HTTP POST or an e-mail, only where somebody asked for it.

Nothing is tried twice and no redirect is followed. A notice that did not arrive is a value with a reason: the alert and its evidence are
in the ledger before anything is sent.
"""

from __future__ import annotations

import http.client
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Final, Literal
from urllib.parse import urlsplit

from governance.evidence import RefusedInputError
from governance.workflow.monitoring.notice import Notice

TIMEOUT: Final = 10.0
"""Seconds that one step of a delivery may take."""
Security = Literal["starttls", "tls", "none"]
_PORTS: Final[dict[Security, int]] = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one notice."""

    channel: Literal["webhook", "mail"]
    to: str
    """Host of the webhook, or the addresses."""
    delivered: bool
    reason: str = ""
    """Why it did not arrive, "" when it did."""
    unclear: bool = False
    """Whether it may have arrived all the same: the line broke while the server took it."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A place that takes the signed envelope by POST."""

    address: str
    """http or https, without a name or password in it."""

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.address)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            parts, usable = urlsplit(""), False
        if not usable or any(not " " < sign < "\x7f" for sign in self.address):
            raise RefusedInputError(f"The webhook {self.address!r} is no address.", "Give http://... or https://...")
        if parts.username is not None or parts.password is not None:
            raise RefusedInputError(
                "The webhook's address holds a name or password.", "Leave it out: others can see it."
            )

    def deliver(self, notice: Notice, timeout: float = TIMEOUT) -> Delivery:
        """POST the envelope as JSON; any answer but 2xx, a redirect among them, counts as not delivered."""
        parts = urlsplit(self.address)
        host = parts.hostname or ""
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if parts.scheme == "https":
            secure = ssl.create_default_context()
            line: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, parts.port, timeout=timeout, context=secure
            )
        else:
            line = http.client.HTTPConnection(host, parts.port, timeout=timeout)
        try:
            headers = {"Content-Type": "application/json", "User-Agent": "countersign"}
            line.request("POST", path, body=notice.envelope, headers=headers)
            status = line.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            return Delivery("webhook", host, delivered=False, reason=_in_words(error))
        finally:
            line.close()
        if 200 <= status < 300:
            return Delivery("webhook", host, delivered=True)
        words = (
            "it redirects elsewhere, which is not followed" if 300 <= status < 400 else "it did not accept the notice"
        )
        return Delivery("webhook", host, delivered=False, reason=f"answer {status}: {words}")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """People who get the notice by e-mail, and the server that carries it."""

    to: tuple[str, ...]
    sender: str
    server: str
    """Host, or host:port."""
    security: Security = "starttls"
    user: str = ""
    """Name at the server, "" to send without a login."""
    password: str = ""

    def __post_init__(self) -> None:
        for address in (*self.to, self.sender):
            if "@" not in parseaddr(address)[1] or not address.isprintable():
                raise RefusedInputError(f"{address!r} is no e-mail address.", "Write name@example.org.")
        if not self.to:
            raise RefusedInputError("Nobody gets the e-mail.", "Give --mail-to.")
        self.host_and_port()
        if self.user and self.security == "none":
            raise RefusedInputError(
                "A password would travel in the clear.", "Use starttls or tls, or send without a user."
            )

    def host_and_port(self) -> tuple[str, int]:
        """Return where the server listens; the usual port of the kind of connection when none is named."""
        try:
            parts = urlsplit(f"//{self.server}")
            host, port = parts.hostname, parts.port or _PORTS[self.security]
        except ValueError as error:
            raise RefusedInputError(f"The mail server {self.server!r} is none.", "Write host:port.") from error
        if not host or parts.path or parts.username is not None:
            raise RefusedInputError(f"The mail server {self.server!r} is none.", "Write host:port.")
        return host, port

    def deliver(self, notice: Notice, timeout: float = TIMEOUT) -> Delivery:
        """Send one message to everybody; one refused address makes it count as not delivered."""
        return self.send(self._message(notice), timeout)

    def send(self, message: EmailMessage, timeout: float = TIMEOUT) -> Delivery:
        """Send a message with its own headers to everybody; one refused address makes it count as not delivered."""
        named = ", ".join(self.to)
        try:
            server = self._connected(timeout)
        except (OSError, smtplib.SMTPException) as error:
            return Delivery("mail", named, delivered=False, reason=_in_words(error))
        try:
            refused = server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            answered = smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError
            broke = not isinstance(error, answered)
            return Delivery("mail", named, delivered=False, reason=_in_words(error), unclear=broke)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()
        reason = f"the server refused {', '.join(sorted(refused))}" if refused else ""
        return Delivery("mail", named, delivered=not refused, reason=reason)

    def _connected(self, timeout: float) -> smtplib.SMTP:
        host, port = self.host_and_port()
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=timeout, context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(host, port, timeout=timeout)
        try:
            if self.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server

    def _message(self, notice: Notice) -> EmailMessage:
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = notice.subject, self.sender, ", ".join(self.to)
        message["Date"] = formatdate(usegmt=True)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5: keeps holiday answers away
        message.set_content(notice.text)
        message.add_attachment(notice.envelope, "application", "json", filename="alert.dsse.json")
        return message


Target = Webhook | Mailbox


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}".removesuffix(": ")
