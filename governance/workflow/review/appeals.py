"""The appeals of a case with their words, for screens."""

from __future__ import annotations

from governance.review import AppealLine, appeal_line, heard
from governance.workflow.workspace import entry
from storage import Workspace

ERASED = "(erased)"


def of_case(workspace: Workspace, case: str) -> tuple[AppealLine, ...]:
    """Return the appeals of a case, the oldest first."""
    views = workspace.read()
    found = heard(entry(item) for item in views.entries(case=case, types=("appeal.filed", "appeal.decided")))
    named = {item.filed.body.text.sha256 for item in found}
    named |= {item.ruling.rationale.sha256 for item in found if item.ruling}
    words = {digest: item.text for digest, item in views.texts(named).items()}
    return tuple(appeal_line(item, lambda ref: words.get(ref.sha256, ERASED)) for item in found)
