"""What was acknowledged survives: writers killed without warning, a disk that refuses, a torn write-ahead log."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from governance.evidence.errors import CountersignError, RecordError
from storage.workspace import Workspace
from tests.storage.scene import record_evidence

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked, killed and traced as on Linux")


def run_host(name: str, *arguments: Path) -> Any:
    """Run a host script as a process of its own and return what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, str(HERE / name), *map(str, arguments)]
    said = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=300)
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


def may_trace() -> bool:
    strace = shutil.which("strace")
    if strace is None:
        return False
    probe = [strace, "-e", "trace=fsync", "-e", "inject=fsync:error=EIO", "true"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
def test_kill_9_of_three_writers_in_25_rounds_loses_nothing_acknowledged(workspace: Workspace) -> None:
    rounds = run_host("crash_host.py", workspace.root)
    said = [line.split() for lines in rounds for line in lines]
    leaves = workspace.read().leaves()
    assert len(rounds) == 25
    assert all(rounds), "a round in which nobody was acknowledged shows nothing"
    assert all(leaves[int(index)].hex() == leaf for index, leaf in said)
    assert len({index for index, _ in said}) == len(said)
    verdict = workspace.verify()
    assert (verdict.valid, verdict.problem, verdict.entries) == (True, None, len(leaves))


@pytest.mark.slow
def test_a_disk_that_refuses_at_any_write_or_flush_leaves_a_ledger_that_holds(
    workspace: Workspace, tmp_path: Path
) -> None:
    if not may_trace():
        pytest.skip("strace is not installed or may not trace here: faults of the disk were not injected")
    workspace.close()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    found = run_host("fault_host.py", workspace.root, scratch)
    cases = found["cases"]
    assert found["undisturbed"] == 3
    assert len(cases) == 2 * found["writes"] + 3 * found["flushes"]
    assert found["writes"] > 20
    assert found["flushes"] > 3
    assert [case for case in cases if case["problem"]] == []
    assert [case for case in cases if case["status"] not in (0, 7)] == []
    assert all(case["said"] == 3 for case in cases if case["status"] == 0)
    assert sum(case["status"] == 7 for case in cases) > len(cases) // 3


def test_a_torn_write_ahead_log_is_a_prefix_and_an_outside_checkpoint_tells(
    workspace: Workspace, tmp_path: Path
) -> None:
    for number in range(12):
        record_evidence(workspace, number)
    outside = workspace.checkpoint().note
    lines = workspace.read().lines()
    journal = workspace.root / "workspace.sqlite-wal"
    whole = journal.read_bytes()
    seen = set()
    for at in range(1, 12):
        torn = tmp_path / f"torn-{at}"
        shutil.copytree(workspace.root, torn, ignore=shutil.ignore_patterns("*-shm"))
        (torn / journal.name).write_bytes(whole[: len(whole) * at // 12])
        if not has_ledger(torn):
            continue  # torn before the first line: there is no ledger to open
        with Workspace.open(torn) as left:
            found = left.read().lines()
            assert found == lines[: len(found)]
            with pytest.raises(RecordError, match="do not continue"):  # the head beside the keys remembers more
                left.verify()
            (torn / "keys" / "head").unlink()
            assert left.verify().valid
            verdict = left.verify((outside,))
            assert not verdict.valid
            assert verdict.first_bad == len(found)
            seen.add(len(found))
    assert len(seen) > 3


def has_ledger(root: Path) -> bool:
    """Say whether the torn copy still has a first line."""
    try:
        Workspace.open(root).close()
    except CountersignError:
        return False
    return True
