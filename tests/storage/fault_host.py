"""Let the disk refuse at every write and every flush of a writer, one after the other, and look at what is left.

Started by test_crash.py as a process of its own, so that forking is safe. Arguments: a workspace to copy, a scratch
folder. Each case forks a writer, attaches strace to it, and lets it append three records while one kind of system call
fails from the n-th on. Prints one JSON list.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from governance.evidence.errors import CountersignError
from storage.workspace import Workspace
from tests.storage.scene import AT, evidence_body

RECORDS = 3
REFUSED = 7


def write(root: Path, acknowledge: int) -> int:
    """Append records; return 0 when all were acknowledged and 7 when the disk's refusal was said in words."""
    try:
        with Workspace.open(root) as workspace:
            for number in range(RECORDS):
                with workspace.write() as unit:
                    done = unit.append("evidence.recorded", evidence_body(number), actor="service", at=AT)
                    unit.commit()
                os.write(acknowledge, f"{done.index} {done.leaf.hex()}\n".encode())
    except CountersignError:
        return REFUSED
    return 0


def run(root: Path, trace: list[str], work: Callable[[Path, int], int] = write) -> tuple[int, list[str], str]:
    """Return a writer's exit status (-9 when it was killed), what it acknowledged, and strace's log."""
    go_read, go_write = os.pipe()
    said_read, said_write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go_write)
        os.read(go_read, 1)
        status = 70
        try:
            status = work(root, said_write)
        finally:
            os._exit(status)
    os.close(said_write)
    os.close(go_read)
    log = root.with_suffix(".strace")
    with subprocess.Popen(["strace", *trace, "-o", str(log), "-p", str(child)], stderr=subprocess.DEVNULL) as tracer:
        wait_for_tracer(child)
        os.write(go_write, b"g")
        os.close(go_write)
        _, status = os.waitpid(child, 0)
        tracer.wait(10)
    with os.fdopen(said_read, "rb") as pipe:
        said = pipe.read().decode().splitlines()
    return os.waitstatus_to_exitcode(status), said, log.read_text()


def wait_for_tracer(child: int) -> None:
    for _ in range(500):
        if "TracerPid:\t0\n" not in Path(f"/proc/{child}/status").read_text():
            return
        time.sleep(0.01)
    raise TimeoutError


def left_behind(root: Path, said: list[str]) -> str:
    """Return what is wrong with the workspace after the fault, or nothing."""
    with Workspace.open(root) as workspace:
        leaves = workspace.read().leaves()
        for line in said:
            index, leaf = line.split()
            if leaves[int(index)].hex() != leaf:
                return f"acknowledged line {index} is gone"
        if workspace.checkpoint().checkpoint.size != len(leaves):
            return "no checkpoint"
        with workspace.write() as unit:
            unit.append("evidence.recorded", evidence_body(99), actor="service", at=AT)
            unit.commit()
    return ""


def main() -> None:
    """Count the calls of an undisturbed run, then let each fail once and for ever."""
    template, scratch = Path(sys.argv[1]), Path(sys.argv[2])
    shutil.copytree(template, scratch / "plain")
    _, said, log = run(scratch / "plain", ["-e", "trace=pwrite64,fdatasync,fsync"])
    writes, flushes = log.count("pwrite64("), log.count("fdatasync(") + log.count("fsync(")
    kinds = [("EIO", ""), ("EIO", "+"), ("ENOSPC", "+")]
    faults = [("fdatasync", error, at, more) for at in range(1, flushes + 1) for error, more in kinds]
    faults += [("pwrite64", error, at, more) for at in range(1, writes + 1) for error, more in (kinds[0], kinds[2])]
    found = []
    for number, (call, error, at, more) in enumerate(faults):
        root = scratch / f"case-{number}"
        shutil.copytree(template, root)
        status, said_now, _ = run(root, ["-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={at}{more}"])
        problem = left_behind(root, said_now)
        found.append(
            {"fault": f"{call} {error} {at}{more}", "status": status, "said": len(said_now), "problem": problem}
        )
        shutil.rmtree(root)
    sys.stdout.write(json.dumps({"undisturbed": len(said), "writes": writes, "flushes": flushes, "cases": found}))


if __name__ == "__main__":
    main()
