"""The method `explain.dependence`: partial dependence and individual lines of one column, from the model's own answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.evidence import Dropped, Finding, Progress, RefusedInputError, Rows, unknown_choice
from governance.explain.methods.local_view import value_text
from governance.explain.results.dependence import Dependence, Line, Step
from governance.explain.results.report import Scale
from governance.explain.results.summary import sample
from governance.explain.selection.select import raw_score, target_of
from governance.explain.spec import DependenceParameters
from governance.language import mark
from governance.models import are_probabilities, units_of
from governance.statistics import mean_of
from governance.subject import Subject

if TYPE_CHECKING:
    from governance.subject import Predictor

Floats = NDArray[np.float64]
_UNIT_ROWS: Final = 500
"""Rows whose raw scores say what link the file has."""
MISSING: Final = "missing"


def run(
    subject: Subject, parameters: DependenceParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[Dependence]:
    """Ask the model about rows with every value of one column put into each of them.

    The rows are spread evenly over the data, so nothing is drawn. With raw scale the mean is over raw scores of the last stage, which
    is not the raw score of the mean probability.

    Raises:
        RefusedInputError: the model has no such column, the data have no such row, or the file shows no raw score.
    """
    del rng
    assert subject.model is not None
    model = subject.model
    columns = model.signature.columns
    if parameters.column not in columns:
        raise unknown_choice("column of the model", parameters.column, columns)
    frame = subject.data.frame(columns)
    if not len(frame) or parameters.row >= len(frame):
        raise RefusedInputError(
            f"There is no row {parameters.row}: the data have {len(frame):,}.", "Choose one of them."
        )
    target = target_of(model.signature, subject.data.schema, parameters.target)
    named = parameters.column in subject.data.schema.code
    grid = grid_of(frame[parameters.column], parameters.steps, named=named)
    answered = _answered(model, frame.iloc[:_UNIT_ROWS], parameters.scale, target)
    positions = sample(len(frame), parameters.rows)
    answers = _grid_answers(frame.iloc[positions], parameters.column, grid, answered=answered, progress=progress)
    shown = sample(len(positions), parameters.lines)
    person = None
    if parameters.row >= 0:
        own = _grid_answers(frame.iloc[[parameters.row]], parameters.column, grid, answered=answered, progress=progress)
        person = Line(parameters.row, tuple(own[0].tolist()))
    own_value = value_text(frame[parameters.column].iloc[parameters.row]) if parameters.row >= 0 else ""
    result = Dependence(
        column=parameters.column,
        kind="number" if grid.numeric else "name",
        scale=parameters.scale,
        units=answered.units,
        target=model.signature.classes[target] if model.signature.classes else "",
        steps=tuple(_step(grid, at, answers[:, at]) for at in range(len(grid.values))),
        lines=tuple(Line(int(positions[at]), tuple(answers[at].tolist())) for at in shown),
        person=person,
        own_value=own_value,
        averaged=len(positions),
        middle_low=grid.middle[0],
        middle_high=grid.middle[1],
        left_out=grid.left_out,
        notes=_notes(len(positions), len(frame)),
    )
    others = len(frame) - len(positions)
    dropped = (Dropped("outside the evenly spread rows that are averaged", others),) if others else ()
    return Finding(result, Rows(len(positions), len(frame), dropped))


@dataclass(frozen=True, slots=True)
class Grid:
    """The values that are put into every row."""

    values: pd.Series
    """Of the column's own type; a missing value stands last, where the column has one."""
    counts: NDArray[np.int64]
    """Rows of the data at, or nearest to, each value."""
    numeric: bool
    middle: tuple[float | None, float | None]
    """5 % and 95 % quantiles of numbers, None for names."""
    left_out: int = 0


def grid_of(column: pd.Series, most: int, *, named: bool = False) -> Grid:
    """Return the values to put in: of numbers at most `most` that occur, evenly spread over the ranks; of names the most frequent.

    With `named` the numbers of the column are names.
    """
    missing = column[column.isna()].iloc[:1]
    known = column.dropna()
    quantity = pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)
    if quantity and not named:
        ordered = known.sort_values(kind="stable")
        at = np.linspace(0, len(ordered) - 1, min(most, len(ordered))).round().astype(np.intp)
        values = ordered.iloc[at].drop_duplicates() if ordered.nunique() > most else ordered.drop_duplicates()
        numbers = ordered.to_numpy(dtype=np.float64)
        points = values.to_numpy(dtype=np.float64)
        nearest = np.searchsorted((points[1:] + points[:-1]) / 2, numbers, side="left")
        counts = np.bincount(nearest, minlength=len(points))
        middle = (
            (float(np.quantile(numbers, 0.05)), float(np.quantile(numbers, 0.95))) if len(numbers) else (None, None)
        )
        return _with_missing(values, counts, missing, rows=len(column) - len(known), numeric=True, middle=middle)
    often = known.value_counts()
    often = often[often > 0]
    values = known[~known.duplicated()]
    order = {value: place for place, value in enumerate(often.index)}
    values = values.iloc[np.argsort([order[value] for value in values], kind="stable")][:most]
    counts = np.array([often[value] for value in values], dtype=np.int64)
    found = _with_missing(values, counts, missing, rows=len(column) - len(known), numeric=False, middle=(None, None))
    return Grid(found.values, found.counts, numeric=False, middle=found.middle, left_out=len(often) - len(counts))


def _with_missing(
    values: pd.Series,
    counts: NDArray[np.int64],
    missing: pd.Series,
    *,
    rows: int,
    numeric: bool,
    middle: tuple[float | None, float | None],
) -> Grid:
    if len(missing):
        values, counts = pd.concat([values, missing]), np.append(counts, rows)
    return Grid(values.reset_index(drop=True), counts, numeric=numeric, middle=middle)


@dataclass(frozen=True, slots=True)
class _Answered:
    """How rows are answered."""

    ask: Callable[[pd.DataFrame], Floats]
    """(n,) answers for the target."""
    units: str


def _answered(model: Predictor, first: pd.DataFrame, scale: Scale, target: int) -> _Answered:
    classifier = bool(model.signature.classes)
    if scale == "raw":
        raw = raw_score(model, first)
        if raw is None:
            raise RefusedInputError(
                "The file shows no score before its answer, so there is no raw scale.",
                'Ask for the scale "probability".',
            )
        score, _, units = raw
        return _Answered(lambda frame: np.asarray(score(frame)[:, target], dtype=np.float64), units)
    probabilities = classifier and are_probabilities(model.predict(first).score)
    units = units_of("identity", classifier=classifier, probabilities=probabilities)
    return _Answered(lambda frame: np.asarray(model.predict(frame).score[:, target], dtype=np.float64), units)


def _grid_answers(frame: pd.DataFrame, column: str, grid: Grid, *, answered: _Answered, progress: Progress) -> Floats:
    """Return (rows, steps) answers; one step at a time is in memory."""
    found = np.empty((len(frame), len(grid.values)))
    changed = frame.reset_index(drop=True)
    for at in range(len(grid.values)):
        progress(at, len(grid.values), "asking the model value by value")
        put = grid.values.iloc[np.full(len(frame), at)].reset_index(drop=True)
        found[:, at] = answered.ask(changed.assign(**{column: put}))
    return found


def _step(grid: Grid, at: int, answers: Floats) -> Step:
    value: Any = grid.values.iloc[at]
    absent = bool(pd.isna(value))
    mean = mean_of(answers)
    low, high = mean.interval() or (None, None)
    return Step(
        value=float(value) if grid.numeric and not absent else None,
        label=MISSING if absent else value_text(value),
        mean=mean.value,
        low=low,
        high=high,
        rows=int(grid.counts[at]),
    )


def _notes(averaged: int, rows: int) -> tuple[str, ...]:
    found = [mark("Other columns keep their values, also where the data never show the two together.")]
    if averaged < rows:
        found.append(
            f"The mean is over {averaged:,} of {rows:,} rows, spread evenly; its interval says how sure that makes it."
        )
    return tuple(found)
