"""What time causes is written once, whatever the number of processes that notice it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from governance.evidence.codec import sha256
from governance.evidence.evidence import Environment, Evidence, Input, Rows, RunKey
from governance.review import charter, events, policy
from governance.workflow.review import members, review
from governance.workflow.review.tick import keep_time
from governance.workflow.workspace import act as rules, clock, clock_confirmed, current_workspace
from governance.workflow.workspace.acting import OPERATOR
from storage.workspace import Workspace

LONG_AGO = datetime(2024, 3, 1, tzinfo=UTC)
MODEL = "a" * 64
SECRET = "long enough"
PROCESSES = 3
ROOT = Path(__file__).resolve().parents[3]


def recorded(workspace: Workspace) -> str:
    key = RunKey("performance.summary", 1, (Input("model", MODEL), Input("data", "b" * 64)), "", {}, {}, 0)
    data = Evidence(key, Rows(10, 10), Environment("3", "linux", {}), {"measures": []}).to_bytes()
    workspace.blobs.put(data)
    item = events.EvidenceRecorded(sha256(data), key.digest, key.method, 1, MODEL, ("b" * 64,), 10, 10, "assessed")
    table = events.DatasetRegistered("applicants", "A", "b" * 64, "b" * 64, 10, "evaluation", "c" * 64)
    for body in (table, item):
        rules.act(workspace, lambda _unit, _state, _time, body=body: body, actor=OPERATOR)
    return item.digest


def model(workspace: Workspace) -> None:
    rules.act(
        workspace,
        lambda unit, _state, _time: events.ModelRegistered(
            "m", "M", "1", MODEL, "binary", "o", "minimal", events.TextRef(**unit.text("use"))
        ),
        actor=OPERATOR,
    )


@pytest.fixture(scope="module")
def long_ago(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose three reviews were opened long ago and never reached a quorum."""
    patch = pytest.MonkeyPatch()
    patch.setattr(clock, "now", lambda: LONG_AGO)
    root = tmp_path_factory.mktemp("long-ago") / "workspace"
    with Workspace.create(root, "Example Board", SECRET, LONG_AGO) as found:
        key = found.unlock_root(SECRET)
        for who in ("ines", "jonas"):
            members.enrol(found, who, who, ("member",), passphrase=SECRET, root=key)
        for who in ("ines", "jonas"):
            members.adopt_charter(found, charter.from_toml(charter.template()), member=who, passphrase=SECRET)
        model(found)
        digest = recorded(found)
        for number in range(3):
            words = review.CaseWords(f"Case {number}", "May it be used?", (MODEL,), "minimal")
            case = review.open_case(found, words, actor=OPERATOR)
            review.freeze(found, case, (digest,), actor=OPERATOR, policy=policy.from_toml(policy.template()))
            review.start(found, case, actor=OPERATOR)
    patch.undo()
    return root


@pytest.fixture
def forgotten(long_ago: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(long_ago, tmp_path / "workspace"))


def test_processes_that_tick_at_once_write_each_event_once(forgotten: Path) -> None:
    words = [sys.executable, "-m", "governance", "tick", "--workspace", str(forgotten), "--json"]
    words.insert(3, "--clock-is-right")
    going = [subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)]
    said = [json.loads(process.communicate()[0])["caused"] for process in going]
    assert [process.returncode for process in going] == [0] * PROCESSES
    with Workspace.open(forgotten) as found:
        written = [entry for entry in found.read().entries() if entry.type == "review.expired"]
        assert Counter(entry.case for entry in written) == Counter(rules.state(found).cases.keys())
        assert {case.status for case in rules.state(found).cases.values()} == {"deferred"}
    assert sorted(item["index"] for caused in said for item in caused) == [entry.index for entry in written]


def test_the_app_keeps_time_from_its_start(forgotten: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(current_workspace.VARIABLE, str(forgotten))
    stop = Event()
    stop.set()
    keep_time(stop)
    place = current_workspace.current()
    assert {case.status for case in rules.state(place).cases.values()} == {"in_review"}
    clock_confirmed.confirm(place, actor=OPERATOR)
    keep_time(stop)
    assert {case.status for case in rules.state(place).cases.values()} == {"deferred"}
    place.close()


def test_the_app_keeps_going_where_there_is_no_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(current_workspace.VARIABLE, str(tmp_path))
    stop = Event()
    stop.set()
    keep_time(stop)
    assert list(tmp_path.iterdir()) == []
