"""The method `explain.lime`: LIME for one row, run several times, and held against Shapley values of the same output."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Finding, NotAssessed, Progress, silent
from governance.explain.methods.lime_rounds import Lime, Round, holes, rank_agreement, whole_columns
from governance.explain.methods.local_view import identifier_of, one_of, row_at
from governance.explain.results.report import LimeExplanation, LimeWeight
from governance.explain.sampling.by_sampling import Budget
from governance.explain.selection.select import Chosen, Wish, answered
from governance.explain.spec import LimeParameters
from governance.subject import Subject

if TYPE_CHECKING:
    import pandas as pd


def run(
    subject: Subject, parameters: LimeParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[LimeExplanation]:
    """Explain one row with the `lime` package (Ribeiro, Singh and Guestrin 2016) through the model's own file.

    LIME draws rows around the background's distribution, so a row with a missing number cannot be explained this way; missing
    numbers of the background are replaced by its median for the drawing only.
    """
    regression = subject.model is not None and not subject.model.signature.classes
    wish = Wish("auto", "raw" if regression else "probability", parameters.target, parameters.background_rows,
                parameters.background_seed, correlated=False, budget=Budget(parameters.model_calls, 0.0))  # fmt: skip
    return answered(subject, wish, lambda chosen: _run(subject, chosen, parameters, rng=rng, progress=progress))


def _run(
    subject: Subject, chosen: Chosen, parameters: LimeParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[LimeExplanation]:
    frame = subject.data.frame(chosen.model.signature.columns)
    row = row_at(frame, parameters.row)
    codes = subject.data.schema.code
    absent = holes(chosen.background.frame, row, codes)
    if absent:
        reason = (
            f"Row {parameters.row} has no value for {', '.join(absent)}; LIME cannot draw rows around a missing number."
        )
        return Finding(NotAssessed(reason), one_of(len(frame)))
    try:
        rounds = _rounds(chosen, row, parameters, rng, progress, codes=codes)
    except ValueError as error:  # the package and what it calls refuse infinite numbers so
        return Finding(NotAssessed(f"LIME failed: {' '.join(str(error).split())[:200]}"), one_of(len(frame)))
    exact = chosen.explainer.explain(row, chosen.target, rng, silent)
    result = _summed_up(
        chosen,
        parameters,
        rounds=rounds,
        row=row,
        values=exact.values[0],
        name=identifier_of(subject.data, parameters.row),
    )
    return Finding(result, one_of(len(frame)))


def _rounds(
    chosen: Chosen,
    row: pd.DataFrame,
    parameters: LimeParameters,
    rng: np.random.Generator,
    progress: Progress,
    *,
    codes: tuple[str, ...],
) -> list[Round]:
    def score(rows: pd.DataFrame) -> NDArray[np.float64]:
        return chosen.model.predict(rows).score[:, chosen.target]

    lime = Lime(chosen.background.frame, row, score, whole=whole_columns(chosen.model.signature), codes=codes)
    found = []
    for at in range(parameters.repeats):
        progress(at, parameters.repeats, "running LIME")
        found.append(lime.once(parameters.samples, int(rng.integers(2**31))))
    progress(parameters.repeats, parameters.repeats, "running LIME")
    return found


def _summed_up(
    chosen: Chosen,
    parameters: LimeParameters,
    rounds: list[Round],
    row: pd.DataFrame,
    values: NDArray[np.float64],
    name: str,
) -> LimeExplanation:
    all_weights = np.array([item.weights for item in rounds])
    mean = all_weights.mean(axis=0)
    spread = all_weights.std(axis=0, ddof=1) if len(rounds) > 1 else np.zeros(len(mean))
    columns, about = chosen.model.signature.columns, chosen.explainer.about
    comparable = about.players == columns
    differ = NotAssessed("Columns are joined in the Shapley values and not in LIME.")
    top = np.argsort(-np.abs(mean), kind="stable")[: parameters.top]
    order = np.argsort(-np.abs(mean), kind="stable")
    return LimeExplanation(
        row=parameters.row,
        identifier=name,
        target=chosen.label,
        prediction=float(chosen.model.predict(row).score[0, chosen.target]),
        intercept=float(np.mean([item.intercept for item in rounds])),
        local_r2=float(np.mean([item.r2 for item in rounds])),
        weights=tuple(
            LimeWeight(columns[at], rounds[0].conditions[at], float(mean[at]), float(spread[at]))
            for at in order.tolist()
        ),
        samples=parameters.samples,
        repeats=len(rounds),
        stability=_overlap(all_weights, parameters.top),
        sign_agreement=float(np.mean(np.sign(mean[top]) == np.sign(values[top]))) if comparable else differ,
        rank_agreement=rank_agreement(np.abs(mean), np.abs(values)) if comparable else differ,
        shap_method=about.way if comparable else differ,
        background=chosen.background.about,
    )


def _overlap(weights: NDArray[np.float64], top: int) -> float:
    """Return the mean Jaccard overlap of the top features between runs; 1 for a single run."""
    sets = [set(np.argsort(-np.abs(item), kind="stable")[:top].tolist()) for item in weights]
    pairs = [len(one & other) / len(one | other) for one, other in combinations(sets, 2)]
    return float(np.mean(pairs)) if pairs else 1.0
