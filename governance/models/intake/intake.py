"""The door for model files: nothing is stored before a separate process, limited in memory and time, has looked inside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from governance.evidence import CountersignError, canonical, decode, encode, parse
from governance.models.intake.inspection import Inspection, Refusal
from governance.models.intake.limits import Limits
from governance.models.intake.magic import HEAD, foreign_format

_ROOT: Final = Path(__file__).resolve().parents[3]
_MOST_ANSWER: Final = 64 * 2**20
_OUT_OF_PROCESSOR_TIME: Final = int(getattr(signal, "SIGXCPU", 0)) or 256
"""The signal that ends a process at its limit; where there is none, no exit code."""


def inspect(
    path: Path | str,
    limits: Limits | None = None,
    columns: tuple[str, ...] = (),
    classes: tuple[str, ...] = (),
) -> Inspection:
    """Return what is inside a model file and why it is refused, if it is.

    Never raises for what the file holds: a file that crashes, stalls or exhausts the process that looks at it is refused with
    words like any other.

    Args:
        path: the file.
        limits: how big and how slow it may be; `Limits()` when None.
        columns: raw columns as a person names them; only needed for an input whose width the file leaves free.
        classes: class labels in the order of the scores, when the file does not say them.
    """
    limits = limits or Limits()
    path = Path(path)
    if not path.is_file():
        return _refused("none", 0, "no_file", f"There is no file {path.name!r}.", "Check the path.")
    size = path.stat().st_size
    if size > limits.max_bytes:
        found = f"The file has {size / 2**20:,.1f} MiB, at most {limits.max_bytes / 2**20:,.0f} MiB are taken."
        return _refused("unknown", size, "too_large", found, "Export a smaller model, or raise the limit.")
    with path.open("rb") as stream:
        foreign = foreign_format(stream.read(HEAD))
    if foreign is not None:
        return Inspection(foreign[0], size=size, refused=(foreign[1],))
    return _examined(path.resolve(), size, limits, {"columns": list(columns), "classes": list(classes)})


def _refused(form: str, size: int, code: str, found: str, advice: str) -> Inspection:
    return Inspection(form, size=size, refused=(Refusal(code, found, advice),))


def _examined(path: Path, size: int, limits: Limits, names: dict[str, list[str]]) -> Inspection:
    command = [sys.executable, "-P", "-m", "governance.models.intake.examine", str(path)]
    try:
        with tempfile.TemporaryDirectory(prefix="countersign-") as empty:
            done = subprocess.run(  # noqa: S603 - our own module on a path that is not interpreted
                command,
                input=canonical({"limits": encode(limits), **names}),
                capture_output=True,
                timeout=limits.clock_seconds,
                cwd=empty,
                env=_environment(),
                check=False,
            )
    except subprocess.TimeoutExpired:
        return _out_of_time(size, limits)
    if done.returncode == 0 and len(done.stdout) < _MOST_ANSWER:
        try:
            return replace(decode(Inspection, parse(done.stdout)), size=size)
        except CountersignError:
            pass
    return _fallen(done.returncode, done.stderr, size, limits)


def _out_of_time(size: int, limits: Limits) -> Inspection:
    """Return the report on a file that was not looked at in time; the clock cannot tell a slow file from a busy machine."""
    found = (
        f"Looking at the file was not done after {limits.clock_seconds:g} seconds: either it takes too long, or this machine is "
        "busy with other work."
    )
    advice = "Try again when the machine is idle; if that does not help, export a smaller model, without loops and growing constants."
    return _refused("unknown", size, "too_slow", found, advice)


def _too_slow(size: int, limits: Limits) -> Inspection:
    """Return the report on a file that used up its processor time, on a busy machine as on an idle one."""
    found = f"Looking at the file took more than {limits.seconds:g} seconds of processor time."
    return _refused("unknown", size, "too_slow", found, "Export a smaller model, without loops and growing constants.")


def _fallen(code: int, words: bytes, size: int, limits: Limits) -> Inspection:
    """Return the report on a file whose process ended without an answer."""
    if code == -_OUT_OF_PROCESSOR_TIME:
        return _too_slow(size, limits)
    if b"MemoryError" in words or b"bad_alloc" in words:
        found = f"Looking at the file needs more than {limits.memory_bytes / 2**30:.1f} GiB of memory."
        return _refused(
            "unknown", size, "too_much_memory", found, "Export a smaller model, without constants that grow."
        )
    last = words.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"ended with {code}"]
    found = f"The process that looked at the file broke down ({last[0][:200]})."
    return _refused("unknown", size, "crashed", found, "The file is damaged or made to harm: convert the model again.")


def _environment() -> dict[str, str]:
    kept = {
        name: os.environ[name]
        for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TMP", "TEMP")
        if name in os.environ
    }
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "MALLOC_ARENA_MAX"), "1")
    return {**kept, **one, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
