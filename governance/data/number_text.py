"""Numbers as people write them into cells: decimal commas, thousands with spaces, commas, points or apostrophes, signs around them."""

from __future__ import annotations

from typing import Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

Decimal = Literal[".", ","]
Thousands = Literal["", " ", ",", ".", "'"]

_SPACES: Final = "[ \u00a0\u2009\u202f]"
_MINUS: Final = "^\u2212"
"""The minus sign of typesetters."""
_APOSTROPHE: Final = "['\u2019]"
_MARKS: Final[dict[Thousands, str]] = {" ": _SPACES, "'": _APOSTROPHE}
"""What stands for a separator of thousands, where several signs do."""
_SIGN: Final = r"(?:\p{Sc}|EUR|USD|GBP|CHF|JPY)"
_BETWEEN: Final = r"\p{Nd}.,'\x{2019}\x{00A0}\x{2009}\x{202F} "
_ADORNED: Final = rf"^\(?[+-]?\s*{_SIGN}?\s*[+-]?\p{{Nd}}[{_BETWEEN}]*(?:{_SIGN}|[%\x{{2030}}])?\)?$"
_ADORNMENT: Final = rf"[()%\x{{2030}}]|{_SIGN}|[^\P{{Nd}}0-9]"
_EXPONENT: Final = "([eE][+-]?[0-9]+)?"
_WHOLE: Final = r"^-?[0-9]{1,18}$"
_CODE: Final = r"^-?(0[0-9]+|[0-9]{19,})$"
_INFINITE: Final = r"^(?i)[+-]?inf(inity)?$"
_GROUPED: Final[dict[Thousands, dict[Decimal, str]]] = {
    " ": {
        ".": rf"^[+-]?[0-9]{{1,3}}({_SPACES}[0-9]{{3}})+(\.[0-9]+)?$",
        ",": rf"^[+-]?[0-9]{{1,3}}({_SPACES}[0-9]{{3}})+(,[0-9]+)?$",
    },
    ",": {".": r"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"},
    ".": {",": r"^[+-]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+$|^[+-]?[0-9]{1,3}(\.[0-9]{3}){2,}$"},
    "'": {
        ".": rf"^[+-]?[0-9]{{1,3}}({_APOSTROPHE}[0-9]{{3}})+(\.[0-9]+)?$",
        ",": rf"^[+-]?[0-9]{{1,3}}({_APOSTROPHE}[0-9]{{3}})+(,[0-9]+)?$",
    },
}
"""Separator of thousands -> decimal mark -> what such a number looks like; "1.234" alone may be either and is none."""


def plain(cells: pa.Array, decimal: Decimal) -> pa.Array:
    """Return (n,) text cells as a machine writes numbers; null where a cell is no number."""
    trimmed = _trimmed(cells)
    mark = r"\." if decimal == "." else ","
    simple = pc.match_substring_regex(trimmed, rf"^[+-]?([0-9]+({mark}[0-9]*)?|{mark}[0-9]+){_EXPONENT}$")
    readable = pc.or_(simple, pc.match_substring_regex(trimmed, _INFINITE))
    found = pc.if_else(readable, trimmed, pa.scalar(None, pa.string()))
    for separator in thousands_of(cells, decimal):
        pattern = _GROUPED[separator][decimal]
        bare = pc.replace_substring_regex(trimmed, _MARKS.get(separator, f"[{separator}]"), "")
        found = pc.if_else(pc.match_substring_regex(trimmed, pattern), bare, found)
    found = pc.replace_substring_regex(found, r"^\+", "")
    return pc.replace_substring(found, ",", ".") if decimal == "," else found


def thousands_of(cells: pa.Array, decimal: Decimal) -> tuple[Thousands, ...]:
    """Return which separators of thousands some cell shows."""
    trimmed = _trimmed(cells)
    return tuple(
        separator
        for separator, patterns in _GROUPED.items()
        if decimal in patterns and pc.any(pc.match_substring_regex(trimmed, patterns[decimal])).as_py()
    )


def is_code(cells: pa.Array) -> pa.Array:
    """Return (n,) whether a number would lose digits of a cell: leading zeros, or more than 18 digits."""
    return pc.match_substring_regex(pc.utf8_trim_whitespace(cells), _CODE)


def is_whole(cells: pa.Array) -> pa.Array:
    """Return (n,) whether a cell, written as a machine does, is a whole number of 64 bits."""
    return pc.match_substring_regex(cells, _WHOLE)


def is_adorned(cells: pa.Array) -> tuple[bool, bool]:
    """Return whether all cells are numbers, perhaps with a currency, a percent sign, brackets or other digits, and whether one has such."""
    trimmed = pc.utf8_trim_whitespace(cells)
    every = pc.all(pc.match_substring_regex(trimmed, _ADORNED)).as_py()
    return bool(every), bool(pc.any(pc.match_substring_regex(trimmed, _ADORNMENT)).as_py())


def _trimmed(cells: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(pc.utf8_trim_whitespace(cells), _MINUS, "-")
