"""Runs and drafts: what survives a reload and a crash without being part of the record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance.evidence.errors import RefusedInputError
from storage.workspace import Workspace
from tests.storage.scene import AT


def test_a_run_reports_ends_once_and_is_found_by_its_key(workspace: Workspace) -> None:
    runs = workspace.runs
    run = runs.start("key", "fairness.by_group", "1234-1", AT, total=10)
    assert runs.progress(run, 4, 10, "counting") is False
    found = runs.latest("key")
    assert found is not None
    assert (found.run, found.state, found.done, found.total, found.phase) == (run, "running", 4, 10, "counting")
    runs.finish(run, "done", AT + timedelta(seconds=2))
    runs.finish(run, "failed", AT + timedelta(seconds=3), "too late")
    runs.progress(run, 1, 10, "too late")
    ended = runs.get(run)
    assert ended is not None
    assert (ended.state, ended.done, ended.error, ended.ended) == ("done", 4, None, "2026-01-02T03:04:07Z")
    assert workspace.read().runs(["running"]) == ()
    assert workspace.read().runs() == (ended,)
    assert runs.get("nothing") is None


def test_a_run_is_told_that_somebody_asked_to_stop(workspace: Workspace) -> None:
    run = workspace.runs.start("key", "m", "1234-1", AT)
    assert not workspace.runs.asked_to_stop(run)
    workspace.runs.ask_to_stop(run)
    assert workspace.runs.asked_to_stop(run)
    assert workspace.runs.progress(run, 1, 2, "x") is True


def test_runs_of_processes_that_are_gone_are_interrupted(workspace: Workspace) -> None:
    alive = workspace.runs.start("a", "m", "alive", AT)
    gone = workspace.runs.start("b", "m", "gone", AT)
    assert workspace.runs.mark_interrupted(lambda token: token == "alive", AT) == 1
    states = {item.run: item.state for item in workspace.runs.all()}
    assert states == {alive: "running", gone: "interrupted"}
    assert workspace.runs.mark_interrupted(lambda token: token == "alive", AT) == 0


def test_a_run_ends_in_a_known_state(workspace: Workspace) -> None:
    run = workspace.runs.start("a", "m", "t", AT)
    with pytest.raises(RefusedInputError, match="interrupted"):
        workspace.runs.finish(run, "fine", AT)


def test_a_draft_survives_until_it_is_discarded(workspace: Workspace) -> None:
    drafts = workspace.drafts
    drafts.save("ada", "c-1", "comment", "half a", AT)
    drafts.save("ada", "c-1", "comment", "half a sentence", AT)
    drafts.save("bob", "c-1", "comment", "another", AT)
    with Workspace.open(workspace.root) as again:
        found = again.read().draft("ada", "c-1", "comment")
        assert found is not None
        assert found.content == "half a sentence"
    drafts.discard("ada", "c-1", "comment")
    assert drafts.get("ada", "c-1", "comment") is None
    assert drafts.get("bob", "c-1", "comment") is not None


def test_runs_and_drafts_are_no_records(workspace: Workspace) -> None:
    workspace.runs.start("a", "m", "t", AT)
    workspace.drafts.save("ada", "c-1", "vote", "{}", AT)
    assert workspace.read().head().size == 2
