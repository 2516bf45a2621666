"""Which groups of people a column moved in: the comparison of columns once more, inside each group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from governance.drift.columns.columns import drift
from governance.drift.columns.limits import Limits
from governance.drift.columns.verdict import decisive
from governance.drift.results.group_drift import GroupDrift
from governance.drift.results.report import ColumnDrift, Correction
from governance.drift.samples.metrics import FEWEST
from governance.drift.samples.pairs import Pair, pair_of
from governance.drift.samples.two_samples import Ints
from governance.evidence import Progress, RefusedInputError
from governance.statistics import attributes

MOST_GROUPS: Final = 12
"""Of one sensitive column at most so many groups are looked into, the largest ones."""
MOST_PARTS: Final = 600
"""So many columns times groups are compared at most, the most pressing columns first."""


@dataclass(frozen=True)
class Group:
    """The rows of one group in both windows."""

    attribute: str
    name: str
    before: Ints
    """Positions in the reference."""
    after: Ints
    """Positions in the current window."""

    @property
    def few(self) -> str:
        """Why the group is too small to be looked into, "" when it is not."""
        sides = (("reference", len(self.before)), ("current window", len(self.after)))
        short = [f"{rows} rows in the {name}" for name, rows in sides if rows < FEWEST]
        return f"Not enough data: {' and '.join(short)}, fewer than {FEWEST}." if short else ""


@dataclass(frozen=True)
class _Parts(Mapping[str, Pair]):
    """Columns of groups by number, each counted when it is asked for."""

    reference: pd.DataFrame
    current: pd.DataFrame
    asked: Sequence[tuple[Group, str]]
    progress: Progress

    def __getitem__(self, key: str) -> Pair:
        group, column = self.asked[int(key)]
        return pair_of(self.reference[column].iloc[group.before], self.current[column].iloc[group.after])

    def __iter__(self) -> Iterator[str]:
        for done in range(len(self.asked)):
            self.progress(done, len(self.asked), "comparing columns inside groups")
            yield str(done)

    def __len__(self) -> int:
        return len(self.asked)


def within(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    sensitive: Sequence[str],
    columns: Sequence[str],
    rng: np.random.Generator,
    *,
    limits: Limits,
    correction: Correction,
    alpha: float,
    progress: Progress,
) -> tuple[tuple[GroupDrift, ...], str]:
    """Return every column inside every group, and what was left out, in words.

    One correction covers all columns of all groups, so its promise holds for the whole table.

    Args:
        reference: the earlier window.
        current: the window in question.
        sensitive: columns that describe groups; those that only one window has are left out.
        columns: what is compared, the most pressing first.
        rng: source of chance.
        limits: from which size on a change counts.
        correction: for many tests at once.
        alpha: its bound.
        progress: told of each comparison.
    """
    groups, left_out = _groups(reference, current, sensitive)
    if not groups:
        return (), left_out or "no sensitive column is named"
    enough = [group for group in groups if not group.few]
    kept = columns[: max(1, MOST_PARTS // max(len(enough), 1))]
    if len(kept) < len(columns):
        left_out = _and(left_out, f"only the {len(kept)} most pressing columns are compared inside groups")
    asked = [(group, name) for group in enough for name in kept if name != group.attribute]
    found, _ = drift(
        _Parts(reference, current, asked, progress), rng, limits=limits, correction=correction, alpha=alpha
    )
    result = [_result(*asked[int(item.name)], item, alpha) for item in found]
    result += [_too_few(group, name) for group in groups if group.few for name in kept if name != group.attribute]
    place = {name: at for at, name in enumerate(kept)}
    order = {(group.attribute, group.name): at for at, group in enumerate(groups)}
    return tuple(sorted(result, key=lambda item: (place[item.column], order[item.attribute, item.group]))), left_out


def _groups(reference: pd.DataFrame, current: pd.DataFrame, sensitive: Sequence[str]) -> tuple[list[Group], str]:
    """Return the groups of each sensitive column, the largest first, and what was left out."""
    found: list[Group] = []
    left_out = ""
    for name in sensitive:
        if name not in reference.columns or name not in current.columns:
            left_out = _and(left_out, f"only one window has {name}")
            continue
        try:
            of_name = _of(reference[name], current[name])
        except RefusedInputError as error:
            left_out = _and(left_out, error.what.rstrip("."))
            continue
        found += of_name[:MOST_GROUPS]
        if len(of_name) > MOST_GROUPS:
            left_out = _and(left_out, f"{len(of_name) - MOST_GROUPS} smaller groups of {name} are left out")
    return found, left_out


def _of(before: pd.Series, after: pd.Series) -> list[Group]:
    (attribute,) = attributes((str(before.name),), [before.to_frame(), after.to_frame()])
    codes = attribute.code(before), attribute.code(after)
    groups = [
        Group(attribute.name, name, *(np.flatnonzero(side == code) for side in codes))
        for code, name in enumerate(attribute.names)
    ]
    seen = [group for group in groups if len(group.before) + len(group.after)]
    return sorted(seen, key=lambda group: -len(group.before) - len(group.after))


def _and(words: str, more: str) -> str:
    return f"{words}; {more}" if words else more


def _result(group: Group, column: str, found: ColumnDrift, alpha: float) -> GroupDrift:
    test = decisive(found.tests, found.verdict, alpha)
    reading = found.tests.get(test)
    return GroupDrift(
        attribute=group.attribute,
        group=group.name,
        column=column,
        n_reference=len(group.before),
        n_current=len(group.after),
        verdict=found.verdict,
        reason=found.reason,
        test=test,
        effect=reading.effect if reading else None,
        noise_floor=reading.noise_floor if reading else None,
        threshold=reading.threshold if reading else None,
        p_adjusted=reading.p_adjusted if reading else None,
    )


def _too_few(group: Group, column: str) -> GroupDrift:
    return GroupDrift(
        attribute=group.attribute,
        group=group.name,
        column=column,
        n_reference=len(group.before),
        n_current=len(group.after),
        verdict="cannot_tell",
        reason=group.few,
        test="",
        effect=None,
        noise_floor=None,
        threshold=None,
        p_adjusted=None,
    )
