"""`countersign serve` as a real process: a signal ends the app too, and two of them work on one workspace."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from governance.workflow.audit import full_check
from governance.workflow.workspace.clock import now
from storage.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
PATIENCE_S = 240
"""Seconds that a busy machine may take to start or end an app; nothing is asserted about how long it took."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up as on Linux"),
]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def children_of(parent: int) -> list[int]:
    """Return the processes that a process has started, and those that these have."""
    found: list[int] = []
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(word) for word in task.read_text().split()]
    return [*found, *(other for child in found for other in children_of(child))]


def gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def until(true: object) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true() and time.monotonic() < end:  # type: ignore[operator]
        time.sleep(0.2)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=10) as said:
            return bool(said.status == 200)
    except OSError:
        return False


@contextmanager
def served(workspace: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Give a served app that answers, and its port."""
    port = free_port()
    command = [sys.executable, "-m", "governance", "serve", "--workspace", str(workspace), "--port", str(port)]
    with subprocess.Popen(
        command, env=ENVIRONMENT, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as app:
        try:
            until(lambda: answers(port) or app.poll() is not None)
            assert answers(port)
            yield app, port
        finally:
            app.terminate()
            app.wait(PATIENCE_S)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with Workspace.create(tmp_path / "workspace", "Example Board", "root passphrase", now()) as made:
        assert made.read().head().size == 2
    return tmp_path / "workspace"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_serve_ends_the_app_and_frees_its_port(place: Path, number: int) -> None:
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("whoever started the tests ignores this signal, and so does what they start")
    with served(place) as (app, port):
        started = children_of(app.pid)
        assert started
        app.send_signal(number)
        app.wait(PATIENCE_S)
        until(lambda: all(map(gone, started)))
        assert [child for child in started if not gone(child)] == []
        assert not answers(port)
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", port))


def test_two_served_apps_on_one_workspace_sweep_nothing_of_each_other(place: Path) -> None:
    with served(place) as (one, _):
        home = children_of(one.pid)[0]
        with Workspace.open(place) as workspace:
            left = workspace.scratch()
        with served(place) as (two, port):
            assert one.poll() is None
            assert two.poll() is None
            assert answers(port)
            assert left.is_dir()
            assert not gone(home)
    with Workspace.open(place) as workspace:
        found = full_check.check(workspace)
        assert (found.valid, found.problem) == (True, None)


def test_an_address_of_other_machines_needs_a_name_and_a_proxy(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "governance", "serve", "--workspace", str(tmp_path / "w"), "--address", "0.0.0.0"]
    refused = subprocess.run(line, env=ENVIRONMENT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert refused.returncode == 2
    assert "behind_proxy" in refused.stderr
