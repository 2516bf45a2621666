"""The method `fairness.patch`: corrections as model files, and what each would have meant for people whom it was not fitted on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Finding, NotAssessed, Progress, RefusedInputError, Rows, sha256
from governance.fairness.intake import Chunk, read_attributes
from governance.fairness.norms.effects import effects, moved_people
from governance.fairness.norms.norm import NormSet
from governance.fairness.norms.patch_report import TITLES, Correction, PatchCandidate, PatchParameters, PatchReport
from governance.fairness.norms.tally import of_chunk
from governance.statistics import Attribute
from governance.subject import Outcome, Schema, Subject, declared, positive_index
from governance.subject.outcome import outcome

if TYPE_CHECKING:
    import pandas as pd

ENOUGH: Final = 0.999
"""Share of rows on which a file must decide as its formula does; fewer and it is not offered."""
INSIDE: Final = 1e-7
"""Scores are kept this far from 0 and 1 before their log-odds are taken."""


def patch(
    subject: Subject,
    parameters: PatchParameters,
    *,
    rng: np.random.Generator,  # noqa: ARG001 - nothing is drawn
    progress: Progress,
) -> Finding[PatchReport]:
    """Return the corrections as files that continue the model in force, the one that changes fewest decisions first.

    Raises:
        RefusedInputError: no norm or correction is named, the scores are none between 0 and 1, or the file cannot be continued.
    """
    norms, schema = parameters.norms, declared(subject)
    if norms is None or not parameters.corrections:
        return Finding(NotAssessed("No norm and no correction is named."), Rows(0, 0))
    repaired = norms.norm(parameters.norm)
    frame = subject.data.frame()
    people = outcome(frame, schema, subject.predictions)
    _check(people)
    attributes = tuple(item for item in read_attributes(subject) if item.name in schema.sensitive and not item.edges)
    chunk = Chunk(people, [item.code(frame[item.name]) for item in attributes], frame)
    before = _Seen(chunk, attributes, people.score, schema.threshold)
    found = []
    for place, correction in enumerate(parameters.corrections):
        progress(place, len(parameters.corrections), "writing corrected models")
        score, data = _made(subject, chunk, attributes, schema, correction=correction)
        after = _Seen(chunk, attributes, score, schema.threshold)
        found.append((data, _candidate(correction, norms, before, after, data=data)))
    ordered = sorted(found, key=lambda item: item[1].changed)
    report = PatchReport(
        norm=repaired.id,
        rows=len(frame),
        threshold=schema.threshold,
        candidates=tuple(item for _, item in ordered),
        notices=tuple(_notices(schema, norms.group_at_use, [item for _, item in ordered])),
    )
    return Finding(report, Rows(len(frame), len(frame)), {"candidates": _files([data for data, _ in ordered])})


class _Seen:
    """The people of the held-out window under some scores."""

    def __init__(
        self, chunk: Chunk, attributes: tuple[Attribute, ...], score: NDArray[np.float64] | None, threshold: float
    ) -> None:
        assert score is not None
        self.chunk, self.attributes, self.score, self.threshold = chunk, attributes, score, threshold
        self.chosen = np.asarray(score >= threshold)
        """(n,) whom they select."""
        people = replace(chunk.outcome, score=score, y_pred=self.chosen.astype(np.float64))
        self.tally = of_chunk(Chunk(people, chunk.codes, chunk.frame), [True] * len(attributes), attributes)

    @property
    def accuracy(self) -> float | None:
        """Share decided as the label says, None without labels."""
        label = self.chunk.outcome.y_true
        known = ~np.isnan(label)
        return float((self.chosen[known] == (label[known] > 0)).mean()) if known.any() else None


def _candidate(correction: Correction, norms: NormSet, before: _Seen, after: _Seen, *, data: bytes) -> PatchCandidate:
    """Return what a correction would have meant, and whether its file says so."""
    changed = np.asarray(before.chosen != after.chosen)
    gains, losses = moved_people(before.chunk, before.attributes, before.chosen, after.chosen)
    file = _answers(data, before.chunk.frame)
    return PatchCandidate(
        kind=correction.kind,
        title=TITLES[correction.kind],
        correction=correction,
        digest=sha256(data),
        changed=float(changed.mean()),
        people=int(changed.sum()),
        gains=gains,
        losses=losses,
        accuracy_before=before.accuracy,
        accuracy_after=after.accuracy,
        norms=effects(norms, before.tally, after.tally),
        needs_group=correction.needs_group,
        allowed=norms.group_at_use == "allowed" or not correction.needs_group,
        within_budget=float(changed.mean()) <= float(norms.most_changed),
        largest_difference=float(np.abs(file - after.score).max()),
        verified=float(((file >= before.threshold) == after.chosen).mean()) >= ENOUGH,
    )


def _check(people: Outcome) -> None:
    """Refuse people whose scores cannot be moved on the scale of log-odds."""
    if people.task != "binary" or people.score is None or not len(people.score):
        raise RefusedInputError("A correction moves scores of yes-or-no decisions, and there are none.", "Train anew.")
    strange = ~((people.score >= 0) & (people.score <= 1))
    if strange.any():
        raise RefusedInputError(
            f"{int(strange.sum()):,} rows have no score between 0 and 1, the first in row {int(strange.argmax()) + 1}.",
            "A correction moves the log-odds of scores: register a model that answers probabilities.",
        )


def corrected(score: NDArray[np.float64], correction: Correction, offset: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n,) scores after a correction; who is not moved keeps the very same score."""
    inside = np.clip(score, INSIDE, 1 - INSIDE)
    odds = correction.slope * (np.log(inside) - np.log1p(-inside)) + correction.intercept + offset
    still = (correction.slope == 1) & (correction.intercept + offset == 0)
    return np.where(still, score, 1 / (1 + np.exp(-odds)))


def _made(
    subject: Subject, chunk: Chunk, attributes: tuple[Attribute, ...], schema: Schema, *, correction: Correction
) -> tuple[NDArray[np.float64], bytes]:
    """Return the scores that a correction means, from its formula, and the file that should answer so."""
    assert chunk.outcome.score is not None
    asked = [(place, item) for place, item in enumerate(attributes) if item.name in correction.attributes]
    if len(asked) != len(correction.attributes):
        known = ", ".join(item.name for item in attributes) or "none"
        raise RefusedInputError(
            f"The window lacks {', '.join(correction.attributes)}; it has {known}.", "Choose another."
        )
    asked.sort(key=lambda pair: correction.attributes.index(pair[1].name))
    grown = [_with_groups(item, correction, at) for at, (_, item) in enumerate(asked)]
    table = _table(grown, correction)
    offset = np.zeros(len(chunk.frame))
    if asked:
        offset = table[tuple(item.code(chunk.frame[item.name]).astype(np.intp) for item in grown)]
    score = corrected(chunk.outcome.score, correction, offset)
    return score, _file(subject, schema, correction, grown, table=table)


def _with_groups(item: Attribute, correction: Correction, at: int) -> Attribute:
    """Return the attribute with the groups of the correction, which need not occur in this window."""
    named = {group.group[at] for group in correction.offsets}
    return replace(item, values=tuple(dict.fromkeys((*item.names[:-1], *sorted(named - {item.unknown})))))


def _table(attributes: list[Attribute], correction: Correction) -> NDArray[np.float64]:
    """Return the offset of each combination of codes; one code more of each attribute, for values not seen, has none."""
    table = np.zeros(tuple(len(item.names) + 1 for item in attributes))
    for group in correction.offsets:
        place = tuple(item.names.index(value) for item, value in zip(attributes, group.group, strict=True))
        table[place] = group.offset
    return table


def _file(
    subject: Subject, schema: Schema, correction: Correction, attributes: list[Attribute], *, table: NDArray[np.float64]
) -> bytes:
    """Return the model in force, continued by the correction.

    Raises:
        RefusedInputError: the file is too old to be continued.
    """
    assert subject.model is not None
    positive = positive_index(schema, subject.model.signature.classes)
    data = bytes(getattr(subject.model, "file", b""))
    return continued_by(data, correction, positive=positive, attributes=attributes, table=table)


def continued_by(
    data: bytes,
    correction: Correction,
    *,
    positive: int,
    attributes: Sequence[Attribute] = (),
    table: NDArray[np.float64] | None = None,
) -> bytes:
    """Return a model file whose scores are moved by a correction.

    Args:
        data: the ONNX file that is continued.
        correction: slope and intercept on the log-odds, and whether the group is asked.
        positive: place of the positive class among its scores.
        attributes: columns whose groups are asked.
        table: offset of each combination of their codes; None when nobody is asked.

    Raises:
        RefusedInputError: the file is too old to be continued.
    """
    from governance.fairness.continued import parent_of, score_of

    graph, signature, scores = parent_of(data)
    score = score_of(graph, signature, scores, positive)
    one = graph.number(1.0)
    inside = graph.node("Min", [graph.node("Max", [score, graph.number(INSIDE)]), graph.number(1 - INSIDE)])
    odds = graph.node("Sub", [graph.node("Log", [inside]), graph.node("Log", [graph.node("Sub", [one, inside])])])
    moved = graph.node("Mul", [odds, graph.number(correction.slope)])
    if table is None or not attributes:
        return graph.finish(graph.node("Sigmoid", [graph.node("Add", [moved, graph.number(correction.intercept)])]))
    code = graph.constant(np.zeros(1, dtype=np.int64))
    for item, size in zip(attributes, table.shape, strict=True):
        width = graph.constant(np.array([size], dtype=np.int64))
        code = graph.node("Add", [graph.node("Mul", [code, width]), graph.codes(item, signature.inputs)])
    shift = graph.node("Gather", [graph.constant(table.ravel() + correction.intercept), code])
    new = graph.node("Sigmoid", [graph.node("Add", [moved, shift])])
    if correction.slope != 1:
        return graph.finish(new)
    still = graph.node("Not", [graph.node("Greater", [graph.node("Abs", [shift]), graph.number(0.0)])])
    return graph.finish(graph.node("Where", [still, score, new]))


def _answers(data: bytes, frame: pd.DataFrame) -> NDArray[np.float64]:
    from governance.models import OnnxPredictor, signature_of

    return np.asarray(OnnxPredictor(data, signature_of(data)).predict(frame).score[:, 1], dtype=np.float64)


def _files(found: list[bytes]) -> object:
    import pyarrow as pa

    return pa.table({"digest": [sha256(item) for item in found], "onnx": pa.array(found, pa.binary())})


def _notices(schema: Schema, group_at_use: str, found: list[PatchCandidate]) -> Iterator[str]:
    """Yield what somebody should know before one of the candidates is put to the board."""
    if any(item.needs_group for item in found):
        yield (
            "A candidate that asks who somebody is treats people of other groups differently at use, which may be unlawful; a group "
            "that it does not know keeps its scores."
        )
    if group_at_use == "forbidden" and any(item.needs_group for item in found):
        yield "The norms forbid to ask the group at use: those candidates are shown for their price and cannot be registered."
    if any(item.kind == "blind" and item.losses for item in found):
        yield "A gap also shrinks when everybody is selected less: look at who loses."
    if not schema.target:
        yield "Without labels nobody can say what a candidate does to accuracy or calibration."
