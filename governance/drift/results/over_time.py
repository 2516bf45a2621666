"""One table cut into windows along its time or its rows, each held against the reference: the result types, light to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from governance.drift.results.report import Estimate, Verdict

By = Literal["day", "week", "month", "rows"]
MOST_WINDOWS: Final = 400
"""More windows than this are refused: take longer ones."""
MOST_GROUPS: Final = 30
"""Groups of one column that windows show: more lines than this cannot be told apart. The largest of the reference are kept."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One column in one window."""

    verdict: Verdict
    times: float
    """Its largest effect as a multiple of the practical limit."""
    missing: float
    """Share of missing values, 0 to 1."""


@dataclass(frozen=True, slots=True)
class GroupPoint:
    """The main metric of one group in one window."""

    attribute: str
    group: str
    value: Estimate


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """One window."""

    label: str
    """The day, the Monday of the week, the month, or the rows from 1."""
    rows: int
    columns: Mapping[str, Movement]
    level: float
    """What the corrected p values were held against: this window's part of the bound over all windows."""
    with_labels: Estimate | None
    """The main metric where outcomes are known."""
    without_labels: Estimate | None
    """The main metric as expected from calibrated scores (CBPE, reference unweighted)."""
    groups: tuple[GroupPoint, ...]

    @property
    def moved(self) -> tuple[str, ...]:
        """Columns that moved by more than matters, the farthest first."""
        found = [name for name, item in self.columns.items() if item.verdict == "material"]
        return tuple(sorted(found, key=lambda name: -self.columns[name].times))


@dataclass(frozen=True, slots=True)
class OverTime:
    """Every window of one table, in order."""

    by: By
    windows: tuple[TimeWindow, ...]
    metric: str
    """The main metric, "" when the model was not asked."""
    reference: Estimate | None
    """The main metric on the reference."""
    reference_groups: tuple[GroupPoint, ...]
    groups_left_out: Mapping[str, int]
    """Sensitive column -> groups that no window shows: beyond the largest of the reference, or not in it. Columns with none are absent."""
    alpha: float
    """Bound of false alarms over all windows for ever: window t spends 6 / (pi^2 t^2) of it."""
