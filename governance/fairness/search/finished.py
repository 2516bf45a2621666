"""The method `fairness.finished`: every model of a search that was run elsewhere, held against the norms, corrected for their number.

Two statements can be made of a model, and all of them share the error rate alpha, with M models and K pairs of groups. *Kept*: every pair
lies within the norm, by two one-sided tests (Schuirmann 1987) at alpha / (2 M) each, all of which have to pass (Berger 1982). *Violated*:
the interval of some pair at 1 - alpha / (2 M K) lies beyond the norm (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import (
    Dropped,
    Finding,
    NotAssessed,
    Progress,
    RefusedInputError,
    Rows,
    text_of,
    unknown_choice,
)
from governance.fairness.norms.norm import CALIBRATION, NormSet
from governance.fairness.search.certify import Comparison, Counts, comparisons, counted
from governance.fairness.search.finished_report import AuditedModel, FinishedParameters, FinishedReport
from governance.subject import Schema, Subject, declared

if TYPE_CHECKING:
    import pandas as pd

MOST: Final = 10_000
"""Models that one audit looks at."""
FARTHEST: Final = 1e6
"""Strain that stands for all beyond it."""


def _strain(item: Counts) -> float:
    a, b = (count / able for count, able in zip(item.selected, item.able, strict=True))
    if item.norm.compare == "difference":
        return abs(a - b) / item.norm.number
    if min(a, b) > 0:
        return item.norm.number * max(a, b) / min(a, b)
    return FARTHEST if max(a, b) > 0 else item.norm.number


def judged(
    name: str,
    counts: Sequence[Counts],
    *,
    models: int,
    alpha: float,
    rows: int,
    selected: float,
    accuracy: float | None,
) -> AuditedModel:
    """Return what may be said of one model among `models`, at the error rate `alpha` of all statements together."""
    if not counts:
        return _silent(name, "no two groups have enough rows", rows=rows, selected=selected, accuracy=accuracy)
    worst = max(counts, key=_strain)
    lower = max(item.bounds(1 - alpha / (2 * models * len(counts)))[0] for item in counts)
    upper = max(item.bounds(1 - alpha / models)[1] for item in counts)
    return AuditedModel(
        name=name,
        rows=rows,
        selected=selected,
        accuracy=accuracy,
        worst=f"{worst.norm.id}: {worst.names[0]} against {worst.names[1]}",
        strain=min(_strain(worst), FARTHEST),
        lower=min(lower, FARTHEST),
        upper=min(upper, FARTHEST),
        verdict="violated" if lower > 1 else "kept" if upper < 1 else "cannot_tell",
    )


def _silent(
    name: str, reason: str, *, rows: int = 0, selected: float = 0.0, accuracy: float | None = None
) -> AuditedModel:
    """Return a model of which nothing can be said."""
    return AuditedModel(
        name=name,
        rows=rows,
        selected=selected,
        accuracy=accuracy,
        worst="",
        strain=0.0,
        lower=0.0,
        upper=FARTHEST,
        verdict="cannot_tell",
        reason=reason,
    )


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """The people of an audit: who is in which group, and what came true."""

    known: NDArray[np.bool_]
    """(n,) of the frame's rows, who is counted."""
    label: NDArray[np.int64] | None
    """(rows counted,); None where no label is named."""
    pairs: tuple[Comparison, ...]
    small: tuple[str, ...]
    """Groups with too few rows for anything to be said."""


def people(frame: pd.DataFrame, schema: Schema, norms: NormSet) -> People:
    """Return the people of a table under norms.

    Raises:
        RefusedInputError: a norm needs labels and the schema names none, or a column that a norm names is not there.
    """
    asked = [item for item in norms.norms if item.metric not in CALIBRATION]
    if not asked:
        raise RefusedInputError("No norm is about decisions.", "Give norms with a difference or a ratio to keep.")
    named = bool(schema.target and schema.positive)
    if not named and any(item.needs_labels for item in asked):
        raise RefusedInputError(
            "A norm is about labels, and the schema names no target and positive label.",
            'Add for example: target = "y".',
        )
    columns = {name: _groups(frame, name) for item in asked for name in item.attributes}
    known = np.ones(len(frame), dtype=np.bool_)
    label = None
    if named:
        text = text_of(frame[schema.target])
        known = text.notna().to_numpy()
        label = np.asarray(text[known] == schema.positive).astype(np.int64)
    own = {name: values[known] for name, values in columns.items()}
    pairs, small = comparisons(norms, own, label if label is not None else np.zeros(int(known.sum()), dtype=np.int64))
    return People(known, label, pairs, small)


def _groups(frame: pd.DataFrame, name: str) -> NDArray[np.object_]:
    if name not in frame.columns:
        raise RefusedInputError(f"The data have no column {name!r}, which a norm names.", "Check the norms.")
    text = text_of(frame[name])
    return np.asarray(text.astype(object).where(text.notna(), None).to_numpy(dtype=object))


def decisions(values: pd.Series, schema: Schema) -> NDArray[np.bool_]:
    """Return (n,) who is selected: by a score at the schema's threshold, or by the positive label where the column holds labels.

    Raises:
        RefusedInputError: scores are missing or infinite, or the column holds neither numbers nor the positive label.
    """
    import pandas as pd

    text = text_of(values)
    absent = int(text.isna().sum())
    if absent:
        raise RefusedInputError(
            f"{absent:,} of its {len(values):,} answers are missing.", "Give an answer for each row."
        )
    if not pd.api.types.is_numeric_dtype(values):
        if schema.positive and (text == schema.positive).any():
            return np.asarray(text == schema.positive)
        raise RefusedInputError("It holds neither scores nor the positive label.", "Give a column of scores.")
    numbers = values.to_numpy(dtype=np.float64)
    odd = int((~np.isfinite(numbers)).sum())
    if odd:
        raise RefusedInputError(f"{odd:,} of its scores are infinite or no numbers.", "Give a score for each row.")
    return np.asarray(numbers >= schema.threshold)


def finished(
    subject: Subject,
    parameters: FinishedParameters,
    *,
    rng: np.random.Generator,  # noqa: ARG001 - every method has the same signature
    progress: Progress,
) -> Finding[FinishedReport]:
    """Return what may be said of each model, the chance that any of it is wrong being at most the norms' error rate.

    Raises:
        RefusedInputError: no norms about decisions, no column of a model, or a column that is not there.
    """
    norms, schema, frame = _asked(parameters), declared(subject), subject.data.frame()
    for name in parameters.columns:
        if name not in frame.columns:
            raise unknown_choice("column with a model's answers", name, tuple(map(str, frame.columns)))
    those = people(frame, schema, norms)
    dropped = int((~those.known).sum())
    account = Rows(int(those.known.sum()), len(frame), (Dropped("label missing", dropped),) if dropped else ())
    if not account.used:
        return Finding(NotAssessed("No row has a label."), account)
    found: list[AuditedModel] = []
    for done, name in enumerate(parameters.columns):
        progress(done, len(parameters.columns), f"counting {name}")
        found.append(_model(name, frame, schema, those, models=len(parameters.columns), alpha=norms.level))
    return Finding(FinishedReport(norms.digest, norms.level, tuple(found), tuple(notices(norms, those.small))), account)


def _asked(parameters: FinishedParameters) -> NormSet:
    if parameters.norms is None:
        raise RefusedInputError("No norms are named.", "Give --norms with a difference or a ratio to keep.")
    many = len(parameters.columns)
    if not 1 <= many <= MOST or len(set(parameters.columns)) < many:
        raise RefusedInputError(
            f"Got {many:,} models, {len(set(parameters.columns)):,} of them different.",
            f"Expected 1 to {MOST:,} models, each with a column of its own.",
        )
    return parameters.norms


def _model(name: str, frame: pd.DataFrame, schema: Schema, those: People, *, models: int, alpha: float) -> AuditedModel:
    try:
        chosen = decisions(frame.loc[those.known, name], schema)
    except RefusedInputError as error:
        return _silent(name, error.what)
    return judged(
        name,
        counted(those.pairs, chosen),
        models=models,
        alpha=alpha,
        rows=len(chosen),
        selected=float(chosen.mean()),
        accuracy=None if those.label is None else float((chosen == (those.label > 0)).mean()),
    )


def notices(norms: NormSet, small: Sequence[str]) -> list[str]:
    """Return what a reader of an audit has to know."""
    found = ["Rows on which a search chose its models flatter them: audit on rows that it has not seen."]
    if any(item.metric in CALIBRATION for item in norms.norms):
        found.append("Norms of calibration are passed over: an audit of a search is about decisions.")
    if small:
        found.append(f"Groups with too few rows are not covered: {', '.join(small[:10])}.")
    return found
