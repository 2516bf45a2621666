"""Servers that lie, drip, flood or hide: each ends in words, before its deadline, and never as an answer of the model."""

from __future__ import annotations

import copy
import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from governance.evidence.errors import RefusedInputError
from governance.remote.client import Client
from governance.remote.endpoint import Endpoint, Secrets
from governance.remote.rest_line import SHOWN, Line, LineError, UnusableError, said
from governance.remote.tensors import outputs_of, parsed, written
from tests.remote.double import Certificates, raw, serving

SECONDS = 0.6
ROWS = np.ones((3, 2), np.float32)
GOOD = {
    "id": "countersign-7", "model_name": "credit", "model_version": "1",
    "outputs": [
        {"name": "label", "shape": [3], "datatype": "INT64", "data": [0, 1, 0]},
        {"name": "score", "shape": [3, 2], "datatype": "FP32", "data": [[0.5, 0.5], [0.25, 0.75], [1, 0]]},
    ],
}  # fmt: skip


class Fixed:
    """A server that gives one answer to everybody."""

    headers: list[dict[str, str]]

    def __init__(self, answer: Any = GOOD) -> None:
        self.answer, self.headers = answer, []

    def __call__(self, _: Any) -> Any:
        return copy.deepcopy(self.answer)

    def metadata(self) -> Any:
        return {"name": "credit", "versions": ["1"], "platform": "x"}


def client(address: str, secrets: Secrets | None = None, **more: str) -> Client:
    return Client(Line(Endpoint(address, "credit", **more), secrets or Secrets(), SECONDS))


def ask(address: str, **more: str) -> dict[str, np.ndarray]:
    return client(address, **more).infer({"X": ROWS}, 3, 7)[0]


def changed(**fields: Any) -> dict[str, Any]:
    return {**copy.deepcopy(GOOD), **fields}


def output(**fields: Any) -> dict[str, Any]:
    found = copy.deepcopy(GOOD)
    found["outputs"][1].update(fields)
    return found


def test_an_honest_answer_is_read_flat_or_nested() -> None:
    with serving(Fixed()) as address:
        found = ask(address)
    assert found["label"].tolist() == [0, 1, 0]
    assert found["score"].dtype == np.float32
    assert found["score"].tolist() == [[0.5, 0.5], [0.25, 0.75], [1, 0]]


LIES: dict[str, tuple[Any, str]] = {
    "too large a shape": (output(shape=[3, 10**6]), "needs 3,000,000"),
    "a negative shape": (output(shape=[3, -2]), "has the shape"),
    "an enormous shape": (output(shape=[3, 2**80]), "has the shape"),
    "a shape of flags": (output(shape=[True, 2]), "has the shape"),
    "rank 0": (output(shape=[]), "has the shape"),
    "two rows for three": (output(shape=[2, 2], data=[1, 0, 1, 0]), "has 2 rows, 3 were asked"),
    "another model": (changed(model_name="other"), "about model 'other', 'credit' was asked"),
    "another request": (changed(id="countersign-8"), "about request 'countersign-8'"),
    "an output twice": (changed(outputs=[GOOD["outputs"][0]] * 2), "'label' is there twice"),
    "no outputs": (changed(outputs=[]), "has no outputs"),
    "outputs that are no list": (changed(outputs={"label": 1}), "has no outputs"),
    "an output that is no object": (changed(outputs=["label"]), "has no name"),
    "an unknown type": (output(datatype="FP99"), "unknown type 'FP99'"),
    "a type that is no text": (output(datatype=["FP32"]), "unknown type"),
    "no data": (output(data=None), "has no data"),
    "a flag for a number": (output(data=[True, 0, 0, 0, 0, 0]), "holds True"),
    "a number as text": (output(data=["1", 0, 0, 0, 0, 0]), "holds '1'"),
    "nothing for a number": (output(data=[None, 0, 0, 0, 0, 0]), "holds None"),
    "a fraction as a whole number": (output(datatype="INT64", data=[0.5, 0, 0, 0, 0, 0]), "holds 0.5"),
    "a number that does not fit": (output(datatype="INT8", data=[300, 0, 0, 0, 0, 0]), "does not fit INT8"),
    "values and lists mixed": (output(data=[[1, 0], 1, 0, 1, 0]), "mix values and lists"),
    "an array": ([1, 2], "is a list, expected an object"),
    "NaN": (json.dumps(output(data=[float("nan")] * 6)).encode(), "holds NaN"),
    "Infinity": (b'{"outputs": [Infinity]}', "holds Infinity"),
    "a field twice": (b'{"outputs": [], "outputs": []}', "names 'outputs' twice"),
    "a deep nest": (b"[" * 100_000 + b"]" * 100_000, "nests deeper"),
    "a long number": (b'{"outputs": ' + b"9" * 5000 + b"}", "is no JSON"),
    "no UTF-8": (b'{"outputs": "\xff"}', "is no JSON"),
    "nothing": (b"", "is no JSON"),
    "a page": (b"<html>", "is no JSON"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_in_an_answer_is_told_and_never_taken(name: str) -> None:
    answer, words = LIES[name]
    with serving(Fixed(answer)) as address, pytest.raises(UnusableError) as found:
        ask(address)
    assert words in found.value.what
    assert len(found.value.what) <= 400


def test_a_version_that_was_not_asked_is_refused_only_where_one_was() -> None:
    with serving(Fixed(changed(model_version="2"))) as address:
        assert ask(address)["label"].tolist() == [0, 1, 0]
        with pytest.raises(UnusableError, match="about version '2', '1' was asked"):
            ask(address, version="1")


def test_a_number_too_large_for_single_precision_becomes_no_infinity() -> None:
    with (
        serving(Fixed(output(data=[1e300, 0, 0, 0, 0, 0]))) as address,
        pytest.raises(UnusableError, match="does not fit FP32"),
    ):
        ask(address)


def sends(*parts: bytes, pause: float = 0.0, times: int = 1) -> Callable[[socket.socket], None]:
    def speak(line: socket.socket) -> None:
        line.recv(65536)
        for part in parts * times:
            line.sendall(part)
            time.sleep(pause)

    return speak


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
WIRE: dict[str, tuple[Callable[[socket.socket], None], type[Exception], str]] = {
    "drips its body": (sends(OK + b"Content-Length: 100000\r\n\r\n", *[b" "] * 40, pause=0.1), LineError, "no whole answer"),
    "drips its head": (sends(*[b"H"] * 40, pause=0.1), LineError, "no whole answer"),
    "drips its headers": (sends(OK, *[b"X: y\r\n"] * 40, pause=0.1), LineError, "no whole answer"),
    "says nothing": (sends(b"", pause=2), LineError, "no whole answer"),
    "hangs up": (sends(), LineError, "no connection: Remote end closed connection"),
    "speaks another language": (sends(b"220 smtp ready\r\n\r\n"), UnusableError, "no HTTP: BadStatusLine"),
    "ends early": (sends(OK + b"Content-Length: 100\r\n\r\n{"), UnusableError, "ends 99 bytes before the length"),
    "announces 80 MB": (sends(OK + b"Content-Length: 83886080\r\n\r\n"), UnusableError, "at most 67,108,864"),
    "compresses": (sends(OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"), UnusableError, "compressed"),
    "redirects": (
        sends(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"),
        UnusableError, "answer 302: it leads elsewhere, which is not followed",
    ),
    "is busy": (sends(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), LineError, "answer 503: the server is busy"),
    "sends endless headers": (sends(OK + b"X: y\r\n" * 200 + b"\r\n"), UnusableError, "no HTTP"),
    "sends a line without end": (sends(OK + b"X: " + b"y" * 200_000), UnusableError, "no HTTP: LineTooLong"),
    "sets a cookie": (sends(OK + b"Set-Cookie: a=b\r\nContent-Length: 2\r\n\r\n{}"), UnusableError, "has no outputs"),
    "names a broken length": (sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), UnusableError, "no HTTP"),
}  # fmt: skip


@pytest.mark.parametrize("name", WIRE)
def test_a_server_that_breaks_the_line_is_told_before_the_deadline(name: str) -> None:
    speak, kind, words = WIRE[name]
    with raw(speak) as address:
        begun = time.monotonic()
        with pytest.raises(kind, match=words):
            ask(address)
        assert time.monotonic() - begun < SECONDS + 5  # far from "never": a loaded machine may be late


def test_an_answer_that_comes_before_the_request_is_whole_is_not_taken_for_one() -> None:
    def speak(line: socket.socket) -> None:
        line.sendall(OK + b"Content-Length: 2\r\n\r\n{}")
        line.recv(65536)

    with raw(speak) as address, pytest.raises((UnusableError, LineError)):
        ask(address)


def test_nobody_at_the_address_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(LineError, match="no connection"):
        ask(f"http://127.0.0.1:{port}")
    with pytest.raises(LineError, match="no connection"):
        ask("http://no-such-host.invalid")


def test_an_answer_in_chunks_is_read_and_one_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("governance.remote.rest_line.LARGEST", 1000)
    body = json.dumps(GOOD).encode()
    whole = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    with raw(sends(OK + b"Transfer-Encoding: chunked\r\n\r\n" + whole)) as address:
        assert ask(address)["label"].tolist() == [0, 1, 0]
    flood = b"400\r\n" + b" " * 1024 + b"\r\n"
    endless = sends(OK + b"Transfer-Encoding: chunked\r\n\r\n", flood * 3)
    with raw(endless) as address, pytest.raises(UnusableError, match="more than 1,000 bytes"):
        ask(address)


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(Fixed()) as address:
        assert ask(address)["label"].tolist() == [0, 1, 0]


def test_a_token_comes_from_a_file_and_is_in_no_words(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret-token\n")
    (tmp_path / "token").chmod(0o600)
    with serving(Fixed(), token="s3cret-token") as address:
        found = client(address, Secrets(str(tmp_path / "token"))).infer({"X": ROWS}, 3, 7)[0]
        assert found["label"].tolist() == [0, 1, 0]
        with pytest.raises(UnusableError, match="answer 401: no: None"):
            ask(address)
    for text in ("", "two\nlines", "ünreadable"):
        (tmp_path / "token").write_text(text, encoding="utf-8")
        with pytest.raises(RefusedInputError) as error:
            Secrets(str(tmp_path / "token")).token()
        assert "lines" not in error.value.what
    with pytest.raises(RefusedInputError, match="cannot be read"):
        Secrets(str(tmp_path / "none")).token()


def test_a_token_that_a_server_says_back_is_cut_out(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret-token")
    (tmp_path / "token").chmod(0o600)
    with serving(Fixed(), token="another") as address, pytest.raises(UnusableError) as error:
        client(address, Secrets(str(tmp_path / "token"))).infer({"X": ROWS}, 3, 7)
    assert "s3cret" not in error.value.what


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://ada:secret@server", "holds a name or password"),
        ("ftp://server", "is no address"),
        ("server:8000", "is no address"),
        ("http://", "is no address"),
        ("http://server/?a=b", "is no address"),
        ("http://server:99999", "is no address"),
        ("http://ser ver", "is no address"),
        ("http://[::1", "is no address"),
        ("http://server/\r\nX: y", "is no address"),
    ],
)
def test_an_address_that_is_none_is_refused_and_never_quotes_a_password(address: str, words: str) -> None:
    with pytest.raises(RefusedInputError) as error:
        Endpoint(address, "credit")
    assert words in error.value.what
    assert "secret" not in error.value.what


@pytest.mark.parametrize("name", ["", "../admin", "a/b", "a b", "..", "a\n", "ü"])
def test_a_name_that_would_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(RefusedInputError, match="is no name of a model"):
        Endpoint("http://server", name)


def test_a_name_that_leads_to_the_metadata_of_a_cloud_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    where = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: where)
    with pytest.raises(RefusedInputError, match=r"leads to the link-local address 169\.254\.169\.254"):
        ask("http://models.example")


def test_a_path_before_the_protocol_and_a_version_are_kept() -> None:
    found = Endpoint("http://server:8080/team/", "credit", "3")
    assert (found.path, found.place) == ("/team/v2/models/credit/versions/3", "server:8080")
    assert Endpoint("https://server", "credit").place == "server:443"


# --- TLS


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("tls"))


def test_a_server_whose_authority_is_named_and_whose_key_is_pinned_is_asked(certificates: Certificates) -> None:
    pin = certificates.pin(certificates.server)
    with serving(Fixed(), context=certificates.context(certificates.server)) as address:
        secrets = Secrets(ca_file=certificates.ca_file)
        found, seen = client(address, secrets, pin=pin).infer({"X": ROWS}, 3, 7)
        assert (found["label"].tolist(), seen) == ([0, 1, 0], pin)
        with pytest.raises(UnusableError, match="shows another key"):
            client(address, secrets, pin="0" * 64).infer({"X": ROWS}, 3, 7)


def test_an_unknown_authority_another_host_and_an_expired_certificate_do_not_hold(certificates: Certificates) -> None:
    for pair, authority in (
        (certificates.server, certificates.other_ca_file),
        (certificates.elsewhere(), certificates.ca_file),
        (certificates.expired(), certificates.ca_file),
    ):
        served = serving(Fixed(), context=certificates.context(pair))
        with served as address, pytest.raises(LineError, match="certificate does not hold"):
            client(address, Secrets(ca_file=authority)).infer({"X": ROWS}, 3, 7)


def test_a_plain_server_is_not_taken_for_an_encrypted_one(certificates: Certificates) -> None:
    with serving(Fixed()) as address, pytest.raises((LineError, UnusableError)):
        client(address.replace("http:", "https:"), Secrets(ca_file=certificates.ca_file)).infer({"X": ROWS}, 3, 7)


def test_a_file_of_authorities_that_is_none_is_refused(certificates: Certificates, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    with serving(Fixed(), context=certificates.context(certificates.server)) as address:
        for file in (tmp_path / "ca.pem", tmp_path / "none.pem"):
            with pytest.raises(RefusedInputError, match="file of authorities"):
                client(address, Secrets(ca_file=str(file))).infer({"X": ROWS}, 3, 7)


def test_a_pin_without_tls_or_of_another_form_is_refused() -> None:
    with pytest.raises(RefusedInputError, match="without TLS"):
        Endpoint("http://server", "credit", pin="0" * 64)
    with pytest.raises(RefusedInputError, match="The pin 'abc' is none"):
        Endpoint("https://server", "credit", pin="abc")


# --- words and tensors


def test_words_of_a_server_are_one_short_printable_line() -> None:
    assert said("a\n\x1b[31mb\u202ec") == "a ?[31mb?c"
    assert len(said("x" * 5000)) == SHOWN


def test_texts_and_numbers_are_written_and_a_missing_number_is_refused() -> None:
    assert written("x", np.array([["a"], ["b"]], object)) == {
        "name": "x", "shape": [2, 1], "datatype": "BYTES", "data": ["a", "b"],
    }  # fmt: skip
    assert written("x", np.array([1, 2], np.int64))["datatype"] == "INT64"
    with pytest.raises(RefusedInputError, match="JSON cannot write"):
        written("x", np.array([np.nan], np.float32))


def test_single_precision_numbers_come_back_bit_for_bit() -> None:
    numbers = np.random.default_rng(0).normal(size=(200, 1)).astype(np.float32)
    sent = json.dumps({"outputs": [written("x", numbers)]}).encode()
    assert np.array_equal(outputs_of(parsed(sent), 200)["x"], numbers)


def test_the_reader_of_a_connection_is_what_the_library_asks_for() -> None:
    from governance.remote.rest_line import _Socket, _Timed

    one, other = socket.socketpair()
    with one, other:
        other.sendall(b"abc")
        assert _Timed(one, lambda: 1.0).readinto(bytearray(3)) == 3
        other.sendall(b"line\n")
        assert _Socket(one, lambda: 1.0).makefile("rb").readline() == b"line\n"
