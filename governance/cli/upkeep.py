"""Commands that keep the record honest over time: what the clock caused, and whether evidence still holds."""

from __future__ import annotations

from governance.cli.options import DEFAULT_WORKSPACE, CaseArgument, JsonOption, WorkspaceOption
from governance.cli.output import DONE, NOT_SATISFIED, print_json, say
from governance.cli.progress import reporter
from governance.codec import encode


def tick(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """Record what time has caused: expired reviews and approvals, overdue conditions. For cron."""
    from governance.workflow import places
    from governance.workflow.tick import tick as record

    found = record(places.current(workspace))
    if json:
        print_json({"caused": [encode(item) for item in found]})
        return
    for item in found:
        say(f"{item.index}  {item.event}  {item.case}")


def replay(case: CaseArgument, workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """Compute the frozen evidence of a case again; exit code 1 when anything differs or could not be computed."""
    from governance.workflow import places
    from governance.workflow.replay import replay as again

    found = again(places.current(workspace), case, reporter())
    holds = bool(found) and all(item.outcome in {"identical", "close"} for item in found)
    if json:
        print_json({"holds": holds, "evidence": [encode(item) for item in found]})
    else:
        for item in found:
            say(f"{item.outcome:13} {item.digest[:16]}  {item.method}  {item.reason}")
    raise SystemExit(DONE if holds else NOT_SATISFIED)
