"""A table of impact ratios as it was published: with or without counts, in per cent or not, with blanks, totals and people not told.

Of 527 real tables most give rates and ratios and no counts, so what can be checked is read cell by cell, and the rest is said.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final, Literal

from governance.evidence import RefusedInputError, TableReading

Column = Literal["category", "applicants", "selected", "rate", "impact_ratio"]
MOST_BYTES: Final = 5_000_000
_NAMES: Final[dict[Column, re.Pattern[str]]] = {
    "impact_ratio": re.compile(r"impact[ _]?ratios?"),
    "rate": re.compile(r"((selection|scoring)[ _]?)?rates?"),
    "selected": re.compile(r"((number|#|no\.?)( of)? )?(selected|hired|advanced)( applicants| candidates)?"),
    "applicants": re.compile(r"((total|number|#|no\.?)( of)? )?(total )?(applicants|candidates|applied|n)( total)?"),
    "category": re.compile(r"category|group|sex|gender|race|ethnicity|race ?/ ?ethnicity( categories)?|sex categories"),
}
_NOTHING: Final = {"", "n/a", "na", "n.a.", "*", "**", "-", "--", "–", "—", "null", "none", "not applicable", "x", "."}
_TOTALS: Final = re.compile(
    r"(grand |sub ?)?totals?|all( applicants| candidates| categories)?|overall|everyone|sum", re.IGNORECASE
)
_UNTOLD: Final = re.compile(
    r"|unknown.*|(race|sex|gender|ethnicity)?[ /]*unknown|prefer(red)? not to.*|(did|do|does|choose|chose|wish) not.*|decline[ds]?.*|"
    r"not (disclosed|specified|stated|reported|provided|identified|available|known|declared).*|"
    r"undisclosed|unspecified|missing|no (answer|response)|"
    r"i (do not|don't) wish.*",
    re.IGNORECASE,
)


_PER_CENT: Final = re.compile(r"\(?(%|per ?cent)\)?")
"""How a header says that its column is in per cent."""
_LARGEST_RATIO: Final = 20.0
"""No category is selected twenty times as often as the reference; the reference itself has 100 in a column in per cent."""
_MOST_ABOVE: Final = 20
"""Lines among which the names of the columns are looked for."""
_TIMES: Final = " × "
"""What stands between the names of an intersectional category."""


@dataclass(frozen=True, slots=True)
class Share:
    """A rate or a ratio as it was printed."""

    text: str
    value: Fraction
    step: Fraction
    """One unit of the last printed place: what was rounded lies within half of it on either side."""

    @property
    def low(self) -> Fraction:
        """Smallest number that is printed so."""
        return self.value - self.step / 2

    @property
    def high(self) -> Fraction:
        """Largest number that is printed so."""
        return self.value + self.step / 2


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """One category of a published table."""

    category: str
    applicants: int | None
    selected: int | None
    rate: Share | str
    """A text where the cell holds no number: "" or, for example, "N/A"."""
    impact_ratio: Share | str


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """The categories, and the lines that are none."""

    lines: tuple[PublishedLine, ...]
    unknown: int
    """Applicants of unknown or undisclosed category."""
    notes: tuple[str, ...]
    """Which lines were taken for a total or for people who did not tell."""
    reading: TableReading = field(default_factory=TableReading)
    """How the text was read."""


def read_table(text: str) -> PublishedTable:
    """Return the categories of a CSV text; the header names category, applicants and selected, or rate, or impact_ratio.

    Raises:
        RefusedInputError: nothing in it can be checked or computed, a row is too long or too short, a count is no count.
    """
    if len(text) > MOST_BYTES:
        raise RefusedInputError(
            f"The table has {len(text):,} characters, expected at most {MOST_BYTES:,}.", "Is it a table of counts?"
        )
    names, rows, notes = _rows(text.removeprefix("\ufeff"))
    header = [_known(name) for name in names]
    lines = [_line(number, row) for number, row in _told_apart(header, rows)]
    for column in ("rate", "impact_ratio"):
        if _is_per_cent(column, lines, named=names[header.index(column)] if column in header else ""):
            lines = [_hundredth(line, column) for line in lines]
            notes.append(f"The column {names[header.index(column)]!r} is in per cent.")
    types = {name: "text" if name == "category" else "number" for name in header}
    reading = TableReading(encoding="utf-8", separator=_separator(text), decimal=".", types=types)
    table = _sorted_out(lines)
    return replace(table, notes=(*notes, *table.notes), reading=reading)


def _told_apart(header: list[str], rows: list[tuple[int, list[str]]]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each line by column; the names of several columns of categories are joined, and a blank one is that of the line above."""
    places = [place for place, name in enumerate(header) if name == "category"]
    above = dict.fromkeys(places[:-1], "")
    for number, fields in rows:
        own = fields[places[-1]].strip()
        if above and not own:
            raise RefusedInputError(
                f"The table has the column category more than once, and line {number} leaves the last one blank.",
                "Give one table at a time, or a table whose lines name every column of categories.",
            )
        above |= {place: fields[place].strip() for place in above if fields[place].strip()}
        yield (
            number,
            {**dict(zip(header, fields, strict=True)), "category": _TIMES.join(filter(None, (*above.values(), own)))},
        )


def _is_per_cent(column: Column, lines: Sequence[PublishedLine], *, named: str) -> bool:
    """Return whether bare numbers are in per cent: the header says so, a rate is above 1, or a ratio as large as no ratio is."""
    bare = [float(cell.value) for cell in (getattr(line, column) for line in lines) if _is_bare(cell)]
    most = 1.0 if column == "rate" else _LARGEST_RATIO
    return bool(bare) and (
        "%" in named or "per cent" in named.lower() or "percent" in named.lower() or max(bare) > most
    )


def _is_bare(cell: Share | str) -> bool:
    return isinstance(cell, Share) and not cell.text.endswith("%")


def _hundredth(line: PublishedLine, column: Column) -> PublishedLine:
    cell = getattr(line, column)
    return (
        replace(line, **{column: replace(cell, value=cell.value / 100, step=cell.step / 100)})
        if _is_bare(cell)
        else line
    )


def _separator(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t|", key=lambda sign: (first.count(sign), sign == ","))


def _rows(text: str) -> tuple[list[str], list[tuple[int, list[str]]], list[str]]:
    """Return the names of the columns, the lines below with their numbers, and what is said about lines above."""
    reader = csv.reader(io.StringIO(text), delimiter=_separator(text))
    try:
        found = [(reader.line_num, fields) for fields in reader if any(field.strip() for field in fields)]
    except csv.Error as error:
        raise RefusedInputError(
            f"Line {reader.line_num} is no line of a CSV table: {error}.", "Mend the table."
        ) from error
    above = next((at for at, (_, fields) in enumerate(found[:_MOST_ABOVE]) if _is_header(fields)), 0)
    notes = [f"{above} line(s) above the names of the columns are left out."] if above else []
    found = found[above:]
    header = found[0][1] if found else []
    _check_header([_known(name) for name in header])
    for number, fields in found[1:]:
        if len(fields) != len(header):
            raise RefusedInputError(
                f"Line {number} has {len(fields)} fields, expected {len(header)}.", "Mend the table."
            )
    if len(found) < 2:
        raise RefusedInputError("The table has no rows.", "Give one row per category.")
    return header, found[1:], notes


def _is_header(fields: Sequence[str]) -> bool:
    names = {_known(name) for name in fields}
    return "category" in names and bool({"applicants", "rate", "impact_ratio"} & names)


def _known(name: str) -> str:
    plain = re.sub(r"\s+", " ", _PER_CENT.sub(" ", name.lower().replace("_", " "))).strip()
    return next((column for column, words in _NAMES.items() if words.fullmatch(plain)), plain)


def _check_header(header: Sequence[str]) -> None:
    missing = [name for name in ("category", "applicants", "selected") if name not in header]
    twice = sorted({name for name in header if name in _NAMES and header.count(name) > 1})
    if twice and twice != ["category"]:
        raise RefusedInputError(f"The table has the column {twice[0]} more than once.", "Give one table at a time.")
    if "category" in missing or (missing and not {"rate", "impact_ratio"} & set(header)):
        raise RefusedInputError(
            f"The table has the columns {', '.join(header) or 'none'}; missing: {', '.join(missing)}.",
            "Expected category,applicants,selected, or category with rate and impact_ratio.",
        )


def _line(number: int, row: dict[str, str]) -> PublishedLine:
    return PublishedLine(
        category=row["category"].strip(),
        applicants=_whole(row.get("applicants", ""), "applicants", number),
        selected=_whole(row.get("selected", ""), "selected", number),
        rate=share(row.get("rate", "")),
        impact_ratio=share(row.get("impact_ratio", "")),
    )


def _whole(text: str, name: str, number: int) -> int | None:
    """Return a count, None where there is none: blank, N/A, or a bound such as <11."""
    bare = text.strip().lower()
    if bare in _NOTHING or re.fullmatch(r"[<≤>]=? ?\d+", bare):
        return None
    plain = re.sub(r"(?<=\d)[ ,\u00a0\u202f](?=\d{3})", "", bare)
    if not plain.isascii() or not plain.isdigit():
        raise RefusedInputError(
            f"Line {number}: {name} is {text!r}, expected a whole number of at least 0.", "Mend the table."
        )
    return int(plain)


def share(text: str) -> Share | str:
    """Return a printed share, or the text itself where it is no number; "45.0%", "0.450", "0,45" and ".45" are all read."""
    bare = text.strip()
    plain = bare.removesuffix("%").strip()
    plain = plain.replace(",", ".") if "." not in plain else plain
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return bare
    if not number.is_finite() or abs(number.adjusted()) > 30:
        return bare
    scale = 100 if bare.endswith("%") else 1
    step = Fraction(Decimal(1).scaleb(int(number.as_tuple().exponent)))
    return Share(text=bare, value=Fraction(number) / scale, step=step / scale)


def _sorted_out(lines: Sequence[PublishedLine]) -> PublishedTable:
    """Return the categories without totals and people who did not tell; both are said."""
    kept, notes, unknown = [], [], 0
    for line in lines:
        parts = line.category.split(_TIMES)
        if any(map(_UNTOLD.fullmatch, parts)):
            unknown += line.applicants or 0
            notes.append(f"{line.category or '(no name)'!r} is taken for people whose category is not known.")
        elif any(map(_TOTALS.fullmatch, parts)):
            notes.append(f"{line.category!r} is taken for the total and is no category.")
        else:
            kept.append(line)
    total = next((line for line in kept if _is_sum(line, kept)), None)
    if total is not None:
        kept.remove(total)
        notes.append(
            f"{total.category!r} has the sums of the other lines: it is taken for the total and is no category."
        )
    if not kept:
        raise RefusedInputError("The table has no categories.", "Give one row per category.")
    return PublishedTable(lines=tuple(kept), unknown=unknown, notes=tuple(notes))


def _is_sum(line: PublishedLine, lines: Sequence[PublishedLine]) -> bool:
    """Return whether both counts of a line are the sums of at least two others; then it is the last or the first line."""
    others = [item for item in lines if item is not line]
    if len(others) < 3 or line not in (lines[0], lines[-1]) or not line.applicants or not line.selected:
        return False
    applicants, selected = (sum(getattr(item, name) or 0 for item in others) for name in ("applicants", "selected"))
    return applicants == line.applicants and selected == line.selected
