"""The method `explain.interactions`: the pairs of columns that act together, ranked, with the values of each row beside."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Dropped, Finding, NotAssessed, Progress, RefusedInputError, Rows, silent
from governance.explain.results.finite import counted, scored
from governance.explain.results.interaction import Interactions, PairStrength
from governance.explain.results.summary import Sums, sample
from governance.explain.sampling.by_sampling import Budget
from governance.explain.selection.by_stage import StageExplainer
from governance.explain.selection.select import Chosen, Wish, answered
from governance.explain.spec import InteractionParameters
from governance.subject import Subject

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_CHUNK: Final = 8192
"""Rows worked on at a time."""


def run(
    subject: Subject, parameters: InteractionParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[Interactions]:
    """Rank the pairs among the most important columns by their mean |Shapley interaction index|.

    The array `interactions` has one float32 column per pair; rows that were not looked at are null.
    """
    wish = Wish(parameters.method, parameters.scale, parameters.target, parameters.background_rows,
                parameters.background_seed, correlated=False, budget=Budget(1, 0.0))  # fmt: skip
    return answered(subject, wish, lambda chosen: _run(subject, chosen, parameters, rng=rng, progress=progress))


def _run(
    subject: Subject, chosen: Chosen, parameters: InteractionParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[Interactions]:
    frame = subject.data.frame(chosen.model.signature.columns)
    if not len(frame):
        raise RefusedInputError("The data have no rows.", "Choose another data set or a wider cohort.")
    explainer = chosen.explainer
    if not isinstance(explainer, StageExplainer):
        why = " ".join(explainer.about.notes)
        return Finding(
            NotAssessed(f"Interactions are worked out where the file itself is explained. {why}".strip()),
            Rows(0, len(frame), (Dropped("the model is not explained from its file", len(frame)),)),
        )
    asked = sample(len(frame), parameters.max_rows)
    positions = scored(explainer, frame, asked)
    part = frame.iloc[positions].reset_index(drop=True)
    among = _most_important(chosen, part, parameters.columns, rng)
    values = _in_chunks(explainer, part, among, chosen.target, progress)
    result = _ranked(chosen, explainer, among, values)
    left_out = len(frame) - len(asked)
    dropped = (Dropped("outside the evenly spread rows that are looked at", left_out),) if left_out else ()
    account = Rows(len(part), len(frame), (*dropped, *counted(len(asked) - len(part))))
    return Finding(result, account, {"interactions": _table(values, positions, len(frame))})


def _most_important(chosen: Chosen, part: pd.DataFrame, most: int, rng: np.random.Generator) -> tuple[int, ...]:
    """Return the players with the largest mean |attribution| over the rows, largest first."""
    values = chosen.explainer.explain(part, chosen.target, rng, silent).values
    return tuple(np.argsort(-np.abs(values).mean(axis=0), kind="stable")[: max(0, most)].tolist())


def _in_chunks(
    explainer: StageExplainer, part: pd.DataFrame, among: tuple[int, ...], target: int, progress: Progress
) -> NDArray[np.float64]:
    found = []
    for first in range(0, len(part), _CHUNK):
        progress(first, len(part), "comparing pairs of columns")
        found.append(explainer.interact(part.iloc[first : first + _CHUNK], among, target))
    progress(len(part), len(part), "comparing pairs of columns")
    return np.concatenate(found)


def _ranked(
    chosen: Chosen, explainer: StageExplainer, among: tuple[int, ...], values: NDArray[np.float64]
) -> Interactions:
    about = explainer.about
    names = {str(at): pair for at, pair in enumerate(combinations(among, 2))}
    pairs = [
        PairStrength(
            first=about.players[names[item.feature][0]],
            second=about.players[names[item.feature][1]],
            mean_abs=item.mean_abs,
            low=item.low,
            high=item.high,
            mean=item.mean,
            column=item.feature,
        )
        for item in Sums.of(values).importance(tuple(names))
    ]
    linear = ("A linear score adds up functions of single columns: no two columns interact.",)
    return Interactions(
        method=about.way,
        exact=about.exact,
        scale=about.scale,
        link=about.link,
        target=chosen.label,
        units=about.units,
        background=chosen.background.about,
        columns=tuple(about.players[at] for at in among),
        left_out=tuple(name for at, name in enumerate(about.players) if at not in among),
        pairs=tuple(pairs),
        notes=(*about.notes, *(linear if about.way == "linear" else ())),
    )


def _table(values: NDArray[np.float64], positions: NDArray[np.intp], rows: int) -> pa.Table:
    import pyarrow as pa

    absent = np.ones(rows, dtype=bool)
    absent[positions] = False
    columns = {}
    for at in range(values.shape[1]):
        wide = np.zeros(rows, np.float32)
        wide[positions] = values[:, at]
        columns[str(at)] = pa.array(wide, mask=absent if absent.any() else None)
    return pa.table(columns)
