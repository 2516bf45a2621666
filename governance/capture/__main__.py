"""The process of a capture: a job on standard input, progress on standard output, words of refusal on standard error."""

from __future__ import annotations

import json
import sys

from governance.capture.jobs import JOBS
from governance.evidence import CountersignError, decode, parse


def main() -> int:
    """Run the job; 0 when the observation was written, 2 when it was refused."""
    asked = parse(sys.stdin.buffer.read())
    try:
        kind, run = JOBS[asked["kind"]]
        run(decode(kind, asked["job"]), progress=_told)
    except CountersignError as error:
        sys.stderr.write(json.dumps({"what": error.what, "advice": error.advice}) + "\n")
        return 2
    return 0


def _told(done: int, of: int, phase: str) -> None:
    sys.stdout.write(json.dumps([done, of, phase]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
