"""A capture runs in a process of its own: nothing else shares its clock, and no server can hold the one that serves pages."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import Any, Final

from governance.capture.jobs import Job, kind_of
from governance.evidence import CountersignError, Progress, RefusedInputError, canonical, encode, silent

_GRACE: Final = 5.0
"""Seconds that a process has to end after it was told to."""


def captured(job: Job, *, progress: Progress = silent) -> None:
    """Run a capture to its end in a process of its own, under a time limit.

    Raises:
        RefusedInputError: the files or the job are refused; with the words of the capture.
        CountersignError: the process ended otherwise.
        Cancelled: `progress` said so; the process is ended.
    """
    command = [sys.executable, "-m", "governance.capture"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdin is not None
        limit = threading.Timer(job.longest, process.kill)
        limit.start()
        try:
            process.stdin.write(canonical({"kind": kind_of(job), "job": encode(job)}))
            process.stdin.close()
            _follow(process, progress)
        except BrokenPipeError:
            pass
        except BaseException:
            process.kill()
            raise
        finally:
            limit.cancel()
        error = process.stderr.read() if process.stderr else b""
        code = process.wait(_GRACE)
    if code:
        raise _told(error, code)


def _follow(process: subprocess.Popen[bytes], progress: Progress) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        done, of, phase = json.loads(line)
        progress(done, of, phase)


def _told(error: bytes, code: int) -> CountersignError:
    """Return what the capture said when it ended without an observation."""
    try:
        words: dict[str, Any] = json.loads(error.decode("utf-8").splitlines()[-1])
        return RefusedInputError(str(words["what"]), str(words["advice"]))
    except (ValueError, KeyError, IndexError, TypeError):
        said = "was ended: it took longer than it may" if code == -9 else f"ended with code {code}"
        return CountersignError(f"The capture {said}.", "Nothing was recorded. Try again.")
