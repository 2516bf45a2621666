"""Kill a process at work, or let its disk be full, at many points of one act, and look at what the next process finds.

Started by test_crashes.py as a process of its own, so that forking is safe. Arguments: a workspace to copy, a scratch folder, the
name of an act, a table. Each case forks a process, attaches strace to it, and lets it act while the n-th of the calls that change a
disk kills it (SIGKILL) or fails, and all after it (ENOSPC). Prints one JSON object.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from governance.dossier.verify import verify
from governance.evidence.errors import CountersignError
from governance.subject import Schema
from governance.workflow.assess import assess
from governance.workflow.audit import export, full_check
from governance.workflow.registry import register
from governance.workflow.review import review
from governance.workflow.workspace import current_workspace, subjects
from governance.workflow.workspace.act import state
from storage.processes import mark
from storage.workspace import Workspace
from tests.storage.fault_host import REFUSED, run
from tests.workflow.people import proven, secret

CALLS = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "mkdir", "unlink")
"""The calls by which SQLite and Python change a disk."""
POINTS = 5
WORDS = register.DataWords("More people", "evaluation", Schema(target="good", positive="1", sensitive=("sex",)))


def registers(workspace: Workspace, table: Path) -> str:
    return register.register_data(workspace, table, WORDS, actor=proven("lars"))


def runs(workspace: Workspace, _table: Path) -> str:
    view = workspace.read()
    chosen = subjects.Choice(data=view.datasets()[0].digest)
    return assess.now(workspace, subjects.task(workspace, "quality.checks", chosen)).digest


def votes(workspace: Workspace, _table: Path) -> str:
    case = next(iter(state(workspace).cases.values()))
    review.vote(
        workspace, case.id, "reject", member="ines", passphrase=secret("ines"), bundle=case.bundle, rationale="My reason.",
        conditions=(),
    )  # fmt: skip
    return "ines"


def exports(workspace: Workspace, _table: Path) -> str:
    out = workspace.root.with_suffix(".export")
    return export.save(workspace, out, actor=proven("lars")).root.hex()


def is_registered(workspace: Workspace, said: str) -> bool:
    return workspace.read().dataset(said) is not None


def is_recorded(workspace: Workspace, said: str) -> bool:
    return workspace.read().evidence(said) is not None


def is_cast(workspace: Workspace, said: str) -> bool:
    return said in next(iter(state(workspace).cases.values())).ballots


def is_exported(workspace: Workspace, _said: str) -> bool:
    return bool(workspace.read().entries(types=("export.made",))) and workspace.root.with_suffix(".export").is_dir()


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a person does."""

    do: Callable[[Workspace, Path], str]
    """Acts, and returns what is acknowledged."""
    kept: Callable[[Workspace, str], bool]
    """Whether the workspace has what was acknowledged."""


ACTS = {
    "registration": Act(registers, is_registered),
    "run": Act(runs, is_recorded),
    "vote": Act(votes, is_cast),
    "export": Act(exports, is_exported),
}


def left_in(workspace: Workspace) -> list[str]:
    """Return the temporaries that are still in a workspace."""
    root = workspace.root
    found = [*(root / "tmp").glob("*"), *(root / "blobs" / "incoming").glob("*"), *(root / "runs").glob("*")]
    found += (root / "keys").glob(".head-*")
    return [path.name for path in found if path.name != mark()]


def problem_of(root: Path, act: Act, table: Path, said: list[str]) -> str:
    """Return what is wrong with the workspace for the next process, or nothing."""
    workspace = current_workspace.current(root)
    if said and not act.kept(workspace, said[0]):
        return "what was acknowledged is gone"
    if left := left_in(workspace):
        return f"left behind: {left}"
    if workspace.runs.all(("waiting", "running")):
        return "a run that nobody computes looks under way"
    out = root.with_suffix(".export")
    if out.exists() and (wrong := _of_export(workspace, out)):
        return f"a half-written export looks done: {wrong}"
    found = full_check.check(workspace)
    if not found.valid or found.problem:
        return f"ledger check: {found.problem}"
    with suppress(CountersignError):  # registered, or exported, already
        act.do(workspace, table)
    found = full_check.check(workspace)
    again = "" if found.valid and not found.problem else f"after acting again: {found.problem}"
    return again or ("left behind: .part" if root.with_suffix(".export.part").exists() else "")


def _of_export(workspace: Workspace, out: Path) -> str:
    trust = out.with_suffix(".trust.json")
    trust.write_bytes(export.trust(workspace))
    answer = verify(out, trust, [])
    return "" if answer["valid"] else str(answer["reason"])


def worker(act: Act, table: Path) -> Callable[[Path, int], int]:
    """Return the process that acts: 0 when it was acknowledged, 7 when the disk's refusal was said."""

    def work(root: Path, acknowledge: int) -> int:
        try:
            said = act.do(current_workspace.current(root), table)
            os.write(acknowledge, f"{said}\n".encode())
        except CountersignError:
            return REFUSED
        except OSError as error:
            return REFUSED if error.errno == errno.ENOSPC else 71
        return 0

    return work


def killed(made: list[str], at: int) -> tuple[str, list[str]]:
    """Return the fault that kills at the call `at` of an undisturbed run; strace counts each kind of call by itself."""
    nth = made[: at + 1].count(made[at])
    return f"killed at {made[at]} {nth}", [f"{made[at]}:signal=KILL:when={nth}"]


def full(made: list[str], at: int) -> tuple[str, list[str]]:
    """Return the fault of a disk that is full from the call `at` on."""
    kinds = {name for name in made[at:] if name != "unlink"}
    return f"full from call {at} on", [
        f"{name}:error=ENOSPC:when={made[:at].count(name) + 1}+" for name in sorted(kinds)
    ]


def main() -> None:
    template, scratch, name, table = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    act = ACTS[name]
    shutil.rmtree(template / "tmp", ignore_errors=True)  # of the process that made the template, which is alive
    shutil.copytree(template, scratch / "plain")
    status, said, log = run(scratch / "plain", ["-e", f"trace={','.join(CALLS)}"], worker(act, table))
    made = [name for name in (line.partition("(")[0] for line in log.splitlines()) if name in CALLS]
    problem = problem_of(scratch / "plain", act, table, said)
    cases = [{"fault": "none", "status": status, "said": len(said), "problem": problem}]
    points = sorted({place * (len(made) - 1) // (POINTS - 1) for place in range(POINTS)})
    for fault, injected in [*(killed(made, at) for at in points), *(full(made, at) for at in points[:-1])]:
        root = scratch / f"case-{len(cases)}"
        shutil.copytree(template, root)
        trace = ["-e", f"trace={','.join(CALLS)}", *(word for text in injected for word in ("-e", f"inject={text}"))]
        status, said, _ = run(root, trace, worker(act, table))
        problem = problem_of(root, act, table, said)
        cases.append({"fault": fault, "status": status, "said": len(said), "problem": problem})
        shutil.rmtree(root)
    sys.stdout.write(json.dumps({"calls": len(made), "cases": cases}))


if __name__ == "__main__":
    main()
