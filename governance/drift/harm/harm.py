"""Does it matter: from the weakest evidence (an estimate) to the strongest (labels), and where a drop comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from governance.drift.harm import column_effects, sequence
from governance.drift.performance import cbpe, disde, dle
from governance.drift.performance.group_changes import by_group
from governance.drift.performance.performance import (
    labels_of,
    loss,
    main_metric,
    realised,
    reference_estimates,
)
from governance.drift.results.report import (
    Change,
    ColumnEffect,
    DropParts,
    ErrorStream,
    Estimate,
    EstimatedHarm,
    Harm,
    PerformanceChange,
)
from governance.drift.samples.density import Density
from governance.drift.samples.metrics import BETTER, FEWEST, Measured, change, worse_by_interval
from governance.drift.samples.two_samples import Floats
from governance.evidence import NotAssessed, Progress, Streams
from governance.subject import Outcome, Predictor, Schema

LEAST_EFFECTIVE: Final = 0.10
"""Importance weights whose effective sample size is a smaller share of the reference are refused."""
MOST_STREAMED: Final = 200_000
"""At most so many rows of each window are looked at one by one."""
_BLIND: Final = "It holds only if the same inputs still lead to the same outcomes: it cannot see a change of that."


@dataclass(frozen=True)
class Windows:
    """Both windows as the harm is judged from them."""

    reference: pd.DataFrame
    current: pd.DataFrame
    before: Outcome
    after: Outcome
    features: tuple[str, ...]
    """What the model looks at."""
    schema: Schema
    density: Density | NotAssessed
    model: Predictor | None


def harm(
    windows: Windows,
    performance: PerformanceChange | NotAssessed,
    moved: Sequence[str],
    tolerance: float,
    streams: Streams,
    *,
    levels: Mapping[str, float],
    progress: Progress,
) -> Harm:
    """Return what is known about the harm.

    Args:
        windows: both windows.
        performance: metrics of both by labels.
        moved: the columns whose effect on the answers is looked up.
        tolerance: how much worse is still accepted.
        streams: sources of chance by name.
        levels: what each family of questions may spend, see `families`.
        progress: told of each step.
    """
    progress(0, 4, "estimating performance without labels")
    guess = _held(estimated(windows, performance, tolerance, streams["estimate without labels"]), levels)
    progress(1, 4, "splitting the change of the error")
    why = parts(windows, streams["parts of the error"])
    progress(2, 4, "comparing groups")
    groups = by_group(
        (windows.reference, windows.before),
        (windows.current, windows.after),
        windows.schema,
        tolerance,
        alpha=levels.get("groups", 0.05),
    )
    effects, reason = _effects(windows, moved, streams["effects of columns"], progress)
    verdict, said = realised(performance)
    return Harm(
        estimated=guess,
        realised=verdict,
        realised_reason=said,
        parts=why,
        by_column=effects,
        by_column_reason=reason,
        by_group=groups,
        labels=labels_of(windows.before, windows.after, tolerance),
        stream=streamed(windows, tolerance, levels.get("order", 0.05)),
    )


def streamed(windows: Windows, tolerance: float, alpha: float = 0.05) -> ErrorStream | NotAssessed:
    """Return how the current window's errors built up, in the order of its time column, else of its rows; `alpha` bounds a false alarm."""
    if windows.before.task == "regression":
        return NotAssessed("errors without an upper bound cannot be bounded after every row")
    before, _ = loss(windows.before)
    after, _ = loss(windows.after)
    order = "in the order of the file"
    if windows.schema.timestamp and windows.schema.timestamp in windows.current.columns:
        after = after[np.argsort(windows.current[windows.schema.timestamp].to_numpy(), kind="stable")]
        order = f"in the order of {windows.schema.timestamp}"
    before, after = before[~np.isnan(before)], after[~np.isnan(after)]
    if min(len(before), len(after)) < FEWEST:
        return NotAssessed(f"fewer than {FEWEST} labelled rows in a window")
    if max(len(before), len(after)) > MOST_STREAMED:
        order = f"{order}, the first {MOST_STREAMED:,} rows of each window"
    return sequence.stream(before[:MOST_STREAMED], after[:MOST_STREAMED], tolerance, order, alpha=alpha)


def _effects(
    windows: Windows, moved: Sequence[str], rng: np.random.Generator, progress: Progress
) -> tuple[tuple[ColumnEffect, ...], str]:
    if windows.model is None:
        return (), "no model to ask again"
    used = [name for name in moved if name in windows.features]
    if not used:
        return (), "no column that the model reads has moved"
    found = column_effects.effects(
        windows.model,
        windows.reference,
        current=windows.current,
        columns=used,
        schema=windows.schema,
        rng=rng,
        progress=progress,
    )
    return (
        found,
        f"at most {column_effects.ROWS:,} current rows asked again with one column as in the reference; effects need not add up",
    )


def estimated(
    windows: Windows, performance: PerformanceChange | NotAssessed, tolerance: float, rng: np.random.Generator
) -> EstimatedHarm | NotAssessed:
    """Return the performance that one would expect without looking at current labels."""
    if isinstance(performance, NotAssessed):
        return performance
    if windows.before.task == "regression":
        return _by_loss(windows, performance, tolerance, rng)
    if windows.before.task == "multiclass":
        return NotAssessed("estimated performance is not offered for more than two classes")
    if windows.before.score is None:
        return NotAssessed("decisions without scores carry no confidence to estimate from")
    return _by_confidence(windows, performance, tolerance, rng)


def _held(found: EstimatedHarm | NotAssessed, levels: Mapping[str, float]) -> EstimatedHarm | NotAssessed:
    """Return the estimate; one that is worse by its own interval, and not within the level of estimates, cannot tell."""
    if isinstance(found, NotAssessed) or found.verdict != "worse":
        return found
    name = next((name for name in ("roc_auc", "accuracy", "mean_absolute_error") if name in found.reference), "")
    before, now = _measured(found.reference.get(name)), _measured(found.current.get(name))
    if before is None or now is None:
        return found
    p = worse_by_interval(name, change(name, before, now, 0.0))
    return found if p < levels.get("estimate", 0.025) else replace(found, verdict="cannot_tell")


def _by_confidence(
    windows: Windows, performance: PerformanceChange, tolerance: float, rng: np.random.Generator
) -> EstimatedHarm | NotAssessed:
    rows, weight, share, refused, words = _weights(windows)
    score, positive = np.asarray(windows.before.score)[rows], windows.before.y_true[rows]
    usable = np.isfinite(score) & ~np.isnan(positive)
    if usable.sum() < 50 or not 0 < positive[usable].mean() < 1:
        return NotAssessed("the reference has fewer than 50 labelled rows or only one outcome")
    now = np.asarray(windows.after.score)
    now = now[np.isfinite(now)]
    if not len(now):
        return NotAssessed("the current window has no scores")
    found = cbpe.binned(score[usable], now, windows.schema.threshold)
    guess = cbpe.estimates(found, positive[usable], weight[usable], rng)
    before = {name: item for name, item in reference_estimates(performance).items() if name in guess}
    verdict = _verdict(main_metric(windows.before), before, guess, tolerance)
    return EstimatedHarm(
        method="cbpe",
        reference=before,
        current=guess,
        effective_share=share,
        weighted=refused is None,
        verdict=verdict,
        assumption=f"{words} {_BLIND}",
        weighted_refused=refused,
    )


def _weights(windows: Windows) -> tuple[np.ndarray, Floats, float, NotAssessed | None, str]:
    """Return which reference rows calibrate, with which weight, why they are not weighted, and the words for it."""
    everything = np.arange(len(windows.reference))
    plainly = "Scores are calibrated on the reference as it is, not weighted towards the current window."
    if isinstance(windows.density, NotAssessed):
        return everything, np.ones(len(everything)), 1.0, windows.density, plainly
    share = windows.density.effective_share
    if share < LEAST_EFFECTIVE:
        refused = NotAssessed(
            f"an estimate weighted towards the current window would rest on {share:.1%} of the reference (limit {LEAST_EFFECTIVE:.0%})"
        )
        return everything, np.ones(len(everything)), share, refused, plainly
    words = f"Scores are calibrated on the reference weighted towards the current window ({share:.0%} of it counts)."
    return windows.density.reference_at, windows.density.weights, share, None, words


def _by_loss(
    windows: Windows, performance: PerformanceChange, tolerance: float, rng: np.random.Generator
) -> EstimatedHarm | NotAssessed:
    error, _ = loss(windows.before)
    known = np.flatnonzero(~np.isnan(error))
    if len(known) < 100:
        return NotAssessed(f"{len(known)} labelled reference rows, fewer than 100")
    known = known if len(known) <= 50_000 else np.sort(rng.choice(known, 50_000, replace=False))
    guess = dle.estimated_error(windows.reference.iloc[known], error[known], windows.current, windows.features, rng)
    before = {"mean_absolute_error": performance.reference["mean_absolute_error"]}
    now = {"mean_absolute_error": guess}
    scale = before["mean_absolute_error"].value or 1.0
    verdict = _verdict("mean_absolute_error", before, now, tolerance * scale)
    words = "A second model learned from the reference how large errors are for such inputs."
    return EstimatedHarm(
        method="dle",
        reference=before,
        current=now,
        effective_share=1.0,
        weighted=False,
        verdict=verdict,
        assumption=f"{words} {_BLIND}",
    )


def _verdict(name: str, before: Mapping[str, Estimate], now: Mapping[str, Estimate], tolerance: float) -> Change:
    a, b = before.get(name), now.get(name)
    one, two = _measured(a), _measured(b)
    if one is None or two is None or name not in BETTER:
        return "cannot_tell"
    return change(name, one, two, tolerance).verdict


def _measured(item: Estimate | None) -> Measured | None:
    if item is None or item.value is None or item.low is None or item.high is None:
        return None
    return Measured(item.value, item.low, item.high, item.n)


def parts(windows: Windows, rng: np.random.Generator) -> DropParts | NotAssessed:
    """Return the three parts of the change of the error, or why there are none."""
    if isinstance(windows.density, NotAssessed):
        return windows.density
    before, words = loss(windows.before)
    after, _ = loss(windows.after)
    a, b = before[windows.density.reference_at], after[windows.density.current_at]
    if min((~np.isnan(a)).sum(), (~np.isnan(b)).sum()) < 100:
        return NotAssessed("fewer than 100 labelled rows in a window")
    return disde.parts(windows.density, a, b, words, rng)
