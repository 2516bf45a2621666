"""What the model would say about every row if a column broke so: asked once for each template, then everything else is counting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import NotAssessed, Progress, RefusedInputError
from governance.stress.columns import Columns
from governance.stress.corruption import Corruption
from governance.stress.engines.engine import Answers
from governance.stress.kinds import kind_list
from governance.stress.report import NotRun
from governance.stress.strike import Change, Strike, strike

if TYPE_CHECKING:
    from governance.stress.scene import Scene
    from governance.stress.spec import StressWorst

_NO_SCORES: Final = np.zeros(0)
"""Of classes the decision says everything; the scores of every template would take most of the memory."""


@dataclass(frozen=True, slots=True)
class Template:
    """One error at every row that is searched."""

    corruption: Corruption
    """With a share of 1 and no condition."""
    decided: NDArray[np.int16]
    """(m,) what is decided about each searched row if it breaks."""
    score: NDArray[np.float64]
    """(m,) what is predicted then, for a model that predicts numbers; (0,) elsewhere."""
    plausible: NDArray[np.bool_]
    """(m,) whether the new value differs from the old one and a contract made from the reference would accept it."""


def searched_errors(columns: Columns, used: tuple[str, ...], parameters: StressWorst) -> tuple[Corruption, ...]:
    """Return the errors that the search tries: those whose new value follows from the old one."""
    kinds = [kind for kind in kind_list.KINDS if not parameters.kinds or kind.id in parameters.kinds]
    names = [name for name in used if not parameters.columns or name in parameters.columns]
    found = []
    for name in names:
        sort = columns.sort(name)
        for kind in kinds:
            plain = not kind.drawn and kind.of_places is None and sort in kind.applies_to
            if plain and kind.suits(columns.facts(name)):
                found += [Corruption(kind.id, (name,), share=1.0, setting=setting) for setting in kind.settings]
    numbers = [name for name in names if columns.sort(name) == "number"]
    for kind in kinds:
        if kind.exchanges:
            found += [Corruption(kind.id, pair, share=1.0) for pair in combinations(numbers, 2)]
    return tuple(found)


def ask_all(
    scene: Scene, errors: Sequence[Corruption], rows: NDArray[np.int64], known: Columns, progress: Progress
) -> tuple[list[Template], list[NotRun]]:
    """Return the answers about every searched row under every error, and what was not run.

    Args:
        scene: the rows.
        errors: what breaks.
        rows: rows that are searched, rising.
        known: columns of the reference, by which a new value is plausible or not.
        progress: told of every error of every block.
    """
    strikes, refused = _strikes(scene, errors)
    answers: dict[int, list[Answers]] = {at: [] for at in strikes}
    for start, stop, _ in scene.blocks():
        own = rows[np.searchsorted(rows, start) : np.searchsorted(rows, stop)]
        words_of = [item for item in strikes.values() if item.kind.of_words]
        scene.engine.learn([change for item in words_of for change in item.changes(own[:1])])
        for done, (at, item) in enumerate(strikes.items()):
            progress(start * len(strikes) + done * (stop - start), scene.rows * len(strikes), "breaking every column")
            if at in refused:
                continue
            try:
                told = scene.engine.ask(own - start, item.changes(own))
                answers[at].append(told if scene.task == "regression" else replace(told, score=_NO_SCORES))
            except RefusedInputError as error:
                refused[at] = f"Intake stops it: {error.what}"
        scene.engine.settle()
    ranges = {name: _Accepted(known, name) for name in scene.features}
    made = [
        Template(
            corruption=errors[at],
            decided=np.concatenate([part.decided for part in answers[at]]),
            score=np.concatenate([part.score for part in answers[at]]),
            plausible=_plausible(item, rows, ranges),
        )
        for at, item in strikes.items()
        if at not in refused
    ]
    return made, [NotRun(errors[at], errors[at].says(), reason) for at, reason in sorted(refused.items())]


def _strikes(scene: Scene, errors: Sequence[Corruption]) -> tuple[dict[int, Strike], dict[int, str]]:
    """Return by its place each error met with the data, and why the others cannot be tried."""
    strikes: dict[int, Strike] = {}
    refused: dict[int, str] = {}
    for at, error in enumerate(errors):
        found = strike(error, scene.columns, 0, minimum=1, used=scene.features)
        if isinstance(found, NotAssessed):
            refused[at] = found.reason
        else:
            strikes[at] = found
    return strikes, refused


class _Accepted:
    """The values of a column that a contract made from the reference accepts."""

    def __init__(self, known: Columns, name: str) -> None:
        self.sort = known.sort(name)
        if self.sort == "number":
            values = known.numbers(name)
            self.gaps = bool(np.isnan(values).any())
            values = values[np.isfinite(values)]
            self.low, self.high = (float(values.min()), float(values.max())) if len(values) else (0.0, -1.0)
            self.whole = bool((values == np.floor(values)).all())
        elif self.sort == "text":
            column = known.words(name)
            self.words = frozenset(column.words)

    def has(self, change: Change) -> NDArray[np.bool_]:
        """Return (different values,) which new values are accepted; a missing one never is."""
        new = change.new
        if (self.sort == "text") != (new.dtype == object):
            return np.zeros(len(new), bool)  # the reference holds another sort of values, or none at all
        if self.sort == "number":
            inside = np.isfinite(new) & (new >= self.low) & (new <= self.high)
            return np.asarray(inside & ((new == np.floor(new)) | (not self.whole)))
        if self.sort == "text":
            return np.array([word in self.words for word in new], dtype=bool)
        return np.zeros(len(new), bool)


def _plausible(item: Strike, rows: NDArray[np.int64], accepted: dict[str, _Accepted]) -> NDArray[np.bool_]:
    good, differs = np.ones(len(rows), bool), np.zeros(len(rows), bool)
    for change in item.changes(rows):
        good &= accepted[change.column].has(change)[change.which]
        differs |= _differs(item.columns, change, rows)
    return good & differs


def _differs(columns: Columns, change: Change, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    if columns.sort(change.column) == "number":
        return np.asarray(change.each() != columns.numbers(change.column)[rows])
    column = columns.words(change.column)
    place = {word: at for at, word in enumerate(column.words)}
    new = np.array([len(column.words) if word is None else place.get(word, -2) for word in change.new])
    return np.asarray(new[change.which] != column.codes[rows])
