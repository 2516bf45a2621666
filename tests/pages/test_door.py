"""The door in front of the screens: Host and Origin, headers, media, the browser's name; spoken to as a server speaks to it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages._server.door import HEADERS, HOSTS_VARIABLE, PROXIES_VARIABLE, Door, cookie_name

OURS = "http://127.0.0.1:8501"
HOST = "127.0.0.1:8501"
EXPORT = "5f" * 28
"""Digest of an export, as its address holds it."""


def told(kind: str = "download_button", field: str = "url") -> bytes:
    """Return a message of Streamlit in which one field of an element holds the address of the export."""
    message = ForwardMsg()
    setattr(getattr(message.delta.new_element, kind), field, f"/media/{EXPORT}.zip")
    return bytes(message.SerializeToString())


TOLD = [told()]
"""What the app tells every browser."""


async def behind(scope: Scope, _: Receive, send: Send) -> None:
    """Answer everything, as the app would."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        for content in TOLD:
            await send({"type": "websocket.send", "bytes": content})
        return
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html; charset=utf-8")]}
    )
    await send({"type": "http.response.body", "body": b"in"})


def ask(
    door: Door, path: str = "/", *, method: str = "GET", kind: str = "http", client: str = "127.0.0.1", **headers: str
) -> tuple[int, dict[str, str]]:
    """Return status (or 0 for an open and 1 for a closed websocket) and headers of the answer; `host` is ours when not given."""
    said: list[Message] = []
    given = {"host": HOST, **headers}
    scope: dict[str, Any] = {
        "type": kind, "method": method, "path": path, "scheme": "http", "server": ("127.0.0.1", 8501),
        "client": (client, 50000),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    asyncio.run(door(scope, receive, send))
    if kind == "websocket":
        return int(said[0]["type"] == "websocket.close"), {}
    return said[0]["status"], {name.decode(): value.decode() for name, value in said[0]["headers"]}


@pytest.fixture
def door() -> Door:
    return Door(behind)


@pytest.mark.parametrize("host", [HOST, "evil.example"])
def test_every_answer_forbids_frames_and_sniffing(door: Door, host: str) -> None:
    _, headers = ask(door, host=host)
    assert {name: headers[name] for name, _ in HEADERS} == dict(HEADERS)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1:8502",
        "localhost.evil.example:8501",
        "[::1",
        "",
        "127.0.0.1:x",
        f"a@{HOST}",
        f"{HOST}/x",
    ],
)
def test_a_foreign_host_is_refused(door: Door, host: str) -> None:
    assert ask(door, host=host)[0] == 421


@pytest.mark.parametrize("host", [HOST, "localhost:8501", "[::1]:8501", "LOCALHOST:8501"])
def test_this_machine_at_its_own_port_is_ours(door: Door, host: str) -> None:
    assert ask(door, host=host)[0] == 200


def test_the_name_of_a_proxy_is_ours_when_the_operator_lists_it(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOSTS_VARIABLE, "board.example, other.example")
    assert ask(door, host="board.example")[0] == 200
    assert ask(door, host="evil.example")[0] == 421


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "",
        "http://127.0.0.1:8502",
        "http://localhost:8501",
        "http://[",
        f"ftp://{HOST}",
        f"//{HOST}",
    ],
)
def test_nothing_changes_for_another_origin(door: Door, origin: str) -> None:
    headers = {"origin": origin} if origin else {}
    assert ask(door, method="POST", **headers)[0] == 403
    assert ask(door, "/_stcore/stream", kind="websocket", **headers)[0] == 1


def test_our_own_pages_reach_the_socket(door: Door) -> None:
    assert ask(door, method="POST", origin=OURS)[0] == 200
    assert ask(door, "/_stcore/stream", kind="websocket", origin=OURS)[0] == 0


def seen(door: Door) -> str:
    """Return the cookie of a browser that was at the door."""
    given = ask(door)[1]["set-cookie"]
    assert "HttpOnly" in given
    assert "SameSite=Strict" in given
    return given.split(";", maxsplit=1)[0]


def test_a_file_belongs_to_the_browser_to_whose_page_it_was_offered(door: Door) -> None:
    mine, other, file = seen(door), seen(door), f"/media/{EXPORT}.zip"
    assert ask(door, file)[0] == 403
    assert ask(door, file, cookie=mine)[0] == 403, "nobody has offered it yet"
    ask(door, "/_stcore/stream", kind="websocket", origin=OURS, cookie=mine)
    assert ask(door, file, cookie=mine)[0] == 200
    assert ask(door, file, cookie=other)[0] == 403, "a browser that knows the address and was offered nothing"
    assert ask(door, file, cookie=f"{cookie_name(8501)}={'a' * 64}")[0] == 403
    for name in (f"{EXPORT[:-2]}6f.zip", f"{EXPORT[:20]}.zip", "..", f"{EXPORT}.zip/../x"):
        assert ask(door, f"/media/{name}", cookie=mine)[0] == 403
    assert "set-cookie" not in ask(door, cookie=mine)[1], "a browser keeps its name"


@pytest.mark.parametrize(
    "words",
    [
        told("text_input", "default"),
        told("markdown", "body"),
        told("link_button"),
        told("alert", "body"),
        b"no message at all: /media/" + EXPORT.encode(),
    ],
    ids=["text field", "words", "link", "error", "noise"],
)
def test_an_address_in_somebodys_words_is_no_offer(door: Door, monkeypatch: pytest.MonkeyPatch, words: bytes) -> None:
    mine, file = seen(door), f"/media/{EXPORT}.zip"
    for said, status in ((words, 403), (told(), 200)):
        monkeypatch.setattr("tests.pages.test_door.TOLD", [said])
        ask(door, "/_stcore/stream", kind="websocket", origin=OURS, cookie=mine)
        assert ask(door, file, cookie=mine)[0] == status


def test_a_picture_among_others_is_offered(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    message, other = ForwardMsg(), "6f" * 28
    message.delta.new_element.imgs.imgs.add(url=f"/media/{other}.png", caption=f"/media/{'7f' * 28}.png")
    message.delta.new_element.imgs.imgs.add(url=f"/media/{EXPORT}.png")
    monkeypatch.setattr("tests.pages.test_door.TOLD", [message.SerializeToString()])
    mine = seen(door)
    ask(door, "/_stcore/stream", kind="websocket", origin=OURS, cookie=mine)
    asked = [ask(door, f"/media/{name}.png", cookie=mine)[0] for name in (EXPORT, other, "7f" * 28)]
    assert asked == [200, 200, 403]


def test_the_oldest_files_of_a_browser_are_forgotten_first(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages._server.door._MOST_OFFERED", 0)
    mine = seen(door)
    ask(door, "/_stcore/stream", kind="websocket", origin=OURS, cookie=mine)
    assert ask(door, f"/media/{EXPORT}.zip", cookie=mine)[0] == 403


def test_a_cookie_of_another_kind_is_no_error(door: Door) -> None:
    assert ask(door, cookie="x/y=2; =; countersign-8501")[0] == 200


def test_what_streamlit_tells_everybody_is_closed(door: Door) -> None:
    assert ask(door, "/_stcore/metrics")[0] == 404


def test_the_fonts_of_the_app_are_everybodys(door: Door) -> None:
    assert ask(door, "/static/media/MaterialSymbols-Rounded.nEdyypZU.woff2")[0] == 200
    assert ask(door, "/below/static/media/SourceSansVF-Upright.ttf.BsWL4Kly.woff2")[0] == 200
    assert ask(door, "/below/media/something.zip")[0] == 403


@pytest.mark.parametrize(
    ("client", "status"), [("10.0.0.5", 200), ("10.0.0.6", 403), ("127.0.0.1", 403), ("10.0.0.55", 403)]
)
def test_where_a_proxy_is_named_nobody_comes_past_it(
    door: Door, monkeypatch: pytest.MonkeyPatch, client: str, status: int
) -> None:
    monkeypatch.setenv(PROXIES_VARIABLE, "10.0.0.5, 10.0.0.7")
    assert ask(door, client=client)[0] == status
    forwarded = {"x-forwarded-for": "10.0.0.5", "forwarded": "for=10.0.0.5"}
    assert ask(door, client=client, **forwarded)[0] == status
    opened = ask(door, "/_stcore/stream", kind="websocket", client=client, origin=OURS)[0]
    assert opened == (0 if status == 200 else 1)
