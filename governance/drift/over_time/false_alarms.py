"""The method `drift.calibration`: how strong each sign gets by chance alone, in windows drawn from the reference itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from governance.drift.alerts.calibration import (
    RULES,
    CalibratedRule,
    Calibration,
    RuleThreshold,
    loss_of,
    signs,
    worst_group,
)
from governance.drift.columns.columns import Use, counted_pairs, drift
from governance.drift.columns.limits import Limits
from governance.drift.over_time.timeline import part_of
from governance.drift.performance import cbpe
from governance.drift.performance.group_changes import by_group
from governance.drift.performance.performance import main_metric, outcome_of, performance
from governance.drift.results.report import Action, DriftReport
from governance.drift.samples.metrics import FEWEST
from governance.drift.samples.two_samples import Ints
from governance.drift.spec import CalibrationParameters
from governance.drift.windows_read import compared
from governance.evidence import Dropped, Finding, NotAssessed, Progress, Rows, silent
from governance.subject import Outcome, Schema, Subject

MOST_ROWS: Final = 50_000
"""Rows of the reference that are drawn from, at most."""
MOST_RESAMPLES: Final = 2_000
_NO_ACTION: Final = Action("none", "", ())
PRACTICAL: Final[Mapping[CalibratedRule, float]] = {"column": 1.0, "score": 0.05}
"""From here on a sign counts in practice; for metrics it is the tolerance."""


def run(
    subject: Subject, parameters: CalibrationParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[Calibration]:
    """Return a threshold per rule from pairs of windows that are both drawn, with replacement, from the subject's data.

    Each pair is as large as the data (at most 50,000 rows) and as the window. Every rule gets the same part a = k / (w r) of the promise
    (k false alarms a month, w windows a month, r rules). With R pairs its threshold is the ceil((R + 1)(1 - a))-th smallest sign, so a new
    window of the same kind passes it with probability at most a (the rank of one exchangeable value among R + 1; Vovk, Gammerman and
    Shafer 2005, conformal prediction), and the rules together at most k times a month (sum of the parts).
    """
    data = subject.data
    total = data.n_rows
    share = parameters.false_alarms_per_month / (parameters.windows_per_month * len(RULES))
    refused = _refused(parameters, total, share)
    if refused:
        return Finding(NotAssessed(refused), Rows(0, total, (Dropped("not calibrated", total),) if total else ()))
    resamples = max(parameters.resamples, math.ceil(1 / share))
    source = _source(subject)
    drawn: list[dict[CalibratedRule, float]] = []
    for index in range(resamples):
        progress(index, resamples, "drawing windows from the reference")
        drawn.append(source.pair(parameters.rows, parameters, rng))
    found = tuple(_threshold(rule, drawn, share) for rule in RULES)
    result = Calibration(
        rows=parameters.rows,
        windows_per_month=parameters.windows_per_month,
        false_alarms_per_month=parameters.false_alarms_per_month,
        resamples=resamples,
        rules=found,
        alarms_before=sum(_passes(item, {**dict.fromkeys(RULES, parameters.tolerance), **PRACTICAL}) for item in drawn),
        alarms_after=sum(
            _passes(item, {one.rule: one.threshold for one in found if one.threshold is not None}) for item in drawn
        ),
    )
    return Finding(result, Rows(total, total))


def _refused(parameters: CalibrationParameters, total: int, share: float) -> str:
    if parameters.rows < FEWEST or total < FEWEST:
        return (
            f"A window of {parameters.rows:,} rows and a reference of {total:,}: at least {FEWEST} of both are needed."
        )
    if parameters.windows_per_month <= 0 or parameters.false_alarms_per_month <= 0:
        return "Windows and false alarms per month have to be more than none."
    if 1 / share > MOST_RESAMPLES:
        return (
            f"{parameters.false_alarms_per_month:g} false alarms in {parameters.windows_per_month:g} windows a month need "
            f"{math.ceil(1 / share):,} resamples; at most {MOST_RESAMPLES:,} are drawn. Allow more, or take longer windows."
        )
    return ""


def _threshold(rule: CalibratedRule, drawn: Sequence[Mapping[CalibratedRule, float]], share: float) -> RuleThreshold:
    known = sorted(item[rule] for item in drawn if rule in item)
    if not known:
        return RuleThreshold(rule, None, None)
    padded = [known[0]] * (len(drawn) - len(known)) + known  # a pair without the sign cannot alarm by it
    rank = math.ceil((len(padded) + 1) * (1 - share) - 1e-9)
    return RuleThreshold(rule, padded[rank - 1] if rank >= 1 else None, known[-1])


def _passes(found: Mapping[CalibratedRule, float], limits: Mapping[CalibratedRule, float]) -> bool:
    return any(found[rule] > limit for rule, limit in limits.items() if rule in found)


def _source(subject: Subject) -> _Source:
    frame = subject.data.frame()
    schema = subject.data.schema
    outcome = outcome_of(frame, schema, subject.predictions)
    names = compared(schema, tuple(frame.columns), tuple(frame.columns))
    used = subject.model.signature.columns if subject.model else None
    outcomes = (schema.target, schema.score, schema.prediction)
    return _Source(frame, outcome, schema, names, Use(None, None if used is None else (*used, *outcomes)))


@dataclass(frozen=True)
class _Source:
    """What pairs of windows are drawn from."""

    frame: pd.DataFrame
    outcome: Outcome | NotAssessed
    schema: Schema
    names: tuple[str, ...]
    use: Use

    def pair(
        self, rows: int, parameters: CalibrationParameters, rng: np.random.Generator
    ) -> dict[CalibratedRule, float]:
        """Return the signs between two windows that differ by chance alone."""
        n = len(self.frame)
        first, second = rng.integers(0, n, min(n, MOST_ROWS)), rng.integers(0, n, rows)
        return self.signs_of(first, second, parameters.tolerance, rng, parameters.limits)

    def signs_of(
        self, first: Ints, second: Ints, tolerance: float, rng: np.random.Generator, limits: Limits | None = None
    ) -> dict[CalibratedRule, float]:
        """Return the signs between the rows at two lists of positions."""
        one, two = self.frame.iloc[first], self.frame.iloc[second]
        pairs = counted_pairs(one, two, self.names, progress=silent)
        columns, family = drift(pairs, rng, limits=limits, use=self.use)
        bare, rows = NotAssessed("drawn by chance"), len(second)
        report = DriftReport(
            columns=columns,
            only_reference=(),
            only_current=(),
            n_reference=len(first),
            n_current=rows,
            correction="bh",
            alpha=0.05,
            family=family,
            multivariate=bare,
            performance=bare,
            harm=bare,
            action=_NO_ACTION,
            rows=Rows(rows, rows),
        )
        if isinstance(self.outcome, NotAssessed):
            return signs(report)
        before, after = part_of(self.outcome, first), part_of(self.outcome, second)
        found = signs(replace(report, performance=performance(before, after, tolerance)))
        guess = _expected(before, after, self.schema)
        if guess is not None:
            found["estimated"] = guess
        worst = worst_group(by_group((one, before), (two, after), self.schema, tolerance))
        if worst is not None:
            found["subgroup"] = worst
        return found


def _expected(before: Outcome, after: Outcome, schema: Schema) -> float | None:
    """Return how much worse the main metric is expected to be from calibrated scores, None without scores."""
    if before.task != "binary" or before.score is None or after.score is None:
        return None
    usable = np.isfinite(before.score) & ~np.isnan(before.y_true)
    score, positive = before.score[usable], before.y_true[usable]
    now = after.score[np.isfinite(after.score)]
    if len(score) < 50 or not 0 < positive.mean() < 1 or not len(now):
        return None
    name, ones = main_metric(before), np.ones(len(score))
    there = cbpe.binned(score, now, schema.threshold)
    guess = cbpe.expected(there, cbpe.calibrated(there, positive, ones), there.current.astype(np.float64)).get(name)
    known = performance(before, after, 0.0)
    if guess is None or isinstance(known, NotAssessed) or known.reference[name].value is None:
        return None
    return loss_of(name, guess - (known.reference[name].value or 0.0))
