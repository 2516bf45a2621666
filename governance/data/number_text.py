"""Numbers as people write them into cells: decimal commas, thousands with spaces, commas, points or apostrophes, signs around them."""

from __future__ import annotations

import re
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
_HEAD: Final = "[+-]?[1-9][0-9]{0,2}"
"""What stands before the first separator of thousands: no zero, for "0,123" has a decimal comma whatever the file says."""
_GROUPED: Final[dict[Thousands, dict[Decimal, str]]] = {
    " ": {
        ".": rf"^{_HEAD}({_SPACES}[0-9]{{3}})+(\.[0-9]+)?$",
        ",": rf"^{_HEAD}({_SPACES}[0-9]{{3}})+(,[0-9]+)?$",
    },
    ",": {".": rf"^{_HEAD}(,[0-9]{{3}})+(\.[0-9]+)?$|^[+-]?[1-9][0-9]?(,[0-9]{{2}})+,[0-9]{{3}}(\.[0-9]+)?$"},
    ".": {",": rf"^{_HEAD}(\.[0-9]{{3}})+,[0-9]+$|^{_HEAD}(\.[0-9]{{3}}){{2,}}$"},
    "'": {
        ".": rf"^{_HEAD}({_APOSTROPHE}[0-9]{{3}})+(\.[0-9]+)?$",
        ",": rf"^{_HEAD}({_APOSTROPHE}[0-9]{{3}})+(,[0-9]+)?$",
    },
}
"""Separator of thousands -> decimal mark -> what such a number looks like; "1.234" alone may be either and is none. The second way with
commas is that of India: 12,34,567."""


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


def is_long(cells: pa.Array) -> pa.Array:
    """Return (n,) whether a cell, written as a machine does, is a whole number that a float would round."""
    like = pc.match_substring_regex(cells, r"^-?[0-9]{16,18}$")
    whole = pc.cast(pc.if_else(like, cells, "0"), pa.int64())
    return pc.greater(pc.abs(whole), 2**53)


def is_whole(cells: pa.Array) -> pa.Array:
    """Return (n,) whether a cell, written as a machine does, is a whole number of 64 bits."""
    return pc.match_substring_regex(cells, _WHOLE)


def is_adorned(cells: pa.Array) -> tuple[bool, bool]:
    """Return whether all cells are numbers, perhaps with a currency, a percent sign, brackets or other digits, and whether one has such."""
    trimmed = pc.utf8_trim_whitespace(cells)
    every = pc.all(pc.match_substring_regex(trimmed, _ADORNED)).as_py()
    return bool(every), bool(pc.any(pc.match_substring_regex(trimmed, _ADORNMENT)).as_py())


def contradicts(cell: str, decimal: Decimal) -> bool:
    """Return whether a cell is a number whose decimal mark is the other one: "12,5" beside "1,234"."""
    mark = "," if decimal == "." else r"\."
    return re.fullmatch(rf"[+-]?([0-9]+{mark}[0-9]{{1,2}}|0{mark}[0-9]+)", cell.strip()) is not None


def is_marked(cell: str) -> bool:
    """Return whether a cell is a number with points, commas, spaces or apostrophes in it, whatever each of them means."""
    return (
        re.fullmatch(r"[+-]?[0-9]{1,3}([.,'\u2019\u00a0\u2009\u202f ][0-9]{2,3})*([.,][0-9]+)?", cell.strip())
        is not None
    )


def is_thousands_or_not(cells: pa.Array) -> tuple[bool, bool]:
    """Return whether every point among cells stands before exactly three digits as in "1.234", and whether there is one."""
    trimmed = _trimmed(cells)
    pointed = pc.filter(trimmed, pc.match_substring(trimmed, "."))
    every = pc.all(pc.match_substring_regex(pointed, rf"^{_HEAD}\.[0-9]{{3}}$")).as_py()
    return every is not False, len(pointed) > 0


def _trimmed(cells: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(pc.utf8_trim_whitespace(cells), _MINUS, "-")
