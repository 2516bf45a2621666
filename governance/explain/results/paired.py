"""Two models on the same rows: how much more or less each column moves the one than the other, with paired intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from governance.explain.results.summary import features

if TYPE_CHECKING:
    import pyarrow as pa

_Z: Final = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""
Verdict = Literal["more", "less", "no_clear_change"]


@dataclass(frozen=True, slots=True)
class ComparedImportance:
    """How much one column moves the answers of two models."""

    feature: str
    current: float
    """Mean |attribution| of the model that is looked at, in units of the explained output; 0 for a column that it does not read."""
    candidate: float
    """Of the other one."""
    change: float
    """Candidate minus current."""
    low: float
    """Lower end of the paired 95 % interval of the change."""
    high: float
    verdict: Verdict
    """Whether the other model is moved more or less, where the whole interval lies on one side of 0."""


def compare_importance(
    current: pa.Table, candidate: pa.Table, rows: NDArray[np.intp]
) -> tuple[int, tuple[ComparedImportance, ...]]:
    """Return how many rows both explanations have, and the change of the mean |attribution| of each column over them.

    The interval is that of the mean of the rows' own differences (paired normal approximation), which is what a bootstrap that takes
    the same rows for both models comes to: what moves both answers about a row cancels. A model that does not read a column gives it
    an attribution of exactly 0 (the axiom of the dummy; Shapley, A Value for n-Person Games, 1953).

    Args:
        current: stored attributions of the model that is looked at, in the same units as those of the other.
        candidate: of the other one, about the same data.
        rows: positions of the rows that count.

    Returns:
        Rows with both explanations, and one entry per column, those that change most first; none where fewer than two rows have both.
    """
    names = tuple(dict.fromkeys((*features(current), *features(candidate))))
    one, two = (np.abs(_values(table, names, rows)) for table in (current, candidate))
    both = ~(np.isnan(one).any(axis=1) | np.isnan(two).any(axis=1))
    n = int(both.sum())
    if n < 2:
        return n, ()
    one, two = one[both], two[both]
    moved = two - one
    change, half = moved.mean(axis=0), _Z * moved.std(axis=0, ddof=1) / np.sqrt(n)
    found = [
        ComparedImportance(
            feature=name,
            current=float(one[:, at].mean()),
            candidate=float(two[:, at].mean()),
            change=float(change[at]),
            low=float(change[at] - half[at]),
            high=float(change[at] + half[at]),
            verdict=_verdict(float(change[at] - half[at]), float(change[at] + half[at])),
        )
        for at, name in enumerate(names)
    ]
    return n, tuple(sorted(found, key=lambda item: (-abs(item.change), item.feature)))


def _verdict(low: float, high: float) -> Verdict:
    if low > 0:
        return "more"
    return "less" if high < 0 else "no_clear_change"


def _values(table: pa.Table, names: tuple[str, ...], rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return (rows, names) attributions: NaN on rows that were not explained, 0 in columns that the model does not read."""
    explained = np.asarray(table.column("model_output").is_valid().to_numpy())[rows]
    found = np.zeros((len(rows), len(names)))
    for at, name in enumerate(names):
        if name in table.column_names:
            found[:, at] = np.asarray(table.column(name).to_numpy(), dtype=np.float64)[rows]
    found[~explained] = np.nan
    return found
