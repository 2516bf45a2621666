"""The word "exact" is earned: values from the file are held against the model's own answers before they are given out.

Shapley values of this game are means of the model over mixed rows, which take some columns from the explained row and the others from
a background row. So three things are looked at, on rows and on mixed rows with about half of the columns of each: that a mixed row is
encoded as the mix of the two encodings (no column leaks into another's), that base value and attributions add up to the raw score of
ONNX Runtime, and that the recognised link turns this score into the model's answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.explain.results.summary import sample
from governance.explain.sampling.by_sampling import joined_values
from governance.models import same_answers

if TYPE_CHECKING:
    import pandas as pd

    from governance.models import Linked

MIXED_ROWS: Final = 64
"""Mixed rows that are asked about at a time."""
ANSWERED_ROWS: Final = 2000
"""Rows, spread evenly, for which the whole model is asked beside its last stage."""
_ASK: Final = "Use the sampled way: --method permutation."


class NotExactError(RefusedInputError):
    """Values worked out from the file are not those of the model; the model must be asked instead."""


class MixedRows(NamedTuple):
    """Rows that take about half of their columns from other rows."""

    frame: pd.DataFrame
    own: NDArray[np.bool_]
    """(rows, players) whether a player's columns come from the explained row."""
    row: NDArray[np.intp]
    """Which explained row each one is made from."""
    other: NDArray[np.intp]
    """Which background row."""


def mixed_rows(frame: pd.DataFrame, background: pd.DataFrame, columns: tuple[tuple[str, ...], ...]) -> MixedRows:
    """Return rows of `frame` mixed with rows of `background`, the same at each call.

    Args:
        frame: explained rows, at least one.
        background: at least one row.
        columns: raw columns of each player.
    """
    import pandas as pd

    rng = np.random.default_rng(0)
    row = np.resize(sample(len(frame), MIXED_ROWS), min(MIXED_ROWS, max(8, len(frame))))
    other = rng.integers(0, len(background), len(row))
    own = rng.random((len(row), len(columns))) < 0.5
    first = len(row)
    made = {}
    for at, names in enumerate(columns):
        for name in names:
            pool = joined_values(frame[name].iloc[row], background[name].iloc[other])
            made[name] = pool.take(np.where(own[:, at], np.arange(first), first + np.arange(first)))
    return MixedRows(pd.DataFrame(made), own, row, other)


def hold_encoding(
    mixed: MixedRows,
    found: NDArray[np.generic],
    rows: NDArray[np.generic],
    background: NDArray[np.generic],
    player: NDArray[np.int64],
) -> None:
    """Check that mixed rows are encoded as the mix of the encodings.

    Args:
        mixed: the rows.
        found: their encoding.
        rows: the encoded explained rows.
        background: the encoded background.
        player: (encoded columns,) the player of each.

    Raises:
        NotExactError: an encoded column depends on another player's columns.
    """
    wanted = np.where(mixed.own[:, player], rows[mixed.row], background[mixed.other])
    strange = ((found != wanted) & ~((found != found) & (wanted != wanted))).any(axis=0)  # noqa: PLR0124 - NaN stays NaN
    if strange.any():
        raise NotExactError(
            f"Encoded column {int(strange.argmax())} changes with raw columns that it does not seem to be made from.",
            _ASK,
        )


def hold_sum(found: NDArray[np.float64], output: NDArray[np.float64], rounding: float, rows: str) -> None:
    """Check that base value and attributions add up to the raw score.

    Args:
        found: (rows,) base value plus attributions.
        output: (rows,) raw scores of ONNX Runtime.
        rounding: largest difference that single precision explains.
        rows: which rows these are, in words.

    Raises:
        NotExactError: they do not.
    """
    away = np.abs(found - output)
    beyond = ~(away <= rounding)
    if beyond.any():
        known = away[~np.isnan(away)]
        amount = f"{known.max():.3g}" if len(known) else "no number"
        raise NotExactError(
            f"Base value and attributions miss the model's own score by {amount} (rounding explains {rounding:.2g}) "
            f"on {int(beyond.sum())} of {len(away)} {rows}.",
            _ASK,
        )


def hold_link(linked: Linked, raw: NDArray[np.float64], answer: NDArray[np.float64], rows: str) -> None:
    """Check that the link turns raw scores into the model's answers.

    Raises:
        NotExactError: it does not.
    """
    if not same_answers(linked.answers(raw, answer.shape[1]), answer):
        raise NotExactError(
            f"The model's answers to {rows} do not follow from the scores of its last stage by the link {linked.link!r}.",
            _ASK,
        )
