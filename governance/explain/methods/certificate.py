"""How far an explanation can be trusted, measured on the explanation itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from governance.evidence import NotAssessed, silent
from governance.explain.methods.nearest import Likeness, cosine
from governance.explain.results.finite import LEFT_OUT
from governance.explain.results.report import Certificate
from governance.explain.selection.side import Check, measured

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from governance.explain.results.explainer import Explained
    from governance.explain.selection.select import Chosen

PARTS: Final = 5
"""Parts of the background that are compared."""


def certify(
    chosen: Chosen,
    frame: pd.DataFrame,
    explained: Explained,
    stability: float | NotAssessed,
    spread: float | NotAssessed,
    lime: float | NotAssessed,
    notes: tuple[str, ...] = (),
) -> Certificate:
    """Return the certificate of attributions.

    Args:
        chosen: the explainer, its background and target.
        frame: the explained rows.
        explained: their attributions.
        stability: what `stability_among` found.
        spread: what `background_spread` found.
        lime: what `governance.explain.methods.lime_rounds.agreement` found.
        notes: what else a reader must know.
    """
    about = chosen.explainer.about
    return Certificate(
        additivity_gap=explained.gap,
        exact=about.exact,
        std_error=float(explained.std_error.max(initial=0.0)),
        background_rows=chosen.background.about.rows,
        background_spread=spread,
        neighbour_stability=stability,
        lime_agreement=lime,
        rows_outside_background=int(chosen.background.outside(frame).sum()),
        scale=about.scale,
        units=about.units,
        notes=(*about.notes, *notes, *_left_out(chosen)),
    )


def _left_out(chosen: Chosen) -> tuple[str, ...]:
    """Return what is said about rows of the background without a finite score."""
    rows = chosen.background.left_out
    return (f"{rows:,} rows to compare with were left out: {LEFT_OUT}.",) if rows else ()


def background_spread(chosen: Chosen, frame: pd.DataFrame) -> float | NotAssessed:
    """Return what `_background_spread` finds, or why nothing could be found."""
    return measured("the spread over backgrounds", lambda check: _background_spread(chosen, frame, check))


def _background_spread(chosen: Chosen, frame: pd.DataFrame, check: Check) -> float | NotAssessed:
    """Return how much the mean |attribution| of features would vary with another draw of the background.

    Shapley values of this game are means over background rows; the background is split into five disjoint parts, and the standard
    deviation between parts, divided by the root of five, is that of the whole.
    """
    parts = chosen.explainer.parts(PARTS)
    if not parts:
        about = chosen.explainer.about
        why = f"{chosen.background.about.rows} background rows are too few to split" if about.way in {"tree", "linear"} else (
            "sampling each part again would cost the whole budget")  # fmt: skip
        return NotAssessed(f"Not measured: {why}.")
    chance, found = np.random.default_rng(0), []
    for part in parts:
        check()
        found.append(np.abs(part.explain(frame, chosen.target, chance, silent).values).mean(axis=0))
    means = np.array(found)
    largest = float(means.mean(axis=0).max())
    return float(means.std(axis=0, ddof=1).max() / np.sqrt(PARTS) / largest) if largest > 0 else 0.0


def stability_among(
    frame: pd.DataFrame, values: NDArray[np.float64], known: pd.DataFrame, rows: int, pool: int
) -> float | NotAssessed:
    """Return the mean similarity of a row's attributions with those of its nearest row, over the first `rows` of `frame`.

    Args:
        frame: rows with attributions.
        values: (rows, players) their attributions.
        known: rows that give the ranges of the columns.
        rows: rows that are looked at.
        pool: rows among which the nearest is sought.
    """
    return measured(
        "the stability among neighbours",
        lambda check: _stability_among(frame, values, known, rows=rows, pool=pool, check=check),
    )


def _stability_among(
    frame: pd.DataFrame, values: NDArray[np.float64], known: pd.DataFrame, *, rows: int, pool: int, check: Check
) -> float | NotAssessed:
    pool = min(pool, len(frame))
    if pool < 2:
        return NotAssessed("One row has no neighbours to compare with.")
    likeness, among = Likeness(known), frame.iloc[:pool]
    found = []
    for at in range(min(rows, pool)):
        check()
        near = [other for other in likeness.closest(frame.iloc[at : at + 1], among, 2).tolist() if other != at][:1]
        found.append(float(cosine(values[at], values[near]).mean()))
    return float(np.mean(found))
