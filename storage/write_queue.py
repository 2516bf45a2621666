"""The queue in front of the right to write: first come, first served, and nobody who waits holds a connection.

Inside this process writers stand in a line. Between processes on one SQLite file, the head of each line asks for the lock of
a file beside the database; whoever has waited longer asks more often. SQLite's own waiting is no queue: it sleeps up to 100 ms
between two looks, and under eight writers the unlucky wait for seconds. On PostgreSQL the server has a queue of its own.
"""

from __future__ import annotations

import errno
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from storage.errors import RecordError

WAIT_SECONDS: Final = 60
"""How long a writer waits for those before it."""
_YOUNGEST_LOOK: Final = 0.004
"""Seconds between two looks at the file's lock of one who has just come; old ones look up to eight times as often."""
_OLDEST_LOOK: Final = 0.0005
_AGES_IN: Final = 0.1
"""Seconds of waiting after which a writer looks twice as often as one who has just come."""


class Line:
    """A lock that is given in the order in which it was asked for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._holder: int | None = None

    @contextmanager
    def turn(self, seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """Wait for one's turn and hold it.

        Raises:
            RecordError: this thread holds it already, or the turn did not come in time.
        """
        self._wait(seconds)
        try:
            yield
        finally:
            self._pass_on()

    def _wait(self, seconds: float) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._holder == me:
                raise RecordError(
                    "The record could not be written: this act is being written already.",
                    "Nothing of the inner act was recorded. Write both through one unit of work.",
                )
            if self._holder is None:
                self._holder = me
                return
            mine = threading.Event()
            self._waiting.append(mine)
        try:
            came = mine.wait(seconds)
        except BaseException:  # interrupted: whoever comes after must not wait for somebody who is gone
            self._leave(mine)
            raise
        if not came:
            self._give_up(mine, seconds)
        self._holder = me

    def _give_up(self, mine: threading.Event, seconds: float) -> None:
        """Leave the line, unless the turn came in this very moment."""
        with self._guard:
            if mine.is_set():
                return
            self._waiting.remove(mine)
            before = len(self._waiting) + 1
        raise _no_turn(seconds, f"{before} others of this process wait or write")

    def _leave(self, mine: threading.Event) -> None:
        """Leave the line; a turn that came in this very moment goes to the next."""
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return
        self._pass_on()

    def _pass_on(self) -> None:
        with self._guard:
            self._holder = 0 if self._waiting else None
            if self._waiting:
                self._waiting.popleft().set()


def _no_turn(seconds: float, who: str) -> RecordError:
    return RecordError(
        f"The record could not be written: no turn came in {seconds:g} s ({who}).",
        "Nothing of this act was recorded. Try again; if it stays so, look who else has the database open.",
    )


_lines: Final[dict[str, Line]] = {}
_lines_guard: Final = threading.Lock()


def line_of(database: str) -> Line:
    """Return the line of a database, the same for everybody in this process who opened it."""
    with _lines_guard:
        return _lines.setdefault(database, Line())


@contextmanager
def among_processes(database: Path, seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock of the file beside a SQLite database; it falls with the process that holds it, however that ends.

    Who comes takes the place next in turn first, and keeps it until the turn is free: whoever has just written cannot write again
    before the one that waits. Where the system has no such locks, SQLite's own waiting decides.

    Raises:
        RecordError: another process did not give it back in time.
    """
    if sys.platform == "win32":
        yield
        return
    began = time.monotonic()
    with ExitStack() as turn:
        with ExitStack() as place:
            _hold(place, _beside(database, "next"), began, seconds)
            _hold(turn, _beside(database, "turn"), began, seconds)
        yield


def _hold(held: ExitStack, path: Path, began: float, seconds: float) -> None:
    """Take the lock of a file; closing the file gives it back."""
    try:
        file = held.enter_context(path.open("ab"))
    except OSError as error:
        raise RecordError(
            f"The record could not be written: {error}.",
            "Nothing of this act was recorded. Check disk and permissions.",
        ) from error
    while not _locked(file.fileno()):
        waited = time.monotonic() - began
        if waited > seconds:
            raise _no_turn(seconds, "another process writes")
        time.sleep(max(_OLDEST_LOOK, _YOUNGEST_LOOK / (1 + waited / _AGES_IN)))


def _beside(database: Path, name: str) -> Path:
    return database.with_name(f"{database.name}-{name}")


def _locked(descriptor: int) -> bool:
    """Say whether the lock was taken; a file system without such locks gives it to everybody."""
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            raise
    return True
