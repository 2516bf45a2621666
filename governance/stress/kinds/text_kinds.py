"""Errors of columns of text, and those that strike numbers and texts alike."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from governance.stress.kinds.kind import Facts, Kind, Parameter, Touched, Word

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(.*)", re.DOTALL)
JENGA: Final = "Schelter, Rukat and Biessmann, JENGA, EDBT 2021"
TAB_ERR: Final = "tab_err, catalogue of tabular errors"


def _mapped(words: tuple[Word, ...], change: Callable[[str], str]) -> tuple[Word, ...]:
    return tuple(None if word is None else change(word) for word in words)


def _typo(words: tuple[Word, ...], _: Touched) -> tuple[Word, ...]:
    """Exchange two neighbouring letters; the same word always gets the same typing error."""

    def change(word: str) -> str:
        if len(word) < 2:
            return word
        at = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % (len(word) - 1)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    return _mapped(words, change)


def _case(words: tuple[Word, ...], _: Touched) -> tuple[Word, ...]:
    return _mapped(words, lambda word: word.upper() if word != word.upper() else word.lower())


def _space(words: tuple[Word, ...], _: Touched) -> tuple[Word, ...]:
    return _mapped(words, lambda word: f"{word} ")


def _decoded(word: str) -> str:
    return word.encode("utf-8").decode("latin-1")


def _encoding(words: tuple[Word, ...], _: Touched) -> tuple[Word, ...]:
    return _mapped(words, _decoded)


def _unseen(words: tuple[Word, ...], touched: Touched) -> tuple[Word, ...]:
    return (str(touched.setting["text"]),) * len(words)


def _merge(words: tuple[Word, ...], touched: Touched) -> tuple[Word, ...]:
    facts = touched.facts
    return _mapped(words, lambda word: str(facts.frequent) if word in facts.rare else word)


def _frequent(words: tuple[Word, ...], touched: Touched) -> tuple[Word, ...]:
    return (touched.facts.frequent,) * len(words)


def _wrong(words: tuple[Word, ...], touched: Touched) -> tuple[Word, ...]:
    ends = np.cumsum(touched.facts.shares)
    drawn = touched.draws.stream("value").uniform(touched.rows) * ends[-1]
    found = np.minimum(np.searchsorted(ends, drawn, side="right"), len(ends) - 1)
    return tuple(touched.facts.words[place] for place in found[: len(words)])


def _date(words: tuple[Word, ...], _: Touched) -> tuple[Word, ...]:
    def change(word: str) -> str:
        found = _DAY.fullmatch(word)
        return f"{found[1]}-{found[3]}-{found[2]}{found[4]}" if found and int(found[3]) <= 12 else word

    return _mapped(words, change)


def _none(values: NDArray[np.float64], _: Touched) -> NDArray[np.float64]:
    return np.full(len(values), np.nan)


def _no_words(words: tuple[Word, ...], _: Touched) -> tuple[Word, ...]:
    return (None,) * len(words)


def _has_letters(facts: Facts) -> bool:
    return any(word.upper() != word.lower() for word in facts.words)


MISSING: Final = Kind(
    id="missing",
    title="Value missing",
    sentence="{column} is missing",
    source="Rubin, Biometrika 63:581-592 (1976); JENGA; tab_err",
    applies_to=("number", "text"),
    of_numbers=_none,
    of_words=_no_words,
)
TYPO: Final = Kind(
    id="typo",
    title="Typing error",
    sentence="two neighbouring letters of {column} are exchanged",
    source=f"{TAB_ERR} (typo)",
    applies_to=("text",),
    suits=lambda facts: any(len(word) > 1 for word in facts.words),
    of_words=_typo,
)
CASE: Final = Kind(
    id="case",
    title="Capitals",
    sentence="{column} is written in capitals",
    source=JENGA,
    applies_to=("text",),
    suits=_has_letters,
    of_words=_case,
)
SPACE: Final = Kind(
    id="space",
    title="Space at the end",
    sentence="{column} ends with a space",
    source=JENGA,
    applies_to=("text",),
    of_words=_space,
)
ENCODING: Final = Kind(
    id="encoding",
    title="Wrong decoding",
    sentence="{column} is written in UTF-8 and read as Latin-1",
    source=f"{TAB_ERR} (mojibake)",
    applies_to=("text",),
    suits=lambda facts: any(not word.isascii() for word in facts.words),
    of_words=_encoding,
)
UNSEEN: Final = Kind(
    id="unseen",
    title="Category never seen",
    sentence="{column} holds a category that the model never saw",
    source=f"{TAB_ERR} (extraneous category)",
    applies_to=("text",),
    parameters=(Parameter("text", "Not elsewhere classified", "The category that is written."),),
    of_words=_unseen,
)
MERGE: Final = Kind(
    id="merge",
    title="Categories merged",
    sentence="rare categories of {column} are coded as the most frequent one",
    source="a new list of codes",
    applies_to=("text",),
    suits=lambda facts: bool(facts.rare) and facts.frequent is not None,
    of_words=_merge,
)
FREQUENT: Final = Kind(
    id="frequent",
    title="Most frequent category",
    sentence="{column} is filled with its most frequent category",
    source="mode imputation; a default of a form",
    applies_to=("text",),
    suits=lambda facts: facts.frequent is not None,
    of_words=_frequent,
)
WRONG_VALUE: Final = Kind(
    id="wrong_value",
    title="Wrong category",
    sentence="{column} holds a category that is drawn by its frequency",
    source=f"{TAB_ERR} (category swap)",
    applies_to=("text",),
    suits=lambda facts: len(facts.words) > 1,
    drawn=True,
    of_words=_wrong,
)
DATE: Final = Kind(
    id="date",
    title="Day and month exchanged",
    sentence="day and month of {column} are exchanged where both are at most 12",
    source="dates written in another country's order",
    applies_to=("text",),
    suits=lambda facts: any(_DAY.fullmatch(word) for word in facts.words),
    of_words=_date,
)
