"""Streaming detectors of change, shown beside one that fires whatever happens.

A detector that fires no more often on the current window than a clock, or as often on the reference as on the current window, has
found nothing: published gains of such detectors vanish beside a dummy that fires every so many rows (Bifet 2017, "Classifier concept
drift detection and the illusion of progress").
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from governance.drift.results.report import Detection, Detector
from governance.drift.samples.two_samples import Floats

SHOWN: Final = 100
"""At most so many signals are kept by row."""
DELTA: Final = 0.002
"""ADWIN's confidence."""
CHECK_EVERY: Final = 32
MOST_BUCKETS: Final = 5
SHORTEST: Final = 5
DUMMY_EVERY: Final = 60
"""The dummy fires every so many rows (Bifet 2017)."""
MAGNITUDE: Final = 0.005
THRESHOLD: Final = 50.0
WARM_UP: Final = 30


def detections(reference: Floats, current: Floats) -> tuple[Detection, ...]:
    """Return what each detector says of the losses of both windows, each begun afresh."""
    return (
        _detection("adwin", adwin, reference, current),
        _detection("page_hinkley", page_hinkley, reference, current),
        _detection("always_fires", always, reference, current),
    )


def _detection(name: Detector, found: Callable[[Floats], list[int]], reference: Floats, current: Floats) -> Detection:
    at = found(current)
    return Detection(name, tuple(at[:SHOWN]), len(at), len(found(reference)), len(reference))


def always(loss: Floats) -> list[int]:
    """Return every DUMMY_EVERY-th row, whatever the losses are."""
    return list(range(DUMMY_EVERY, len(loss) + 1, DUMMY_EVERY))


def page_hinkley(loss: Floats) -> list[int]:
    """Return the rows (from 1) at which the rise of the mean loss is signalled.

    Page (1954): the sum of x - mean - MAGNITUDE, above its smallest value so far by more than THRESHOLD; begun afresh after each signal.
    """
    found = []
    rows, mean, total, least = 0, 0.0, 0.0, 0.0
    for at, x in enumerate(loss.tolist(), 1):
        rows += 1
        mean += (x - mean) / rows
        total += x - mean - MAGNITUDE
        least = min(least, total)
        if rows >= WARM_UP and total - least > THRESHOLD:
            found.append(at)
            rows, mean, total, least = 0, 0.0, 0.0, 0.0
    return found


def adwin(loss: Floats) -> list[int]:
    """Return the rows (from 1) at which the mean loss has risen between an older and a newer part of an adaptive window.

    Bifet and Gavalda (2007), the variant with exponential buckets and the bound for normal means; the older part is dropped on a
    change in either direction, a rise is signalled.
    """
    window = _Buckets()
    found = []
    for at, x in enumerate(loss.tolist(), 1):
        window.add(x)
        if at % CHECK_EVERY == 0 and window.shrunk():
            found.append(at)
    return found


class _Buckets:
    """The window: rows of buckets of 1, 2, 4, ... losses, newest first; per bucket (count, sum, sum of squared deviations)."""

    def __init__(self) -> None:
        self._rows: list[list[tuple[int, float, float]]] = [[]]

    def add(self, x: float) -> None:
        self._rows[0].insert(0, (1, x, 0.0))
        for level, row in enumerate(self._rows):
            if len(row) <= MOST_BUCKETS:
                return
            older, old = row.pop(), row.pop()
            if level + 1 == len(self._rows):
                self._rows.append([])
            self._rows[level + 1].insert(0, _joined(older, old))

    def shrunk(self) -> bool:
        """Drop the oldest buckets while the window is not of one piece; return whether its mean has risen."""
        risen = False
        while (moved := self._cut()) != 0.0:
            risen = risen or moved > 0
            while not self._rows[-1]:
                self._rows.pop()
            self._rows[-1].pop()
            while len(self._rows) > 1 and not self._rows[-1]:
                self._rows.pop()
        return risen

    def _cut(self) -> float:
        """Return the rise of the mean at a split that is beyond chance, 0 without one."""
        newest_first = [bucket for row in self._rows for bucket in row]
        total = (0, 0.0, 0.0)
        for bucket in newest_first:
            total = _joined(total, bucket)
        n, sum_, squares = total
        if n < 2 * SHORTEST:
            return 0.0
        variance = squares / n
        confidence = math.log(2 * math.log(n) / DELTA)
        new, new_sum = 0, 0.0
        for count, part, _ in newest_first[:-1]:
            new, new_sum = new + count, new_sum + part
            old = n - new
            if new < SHORTEST or old < SHORTEST:
                continue
            inverse = 1 / (new - SHORTEST + 1) + 1 / (old - SHORTEST + 1)
            bound = math.sqrt(2 * inverse * variance * confidence) + 2 / 3 * inverse * confidence
            moved = new_sum / new - (sum_ - new_sum) / old
            if abs(moved) > bound:
                return moved
        return 0.0


def _joined(a: tuple[int, float, float], b: tuple[int, float, float]) -> tuple[int, float, float]:
    if not a[0]:
        return b
    n = a[0] + b[0]
    gap = a[1] / a[0] - b[1] / b[0]
    return n, a[1] + b[1], a[2] + b[2] + gap * gap * a[0] * b[0] / n
