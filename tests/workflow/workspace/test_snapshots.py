"""The board's state that is kept beside the database: believed where it holds, passed over without a word where it does not."""

from __future__ import annotations

import hashlib
import hmac
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from governance.evidence.errors import RecordError, RuleError
from governance.review import BoardState, charter, replay, snapshot
from governance.workflow.audit import full_check, keys
from governance.workflow.review import members
from governance.workflow.workspace import act as rules, now, snapshots
from storage.place import DATABASE
from storage.workspace import Workspace
from tests.workflow.people import ROOT_SECRET, secret


def cold(workspace: Workspace) -> BoardState:
    """Return the state as a process that has just started finds it."""
    rules._states.clear()
    snapshots._writing.clear()
    snapshots.passed_over.clear()
    found = rules.state(workspace)
    for thread in threading.enumerate():
        if thread.name == "snapshot":
            thread.join()
    return found


def replayed(workspace: Workspace) -> BoardState:
    """Return the state after every line, whatever was remembered or kept."""
    return replay([rules.entry(record) for record in workspace.read().entries()])


@pytest.fixture
def kept(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Return a workspace beside which a snapshot lies, and in which none is written any more."""
    with monkeypatch.context() as soon:
        soon.setattr(snapshots, "AT_LEAST", 1)
        cold(workspace)
    assert (workspace.root / snapshots.NAME).is_file()
    return workspace


def used(workspace: Workspace) -> bool:
    """Say whether a process that starts would take the snapshot; whatever it does, the state is that of a replay."""
    assert cold(workspace) == replayed(workspace)
    return not snapshots.passed_over and bool(snapshots.found(workspace))


def rewritten(workspace: Workspace, change: Callable[[list[bytes]], list[bytes]], key: bytes = b"\0" * 32) -> None:
    """Change the lines of a snapshot, with a MAC under a key that is not the service's."""
    place = workspace.root / snapshots.NAME
    lines = change(place.read_bytes().split(b"\n")[:-1])
    made = hmac.new(key, b"".join(line + b"\n" for line in lines), hashlib.sha256).hexdigest()
    place.write_bytes(b"\n".join([*lines, made.encode()]))


def test_a_process_that_starts_goes_on_from_the_snapshot(kept: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert used(kept)
    members.remove(kept, "lars", "Left.", root=kept.unlock_root(ROOT_SECRET))
    seen: list[int] = []
    apply = rules.apply
    monkeypatch.setattr(rules, "apply", lambda state, entry: (seen.append(entry.index), apply(state, entry))[1])
    assert "lars" not in cold(kept).members
    assert seen == [kept.read().head().size - 1]


def test_a_short_ledger_is_simply_replayed(workspace: Workspace) -> None:
    cold(workspace)
    assert not (workspace.root / snapshots.NAME).exists()
    assert not snapshots.passed_over


def test_nobody_else_may_read_a_snapshot_and_nothing_else_is_left(kept: Workspace) -> None:
    assert (kept.root / snapshots.NAME).stat().st_mode & 0o777 == 0o600
    assert not list(kept.scratch().iterdir())


def _chair(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[1].replace(b'"lars":["owner"]', b'"lars":["chair"]'), *lines[2:]]


def test_who_holds_no_key_plants_no_state(kept: Workspace) -> None:
    before = (kept.root / snapshots.NAME).read_bytes()
    assert b'"lars":["owner"]' in before
    rewritten(kept, _chair)
    assert not used(kept)
    assert cold(kept).members["lars"] == ("owner",)
    rewritten(kept, _chair, key=(kept.root / "keys" / "log").read_bytes()[:32])
    assert not used(kept)


def test_a_state_that_the_key_holder_wrote_for_other_lines_is_passed_over(kept: Workspace) -> None:
    """The MAC holds, and the head does not: each part of the first line is looked at by itself."""
    found = rules._states[str(kept.root)]
    short = replayed(kept)
    with pytest.raises(RecordError, match="others than those"):
        snapshots.keep(kept, replace(found, seen=found.seen - 1))
    snapshots.keep(kept, replace(found, state=replace(short, next_index=found.seen - 1)))
    assert not used(kept)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"{}", b"[" * 5000, b"\xff\xfe", b'{"size": 99999999999999,}\n', b'{"size": 0,}\n', b"x" * 100_000],
)
def test_what_is_no_snapshot_is_passed_over(kept: Workspace, content: bytes) -> None:
    (kept.root / snapshots.NAME).write_bytes(content)
    assert not used(kept)
    assert sum(snapshots.passed_over.values()) == 1


def test_a_snapshot_cut_short_anywhere_is_passed_over(kept: Workspace) -> None:
    place = kept.root / snapshots.NAME
    whole = place.read_bytes()
    for size in (1, 40, 400, len(whole) // 2, len(whole) - 65, len(whole) - 64, len(whole) - 1):
        place.write_bytes(whole[:size])
        assert not used(kept)
    place.write_bytes(whole + b"\n")
    assert not used(kept)
    place.write_bytes(whole)
    assert used(kept)


def test_what_is_no_file_is_passed_over(kept: Workspace) -> None:
    place = kept.root / snapshots.NAME
    place.unlink()
    os.mkfifo(place)
    assert snapshots.found(kept) is None
    place.unlink()
    place.mkdir()
    assert snapshots.found(kept) is None
    place.rmdir()


def test_the_snapshot_of_another_workspace_is_passed_over(kept: Workspace, tmp_path: Path) -> None:
    with Workspace.create(tmp_path / "other", "Example Board", ROOT_SECRET, now()) as other:
        shutil.copy(kept.root / snapshots.NAME, other.root / snapshots.NAME)
        assert not used(other)


def test_an_older_copy_that_was_put_back_is_replayed_and_so_is_one_that_shrank(
    kept: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, copy = kept.root / DATABASE, tmp_path / "backup.sqlite"
    with closing(sqlite3.connect(place)) as one, closing(sqlite3.connect(copy)) as other:
        one.backup(other)
    members.remove(kept, "lars", "Left.", root=kept.unlock_root(ROOT_SECRET))
    with monkeypatch.context() as soon:
        soon.setattr(snapshots, "AT_LEAST", 1)
        cold(kept)
    assert used(kept)
    kept.close()
    with closing(sqlite3.connect(copy)) as one, closing(sqlite3.connect(place)) as other:
        one.backup(other)
    with Workspace.open(kept.root) as older:
        assert not used(older)
        assert "lars" in cold(older).members


def test_a_line_that_was_changed_below_the_snapshot_is_not_hidden_by_it(kept: Workspace) -> None:
    """Whoever edits a line and its hash gets a replay of what stands there now, and the check names it as before."""
    with closing(sqlite3.connect(kept.root / DATABASE)) as edited, edited:
        edited.execute("DROP TRIGGER IF EXISTS entry_no_update")
        for (name,) in edited.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            edited.execute(f'DROP TRIGGER "{name}"')
        edited.execute("UPDATE entry SET leaf = zeroblob(32) WHERE idx = 1")
    assert not used(kept)
    assert not full_check.check(kept).valid


def test_other_code_than_that_which_replayed_is_another_snapshot(
    kept: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "reducer", lambda: "0" * 64)
    assert not used(kept)
    monkeypatch.setattr(snapshots, "reducer", lambda: "")
    assert not used(kept)


def test_every_changed_file_of_the_rules_changes_the_name_of_the_code() -> None:
    """No number has to be raised by hand: the code names itself."""
    sources = [(path.name, path.read_bytes()) for path in Path(snapshot.__file__).parent.glob("*.py")]
    assert {"machine.py", "house.py", "state.py", "appeal.py", "snapshot.py"} <= {name for name, _ in sources}
    whole = snapshots.digest_of(sources)
    assert whole == snapshots.digest_of(sources[::-1])
    others = [[*sources[:n], (name, code + b"\n"), *sources[n + 1 :]] for n, (name, code) in enumerate(sources)]
    assert len({whole, *map(snapshots.digest_of, others)}) == len(sources) + 1
    assert len(snapshots.reducer()) == 64


def test_another_checkpoint_key_makes_an_older_snapshot_worthless(kept: Workspace) -> None:
    keys.rotate_log_key(kept, root_passphrase=ROOT_SECRET)
    assert not used(kept)


def test_a_check_of_the_ledger_looks_at_no_snapshot(kept: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("The check asked for the snapshot.")

    rules._states.clear()
    monkeypatch.setattr(snapshots, "found", never)
    assert full_check.check(kept).valid


def test_without_the_key_the_ledger_is_replayed(kept: Workspace) -> None:
    (kept.root / "keys" / "log").rename(kept.root / "keys" / "lost")
    assert not used(kept)


def test_a_full_disk_or_a_lost_key_costs_the_snapshot_alone(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshots, "AT_LEAST", 1)
    monkeypatch.setattr(snapshots, "_mac", full)
    assert cold(workspace) == replayed(workspace)
    assert not (workspace.root / snapshots.NAME).exists()
    assert not list(workspace.scratch().iterdir())


KILLED = """
import os, sys
from pathlib import Path
from governance.workflow.workspace import snapshots, state
from storage import Workspace
snapshots.AT_LEAST = 1
snapshots._mac = lambda *_: os.kill(os.getpid(), 9)
state(Workspace.open(Path(sys.argv[1])))
"""


def test_a_process_killed_in_the_middle_of_writing_leaves_the_one_before(kept: Workspace) -> None:
    before = (kept.root / snapshots.NAME).read_bytes()
    members.remove(kept, "lars", "Left.", root=kept.unlock_root(ROOT_SECRET))
    code = KILLED.replace("snapshots.AT_LEAST", "snapshots.found = lambda _: None\nsnapshots.AT_LEAST")
    done = subprocess.run([sys.executable, "-c", code, str(kept.root)], check=False, capture_output=True)
    assert done.returncode == -9, done.stderr
    assert (kept.root / snapshots.NAME).read_bytes() == before
    assert used(kept)


def test_two_that_write_at_once_leave_a_whole_one(kept: Workspace) -> None:
    reached = rules._states[str(kept.root)]
    writers = [threading.Thread(target=snapshots.keep, args=(kept, reached)) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert used(kept)


def test_an_act_on_a_state_from_a_snapshot_stands_under_all_rules(kept: Workspace) -> None:
    rules._states.clear()
    proposal = charter.from_toml(charter.template("credit"))
    with pytest.raises(RuleError, match="lars is not a member of the board"):
        members.adopt_charter(kept, proposal, member="lars", passphrase=secret("lars"))
    members.adopt_charter(kept, proposal, member="ines", passphrase=secret("ines"))
    assert rules.state(kept) == replayed(kept)
    assert full_check.check(kept).valid
