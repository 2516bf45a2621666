"""Windows in order, as arrays: who counts, and how many of each group were selected, labelled and scored in each window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from governance.fairness.norms.norm import NormSet
from governance.fairness.norms.projection import Floats
from governance.fairness.norms.report import AuditedWindow
from governance.fairness.norms.tally import BINS, WindowTally

UNCOUNTED: Final = "labels not counted"
"""How a note ends that says why the norms about labels pass a window by."""


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A window by the digest of its table, and its counts as arrays; without a tally where it could not be counted."""

    data: str
    tally: WindowTally | None
    reason: str
    """Why there is no tally, "" when there is one."""
    cells: Floats
    """(groups, 3, 3) rows by label and decision."""
    scored: Floats
    """(groups, bins, 2) labelled rows with a score, by label."""
    score: Floats
    """(groups, bins) sums of their scores."""
    unscored: int = 0
    """Rows without a score between 0 and 1."""


def window(data: str, tally: WindowTally | None, reason: str = "") -> Window:
    """Return a window with its counts as arrays, which is done once for all norms."""
    size = 0 if tally is None else len(tally.groups)
    if tally is None:
        empty = np.zeros((0, BINS))
        return Window(
            data=data, tally=None, reason=reason, cells=np.zeros((0, 3, 3)), scored=np.zeros((0, BINS, 2)), score=empty
        )
    group, label, decision, where = (
        np.asarray(part, dtype=np.intp) for part in (tally.group, tally.label, tally.decision, tally.bin)
    )
    rows, total = np.asarray(tally.rows, dtype=np.float64), np.asarray(tally.score, dtype=np.float64)
    known = (label < 2) & (where >= 0)
    at = group[known] * BINS + where[known]
    return Window(
        data=data,
        tally=tally,
        reason="",
        cells=np.bincount(group * 9 + label * 3 + decision, rows, minlength=size * 9)
        .reshape(size, 3, 3)
        .astype(np.float64),
        scored=np.bincount(at * 2 + label[known], rows[known], minlength=size * BINS * 2)
        .reshape(size, BINS, 2)
        .astype(np.float64),
        score=np.bincount(at, total[known], minlength=size * BINS).reshape(size, BINS).astype(np.float64),
        unscored=int(rows[where < 0].sum()),
    )


def accounts(windows: Sequence[Window], norms: NormSet) -> tuple[AuditedWindow, ...]:
    """Return how each window counts.

    The same people count once for decisions and once for labels, also when they come again with labels that arrived later. Labels
    count when enough rows have one, and when there are some on both sides of the decision.
    """
    decided: set[str] = set()
    labelled: set[str] = set()
    found = []
    for item in windows:
        if item.tally is None:
            found.append(AuditedWindow(item.data, 0, 0.0, decisions=False, labels=False, note=item.reason))
            continue
        people = item.tally.people or item.data
        share, note = _labels(item.cells, float(norms.least_labelled))
        again = people in decided
        if again:
            note = "the people of an earlier window, registered again" + (f"; {note}" if note else "")
        counts = not note.endswith(UNCOUNTED) and people not in labelled
        found.append(AuditedWindow(item.data, item.tally.total, share, decisions=not again, labels=counts, note=note))
        decided.add(people)
        if counts:
            labelled.add(people)
    return tuple(found)


def _labels(cells: Floats, least: float) -> tuple[float, str]:
    """Return the share of the decided who have a label, and why labels do not count, "" when they do."""
    table = cells.sum(axis=0)[:, :2]
    people, with_label = table.sum(axis=0), table[:2].sum(axis=0)
    share = float(with_label.sum() / max(people.sum(), 1.0))
    if share < least:
        return share, f"{share:.0%} of the rows have a label, fewer than {least:.0%}: {UNCOUNTED}"
    for side, word in ((1, "selected"), (0, "not selected")):
        if people[side] and not with_label[side]:
            return share, f"no label among the {word}: {UNCOUNTED}"
    return share, ""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The groups of one combination of attributes over all windows."""

    attributes: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    """Without those of missing values, sorted."""
    cells: Floats
    """(windows, groups, 3, 3) rows by label and decision."""
    scored: Floats
    """(windows, groups, bins, 2) labelled rows with a score, by label."""
    score: Floats
    """(windows, groups, bins) sums of their scores."""

    def name(self, group: int) -> str:
        """Return a group as people write it: "race=Black, sex=Female"."""
        return named(self.attributes, self.groups[group])


def named(attributes: tuple[str, ...], values: tuple[str, ...]) -> str:
    """Return a group as people write it: "race=Black, sex=Female"; "" for no group."""
    return ", ".join(f"{name}={value}" for name, value in zip(attributes, values, strict=False))


def series(windows: Sequence[Window], attributes: tuple[str, ...], *, scores: bool) -> Series:
    """Return the counts of the groups of some attributes; people without one of them are in no group.

    Args:
        windows: in order.
        attributes: whose groups.
        scores: whether scores are counted, too, which only calibration asks for.
    """
    known: dict[tuple[object, ...], dict[int, tuple[str, ...]]] = {}
    places = []
    for item in windows:
        kind = (item.tally.attributes, item.tally.unknown, item.tally.groups) if item.tally else ()
        if kind not in known:
            known[kind] = _places(item.tally, attributes)
        places.append(known[kind])
    groups = tuple(sorted({group for place in known.values() for group in place.values()}))
    rank = {group: index for index, group in enumerate(groups)}
    size, length = len(groups), len(windows)
    cells, scored = np.zeros((length, size, 3, 3)), np.zeros((length, size, BINS, 2))
    score = np.zeros((length, size, BINS))
    for index, (item, place) in enumerate(zip(windows, places, strict=True)):
        if not place:
            continue
        belongs = np.zeros((size, len(item.cells)))
        belongs[[rank[group] for group in place.values()], list(place)] = 1.0
        cells[index] = (belongs @ item.cells.reshape(-1, 9)).reshape(size, 3, 3)
        if scores:
            scored[index] = (belongs @ item.scored.reshape(-1, BINS * 2)).reshape(size, BINS, 2)
            score[index] = belongs @ item.score
    return Series(attributes=attributes, groups=groups, cells=cells, scored=scored, score=score)


def _places(tally: WindowTally | None, attributes: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
    """Return place of a group -> its values of some attributes, those with a missing value left out; none without the attributes."""
    if tally is None or not set(attributes) <= set(tally.attributes):
        return {}
    columns = [tally.attributes.index(name) for name in attributes]
    return {
        place: tuple(group[column] for column in columns)
        for place, group in enumerate(tally.groups)
        if all(group[column] != tally.unknown[column] for column in columns)
    }
