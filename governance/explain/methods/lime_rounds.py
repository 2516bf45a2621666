"""LIME as its own package computes it, on rows that hold words and through the model's own file.

LIME (Ribeiro, Singh and Guestrin 2016, "Why should I trust you?") draws rows around the background's distribution, asks the model, and
fits a straight line that counts near rows more. A number is cut at the background's quartiles, a word is the same or not.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.evidence import NotAssessed
from governance.explain.selection.side import Check, measured

if TYPE_CHECKING:
    from governance.explain.selection.select import Chosen
    from governance.subject import Signature

_MISSING: Final = "missing"
_ROWS_PER_WEIGHT: Final = 4
"""Fewest drawn rows for each weight of LIME's straight line; with fewer its weights are mostly chance."""
Ask = Callable[["pd.DataFrame"], NDArray[np.float64]]
"""Rows -> (rows,) output of the model for the class that is explained."""


@dataclass(frozen=True, slots=True)
class Round:
    """One run of LIME."""

    weights: NDArray[np.float64]
    """(columns,)."""
    conditions: tuple[str, ...]
    intercept: float
    r2: float


class Coding:
    """Rows as the numbers that LIME takes: numbers as they are, words as positions in a list.

    Args:
        known: rows that give the lists of words.
        row: the row to explain; its words are in the lists too.
        whole: columns in which the model takes whole numbers only: what is drawn for them is rounded.
        codes: columns whose numbers are names: only numbers that occur are drawn for them.
    """

    def __init__(
        self,
        known: pd.DataFrame,
        row: pd.DataFrame,
        whole: frozenset[str] = frozenset(),
        *,
        codes: Collection[str] = (),
    ) -> None:
        self.columns, self._whole = tuple(known.columns), whole
        texts = [name for name in self.columns if name in codes or not is_number(known[name])]
        both = {name: pd.concat([known[name].astype(object), row[name].astype(object)]) for name in texts}
        self.words = {name: sorted({_word(value) for value in both[name]}) for name in texts}
        self._held = {name: {_word(value): value for value in both[name]} for name in self.words}
        self.numeric = tuple(name for name in self.columns if name not in self.words)

    def encode(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return rows as numbers, missing numbers as the column's median."""
        found = np.zeros((len(frame), len(self.columns)))
        for at, name in enumerate(self.columns):
            if name in self.words:
                position = {word: code for code, word in enumerate(self.words[name])}
                found[:, at] = [position[_word(value)] for value in frame[name].astype(object)]
            else:
                values = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
                middle = np.nanmedian(values) if not np.isnan(values).all() else 0.0
                found[:, at] = np.where(np.isnan(values), middle, values)
        return found

    def decode(self, rows: NDArray[np.float64]) -> pd.DataFrame:
        """Return the rows that the numbers stand for, with the values that the data hold."""
        found: dict[str, Any] = {}
        for at, name in enumerate(self.columns):
            if name in self.words:
                values = np.array([self._held[name][word] for word in self.words[name]], dtype=object)
                found[name] = pd.Series(values[rows[:, at].astype(int)]).infer_objects()
            else:
                found[name] = np.round(rows[:, at]) if name in self._whole else rows[:, at]
        return pd.DataFrame(found)


def is_number(column: pd.Series) -> bool:
    """Tell whether LIME takes a column as a number rather than as words."""
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)


def _word(value: object) -> str:
    return _MISSING if pd.isna(value) else str(value)  # type: ignore[call-overload]


class Lime:
    """LIME against one background.

    Args:
        known: the background rows.
        row: the row to explain, without missing numbers.
        ask: the model's output.
        whole: columns in which the model takes whole numbers only.
        codes: columns whose numbers are names.
    """

    def __init__(
        self,
        known: pd.DataFrame,
        row: pd.DataFrame,
        ask: Ask,
        *,
        whole: frozenset[str] = frozenset(),
        codes: Collection[str] = (),
    ) -> None:
        self.coding = Coding(known, row, whole, codes=codes)
        self._known = self.coding.encode(known)
        self._own = self.coding.encode(row)[0]
        self._ask = ask

    def once(self, samples: int, seed: int) -> Round:
        """Return one run of LIME, on so many drawn rows."""
        coding = self.coding
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from lime.lime_tabular import LimeTabularExplainer

            categorical = [at for at, name in enumerate(coding.columns) if name in coding.words]
            explainer = LimeTabularExplainer(
                self._known,
                mode="regression",
                feature_names=list(coding.columns),
                categorical_features=categorical,
                categorical_names={at: coding.words[coding.columns[at]] for at in categorical},
                random_state=seed,
            )
            answer = explainer.explain_instance(
                self._own,
                lambda rows: self._ask(coding.decode(rows)),
                num_features=len(coding.columns),
                num_samples=samples,
            )
        return _round(answer, coding.columns)


def _round(answer: Any, columns: tuple[str, ...]) -> Round:
    """Return what the package answers; it files a regression under 1."""
    weights, conditions = np.zeros(len(columns)), list(columns)
    for (at, weight), (words, _) in zip(answer.as_map()[1], answer.as_list(1), strict=True):
        weights[at], conditions[at] = weight, words
    return Round(weights, tuple(conditions), float(answer.intercept[1]), float(answer.score))


def whole_columns(signature: Signature) -> frozenset[str]:
    """Return the columns in which a model takes whole numbers, or 0 and 1, only."""
    found: set[str] = set()
    start = 0
    for tensor in signature.inputs:
        names = signature.columns[start : start + tensor.width]
        start += tensor.width
        if tensor.dtype not in {"float16", "float32", "float64", "string"}:
            found.update(names)
    return frozenset(found)


def holes(known: pd.DataFrame, row: pd.DataFrame, codes: Collection[str] = ()) -> tuple[str, ...]:
    """Return the columns of quantities in which the row has no value: LIME cannot draw rows around it."""
    quantities = (name for name in known.columns if name not in codes and is_number(known[name]))
    return tuple(name for name in quantities if pd.isna(row[name].iloc[0]))


def rank_agreement(one: NDArray[np.float64], other: NDArray[np.float64]) -> float | NotAssessed:
    """Return Spearman's correlation of two rows of sizes, -1 to 1; best 1."""
    from scipy.stats import spearmanr

    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return NotAssessed("All features weigh the same on one side; there are no ranks to compare.")
    return float(spearmanr(one, other).statistic)


def agreement(
    chosen: Chosen, frame: pd.DataFrame, values: NDArray[np.float64], samples: int, *, codes: Collection[str] = ()
) -> float | NotAssessed:
    """Return how far LIME orders the columns as the attributions do: Spearman's correlation of the sizes, mean over the rows.

    LIME is run once for each row, on the scale and the background of the attributions.

    Args:
        chosen: the explainer, its background and target.
        frame: few rows.
        values: (rows, players) their attributions.
        samples: rows that LIME draws for each; 0 skips the comparison.
        codes: columns whose numbers are names.
    """
    about, known = chosen.explainer.about, chosen.background.frame
    if samples < 1 or not len(frame):
        return NotAssessed("Not measured: LIME was not run.")
    if about.players != chosen.model.signature.columns:
        return NotAssessed("Not measured: columns are joined in the attributions and not in LIME.")
    if samples < _ROWS_PER_WEIGHT * len(known.columns):
        return NotAssessed(f"Not measured: LIME would fit {len(known.columns)} weights to {samples} drawn rows.")
    drawn = _Drawn(chosen.background.frame, whole_columns(chosen.model.signature), codes, samples)
    return measured("the agreement with LIME", lambda check: _agreement(chosen, frame, values, drawn, check))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What LIME draws rows from."""

    known: pd.DataFrame
    whole: frozenset[str]
    codes: Collection[str]
    samples: int


def _agreement(
    chosen: Chosen, frame: pd.DataFrame, values: NDArray[np.float64], drawn: _Drawn, check: Check
) -> float | NotAssessed:
    def score(rows: pd.DataFrame) -> NDArray[np.float64]:
        check()
        return chosen.explainer.score(rows)[:, chosen.target]

    found = []
    for at in range(len(frame)):
        check()
        row = frame.iloc[at : at + 1].reset_index(drop=True)
        if not holes(drawn.known, row, drawn.codes):
            lime = Lime(drawn.known, row, score, whole=drawn.whole, codes=drawn.codes)
            found.append(rank_agreement(np.abs(lime.once(drawn.samples, at).weights), np.abs(values[at])))
    numbers = [item for item in found if isinstance(item, float)]
    if numbers:
        return float(np.mean(numbers))
    return NotAssessed("Not measured: LIME cannot draw rows around a missing number, or found no order to compare.")
