"""The method `fairness.impact_ratio`: Local Law 144 tables of the rows of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Dropped, Finding, NotAssessed, Progress, RefusedInputError, Rows
from governance.fairness.intake import chunks, read_attributes
from governance.fairness.local_law_144.impact_ratio import Line, impact_table
from governance.fairness.report import ImpactReport, ImpactTable
from governance.fairness.spec import ImpactRatio
from governance.statistics import Attribute
from governance.subject import Schema, Subject, declared


@dataclass(frozen=True, slots=True, eq=False)
class _People:
    """What the tables are made of."""

    codes: list[NDArray[np.intp]]
    """Per attribute, the group of each person."""
    favourable: NDArray[np.float64]
    """(n,) 1 or 0, NaN without a decision (or score)."""
    median: float | None
    dates: tuple[str, str]


def impact_ratio(
    subject: Subject, parameters: ImpactRatio, *, rng: np.random.Generator, progress: Progress
) -> Finding[ImpactReport]:
    """Return the impact ratios by each sensitive attribute and by each pair of them.

    Raises:
        RefusedInputError: no sensitive column, unknown codes, or the scoring form without a score.
    """
    del rng
    schema = declared(subject)
    found = tuple(item for item in read_attributes(subject) if item.name in schema.sensitive)
    people = _people(subject, schema, found, parameters, progress)
    total = len(people.favourable)
    undecided = int(np.isnan(people.favourable).sum())
    rows = Rows(total - undecided, total, (Dropped("no decision or score", undecided),) if undecided else ())
    if rows.used == 0:
        return Finding(NotAssessed(f"None of {total:,} rows has a decision."), rows)
    sets = [(item,) for item in range(len(found))] + list(combinations(range(len(found)), 2))
    tables = tuple(_table(people, found, chosen, parameters) for chosen in sets)
    return Finding(ImpactReport(tables, rows, *people.dates, _notices(schema, parameters, people)), rows)


def _people(
    subject: Subject, schema: Schema, found: tuple[Attribute, ...], parameters: ImpactRatio, progress: Progress
) -> _People:
    codes: list[list[NDArray[np.intp]]] = [[] for _ in found]
    values: list[NDArray[np.float64]] = []
    dates: list[Any] = []
    for chunk in chunks(subject, schema, found, progress):
        for kept, code in zip(codes, chunk.codes, strict=True):
            kept.append(code)
        if parameters.form == "scoring_rate" and (chunk.outcome.score is None or chunk.outcome.score.ndim > 1):
            raise RefusedInputError(
                "The scoring form needs a score.", "Give a model, or name the score column in the schema."
            )
        if chunk.outcome.task != "binary":
            raise RefusedInputError("Impact ratios need a yes-or-no decision.", "Choose a binary model.")
        values.append(chunk.outcome.y_pred if parameters.form == "selection_rate" else np.asarray(chunk.outcome.score))
        if schema.timestamp:
            dates.append(chunk.frame[schema.timestamp])
    value = np.concatenate(values) if values else np.array([])
    median = None
    if parameters.form == "scoring_rate" and np.isfinite(value).any():
        median = float(np.nanmedian(value))
        value = np.where(np.isnan(value), np.nan, value > median)
    favourable = 1 - value if schema.selected_is == "bad" else value
    return _People([np.concatenate(kept) for kept in codes], favourable, median, _span(dates))


def _span(columns: Sequence[Any]) -> tuple[str, str]:
    """Return the first and the last date as text, "" for each without one; what is no date is ordered as text."""
    import pandas as pd

    found = pd.concat(columns).dropna() if columns else pd.Series([], dtype="object")
    if not len(found):
        return "", ""
    if not pd.api.types.is_datetime64_any_dtype(found.dtype) and not pd.api.types.is_numeric_dtype(found.dtype):
        found = found.astype(str)
    first, last = found.min(), found.max()
    if isinstance(first, pd.Timestamp) and isinstance(last, pd.Timestamp):
        return first.date().isoformat(), last.date().isoformat()
    return str(first), str(last)


def _table(
    people: _People, found: tuple[Attribute, ...], chosen: tuple[int, ...], parameters: ImpactRatio
) -> ImpactTable:
    decided = ~np.isnan(people.favourable)
    known = decided.copy()
    for index in chosen:
        known &= people.codes[index] < len(found[index].names) - 1
    shape = tuple(len(found[index].names) - 1 for index in chosen)
    flat = np.ravel_multi_index(tuple(people.codes[index][known] for index in chosen), shape)
    size = int(np.prod(shape))
    applicants = np.bincount(flat, minlength=size)
    selected = np.bincount(flat, people.favourable[known], minlength=size).astype(np.int64)
    lines = []
    for at in np.flatnonzero(applicants):
        place = np.unravel_index(at, shape)
        name = ", ".join(found[index].names[int(code)] for index, code in zip(chosen, place, strict=True))
        lines.append(Line(name, int(applicants[at]), int(selected[at])))
    return impact_table(
        lines,
        attributes=tuple(found[index].name for index in chosen),
        form=parameters.form,
        median=people.median,
        unknown=int((decided & ~known).sum()),
        keep_small=parameters.keep_small,
        justification=parameters.justification,
    )


def _notices(schema: Schema, parameters: ImpactRatio, people: _People) -> tuple[str, ...]:
    found = []
    if schema.selected_is == "bad":
        chosen = "not selected" if parameters.form == "selection_rate" else "not scored above the median"
        found.append(f"Being selected is bad for people here, so the favourable outcome that is counted is: {chosen}.")
    if people.median is not None:
        found.append(f"The median score of the whole sample is {people.median:.6g}; only scores above it count.")
    return tuple(found)
