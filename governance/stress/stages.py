"""The method `stress.stages`: at which step of its pipeline does a batch first leave what earlier rows suggest?

Every step of the file gets its expectations from the reference. What leaves at the input and comes back at a later step is hidden by the
file (an imputer fills it, an encoder drops it): the report names the last stage that still shows it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Finding, NotAssessed, Progress, RefusedInputError, Rows
from governance.stress.spec import StressStages
from governance.stress.stage_expectations import MOST_COLUMNS, Breach, Numbers, Texts, chance
from governance.stress.stage_report import SkippedStage, StageCheck, StageResult, StagesReport

if TYPE_CHECKING:
    from governance.models import GraphPredictor, Stage, Stages
    from governance.subject import Dataset, Subject

FEWEST: Final = 30
"""Reference rows from which a range says anything."""
LEVEL: Final = 0.01
"""Chance that a batch in which nothing changed fails anything, all expectations of all stages together (Bonferroni)."""


@dataclass(slots=True)
class _Learnt:
    """What the reference suggests about one stage."""

    parts: list[Numbers | Texts]
    """One for each tensor of the stage."""
    reason: str = ""
    """Why nothing can be said about it."""


@dataclass(slots=True)
class _Seen:
    """What a batch holds for one expectation, chunk by chunk."""

    breach: Breach
    rows: int = 0
    first_row: int = -1
    value: str = ""

    def add(self, breach: Breach, start: int) -> None:
        """Take the next rows."""
        self.rows += int(breach.broken.sum())
        if self.first_row < 0 and breach.broken.any():
            at = int(np.argmax(breach.broken))
            self.first_row = start + at
            self.value = str(breach.values[at])[:80]


def stages(
    subject: Subject,
    parameters: StressStages,
    *,
    rng: np.random.Generator,  # noqa: ARG001 - nothing is drawn
    progress: Progress,
) -> Finding[StagesReport]:
    """Hold every stage of the model's file against its reference.

    Raises:
        RefusedInputError: the model's file cannot be read, or its intake refuses the reference.
    """
    from governance.models import Stages

    if subject.model is None or subject.reference is None:
        raise RefusedInputError("A batch is held against earlier rows, and there are none.", "Choose a reference.")
    if not hasattr(subject.model, "file"):
        raise RefusedInputError("The model's file cannot be read.", "Give an ONNX file.")
    rows, known = subject.data.n_rows, subject.reference.n_rows
    if known < FEWEST or not rows:
        reason = f"The reference has {known} rows, fewer than {FEWEST}." if rows else "The batch has no rows."
        return Finding(NotAssessed(reason), Rows(rows, rows))
    model = Stages(cast("GraphPredictor", subject.model))
    learnt = _learn(model, subject.reference, parameters.block_rows, progress)
    try:
        seen = _hold(model, subject.data, learnt, parameters.block_rows, progress)
    except RefusedInputError as refused:
        return Finding(NotAssessed(f"Intake stops the batch before the first stage: {refused.what}"), Rows(rows, rows))
    return Finding(_report(model, learnt, seen, (rows, known)), Rows(rows, rows))


def _learn(model: Stages, reference: Dataset, block: int, progress: Progress) -> list[_Learnt]:
    found = [_Learnt([]) for _ in model.listed]
    done = 0
    for frame in reference.chunks(model.columns, rows=block):
        progress(done, reference.n_rows, "reading the reference, stage by stage")
        for item, tensors in zip(found, model.values(frame), strict=True):
            _take(item, tensors, len(frame))
        done += len(frame)
    return found


def _take(item: _Learnt, tensors: list[NDArray[np.generic]], rows: int) -> None:
    """Let a stage learn from its tensors."""
    if item.reason:
        return
    if any(tensor.ndim != 2 or len(tensor) != rows for tensor in tensors):
        item.reason = "It does not hold one line for each row."
    elif sum(tensor.shape[1] for tensor in tensors) > MOST_COLUMNS:
        item.reason = f"It has more than {MOST_COLUMNS:,} columns."
    if item.reason:
        return
    if not item.parts:
        item.parts = [Texts() if _holds_text(tensor) else Numbers() for tensor in tensors]
    for part, tensor in zip(item.parts, tensors, strict=True):
        part.learn(tensor)


def _holds_text(tensor: NDArray[np.generic]) -> bool:
    return tensor.dtype == object or tensor.dtype.kind in "US"


def _hold(model: Stages, data: Dataset, learnt: list[_Learnt], block: int, progress: Progress) -> list[list[_Seen]]:
    """Return for each stage what the batch holds for each of its expectations."""
    found: list[list[_Seen]] = [[] for _ in learnt]
    start = 0
    for frame in data.chunks(model.columns, rows=block):
        progress(start, data.n_rows, "holding the batch, stage by stage")
        for own, item, tensors in zip(found, learnt, model.values(frame), strict=True):
            breaches = [] if item.reason else list(_breaches(item, tensors))
            if not own:
                own += [_Seen(breach) for breach in breaches]
            for seen, breach in zip(own, breaches, strict=True):
                seen.add(breach, start)
        start += len(frame)
    return found


def _breaches(item: _Learnt, tensors: list[NDArray[np.generic]]) -> list[Breach]:
    """Return every expectation of a stage, columns numbered through all its tensors."""
    found, first = [], 0
    for part, tensor in zip(item.parts, tensors, strict=True):
        own = part.held(tensor)
        found += [replace(breach, column=breach.column + first if breach.column >= 0 else -1) for breach in own]
        first += tensor.shape[1]
    return found


def _report(model: Stages, learnt: list[_Learnt], seen: list[list[_Seen]], rows: tuple[int, int]) -> StagesReport:
    every = [item for own in seen for item in own]
    expected, p = chance([item.breach.alone for item in every], rows[0], rows[1], [item.rows for item in every])
    told = {id(item): pair for item, pair in zip(every, zip(expected, p, strict=True), strict=True)}
    level = LEVEL / max(1, len(every))
    made: list[StageResult] = []
    skipped: list[SkippedStage] = []
    for stage, item, own in zip(model.listed, learnt, seen, strict=True):
        if item.reason:
            skipped.append(SkippedStage(stage.tensor, stage.operator, item.reason))
            continue
        labels = model.labels(stage, _width(item))
        checks = [_check(one, labels, told[id(one)], level) for one in own]
        made.append(_result(stage, len(made), len(labels), checks))
    if model.left_out:
        skipped.append(SkippedStage("", "", f"{model.left_out} more stages in the middle were not looked at."))
    left = [item.stage for item in made if item.failed]
    return StagesReport(
        stages=tuple(made),
        skipped=tuple(skipped),
        first=min(left, default=-1),
        last=max(left, default=-1),
        rows=rows[0],
        reference_rows=rows[1],
        expectations=len(every),
    )


def _width(item: _Learnt) -> int:
    return sum(len(part.counts) if isinstance(part, Texts) else len(part.low) for part in item.parts)


def _check(item: _Seen, labels: tuple[str, ...], told: tuple[float, float], level: float) -> StageCheck:
    return StageCheck(
        check=item.breach.check,
        column=labels[item.breach.column] if item.breach.column >= 0 else "",
        expected=item.breach.expected,
        rows=item.rows,
        by_chance=told[0],
        p_value=told[1],
        first_row=item.first_row,
        value=item.value,
        failed=told[1] <= level,
    )


def _result(stage: Stage, place: int, width: int, checks: list[StageCheck]) -> StageResult:
    failed = sorted((item for item in checks if item.failed), key=lambda item: (item.p_value, item.column))
    return StageResult(
        stage=place,
        operator=stage.operator,
        tensor=stage.tensor,
        columns=stage.columns,
        width=width,
        expectations=len(checks),
        failed=tuple(failed),
        broken=tuple(item for item in checks if item.rows and not item.failed),
        first_row=min((item.first_row for item in failed), default=-1),
    )
