"""The configuration beside a workspace: whose file it is, and the secrets that it names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from governance.evidence import RefusedInputError
from governance.settings import Secret, Settings
from governance.workflow.workspace import configured

SECRET = "planted-word"


def written(place: Path, text: str, mode: int = 0o600) -> Path:
    place.write_text(text, encoding="utf-8")
    place.chmod(mode)
    return place


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert configured.place_of(tmp_path / "workspace") is None
    assert configured.settings_of(tmp_path / "workspace") == Settings()


def test_the_file_lies_beside_the_workspace_or_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "countersign.toml", "[server]\nport = 9001")
    assert configured.settings_of(tmp_path / "workspace").server.port == 9001
    other = written(tmp_path / "other.toml", "[server]\nport = 9002")
    monkeypatch.setenv(configured.VARIABLE, str(other))
    assert configured.settings_of(tmp_path / "workspace").server.port == 9002
    monkeypatch.setenv(configured.VARIABLE, str(tmp_path / "none.toml"))
    with pytest.raises(RefusedInputError, match="no configuration file"):
        configured.settings_of(tmp_path / "workspace")


def test_paths_are_meant_from_the_file(tmp_path: Path) -> None:
    written(
        tmp_path / "countersign.toml",
        "[server]\ncertificate = 'tls.pem'\nkey_file = 'tls.key'\n[database]\nurl_file = 'db'",
    )
    found = configured.settings_of(tmp_path / "workspace")
    assert found.server.certificate == str(tmp_path / "tls.pem")
    assert found.database.url == Secret("file", str(tmp_path / "db"))


def test_a_file_that_others_can_write_decides_nothing(tmp_path: Path) -> None:
    written(tmp_path / "countersign.toml", "", 0o666)
    with pytest.raises(RefusedInputError, match="another account"):
        configured.settings_of(tmp_path / "workspace")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_account_decides_nothing(tmp_path: Path) -> None:
    os.chown(written(tmp_path / "countersign.toml", ""), 12345, -1)
    with pytest.raises(RefusedInputError, match="another account"):
        configured.settings_of(tmp_path / "workspace")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[server]\nport = 1\n" + b"#" * 1_000_001])
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "countersign.toml").write_bytes(content)
    with pytest.raises(RefusedInputError):
        configured.settings_of(tmp_path / "workspace")


def test_a_secret_is_read_from_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTED", SECRET)
    file = written(tmp_path / "secret", SECRET + "\n")
    assert configured.read(None) is None
    assert configured.read(Secret("env", "PLANTED")) == SECRET
    assert configured.read(Secret("file", str(file))) == SECRET
    assert configured.read(Secret("command", f"cat '{file}'")) == SECRET


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_file_of_a_secret_is_for_its_owner_alone(tmp_path: Path, mode: int) -> None:
    with pytest.raises(RefusedInputError, match="open to other accounts") as found:
        configured.read(Secret("file", str(written(tmp_path / "secret", SECRET, mode))))
    assert SECRET not in str(found.value)


@pytest.mark.parametrize(
    "secret",
    [
        Secret("env", "NOT_SET_ANYWHERE"),
        Secret("file", "/no/such/file"),
        Secret("command", "false"),
        Secret("command", "no-such-program-anywhere"),
        Secret("command", "printf ''"),
        Secret("command", "echo 'unclosed"),
    ],
)
def test_a_secret_that_is_not_there_is_said(secret: Secret) -> None:
    with pytest.raises(RefusedInputError):
        configured.read(secret)
