"""Time two models against each other: in blocks that lie beside each other, each in a drawn order, on one thread of this process.

Two absolute times from two runs compare two machines' moods; what lies within milliseconds of each other was done on the same one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from governance.capture.whole_rows import whole_rows
from governance.evidence import Progress, RefusedInputError, silent
from governance.models import OnnxPredictor, open_session
from governance.subject import Signature

if TYPE_CHECKING:
    from governance.models import OnnxPredictor as Opened

_BLOCK_NS: Final = 5_000_000
"""What one model does at a stretch takes about so long."""
_MOST_REQUESTS: Final = 200
"""Requests of a block at most."""


@dataclass(frozen=True, slots=True)
class PairJob:
    """Which two models are timed, and how."""

    model: str
    """Path of the model."""
    other: str
    """Path of the other one, which takes and gives the same tensors."""
    signature: Signature
    data: str
    """Path of the table that requests are made of."""
    out: str
    """Path of the Arrow file that is written."""
    batches: tuple[int, ...] = (1, 256)
    """Rows in a request."""
    blocks: int = 60
    """Pairs of blocks for each number of rows."""
    seed: int = 0
    """Draws which of the two comes first in each pair."""

    def __post_init__(self) -> None:
        if not 1 <= self.blocks <= 10_000 or not self.batches or min(self.batches) < 1 or max(self.batches) > 100_000:
            raise RefusedInputError(
                f"{self.blocks} blocks of {self.batches} rows, expected 1 to 10,000 of 1 to 100,000 rows.",
                "Ask for less.",
            )

    @property
    def longest(self) -> float:
        """Seconds after which the whole capture is ended from outside."""
        return 120.0 + self.blocks * len(self.batches)


def capture(job: PairJob, *, progress: Progress = silent, clock: Callable[[], int] = time.perf_counter_ns) -> None:
    """Time both and write a row for each pair of blocks: rows in a request, and the median time of a request of each model.

    Raises:
        RefusedInputError: the data have no row without a missing value.
    """
    import pyarrow as pa
    from pyarrow import feather

    opened = [OnnxPredictor(Path(path), job.signature) for path in (job.model, job.other)]
    whole = whole_rows(job.data, job.signature.columns)
    rng = np.random.default_rng(job.seed)
    found: list[tuple[int, int, int]] = []
    for done, batch in enumerate(job.batches):
        progress(done, len(job.batches), f"timing both with {batch:,} rows in a request")
        rows = whole.iloc[np.arange(batch) % len(whole)].reset_index(drop=True)
        asks = [_ask(item, rows) for item in opened]
        count = max(1, min(_MOST_REQUESTS, _BLOCK_NS // max(1, *(_once(ask, clock) for ask in asks))))
        for first in rng.integers(0, 2, job.blocks).tolist():
            times = {at: _block(asks[at], count, clock) for at in (first, 1 - first)}
            found.append((batch, times[0], times[1]))
    names = ("batch", "model_ns", "other_ns")
    feather.write_feather(
        pa.table(dict(zip(names, (pa.array(column, pa.int64()) for column in zip(*found, strict=True)), strict=True))),
        job.out,
        compression="uncompressed",
    )
    progress(len(job.batches), len(job.batches), "timing both")


def _ask(predictor: Opened, rows: object) -> Callable[[], object]:
    session, feeds = open_session(predictor.file, 1), predictor.feeds(rows)  # type: ignore[arg-type]
    return lambda: session.run(None, feeds)


def _once(ask: Callable[[], object], clock: Callable[[], int]) -> int:
    """Return the time of a request after some that warm up."""
    for _ in range(3):
        ask()
    begun = clock()
    ask()
    return clock() - begun


def _block(ask: Callable[[], object], count: int, clock: Callable[[], int]) -> int:
    """Return the median time of some requests; the first warms the caches up again and is left out where there are more."""
    times = []
    for _ in range(count + 1):
        begun = clock()
        ask()
        times.append(clock() - begun)
    return int(np.median(times[1:]))
