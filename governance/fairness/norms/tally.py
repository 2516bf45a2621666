"""The tally of a window: counts of people by group, label, decision and score, from which every norm is answered without the rows.

It is the method `fairness.tally`. Its result holds the counts themselves, so that whoever has the record can audit it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Dropped, Finding, JsonValue, NotAssessed, Progress, Rows, canonical
from governance.fairness.intake import Chunk, chunks, read_attributes
from governance.statistics import Attribute, coded
from governance.subject import Schema, Subject, declared

BINS: Final = 64
"""Bins of scores; equal steps of log-odds from -5 to 5 and one beyond each end."""
NO_SCORE: Final = -1
"""Bin of rows without a score between 0 and 1."""
_EDGES: Final = np.linspace(-5.0, 5.0, BINS - 1)
_DIGITS: Final = 9
"""Digits of a sum of scores that are kept: what the order of the rows changes lies beyond them."""


@dataclass(frozen=True, slots=True)
class TallyParameters:
    """Nothing can be chosen: one window has one tally, whatever norm is asked about later."""

    bins: Literal[64] = 64
    """Bins of scores."""


@dataclass(frozen=True, slots=True)
class WindowTally:
    """People of a window counted by cell of (group, label, decision, bin of scores); columns of one table."""

    attributes: tuple[str, ...]
    """Sensitive columns, in order."""
    unknown: tuple[str, ...]
    """What a missing value of each attribute is called."""
    groups: tuple[tuple[str, ...], ...]
    """One value of each attribute; only groups that occur, sorted."""
    group: tuple[int, ...]
    """Place in `groups`."""
    label: tuple[int, ...]
    """0, 1, or 2 for a missing label."""
    decision: tuple[int, ...]
    """0, 1, or 2 for a missing decision."""
    bin: tuple[int, ...]
    """0 to 63, or -1 without a score between 0 and 1."""
    rows: tuple[int, ...]
    """People in the cell, at least 1."""
    score: tuple[float, ...]
    """Sum of their scores; 0 in bin -1."""
    left_out: tuple[str, ...] = ()
    """Sensitive columns whose groups would not be the same in the next window: numbers in bands."""
    repeated: int = 0
    """Rows whose identifier an earlier row of the window has: the audit takes people to be independent."""
    weighted: bool = False
    """Whether the data name weights, which are not used: an e-value counts people."""
    people: str = ""
    """SHA-256 over the counts without the labels: the same people registered again, with labels that came later, have the same."""

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.rows)

    def __add__(self, other: WindowTally) -> WindowTally:
        """Return the tally of both sets of people; the attributes must be the same."""
        if self.attributes != other.attributes:
            raise ValueError("tallies of other attributes cannot be added")
        groups = tuple(sorted({*self.groups, *other.groups}))
        place = {name: index for index, name in enumerate(groups)}
        table = np.concatenate([_columns(part, [place[name] for name in part.groups]) for part in (self, other)])
        whole = _tally(self, groups, table[:, :4].astype(np.intp), table[:, 4], table[:, 5])
        return replace(
            whole,
            left_out=tuple(sorted({*self.left_out, *other.left_out})),
            repeated=self.repeated + other.repeated,
            weighted=self.weighted or other.weighted,
        )


def tally(
    subject: Subject,
    parameters: TallyParameters,  # noqa: ARG001 - the shape of every method
    *,
    rng: np.random.Generator,  # noqa: ARG001 - nothing is drawn
    progress: Progress,
) -> Finding[WindowTally]:
    """Return the counts of a window.

    Raises:
        RefusedInputError: no sensitive column, unknown label codes, or no decision.
    """
    schema = declared(subject)
    found: WindowTally | None = None
    for part in parts(subject, schema, progress, rows=262_144):
        if isinstance(part, NotAssessed):
            return Finding(part, Rows(0, 0))
        found = part if found is None else found + part
    if found is None or not found.total:
        return Finding(NotAssessed("The data have no rows."), Rows(0, 0))
    whole = replace(found, repeated=_repeated(subject, schema), people=fingerprint(found))
    undecided = sum(rows for rows, decision in zip(whole.rows, whole.decision, strict=True) if decision == 2)
    dropped = (Dropped("no decision or score", undecided),) if undecided else ()
    return Finding(whole, Rows(whole.total - undecided, whole.total, dropped))


def parts(subject: Subject, schema: Schema, progress: Progress, *, rows: int) -> Iterator[WindowTally | NotAssessed]:
    """Yield the tally of each part of a table in file order, or once the reason why there is none.

    Raises:
        RefusedInputError: as `tally`.
    """
    attributes = read_attributes(subject)
    steady = [item.name in schema.sensitive and not item.edges for item in attributes]
    left = tuple(item.name for item in attributes if item.edges and item.name in schema.sensitive)
    if not any(steady):
        yield NotAssessed(f"Only numbers in bands: {', '.join(left)}. Groups over time need columns of names.")
        return
    kept = tuple(item for item, keep in zip(attributes, steady, strict=True) if keep)
    for chunk in chunks(subject, schema, attributes, progress, rows):
        if chunk.outcome.task != "binary":
            yield NotAssessed("Norms over time are about yes-or-no decisions only.")
            return
        yield replace(of_chunk(chunk, steady, kept), left_out=left, weighted=bool(schema.weight))


def fingerprint(found: WindowTally) -> str:
    """Return SHA-256 over people by group, decision and bin of scores, labels left aside."""
    columns = [np.asarray(part, dtype=np.intp) for part in (found.group, found.decision, found.bin)]
    shape = (max(len(found.groups), 1), 3, BINS + 1)
    flat = np.ravel_multi_index((columns[0], columns[1], columns[2] + 1), shape)
    size = int(np.prod(shape))
    rows, score = np.bincount(flat, found.rows, minlength=size), np.bincount(flat, found.score, minlength=size)
    cells = np.flatnonzero(rows)
    said = [f"{cell} {rows[cell]:.0f} {score[cell]:.6f}" for cell in cells]
    names: JsonValue = [list(found.attributes), [list(group) for group in found.groups], said]
    return hashlib.sha256(canonical(names)).hexdigest()


def of_chunk(chunk: Chunk, steady: Sequence[bool], kept: Sequence[Attribute]) -> WindowTally:
    """Return the tally of one chunk of binary outcomes."""
    result = chunk.outcome
    size = tuple(len(item.names) for item in kept)
    codes = tuple(code.astype(np.intp) for code, keep in zip(chunk.codes, steady, strict=True) if keep)
    present, place = np.unique(np.ravel_multi_index(codes, size), return_inverse=True)
    groups = [
        tuple(item.names[int(at)] for item, at in zip(kept, where, strict=True))
        for where in zip(*np.unravel_index(present, size), strict=True)
    ]
    score = np.full(len(codes[0]), np.nan) if result.score is None else np.asarray(result.score, dtype=np.float64)
    inside = (score >= 0) & (score <= 1)
    where = np.where(inside, bins(score), NO_SCORE)
    keys = np.stack([place.reshape(-1), coded(result.y_true), coded(result.y_pred), where], axis=1).astype(np.intp)
    empty = WindowTally(
        attributes=tuple(item.name for item in kept),
        unknown=tuple(item.unknown for item in kept),
        groups=(), group=(), label=(), decision=(), bin=(), rows=(), score=(),
    )  # fmt: skip
    return _tally(empty, groups, keys, np.ones(len(score)), np.where(inside, score, 0.0))


def bins(score: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the bin of each score, 0 to 63; NaN falls into some bin and is told apart by its caller."""
    safe = np.clip(np.nan_to_num(score, nan=0.5), 1e-9, 1 - 1e-9)
    return np.asarray(np.digitize(np.log(safe) - np.log1p(-safe), _EDGES), dtype=np.intp)


def _tally(
    like: WindowTally,
    groups: Sequence[tuple[str, ...]],
    keys: NDArray[np.intp],
    rows: NDArray[np.float64],
    score: NDArray[np.float64],
) -> WindowTally:
    """Return the cells that occur, with groups in the order of their names; `keys` are group, label, decision and bin of each row."""
    order = sorted(range(len(groups)), key=lambda index: groups[index])
    rank = np.zeros(max(len(groups), 1), dtype=np.intp)
    rank[order] = np.arange(len(groups))
    shape = (max(len(groups), 1), 3, 3, BINS + 1)
    flat = np.ravel_multi_index((rank[keys[:, 0]], keys[:, 1], keys[:, 2], keys[:, 3] + 1), shape)
    cells, at = np.unique(flat, return_inverse=True)
    group, label, decision, where = np.unravel_index(cells, shape)
    return replace(
        like,
        groups=tuple(groups[index] for index in order),
        group=tuple(group.tolist()),
        label=tuple(label.tolist()),
        decision=tuple(decision.tolist()),
        bin=tuple((where - 1).tolist()),
        rows=tuple(np.bincount(at, rows, minlength=len(cells)).astype(np.int64).tolist()),
        score=tuple(round(value, _DIGITS) for value in np.bincount(at, score, minlength=len(cells)).tolist()),
    )


def _columns(part: WindowTally, place: Sequence[int]) -> NDArray[np.float64]:
    """Return (cells, 6) group, label, decision, bin, rows and score of a tally; `place` is the new place of each group."""
    group = np.asarray(place, dtype=np.float64)[np.asarray(part.group, dtype=np.intp)]
    rest = [np.asarray(item, dtype=np.float64) for item in (part.label, part.decision, part.bin, part.rows, part.score)]
    return np.stack([group, *rest], axis=1)


def _repeated(subject: Subject, schema: Schema) -> int:
    """Return how many rows repeat the identifier of an earlier row; 0 without an identifier."""
    if not schema.identifier:
        return 0
    seen: set[str] = set()
    rows = 0
    for values in _identifiers(subject, schema.identifier):
        rows += len(values)
        seen.update(values)
    return rows - len(seen)


def _identifiers(subject: Subject, name: str) -> Iterator[list[str]]:
    for frame in subject.data.chunks((name,)):
        yield frame[name].dropna().astype(str).tolist()
