"""The outermost border of the command line: every way to end has an exit code of the contract and words on standard error."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

import typer

from governance.cli.nouns import LARGEST
from governance.cli.output import DONE, INTERNAL, WRONG_USE, tame
from governance.evidence import Cancelled, CountersignError
from storage import sweep_outside

TRACE: Final = "COUNTERSIGN_TRACE"
"""Environment variable: with any value, an internal failure also prints where it happened."""
_INTERRUPTED: Final = 130
"""What the parser makes of Ctrl-C when it comes before our own handler is there."""
_USAGE: Final[type[Exception]] = typer.BadParameter.__bases__[0]
"""The parser's family of wrong uses; the parser has no public name for it."""


class Stopped(BaseException):
    """Somebody asked the program to end; no `except Exception` on the way keeps temporary folders from going away."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.words = "stopped by the user" if number == signal.SIGINT else "stopped by a signal from outside"


def run(start: Callable[[], int | None]) -> int:
    """Return the exit code of a command: 0 done, 1 not satisfied, 2 wrong use, 3 not done through no fault of the input."""
    _listen()
    sweep_outside()
    try:
        code = start()
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        return DONE
    except BaseException as error:
        if isinstance(error, SystemExit | GeneratorExit):
            raise
        words, code = _told(error)
        return _end(words, code)
    return _end("stopped by the user", INTERNAL) if code == _INTERRUPTED else int(code or DONE)


def _told(error: BaseException) -> tuple[str, int]:
    """Return what is said about the end of a command, and its exit code."""
    match error:
        case Stopped():
            found = error.words, INTERNAL
        case KeyboardInterrupt() | Cancelled() | typer.Abort():
            found = "stopped by the user", INTERNAL
        case CountersignError():
            found = error.for_owner, WRONG_USE
        case OSError():
            found = _disk(error)
        case MemoryError():
            found = "the computation needed more memory than there is. Take fewer rows.", INTERNAL
        case _ if isinstance(error, _USAGE):
            found = usage(error), WRONG_USE
        case _:
            found = _fault(error), INTERNAL
    return found


def _drop_output() -> None:
    """Let nobody hear what is still to be written: the reader went away, or the disk is full."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - stays open until the end


def _listen() -> None:
    """End by an exception on SIGINT, SIGTERM and SIGHUP, so that every `with` on the way cleans up behind itself."""

    def stop(number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Stopped(number)

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)


def _end(words: str, code: int) -> int:
    try:
        sys.stderr.write(f"countersign: {tame(words)}\n")
    except OSError:
        return code
    return code


def _disk(error: OSError) -> tuple[str, int]:
    where = f" {str(error.filename)!r}" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        _drop_output()
        return f"the disk is full: nothing more can be written{where}. Make room, and run it again.", INTERNAL
    shown = where.strip() or "a file"
    return f"{shown} cannot be used: {error.strerror or error}. Check the path and its rights.", WRONG_USE


def _fault(error: BaseException) -> str:
    if os.environ.get(TRACE):
        sys.stderr.write("".join(traceback.format_exception(error)))
    words = str(error).partition("\n")[0] or "nothing more is known"
    return f"internal failure: {words}. This is a fault of the program, not of the input; {TRACE}=1 prints where."


def usage(error: Any) -> str:
    """Return what was got, what was expected and what to do about a wrong use that the parser found."""
    context = getattr(error, "ctx", None)
    path = getattr(context, "command_path", "countersign")
    if type(error).__name__ == "NoArgsIsHelpError":
        return f"nothing to do was named.\n{error.format_message()}"
    words = _value(error) or str(error.format_message()).rstrip(". ")
    return f"{words.removesuffix('.')}. See: {path} --help"


def _value(error: Any) -> str:
    """Return the words about one value that does not fit its option, "" when the parser did not say which."""
    found = getattr(getattr(error, "__cause__", None), "errors", None)
    parameter = getattr(error, "param", None)
    if found is None or parameter is None:
        return ""
    first = found()[0]
    name = (
        parameter.opts[0] if parameter.param_type_name == "option" else str(parameter.metavar or parameter.name).upper()
    )
    return f"{name} {first['input']}: expected {_expected(parameter, first)}."


def _expected(parameter: Any, found: dict[str, Any]) -> str:
    descriptor = getattr(parameter, "type_descriptor", None)
    choices = getattr(descriptor, "choices", None)
    if choices:
        return "one of " + ", ".join(str(getattr(item, "value", item)) for item in choices)
    info = getattr(descriptor, "parameter_info", None)
    kind = "a whole number" if getattr(descriptor, "annotation", None) is int else "a number"
    if info is None or not found["type"].startswith(("int", "float", "greater", "less", "finite")):
        return str(found["msg"]).removeprefix("Value error, ").removesuffix(".")
    return kind + _range(info.min, info.max)


def _range(low: float | None, high: float | None) -> str:
    low = None if low is None or low <= -LARGEST else low
    high = None if high is None or high >= LARGEST else high
    if low is not None and high is not None:
        return f" from {low:,} to {high:,}"
    return " that is finite" if low is None else f" of at least {low:,}"
