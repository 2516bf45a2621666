"""Measurements beside the main result: none of them may stop it or keep it waiting."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from governance.evidence import Cancelled, NotAssessed

SECONDS: Final = 30.0
"""Longest that one measurement may take; the work itself is bounded before, so that only a machine that is very busy gets here."""
Check = Callable[[], None]
"""Called between two steps; ends the measurement when its time is over."""


class _OutOfTime(Exception):  # noqa: N818 - becomes a reason at once
    pass


def measured(
    what: str, work: Callable[[Check], float | NotAssessed], *, seconds: float = SECONDS
) -> float | NotAssessed:
    """Return what a measurement finds, or why it was not made: whatever it raises is such a reason.

    Args:
        what: the measurement in words that begin a sentence, for example "The agreement with LIME".
        work: the measurement; calls its argument between two steps.
        seconds: longest time, seconds of the clock.

    Raises:
        Cancelled: the user asked to stop.
    """
    end = time.monotonic() + seconds

    def check() -> None:
        if time.monotonic() > end:
            raise _OutOfTime

    try:
        return work(check)
    except Cancelled:
        raise
    except _OutOfTime:
        return NotAssessed(f"Not measured: {what} took longer than {seconds:g} seconds.")
    except Exception as error:  # noqa: BLE001 - libraries raise what they like, and the main result stands without them
        words = " ".join(str(error).split()) or type(error).__name__
        return NotAssessed(f"Not measured: {what} failed: {words[:200]}")
