"""What a kind of error is, and what it gets to see. Words, plan, command, page and report are derived from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from governance.stress.draws import Draws

Applies = Literal["number", "text", "pair", "rows", "labels"]
"""What a kind of error strikes: a column of numbers, of texts, two columns of numbers, whole rows, or labels."""
Word: TypeAlias = str | None
Value: TypeAlias = float | str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a column before it breaks."""

    name: str
    median: float = 0.0
    """The middle of the numbers; 0 for texts."""
    deviation: float = 0.0
    """Standard deviation of the numbers; 0 for texts."""
    upper: float = 0.0
    """Upper quartile of the numbers; 0 for texts."""
    frequent: Word = None
    """The most frequent text; None for numbers, and where no row has one."""
    rare: frozenset[str] = frozenset()
    """Texts beyond the most frequent four fifths of the rows."""
    words: tuple[str, ...] = ()
    """All texts, the most frequent first."""
    shares: tuple[float, ...] = ()
    """Share of each of these texts among the rows that have one."""


@dataclass(frozen=True, slots=True)
class Touched:
    """The rows that an error strikes, and what it may use."""

    facts: Facts
    setting: Mapping[str, Value]
    """Name of a parameter -> its value; complete."""
    rows: NDArray[np.int64]
    """(m,) their places in the file, from 0 and rising."""
    total: int
    """Rows of the file."""
    draws: Draws
    """Numbers that look random and depend on the seed, the error and the row alone."""

    def number(self, name: str) -> float:
        """Return a parameter that is a number."""
        return float(self.setting[name])


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that can be set about a kind of error."""

    name: str
    default: Value
    meaning: str
    """In the words of the field, with the unit."""
    above: float = -math.inf
    """A number is larger than this."""
    most: float = math.inf
    """A number is at most this."""


OfNumbers = Callable[["NDArray[np.float64]", Touched], "NDArray[np.float64]"]
OfWords = Callable[[tuple[Word, ...], Touched], tuple[Word, ...]]
OfPlaces = Callable[[Touched], "NDArray[np.int64]"]


def always(_: Facts) -> bool:
    """Return that a kind of error can happen to every column of its sort."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of error. What it does is said by one of the last six fields, or by `of_numbers` and `of_words` together."""

    id: str
    """Its name in plans and documents, never changed."""
    title: str
    """What a person calls it."""
    sentence: str
    """What happens, with {column} and the parameters in braces; it begins with a small letter."""
    source: str
    """Who described it: a paper, or a tool that has it."""
    applies_to: tuple[Applies, ...]
    parameters: tuple[Parameter, ...] = ()
    settings: tuple[Mapping[str, Value], ...] = field(default_factory=lambda: ({},))
    """What the plan that the product makes tries; () where a person has to ask for it."""
    drawn: bool = False
    """Whether the new value is drawn for each row; such a kind maps rows one by one, others map each different value once."""
    suits: Callable[[Facts], bool] = always
    """Whether it can happen to a column at all: a text without a letter has no capitals."""
    of_numbers: OfNumbers | None = None
    """From the old numbers to the new ones; NaN is missing."""
    of_words: OfWords | None = None
    """From the old texts to the new ones; None is missing."""
    of_places: OfPlaces | None = None
    """From the touched rows to the rows whose values they get instead, for any number of columns at once."""
    exchanges: bool = False
    """Whether two columns swap their values."""
    weight: int | None = None
    """How often a touched row counts afterwards: 0 lost, 2 doubled."""
    flips_labels: bool = False
    """Whether the label of a touched row is recorded as the other one: it says something about the measurement, not about the model."""

    def complete(self, setting: Mapping[str, Value]) -> Mapping[str, Value]:
        """Return a setting with the defaults filled in."""
        return {item.name: setting.get(item.name, item.default) for item in self.parameters}

    def says(self, columns: tuple[str, ...], setting: Mapping[str, Value]) -> str:
        """Return what happens, in words, with names as they stand in the file."""
        shown = {name: f"{value:g}" if isinstance(value, float | int) else value for name, value in setting.items()}
        column = " and ".join(columns) or "the row"
        return self.sentence.format(column=column, **shown)
