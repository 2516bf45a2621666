"""A result as a line that a program reads: each benchmark prints some, and `python -m benchmarks` sets them in one table."""

from __future__ import annotations

import json
import operator
from dataclasses import asdict, dataclass
from typing import Final

MARK: Final = "#outcome "
"""How such a line begins."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One number beside its target."""

    what: str
    value: float
    unit: str
    """"x" for a ratio, "s", "ms", "MB"."""
    target: float | None
    """None when the number is only watched."""
    at_least: bool
    """Whether more is better: the target is then the least that is wanted, else the most."""

    @property
    def verdict(self) -> str:
        """Return whether the target is met."""
        if self.target is None:
            return "watched"
        met = operator.ge if self.at_least else operator.le
        return "met" if met(self.value, self.target) else "missed"


def tell(what: str, value: float, *, unit: str = "x", target: float | None = None, at_least: bool = False) -> None:
    """Print a result for the table."""
    print(MARK + json.dumps(asdict(Outcome(what, float(value), unit, target, at_least))), flush=True)


def heard(line: str) -> Outcome | None:
    """Return the result that a line holds, None for any other line."""
    return Outcome(**json.loads(line.removeprefix(MARK))) if line.startswith(MARK) else None
