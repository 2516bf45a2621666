"""The method `serving.derive`: what a lighter copy of a model changes, for everybody and for each group, on the same rows.

Both answers are about the same people, so only the rows that change say anything: intervals are of the change itself (paired), and all
intervals of a report hold together (Bonferroni), because a board reads the worst of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Dropped, Finding, NotAssessed, Progress, RefusedInputError, Rows
from governance.serving.derive_report import DeriveReport, GroupChange, ScoreDifference, Verdict
from governance.serving.spec import Derive
from governance.statistics import adjust, attributes, clopper_pearson, mcnemar, mean_of, paired_change
from governance.subject import Outcome, Prediction, Schema, Subject, declared, sliced
from governance.subject.outcome import outcome

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
_WORST: Final[tuple[Verdict, ...]] = ("met", "cannot_judge", "not_met")
"""From the best to the worst."""


def derive(
    subject: Subject,
    parameters: Derive,
    *,
    rng: np.random.Generator,  # noqa: ARG001 - every method has the same signature
    progress: Progress,
) -> Finding[DeriveReport]:
    """Judge a lighter copy, the model that is looked at, against the one that it was made from, the candidate beside it.

    Raises:
        RefusedInputError: the two have other classes, or the data lack what the schema names.
    """
    one, two, total = subject.candidate_predictions, subject.predictions, subject.data.n_rows
    if one is None or two is None:
        raise RefusedInputError("A model and its copy are needed.", "Give both.")
    if one.classes != two.classes:
        raise RefusedInputError(
            "The copy has other classes than the model.", "Give a copy that was made from this model."
        )
    schema = _roles(declared(subject), one)
    read = _read(subject, schema, progress)
    usable = np.asarray(np.isfinite(np.concatenate((one.score, two.score), axis=1)).all(axis=1))
    lacking = int((~usable).sum())
    rows = Rows(total - lacking, total, (Dropped("no answer of both models", lacking),) if lacking else ())
    if rows.used < parameters.min_rows:
        reason = f"{rows.used:,} rows with both answers, fewer than {parameters.min_rows}."
        return Finding(NotAssessed(reason), rows)
    progress(0, 1, "comparing answers")
    return Finding(_report(read, usable, rows, (one, two), (schema, parameters)), rows)


def _roles(schema: Schema, answers: Prediction) -> Schema:
    """Return the schema that both models are read with: a model of two classes without a positive one answers for its second class."""
    if len(answers.classes) == 2 and not schema.positive:
        return replace(schema, positive=answers.classes[1], target="")
    return schema


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """What the data say about each row."""

    one: Outcome
    two: Outcome
    groups: tuple[tuple[str, tuple[str, ...], NDArray[np.intp]], ...]
    """Attribute, names of its groups, and the place of each row's group."""


def _read(subject: Subject, schema: Schema, progress: Progress) -> _Read:
    names = tuple(name for name in (schema.target, schema.weight) if name)
    found = attributes(schema.sensitive, subject.data.chunks(schema.sensitive), schema.code) if schema.sensitive else ()
    parts: list[tuple[Outcome, Outcome]] = []
    codes: list[list[NDArray[np.intp]]] = [[] for _ in found]
    start = 0
    for frame in subject.data.chunks(tuple(dict.fromkeys((*names, *schema.sensitive)))):
        progress(start, subject.data.n_rows, "reading labels and groups")
        stop = start + len(frame)
        parts.append((
            outcome(frame, schema, sliced(subject.candidate_predictions, start, stop)),
            outcome(frame, schema, sliced(subject.predictions, start, stop)),
        ))  # fmt: skip
        for kept, attribute in zip(codes, found, strict=True):
            kept.append(attribute.code(frame[attribute.name]).astype(np.intp))
        start = stop
    groups = tuple(
        (attribute.name, attribute.names, np.concatenate(kept)) for attribute, kept in zip(found, codes, strict=True)
    )
    return _Read(_joined([item[0] for item in parts]), _joined([item[1] for item in parts]), groups)


def _joined(parts: Sequence[Outcome]) -> Outcome:
    return replace(
        parts[0],
        y_true=np.concatenate([item.y_true for item in parts]),
        y_pred=np.concatenate([item.y_pred for item in parts]),
        score=None,
        weight=None,
    )


def _report(
    read: _Read, usable: Mask, rows: Rows, answers: tuple[Prediction, Prediction], asked: tuple[Schema, Derive]
) -> DeriveReport:
    schema, parameters = asked
    apart = np.abs(answers[1].score - answers[0].score).max(axis=1)[usable]
    many = read.one.task != "regression"
    moved = int((read.one.y_pred != read.two.y_pred)[usable].sum()) if many else None
    low, high = (None, None) if moved is None else clopper_pearson(moved, rows.used, parameters.level)
    groups, notices = _groups(read, usable, schema, parameters)
    labels: Verdict = "met" if moved is None else _held(low, high, parameters.limit_labels)
    of_groups: Verdict = max((item.verdict for item in groups), key=_WORST.index, default="met")
    return DeriveReport(
        task=read.one.task,
        rows=rows,
        level=parameters.level,
        decided_otherwise=moved,
        share_low=low,
        share_high=high,
        scores=ScoreDifference(*(float(np.quantile(apart, at)) for at in (0.5, 0.95, 1.0))),
        groups=groups,
        largest_group_harm=max(groups, key=lambda item: item.harm_high, default=None),
        limit_labels=parameters.limit_labels,
        limit_group=parameters.limit_group,
        labels_verdict=labels,
        group_verdict=of_groups,
        verdict=max((labels, of_groups), key=_WORST.index),
        notices=notices,
    )


def _held(low: float | None, high: float | None, limit: float) -> Verdict:
    if high is not None and high <= limit:
        return "met"
    return "not_met" if low is not None and low > limit else "cannot_judge"


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The rows of one group in one metric."""

    attribute: str
    group: str
    metric: str
    before: Floats
    """(rows,) 1 or 0 where the metric is a share, else the number; of the model, and of its copy."""
    after: Floats

    @property
    def lost(self) -> int:
        return int((self.before > self.after).sum())

    @property
    def gained(self) -> int:
        return int((self.after > self.before).sum())


def _groups(
    read: _Read, usable: Mask, schema: Schema, parameters: Derive
) -> tuple[tuple[GroupChange, ...], tuple[str, ...]]:
    places = [("", "", usable)]
    notices = []
    for name, levels, codes in read.groups:
        masks = [(level, usable & (codes == at)) for at, level in enumerate(levels)]
        places += [(name, level, mask) for level, mask in masks if mask.sum() >= parameters.min_rows]
        small = [level for level, mask in masks if 0 < mask.sum() < parameters.min_rows]
        if small:
            notices.append(f"By {name}, {', '.join(small)} were not judged: fewer than {parameters.min_rows} rows.")
    parts = [part for place in places for part in _parts(read, place, parameters.min_rows)]
    return _judged(parts, schema, parameters), tuple(notices)


def _parts(read: _Read, place: tuple[str, str, Mask], least: int) -> Iterator[_Part]:
    attribute, group, mask = place
    one, two = read.one, read.two
    known = mask & one.labelled & two.labelled
    if one.task == "binary":
        yield _Part(attribute, group, "selection_rate", one.y_pred[mask], two.y_pred[mask])
    if one.task == "regression" and known.sum() < least:
        yield _Part(attribute, group, "mean_answer", one.y_pred[mask], two.y_pred[mask])
    if known.sum() < least:
        return
    before, after, truth = one.y_pred[known], two.y_pred[known], one.y_true[known]
    if one.task == "regression":
        yield _Part(attribute, group, "mean_absolute_error", np.abs(before - truth), np.abs(after - truth))
    else:
        yield _Part(attribute, group, "accuracy", (before == truth).astype(float), (after == truth).astype(float))


def _judged(parts: list[_Part], schema: Schema, parameters: Derive) -> tuple[GroupChange, ...]:
    shares = [part for part in parts if part.metric in {"selection_rate", "accuracy"}]
    corrected = adjust([float(mcnemar(part.lost, part.gained)) for part in shares], "holm")
    p_values = dict(zip(map(id, shares), corrected.tolist(), strict=True))
    level = 1 - (1 - parameters.level) / max(1, len(parts))
    found = [_change(part, p_values.get(id(part)), level, schema, parameters.limit_group) for part in parts]
    whole, rest = (
        [item for item in found if not item.attribute],
        [item for item in found if item.attribute],
    )
    return (*whole, *sorted(rest, key=lambda item: (-item.harm_high, item.attribute, item.group, item.metric)))


def _change(part: _Part, p_value: float | None, level: float, schema: Schema, limit: float) -> GroupChange:
    n = len(part.before)
    if p_value is None:
        mean = mean_of(part.after - part.before)
        low, high = mean.interval(level) or (mean.value, mean.value)
    else:
        low, high = (float(end) for end in paired_change(part.lost, part.gained, n, level))
    before, after = float(part.before.mean()), float(part.after.mean())
    change = after - before
    down, up = _harmful(part.metric, schema)
    harms = [
        max(0.0, -value) if down and value < 0 else max(0.0, value) if up else 0.0 for value in (change, low, high)
    ]
    certain = max(0.0, low if up else 0.0, -high if down else 0.0)
    return GroupChange(
        attribute=part.attribute, group=part.group, metric=part.metric, rows=n, before=before, after=after, change=change, low=low,
        high=high, p_value=p_value, harm=harms[0], harm_high=max(harms[1:]),
        verdict=_held(certain, max(harms[1:]), limit),
    )  # fmt: skip


def _harmful(metric: str, schema: Schema) -> tuple[bool, bool]:
    """Return whether less of a metric is a harm, and whether more is."""
    if metric == "selection_rate":
        return schema.selected_is == "good", schema.selected_is == "bad"
    return {"accuracy": (True, False), "mean_absolute_error": (False, True)}.get(metric, (True, True))
