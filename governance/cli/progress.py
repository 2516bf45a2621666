"""Progress of long commands on standard error: a bar on a terminal, nothing when piped."""

from __future__ import annotations

import sys

from governance.evidence import Progress, silent


class _Bar:
    """A `rich` bar that follows the phases of a computation."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress as RichProgress, TextColumn, TimeElapsedColumn

        text = TextColumn("{task.description}")
        self._bar = RichProgress(text, BarColumn(), TimeElapsedColumn(), console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("starting", total=None)
        self._bar.start()

    def __call__(self, done: int, of: int, phase: str) -> None:
        """Show the step; the bar goes away when the last step of the last phase is done."""
        self._bar.update(self._task, completed=done, total=of or None, description=phase)

    def __del__(self) -> None:
        self._bar.stop()


def reporter() -> Progress:
    """Return the progress that suits this terminal."""
    return _Bar() if sys.stderr.isatty() else silent
