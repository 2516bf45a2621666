"""The first look at a table that is not registered yet, as a run: it waits for its turn, says how far it is, and can be stopped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from governance.data import TableLook, look_at
from governance.runs import FileProgress, Hand, Step, Turn, executor, read_step


@dataclass(frozen=True, slots=True)
class TableChoices:
    """How a table is read; "" and () leave it to the look itself."""

    separator: str = ""
    encoding: str = ""
    missing: tuple[str, ...] = ()
    """Texts that count as missing."""
    as_text: tuple[str, ...] = ()
    """Columns that stay text although they look like numbers."""


@dataclass(frozen=True, slots=True)
class Looking:
    """A look that is under way, or over."""

    turn: Turn[TableLook]
    step_file: Path

    def line(self) -> str:
        """Return one line about how far it is."""
        before, step = executor().before(self.turn), self.step()
        if before is not None:
            return f"Waiting for its turn: {before} before yours" if before else "Waiting for its turn: next in line"
        if self.turn.stopping:
            return "Stopping"
        return f"{step.phase}: {step.done:,} of {step.of:,}" if step else "Starting"

    def step(self) -> Step | None:
        """Return the last step that was reported, None before the first."""
        return read_step(self.step_file)


def begin(path: Path, choices: TableChoices, step_file: Path, *, person: str) -> Looking:
    """Begin to look at a table in a worker; never waits."""

    def look(hand: Hand) -> TableLook:
        try:
            return hand.run(_look, str(path), choices, str(step_file))
        finally:
            step_file.unlink(missing_ok=True)

    return Looking(executor().carry(look, person=person), step_file)


def _look(path: str, choices: TableChoices, step_file: str) -> TableLook:
    return look_at(
        path,
        choices.separator,
        choices.encoding,
        choices.missing,
        choices.as_text,
        progress=FileProgress(Path(step_file)),
    )
