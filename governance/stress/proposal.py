"""The check that would have seen an error which nothing notices: a draft for the data contract, in force only when a person puts it there.

The limits of a share come from the reference: they hold all but one in a thousand batches of the same size, if nothing has changed. The
number of rows in a batch is then beta-binomial, with Jeffreys' prior on the share (Brown, Cai and DasGupta, "Interval estimation for a
binomial proportion", Statistical Science 16:101-133, 2001). From which share of broken rows the check fires is counted, not estimated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import NotAssessed, text_of
from governance.stress.report import ProposedCheck

if TYPE_CHECKING:
    from governance.stress.columns import Columns
    from governance.stress.strike import Change, Strike

FALSE_ALARMS: Final = 0.001
"""Share of batches in which nothing changed that a proposed check may fail."""
REPEATED: Final = 0.2
"""Share of the broken rows from which a value counts as written again and again."""
NONE: Final = "No check of today sees this: its new values are as usual, and no value repeats."


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A check, and which rows it counts: before the error and after it."""

    check: ProposedCheck
    known: NDArray[np.bool_]
    """(n,) rows of the reference that count."""
    clean: NDArray[np.bool_]
    """(m,) rows of the data that count as they are."""
    broken: NDArray[np.bool_]
    """(struck rows,) whether each counts once it is broken."""


def proposal(struck: Strike, known: Columns, shares: tuple[float, ...]) -> ProposedCheck | NotAssessed:
    """Return the check that fires from the smallest share of rows on, or why there is none.

    Args:
        struck: the error at every row that it can strike.
        known: columns of the reference.
        shares: shares of rows that are tried, rising.
    """
    best: ProposedCheck | None = None
    for candidate in _candidates(struck, struck.columns, known):
        found = _judged(candidate, struck, shares)
        if found.fires_from is not None and (best is None or found.fires_from < (best.fires_from or 1.0)):
            best = found
    return NotAssessed(NONE) if best is None else best


def _judged(candidate: _Candidate, struck: Strike, shares: tuple[float, ...]) -> ProposedCheck:
    """Return a check with its limits, its false alarms, and the smallest share that makes it fail."""
    rows = len(candidate.clean)
    low, high, alarms = limits(int(candidate.known.sum()), len(candidate.known), rows)
    if candidate.check.check == "missing":
        low = 0  # fewer missing values than before are no error
    fires = None
    for share in shares:
        count = min(len(struck.rows), round(share * rows))
        taken = np.searchsorted(struck.rows, struck.draws.stream("rows").some(struck.rows, count))
        broken = candidate.clean.copy()
        broken[struck.rows[taken]] = candidate.broken[taken]
        if count and not low <= int(broken.sum()) <= high:
            fires = share
            break
    own, item = int(candidate.clean.sum()), candidate.check
    return ProposedCheck(
        check=item.check,
        column=item.column,
        other=item.other,
        value=item.value,
        minimum=low / rows,
        maximum=high / rows,
        fires_from=fires,
        false_alarms=alarms,
        fails_now=not low <= own <= high,
    )


def limits(count: int, known: int, rows: int) -> tuple[int, int, float]:
    """Return fewest and most rows that count in a batch like the reference, and the chance that such a batch lies outside.

    Args:
        count: rows of the reference that count.
        known: rows of the reference.
        rows: of the batch.
    """
    from scipy.stats import betabinom

    batch = betabinom(rows, count + 0.5, known - count + 0.5)
    low, high = int(batch.ppf(FALSE_ALARMS / 2)), int(batch.ppf(1 - FALSE_ALARMS / 2))
    inside = float(batch.cdf(high)) - (float(batch.cdf(low - 1)) if low else 0.0)
    return low, high, max(0.0, 1 - inside)


def _candidates(struck: Strike, data: Columns, known: Columns) -> Iterator[_Candidate]:
    changes = struck.changes(struck.rows)
    if struck.kind.exchanges:
        yield from _orders(changes, data, known)
    for change in changes:
        if known.sort(change.column) != data.sort(change.column):
            continue
        if data.sort(change.column) == "number":
            yield from _of_numbers(change, data.numbers(change.column), known.numbers(change.column))
        else:
            yield from _of_words(change, data, known)


def _orders(changes: tuple[Change, ...], data: Columns, known: Columns) -> Iterator[_Candidate]:
    first, second = (change.column for change in changes)
    if known.sort(first) != "number" or known.sort(second) != "number":
        return
    new = [change.each() for change in changes]
    # rows without both numbers do not count in the check; where there are any its share is another one, so nothing is proposed
    pairs = [(source.numbers(first), source.numbers(second)) for source in (known, data)]
    if any(np.isnan(one).any() for pair in pairs for one in pair):
        return
    yield _Candidate(
        check=ProposedCheck(check="column_order", column=first, other=second),
        known=pairs[0][0] > pairs[0][1],
        clean=pairs[1][0] > pairs[1][1],
        broken=new[0] > new[1],
    )


def _of_numbers(change: Change, clean: NDArray[np.float64], known: NDArray[np.float64]) -> Iterator[_Candidate]:
    new = change.each()
    yield _missing(change.column, np.isnan(known), np.isnan(clean), np.isnan(new))
    value = _repeated(new[~np.isnan(new)], len(new))
    if value is not None:
        yield _Candidate(
            check=ProposedCheck(check="value_share", column=change.column, value=_text(value)),
            known=known == value,
            clean=clean == value,
            broken=new == value,
        )


def _of_words(change: Change, data: Columns, known: Columns) -> Iterator[_Candidate]:
    new = np.array(["" if word is None else word for word in change.each()], dtype=object)
    gone = np.array([word is None for word in change.each()], dtype=bool)
    before, now = known.words(change.column), data.words(change.column)
    yield _missing(change.column, before.codes == len(before.words), now.codes == len(now.words), gone)
    value = _repeated(new[~gone], len(new))
    if value is not None:
        yield _Candidate(
            check=ProposedCheck(check="value_share", column=change.column, value=str(value)),
            known=np.array([*before.words, None], dtype=object)[before.codes] == value,
            clean=np.array([*now.words, None], dtype=object)[now.codes] == value,
            broken=(new == value) & ~gone,
        )


def _missing(column: str, known: NDArray[np.bool_], clean: NDArray[np.bool_], broken: NDArray[np.bool_]) -> _Candidate:
    return _Candidate(ProposedCheck(check="missing", column=column), known, clean, broken)


def _repeated(new: NDArray[np.generic], rows: int) -> object | None:
    """Return the value that is written most often, None where none repeats."""
    if not len(new):
        return None
    values, counts = np.unique(new.astype(str) if new.dtype == object else new, return_counts=True)
    most = int(counts.argmax())
    return values[most] if counts[most] >= REPEATED * rows else None


def _text(value: object) -> str:
    """Return a number as a data contract writes it."""
    import pandas as pd

    return str(text_of(pd.Series([value]))[0])
