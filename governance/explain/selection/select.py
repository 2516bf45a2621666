"""Which way a model is explained: the exact one that its file allows, or the one that was asked for by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import numpy as np

from governance.evidence import Kept, RefusedInputError, unknown_choice
from governance.explain.results.explainer import About, Explainer
from governance.explain.results.finite import hold_finite, without_raw_score
from governance.explain.results.report import Scale
from governance.explain.sampling.by_sampling import Asked, Budget, SampledExplainer, Score, sampled_about, tried
from governance.explain.sampling.kernel_shap import KernelShap, plan_of, rows_for
from governance.explain.sampling.leverage import FEWEST_PLAYERS
from governance.explain.sampling.sampled_shap import MOST_ENUMERATED
from governance.explain.selection.background import BackgroundRows, background_of, only
from governance.explain.selection.by_stage import StageExplainer, open_stage
from governance.explain.selection.groups import asked
from governance.explain.selection.proof import NotExactError
from governance.explain.spec import ColumnGroup
from governance.models import Cut, GraphPredictor, are_probabilities, link_of, units_of
from governance.subject import Predictor, Signature

if TYPE_CHECKING:
    import pandas as pd

    from governance.subject import Schema, Subject

T = TypeVar("T")
WAYS: Final = ("auto", "tree", "linear", "permutation", "leverage", "enumeration", "kernel")
_UNIT_ROWS: Final = 500
"""Background rows whose scores say whether they are probabilities."""
_EXACT: Final[Kept[StageExplainer | RefusedInputError]] = Kept("exact explainers", 4)
_SAMPLED: Final[Kept[SampledExplainer | KernelShap]] = Kept("sampled explainers", 6)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for."""

    method: str
    scale: Scale
    target: str
    background_rows: int
    background_seed: int
    correlated: bool
    budget: Budget
    groups: tuple[ColumnGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """The explainer, its background and the target."""

    explainer: Explainer
    background: BackgroundRows
    model: Predictor
    target: int
    """Number of the class; 0 for regression."""
    label: str
    """Name of the class; "" for regression."""


def choose(
    subject: Subject,
    wish: Wish,
    background: BackgroundRows | None = None,
    inexact: NotExactError | None = None,
) -> Chosen:
    """Return the explainer for a subject; kept while the process lives, with its tables.

    Args:
        subject: the model, the data and the reference.
        wish: what was asked for.
        background: rows to compare with instead of those that the wish draws.
        inexact: why the exact way is not taken; None to try it.

    Raises:
        RefusedInputError: there is no model, an unknown way or class, or the way asked for by name does not fit the model.
    """
    if subject.model is None:
        raise RefusedInputError("There is no model to explain.", "Choose a model.")
    if wish.method not in WAYS:
        raise unknown_choice("way of explaining", wish.method, WAYS)
    model, signature = subject.model, subject.model.signature
    target = target_of(signature, subject.data.schema, wish.target)
    if background is None:
        afford = rows_for(wish.budget.model_calls, len(signature.columns)) if wish.method == "kernel" else None
        rows = wish.background_rows if afford is None else min(wish.background_rows, afford)
        background = background_of(subject, signature.columns, rows, wish.background_seed)
    background = _with_scores(model, background, wish.scale)
    explainer = _explainer(model, background, wish, target, inexact)
    return Chosen(explainer, background, model, target, signature.classes[target] if signature.classes else "")


def _with_scores(model: Predictor, background: BackgroundRows, scale: Scale) -> BackgroundRows:
    """Return the rows of a background that have a finite score on the scale that is asked for."""
    if scale == "probability":
        return background
    lacking = without_raw_score(model, background.frame)
    if lacking.all():
        hold_finite(background.frame, np.where(lacking, np.inf, 0.0))
    found = only(background, ~lacking)
    return found if found is background else replace(found, left_out=int(lacking.sum()))


def answered(subject: Subject, wish: Wish, work: Callable[[Chosen], T], background: BackgroundRows | None = None) -> T:
    """Return what `work` makes of the chosen explainer.

    Exact values are held against the model's own answers while they are worked out. When nobody asked for the exact way by name and
    they turn out not to be the model's, the work is done again by asking the model, and the values say why.

    Raises:
        NotExactError: the exact way was asked for by name and its values are not the model's.
        RefusedInputError: as `choose`.
    """
    try:
        return work(choose(subject, wish, background))
    except NotExactError as reason:
        if wish.method != "auto":
            raise
        return work(choose(subject, wish, background, reason))


def target_of(signature: Signature, schema: Schema, name: str) -> int:
    """Return the number of the class to explain: the named one, else the schema's positive one, else the last one.

    Raises:
        RefusedInputError: the model has no class of this name, or none at all.
    """
    from governance.subject import positive_index

    if name and not signature.classes:
        raise RefusedInputError(
            f"The model answers with a number and has no classes; got class {name!r}.", "Ask without a class."
        )
    if not signature.classes:
        return 0
    if name:
        if name not in signature.classes:
            raise unknown_choice("class", name, signature.classes)
        return signature.classes.index(name)
    if schema.positive and len(signature.classes) == 2:
        return positive_index(schema, signature.classes)
    return (
        signature.classes.index(schema.positive) if schema.positive in signature.classes else len(signature.classes) - 1
    )


def _explainer(
    model: Predictor, background: BackgroundRows, wish: Wish, target: int, inexact: NotExactError | None
) -> Explainer:
    if wish.method in {"tree", "linear"}:
        return _exact(model, background, wish, target)
    if wish.method in {"permutation", "leverage", "enumeration", "kernel"}:
        return _asking(model, background, wish, cast("Asked", wish.method), ())
    try:
        if inexact is not None:
            raise inexact
        return _exact(model, background, wish, target)
    except RefusedInputError as reason:
        notes = (f"Not explained from the file itself: {reason.what}",)
        players = len(asked(model.signature.columns, wish.groups).names)
        if players <= MOST_ENUMERATED and background.about.rows << players <= wish.budget.model_calls:
            return _asking(model, background, wish, "enumeration", notes)
        return _least_varying(model, background, wish, target, notes)


def _least_varying(
    model: Predictor, background: BackgroundRows, wish: Wish, target: int, notes: tuple[str, ...]
) -> Explainer:
    """Return the way of sampling with the smaller standard errors; the note says which, and by how much."""
    permutation = _asking(model, background, wish, "permutation", notes)
    if len(permutation.about.players) < FEWEST_PLAYERS or not isinstance(permutation, SampledExplainer):
        return permutation
    leverage = cast("SampledExplainer", _asking(model, background, wish, "leverage", notes))
    key = (model.digest, model.signature, background.about.digest, wish.scale, target, wish.budget, wish.groups)

    def make() -> SampledExplainer:
        chosen, note = tried(permutation, leverage, target)
        return chosen.said(note)

    return _SAMPLED.get(key, make)


def _exact(model: Predictor, background: BackgroundRows, wish: Wish, target: int) -> StageExplainer:
    if not hasattr(model, "file"):
        raise RefusedInputError("The model's file cannot be read.", "Use the sampled way: --method permutation.")
    reader = cast("GraphPredictor", model)

    def make() -> StageExplainer | RefusedInputError:
        try:
            explainer = StageExplainer(
                open_stage(reader, background.frame, wish.scale, correlated=wish.correlated, groups=wish.groups)
            )
            explainer.prove(target)
        except RefusedInputError as reason:
            return reason
        return explainer

    key = (model.digest, model.signature, background.about.digest, wish.scale, wish.correlated, wish.groups, target)
    found = _EXACT.get(key, make)
    if isinstance(found, RefusedInputError):
        raise found
    if wish.method not in {"auto", found.stage.cut.kind}:
        kind = found.stage.cut.kind
        raise RefusedInputError(f"The model's last stage is {kind}, not {wish.method}.", f"Use --method {kind}.")
    return found


def _asking(
    model: Predictor,
    background: BackgroundRows,
    wish: Wish,
    way: Asked,
    notes: tuple[str, ...],
) -> SampledExplainer | KernelShap:
    key = (model.digest, model.signature, background.about.digest, wish.scale, way, wish.budget, wish.groups)
    return _SAMPLED.get(key, lambda: _sampler(model, background.frame, wish, way, notes))


def _sampler(
    model: Predictor,
    background: pd.DataFrame,
    wish: Wish,
    way: Asked,
    notes: tuple[str, ...],
) -> SampledExplainer | KernelShap:
    columns, classifier = model.signature.columns, bool(model.signature.classes)
    together = asked(columns, wish.groups)
    if way == "enumeration" and len(together.names) > MOST_ENUMERATED:
        raise RefusedInputError(
            f"Enumeration takes at most {MOST_ENUMERATED} columns, the model has {len(together.names)}.",
            "Use the sampled way: --method permutation.",
        )
    if way == "leverage" and len(together.names) < FEWEST_PLAYERS:
        raise RefusedInputError(
            f"Leverage sampling takes {FEWEST_PLAYERS} columns or more, the model has {len(together.names)}.",
            "Every set can be asked: --method enumeration.",
        )
    plan = plan_of(wish.budget.model_calls, len(together.names), len(background)) if way == "kernel" else None
    notes = notes if plan is None else (*notes, plan.words)

    def explainer(score: Score, about: About) -> SampledExplainer | KernelShap:
        if plan is not None:
            return KernelShap(score, background, about, plan)
        return SampledExplainer(score, background, about, wish.budget)

    raw = raw_score(model, background) if wish.scale == "raw" else None
    if raw is not None:
        return explainer(raw[0], sampled_about(way, together, link=raw[1], raw=True, units=raw[2], notes=notes))
    probabilities = classifier and are_probabilities(model.predict(background.iloc[:_UNIT_ROWS]).score)
    if classifier and not probabilities:
        notes = (*notes, "The model's scores are no probabilities: some lie outside 0 to 1.")
    if probabilities and wish.scale == "raw":
        notes = (*notes, "The file shows no score before its probabilities; the scale is the probability.")
    about = sampled_about(
        way, together, link="identity", raw=not probabilities,
        units=units_of("identity", classifier=classifier, probabilities=probabilities), notes=notes,
    )  # fmt: skip
    return explainer(lambda frame: model.predict(frame).score, about)


def raw_score(model: Predictor, background: pd.DataFrame) -> tuple[Score, Any, str] | None:
    """Return the raw score of the last stage, its link and units, when the file has one whose link is recognised."""
    if not hasattr(model, "file"):
        return None
    try:
        cut = Cut(cast("GraphPredictor", model))
    except RefusedInputError:
        return None
    sample = background.iloc[:500]
    answer = model.predict(sample).score
    linked = link_of(cut.raw_scores(sample), answer)
    if linked.link in {"unknown", "identity"}:
        return None
    classes = answer.shape[1]

    def score(frame: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
        return linked.sides(cut.raw_scores(frame), classes)

    return score, linked.link, units_of(linked.link, classifier=classes > 1, probabilities=False)
