"""What is measured as soon as a model is registered."""

from __future__ import annotations

import time

from governance.workflow.assess import standard
from governance.workflow.workspace import runs, subjects


def test_the_standard_analyses_are_begun_at_once_and_end_as_evidence(workspace, registered) -> None:
    model, data = registered
    begun = standard.begin(workspace, subjects.Choice(model, data, data), person="ada")
    assert begun == standard.STANDARD, "a table is not compared with itself"
    until = time.monotonic() + 240
    wanted = set(begun)
    have: set[str] = set()
    while not wanted <= have and time.monotonic() < until:
        have = {item.method for item in workspace.read().all_evidence()}
        failed = [run for run in runs.recent(workspace) if run.state == "failed"]
        assert not failed, failed
        time.sleep(0.1)
    assert wanted <= have
    size = workspace.read().head().size
    assert standard.begin(workspace, subjects.Choice(model, data, data), person="ada") == begun
    assert workspace.read().head().size == size, "asked again, nothing is computed twice"


def test_without_data_nothing_is_begun(workspace, registered) -> None:
    model, _ = registered
    assert standard.begin(workspace, subjects.Choice(model, ""), person="ada") == ()
