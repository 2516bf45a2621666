"""A person says that this machine's clock is right; the ledger notes it, and entries are dated again."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Final

from governance.workflow.workspace import clock
from governance.workflow.workspace.act import remark, state
from governance.workflow.workspace.acting import OPERATOR, Acting, require_act
from storage import UnitOfWork, Workspace

VARIABLE: Final = "COUNTERSIGN_CLOCK_IS_RIGHT"
"""Environment variable: with any value, whoever opens the workspace says that the clock is right; for jobs that run seldom."""


def confirm(workspace: Workspace, *, actor: Acting) -> int | None:
    """Note in the ledger that the clock is right, and return the index of the entry; None where nothing was stopped.

    Raises:
        RuleError: the actor is neither a member whom a passphrase has shown nor the operator; nothing was recorded.
    """
    before = state(workspace)
    require_act(before, actor)
    if clock.stopped(workspace, before.time) is None:
        return None
    with workspace.write() as unit:
        found = noted(workspace, unit, actor)
        if found is None:
            return None
        unit.commit()
    clock.remember(workspace, *found)
    return unit.size - 1


def noted(workspace: Workspace, unit: UnitOfWork, actor: Acting) -> tuple[datetime, datetime] | None:
    """Append to a unit that the clock is right; None where nothing was stopped.

    Returns:
        what the clock says, and the time of the entry: `clock.remember` takes both once the unit is kept.
    """
    found = clock.stopped(workspace, unit.last_time)
    if found is None:
        return None
    says, last = (datetime.fromisoformat(text) for text in (found.clock, found.last))
    remark(workspace, unit, f"The clock was confirmed by {actor.id}. {found.words}", actor=actor, at=max(says, last))
    return says, max(says, last)


def confirm_if_told(workspace: Workspace) -> None:
    """Confirm the clock as the operator where the environment says so: the flag `--clock-is-right` of the command line."""
    if os.environ.get(VARIABLE):
        confirm(workspace, actor=OPERATOR)
