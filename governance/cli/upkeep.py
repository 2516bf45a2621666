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
    """Compute the frozen evidence of a case and its gate report again; exit code 1 when anything differs or cannot be computed."""
    from governance.workflow import places
    from governance.workflow.gate import changed_lines
    from governance.workflow.replay import replay as again

    place = places.current(workspace)
    found = again(place, case, reporter())
    changed = changed_lines(place, case) if found else ()
    holds = bool(found) and not changed and all(item.outcome in {"identical", "close"} for item in found)
    if json:
        evidence = [encode(item) for item in found]
        print_json({"holds": holds, "evidence": evidence, "requirements_changed": list(changed)})
    else:
        for item in found:
            say(f"{item.outcome:13} {item.digest[:16]}  {item.method}  {item.reason}")
        for name in changed:
            say(f"different     requirement {name}: the policy and the evidence say something else than the record")
    raise SystemExit(DONE if holds else NOT_SATISFIED)
