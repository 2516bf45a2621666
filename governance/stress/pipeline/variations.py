"""Which variants of a pipeline are tried: errors on either side, operators exchanged, columns dropped or shuffled, cleaning on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import NotAssessed
from governance.stress.corruption import Corruption
from governance.stress.default_plan import SIDES, label_conditions
from governance.stress.kinds import kind_list
from governance.stress.pipeline.parts import Pieces, exchanged, exchanges
from governance.stress.pipeline.workshop import Lessons
from governance.stress.pipeline_report import Sort, VariantNotRun
from governance.stress.strike import Strike, strike

if TYPE_CHECKING:
    from governance.stress.columns import Columns
    from governance.stress.spec import StressPipeline
    from governance.subject import Schema

_MIDDLE: Final = (0.01, 0.99)
"""Numbers of the training rows are kept within these quantiles by the cleaning step that cuts outliers off."""


@dataclass(frozen=True, slots=True)
class Variation:
    """One variant, not yet run."""

    sort: Sort
    name: str
    rows: int
    """Rows that it changes."""
    pieces: Pieces | None = None
    """The pipeline in place of the one that is there."""
    lessons: Callable[[Lessons], Lessons] | None = None
    """What happens to the training rows."""
    struck: Strike | None = None
    """The decided rows that an error strikes."""
    shuffled: str = ""
    """The column of the decided rows that is shuffled."""

    @property
    def refits(self) -> bool:
        """Whether something else is learnt."""
        return self.pieces is not None or self.lessons is not None


@dataclass(frozen=True, slots=True)
class Sides:
    """The columns of both sorts of rows, and the seed of what is drawn."""

    learnt: Columns
    decided: Columns
    seed: int


def variations(
    pieces: Pieces, schema: Schema, sides: Sides, asked: StressPipeline
) -> Iterator[Variation | VariantNotRun]:
    """Yield every variant; one that cannot be tried with its reason."""
    used = pieces.columns
    for corruption in _errors(sides.decided, used, asked.serving_kinds, asked.share):
        found = strike(corruption, sides.decided, sides.seed, minimum=1, used=used)
        name = f"decided rows: {corruption.says()}"
        if isinstance(found, NotAssessed):
            yield VariantNotRun(name, found.reason)
        else:
            yield Variation(sort="serving_error", name=name, rows=len(found.rows), struck=found)
    for corruption in _training_errors(sides.learnt, schema, used, asked):
        found = strike(corruption, sides.learnt, sides.seed, minimum=asked.minimum_rows, used=used)
        name = f"training rows: {corruption.says()}"
        if isinstance(found, NotAssessed):
            yield VariantNotRun(name, found.reason)
        else:
            yield Variation(
                sort="training_error", name=name, rows=len(found.rows), lessons=partial(broken, struck=found)
            )
    for wanted in exchanges():
        other = exchanged(pieces, wanted)
        if other is not None:
            yield Variation(sort="operator", name=wanted.name, rows=0, pieces=other)
    for column in used:
        yield Variation(sort="permutation", name=f"{column} is shuffled", rows=sides.decided.rows, shuffled=column)
        less = pieces.without(column)
        if less is None:
            yield VariantNotRun(
                f"{column} is left out", "It is transformed together with others, or is the only column."
            )
        else:
            yield Variation(sort="column_dropped", name=f"{column} is left out", rows=0, pieces=less)
    yield from _cleaning()


def _errors(columns: Columns, used: tuple[str, ...], kinds: tuple[str, ...], share: float) -> Iterator[Corruption]:
    """Yield one error of each kind that a single column can have, with its first setting."""
    for name in used:
        sort = columns.sort(name)
        for kind in kind_list.KINDS:
            wanted = (not kinds or kind.id in kinds) and bool(kind.settings)
            if wanted and sort in kind.applies_to and kind.suits(columns.facts(name)):
                yield Corruption(kind=kind.id, columns=(name,), share=share, setting=kind.settings[0])


def _training_errors(
    columns: Columns, schema: Schema, used: tuple[str, ...], asked: StressPipeline
) -> Iterator[Corruption]:
    yield from _errors(columns, used, asked.training_kinds, asked.share)
    for kind in kind_list.KINDS:
        if kind.id in asked.training_kinds and (kind.weight is not None or kind.flips_labels):
            for where in label_conditions(columns, schema, SIDES):
                yield Corruption(kind=kind.id, where=where, share=asked.share)


def broken(known: Lessons, *, struck: Strike) -> Lessons:
    """Return training rows as an error leaves them."""
    kind, tag = struck.kind, struck.corruption.digest
    if kind.flips_labels:
        label = known.label.copy()
        label[struck.rows] = 1 - label[struck.rows]
        return Lessons(known.frame, label, known.tags, known.rows, tag)
    if kind.weight is not None:
        times = np.ones(len(known.label), np.int64)
        times[struck.rows] = kind.weight
        return known.of_rows(np.repeat(np.arange(len(times)), times), tag)
    made = {}
    for name, new in values_of(struck).items():
        column = known.frame[name].to_numpy().copy()
        column[struck.rows] = new
        made[name] = column
    return known.with_column(made, tag)


def values_of(struck: Strike) -> dict[str, NDArray[Any]]:
    """Return column -> (rows,) new values of the struck rows, missing texts as NaN."""
    found = {}
    for change in struck.changes(struck.rows):
        new = change.each()
        found[change.column] = (
            np.array([np.nan if word is None else word for word in new], dtype=object) if new.dtype == object else new
        )
    return found


def _cleaning() -> Iterator[Variation]:
    """Yield the steps of cleaning, each put on alone."""
    for name, step in (
        ("repeated training rows are dropped", _without_repeats),
        ("training rows with a missing value are dropped", _without_gaps),
        ("numbers of the training rows are cut off at their 1st and 99th percentile", _without_outliers),
    ):
        yield Variation(sort="cleaning", name=name, rows=0, lessons=step)


def _without_repeats(known: Lessons) -> Lessons:
    repeated = known.frame.assign(**{"": known.label}).duplicated().to_numpy()
    return known.of_rows(np.flatnonzero(~repeated), "without repeats") if repeated.any() else known


def _without_gaps(known: Lessons) -> Lessons:
    gaps = known.frame.isna().any(axis=1).to_numpy()
    return known.of_rows(np.flatnonzero(~gaps), "without gaps") if gaps.any() else known


def _without_outliers(known: Lessons) -> Lessons:
    numbers = {name: known.frame[name] for name in known.frame.columns if known.frame[name].dtype.kind == "f"}
    ends = {name: values.quantile(_MIDDLE).tolist() for name, values in numbers.items()}
    made = {name: values.clip(*ends[name]).to_numpy() for name, values in numbers.items()}
    changed = {name: made[name] for name, values in numbers.items() if not values.equals(values.clip(*ends[name]))}
    return known.with_column(changed, "without outliers") if changed else known
