"""One record for processes on several machines: a PostgreSQL server, the command line, and who is still there.

A namespace of processes stands for another machine: no process number of the one means anything in the other.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from governance.workflow.workspace import beats, current_workspace, runs
from storage import Workspace, process_token
from tests.storage.server import running

PASSPHRASE = "correct horse battery"
BEGIN = """
import sys
from pathlib import Path
from governance.workflow.workspace import current_workspace, runs
place = current_workspace.current(Path(sys.argv[1]))
attempt = runs.begin(place, "ab" * 32, "quality.checks", waiting=True)
assert runs.take(place, attempt, "ab" * 32)
print(attempt, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running() as address:
        yield address


@pytest.fixture(scope="module")
def board(server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a workspace whose record is on the server, as a configuration file says."""
    home = tmp_path_factory.mktemp("board")
    address = home / "database"
    address.write_text(server, encoding="utf-8")
    address.chmod(0o600)
    (home / "countersign.toml").write_text('[database]\nurl_file = "database"\n', encoding="utf-8")
    (home / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    done = command(home, "init", "--organisation", "Example Board", "--root-passphrase-file", str(home / "passphrase"))
    assert done.returncode == 0, done.stderr
    return home / "workspace"


def command(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "governance", *words, "--workspace", str(home / "workspace")]
    return subprocess.run(line, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def elsewhere(board: Path) -> Iterator[subprocess.Popen[str]]:
    """Give a process of "another machine" that is computing something."""
    unshare = shutil.which("unshare")
    if unshare is None or os.geteuid() != 0:
        pytest.skip("no namespace of processes can be made here: a second machine was not tested")
    line = [unshare, "--pid", "--fork", "--mount-proc", "--kill-child", sys.executable, "-c", BEGIN, str(board)]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def test_the_command_line_works_on_a_server(board: Path) -> None:
    assert not (board / "workspace.sqlite").exists()
    secret = ("--passphrase-file", str(board.parent / "passphrase"))
    root = ("--root-passphrase-file", str(board.parent / "passphrase"))
    added = command(board.parent, "member", "add", "ada", "--name", "Ada King", "--role", "chair", *secret, *root)
    assert added.returncode == 0, added.stderr
    checked = command(board.parent, "ledger", "check", "--json")
    assert checked.returncode == 0, checked.stderr
    assert json.loads(checked.stdout)["valid"]
    said = command(board.parent, "config", "check", "--json")
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["file"] == str(board.parent / "countersign.toml")
    again = command(board.parent, "init", "--organisation", "Example Board", *root)
    assert again.returncode == 2
    assert "already" in again.stderr


def test_a_live_run_of_another_machine_is_neither_ended_nor_done_twice(
    board: Path, elsewhere: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert elsewhere.stdout is not None
    attempt = elsewhere.stdout.readline().strip()
    with Workspace.open(board, database=(board.parent / "database").read_text(encoding="utf-8")) as here:
        runs.tidy(here)
        theirs = here.runs.get(attempt)
        assert theirs is not None
        assert theirs.state == "running"
        assert theirs.owner_token.partition("@")[2] != process_token().partition("@")[2]
        mine = runs.begin(here, "ab" * 32, "quality.checks", waiting=True)
        assert not runs.take(here, mine, "ab" * 32)
        elsewhere.kill()
        elsewhere.wait()
        monkeypatch.setattr(beats, "SILENT_S", -1)  # a minute has gone by
        assert runs.take(here, mine, "ab" * 32)
        runs.tidy(here)
        ended = here.runs.get(attempt)
        assert ended is not None
        assert ended.state == "interrupted"


def test_a_process_of_this_machine_is_looked_up_and_not_waited_for(board: Path) -> None:
    with Workspace.open(board, database=(board.parent / "database").read_text(encoding="utf-8")) as here:
        assert beats.is_there(here, process_token())
        assert not beats.is_there(here, "999999999:1@" + process_token().partition("@")[2])
        assert not beats.is_there(here, "1:1@ffffffff")


def test_there_is_no_workspace_before_one_was_made(tmp_path: Path) -> None:
    assert not current_workspace.exists(tmp_path / "workspace")
