"""The method `stress.reasons`: what happens to the reasons that people are given when a column breaks?

Every error is put on the same rows, so that the reasons without it are worked out once. The first reason is the column whose Shapley value
is largest in size, on the model's raw scale and against rows of the reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Finding, NotAssessed, Progress, RefusedInputError, Rows
from governance.statistics import wilson
from governance.stress.columns import Columns
from governance.stress.corruption import Corruption
from governance.stress.draws import Draws
from governance.stress.engines.engine import plain, replaced
from governance.stress.kinds import kind_list
from governance.stress.report import NotRun, ReasonShift, ReasonsReport
from governance.stress.spec import StressReasons
from governance.stress.strike import Strike, strike

if TYPE_CHECKING:
    import pandas as pd

    from governance.subject import Attributions, Subject

FEWEST: Final = 20
"""Rows that an error has to strike among those that are explained."""
LEADING: Final = 3
"""Reasons that are compared beside the first."""
MOST: Final = 500
"""Errors of one run."""


def reasons(
    subject: Subject, parameters: StressReasons, *, rng: np.random.Generator, progress: Progress
) -> Finding[ReasonsReport]:
    """Explain some rows as they are and under every error.

    Raises:
        RefusedInputError: there is no model or reference, or too many errors are asked for.
    """
    seed, rows = int(rng.integers(2**53)), subject.data.n_rows
    if subject.model is None or subject.attributor is None or subject.reference is None:
        raise RefusedInputError("Reasons are worked out against earlier rows.", "Choose a model and a reference.")
    if rows < FEWEST:
        return Finding(NotAssessed(f"{rows} rows, fewer than {FEWEST}."), Rows(rows, rows))
    try:
        values = subject.attributor(subject, parameters.background_rows)
    except RefusedInputError as refused:
        return Finding(NotAssessed(f"Reasons cannot be worked out exactly: {refused.what}"), Rows(rows, rows))
    columns, names = Columns(subject.data), subject.model.signature.columns
    taken = Draws(seed).stream("explained").some(np.arange(rows), parameters.most_rows)
    frame = plain(subject.data.frame(names).iloc[taken].reset_index(drop=True))
    errors = parameters.corruptions or tuple(_errors(columns, names))
    if len(errors) > MOST:
        raise RefusedInputError(f"{len(errors):,} errors; one run takes {MOST:,}.", "Name fewer.")
    before = values.of(frame, rng)
    shifts, not_run = [], []
    for done, error in enumerate(errors):
        progress(done, len(errors), "explaining broken rows")
        found = _shift(values, error, (columns, names, seed), (frame, taken, before), rng)
        if isinstance(found, NotAssessed):
            not_run.append(NotRun(error, error.says(), found.reason))
        else:
            shifts.append(found)
    shifts.sort(key=lambda item: (-item.first_changes / item.rows, item.name))
    report = ReasonsReport(
        shifts=tuple(shifts), not_run=tuple(not_run), rows=len(taken), background_rows=parameters.background_rows
    )
    return Finding(report, Rows(rows, rows))


def _errors(columns: Columns, names: tuple[str, ...]) -> Iterator[Corruption]:
    """Yield one error of each kind that a single column can have, at every row."""
    for name in names:
        sort = columns.sort(name)
        for kind in kind_list.KINDS:
            if sort in kind.applies_to and kind.settings and kind.suits(columns.facts(name)):
                yield Corruption(kind=kind.id, columns=(name,), share=1.0, setting=kind.settings[0])


def _shift(
    values: Attributions,
    error: Corruption,
    where: tuple[Columns, tuple[str, ...], int],
    explained: tuple[pd.DataFrame, NDArray[np.int64], pd.DataFrame],
    rng: np.random.Generator,
) -> ReasonShift | NotAssessed:
    """Return what one error does to the reasons of the explained rows that it can strike."""
    (columns, names, seed), (frame, taken, before) = where, explained
    if not error.columns:
        return NotAssessed("It leaves every value as it is.")
    struck = strike(replace(error, share=1.0), columns, seed, minimum=1, used=names)
    if isinstance(struck, NotAssessed):
        return struck
    places = np.flatnonzero(np.isin(taken, struck.rows))
    if len(places) < FEWEST:
        return NotAssessed(f"It strikes {len(places)} of the rows that are explained, fewer than {FEWEST}.")
    try:
        after = values.of(_broken(frame, struck, places, taken), rng)
    except RefusedInputError as refused:
        return NotAssessed(f"The broken rows cannot be explained: {refused.what}")
    return _compared(error, before.iloc[places].to_numpy(), after.to_numpy(), list(map(str, before.columns)))


def _broken(frame: pd.DataFrame, struck: Strike, places: NDArray[np.int64], taken: NDArray[np.int64]) -> pd.DataFrame:
    return replaced(frame.iloc[places].reset_index(drop=True), struck.changes(taken[places]))


def _compared(
    error: Corruption, before: NDArray[np.float64], after: NDArray[np.float64], players: list[str]
) -> ReasonShift:
    """Return the comparison of two tables of values, (rows, players)."""
    own = np.array([bool(set(error.columns) & set(name.split(" + "))) for name in players])
    was, now = (np.argsort(-np.abs(table), axis=1, kind="stable") for table in (before, after))
    changed = was[:, 0] != now[:, 0]
    leading = min(LEADING, len(players))
    others = [set(a) != set(b) for a, b in zip(was[:, :leading].tolist(), now[:, :leading].tolist(), strict=True)]
    low, high = wilson(int(changed.sum()), len(changed))
    moved = np.abs(after - before)
    return ReasonShift(
        name=error.says(),
        corruption=error,
        title=error.of.title,
        rows=len(changed),
        first_changes=int(changed.sum()),
        low=float(low),
        high=float(high),
        leading_change=int(np.sum(others)),
        broken_first_before=int(own[was[:, 0]].sum()),
        broken_first_after=int(own[now[:, 0]].sum()),
        own_moves=float(moved[:, own].sum(axis=1).mean()),
        own_size=float(np.abs(before[:, own]).sum(axis=1).mean()),
        others_move=float(moved[:, ~own].sum(axis=1).mean()),
    )
