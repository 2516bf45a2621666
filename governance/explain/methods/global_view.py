"""The method `explain.global`: every row attributed once, stored as float32 columns, and summed up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Dropped, Finding, NotAssessed, Progress, RefusedInputError, Rows, silent
from governance.explain.methods.certificate import background_spread, certify, stability_among
from governance.explain.methods.lime_rounds import agreement
from governance.explain.results.explainer import Explained
from governance.explain.results.finite import counted, scored
from governance.explain.results.report import ClassImportance, GlobalExplanation
from governance.explain.results.summary import Sums, sample
from governance.explain.sampling.by_sampling import Budget
from governance.explain.selection.select import Chosen, Wish, answered
from governance.explain.spec import GlobalParameters
from governance.subject import Subject

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_CHUNK: Final = 65_536
"""Rows attributed at a time."""
_SPREAD_ROWS: Final = 100
_NEAR_ROWS: Final = 50
_NEAR_POOL: Final = 2000


def run(
    subject: Subject, parameters: GlobalParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[GlobalExplanation]:
    """Explain all rows of the subject (a sample of them when values are sampled).

    The array `attributions` has one float32 column per player, then `base_value` and `model_output`; rows that were not explained
    are null.
    """
    budget = Budget(parameters.model_calls, 0.0)
    wish = Wish(
        method=parameters.method,
        scale=parameters.scale,
        target=parameters.target,
        background_rows=parameters.background_rows,
        background_seed=parameters.background_seed,
        correlated=parameters.correlated,
        budget=budget,
        groups=parameters.groups,
    )
    return answered(subject, wish, lambda chosen: _run(subject, chosen, parameters, rng=rng, progress=progress))


def _run(
    subject: Subject, chosen: Chosen, parameters: GlobalParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[GlobalExplanation]:
    frame = subject.data.frame(chosen.model.signature.columns)
    if not len(frame):
        raise RefusedInputError("The data have no rows.", "Choose another data set or a wider cohort.")
    about = chosen.explainer.about
    positions = _positions(len(frame), parameters.max_rows, rng, everything=about.way in {"tree", "linear"})
    asked, positions = len(positions), scored(chosen.explainer, frame, positions)
    part = frame if len(positions) == len(frame) else frame.iloc[positions].reset_index(drop=True)
    explained = _in_chunks(chosen, part, chosen.target, rng, progress)
    others = _other_classes(chosen, part, rng, wanted=parameters.all_classes and about.way in {"tree", "linear"})
    importance = Sums.of(explained.values).importance(about.players)
    target = ClassImportance(chosen.label, explained.base, importance)
    notes = (
        ()
        if not explained.std_error.any()
        else ("Means of |attribution| are slightly too large: sampling noise adds to each.",)
    )
    certificate = certify(
        chosen,
        part,
        explained=explained,
        stability=stability_among(part, explained.values, chosen.background.frame, _NEAR_ROWS, _NEAR_POOL),
        spread=background_spread(chosen, part.iloc[:_SPREAD_ROWS]),
        lime=_lime(chosen, part, explained, parameters, codes=subject.data.schema.code),
        notes=notes,
    )
    left_out = len(frame) - asked
    dropped = (Dropped("outside the sample of rows that is explained by sampling", left_out),) if left_out else ()
    result = GlobalExplanation(
        method=about.way,
        exact=about.exact,
        scale=about.scale,
        link=about.link,
        target=chosen.label,
        base_value=explained.base,
        background=chosen.background.about,
        importance=importance,
        per_class=(target, *others),
        certificate=certificate,
    )
    return Finding(
        result,
        Rows(len(part), len(frame), (*dropped, *counted(asked - len(part)))),
        {"attributions": to_table(explained, about.players, positions, len(frame))},
    )


def _lime(
    chosen: Chosen, part: pd.DataFrame, explained: Explained, parameters: GlobalParameters, *, codes: tuple[str, ...]
) -> float | NotAssessed:
    """Return how far LIME agrees, over a few rows spread evenly over the explained ones."""
    at = sample(len(part), parameters.lime_rows)
    return agreement(chosen, part.iloc[at], explained.values[at], parameters.lime_samples, codes=codes)


def _positions(rows: int, most: int, rng: np.random.Generator, *, everything: bool) -> NDArray[np.intp]:
    if everything or rows <= most:
        return np.arange(rows)
    return np.sort(rng.choice(rows, most, replace=False))


def _in_chunks(
    chosen: Chosen, frame: pd.DataFrame, target: int, rng: np.random.Generator, progress: Progress
) -> Explained:
    """Return the attributions of all rows, worked out a chunk at a time."""
    if len(frame) <= _CHUNK:
        return chosen.explainer.explain(frame, target, rng, progress)
    parts = []
    for first in range(0, len(frame), _CHUNK):
        progress(first, len(frame), "attributing rows")
        parts.append(chosen.explainer.explain(frame.iloc[first : first + _CHUNK], target, rng, silent))
    progress(len(frame), len(frame), "attributing rows")
    return Explained(
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.std_error for part in parts]),
        parts[0].base,
        np.concatenate([part.output for part in parts]),
    )


def _other_classes(
    chosen: Chosen, frame: pd.DataFrame, rng: np.random.Generator, *, wanted: bool
) -> tuple[ClassImportance, ...]:
    """Return the importances for the classes beside the target; two classes mirror each other and need no second view."""
    classes = chosen.model.signature.classes
    if not wanted or len(classes) < 3:
        return ()
    found = []
    for at, label in enumerate(classes):
        if at != chosen.target:
            explained = _in_chunks(chosen, frame, at, rng, silent)
            importance = Sums.of(explained.values).importance(chosen.explainer.about.players)
            found.append(ClassImportance(label, explained.base, importance))
    return tuple(found)


def to_table(explained: Explained, names: tuple[str, ...], positions: NDArray[np.intp], rows: int) -> pa.Table:
    """Return attributions as a table of float32 columns, null where a row was not explained.

    Raises:
        RefusedInputError: a column of the data has one of the two names that the table needs.
    """
    import pyarrow as pa

    taken = {"base_value", "model_output"} & set(names)
    if taken:
        raise RefusedInputError(
            f"A column is called {min(taken)!r}, which the table of attributions needs.", "Rename it."
        )
    columns = dict(zip(names, explained.values.T, strict=True))
    columns["base_value"] = np.full(len(positions), explained.base)
    columns["model_output"] = explained.output
    absent = np.ones(rows, dtype=bool)
    absent[positions] = False

    def spread(values: NDArray[np.float64]) -> pa.Array:
        wide = np.zeros(rows, np.float32)
        wide[positions] = values
        return pa.array(wide, mask=absent if len(positions) < rows else None)

    return pa.table({name: spread(values) for name, values in columns.items()})
