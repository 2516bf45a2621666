"""A benchmark population as a table of shares, pasted or uploaded: who should be in the data, and how many."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final

from governance.evidence import RefusedInputError
from governance.quality.audit_report import BenchmarkShare, Member

SHARE: Final = "share"
MOST_BYTES: Final = 1_000_000
_EXAMPLE: Final = "Expected a header such as sex,share and lines such as Female,51 % or Female,0.51."


def read(text: str, sensitive: Sequence[str]) -> tuple[BenchmarkShare, ...]:
    """Return the shares of a CSV text: one column per sensitive attribute, and `share` from 0 to 1 or in per cent.

    An empty attribute cell means "whatever it is", so that one table can hold single attributes and combinations.

    Args:
        text: the table.
        sensitive: names of the sensitive columns of the data.

    Raises:
        RefusedInputError: no share column, an unknown attribute, a group twice, a share that is none, shares above 1 in all.
    """
    if len(text) > MOST_BYTES:
        raise RefusedInputError(f"The table has {len(text):,} characters, expected at most {MOST_BYTES:,}.", _EXAMPLE)
    lines = _lines(text.removeprefix("\ufeff"))
    header = [name.strip() for name in lines[0]] if lines else []
    attributes = [name for name in header if name.lower() != SHARE]
    strange = [name for name in attributes if name not in sensitive]
    if len(attributes) != len(header) - 1 or not attributes or strange or len(set(header)) < len(header):
        raise RefusedInputError(
            f"The table has the columns {', '.join(header) or 'none'}; expected {SHARE} and some of "
            f"{', '.join(sensitive) or 'no sensitive columns'}.",
            _EXAMPLE,
        )
    found: dict[tuple[Member, ...], float] = {}
    for number, cells in enumerate(lines[1:], start=2):
        if len(cells) != len(header):
            raise RefusedInputError(f"Line {number} has {len(cells)} cells, expected {len(header)}.", _EXAMPLE)
        row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        group = tuple(Member(name, row[name]) for name in sorted(attributes, key=list(sensitive).index) if row[name])
        if not group or group in found:
            raise RefusedInputError(f"Line {number} names {'no group' if not group else 'a group again'}.", _EXAMPLE)
        found[group] = _share(next(row[name] for name in header if name not in attributes), number)
    _check_sums(found)
    return tuple(BenchmarkShare(group, share) for group, share in found.items())


def _lines(text: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text))
    try:
        return [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise RefusedInputError(f"Line {reader.line_num} is no line of a CSV table: {error}.", _EXAMPLE) from error


def _share(text: str, number: int) -> float:
    try:
        value = float(text.removesuffix("%").strip()) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 < value <= 1:
        raise RefusedInputError(
            f"Line {number}: the share is {text!r}, expected above 0 and at most 1 (or 100 %).", _EXAMPLE
        )
    return value


def _check_sums(found: dict[tuple[Member, ...], float]) -> None:
    sums: dict[tuple[str, ...], float] = {}
    for group, share in found.items():
        names = tuple(member.attribute for member in group)
        sums[names] = sums.get(names, 0.0) + share
    for names, total in sums.items():
        if total > 1.005:  # published shares are rounded
            raise RefusedInputError(
                f"The shares by {' and '.join(names)} add up to {total:.1%}, expected at most 100 %.", "Mend the table."
            )
