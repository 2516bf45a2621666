"""Encoding, separator and header of a text table, found from its first rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from governance.data.file_kind import HEAD_BYTES, Limits
from governance.errors import RefusedInputError

SEPARATORS: Final = (",", ";", "\t", "|")
_SEPARATOR_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_NUMBER: Final = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
_COMMA_NUMBER: Final = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_POINT_NUMBER: Final = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
_SNIFFED_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class Layout:
    """How the text of a table is laid out."""

    encoding: str
    separator: str
    decimal: Literal[".", ","]
    header: bool
    columns: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    warnings: tuple[str, ...]


def layout_of(
    path: Path, *, encoding: str = "", separator: str = "", header: bool | None = None, limits: Limits | None = None
) -> Layout:
    """Return the layout of a text file; what the caller names is not detected.

    Raises:
        RefusedInputError: unreadable encoding, no columns, columns that are doubled or too many.
    """
    warnings: list[str] = []
    encoding = encoding or _encoding_of(path, warnings)
    text = _head_text(path, encoding)
    separator = separator or _separator_of(text, warnings)
    rows = _rows(text, separator)
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise RefusedInputError("The file has no columns.", "The first row must name the columns.")
    first, body = rows[0], rows[1:]
    has_header = _has_header(first, body) if header is None else header
    if not has_header:
        body = rows
        if header is None:
            warnings.append("The first row looks like data, so the columns were given numbers as names.")
    columns = _names(first, has_header, warnings)
    check_names(columns, limits or Limits())
    sample = tuple(tuple(row) for row in body[:20])
    return Layout(encoding, separator, _decimal(body, separator), has_header, columns, sample, tuple(warnings))


def _encoding_of(path: Path, warnings: list[str]) -> str:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    strange = _first_not_utf8(path)
    if strange is None:
        return "utf-8"
    guess = _guess(strange)
    warnings.append(
        f"The text is not UTF-8; it was read as {guess}. Check names with accents, or save the file as UTF-8."
    )
    return guess


def _first_not_utf8(path: Path) -> bytes | None:
    """Return the neighbourhood of the first byte that is not UTF-8, or None when the whole file is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while block := file.read(HEAD_BYTES):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                return block[max(0, error.start - 32_768) : error.start + 32_768]
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return bytes(error.object)
    return None


def _guess(data: bytes) -> str:
    """Return the likeliest single-byte or East Asian encoding; Western European when the text fits it as well as any."""
    from charset_normalizer import from_bytes

    usual = ["cp1252", "cp1250", "cp1251", "latin_1", "mac_roman", "shift_jis", "gb18030"]
    matches = from_bytes(data, cp_isolation=usual)
    best = matches.best()
    if best is None:
        raise RefusedInputError("The encoding of the text cannot be told.", "Save the file as UTF-8.")
    as_good = [match.encoding for match in matches if match.chaos <= best.chaos]
    return "cp1252" if "cp1252" in as_good else str(best.encoding)


def _head_text(path: Path, encoding: str) -> str:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError as error:
        raise RefusedInputError(f"No encoding {encoding!r}.", "For example utf-8 or cp1252.") from error
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        whole = not file.read(1)
    try:
        text = decoder.decode(head, final=whole)
    except (UnicodeDecodeError, AttributeError, ValueError) as error:
        raise RefusedInputError(f"The text is not {encoding}: {error}.", "Name another encoding.") from error
    return text if whole or "\n" not in text else text[: text.rindex("\n") + 1]


def _rows(text: str, separator: str) -> list[list[str]]:
    """Return the first rows, blank lines left out; a row that the csv rules cannot read ends the list."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False):
            if row:
                rows.append(row)
            if len(rows) > _SNIFFED_ROWS:
                break
    except csv.Error:
        return rows
    return rows


def _separator_of(text: str, warnings: list[str]) -> str:
    """Return the separator under which most rows have the same number (at least two) of cells."""
    best, best_score = "", (0.0, 0)
    for candidate in SEPARATORS:
        widths = Counter(len(row) for row in _rows(text, candidate))
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        score = (round(count / widths.total(), 2), width)
        if width > 1 and score > best_score:
            best, best_score = candidate, score
    if not best:
        warnings.append("No separator was found: the table has a single column.")
        return ","
    if best != ",":
        warnings.append(f"The cells are separated by a {_SEPARATOR_NAMES[best]}.")
    return best


def _has_header(first: list[str], body: list[list[str]]) -> bool:
    """Return False only when every column of numbers also starts with a number."""
    numeric = [
        index
        for index in range(len(first))
        if (cells := [row[index] for row in body if index < len(row) and row[index].strip()])
        and all(_NUMBER.fullmatch(cell.strip()) for cell in cells)
    ]
    return not numeric or not all(_NUMBER.fullmatch(first[index].strip()) for index in numeric)


def _names(first: list[str], has_header: bool, warnings: list[str]) -> tuple[str, ...]:
    if not has_header:
        return tuple(f"column_{index + 1}" for index in range(len(first)))
    names = [name.strip() for name in first]
    for index, name in enumerate(names):
        if not name:
            names[index] = f"column_{index + 1}"
            warnings.append(f"Column {index + 1} has no name and is called {names[index]}.")
    return tuple(names)


def check_names(columns: tuple[str, ...], limits: Limits) -> None:
    """Raise RefusedInputError when there are no columns, too many, or two with one name."""
    if not columns:
        raise RefusedInputError("The table has no columns.", "Give a table with at least one column.")
    if len(columns) > limits.columns:
        raise RefusedInputError(
            f"The table has {len(columns):,} columns; the limit is {limits.columns:,}.", "Give fewer columns."
        )
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        raise RefusedInputError(
            f"{len(twice)} column name(s) occur more than once: {', '.join(map(repr, twice[:5]))}.", "Rename them."
        )
    unprintable = [name for name in columns if not name.isprintable() or len(name) > 500]
    if unprintable:
        raise RefusedInputError(
            f"A column name is too long or has characters that cannot be shown: {unprintable[0][:80]!r}.", "Rename it."
        )


def _decimal(body: list[list[str]], separator: str) -> Literal[".", ","]:
    if separator == ",":
        return "."
    commas = sum(bool(_COMMA_NUMBER.fullmatch(cell.strip())) for row in body for cell in row)
    points = sum(bool(_POINT_NUMBER.fullmatch(cell.strip())) for row in body for cell in row)
    return "," if commas > points else "."
