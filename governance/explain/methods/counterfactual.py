"""The method `explain.counterfactuals`: few, plausible changes after which the model decides otherwise, each one verified.

A search starts at a real row with the other outcome (as NICE does: Brughmans, Leyman and Martens 2024), takes all of its values in
columns that may change, and then gives values back to the person one by one, the least needed first, as long as the model still
decides otherwise; numbers are at last moved as far back as the decision allows. Every value therefore comes from real people or
lies between two of them; numbers are rounded to the digits that are shown before the model is asked a last time. Different sets of
changed columns are kept, so that the answers are diverse.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.evidence import Finding, NotAssessed, Progress, unknown_choice
from governance.explain.methods.local_view import SHOWN_DIGITS, identifier_of, one_of, row_at
from governance.explain.methods.nearest import Likeness
from governance.explain.methods.neighbours import differences
from governance.explain.results.report import Counterfactual, Counterfactuals
from governance.explain.results.summary import sample
from governance.explain.selection.decisions import Decisions, decisions_of, outcome_word
from governance.explain.spec import CounterfactualParameters
from governance.subject import Subject

if TYPE_CHECKING:
    from governance.subject import Predictor, Schema

_HALVINGS: Final = 12
_REAL_ROWS: Final = 5000
"""Real rows, spread over the data, that stand for all of them where nearness is measured."""
_USUAL_ROWS: Final = 100
"""Rows whose distance to their nearest real neighbour says what is usual."""
Flips = Callable[[pd.DataFrame], NDArray[np.bool_]]
"""Rows -> whether the model decides otherwise than for the person."""


@dataclass(frozen=True, slots=True)
class _Search:
    """What every search needs."""

    row: pd.DataFrame
    free: tuple[str, ...]
    """Columns that may change."""
    flips: Flips
    parameters: CounterfactualParameters
    codes: tuple[str, ...] = ()
    """Columns whose numbers are names: only values that real rows have are tried, nothing between them."""

    def moves(self, name: str) -> bool:
        """Return whether a column holds quantities, which can be moved a little."""
        return pd.api.types.is_float_dtype(self.row[name].dtype) and name not in self.codes

    def allowed(self, name: str, value: Any) -> bool:
        """Tell whether a column may take a value: numbers that may only grow or fall stay on their side."""
        own = self.row[name].iloc[0]
        if name in self.parameters.only_up:
            return bool(pd.notna(own) and pd.notna(value) and value >= own)
        if name in self.parameters.only_down:
            return bool(pd.notna(own) and pd.notna(value) and value <= own)
        return True


def run(
    subject: Subject,
    parameters: CounterfactualParameters,
    *,
    rng: np.random.Generator,  # noqa: ARG001 - every method has the same signature
    progress: Progress,
) -> Finding[Counterfactuals]:
    """Find what would have to be different about one row."""
    decisions = decisions_of(subject)
    if isinstance(decisions, NotAssessed) or subject.model is None:
        return Finding(
            decisions if isinstance(decisions, NotAssessed) else NotAssessed("There is no model."),
            one_of(subject.data.n_rows),
        )
    frame = _wide(subject.data.frame(subject.model.signature.columns))
    row = row_at(frame, parameters.row)
    immutable = fixed_columns(subject.data.schema, tuple(frame.columns), parameters)
    free = tuple(name for name in frame.columns if name not in immutable)
    search = _Search(
        row, free, _flipper(subject.model, decisions, parameters.row), parameters, subject.data.schema.code
    )
    others = np.flatnonzero(decisions.selected != decisions.selected[parameters.row])
    likeness = Likeness(frame, subject.data.schema.code)
    starts = others[likeness.closest(row, frame.iloc[others], parameters.starts)]
    found: dict[tuple[str, ...], Counterfactual] = {}
    real = Realness(likeness, frame.iloc[sample(len(frame), _REAL_ROWS)])
    within, refused = real.usual(), 0
    for at, start in enumerate(starts.tolist()):
        progress(at, len(starts), "searching from real rows")
        other = frame.iloc[start : start + 1].reset_index(drop=True)
        new = _from(search, other, start=start, real=real, model=subject.model, decisions=decisions)
        if new is not None and new.to_nearest > within:
            refused += 1
        else:
            _keep(found, new)
    ordered = sorted(found.values(), key=lambda item: (len(item.changes), item.distance))
    result = Counterfactuals(
        row=parameters.row,
        identifier=identifier_of(subject.data, parameters.row),
        prediction=float(decisions.score[parameters.row]),
        outcome=outcome_word(selected=bool(decisions.selected[parameters.row])),
        threshold=decisions.threshold,
        immutable=immutable,
        found=tuple(ordered[: parameters.count]),
        tried=len(starts),
        plausible_within=within,
        implausible=refused,
    )
    return Finding(result, one_of(len(frame)))


def fixed_columns(schema: Schema, columns: tuple[str, ...], parameters: CounterfactualParameters) -> tuple[str, ...]:
    """Return the columns that must not change: the named ones and, unless allowed, the sensitive ones.

    Raises:
        RefusedInputError: a named column is not one of the model's.
    """
    for name in (*parameters.immutable, *parameters.only_up, *parameters.only_down):
        if name not in columns:
            raise unknown_choice("column of the model", name, columns)
    sensitive = () if parameters.sensitive_too else schema.sensitive
    return tuple(name for name in columns if name in parameters.immutable or name in sensitive)


def _wide(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with room in every column: words as objects, whole numbers as decimals."""
    found = {}
    for name in frame.columns:
        column = frame[name]
        whole = pd.api.types.is_integer_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)
        numeric = pd.api.types.is_numeric_dtype(column.dtype)
        found[name] = column.astype(np.float64) if whole else column if numeric else column.astype(object)
    return pd.DataFrame(found)


def _flipper(model: Predictor, decisions: Decisions, row: int) -> Flips:
    selected = bool(decisions.selected[row])

    def flips(rows: pd.DataFrame) -> NDArray[np.bool_]:
        score = model.predict(rows).score[:, decisions.target]
        return np.asarray((score >= decisions.threshold) != selected)

    return flips


def _from(
    search: _Search, other: pd.DataFrame, start: int, real: Realness, model: Predictor, decisions: Decisions
) -> Counterfactual | None:
    """Return the counterfactual that a search from one real row finds, or None when the free columns do not suffice."""
    changed = [name for name in search.free if not _equal(search.row[name].iloc[0], other[name].iloc[0])]
    changed = [name for name in changed if search.allowed(name, other[name].iloc[0])]
    candidate = search.row.copy()
    candidate[changed] = other[changed]
    if not changed or not search.flips(candidate)[0]:
        return None
    candidate = _rounded(search, _closer(search, _sparser(search, candidate, changed)))
    if not search.flips(candidate)[0]:
        return None
    return Counterfactual(
        changes=differences(search.row, candidate),
        prediction=float(model.predict(candidate).score[0, decisions.target]),
        distance=float(real.likeness.distance(search.row, candidate)[0]),
        seed_row=start,
        to_nearest=real.nearest(candidate),
    )


@dataclass(frozen=True, slots=True)
class Realness:
    """How near a made-up row is to real ones."""

    likeness: Likeness
    frame: pd.DataFrame
    """Real rows."""

    def nearest(self, row: pd.DataFrame) -> float:
        """Return the distance of a row to the nearest real one."""
        return float(self.likeness.distance(row, self.frame).min())

    def usual(self) -> float:
        """Return the distance within which 95 of 100 real rows have another real one, from rows spread over them."""
        found = []
        for at in sample(len(self.frame), _USUAL_ROWS).tolist():
            distance = self.likeness.distance(self.frame.iloc[at : at + 1], self.frame)
            distance[at] = np.inf
            found.append(distance.min())
        return float(np.quantile(found, 0.95)) if len(found) > 1 else 1.0


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other) or bool(pd.isna(one) and pd.isna(other))


def _sparser(search: _Search, candidate: pd.DataFrame, changed: list[str]) -> pd.DataFrame:
    """Give values back one at a time while the decision stays turned."""
    left = list(changed)
    while len(left) > 1:
        tries = pd.concat([candidate] * len(left), ignore_index=True)
        for at, name in enumerate(left):
            tries.loc[at, name] = search.row[name].iloc[0]
        kept = np.flatnonzero(search.flips(tries))
        if not len(kept):
            break
        candidate = tries.iloc[kept[:1]].reset_index(drop=True)
        left.remove(left[int(kept[0])])
    return candidate


def _closer(search: _Search, candidate: pd.DataFrame) -> pd.DataFrame:
    """Move each changed number back towards the person's own as far as the decision allows, by halving."""
    for name in search.free:
        own, far = search.row[name].iloc[0], candidate[name].iloc[0]
        if not search.moves(name) or _equal(own, far) or pd.isna(own) or pd.isna(far):
            continue
        whole = float(own).is_integer() and float(far).is_integer()
        near = float(own)
        for _ in range(_HALVINGS):
            middle = (near + float(far)) / 2
            middle = float(np.round(middle)) if whole else middle
            if middle in {near, float(far)}:
                break
            trial = candidate.copy()
            trial[name] = middle
            if search.flips(trial)[0]:
                candidate, far = trial, middle
            else:
                near = middle
    return candidate


def _rounded(search: _Search, candidate: pd.DataFrame) -> pd.DataFrame:
    """Write each changed number with as many digits as are shown, away from the person's own, before it is verified.

    The search ends at the edge where the decision turns, so that rounding back would step over it.
    """
    rounded = candidate.copy()
    for name in search.free:
        own, new = search.row[name].iloc[0], candidate[name].iloc[0]
        if search.moves(name) and not _equal(own, new) and np.isfinite(new):
            rounded[name] = away_from(float(own) if np.isfinite(own) else 0.0, float(new))
    return rounded


def away_from(own: float, new: float, digits: int = SHOWN_DIGITS) -> float:
    """Return the number of so many digits that is nearest to `new` on its side away from `own`."""
    near = float(f"{new:.{digits}g}")
    if near == new or (near > new) == (new > own):
        return near
    step = 10.0 ** (np.floor(np.log10(abs(new))) - digits + 1)
    return float(f"{near + (step if new > own else -step):.{digits}g}")


def _keep(found: dict[tuple[str, ...], Counterfactual], new: Counterfactual | None) -> None:
    """Keep the nearest counterfactual for each set of changed columns."""
    if new is None:
        return
    key = tuple(sorted(item.feature for item in new.changes))
    if key not in found or new.distance < found[key].distance:
        found[key] = new
