"""Time several models on one device: each on one thread and on more, alone and beside another load, and then whole plans in lanes.

Also measured is how many cores the machine really gave: the same work on one lane, and on all lanes at once. Where it gave fewer than were
asked for, nobody can judge a plan.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from governance.capture.answers import moment
from governance.capture.whole_rows import whole_rows
from governance.evidence import Progress, RefusedInputError, silent
from governance.models import OnnxPredictor, open_session
from governance.serving import LanesHead, as_given, shortest, with_head
from governance.subject import Signature

ALONE: Final = "alone"
BESIDE: Final = "beside"
PLAN: Final = "plan"
GIVEN: Final = "given"
LANES: Final = "lanes"
"""Kinds of rows: a job alone, a job beside another load, a whole plan, the given order, and the cores that were got."""
_LOAD: Final = 400
"""Width of the matrix product that runs beside a job."""
MOST_MODELS: Final = 64

Ask = Callable[[], object]


@dataclass(frozen=True, slots=True)
class LanesJob:
    """Which models share a device, and how they are timed."""

    models: tuple[str, ...]
    """Paths."""
    digests: tuple[str, ...]
    signatures: tuple[Signature, ...]
    data: str
    """Path of the table that requests are made of."""
    out: str
    """Path of the observation that is written."""
    cores: int = 2
    """Cores of the device."""
    batch: int = 1
    """Rows in a request."""
    rounds: int = 30
    """Times that everything is timed, in a drawn order each time."""
    measure: bool = False
    """Whether whole plans are run in lanes, too."""
    seed: int = 0

    def __post_init__(self) -> None:
        for what, value, most in (
            ("number of models", len(self.models), MOST_MODELS), ("number of cores", self.cores, 64),
            ("number of rows in a request", self.batch, 100_000), ("number of rounds", self.rounds, 10_000),
        ):  # fmt: skip
            if not 1 <= value <= most:
                raise RefusedInputError(
                    f"The {what} is {value:,}, expected 1 to {most:,}.", "Ask for a plan of that size."
                )

    @property
    def threads(self) -> tuple[int, ...]:
        """Numbers of threads that are tried: 1, 2, 4 and so on, and all cores."""
        return tuple(sorted({*(2**power for power in range(7) if 2**power <= self.cores), self.cores}))

    @property
    def longest(self) -> float:
        """Seconds after which the whole capture is ended from outside."""
        return 300.0 + 2.0 * self.rounds * len(self.models)


def capture(job: LanesJob, *, progress: Progress = silent, clock: Callable[[], int] = time.perf_counter_ns) -> None:
    """Time everything and write the observation: kind, place of the model, threads, round, nanoseconds; for lanes thousandths of a core.

    Raises:
        RefusedInputError: the data lack a column of a model, or have no row without a missing value.
    """
    import pyarrow as pa
    from pyarrow import feather

    started = moment()
    asks = _asking(job)
    rows: list[tuple[str, int, int, int, int]] = []
    rng = np.random.default_rng(job.seed)
    for turn in range(job.rounds):
        progress(turn, job.rounds, "timing each model alone and beside another load: keep the machine calm")
        rows += _alone(asks, turn, rng, clock)
        rows.append((LANES, -1, job.cores, turn, _cores_got(asks, job.cores, clock)))
    if job.measure:
        rows += _plans(job, asks, rows, clock)
    head = LanesHead(
        models=job.digests, cores=job.cores, batch=job.batch, rounds=job.rounds, measured=job.measure, seed=job.seed, started=started,
        ended=moment(),
    )  # fmt: skip
    names = ("kind", "model", "threads", "round", "value")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    kinds = {"kind": pa.string()}
    table = pa.table({name: pa.array(values, kinds.get(name, pa.int64())) for name, values in columns.items()})
    feather.write_feather(with_head(table, head), job.out, compression="uncompressed")
    progress(job.rounds, job.rounds, "timing")


def _asking(job: LanesJob) -> dict[tuple[int, int], Ask]:
    """Return (place of the model, threads) -> what sends it one request."""
    found: dict[tuple[int, int], Ask] = {}
    for place, path in enumerate(job.models):
        predictor = OnnxPredictor(Path(path), job.signatures[place], job.digests[place])
        whole = whole_rows(job.data, job.signatures[place].columns)
        feeds = predictor.feeds(whole.iloc[np.arange(job.batch) % len(whole)].reset_index(drop=True))
        for threads in job.threads:
            found[place, threads] = partial(open_session(predictor.file, threads).run, None, feeds)
            found[place, threads]()  # the first one warms up
    return found


def _took(ask: Ask, clock: Callable[[], int]) -> int:
    begun = clock()
    ask()
    return max(1, clock() - begun)


def _alone(
    asks: dict[tuple[int, int], Ask], turn: int, rng: np.random.Generator, clock: Callable[[], int]
) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield the time of each model on each number of threads, alone and beside another load, in a drawn order."""
    order = [list(asks)[at] for at in rng.permutation(len(asks))]
    for place, threads in order:
        asks[place, threads]()  # the caches are warm again
        yield ALONE, place, threads, turn, _took(asks[place, threads], clock)
    with _busy():
        for place, threads in order:
            asks[place, threads]()
            yield BESIDE, place, threads, turn, _took(asks[place, threads], clock)


@contextmanager
def _busy() -> Iterator[None]:
    """Multiply matrices on another thread for the length of a block: what a neighbour does to memory and cores."""
    from threadpoolctl import threadpool_limits

    over, matrix = threading.Event(), np.ones((_LOAD, _LOAD), np.float32)

    def work() -> None:
        while not over.is_set():
            np.dot(matrix, matrix)

    with threadpool_limits(1):
        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _cores_got(asks: dict[tuple[int, int], Ask], cores: int, clock: Callable[[], int]) -> int:
    """Return, in thousandths, how many cores the machine gave: the longest job on one lane, and the same on every lane at once."""
    slow = max((place for place, threads in asks if threads == 1), key=lambda place: _took(asks[place, 1], clock))
    times = 1 + 2_000_000 // _took(asks[slow, 1], clock)

    def work() -> None:
        for _ in range(times):
            asks[slow, 1]()

    one = _took(work, clock)
    return round(1000 * min(float(cores), cores * one / _took(lambda: _together([work] * cores), clock)))


def _together(lanes: Sequence[Callable[[], object]]) -> None:
    threads = [threading.Thread(target=lane) for lane in lanes]
    for item in threads:
        item.start()
    for item in threads:
        item.join()


def _plans(
    job: LanesJob,
    asks: dict[tuple[int, int], Ask],
    rows: list[tuple[str, int, int, int, int]],
    clock: Callable[[], int],
) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield how long the plan and the given order take when they are run."""
    jobs = [
        {
            count: float(np.median([row[4] for row in rows if row[:3] == (ALONE, place, count)]))
            for count in job.threads
        }
        for place in range(len(job.models))
    ]  # fmt: skip
    plans = {PLAN: shortest(jobs, job.cores).plan, GIVEN: as_given(jobs, job.cores)}
    for turn in range(job.rounds):
        for kind, plan in plans.items() if turn % 2 else reversed(plans.items()):
            order = [(item.job, item.threads) for item in plan.placed]
            yield kind, -1, job.cores, turn, _took(lambda order=order: _run(order, asks, job.cores), clock)  # type: ignore[misc]


def _run(order: Sequence[tuple[int, int]], asks: dict[tuple[int, int], Ask], cores: int) -> None:
    """Run a list: each job starts when so many cores are free, and not before the one in front of it."""
    free = threading.Condition()
    left = [cores]

    def work(job: int, threads: int) -> None:
        try:
            asks[job, threads]()
        finally:
            with free:
                left[0] += threads
                free.notify_all()

    started = []
    for job, threads in order:
        with free:
            free.wait_for(lambda threads=threads: left[0] >= threads)  # type: ignore[misc]
            left[0] -= threads
        lane = threading.Thread(target=work, args=(job, threads))
        lane.start()
        started.append(lane)
    for lane in started:
        lane.join()
