"""Encoding, separator and header of a text table, found from its first rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal

from governance.data.file_kind import HEAD_BYTES, Limits
from governance.evidence import RefusedInputError

SEPARATORS: Final = (",", ";", "\t", "|")
_SEPARATOR_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_NUMBER: Final = re.compile(r"[+-]?(\d{1,3}([ \u00a0\u202f]\d{3})+([.,]\d*)?|\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
_COMMA_NUMBER: Final = re.compile(r"[+-]?[\d. \u00a0\u202f]*,\d+([eE][+-]?\d+)?")
_POINT_NUMBER: Final = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
_THOUSAND: Final = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
"""1.234, which speaks for neither decimal mark."""
_YEAR: Final = re.compile(r"(1[89]|20|21)\d\d")
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
    skip: int = 0
    """Lines above the header that are no part of the table."""


def layout_of(
    path: Path, *, encoding: str = "", separator: str = "", header: bool | None = None, limits: Limits | None = None
) -> Layout:
    """Return the layout of a text file; what the caller names is not detected.

    Raises:
        RefusedInputError: unreadable encoding, no columns, or too many.
    """
    warnings: list[str] = []
    encoding = encoding or _encoding_of(path, warnings)
    text = _head_text(path, encoding)
    declared, skip = _declared_separator(text, warnings)
    text = _without_lines(text, skip)
    separator = separator or declared or _separator_of(text, warnings)
    above = title_lines(_rows(text, separator), text)
    if above:
        warnings.append(_said_title(text, above))
        text, skip = _without_lines(text, above), skip + above
    rows = _rows(text, separator)
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise RefusedInputError("The file has no columns.", "The first row must name the columns.")
    first, body = rows[0], rows[1:]
    has_header = _has_header(first, body, warnings) if header is None else header
    if not has_header:
        body = rows
        if header is None:
            warnings.append(
                "The first row looks like data, so the columns were given numbers as names. If it names the columns, "
                "write it in words."
            )
    columns = _names(first, has_header, warnings)
    check_names(columns, limits or Limits())
    _warn_of_one_column(columns, body, warnings)
    return Layout(
        encoding=encoding,
        separator=separator,
        decimal=_decimal(body, separator),
        header=has_header,
        columns=columns,
        sample=tuple(tuple(row) for row in body[:20]),
        warnings=tuple(warnings),
        skip=skip,
    )


def _declared_separator(text: str, warnings: list[str]) -> tuple[str, int]:
    """Return the separator that a first line `sep=;` names, as spreadsheet programs write it, and the lines to leave out."""
    found = re.match(r"\"?sep=(.)\"?\r?\n", text, re.IGNORECASE)
    if found is None:
        return "", 0
    warnings.append(f"The first line names the separator {found.group(1)!r}; it is no row of the table.")
    return found.group(1), 1


def _without_lines(text: str, lines: int) -> str:
    return "".join(text.splitlines(keepends=True)[lines:]) if lines else text


def title_lines(rows: list[list[str]], text: str) -> int:
    """Return how many lines stand above the header: a title has fewer filled cells than nearly all rows have cells.

    Args:
        rows: the first rows, blank lines left out.
        text: the same with its blank lines.
    """
    if len(rows) < 4:
        return 0
    width, count = Counter(len(row) for row in rows).most_common(1)[0]
    above = 0
    while above < min(len(rows) - 3, 20) and _is_title(rows[above], width):
        above += 1
    if not above or width < 2 or count < 0.8 * (len(rows) - above) or _filled(rows[above]) < max(2, width - 1):
        return 0
    seen, lines = 0, text.splitlines()
    for number, line in enumerate(lines[:60]):
        if '"' in line and seen < above:
            return 0
        if line.strip() and seen == above:
            return number
        seen += bool(line.strip())
    return 0


def _is_title(row: list[str], width: int) -> bool:
    """Return whether a row is too short, or fills one cell (two of many) and leaves the others empty."""
    return (len(row) < width and _filled(row) <= max(2, width // 3)) or (width > 2 and _filled(row) == 1)


def _filled(row: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _said_title(text: str, lines: int) -> str:
    first = next(line for line in text.splitlines() if line.strip())
    return f"{lines} line(s) above the header were left out; the first is {first[:60]!r}. Remove them if that is right."


def _warn_of_one_column(columns: tuple[str, ...], body: list[list[str]], warnings: list[str]) -> None:
    """Warn when a table with one column looks like several that something else separates."""
    if len(columns) != 1:
        return
    gaps = re.search(r"[\s:^~]", columns[0].strip())
    rows = [row[0] for row in body if row]
    sign = gaps.group(0) if gaps else ""
    if sign and rows and sum(sign in row.strip() for row in rows) > len(rows) / 2:
        warnings[:] = [text for text in warnings if not text.startswith("No separator")]
        named = {" ": "spaces", "\t": "tabs"}.get(sign, repr(sign))
        warnings.append(
            f"The whole table is one column named {columns[0][:60]!r}: its cells seem to be separated by {named}, "
            f"which is not read. Save it with commas or semicolons."
        )


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
    """Return the separator under which most rows, the header among them, have the same number (at least two) of cells.

    A header that a separator does not split speaks against it: "x;y" above "1,5;2,5" has no comma.
    """
    best, best_score = "", (0.0, 0.0, 0)
    for candidate in SEPARATORS:
        rows = _rows(text, candidate)
        widths = Counter(len(row) for row in rows)
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        start = title_lines(rows, text) and next((at for at, row in enumerate(rows) if len(row) == width), 0)
        names = rows[start]
        headed = float(len(names) == width) + float(not any(_NUMBER.fullmatch(name.strip()) for name in names))
        score = (headed, round(count / widths.total(), 2), width)
        if width > 1 and score > best_score:
            best, best_score = candidate, score
    if not best:
        warnings.append("No separator was found: the table has a single column.")
        return ","
    if best != ",":
        warnings.append(f"The cells are separated by a {_SEPARATOR_NAMES[best]}.")
    return best


def _has_header(first: list[str], body: list[list[str]], warnings: list[str]) -> bool:
    """Return False only when every column of numbers also starts with a number, and these are not years above other numbers."""
    numeric = [
        index
        for index in range(len(first))
        if (cells := [row[index] for row in body if index < len(row) and row[index].strip()])
        and all(_NUMBER.fullmatch(cell.strip()) for cell in cells)
    ]
    if not numeric or not all(_NUMBER.fullmatch(first[index].strip()) for index in numeric):
        return True
    if not _are_years(first, body, numeric):
        return False
    warnings.append(
        f"The first row was taken for the names of the columns, because its numbers "
        f"({', '.join(first[index].strip() for index in numeric[:5])}) are years in turn."
    )
    return True


def _are_years(first: list[str], body: list[list[str]], numeric: list[int]) -> bool:
    """Return whether the numbers of the first row are different years in turn, and the rows below hold other numbers."""
    cells = [first[index].strip() for index in numeric]
    if len(cells) < 2 or not all(_YEAR.fullmatch(cell) for cell in cells):
        return False
    steps = {int(b) - int(a) for a, b in pairwise(cells)}
    below = [row[index].strip() for row in body for index in numeric if index < len(row)]
    return len(steps) == 1 and 0 not in steps and sum(bool(_YEAR.fullmatch(cell)) for cell in below) < len(below) / 2


def _names(first: list[str], has_header: bool, warnings: list[str]) -> tuple[str, ...]:
    if not has_header:
        return tuple(f"column_{index + 1}" for index in range(len(first)))
    names = [name.strip() for name in first]
    for index, name in enumerate(names):
        if not name:
            names[index] = f"column_{index + 1}"
            warnings.append(f"Column {index + 1} has no name and is called {names[index]}.")
    return numbered(tuple(names), warnings)


def numbered(names: tuple[str, ...], warnings: list[str]) -> tuple[str, ...]:
    """Return the names, a repeated one with a number behind it: a, a_2, a_3; each is said in `warnings`."""
    taken, found = set(names), list[str]()
    seen: Counter[str] = Counter()
    for place, name in enumerate(names):
        seen[name] += 1
        fresh, number = name, seen[name]
        while number > 1 and fresh in taken:
            fresh, number = f"{name}_{number}", number + 1
        if fresh != name:
            taken.add(fresh)
            warnings.append(
                f"The name {name[:60]!r} occurs more than once: column {place + 1} is called {fresh[:70]!r}."
            )
        found.append(fresh)
    return tuple(found)


def check_names(columns: tuple[str, ...], limits: Limits) -> None:
    """Raise RefusedInputError when there are no columns, too many, or a name that cannot be shown."""
    if not columns:
        raise RefusedInputError("The table has no columns.", "Give a table with at least one column.")
    if len(columns) > limits.columns:
        raise RefusedInputError(
            f"The table has {len(columns):,} columns; the limit is {limits.columns:,}.",
            "Give fewer columns, or raise the limit: COUNTERSIGN_MAX_COLUMNS=N.",
        )
    unprintable = [name for name in columns if not name.isprintable() or len(name) > 500]
    if unprintable:
        raise RefusedInputError(
            f"The name of column {columns.index(unprintable[0]) + 1} is too long or has characters that cannot be shown.",
            "Rename it.",
            cells=f"It is {unprintable[0][:80]!r}.",
        )


def _decimal(body: list[list[str]], separator: str) -> Literal[".", ","]:
    if separator == ",":
        return "."
    cells = [cell.strip() for row in body for cell in row]
    commas = sum(bool(_COMMA_NUMBER.fullmatch(cell)) for cell in cells)
    points = sum(bool(_POINT_NUMBER.fullmatch(cell)) and not _THOUSAND.fullmatch(cell) for cell in cells)
    return "," if commas > points else "."
