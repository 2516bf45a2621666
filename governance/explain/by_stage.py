"""The exact ways: the model's last stage, trees or linear weights, explained on encoded rows by raw column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from governance.errors import RefusedInputError
from governance.explain.groups import joined
from governance.explain.linear_shap import LinearShap
from governance.explain.links import both_sides, link_of, units_of
from governance.explain.report import Scale
from governance.explain.spec import ColumnGroup
from governance.explain.tree_shap import ShapValues, TreeShap
from governance.explain.way import About, Explained
from governance.models.cut import Cut, GraphPredictor
from governance.models.linear import parse_linear
from governance.models.trees import parse_trees

if TYPE_CHECKING:
    import pandas as pd

    from governance.evidence import Progress

_CHECK_ROWS: Final = 500
"""Background rows on which the link is recognised and the wiring of columns is confirmed."""
_PART_ROWS: Final = 10
"""Fewest rows of a part of the background."""


class Engine(Protocol):
    """Exact values of encoded rows."""

    @property
    def outputs(self) -> int:
        """Number of stored scores."""

    def explain(self, rows: NDArray[Any], output: int = 0) -> ShapValues:
        """Return exact values for one stored score."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A cut model with what was found out about it on the background."""

    cut: Cut
    make: Callable[[NDArray[Any]], Engine]
    """Makes the engine for encoded background rows."""
    background: NDArray[Any]
    """Encoded."""
    classes: int
    """Number of classes; 1 for regression."""
    both: float
    """With one stored score for two classes: what the raw scores of both classes add up to."""
    about: About


def open_stage(
    predictor: GraphPredictor,
    background: pd.DataFrame,
    scale: Scale,
    *,
    correlated: bool = False,
    groups: tuple[ColumnGroup, ...] = (),
) -> Stage:
    """Return the stage of a model that is explained exactly.

    Raises:
        RefusedInputError: the model cannot be cut, its link is not recognised, or the scale is not that of the raw score.
    """
    cut = Cut(predictor)
    merged, cut.players = cut.players.merged, joined(cut.players, groups)
    cut.confirm(background.iloc[:_CHECK_ROWS])
    encoded = cut.encode(background)
    raw = cut.raw_scores(background.iloc[:_CHECK_ROWS])
    answer = predictor.predict(background.iloc[:_CHECK_ROWS]).score
    about = _about(cut, merged, raw, answer, scale, correlated=correlated, classifier=bool(predictor.signature.classes))
    sides = both_sides(raw, answer.shape[1])
    player, count = cut.players.of_encoded, len(cut.players.names)
    if cut.kind == "tree":
        trees = parse_trees(cut.node)

        def make(rows: NDArray[Any]) -> Engine:
            return TreeShap(trees, player, count, rows)
    else:
        linear = parse_linear(cut.node, cut.model, encoded.shape[1])

        def make(rows: NDArray[Any]) -> Engine:
            return LinearShap(linear, player, count, rows, correlated=correlated)

    return Stage(cut, make, encoded, answer.shape[1], float(sides[0].sum()) if answer.shape[1] == 2 else 0.0, about)


def _about(
    cut: Cut,
    merged: tuple[str, ...],
    raw: NDArray[np.float64],
    answer: NDArray[np.float64],
    scale: Scale,
    *,
    correlated: bool,
    classifier: bool,
) -> About:
    link = link_of(raw, answer)
    if link == "unknown":
        raise RefusedInputError(
            "What the file does to the scores after its last stage is not recognised.",
            "Use the sampled way: --method permutation.",
        )
    probabilities = classifier and link == "identity" and bool(np.all((answer >= -1e-6) & (answer <= 1 + 1e-6)))
    if scale == "probability" and not probabilities:
        raise RefusedInputError(
            f"The {cut.kind} way is exact on the raw scale ({units_of(link, classifier=classifier, probabilities=False)}) only.",
            "Ask for the raw scale, or for probabilities the sampled way: --method permutation.",
        )
    notes = [f"{name} are mixed before the model's last stage and share one attribution." for name in merged]
    if correlated and cut.kind == "linear":
        notes.append("Columns are tied by the background's covariance (normal distribution).")
    return About(
        way=cut.kind,
        exact=True,
        scale="probability" if probabilities else "raw",
        link=link,
        units=units_of(link, classifier=classifier, probabilities=probabilities),
        players=cut.players.names,
        columns=cut.players.columns,
        notes=tuple(notes),
    )


class StageExplainer:
    """Implements `governance.explain.way.Explainer` for a stage and encoded background rows."""

    def __init__(self, stage: Stage, background: NDArray[Any] | None = None) -> None:
        self._stage = stage
        self._background = stage.background if background is None else background
        self._engine = stage.make(self._background)
        self._parts: tuple[StageExplainer, ...] | None = None

    @property
    def about(self) -> About:
        """What is said about the values."""
        return self._stage.about

    @property
    def engine(self) -> Engine:
        """What computes the values of encoded rows."""
        return self._engine

    @property
    def stage(self) -> Stage:
        """The model behind the values."""
        return self._stage

    def score(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return ONNX Runtime's own raw scores, (rows, classes)."""
        return both_sides(self._stage.cut.raw_scores(frame), self._stage.classes)

    def explain(
        self,
        frame: pd.DataFrame,
        target: int,
        rng: np.random.Generator,  # noqa: ARG002 - exact values need no chance
        progress: Progress,
    ) -> Explained:
        """Return exact attributions of the rows of `frame`."""
        stage = self._stage
        progress(0, 2, "encoding the rows")
        rows, raw = stage.cut.encode_and_score(frame)
        output = both_sides(raw, stage.classes)[:, target]
        progress(1, 2, "attributing")
        one_stored = self._engine.outputs == 1
        found = self._engine.explain(rows, 0 if one_stored else target)
        values, base = found.values, found.base
        if one_stored and stage.classes == 2 and target == 0:
            values, base = -values, stage.both - base
        progress(2, 2, "attributing")
        return Explained(values, np.zeros_like(values), base, output)

    def interact(self, frame: pd.DataFrame, among: tuple[int, ...], target: int) -> NDArray[np.float64]:
        """Return the Shapley interaction index of every pair of the players `among`, exact; 0 where the score is linear.

        Returns:
            (rows, pairs), pairs in the order of `itertools.combinations(among, 2)`.
        """
        if not isinstance(self._engine, TreeShap):
            return np.zeros((len(frame), len(among) * (len(among) - 1) // 2))
        one_stored = self._engine.outputs == 1
        found = self._engine.interact(self._stage.cut.encode(frame), among, 0 if one_stored else target)
        return -found if one_stored and self._stage.classes == 2 and target == 0 else found

    def parts(self, count: int) -> tuple[StageExplainer, ...]:
        """Return explainers on disjoint parts of the background."""
        if len(self._background) < count * _PART_ROWS:
            return ()
        if self._parts is None or len(self._parts) != count:
            self._parts = tuple(StageExplainer(self._stage, self._background[at::count]) for at in range(count))
        return self._parts
