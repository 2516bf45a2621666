"""The door: who may speak to this app at all, and what every answer says to the browser about framing and sniffing.

For each request, in this order: it must come from a proxy that the operator named, if any was named; the Host must be a name of this app
(a foreign name that points here is DNS rebinding), the Origin must be that Host wherever something can be changed (websocket, and every
method but GET and HEAD), and a file that a page offers (an export, a table, a picture) belongs to the browsers to which its address was
sent: the door reads the addresses in what the app tells each browser, in the fields that Streamlit fills with them; the same letters in
somebody's words are no offer.
Every page that is handed out gives the browser a name of 256 random bits, as a cookie that no script can read; a seat that is opened
with a passphrase (governance/workflow/workspace/seats.py) is bound to it.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from google.protobuf.message import DecodeError, Message as Told
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

HOSTS_VARIABLE: Final = "COUNTERSIGN_HOSTS"
"""Environment variable with further names of this app, separated by commas: those under which a proxy hands requests on."""
PROXIES_VARIABLE: Final = "COUNTERSIGN_PROXIES"
"""Environment variable with the addresses of the proxies that ask who somebody is, separated by commas; nobody else is answered then."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
HEADERS: Final = (
    ("content-security-policy", "frame-ancestors 'none'"),
    ("x-frame-options", "DENY"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
)
CLOSED: Final = ("/_stcore/metrics",)
"""What Streamlit tells everybody about its caches and sessions, and nobody needs here."""
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_ADDRESSES: Final = frozenset(
    {
        ("Audio", "url"),
        ("DeferredFileResponsePayload", "url"),
        ("DownloadButton", "url"),
        ("Favicon", "url"),
        ("Image", "url"),
        ("Logo", "image"),
        ("SubtitleTrack", "url"),
        ("Video", "url"),
    }
)
"""Kind of message and field in which Streamlit tells a browser the address of a file that the app keeps."""
_ASKED: Final = re.compile(r"/media/([0-9a-f]{32,})(?:\.\w{1,10})?$")
_MOST_OFFERED: Final = 2000
"""Files that are remembered for one browser; the oldest is forgotten first, and offered again when its page is drawn again."""
_MEDIA: Final = re.compile(r"(?<!/static)/media/")
"""Where files that pages offer are fetched; `/static/media/` holds the app's own fonts and pictures, which are everybody's."""
_POLICY_VIOLATION: Final = 1008


def cookie_name(port: int | None) -> str:
    """Return the name of the cookie; cookies do not tell ports apart, and two apps on one machine must."""
    return f"countersign-{port or 0}"


class Door:
    """The middleware around all of the app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._known: set[str] = set()
        """Names of browsers that this process has handed out; a restart forgets them and gives new ones."""
        self._offered: dict[str, dict[str, None]] = {}
        """Name of a browser -> files whose addresses were sent to it, in order."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer that it may not."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            told = self._telling if scope["type"] == "http" else self._offering
            await self._app(scope, receive, told(scope, send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": refusal[1]})
        else:
            await PlainTextResponse(refusal[1], refusal[0], dict(HEADERS))(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Return status and words of why a request may not pass, None when it may."""
        if not _comes_by_a_proxy(scope):
            return 403, "This app is reached by its own address alone, which asks who you are."
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not _is_ours(host, _port(scope)):
            return 421, "This is not a name of this app."
        changes = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")
        if changes and _site(headers.get("origin", "")) != host.lower():
            return 403, "The request comes from another site, or does not say from where."
        if scope["path"] in CLOSED:
            return 404, "There is nothing here."
        if _MEDIA.search(scope["path"]) and not self._may_fetch(headers, scope):
            return 403, "This file belongs to the browser to whose page it was offered."
        return None

    def _browser(self, headers: Headers, scope: Scope) -> str | None:
        """Return the name of the browser, None when this process never gave it one."""
        given = cookie_parser(headers.get("cookie", "")).get(cookie_name(_port(scope)), "")
        return given if given in self._known else None

    def _may_fetch(self, headers: Headers, scope: Scope) -> bool:
        """Say whether the address of this file was sent to this browser."""
        browser, asked = self._browser(headers, scope), _ASKED.search(scope["path"])
        if browser is None or asked is None:
            return False
        return any(name.startswith(asked.group(1)) for name in self._offered.get(browser, ()))

    def _offering(self, scope: Scope, send: Send) -> Send:
        """Return `send` of a websocket that takes note of each file whose address is told to the browser."""
        browser = self._browser(Headers(scope=scope), scope)

        async def noted(message: Message) -> None:
            content = message.get("bytes") or b""
            if browser is not None and b"/media/" in content:
                offered = self._offered.setdefault(browser, {})
                for name in _offers(content):
                    offered[name] = offered.pop(name, None)
                while len(offered) > _MOST_OFFERED:
                    del offered[next(iter(offered))]
            await send(message)

        return noted

    def _telling(self, scope: Scope, send: Send) -> Send:
        """Return `send` with the headers of every answer, and a name for a browser that has none."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS:
                    headers[name] = value
                if headers.get("content-type", "").startswith("text/html"):
                    self._name(Headers(scope=scope), headers, scope)
            await send(message)

        return told

    def _name(self, asked: Headers, answer: MutableHeaders, scope: Scope) -> None:
        if self._browser(asked, scope) is not None:
            return
        name = secrets.token_hex(32)
        self._known.add(name)
        secure = "; Secure" if scope.get("scheme") in ("https", "wss") else ""
        cookie = f"{cookie_name(_port(scope))}={name}; Path=/; HttpOnly; SameSite=Strict{secure}"
        answer.append("set-cookie", cookie)


def _offers(content: bytes) -> Iterator[str]:
    """Yield the digests of the files whose addresses a message of the app tells a browser."""
    message = ForwardMsg()
    try:
        message.ParseFromString(content)
    except DecodeError:
        return
    yield from _addresses(message)


def _addresses(message: Told) -> Iterator[str]:
    for field, value in message.ListFields():
        kind = field.message_type
        if kind is None:
            asked = _ASKED.search(value) if (message.DESCRIPTOR.name, field.name) in _ADDRESSES else None
            if asked is not None:
                yield asked.group(1)
        elif not kind.GetOptions().map_entry:  # none of Streamlit's maps leads to an address
            for item in value if field.is_repeated else (value,):
                yield from _addresses(item)


def is_name(text: str) -> bool:
    """Say whether a cookie's value has the form of a browser's name."""
    return _NAME.fullmatch(text) is not None


def _comes_by_a_proxy(scope: Scope) -> bool:
    """Say whether a connection comes from one of the proxies that are named; where none is named, any may come."""
    named = {item.strip() for item in os.environ.get(PROXIES_VARIABLE, "").split(",") if item.strip()}
    client = scope.get("client")
    return not named or (client is not None and client[0] in named)


def _port(scope: Scope) -> int | None:
    server = scope.get("server")
    return server[1] if server else None


def _site(origin: str) -> str:
    """Return host and port of an Origin header, "" for one that is no web page's."""
    try:
        found = urlsplit(origin)
    except ValueError:
        return ""
    return found.netloc.lower() if found.scheme.lower() in ("http", "https") else ""


def _is_ours(host: str, port: int | None) -> bool:
    """Say whether a Host header names this app: this machine at its own port, or a name that the operator has listed."""
    try:
        found = urlsplit(f"//{host}")
        name, given = (found.hostname or "").lower(), found.port
    except ValueError:
        return False
    if found.netloc != host or "@" in host:
        return False
    listed = {item.strip().lower() for item in os.environ.get(HOSTS_VARIABLE, "").split(",") if item.strip()}
    return name in listed or (name in LOOPBACK and (given or 80) == (port or given or 80))
