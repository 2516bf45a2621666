"""The method `explain.lime`: LIME for one row, run several times, and held against Shapley values of the same output."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.evidence import Finding, NotAssessed, Progress, silent
from governance.explain.by_sampling import Budget
from governance.explain.choice import Chosen, Wish, choose
from governance.explain.local_view import identifier_of, one_of, row_at
from governance.explain.report import LimeExplanation, LimeWeight
from governance.explain.spec import LimeParameters
from governance.subject import Subject

if TYPE_CHECKING:
    from governance.models.signature import Predictor

_MISSING: Final = "missing"


def run(
    subject: Subject, parameters: LimeParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[LimeExplanation]:
    """Explain one row with the `lime` package (Ribeiro, Singh and Guestrin 2016) through the model's own file.

    LIME draws rows around the background's distribution, so a row with a missing number cannot be explained this way; missing
    numbers of the background are replaced by its median for the drawing only.
    """
    wish = Wish("auto", "probability", parameters.target, parameters.background_rows, parameters.background_seed,
                correlated=False, budget=Budget(parameters.model_calls, 0.0))  # fmt: skip
    if subject.model is not None and not subject.model.signature.classes:
        wish = Wish(
            "auto",
            "raw",
            "",
            parameters.background_rows,
            parameters.background_seed,
            correlated=False,
            budget=wish.budget,
        )
    chosen = choose(subject, wish)
    frame = subject.data.frame(chosen.model.signature.columns)
    row = row_at(frame, parameters.row)
    coding = Coding(chosen.background.frame, row)
    holes = [name for name in coding.numeric if pd.isna(row[name].iloc[0])]
    if holes:
        reason = (
            f"Row {parameters.row} has no value for {', '.join(holes)}; LIME cannot draw rows around a missing number."
        )
        return Finding(NotAssessed(reason), one_of(len(frame)))
    rounds = _rounds(chosen, coding, row, parameters, rng, progress)
    exact = chosen.explainer.explain(row, chosen.target, rng, silent)
    result = _summed_up(chosen, parameters, rounds, row, exact.values[0], identifier_of(subject.data, parameters.row))
    return Finding(result, one_of(len(frame)))


@dataclass(frozen=True, slots=True)
class _Round:
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
    """

    def __init__(self, known: pd.DataFrame, row: pd.DataFrame) -> None:
        self.columns = tuple(known.columns)
        both = {name: pd.concat([known[name].astype(object), row[name].astype(object)]) for name in self.columns}
        self.words = {
            name: sorted({_word(value) for value in both[name]})
            for name in self.columns
            if not pd.api.types.is_numeric_dtype(known[name].dtype) or pd.api.types.is_bool_dtype(known[name].dtype)
        }
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
                found[name] = rows[:, at]
        return pd.DataFrame(found)


def _word(value: object) -> str:
    return _MISSING if pd.isna(value) else str(value)  # type: ignore[call-overload]


def _asker(model: Predictor, coding: Coding) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    def ask(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        score = model.predict(coding.decode(rows)).score
        return score if model.signature.classes else score[:, 0]

    return ask


def _rounds(
    chosen: Chosen,
    coding: Coding,
    row: pd.DataFrame,
    parameters: LimeParameters,
    rng: np.random.Generator,
    progress: Progress,
) -> list[_Round]:
    known, own = coding.encode(chosen.background.frame), coding.encode(row)[0]
    ask, found = _asker(chosen.model, coding), []
    for at in range(parameters.repeats):
        progress(at, parameters.repeats, "running LIME")
        found.append(_once(chosen, coding, known, own, ask, parameters.samples, int(rng.integers(2**31))))
    progress(parameters.repeats, parameters.repeats, "running LIME")
    return found


def _once(
    chosen: Chosen,
    coding: Coding,
    known: NDArray[np.float64],
    own: NDArray[np.float64],
    ask: Any,
    samples: int,
    seed: int,
) -> _Round:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lime.lime_tabular import LimeTabularExplainer

        classifier = bool(chosen.model.signature.classes)
        categorical = [at for at, name in enumerate(coding.columns) if name in coding.words]
        explainer = LimeTabularExplainer(
            known,
            mode="classification" if classifier else "regression",
            feature_names=list(coding.columns),
            categorical_features=categorical,
            categorical_names={at: coding.words[coding.columns[at]] for at in categorical},
            class_names=list(chosen.model.signature.classes) or None,
            random_state=seed,
        )
        label = chosen.target if classifier else 1
        options = {"labels": (label,)} if classifier else {}
        answer = explainer.explain_instance(own, ask, num_features=len(coding.columns), num_samples=samples, **options)
    weights = np.zeros(len(coding.columns))
    for at, weight in answer.as_map()[label]:
        weights[at] = weight
    words = dict(
        zip([at for at, _ in answer.as_map()[label]], [text for text, _ in answer.as_list(label)], strict=True)
    )
    r2 = answer.score[label] if isinstance(answer.score, dict) else answer.score
    conditions = tuple(words.get(at, name) for at, name in enumerate(coding.columns))
    return _Round(weights, conditions, float(answer.intercept[label]), float(r2))


def _summed_up(
    chosen: Chosen,
    parameters: LimeParameters,
    rounds: list[_Round],
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
        rank_agreement=_rank_agreement(np.abs(mean), np.abs(values)) if comparable else differ,
        shap_method=about.way if comparable else differ,
        background=chosen.background.about,
    )


def _overlap(weights: NDArray[np.float64], top: int) -> float:
    """Return the mean Jaccard overlap of the top features between runs; 1 for a single run."""
    sets = [set(np.argsort(-np.abs(item), kind="stable")[:top].tolist()) for item in weights]
    pairs = [len(one & other) / len(one | other) for one, other in combinations(sets, 2)]
    return float(np.mean(pairs)) if pairs else 1.0


def _rank_agreement(one: NDArray[np.float64], other: NDArray[np.float64]) -> float | NotAssessed:
    from scipy.stats import spearmanr

    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return NotAssessed("All features weigh the same on one side; there are no ranks to compare.")
    return float(spearmanr(one, other).statistic)
