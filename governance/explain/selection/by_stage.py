"""The exact ways: the model's last stage, trees or linear weights, explained on encoded rows by raw column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError, silent
from governance.explain.results.explainer import About, Explained
from governance.explain.results.finite import hold_finite
from governance.explain.results.report import Scale
from governance.explain.results.summary import sample
from governance.explain.selection.groups import joined
from governance.explain.selection.proof import ANSWERED_ROWS, hold_encoding, hold_link, hold_sum, mixed_rows
from governance.explain.spec import ColumnGroup
from governance.explain.trees.between_shap import BetweenShap, Engine
from governance.explain.trees.linear_shap import LinearShap
from governance.explain.trees.product_shap import ProductShap
from governance.explain.trees.sum_shap import SumShap
from governance.explain.trees.tree_shap import TreeShap
from governance.models import (
    Cut,
    GraphPredictor,
    LinearStage,
    Linked,
    Products,
    StageSum,
    TreeEnsemble,
    are_probabilities,
    cut_of,
    link_of,
    parse_trees,
    units_of,
)

if TYPE_CHECKING:
    import pandas as pd

    from governance.evidence import Progress

_CHECK_ROWS: Final = 500
"""Background rows on which the link is recognised and the wiring of columns is confirmed."""
_PART_ROWS: Final = 10
"""Fewest rows of a part of the background."""


_MOST_NAMED: Final = 12
"""Most operators that a message names."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A cut model with what was found out about it on the background."""

    cut: Cut | StageSum | Products
    predictor: GraphPredictor
    """The whole model."""
    make: Callable[[NDArray[Any]], Engine]
    """Makes the engine for encoded background rows."""
    frame: pd.DataFrame
    """The background."""
    background: NDArray[Any]
    """The same rows, encoded."""
    classes: int
    """Number of classes; 1 for regression."""
    linked: Linked
    """From the stage's raw scores to the answers."""
    about: About

    def stored(self, target: int, outputs: int) -> tuple[int, float, float]:
        """Return which of the stored scores a class follows from, and how: score = factor * stored + shift."""
        linked, last = self.linked, outputs - 1
        if self.classes != 2 or (outputs > 1 and not linked.tied):
            return min(target, last), linked.factor, linked.shift
        if target == 1:
            return last, linked.factor, linked.shift
        return last, -linked.factor, linked.both - linked.shift


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
    first = background.iloc[:_CHECK_ROWS]
    answer = predictor.predict(first).score
    cut, linked = _cut(predictor, first, answer)
    merged, cut.players = cut.players.merged, joined(cut.players, groups)
    cut.confirm(first)
    encoded = cut.encode(background)
    about = _about(
        cut, merged, linked, answer, scale, correlated=correlated, classifier=bool(predictor.signature.classes)
    )
    plain = _maker(cut, encoded, correlated=correlated)

    def between(rows: NDArray[Any]) -> Engine:
        return BetweenShap(plain(rows))

    return Stage(
        cut=cut,
        predictor=predictor,
        make=between if linked.between else plain,
        frame=background,
        background=encoded,
        classes=answer.shape[1],
        linked=linked,
        about=about,
    )


def _maker(
    cut: Cut | StageSum | Products, encoded: NDArray[Any], *, correlated: bool
) -> Callable[[NDArray[Any]], Engine]:
    """Return what makes the engine of a cut model for encoded background rows."""
    player, count = cut.players.of_encoded, len(cut.players.names)
    if isinstance(cut, Products):
        if correlated:
            raise RefusedInputError(
                "Columns are tied along the covariance for linear models alone; this one multiplies columns.",
                "Leave the option out.",
            )
        products = cut.stage()
        return lambda rows: ProductShap(products, player, count, rows)
    trees, linear = _parsed(cut, encoded)
    if correlated and trees is not None and linear is not None:
        raise RefusedInputError(
            "Columns are tied along the covariance for linear models alone; this one has trees, too.",
            "Leave the option out.",
        )

    def make(rows: NDArray[Any]) -> Engine:
        parts: list[TreeShap | LinearShap] = [] if trees is None else [TreeShap(trees, player, count, rows)]
        if linear is not None:
            parts.append(LinearShap(linear, player, count, rows, correlated=correlated))
        return parts[0] if len(parts) == 1 else SumShap(tuple(parts))

    return make


def _cut(
    predictor: GraphPredictor, rows: pd.DataFrame, answer: NDArray[np.float64]
) -> tuple[Cut | StageSum | Products, Linked]:
    """Return the cut model and the link behind its raw scores; columns that are multiplied are taken apart where they can be."""
    try:
        cut, linked = _added(predictor, rows, answer)
    except RefusedInputError as reason:
        taken = _taken_apart(predictor, rows, answer)
        if taken is None:
            raise reason from None
        return taken
    mixes = cut.kind == "linear" and cut.players.merged
    return (_taken_apart(predictor, rows, answer) if mixes else None) or (cut, linked)


def _taken_apart(
    predictor: GraphPredictor, rows: pd.DataFrame, answer: NDArray[np.float64]
) -> tuple[Products, Linked] | None:
    """Return a linear model with products of two columns, and its link; None where it is none."""
    try:
        cut = Products(cut_of(predictor, apart=True), predictor, rows)
    except RefusedInputError:
        return None
    linked = link_of(cut.raw_scores(rows), answer)
    return None if linked.link == "unknown" else (cut, linked)


def _added(predictor: GraphPredictor, rows: pd.DataFrame, answer: NDArray[np.float64]) -> tuple[Cut | StageSum, Linked]:
    """Return a model cut in front of the stages that add up to its scores, and its link.

    One stage of trees may still be the inner part of a sum: AdaBoost that stopped after one tree gives its vote, not its score.
    """
    cut = cut_of(predictor)
    linked = link_of(cut.raw_scores(rows), answer)
    if linked.link == "unknown" and isinstance(cut, Cut):
        try:
            other = StageSum(predictor)
        except RefusedInputError:
            return cut, linked
        return other, link_of(other.raw_scores(rows), answer)
    return cut, linked


def _parsed(cut: Cut | StageSum, encoded: NDArray[Any]) -> tuple[TreeEnsemble | None, LinearStage | None]:
    """Return the trees and the weights that add up to the raw scores; one of them is None where there are none."""
    if cut.kind == "linear":
        return None, cut.linear()
    double = encoded.dtype == np.float64
    if isinstance(cut, StageSum):
        return cut.trees(double_input=double), cut.linear()
    return parse_trees(cut.node, double_input=double), None


def way_of(predictor: GraphPredictor, background: pd.DataFrame) -> Literal["tree", "linear", "sampled"]:
    """Return the way in which a model is explained when nobody asks for one by name, by trying it on rows."""
    return way_and_reason(predictor, background)[0]


def way_and_reason(
    predictor: GraphPredictor, background: pd.DataFrame
) -> tuple[Literal["tree", "linear", "sampled"], str]:
    """Return `way_of` a model, and why no exact way fits it; "" where one does."""
    try:
        explainer = StageExplainer(open_stage(predictor, background, "raw"))
        explainer.prove(max(0, len(predictor.signature.classes) - 1))
    except RefusedInputError as reason:
        return "sampled", reason.what
    return explainer.stage.cut.kind, ""


def _about(
    cut: Cut | StageSum | Products,
    merged: tuple[str, ...],
    linked: Linked,
    answer: NDArray[np.float64],
    scale: Scale,
    *,
    correlated: bool,
    classifier: bool,
) -> About:
    link = linked.link
    if link == "unknown":
        raise RefusedInputError(
            f"What the file does to the scores after its last stage is not recognised{_named(cut.behind)}.",
            "Use the sampled way: --method permutation.",
        )
    probabilities = classifier and link == "identity" and are_probabilities(answer)
    if scale == "probability" and not probabilities:
        raise RefusedInputError(
            f"The {cut.kind} way is exact on the raw scale ({units_of(link, classifier=classifier, probabilities=False)}) only.",
            "Ask for the raw scale, or for probabilities the sampled way: --method permutation.",
        )
    notes = [f"{name} are mixed before the model's last stage and share one attribution." for name in merged]
    if isinstance(cut, StageSum) and cut.mixed:
        notes.append(
            "The score is the sum of trees and of linear weights; the attributions of both are added up, exactly."
        )
    if isinstance(cut, Products):
        notes.append(
            "Columns are multiplied before the model's last stage; each product is split between its two, exactly."
        )
    if link == "softmax":
        notes.append(
            "A score before the softmax counts against those of the other classes: where a column raises all of them, the probability "
            "may fall."
        )
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


def _named(operators: tuple[str, ...]) -> str:
    """Return operators in words; a mean of logistic functions or a weighted median is seen by them."""
    more = ", ..." if len(operators) > _MOST_NAMED else ""
    return f" (operators {', '.join(operators[:_MOST_NAMED])}{more})" if operators else ""


class StageExplainer:
    """Implements `governance.explain.results.explainer.Explainer` for a stage and encoded background rows.

    Args:
        stage: the model.
        background: encoded rows instead of the stage's own.
    """

    def __init__(self, stage: Stage, background: NDArray[Any] | None = None) -> None:
        self._stage = stage
        self._part = background is not None
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
        return self._stage.linked.sides(self._stage.cut.raw_scores(frame), self._stage.classes)

    def explain(
        self,
        frame: pd.DataFrame,
        target: int,
        rng: np.random.Generator,  # noqa: ARG002 - exact values need no chance
        progress: Progress,
    ) -> Explained:
        """Return exact attributions of the rows of `frame`, held against the model's own answers.

        Raises:
            NotExactError: they do not add up to them, on the rows or on mixed ones.
        """
        stage = self._stage
        progress(0, 2, "encoding the rows")
        rows, raw = stage.cut.encode_and_score(frame)
        hold_finite(frame, raw)
        progress(1, 2, "attributing")
        found = self._attributed(rows, raw, target)
        if not self._part and len(frame):
            self._hold(found, rows, "explained rows", target)
            self._hold_answers(frame, raw)
            self._hold_mixed(frame, rows, target)
        progress(2, 2, "attributing")
        return found

    def prove(self, target: int) -> None:
        """Hold the values of background rows, and of their mixes, against the model's own answers.

        Raises:
            NotExactError: they do not add up to them.
        """
        some = sample(len(self._stage.frame), _CHECK_ROWS)
        self.explain(self._stage.frame.iloc[some].reset_index(drop=True), target, np.random.default_rng(0), silent)

    def _attributed(self, rows: NDArray[Any], raw: NDArray[np.float64], target: int) -> Explained:
        at, factor, shift = self._stage.stored(target, self._engine.outputs)
        found = self._engine.explain(rows, at)
        values, base = found.values, found.base
        if (factor, shift) != (1.0, 0.0):
            values, base = factor * values, factor * base + shift
        output = self._stage.linked.sides(raw, self._stage.classes)[:, target]
        return Explained(values, np.zeros_like(values), base, output)

    def _hold(self, found: Explained, rows: NDArray[Any], words: str, target: int) -> None:
        at, factor, _ = self._stage.stored(target, self._engine.outputs)
        rounding = abs(factor) * self._engine.rounding(rows, at) + 1e-12
        hold_sum(found.values.sum(axis=1) + found.base, found.output, rounding, words)

    def _hold_answers(self, frame: pd.DataFrame, raw: NDArray[np.float64]) -> None:
        some = sample(len(frame), ANSWERED_ROWS)
        hold_link(
            self._stage.linked, raw[some], self._stage.predictor.predict(frame.iloc[some]).score, "explained rows"
        )

    def _hold_mixed(self, frame: pd.DataFrame, rows: NDArray[Any], target: int) -> None:
        stage = self._stage
        mixed = mixed_rows(frame, stage.frame, stage.cut.players.columns)
        encoded, raw = stage.cut.encode_and_score(mixed.frame)
        hold_encoding(mixed, encoded, rows, stage.background, stage.cut.players.of_encoded)
        self._hold(self._attributed(encoded, raw, target), encoded, "mixed rows", target)
        self._hold_answers(mixed.frame, raw)

    def interact(self, frame: pd.DataFrame, among: tuple[int, ...], target: int) -> NDArray[np.float64]:
        """Return the Shapley interaction index of every pair of the players `among`, exact; 0 where the score is linear.

        Returns:
            (rows, pairs), pairs in the order of `itertools.combinations(among, 2)`.
        """
        at, factor, _ = self._stage.stored(target, self._engine.outputs)
        found = self._engine.interact(self._stage.cut.encode(frame), among, at)
        return found if factor == 1.0 else factor * found

    def parts(self, count: int) -> tuple[StageExplainer, ...]:
        """Return explainers on disjoint parts of the background."""
        if len(self._background) < count * _PART_ROWS:
            return ()
        if self._parts is None or len(self._parts) != count:
            self._parts = tuple(StageExplainer(self._stage, self._background[at::count]) for at in range(count))
        return self._parts
