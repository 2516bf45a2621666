"""What can be done about a confirmed alert, and how the record writes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final, cast, get_args

from governance.drift import Remedy
from governance.evidence import RefusedInputError, unknown_choice
from storage.times import rfc3339

WORDS: Final[dict[Remedy, str]] = {
    "ignore_until": "put aside until a day",
    "recalibrate": "recalibrate its scores",
    "retrain": "retrain it",
    "roll_back": "roll back to another version",
    "stop": "stop using it",
}
"""What can be done with a model, in words."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A remedy with what belongs to it."""

    remedy: Remedy
    until: datetime | None = None
    """End of the silence, with "ignore_until" alone; has a time zone."""
    version: str = ""
    """Digest of the model version to go back to, with "roll_back" alone."""

    def to_rule(self) -> str:
        """Return it as the field `rule` of a monitoring.alert holds it: the remedy, and after a space what belongs to it."""
        return f"{self.remedy} {rfc3339(self.until) if self.until else self.version}".strip()

    def words(self) -> str:
        """Return it for people."""
        more = (
            f" ({self.until.date().isoformat()})" if self.until else f" ({self.version[:12]})" if self.version else ""
        )
        return WORDS[self.remedy] + more


def from_rule(rule: str) -> Taken | None:
    """Return the remedy that the field `rule` of a step "acted" names, None when it names none that is known here."""
    name, _, more = rule.partition(" ")
    if name not in get_args(Remedy):
        return None
    remedy = cast("Remedy", name)
    try:
        until = datetime.fromisoformat(more) if remedy == "ignore_until" else None
    except ValueError:
        return None
    return Taken(remedy, until, more if remedy == "roll_back" else "")


def ignoring(day: str) -> Taken:
    """Return the remedy of looking away until the end of a day (ISO 8601, UTC).

    Raises:
        RefusedInputError: not a day.
    """
    try:
        found = datetime.fromisoformat(day).date()
    except ValueError as error:
        raise RefusedInputError(f"{day!r} is no day.", "Write 2026-12-31.") from error
    return Taken("ignore_until", datetime.combine(found, time(23, 59, 59), UTC))


def named(name: str, until: str = "", version: str = "") -> Taken:
    """Return a remedy by its name and what belongs to it.

    Raises:
        RefusedInputError: there is none of that name, or the day is none.
    """
    if name not in get_args(Remedy):
        raise unknown_choice("remedy", name, get_args(Remedy))
    if name == "ignore_until":
        return ignoring(until)
    return Taken(cast("Remedy", name), version=version)
