"""The method `fairness.compare`: two models on the same people, with paired intervals from their joint counts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Dropped, Finding, NotAssessed, Progress, RefusedInputError, Rows
from governance.fairness.disparity import gap
from governance.fairness.intake import chunks, read_attributes
from governance.fairness.metrics import direction
from governance.fairness.report import Change, CompareReport
from governance.fairness.spec import Compare
from governance.statistics import Attribute, Codes, coded, combined, rates, redrawn_counts
from governance.subject import Schema, Subject, declared, positive_index

Floats = NDArray[np.float64]
OVERALL = ("accuracy", "selection_rate", "true_positive_rate", "false_positive_rate", "precision", "f1")
GAPS: Mapping[str, str] = {
    "demographic_parity": "selection_rate",
    "equal_opportunity": "true_positive_rate",
    "predictive_equality": "false_positive_rate",
    "predictive_parity": "precision",
    "accuracy_parity": "accuracy",
}


def joint(
    codes: Codes, size: int, label: NDArray[np.uint8], one: NDArray[np.uint8], two: NDArray[np.uint8]
) -> NDArray[np.int64]:
    """Return (size, 3, 3, 3) counts by group x label x decision of the first model x decision of the second."""
    key = ((codes * 3 + label) * 3 + one) * 3 + two
    return np.bincount(key, minlength=size * 27).reshape(size, 3, 3, 3)


def changes(
    table: NDArray[np.int64], attribute: str, parameters: Compare, schema: Schema, rng: np.random.Generator
) -> list[Change]:
    """Return how the disparities of one attribute (or, for "", the overall metrics) change from the first to the second model.

    Groups with too few rows take no part. Each interval is the percentile interval of the change over redrawn joint counts.
    """
    limits = parameters.limits
    kept = table[table.reshape(len(table), -1).sum(axis=1) >= limits.min_rows]
    if attribute and len(kept) < 2:
        return []
    counts = kept if attribute else table.sum(axis=0, keepdims=True)
    drawn = redrawn_counts(counts, limits.draws, rng, rows=int(counts.sum()))  # the same people for both models
    point = counts.astype(np.float64)
    found = []
    for name, metric in GAPS.items() if attribute else ((item, item) for item in OVERALL):
        if schema.target == "" and not rates.named(metric).label_free:
            continue
        first, second = (_measured(point, metric, axis, attribute) for axis in (-1, -2))
        if not (np.isfinite(first) and np.isfinite(second)):
            continue
        moved = _measured(drawn, metric, -2, attribute) - _measured(drawn, metric, -1, attribute)
        usable = moved[np.isfinite(moved)]
        if usable.size < 100:
            continue
        tail = (1 - limits.confidence) / 2
        low, high = (float(end) for end in np.quantile(usable, [tail, 1 - tail]))
        worse = "higher" if attribute else direction(metric, schema.selected_is)
        found.append(
            _change(name, attribute, first=float(first), second=float(second), low=low, high=high, worse=worse)
        )
    return found


def _measured(table: Floats, metric: str, drop: int, attribute: str) -> Floats:
    """Return the metric (or its largest difference over groups) of one model; `drop` sums the other one's decisions away."""
    values = rates.value(metric, table.sum(axis=drop))
    return gap(values, None) if attribute else values[..., 0]


def _change(what: str, attribute: str, first: float, second: float, low: float, high: float, worse: str) -> Change:
    verdict = "no_clear_change"
    if worse and (low > 0 or high < 0):
        verdict = "worse" if (low > 0) == (worse == "higher") else "better"
    return Change(
        what=what,
        attribute=attribute,
        current=first,
        candidate=second,
        change=second - first,
        low=low,
        high=high,
        verdict=verdict,  # type: ignore[arg-type]
    )


def compare(
    subject: Subject, parameters: Compare, *, rng: np.random.Generator, progress: Progress
) -> Finding[CompareReport]:
    """Return what changes when decisions are taken from a candidate model, or a score column, instead of the current model.

    Raises:
        RefusedInputError: no sensitive column, unknown label codes, or a candidate column that is not there.
    """
    schema = declared(subject)
    total = subject.data.n_rows
    if not parameters.candidate_score and subject.candidate_predictions is None:
        return Finding(NotAssessed("No candidate was named."), Rows(total, total))
    found = tuple(item for item in read_attributes(subject) if item.name in schema.sensitive)
    values = _candidate(subject, parameters, schema)
    parts: dict[str, list[NDArray[np.intp] | NDArray[np.uint8]]] = {"label": [], "one": []}
    codes: list[list[NDArray[np.intp]]] = [[] for _ in found]
    for chunk in chunks(subject, schema, found, progress):
        if chunk.outcome.task != "binary":
            return Finding(NotAssessed("Two models are compared on yes-or-no decisions only."), Rows(total, total))
        parts["label"].append(coded(chunk.outcome.y_true))
        parts["one"].append(coded(chunk.outcome.y_pred))
        for kept, code in zip(codes, chunk.codes, strict=True):
            kept.append(code)
    label, one = (np.concatenate(parts[name]).astype(np.uint8) for name in ("label", "one"))
    cut = schema.threshold if parameters.candidate_threshold is None else parameters.candidate_threshold
    two = np.where(np.isnan(values), 2, values >= cut).astype(np.uint8)
    known = (one < 2) & (two < 2)
    rows = Rows(
        int(known.sum()), total, (Dropped("no decision of both models", int((~known).sum())),) if (~known).any() else ()
    )
    if rows.used == 0:
        return Finding(NotAssessed("No row has a decision of both models."), rows)
    whole = compared(
        found,
        [np.concatenate(item)[known] for item in codes],
        label=label[known],
        one=one[known],
        two=two[known],
        parameters=parameters,
        schema=schema,
        rng=rng,
    )
    flipped = int((one[known] != two[known]).sum())
    limits = parameters.limits
    notices = _left_out(found, [np.concatenate(item)[known] for item in codes], limits.min_rows)
    report = CompareReport(
        current="model in force",
        candidate=parameters.candidate_score or "candidate",
        selected_is=schema.selected_is,
        limits=limits,
        rows=rows,
        changes=tuple(whole),
        flipped=flipped,
        notices=notices,
    )
    return Finding(report, rows)


def _candidate(subject: Subject, parameters: Compare, schema: Schema) -> Floats:
    """Return the candidate's score of the positive label for each row, NaN where it has none."""
    other = subject.candidate_predictions
    if other is None or parameters.candidate_score:
        column = subject.data.frame((parameters.candidate_score,))[parameters.candidate_score]
        return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
    if len(other.classes) != 2:
        raise RefusedInputError(
            f"The candidate has {len(other.classes)} classes, expected 2.",
            "Compare with a model of yes-or-no decisions.",
        )
    return np.asarray(other.score[:, positive_index(schema, other.classes)], dtype=np.float64)


def _left_out(attributes: tuple[Attribute, ...], codes: list[NDArray[np.intp]], least: int) -> tuple[str, ...]:
    """Return which groups were too small to take part in a disparity."""
    found = []
    for attribute, code in zip(attributes, codes, strict=True):
        sizes = np.bincount(code, minlength=len(attribute.names))
        small = [attribute.names[at] for at in np.flatnonzero((sizes > 0) & (sizes < least))]
        if small:
            found.append(f"By {attribute.name}, {', '.join(small)} took no part: fewer than {least} rows.")
    return tuple(found)


def compared(
    attributes: tuple[Attribute, ...],
    codes: list[NDArray[np.intp]],
    label: NDArray[np.uint8],
    one: NDArray[np.uint8],
    two: NDArray[np.uint8],
    parameters: Compare,
    schema: Schema,
    rng: np.random.Generator,
) -> list[Change]:
    """Return the overall changes, then the changes of each attribute's disparities."""
    nobody = np.zeros(len(label), dtype=np.intp)
    found = changes(joint(nobody, 1, label, one, two), "", parameters, schema, rng)
    for attribute, code in zip(attributes, codes, strict=True):
        table = joint(combined([code], [attribute]), len(attribute.names), label, one, two)
        found += changes(table[table.any(axis=(1, 2, 3))], attribute.name, parameters, schema, rng)
    return found
