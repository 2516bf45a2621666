"""The method `drift.over_time`: every window of one table against the reference, which is frozen once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from governance.drift.baseline.baseline import Baseline, freeze, tallies
from governance.drift.baseline.window import pairs_of
from governance.drift.columns.columns import drift
from governance.drift.over_time import windows
from governance.drift.performance import cbpe
from governance.drift.performance.performance import main_metric, outcomes_of
from governance.drift.results.over_time import MOST_GROUPS, GroupPoint, Movement, OverTime, TimeWindow
from governance.drift.results.report import ColumnDrift, Estimate
from governance.drift.samples.metrics import FEWEST, measured
from governance.drift.samples.two_samples import Floats
from governance.drift.spec import OverTimeParameters
from governance.drift.windows_read import compared, joined
from governance.evidence import Dropped, Finding, NotAssessed, Progress, RefusedInputError, Rows
from governance.statistics import spent
from governance.subject import Outcome, Schema, Subject


def columns(
    subject: Subject, parameters: OverTimeParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[OverTime]:
    """Return the windows without asking a model; metrics only where the data hold scores or decisions."""
    return run(
        replace(subject, model=None, predictions=None, reference_predictions=None),
        parameters,
        rng=rng,
        progress=progress,
    )


def run(
    subject: Subject, parameters: OverTimeParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[OverTime]:
    """Return every window of `subject.data` against `subject.reference`.

    Columns are compared as by `drift.columns`, on a frozen baseline; the corrected p values of window t are held against
    6 alpha / (pi^2 t^2), so that over all windows for ever the bound is alpha.

    Raises:
        RefusedInputError: there is no reference.
    """
    if subject.reference is None:
        raise RefusedInputError("There is no reference.", "Choose data to compare with.")
    reference, current = subject.reference.frame(), subject.data.frame()
    schema = joined(subject.reference.schema, subject.data.schema)
    total = len(current)
    try:
        cuts, timeless = windows.cut(current, parameters.by, subject.data.schema.timestamp, parameters.size)
    except RefusedInputError as error:
        return Finding(
            NotAssessed(str(error)), Rows(0, total, (Dropped("not cut into windows", total),) if total else ())
        )
    names = compared(schema, tuple(reference.columns), tuple(current.columns))
    frozen = freeze(tallies([reference], names), subject.reference.digest)
    judge = _judge(subject, reference, current, schema)
    found = []
    for index, (label, at) in enumerate(cuts, 1):
        progress(index - 1, len(cuts), "comparing windows")
        level = spent(parameters.alpha, index)
        found.append(
            _window(label, current.iloc[at], at=at, frozen=frozen, judge=judge, level=level, rngs=rng.spawn(2))
        )
    result = OverTime(
        by=parameters.by,
        windows=tuple(found),
        metric=judge.metric if judge else "",
        reference=judge.reference() if judge else None,
        reference_groups=judge.reference_groups() if judge else (),
        groups_left_out=judge.left_out if judge else {},
        alpha=parameters.alpha,
    )
    used = total - timeless
    return Finding(result, Rows(used, total, (Dropped("no readable time", timeless),) if timeless else ()))


def _window(
    label: str,
    frame: pd.DataFrame,
    at: np.ndarray,
    frozen: Baseline,
    judge: _Judge | None,
    level: float,
    rngs: list[np.random.Generator],
) -> TimeWindow:
    moved, _ = drift(pairs_of(frozen, [frame]), rngs[0], alpha=level)
    return TimeWindow(
        label=label,
        rows=len(frame),
        columns={item.name: _movement(item) for item in moved},
        level=level,
        with_labels=judge.current(at) if judge else None,
        without_labels=judge.expected(at, rngs[1]) if judge else None,
        groups=judge.groups(judge.after, judge.current_frame, at) if judge else (),
    )


def _movement(item: ColumnDrift) -> Movement:
    sizes = [test.effect / test.threshold for test in item.tests.values() if test.effect is not None and test.threshold]
    rows = item.n_current + item.missing_current
    return Movement(item.verdict, max(sizes, default=0.0), item.missing_current / rows if rows else 0.0)


def _judge(subject: Subject, reference: pd.DataFrame, current: pd.DataFrame, schema: Schema) -> _Judge | None:
    before, after = outcomes_of(subject, reference, current, schema)
    if isinstance(before, NotAssessed) or isinstance(after, NotAssessed):
        return None
    return _Judge(reference, current, before, after, schema)


@dataclass(frozen=True)
class _Judge:
    """The main metric of parts of both tables."""

    reference_frame: pd.DataFrame
    current_frame: pd.DataFrame
    before: Outcome
    after: Outcome
    schema: Schema

    @property
    def metric(self) -> str:
        return main_metric(self.before)

    def of(self, found: Outcome, at: np.ndarray) -> Estimate | None:
        item = measured(part_of(found, at)).get(self.metric)
        return item.estimate() if item is not None and item.n >= FEWEST else None

    def reference(self) -> Estimate | None:
        return self.of(self.before, np.arange(len(self.reference_frame)))

    def current(self, at: np.ndarray) -> Estimate | None:
        return self.of(self.after, at)

    def expected(self, at: np.ndarray, rng: np.random.Generator) -> Estimate | None:
        if self.before.task != "binary" or self.before.score is None or self.after.score is None:
            return None
        usable = np.isfinite(self.before.score) & ~np.isnan(self.before.y_true)
        score: Floats = self.after.score[at]
        score = score[np.isfinite(score)]
        positive = self.before.y_true[usable]
        if usable.sum() < 50 or not 0 < positive.mean() < 1 or len(score) < FEWEST:
            return None
        found = cbpe.binned(self.before.score[usable], score, self.schema.threshold)
        return cbpe.estimates(found, positive, np.ones(int(usable.sum())), rng).get(self.metric)

    def reference_groups(self) -> tuple[GroupPoint, ...]:
        return self.groups(self.before, self.reference_frame, np.arange(len(self.reference_frame)))

    @cached_property
    def shown(self) -> dict[str, list[str]]:
        """Attribute -> the largest groups of the reference in the order of their names; of equal ones those that come first by name."""
        found = {}
        for attribute in self.schema.sensitive:
            if attribute in self.reference_frame.columns:
                rows = self.reference_frame[attribute].dropna().astype("str").value_counts()
                largest = sorted(rows.index, key=lambda group: (-int(rows[group]), group))[:MOST_GROUPS]
                found[attribute] = sorted(largest)
        return found

    @property
    def left_out(self) -> dict[str, int]:
        """How many groups of an attribute, of the reference or the current table, no window shows."""
        found = {}
        for attribute, groups in self.shown.items():
            if attribute in self.current_frame.columns:
                both = pd.concat(
                    [frame[attribute].dropna().astype("str") for frame in (self.reference_frame, self.current_frame)]
                )
                found[attribute] = len(set(both.unique()) - set(groups))
        return {attribute: count for attribute, count in found.items() if count}

    def groups(self, found: Outcome, frame: pd.DataFrame, at: np.ndarray) -> tuple[GroupPoint, ...]:
        return tuple(self._groups(found, frame, at))

    def _groups(self, found: Outcome, frame: pd.DataFrame, at: np.ndarray) -> Iterator[GroupPoint]:
        for attribute, shown in self.shown.items():
            if attribute not in frame.columns:
                continue
            values = frame[attribute].iloc[at].astype("str").to_numpy()
            for group in shown:
                value = self.of(found, at[values == group])
                if value is not None:
                    yield GroupPoint(attribute, group, value)


def part_of(found: Outcome, at: np.ndarray) -> Outcome:
    """Return the outcome of some rows by their positions."""
    return replace(
        found,
        y_true=found.y_true[at],
        y_pred=found.y_pred[at],
        score=None if found.score is None else found.score[at],
        weight=None if found.weight is None else found.weight[at],
    )
