"""Time a model: requests one after the other, then requests at moments that were drawn before, in this process or at a server.

The moments of the second part are drawn first, so that a slow answer delays nobody's clock: whoever measures only what is sent after the
last answer leaves out the very requests that waited (coordinated omission). Each row says when a request was due, sent and answered, the
processor time that it took here, whether the machine did other work meanwhile, and what a fixed piece of arithmetic took near it.
"""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from governance.capture.answers import moment
from governance.capture.whole_rows import whole_rows
from governance.evidence import CountersignError, Progress, RefusedInputError, silent
from governance.models import OnnxPredictor, open_session
from governance.remote import Client, Endpoint, Line, Secrets
from governance.serving import CLOSED, OPEN, TimingHead, with_head
from governance.subject import Signature

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_ROWS: Final = 256
"""Rows of the data that requests are made of, in turns."""
_CLOSED_SHARE: Final = 0.25
"""Part of the time that requests one after the other may take."""
_MOST_CLOSED: Final = 20_000
_YARD_EVERY: Final = 10
"""Requests between two pieces of fixed arithmetic."""
_SPIN_NS: Final = 200_000
"""So long before its moment a request stops sleeping and looks at the clock."""
_MOST_REQUESTS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class TimingJob:
    """What is timed, and how."""

    model: str
    """Path of the model."""
    digest: str
    signature: Signature
    data: str
    """Path of the table that requests are made of."""
    out: str
    """Path of the observation that is written."""
    rate: float = 50.0
    """Requests a second of the open part."""
    seconds: float = 20.0
    """How long the open part goes on."""
    batch: int = 1
    """Rows in a request."""
    threads: int = 1
    """Threads of the session."""
    in_flight: int = 4
    """Requests that may be under way at once at a server; in this process always 1."""
    seed: int = 0
    endpoint: Endpoint | None = None
    """A server; None to time the model in this process."""
    secrets: Secrets = field(default_factory=Secrets)
    place: str = ""
    """Id of a deployment, "" for what the endpoint says."""
    deadline: float = 10.0
    """Seconds of one request to a server."""

    def __post_init__(self) -> None:
        for what, value, least, most in (
            ("rate", self.rate, 0.01, 1e6), ("seconds", self.seconds, 0.1, 3600.0), ("batch", self.batch, 1, 100_000),
            ("threads", self.threads, 1, 256), ("in flight", self.in_flight, 1, 256), ("deadline", self.deadline, 0.01, 600.0),
            ("number of requests", self.rate * self.seconds, 1, _MOST_REQUESTS),
        ):  # fmt: skip
            if not least <= value <= most:
                raise RefusedInputError(
                    f"The {what} is {value:g}, expected {least:g} to {most:g}.",
                    "Write for example --rate 50 --seconds 20.",
                )

    @property
    def longest(self) -> float:
        """Seconds after which the whole capture is ended from outside."""
        return 120 + 3 * self.seconds + self.deadline * 20


Ask = Callable[[int], str]
"""(number of the request) -> "ok" or "error"."""


def capture(
    job: TimingJob,
    *,
    progress: Progress = silent,
    clock: Callable[[], int] = time.perf_counter_ns,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Time the requests and write what was seen.

    Raises:
        RefusedInputError: the model is not the one that is named, or the data lack its columns.
    """
    from pyarrow import feather

    started = moment()
    ask = _asking(job)
    watch = _Watch(clock, sleep)
    progress(0, 2, "timing one request after the other")
    watch.closed(ask, job.seconds * _CLOSED_SHARE)
    progress(1, 2, "timing requests at their moments: keep the machine calm")
    due = np.cumsum(np.random.default_rng(job.seed).exponential(1e9 / job.rate, round(job.rate * job.seconds)))
    watch.open(ask, due.astype(np.int64), 1 if job.endpoint is None else job.in_flight)
    head = TimingHead(
        model=job.digest, place=job.place or ("in process" if job.endpoint is None else job.endpoint.place), rate=job.rate,
        seconds=job.seconds, batch=job.batch, threads=job.threads if job.endpoint is None else 0,
        in_flight=1 if job.endpoint is None else job.in_flight, cores=_cores(),
        machine=f"{platform.processor() or platform.machine()}, {platform.system()}"[:200], seed=job.seed, started=started,
        ended=moment(),
    )  # fmt: skip
    feather.write_feather(with_head(watch.table(), head), job.out, compression="uncompressed")
    progress(2, 2, "timing")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _asking(job: TimingJob) -> Ask:
    """Return what sends one request: to a session of this process, or to a server."""
    predictor = OnnxPredictor(Path(job.model), job.signature, job.digest)
    whole = whole_rows(job.data, job.signature.columns).head(_ROWS * job.batch)
    count = max(1, min(_ROWS, len(whole) // job.batch))
    places = [np.arange(at * job.batch, (at + 1) * job.batch) % len(whole) for at in range(count)]
    feeds = [predictor.feeds(whole.iloc[place]) for place in places]
    if job.endpoint is None:
        session = open_session(predictor.file, job.threads)

        def here(number: int) -> str:
            session.run(None, feeds[number % count])
            return "ok"

        return here
    client = Client(Line(job.endpoint, job.secrets, job.deadline))

    def there(number: int) -> str:
        try:
            client.infer(feeds[number % count], job.batch, number)
        except CountersignError:
            return "error"
        return "ok"

    return there


class _Watch:
    """What the clock sees, a row a request."""

    def __init__(self, clock: Callable[[], int], sleep: Callable[[float], None]) -> None:
        self._clock, self._sleep = clock, sleep
        self._rows: list[tuple[Any, ...]] = []
        self._begun = clock()
        self._arithmetic = np.random.default_rng(0).normal(size=(96, 96)).astype(np.float32)
        self._product = np.empty_like(self._arithmetic)

    def closed(self, ask: Ask, seconds: float) -> None:
        """Send one request after the other for some seconds, the first ones included."""
        until = self._clock() + int(seconds * 1e9)
        for number in range(_MOST_CLOSED):
            if self._clock() > until and number >= 100:
                return
            self._one(ask, number, CLOSED, due=None)

    def open(self, ask: Ask, due: NDArray[np.int64], workers: int) -> None:
        """Send a request at each moment, or as soon after it as one of the workers is free."""
        begun = self._clock() + 20_000_000
        numbers = iter(range(len(due)))
        lock = threading.Lock()

        def work() -> None:
            for number in _taken(numbers, lock):
                self._wait(begun + int(due[number]))
                self._one(ask, number, OPEN, due=begun + int(due[number]))

        threads = [threading.Thread(target=work) for _ in range(workers)]
        for item in threads:
            item.start()
        for item in threads:
            item.join()

    def _wait(self, due: int) -> None:
        while (left := due - self._clock()) > 0:
            self._sleep(max(0.0, (left - _SPIN_NS / 2) / 1e9))

    def _one(self, ask: Ask, number: int, part: str, due: int | None) -> None:
        yard = self._yard() if number % _YARD_EVERY == 0 else -1
        interrupted, cpu = _switches(), time.thread_time_ns()
        sent = self._clock()
        status = ask(number)
        done = self._clock()
        cpu, interrupted = time.thread_time_ns() - cpu, _switches() - interrupted
        moments = (sent if due is None else min(due, sent), sent, done)
        self._rows.append((part, *(item - self._begun for item in moments), cpu, interrupted > 0, yard, status))

    def _yard(self) -> int:
        begun = self._clock()
        np.dot(self._arithmetic, self._arithmetic, out=self._product)
        return self._clock() - begun

    def table(self) -> pa.Table:
        """Return the rows, those of each part in the order in which they were due."""
        import pyarrow as pa

        names = ("part", "due_ns", "sent_ns", "done_ns", "cpu_ns", "preempted", "yard_ns", "status")
        columns = dict(zip(names, zip(*sorted(self._rows, key=lambda row: (row[0], row[1])), strict=True), strict=True))
        kinds = {"part": pa.string(), "status": pa.string(), "preempted": pa.bool_()}
        return pa.table({name: pa.array(values, kinds.get(name, pa.int64())) for name, values in columns.items()})


def _taken(numbers: Iterator[int], lock: threading.Lock) -> Iterator[int]:
    """Yield the numbers that nobody else takes."""
    while True:
        with lock:
            number = next(numbers, None)
        if number is None:
            return
        yield number


def _switches() -> int:
    """Return how often the machine took the processor away from this thread; 0 where the system does not say it."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    return resource.getrusage(resource.RUSAGE_THREAD).ru_nivcsw if hasattr(resource, "RUSAGE_THREAD") else 0
