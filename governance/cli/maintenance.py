"""Commands that keep the record honest over time: what the clock caused, and whether evidence still holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import typer

from governance.cli.options import DEFAULT_WORKSPACE, CaseArgument, JsonOption, WorkspaceOption
from governance.cli.output import DONE, NOT_SATISFIED, print_json, say
from governance.cli.progress import reporter
from governance.evidence import encode

if TYPE_CHECKING:
    from governance.workflow.assess import Replayed

_HOLD: Final = frozenset({"identical", "close"})
"""Outcomes of a replay under which evidence holds."""


def tick(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """Record what time has caused: expired reviews and approvals, overdue conditions. For cron."""
    from governance.workflow.review.tick import tick as record
    from governance.workflow.workspace import current_workspace

    found = record(current_workspace.current(workspace))
    if json:
        print_json({"caused": [encode(item) for item in found]})
        return
    say(f"{len(found)} events were due and are recorded." if found else "Nothing was due.")
    for item in found:
        say(f"{item.index}  {item.event}  {item.case}")


def replay(case: CaseArgument, workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """Compute the frozen evidence of a case and its gate report again; exit code 1 when anything differs or cannot be computed."""
    from governance.workflow.assess.replay import replay as again
    from governance.workflow.review import changed_lines
    from governance.workflow.workspace import current_workspace

    place = current_workspace.current(workspace)
    found = again(place, case, reporter())
    changed = changed_lines(place, case) if found else ()
    holds = bool(found) and not changed and all(item.outcome in _HOLD for item in found)
    if json:
        evidence = [encode(item) for item in found]
        print_json({"holds": holds, "evidence": evidence, "requirements_changed": list(changed)})
    else:
        say(_verdict(found, changed))
        for item in sorted(found, key=lambda item: item.outcome in _HOLD):
            say(f"{item.outcome:13} {item.digest[:16]}  {item.method}  {item.reason}")
        for name in changed:
            say(f"different     requirement {name}: the policy and the evidence say something else than the record")
    raise typer.Exit(DONE if holds else NOT_SATISFIED)


def _verdict(found: Sequence[Replayed], changed: Sequence[str]) -> str:
    if not found:
        return "Nothing was replayed: no evidence is frozen."
    off = sum(item.outcome not in _HOLD for item in found)
    if not off and not changed:
        return f"All {len(found)} pieces of evidence hold."
    return f"{off} of {len(found)} pieces of evidence do not hold, {len(changed)} requirements differ."
