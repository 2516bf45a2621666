"""Run writers and kill them without warning, many times; print what they had acknowledged.

Started by test_crash.py as a process of its own, so that forking is safe. One argument: the workspace.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
from pathlib import Path

from storage.workspace import Workspace
from tests.storage.scene import AT, evidence_body

ROUNDS, WRITERS = 25, 3


def write_for_ever(root: Path, first: int, acknowledge: int) -> None:
    with Workspace.open(root) as workspace:
        for number in range(first, first + 1_000_000):
            with workspace.write() as unit:
                done = unit.append("evidence.recorded", evidence_body(number), actor="service", at=AT)
                if number % 3 == 0:
                    done = unit.append("evidence.recorded", evidence_body(number + 1), actor="service", at=AT)
                unit.commit()
            os.write(acknowledge, f"{done.index} {done.leaf.hex()}\n".encode())


def start(root: Path, first: int) -> tuple[int, int]:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            write_for_ever(root, first, write)
        finally:
            os._exit(1)
    os.close(write)
    return child, read


def one_round(root: Path, number: int, chance: random.Random) -> list[str]:
    writers = [start(root, 1_000_000 * (number * WRITERS + at)) for at in range(WRITERS)]
    select.select([read for _, read in writers], [], [], 30)
    time.sleep(chance.uniform(0, 0.15))
    for child, _ in writers:
        os.kill(child, signal.SIGKILL)
    said = []
    for child, read in writers:
        os.waitpid(child, 0)
        with os.fdopen(read, "rb") as pipe:
            said += pipe.read().decode().splitlines()
    return said


def main() -> None:
    root = Path(sys.argv[1])
    chance = random.Random(20260102)
    sys.stdout.write(json.dumps([one_round(root, number, chance) for number in range(ROUNDS)]))


if __name__ == "__main__":
    main()
