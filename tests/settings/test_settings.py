"""What a configuration file may say, and that what it says wrongly is answered with what was meant."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from governance.evidence import CountersignError, RefusedInputError
from governance.settings import Secret, Server, Settings, from_toml, is_loopback, open_points, require_guarded

WHOLE = """
[server]
url = "https://board.example.org"
address = "0.0.0.0"
behind_proxy = ["10.0.0.5"]
[database]
url_file = "secrets/database"
[keys]
service_passphrase = "env:SERVICE_SECRET"
"""


def test_a_whole_file_says_where_everything_is() -> None:
    found = from_toml(WHOLE)
    assert found.server.behind_proxy == ("10.0.0.5",)
    assert found.database.url == Secret("file", "secrets/database")
    assert found.keys.service_passphrase == Secret("env", "SERVICE_SECRET")
    require_guarded(found.server)


def test_nothing_said_is_one_machine_with_one_file() -> None:
    assert from_toml("") == Settings()
    assert is_loopback(Settings().server.address)
    assert Settings().database.url is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[server]\nadress = 'x'", "Did you mean 'address'"),
        ("[sever]\n", "Did you mean 'server'"),
        ("[database]\nulr_file = 'x'", "Did you mean 'url_file'"),
        ("server = 3", "no table"),
        ("[server]\nport = true", "port"),
        ("[server]\nport = 0", "port"),
        ("[server]\nport = '8501'", "port"),
        ("[server]\nbehind_proxy = '10.0.0.5'", "behind_proxy"),
        ("[server]\nurl = 'board.example.org'", "scheme and name"),
        ("[server]\nurl = 'https://board.example.org/app'", "scheme and name"),
        ("[server]\nurl = 'https://u@board.example.org'", "scheme and name"),
        ("[server]\nurl = 'http://[::1'", "scheme and name"),
        ("[server]\ncertificate = 'tls.pem'", "needs both"),
        ("[database]\nurl = 'env:A'\nurl_file = 'b'", "Keep one"),
        ("[database]\nurl = 7", "no text"),
        ("[database]\nurl_file = ' '", "no text"),
        ("[database", "not TOML"),
    ],
)
def test_what_is_wrong_is_named(text: str, words: str) -> None:
    with pytest.raises(RefusedInputError) as found:
        from_toml(text)
    assert words in str(found.value)


def test_a_secret_in_place_of_where_it_stands_is_refused_and_not_repeated() -> None:
    with pytest.raises(RefusedInputError) as found:
        from_toml("[database]\nurl = 'postgresql+psycopg://ada:planted-word@db/board'")
    assert "planted-word" not in str(found.value)
    assert "url_file" in str(found.value)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    with suppress(CountersignError):
        assert isinstance(from_toml(text), Settings)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "[::1]", "localhost", "LOCALHOST", "127.8.9.1"])
def test_this_machine_needs_no_guard(address: str) -> None:
    require_guarded(Server(address=address))


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.7", "board.example.org", "127.0.0.1.example.org", ""])
def test_other_machines_do(address: str) -> None:
    with pytest.raises(RefusedInputError, match="behind_proxy"):
        require_guarded(Server(address=address))
    with pytest.raises(RefusedInputError, match="behind_proxy"):
        require_guarded(Server(address=address, url="https://board.example.org"))
    with pytest.raises(RefusedInputError, match=r"\(url\)"):
        require_guarded(Server(address=address, behind_proxy=("10.0.0.5",)))


def test_what_is_left_open_is_said() -> None:
    alone = open_points(Settings())
    assert any("this machine alone" in point for point in alone)
    assert any("without a passphrase" in point for point in alone)
    plain = open_points(from_toml("[server]\nurl = 'http://board.example.org'"))
    assert any("over http" in point for point in plain)
    assert not any("without a passphrase" in point for point in open_points(from_toml(WHOLE)))
