"""A voice: the language somebody reads, and how names from files are made safe for the place where the words are shown.

Sentences are written in English where they are made, with names in braces for what differs; a voice says them in its language. So a
room knows what it says and nothing of translations, and the English of a screen leads to the line that says it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from governance.evidence import Escape, interval, number, percent
from governance.language.po_file import catalogue

Language = Literal["en", "de"]
LANGUAGES: Final[Mapping[Language, str]] = {"en": "English", "de": "Deutsch"}
"""Language -> what its readers call it."""
_SWAPPED: Final = str.maketrans(",.", ".,")
_DAY: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def known(language: str) -> Language:
    """Return a language that there is a catalogue for; English for anything else, as in a link that somebody changed."""
    return "de" if language == "de" else "en"


def mark(text: str) -> str:
    """Return a sentence as it is: it is said later, through a table, and belongs into the catalogue."""
    return text


@dataclass(frozen=True, slots=True)
class Voice:
    """A language with an escape; called, it is that escape."""

    language: Language = "en"
    escape: Escape = str

    def __call__(self, name: object) -> str:
        """Return a name from a file, safe for the place where it is shown."""
        return self.escape(name)

    def say(self, text: str, /, **values: object) -> str:
        """Return a sentence with its values; one that the catalogue does not have stays English.

        Args:
            text: in English, values as names in braces.
            **values: put in as they are: numbers are written by `number` and its neighbours, names from files escaped by the voice.
        """
        told = text if self.language == "en" else catalogue(self.language).sentences.get(text, text)
        return told.format_map(values) if values else told

    def count(self, n: int, one: str, other: str, /, **values: object) -> str:
        """Return the sentence for one thing, or for another number of things; `{n}` in it is the number."""
        texts = one, other
        if self.language != "en":
            texts = catalogue(self.language).counted.get((one, other), texts)
        return texts[n != 1].format_map({"n": self.whole(n), **values})

    def figures(self, written: str) -> str:
        """Return a number, share or interval, written in English, as the language writes it."""
        return written if self.language == "en" else written.replace(" to ", " bis ").translate(_SWAPPED)

    def number(self, value: float | None, digits: int = 3) -> str:
        """Return a number with `digits` after the point, a dash for none."""
        return self.figures(number(value, digits))

    def whole(self, value: int) -> str:
        """Return a whole number with thousands apart."""
        return self.figures(f"{value:,}")

    def percent(self, value: float | None, digits: int = 1) -> str:
        """Return a share between 0 and 1 as a percentage, a dash for none."""
        return self.figures(percent(value, digits))

    def interval(self, low: float | None, high: float | None, digits: int = 3) -> str:
        """Return an interval: "0.61 to 0.67", "0,61 bis 0,67"; a dash when there is none."""
        return self.figures(interval(low, high, digits))

    def day(self, time: str) -> str:
        """Return the day of an RFC 3339 time: 2026-06-01, 01.06.2026; what is none stays as it is."""
        found = _DAY.match(time)
        if found is None:
            return time
        return found[0] if self.language == "en" else f"{found[3]}.{found[2]}.{found[1]}"

    def join(self, items: Sequence[str]) -> str:
        """Return a list as a sentence writes it: "a, b and c"."""
        if len(items) < 2:
            return "".join(items)
        return self.say("{first} and {last}", first=", ".join(items[:-1]), last=items[-1])


ENGLISH: Final = Voice()
"""What is said where nobody chose a language, with names as they are."""


def speaking(escape: Escape) -> Voice:
    """Return the voice that an escape is; English with it where it is none."""
    return escape if isinstance(escape, Voice) else Voice("en", escape)
