"""Words that are written from right to left, made ready for a PDF, which paints letters from left to right as they come.

Arabic letters are given the forms that join them (arabic-reshaper), lines are broken where they are still in reading order, and each
line is then put into the order of the eye by the Unicode Bidirectional Algorithm (UAX 9; python-bidi). Other text passes unchanged.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "RLE", "RLO", "RLI"})


def ready(text: str, width: float, measure: Callable[[str], float]) -> str:
    """Return `text` as a painter needs it, with a line break wherever a line that holds right-to-left letters is full.

    Args:
        text: what a person wrote, in reading order, with its line breaks.
        width: room for a line, in the unit of `measure`.
        measure: length of a text in the font that it is painted in.
    """
    return "\n".join(line for given in text.split("\n") for line in _lines(given, width, measure))


def _lines(given: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    if not any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in given):
        yield given
        return
    import arabic_reshaper
    from bidi import get_display

    for line in _broken(arabic_reshaper.reshape(given), width, measure):
        yield str(get_display(line))


def _broken(text: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """Yield the lines of a text in reading order: as many words as fit, at least one."""
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and measure(longer) > width:
            yield line
            line = word
        else:
            line = longer
    yield line
