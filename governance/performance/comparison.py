"""The method `performance.compare`: two models on the same rows, with paired bootstrap intervals of every change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Dropped, Finding, NotAssessed, Progress, Rows, Streams
from governance.performance.compare_report import ComparedMeasure, ComparisonReport
from governance.performance.multiclass import averages
from governance.performance.spec import ComparePerformance
from governance.performance.summary import gathered, kept
from governance.statistics import rates
from governance.subject import Outcome, Subject, declared

Floats = NDArray[np.float64]
Verdict = Literal["better", "worse", "no_clear_change"]
OF_CELLS: Final = ("accuracy", "balanced_accuracy", "true_positive_rate", "false_positive_rate", "precision", "f1")
"""Measures of a decision, from the counts by label and decision."""
LESS_IS_BETTER: Final = frozenset(
    {"false_positive_rate", "brier_score", "mean_absolute_error", "root_mean_squared_error"}
)
NEITHER: Final = frozenset({"mean_error"})
"""Measures of which neither more nor less is better in itself."""
CELLS_AT_ONCE: Final = 4_000_000
"""Rows times draws that are in memory at a time."""
FEWEST_DRAWS: Final = 100
"""Draws in which a measure must be defined for an interval."""


def compare(
    subject: Subject, parameters: ComparePerformance, *, rng: np.random.Generator, progress: Progress
) -> Finding[ComparisonReport]:
    """Return how every measure changes from the model in force to the other one, on the rows that both answer.

    Each draw of the bootstrap takes the same rows, with replacement, for both models: what makes a row hard is hard for both, so the
    interval of the change is narrower than those of the two values would say. Ends are percentiles of the change (Efron and
    Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13).

    Raises:
        RefusedInputError: unknown label codes, or a candidate column that is no number.
    """
    schema, total = declared(subject), subject.data.n_rows
    one = gathered(subject, schema, progress)
    if parameters.candidate_score:
        other = replace(subject, predictions=None), replace(schema, score=parameters.candidate_score)
    else:
        other = replace(subject, predictions=subject.candidate_predictions), schema
    two = gathered(*other, progress)
    if (one.task, one.classes) != (two.task, two.classes):
        return Finding(NotAssessed(f"One model answers {_kind(one)}, the other {_kind(two)}."), Rows(total, total))
    both = one.labelled & two.labelled
    lacking = int((~both).sum())
    rows = Rows(total - lacking, total, (Dropped("no label, or no answer of both models", lacking),) if lacking else ())
    if rows.used < parameters.min_rows:
        return Finding(
            NotAssessed(f"{rows.used:,} rows with a label and both answers, fewer than {parameters.min_rows}."), rows
        )
    pair = Pair(kept(one, both), kept(two, both))
    changes = _changes(pair, parameters, Streams(rng)["rows"], progress)
    flipped = int((pair.one.y_pred != pair.two.y_pred).sum()) if one.task != "regression" else None
    report = ComparisonReport(
        task=one.task,
        rows=rows,
        weighted=one.weight is not None,
        draws=parameters.draws,
        confidence=parameters.confidence,
        decided_otherwise=flipped,
        measures=changes,
    )
    return Finding(report, rows)


def _kind(outcome: Outcome) -> str:
    return "with a number" if outcome.task == "regression" else f"with {', '.join(outcome.classes)}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Both models' answers about the same rows."""

    one: Outcome
    two: Outcome

    @property
    def weight(self) -> Floats:
        """(n,) weights, 1 for each row where there are none."""
        return np.ones(len(self.one.y_true)) if self.one.weight is None else self.one.weight

    def measures(self, taken: Floats) -> tuple[Mapping[str, Floats], Mapping[str, Floats]]:
        """Return measure -> (draws,) values of both models; `taken` says (draws, n) how much each row counts."""
        found = _measured(self.one, taken), _measured(self.two, taken)
        common = [name for name in found[0] if name in found[1]]
        return tuple({name: values[name] for name in common} for values in found)  # type: ignore[return-value]


def _changes(
    pair: Pair, parameters: ComparePerformance, rng: np.random.Generator, progress: Progress
) -> tuple[ComparedMeasure, ...]:
    current, candidate = pair.measures(pair.weight[None, :])
    moved: dict[str, list[Floats]] = {name: [] for name in current}
    for taken in _drawn(pair.weight, parameters.draws, rng, progress):
        first, second = pair.measures(taken)
        for name, values in moved.items():
            values.append(second[name] - first[name])
    return tuple(
        _compared(name, float(current[name][0]), float(candidate[name][0]), np.concatenate(moved[name]), parameters)
        for name in current
        if np.isfinite(current[name][0]) and np.isfinite(candidate[name][0])
    )


def _drawn(weight: Floats, draws: int, rng: np.random.Generator, progress: Progress) -> Iterator[Floats]:
    """Yield (some draws, n) how often each row is taken, times its weight."""
    n = len(weight)
    step = max(1, CELLS_AT_ONCE // n)
    for start in range(0, draws, step):
        progress(start, draws, "drawing the same rows for both models")
        rows = min(step, draws - start)
        picks = rng.integers(0, n, (rows, n)) + n * np.arange(rows)[:, None]
        yield np.bincount(picks.ravel(), minlength=rows * n).reshape(rows, n) * weight


def _compared(
    name: str, current: float, candidate: float, moved: Floats, parameters: ComparePerformance
) -> ComparedMeasure:
    usable = moved[np.isfinite(moved)]
    low = high = None
    verdict: Verdict = "no_clear_change"
    if usable.size >= FEWEST_DRAWS:
        tail = (1 - parameters.confidence) / 2
        low, high = (float(end) for end in np.quantile(usable, [tail, 1 - tail]))
        if name not in NEITHER and (low > 0 or high < 0):
            verdict = "better" if (low > 0) != (name in LESS_IS_BETTER) else "worse"
    return ComparedMeasure(
        metric=name,
        current=current,
        candidate=candidate,
        change=candidate - current,
        low=low,
        high=high,
        verdict=verdict,
    )


def _measured(part: Outcome, taken: Floats) -> dict[str, Floats]:
    if part.task == "regression":
        return _of_numbers(part.y_true, part.y_pred, taken)
    k = len(part.classes)
    cell = (part.y_true * k + part.y_pred).astype(np.intp)
    counts = taken @ np.eye(k * k)[cell]
    if part.task == "multiclass":
        return dict(averages(counts.reshape(-1, k, k)))
    table = np.zeros((len(taken), 1, 3, 3))
    table[:, 0, :2, :2] = counts.reshape(-1, 2, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {name: np.asarray(rates.value(name, table))[:, 0] for name in OF_CELLS}
    if part.score is not None:
        found["roc_auc"] = areas(part.y_true, part.score, taken)
        if part.score.min() >= 0 and part.score.max() <= 1:
            found["brier_score"] = taken @ (part.score - part.y_true) ** 2 / taken.sum(axis=1)
    return found


def _of_numbers(actual: Floats, predicted: Floats, taken: Floats) -> dict[str, Floats]:
    error, total = predicted - actual, taken.sum(axis=1)
    return {
        "mean_absolute_error": taken @ np.abs(error) / total,
        "root_mean_squared_error": np.sqrt(taken @ error**2 / total),
        "mean_error": taken @ error / total,
    }


def areas(label: Floats, score: Floats, taken: Floats) -> Floats:
    """Return (draws,) areas under the ROC curve, ties counting half, where each draw counts the rows as (draws, n) `taken` says."""
    order = np.argsort(score, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) > 0])
    sorted_mass, positive = taken[:, order], label[order] == 1
    ones = np.add.reduceat(sorted_mass * positive, starts, axis=1)
    zeros = np.add.reduceat(sorted_mass * ~positive, starts, axis=1)
    below = np.cumsum(zeros, axis=1) - zeros / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((ones * below).sum(axis=1) / (ones.sum(axis=1) * zeros.sum(axis=1)))
