"""A file of a secret is read only where nobody else can read it, and is never quoted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from governance.remote.endpoint import Secrets
from governance.settings import Secret
from governance.workflow.reminders import mail_server
from governance.workflow.workspace import configured
from storage.errors import CountersignError
from storage.keys import KeyRing
from storage.secret_file import LARGEST, SecretFileError, secret_bytes, secret_state, secret_text

POSIX = pytest.mark.skipif(os.name != "posix", reason="modes, links and pipes of POSIX")
SECRET = "a-secret-in-a-file"
MAIL = 'server = "m:25"\nsender = "b@e.org"\nuser = "u"\npassword_file = "{}"'


@pytest.fixture
def place(tmp_path: Path) -> Path:
    found = tmp_path / "secret"
    found.write_text(SECRET + "\n")
    found.chmod(0o600)
    return found


@pytest.mark.parametrize(
    ("written", "read"),
    [("s", "s"), ("s\n", "s"), ("s\r\n", "s"), ("s\n\n", "s\n"), (" s ", " s "), ("", ""), ("ß\n", "ß")],
)
def test_the_end_of_the_last_line_is_no_part_of_a_secret(place: Path, written: str, read: str) -> None:
    place.write_bytes(written.encode())
    assert secret_text(place) == read
    assert secret_bytes(place) == written.encode()


@POSIX
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610, 0o644, 0o666, 0o777])
def test_one_that_is_open_to_others_is_not_read(place: Path, mode: int) -> None:
    place.chmod(mode)
    for ask in (secret_bytes, secret_text, secret_state):
        with pytest.raises(SecretFileError, match=rf"open to other accounts \(mode {mode:04o}\)") as found:
            ask(place)
        assert SECRET not in str(found.value)


@POSIX
def test_a_link_is_judged_by_the_file_at_its_end(place: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(place)
    assert secret_text(link) == SECRET
    place.chmod(0o644)
    with pytest.raises(SecretFileError, match="open to other accounts"):
        secret_text(link)
    link.unlink()
    link.symlink_to(link)
    with pytest.raises(SecretFileError, match="cannot be read"):
        secret_text(link)


@POSIX
def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (tmp_path, tmp_path / "pipe", Path(os.devnull), tmp_path / "nothing", Path("a\0b")):
        with pytest.raises(SecretFileError, match="cannot be read"):
            secret_bytes(path)


def test_what_is_no_text_or_no_secret_by_its_size_is_refused(place: Path) -> None:
    place.write_bytes(b"\xff" * LARGEST)
    assert len(secret_bytes(place)) == LARGEST
    with pytest.raises(SecretFileError, match="no text"):
        secret_text(place)
    place.write_bytes(b"x" * (LARGEST + 1))
    with pytest.raises(SecretFileError, match="holds no secret"):
        secret_bytes(place)


def test_its_state_changes_with_it(place: Path) -> None:
    before = secret_state(place)
    assert secret_state(place) == before
    place.write_text(SECRET + "more")
    assert secret_state(place) != before


@POSIX
def test_every_reader_of_secrets_refuses_alike(place: Path, tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys")
    signer = ring.create_record()
    place.chmod(0o640)
    (tmp_path / "keys" / "record" / signer.keyid).chmod(0o640)
    for ask in (
        lambda: ring.record(signer.keyid),
        lambda: Secrets(str(place)).token(),
        lambda: configured.read(Secret("file", str(place))),
        lambda: mail_server.from_toml(MAIL.format(place)),
    ):
        with pytest.raises(CountersignError, match=r"is open to other accounts \(mode 0640\)"):
            ask()
