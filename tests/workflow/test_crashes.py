"""A process killed without warning, and a full disk, in the middle of a registration, a run, a vote and an export."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from governance.review import policy
from governance.workflow.assess import assess
from governance.workflow.review import review
from governance.workflow.workspace import subjects
from governance.workflow.workspace.act import state
from storage.processes import left_behind, mark
from storage.scratch import sweep
from storage.workspace import Workspace
from tests.storage.test_crash import may_trace
from tests.workflow.people import proven, secret

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked, killed and traced as on Linux")


@pytest.fixture
def in_review(board: Workspace, registered: tuple[str, str]) -> Workspace:
    """Return a workspace with an open review, in which ines has declared that she has no conflict."""
    words = review.CaseWords("People 1.0", "May it be used?", (registered[0],), "limited", owner="lars")
    case = review.open_case(board, words, actor=proven("lars"))
    found = assess.now(board, subjects.task(board, "performance.summary", subjects.Choice(*registered)))
    review.freeze(board, case, (found.digest,), actor=proven("lars"), policy=policy.from_toml(policy.template()))
    review.start(board, case, actor=proven("lars"))
    review.declare(board, case, member="ines", passphrase=secret("ines"), conflict=False)
    return board


@pytest.mark.slow
@pytest.mark.parametrize("act", ["registration", "run", "vote", "export"])
def test_kill_9_and_a_full_disk_at_any_point_lose_nothing_and_leave_nothing_half_done(
    in_review: Workspace, table: Path, tmp_path: Path, act: str
) -> None:
    if not may_trace():
        pytest.skip("strace is not installed or may not trace here: faults of the disk were not injected")
    other = tmp_path / "more.csv"
    other.write_text("".join(table.read_text().splitlines(keepends=True)[:300]))
    in_review.checkpoint()
    in_review.close()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "tests.workflow.fault_acts", str(in_review.root), str(scratch), act, str(other)]
    said = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=900)
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout.splitlines()[-1])
    cases = found["cases"]
    assert found["calls"] > 10
    assert [case for case in cases if case["problem"]] == []
    assert (cases[0]["status"], cases[0]["said"]) == (0, 1)
    killed = [case for case in cases if case["fault"].startswith("killed")]
    assert [case for case in killed[:-1] if case["status"] != -9] == []
    assert [case for case in cases if case["status"] not in (0, 7, -9)] == []
    assert any(case["status"] == 7 for case in cases)


def test_what_a_living_process_is_at_work_on_stays_and_what_a_dead_one_left_goes(board: Workspace) -> None:
    gone = f"1.{10**15}." + mark().rpartition(".")[2]
    assert left_behind(gone)
    assert not left_behind(mark())
    home = board.scratch()
    incoming = board.root / "blobs" / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    (board.root / "tmp" / gone / "work-x").mkdir(parents=True)
    for place, name in ((incoming, f"{gone}-aa"), (board.root / "keys", f".head-{gone}-bb")):
        (place / name).write_bytes(b"half")
    mine = (
        home,
        incoming / f"{mark()}-cc",
        board.root / "keys" / f".head-{mark()}-dd",
        incoming / "of-another-machine",
    )
    for path in mine[1:]:
        path.write_bytes(b"at work")
    head = (board.root / "keys" / "head").read_bytes()
    sweep(board.root)
    assert all(path.exists() for path in mine)
    assert list(board.root.rglob(f"*{gone}*")) == []
    assert (board.root / "keys" / "head").read_bytes() == head
    os.utime(mine[-1], (0, 0))
    sweep(board.root)
    assert not mine[-1].exists()


WRITER = """
import sys
from pathlib import Path
from governance.workflow.review import review
from governance.workflow.workspace import current_workspace
from governance.workflow.workspace.act import state
from tests.workflow.people import secret
workspace = current_workspace.current(Path(sys.argv[1]))
case = next(iter(state(workspace).cases))
print("ready", flush=True)
sys.stdin.readline()
for number in range(12):
    name = review.comment(
        workspace, case, f"{sys.argv[2]} says {number}", member=sys.argv[2], passphrase=secret(sys.argv[2]), blocking=False
    )
    print(name, flush=True)
"""


def test_two_processes_with_the_verbs_of_the_app_on_one_workspace_lose_nothing(in_review: Workspace) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(in_review.root), who], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for who in ("jonas", "kemi")
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    answers = []
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        out, wrong = writer.communicate(timeout=300)
        assert writer.returncode == 0, wrong
        answers.append(out.split())
    assert [len(names) for names in answers] == [12, 12]
    case = next(iter(state(in_review).cases.values()))
    assert set(answers[0]) | set(answers[1]) == set(case.comments)
    places = [comment.author for comment in case.comments.values()]
    assert places not in (sorted(places), sorted(places, reverse=True)), "one waited for the other: nothing was shown"
    from governance.workflow.audit import full_check

    found = full_check.check(in_review)
    assert (found.valid, found.problem) == (True, None)
