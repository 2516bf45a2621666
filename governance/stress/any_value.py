"""The method `stress.any_value`: for whom can some value of one column change the decision, whatever the value, and for whom can none?

For trees the answer is exact: a column's score is a step function with one step between two thresholds, so one value from each step and
a missing one stand for all numbers that a float can hold. For texts every category of the data, one never seen and a missing one are
asked, by every engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Finding, NotAssessed, Progress, RefusedInputError, Rows, unknown_choice
from governance.stress.engines.engine import Answers
from governance.stress.report import AnyValue, AnyValueReport, GroupSafety, NotAssessedColumn
from governance.stress.scene import Scene, open_scene
from governance.stress.spec import StressAnyValue
from governance.stress.strike import Change

if TYPE_CHECKING:
    from governance.subject import Subject

UNSEEN: Final = "Not elsewhere classified"
"""A category that stands for every one that the model never saw."""
NO_END: Final = (
    "The model adds up weighted columns: a number of any size has an effect of any size, so some value turns every decision, unless its "
    "weight is 0."
)
NO_STEPS: Final = (
    "The model is not made of trees alone: between the values that are asked others could answer otherwise."
)


class _Steps(Protocol):
    """An engine that knows at which numbers the answer can change."""

    def reach(self, column: str) -> tuple[Answers, Answers] | None:
        """Return the answers at the values that move the scores most, down and up; None where one walk cannot tell."""

    def steps(self, column: str) -> NDArray[np.float64] | None:
        """Return one number from each step of a column, None where they cannot be told."""


@dataclass(slots=True)
class _Seen:
    """What was seen of one column while the blocks of rows pass by."""

    columns: tuple[str, ...]
    values: tuple[NDArray[np.generic], ...]
    """Per column, the values that stand for all."""
    flips: list[NDArray[np.bool_]] = field(default_factory=list)
    breaks: list[NDArray[np.bool_]] = field(default_factory=list)
    refused: str = ""


def any_value(
    subject: Subject,
    parameters: StressAnyValue,
    *,
    rng: np.random.Generator,  # noqa: ARG001 - nothing is drawn
    progress: Progress,
) -> Finding[AnyValueReport]:
    """Look at every value of every column, and of the pairs that are named.

    Raises:
        RefusedInputError: an unknown column, or a model that predicts numbers.
    """
    scene = open_scene(subject, parameters.engine, parameters.block_rows)
    if scene.task == "regression":
        raise RefusedInputError(
            "A predicted number has no decision that a value could change.", "Look at what can go wrong instead."
        )
    wanted = [(name,) for name in parameters.columns or scene.features] + [tuple(pair) for pair in parameters.pairs]
    for name in (name for names in wanted for name in names):
        if name not in scene.features:
            raise unknown_choice("column of the model", name, scene.features)
    seen, left = _wanted(scene, wanted)
    _look(scene, seen, progress)
    left += [NotAssessedColumn(item.columns, NotAssessed(item.refused)) for item in seen if item.refused]
    report = AnyValueReport(
        columns=tuple(_counted(scene, item) for item in seen if not item.refused),
        not_assessed=tuple(left),
        rows=scene.rows,
        labelled=scene.labelled,
        certificate=scene.certificate(),
    )
    return Finding(report, Rows(scene.rows, scene.rows))


def _wanted(scene: Scene, wanted: Sequence[tuple[str, ...]]) -> tuple[list[_Seen], list[NotAssessedColumn]]:
    """Return the columns whose values can be told, and those whose values cannot; the engine has to be open for it."""
    next(iter(scene.blocks()))
    scene.agreement.rows, scene.agreement.decisions = 0, 0
    seen, left = [], []
    for names in wanted:
        values = [_values(scene, name) for name in names]
        bad = next((item for item in values if isinstance(item, NotAssessed)), None)
        if bad is not None:
            left.append(NotAssessedColumn(names, bad))
        else:
            seen.append(_Seen(names, tuple(cast("list[NDArray[np.generic]]", values))))
    return seen, left


def _values(scene: Scene, name: str) -> NDArray[np.generic] | NotAssessed:
    sort = scene.columns.sort(name)
    if sort == "text":
        return np.array([*scene.columns.words(name).words, UNSEEN, None], dtype=object)
    if sort == "other":
        return NotAssessed("It holds neither numbers nor text.")
    if scene.engine.name == "linear_rescore":
        return NotAssessed(NO_END)
    if not hasattr(scene.engine, "steps"):
        return NotAssessed(NO_STEPS)
    found = cast("_Steps", scene.engine).steps(name)
    return NotAssessed("The file changes the numbers before the trees ask them.") if found is None else found


def _look(scene: Scene, seen: Sequence[_Seen], progress: Progress) -> None:
    for start, stop, _ in scene.blocks():
        for done, item in enumerate(seen):
            progress(start * len(seen) + done * (stop - start), scene.rows * len(seen), "looking at every value")
            if not item.refused:
                _look_at(scene, item, start, stop)


def _look_at(scene: Scene, item: _Seen, start: int, stop: int) -> None:
    """Ask for every combination of values about all rows of a block."""
    rows = np.arange(stop - start)
    reached = cast("_Steps", scene.engine).reach(item.columns[0]) if _reaches(scene, item) else None
    scene.engine.settle()
    old, truth = scene.clean.decided[start:stop], scene.clean.truth[start:stop]
    flips, breaks = np.zeros(len(rows), bool), np.zeros(len(rows), bool)
    for new in _each(scene, item, rows) if reached is None else (end.decided for end in reached):
        flips |= new != old
        breaks |= (new != truth) & (old == truth)
    item.flips.append(flips)
    item.breaks.append(breaks)


def _reaches(scene: Scene, item: _Seen) -> bool:
    """Return whether one walk tells the reach of a column: one column of numbers, and an engine that has trees."""
    return len(item.columns) == 1 and hasattr(scene.engine, "reach") and scene.columns.sort(item.columns[0]) == "number"


def _each(scene: Scene, item: _Seen, rows: NDArray[np.int64]) -> Iterator[NDArray[np.int16]]:
    """Yield the decisions about all rows of a block for every combination of values; one that intake stops changes none."""
    for places in np.ndindex(*(len(values) for values in item.values)):
        changes = [
            Change(name, values[place : place + 1], np.zeros(len(rows), np.int64))
            for name, values, place in zip(item.columns, item.values, places, strict=True)
        ]
        try:
            found = scene.engine.ask(rows, changes).decided
        except RefusedInputError:
            continue
        scene.engine.settle()
        yield found


def _counted(scene: Scene, item: _Seen) -> AnyValue:
    flips, breaks = np.concatenate(item.flips), np.concatenate(item.breaks)
    groups = []
    for grouping in scene.clean.groupings:
        for at, name in enumerate(grouping.names):
            own = grouping.codes == at
            if own.any():
                groups.append(
                    GroupSafety(
                        attribute=grouping.attribute,
                        group=name,
                        rows=int(own.sum()),
                        can_flip=int(flips[own].sum()),
                        can_break=int(breaks[own].sum()) if scene.labelled else None,
                        cannot_flip=int((~flips[own]).sum()),
                    )
                )
    return AnyValue(
        columns=item.columns,
        can_flip=int(flips.sum()),
        can_break=int(breaks.sum()) if scene.labelled else None,
        cannot_flip=int((~flips).sum()),
        tried=int(np.prod([len(values) for values in item.values])),
        groups=tuple(groups),
    )
