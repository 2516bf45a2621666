"""A clock that jumped signs nothing until a person says that it is right; a workspace that rested goes on with one click."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from governance.evidence.errors import RuleError
from governance.workflow.assess import assess
from governance.workflow.audit import export, full_check
from governance.workflow.review import members
from governance.workflow.workspace import clock, clock_confirmed, subjects
from governance.workflow.workspace.acting import GUEST, OPERATOR
from governance.workflow.workspace.subjects import Choice
from storage.workspace import Workspace
from tests.workflow.people import ROOT_SECRET, proven

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def moved(monkeypatch: pytest.MonkeyPatch, workspace: Workspace, by: timedelta) -> datetime:
    """Let the machine's clock stand so far after the last entry, and return what it says."""
    at = datetime.fromisoformat(workspace.read().head().last_time) + by
    monkeypatch.setattr(clock, "now", lambda: at)
    return at


@pytest.mark.parametrize("by", [-5 * MINUTE, timedelta(0), DAY + timedelta(hours=1)])
def test_a_day_and_a_small_step_back_stop_nobody(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, by: timedelta
) -> None:
    moved(monkeypatch, workspace, by)
    export.export(workspace, actor=OPERATOR)
    assert clock_confirmed.confirm(workspace, actor=OPERATOR) is None


@pytest.mark.parametrize("by", [-6 * MINUTE, DAY + timedelta(hours=1, seconds=1), 365 * 70 * DAY])
def test_a_jump_stops_every_act_with_both_times(
    workspace: Workspace, registered: tuple[str, str], monkeypatch: pytest.MonkeyPatch, by: timedelta
) -> None:
    last = workspace.read().head().last_time
    at = moved(monkeypatch, workspace, by)
    size, root = workspace.read().head().size, workspace.unlock_root(ROOT_SECRET)
    task = subjects.task(workspace, "quality.checks", Choice(data=registered[1]))
    for act in (
        lambda: export.export(workspace, actor=OPERATOR),
        lambda: members.remove(workspace, "lars", "Left.", root=root),
        lambda: assess.now(workspace, task, actor=GUEST),
        lambda: assess.request(workspace, task, actor=GUEST),
    ):
        with pytest.raises(
            RuleError, match=f"clock says {at:%Y-%m-%dT%H:%M:%SZ}, .*: {last}.*Nothing is signed"
        ) as told:
            act()
        assert "countersign ledger clock-confirm" in told.value.advice
    assert workspace.read().head().size == size


def test_a_rested_workspace_goes_on_once_a_member_says_so_and_the_ledger_notes_who(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = workspace.read().head().last_time
    at = moved(monkeypatch, workspace, 7 * DAY)
    with pytest.raises(RuleError, match="A guest reads"):
        clock_confirmed.confirm(workspace, actor=GUEST)
    index = clock_confirmed.confirm(workspace, actor=proven("lars"))
    noted = workspace.read().entries()[-1]
    assert (noted.index, noted.type, noted.actor, noted.time) == (
        index, "correction.noted", "lars", f"{at:%Y-%m-%dT%H:%M:%SZ}",
    )  # fmt: skip
    words = workspace.read().text(noted.body["text"]["sha256"]) or ""
    assert "confirmed by lars" in words
    assert last in words
    export.export(workspace, actor=OPERATOR)
    assert full_check.check(workspace).valid
    moved(monkeypatch, workspace, 7 * DAY)
    with pytest.raises(RuleError, match="Nothing is signed"):
        export.export(workspace, actor=OPERATOR)


def test_entries_from_the_future_are_confirmed_once_and_keep_their_time(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    future = moved(monkeypatch, workspace, 30 * DAY)
    clock_confirmed.confirm(workspace, actor=OPERATOR)
    today = moved(monkeypatch, workspace, -30 * DAY)
    with pytest.raises(RuleError, match="before the last entry"):
        export.export(workspace, actor=OPERATOR)
    clock_confirmed.confirm(workspace, actor=proven("ines"))
    for later in (today, today + 3 * DAY):
        monkeypatch.setattr(clock, "now", lambda at=later: at)
        export.export(workspace, actor=OPERATOR)
        assert workspace.read().head().last_time == f"{future:%Y-%m-%dT%H:%M:%SZ}"
    monkeypatch.setattr(clock, "now", lambda: today - DAY)
    with pytest.raises(RuleError, match="Nothing is signed"):
        export.export(workspace, actor=OPERATOR)


def test_a_job_that_runs_seldom_says_so_beforehand(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    moved(monkeypatch, workspace, 7 * DAY)
    clock_confirmed.confirm_if_told(workspace)
    with pytest.raises(RuleError, match="Nothing is signed"):
        export.export(workspace, actor=OPERATOR)
    monkeypatch.setenv(clock_confirmed.VARIABLE, "1")
    clock_confirmed.confirm_if_told(workspace)
    export.export(workspace, actor=OPERATOR)
