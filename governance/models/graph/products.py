"""A linear model whose encoded columns are products of two raw columns, as polynomial features of degree 2 make them.

Such a column mixes two raw columns before the last stage, and yet the two stay separate players: the column is

    c0 + c1 s + c2 t + c3 s t

in the raw numbers s and t of its two columns. The four constants are fitted on rows and must leave nothing but rounding; the encoded
rows are then the columns with one parent, and beside them the raw numbers that take part in products.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.models.graph.cut import GraphPredictor, Players, hold_wiring
from governance.models.graph.linear import LinearStage

if TYPE_CHECKING:
    import pandas as pd

    from governance.models.graph.cut import Cut
    from governance.models.graph.stage_sum import StageSum

_CLOSE: Final = 1e-5
"""Largest residue of a fit, relative to the largest value of the column: what single precision leaves of a few operators."""
_ASK: Final = "Use the sampled way: --method permutation."


@dataclass(frozen=True, slots=True)
class ProductStage:
    """Scores = weights @ z + intercept + the sum over products of factor * z[first] * z[second], with z the encoded row."""

    linear: LinearStage
    """Over the columns of z."""
    first: NDArray[np.int64]
    """(products,) column of z."""
    second: NDArray[np.int64]
    """(products,) column of z."""
    factors: NDArray[np.float64]
    """(scores, products)."""
    sizes: NDArray[np.float64]
    """(scores,) sum of the sizes of the products' terms in the file, on the rows of the fit."""


class Products:
    """As `governance.models.graph.cut.Cut`, with the products of two columns taken apart.

    Args:
        cut: the model, cut with every raw column as a player of its own.
        predictor: the model.
        frame: rows on which the products are fitted.

    Raises:
        RefusedInputError: an encoded column is made from more than two raw columns, from text, or is no product.
    """

    kind: Literal["linear"] = "linear"

    def __init__(self, cut: Cut | StageSum, predictor: GraphPredictor, frame: pd.DataFrame) -> None:
        self._cut, self._predictor = cut, predictor
        parents = [sorted(columns) for columns in cut.parents]
        if cut.kind != "linear" or max(map(len, parents)) != 2:
            raise RefusedInputError("The encoded columns are no products of two raw columns.", _ASK)
        self._plain = np.array([at for at, columns in enumerate(parents) if len(columns) < 2], dtype=np.int64)
        self._mixed = np.array([at for at, columns in enumerate(parents) if len(columns) == 2], dtype=np.int64)
        pairs = np.array([parents[at] for at in self._mixed], dtype=np.int64)
        self._used = np.unique(pairs)
        self._pairs = np.searchsorted(self._used, pairs)
        raw, encoded = self._raw(frame), np.asarray(cut.encode(frame), dtype=np.float64)
        self._centre = raw.mean(axis=0)
        self._constants = _fitted(raw - self._centre, self._pairs, encoded[:, self._mixed])
        self._largest = np.abs(encoded[:, self._mixed]).max(axis=0)
        owners = np.concatenate([cut.players.of_encoded[self._plain], self._used])
        self.players: Players = replace(cut.players, of_encoded=owners)

    @property
    def behind(self) -> tuple[str, ...]:
        """Names of the operators between the raw scores and the answer."""
        return self._cut.behind

    def encode(self, frame: pd.DataFrame) -> NDArray[np.generic]:
        """Return the encoded columns with one parent, then the raw numbers of products less their mean in the fitted rows."""
        return self._beside(frame, self._cut.encode(frame))

    def raw_scores(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return ONNX Runtime's own scores, before what turns them into the answer."""
        return self._cut.raw_scores(frame)

    def encode_and_score(self, frame: pd.DataFrame) -> tuple[NDArray[np.generic], NDArray[np.float64]]:
        """Return what `encode` and `raw_scores` return, from one pass of the rows through the graph."""
        encoded, raw = self._cut.encode_and_score(frame)
        return self._beside(frame, encoded), raw

    def confirm(self, frame: pd.DataFrame) -> None:
        """Check on rows that changing one raw column changes no encoded column of another player."""
        hold_wiring(self, frame)

    def stage(self) -> ProductStage:
        """Return the scores as a function of what `encode` returns."""
        linear = self._cut.linear()
        if linear is None:
            raise RefusedInputError("The model has no linear weights.", _ASK)
        outer = linear.weights[:, self._mixed]
        scores, plain = len(outer), len(self._plain)
        weights = np.zeros((scores, plain + len(self._used)))
        weights[:, :plain] = linear.weights[:, self._plain]
        for side in (0, 1):
            own = np.equal.outer(self._pairs[:, side], np.arange(len(self._used)))
            weights[:, plain:] += (outer * self._constants[1 + side]) @ own
        return ProductStage(
            linear=LinearStage(weights, linear.intercept + outer @ self._constants[0]),
            first=plain + self._pairs[:, 0],
            second=plain + self._pairs[:, 1],
            factors=outer * self._constants[3],
            sizes=np.abs(outer) @ self._largest,
        )

    def _beside(self, frame: pd.DataFrame, encoded: NDArray[Any]) -> NDArray[np.float64]:
        return np.hstack([np.asarray(encoded[:, self._plain], dtype=np.float64), self._raw(frame) - self._centre])

    def _raw(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return the raw numbers that take part in products, as the model is given them, (rows, columns)."""
        feeds = self._predictor.feeds(frame)
        given = [feeds[tensor.name].reshape(len(frame), -1) for tensor in self._predictor.signature.inputs]
        columns = [part[:, at] for part in given for at in range(part.shape[1])]
        chosen = [columns[at] for at in self._used]
        if any(values.dtype.kind not in "fiub" for values in chosen):
            raise RefusedInputError("A product of columns is made from text.", _ASK)
        return np.column_stack([np.asarray(values, dtype=np.float64) for values in chosen])


def _fitted(raw: NDArray[np.float64], pairs: NDArray[np.int64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the constants c0 to c3 of each product, (4, products), by least squares.

    Args:
        raw: (rows, raw columns).
        pairs: (products, 2) the raw columns of each product.
        wanted: (rows, products) the encoded columns.

    Raises:
        RefusedInputError: a column is no product of its two raw columns, or holds missing values.
    """
    found = np.zeros((4, len(pairs)))
    size = np.abs(raw).max(axis=0)
    size = np.where(size > 0, size, 1.0)
    for at, (one, other) in enumerate(pairs):
        s, t = raw[:, one] / size[one], raw[:, other] / size[other]
        design = np.column_stack([np.ones(len(raw)), s, t, s * t])
        if not (np.isfinite(design).all() and np.isfinite(wanted[:, at]).all()):
            raise RefusedInputError("A product of columns meets a missing value.", _ASK)
        constants = np.linalg.lstsq(design, wanted[:, at], rcond=None)[0]
        away = np.abs(design @ constants - wanted[:, at]).max()
        if away > _CLOSE * np.abs(wanted[:, at]).max(initial=0.0):
            raise RefusedInputError("An encoded column of two raw columns is no product of them.", _ASK)
        found[:, at] = constants / np.array([1.0, size[one], size[other], size[one] * size[other]])
    return found
