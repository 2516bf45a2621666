"""One HTTP question over one connection: one deadline over all of it, a largest answer, nothing followed, nothing believed.

No redirect, no proxy from the environment, no cookie, no compression, no second try. The deadline holds however slowly a server drips:
every single read may take what is left of it. `http.client` reads the answer; the bytes come through `_Timed`.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from governance.evidence import CountersignError, RefusedInputError
from governance.remote.endpoint import Endpoint, Secrets

LARGEST: Final = 64 * 2**20
"""Bytes of an answer that are read at most."""
SHOWN: Final = 300
"""Characters of a server's words that a message repeats."""


class LineError(CountersignError):
    """There was no answer: nobody is there, the line broke, or the deadline passed. Says nothing about the model."""


class UnusableError(CountersignError):
    """There was an answer, and it breaks the protocol."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    pin: str
    """SHA-256 of the public key that the server showed, "" without TLS."""


@dataclass(frozen=True, slots=True)
class Line:
    """A way to a server."""

    endpoint: Endpoint
    secrets: Secrets = field(default_factory=Secrets)
    seconds: float = 10.0
    """Deadline of one question with its answer."""
    clock: Callable[[], float] = time.monotonic

    def ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        """Ask one question over a connection of its own: behind a balancer, the next may be answered by another machine.

        Raises:
            LineError: no answer before the deadline; UnusableError: an answer that is none.
        """
        until = self.clock() + self.seconds
        token = self.secrets.token()
        try:
            return self._asked(method, path, body, token, until=until)
        except TimeoutError as error:
            raise LineError(f"no whole answer within {self.seconds:g} s", "") from error
        except ssl.SSLCertVerificationError as error:
            raise LineError(f"the server's certificate does not hold: {said(error.verify_message)}", "") from error
        except OSError as error:
            raise LineError(f"no connection: {said(error.strerror or str(error))}", "") from error
        except http.client.HTTPException as error:
            raise UnusableError(f"the answer is no HTTP: {type(error).__name__}", "") from error

    def _asked(self, method: str, path: str, body: bytes, token: str, *, until: float) -> Answer:
        line = self._connected(until)
        try:
            pin = self._pin(line)
            line.settimeout(self._left(until))
            line.sendall(self._request(method, path, body, token))
            answer = http.client.HTTPResponse(_Socket(line, lambda: self._left(until)), method=method)  # type: ignore[arg-type]
            answer.begin()
            return Answer(answer.status, _without(token, self._body(answer)), pin)
        finally:
            with suppress(OSError):
                line.close()

    def _left(self, until: float) -> float:
        left = until - self.clock()
        if left <= 0:
            raise TimeoutError
        return left

    def _connected(self, until: float) -> socket.socket:
        host, port, context = self.endpoint.host, self.endpoint.port, self._context()
        failed: OSError = OSError("the name has no address")
        for family, kind, number, _, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            _refuse_hidden(host, str(where[0]))
            line = socket.socket(family, kind, number)
            try:
                line.settimeout(self._left(until))
                line.connect(where)
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return line if context is None else context.wrap_socket(line, server_hostname=host)
            except OSError as error:
                line.close()
                failed = error
        raise failed

    def _context(self) -> ssl.SSLContext | None:
        if not self.endpoint.secure:
            return None
        try:
            context = ssl.create_default_context(cafile=self.secrets.ca_file or None)
        except (OSError, ssl.SSLError) as error:
            raise RefusedInputError(
                f"The file of authorities {self.secrets.ca_file!r} cannot be read.", "Give certificates in PEM form."
            ) from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def _pin(self, line: socket.socket) -> str:
        """Return the digest of the server's public key.

        Raises:
            UnusableError: it is not the one that was pinned.
        """
        if not isinstance(line, ssl.SSLSocket):
            return ""
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        shown = x509.load_der_x509_certificate(line.getpeercert(binary_form=True) or b"").public_key()
        found = hashlib.sha256(shown.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
        if self.endpoint.pin and found != self.endpoint.pin:
            raise UnusableError(
                f"the server shows another key ({found[:16]}…) than the pinned one ({self.endpoint.pin[:16]}…)", ""
            )
        return found

    def _request(self, method: str, path: str, body: bytes, token: str) -> bytes:
        host = f"[{self.endpoint.host}]" if ":" in self.endpoint.host else self.endpoint.host
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {host}:{self.endpoint.port}",
            "User-Agent: countersign",
            "Accept: application/json",
            "Accept-Encoding: identity",
            "Connection: close",
        ]
        lines += [f"Authorization: Bearer {token}"] if token else []
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"] if method == "POST" else []
        return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii") + body

    def _body(self, answer: http.client.HTTPResponse) -> bytes:
        if (answer.getheader("Content-Encoding") or "identity").lower() != "identity":
            raise UnusableError("the answer is compressed, which was not asked for", "")
        if answer.length is not None and answer.length > LARGEST:
            raise UnusableError(f"the answer has {answer.length:,} bytes, at most {LARGEST:,} are read", "")
        body = answer.read(LARGEST + 1)
        if len(body) > LARGEST:
            raise UnusableError(f"the answer has more than {LARGEST:,} bytes", "")
        if answer.length:
            raise UnusableError(f"the answer ends {answer.length:,} bytes before the length that it names", "")
        return body


def _without(token: str, body: bytes) -> bytes:
    """Return an answer without the token, should the server say it back: from here on it may stand in a message."""
    return body.replace(token.encode("ascii"), b"[token]") if token else body


def _refuse_hidden(host: str, address: str) -> None:
    """Refuse a name that leads to a link-local address, such as that of a cloud's metadata: only a person may name one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if found.is_link_local and host.partition("%")[0] != str(found):
        raise RefusedInputError(
            f"The name {host[:80]!r} leads to the link-local address {found}.",
            "Name the address itself, if it is meant.",
        )


def said(words: object) -> str:
    """Return a server's or a library's words on one line, printable and short."""
    line = " ".join(str(words).split())
    plain = "".join(sign if sign.isprintable() else "?" for sign in line)
    return plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + "…"


class _Timed(io.RawIOBase):
    """The bytes of a connection; each read may take what is left of the deadline."""

    def __init__(self, line: socket.socket, left: Callable[[], float]) -> None:
        self._line, self._left = line, left

    def readable(self) -> bool:
        """Return that bytes can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some bytes, as many as there are."""
        self._line.settimeout(self._left())
        return self._line.recv_into(buffer)


class _Socket:
    """What `http.client` wants of a connection: a file to read from."""

    def __init__(self, line: socket.socket, left: Callable[[], float]) -> None:
        self._line, self._left = line, left

    def makefile(self, *_: object) -> io.BufferedReader:
        """Return the file."""
        return io.BufferedReader(_Timed(self._line, self._left))
