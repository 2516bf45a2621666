"""Trains variants of a pipeline with shared work: a column that nothing changed is encoded once, and a model is trained only anew.

Shared are the encoded columns (training and decided rows), the model itself where only decided rows change, and the answers about the
rows that an error leaves alone. A training is never cut short: a variant that changes what is learnt from is trained in full.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError

if TYPE_CHECKING:
    import pandas as pd

    from governance.stress.pipeline.parts import Part, Pieces

Floats = NDArray[np.float64]
MOST_CELLS: Final = 100_000_000
"""Encoded numbers of the training rows, or of the decided ones."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """Rows to learn from."""

    frame: pd.DataFrame
    label: NDArray[np.int64]
    """(n,) 1 for the positive label, 0 for the others."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Column -> what was done to it; columns as they are have none."""
    rows: str = ""
    """What was done to the choice of rows, "" for nothing."""
    labels: str = ""
    """What was done to the labels, "" for nothing."""

    def with_column(self, values: Mapping[str, Any], tag: str) -> Lessons:
        """Return them with other values in some columns."""
        tags = {**self.tags, **dict.fromkeys(values, tag)}
        return replace(self, frame=self.frame.assign(**values), tags=tags)

    def of_rows(self, places: NDArray[np.int64], tag: str) -> Lessons:
        """Return some of the rows, in any order and number."""
        return replace(self, frame=self.frame.iloc[places].reset_index(drop=True), label=self.label[places], rows=tag)


@dataclass(slots=True)
class Tally:
    """What was done, and what whole runs would have done."""

    fits: int = 0
    fits_whole: int = 0
    encoded: int = 0
    encoded_whole: int = 0
    asked: int = 0
    asked_whole: int = 0


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained pipeline and its answers."""

    pieces: Pieces
    model: Any
    transformers: tuple[Any, ...]
    """One for each part."""
    slices: tuple[slice, ...]
    """Encoded columns of each part."""
    encoded: Floats
    """(m, encoded columns) of the decided rows."""
    score: Floats
    """(m,) of the positive label."""


class Workshop:
    """Rows to learn from, rows that are decided about, and what was worked out for both."""

    def __init__(self, lessons: Lessons, decided: pd.DataFrame) -> None:
        """Take the rows."""
        self.lessons, self.decided, self.tally = lessons, decided, Tally()
        self._blocks: dict[str, tuple[Any, Floats, Floats]] = {}

    def train(self, pieces: Pieces, lessons: Lessons) -> Trained:
        """Train a pipeline in full; columns that were encoded the same way before are not encoded again.

        Raises:
            RefusedInputError: scikit-learn refuses the rows, or they become too many numbers.
        """
        blocks = [self._block(part, lessons) for part in pieces.parts]
        self._check(blocks, lessons)
        ends = np.cumsum([0, *(block[1].shape[1] for block in blocks)]).tolist()
        model = _fit(pieces.model, np.hstack([block[1] for block in blocks]), lessons.label)
        encoded = np.hstack([block[2] for block in blocks])
        self.tally.fits += 1
        return Trained(
            pieces=pieces,
            model=model,
            transformers=tuple(block[0] for block in blocks),
            slices=tuple(slice(low, high) for low, high in pairwise(ends)),
            encoded=encoded,
            score=self._ask(model, encoded),
        )

    def ask_changed(self, trained: Trained, rows: NDArray[np.int64], values: Mapping[str, Any]) -> Floats:
        """Return (rows,) the scores of some decided rows with other values in some columns; the model stays as it is."""
        encoded, changed = trained.encoded[rows].copy(), self.decided.iloc[rows].assign(**values)
        for part, transformer, own in zip(trained.pieces.parts, trained.transformers, trained.slices, strict=True):
            if set(part.columns) & set(values):
                encoded[:, own] = _transformed(transformer, changed[list(part.columns)])
                self.tally.encoded += len(part.columns)
        return self._ask(trained.model, encoded) if len(rows) else np.zeros(0)

    def whole(self, columns: int) -> None:
        """Count what a whole run of one variant would have done."""
        self.tally.fits_whole += 1
        self.tally.encoded_whole += 2 * columns
        self.tally.asked_whole += len(self.decided)

    def _block(self, part: Part, lessons: Lessons) -> tuple[Any, Floats, Floats]:
        """Return the trained transformer of a part with both sorts of rows encoded."""
        tags = [lessons.tags.get(name, "") for name in part.columns]
        plain = not any(tags) and not lessons.rows and not (part.supervised and lessons.labels)
        if plain and part.key in self._blocks:
            return self._blocks[part.key]
        names = list(part.columns)
        transformer, learnt = _learn(part.transformer, lessons.frame[names], lessons.label)
        found = transformer, learnt, _transformed(transformer, self.decided[names])
        self.tally.encoded += 2 * len(names)
        if plain:
            self._blocks[part.key] = found
        return found

    def _ask(self, model: Any, encoded: Floats) -> Floats:
        self.tally.asked += len(encoded)
        return positive_score(model, encoded)

    def _check(self, blocks: list[tuple[Any, Floats, Floats]], lessons: Lessons) -> None:
        width = sum(block[1].shape[1] for block in blocks)
        most = max(len(lessons.frame), len(self.decided))
        if width * most > MOST_CELLS:
            raise RefusedInputError(
                f"{most:,} rows of {width:,} encoded columns are more than {MOST_CELLS:,} numbers.",
                "Take fewer rows, or leave out columns with very many different texts.",
            )


def positive_score(model: Any, encoded: Any) -> Floats:
    """Return (n,) the probability of label 1 for encoded rows or rows of a whole pipeline; 0 or 1 where one label was learnt."""
    try:
        found = np.asarray(model.predict_proba(encoded), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise RefusedInputError(
            f"The model refuses the rows: {str(error).splitlines()[0][:200]}", "It would stop them."
        ) from error
    classes = list(model.classes_)
    return found[:, classes.index(1)] if 1 in classes else np.zeros(len(encoded))


def _fit(model: Any, encoded: Floats, label: NDArray[np.int64]) -> Any:
    from sklearn.base import clone

    try:
        with np.errstate(all="ignore"):
            return clone(model).fit(encoded, label)
    except (TypeError, ValueError, FloatingPointError) as error:
        raise RefusedInputError(
            f"The model cannot be trained on these rows: {str(error).splitlines()[0][:200]}", "Look at the rows."
        ) from error


def _learn(transformer: Any, frame: pd.DataFrame, label: NDArray[np.int64]) -> tuple[Any, Floats]:
    from sklearn.base import clone

    if isinstance(transformer, str):
        return transformer, _numbers(frame)
    made = clone(transformer)
    try:
        return made, _numbers(made.fit_transform(frame, label))
    except (TypeError, ValueError) as error:
        raise RefusedInputError(
            f"{type(made).__name__} cannot be trained: {str(error).splitlines()[0][:200]}", "Look at the rows."
        ) from error


def _transformed(transformer: Any, frame: pd.DataFrame) -> Floats:
    if isinstance(transformer, str):
        return _numbers(frame)
    try:
        return _numbers(transformer.transform(frame))
    except (TypeError, ValueError) as error:
        raise RefusedInputError(
            f"{type(transformer).__name__} refuses the rows: {str(error).splitlines()[0][:200]}", "It would stop them."
        ) from error


def _numbers(encoded: Any) -> Floats:
    dense = encoded.toarray() if hasattr(encoded, "toarray") else encoded
    try:
        return np.asarray(dense, dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise RefusedInputError(
            f"A column that is passed through holds no numbers: {str(error)[:120]}.", "Encode it first."
        ) from error


def whole_scores(pieces: Pieces, lessons: Lessons, decided: pd.DataFrame) -> Floats:
    """Return (n,) the scores of scikit-learn's own pipeline, trained whole: the oracle of what is shared."""
    from sklearn.base import clone
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline

    parts = [
        (
            str(at),
            part.transformer if isinstance(part.transformer, str) else clone(part.transformer),
            list(part.columns),
        )
        for at, part in enumerate(pieces.parts)
    ]
    table = ColumnTransformer(parts, sparse_threshold=0.0)
    whole = Pipeline([("table", table), ("model", clone(pieces.model))]).fit(lessons.frame, lessons.label)
    return positive_score(whole, decided)
