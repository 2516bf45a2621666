"""What serving costs: making a challenge, judging answers, and judging a million times. `python -m benchmarks.bench_serving [--quick]`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks.outcome import tell
from governance.evidence.evidence import silent
from governance.serving.challenge import challenge_of
from governance.serving.latency import latency
from governance.serving.spec import Latency
from governance.subject.subject import Subject
from tests.serving.asked import FIVE, SHARED, attested, opened, people, recording
from tests.serving.test_latency import Model, head, table


def timed(what: str, work: Callable[[], object], asked: float) -> None:
    """Tell how long something took, and how long it may take."""
    begun = time.perf_counter()
    work()
    tell(what, time.perf_counter() - begun, unit="s", target=asked)


def million(requests: int) -> pd.DataFrame:
    """Return recorded times of so many requests."""
    rng = np.random.default_rng(0)
    closed = rng.integers(4_000_000, 5_000_000, 20_000)
    due = np.cumsum(rng.exponential(20e6, requests)).astype(np.int64)
    return table(closed, due, due + 1000, due + 1000 + rng.integers(4_000_000, 5_000_000, requests))


def main() -> int:
    """Run everything once."""
    from governance.serving.observation import with_head

    requests = 50_000 if "--quick" in sys.argv else 1_000_000
    seen = recording(with_head(million(requests), head()))
    subject = Subject(data=None, model=Model(), observation=seen)  # type: ignore[arg-type]
    timed(
        f"judge {requests:,} times: three quantiles, seven rates",
        lambda: latency(subject, Latency(), rng=np.random.default_rng(0), progress=silent),
        2.0,
    )
    if not (SHARED / "onnx").exists():
        print("There is no folder ../shared with real models: the rest was not run.")
        return 0
    model, rows = opened("adult_gbc_float32_nozipmap", FIVE), people()
    timed("challenge of 20 trees, 159 leaves", lambda: challenge_of(model, rows, np.random.default_rng(0)), 2.0)
    made = challenge_of(model, rows, np.random.default_rng(0))
    timed("judge 300 requests of the whole challenge", lambda: attested(model, made, [model] * 300), 5.0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
