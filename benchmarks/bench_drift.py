"""Drift: speed against sorting the same numbers, memory, and a table of false alarms.

    python benchmarks/bench_drift.py [rows in thousands, default 1000] [simulated pairs per cell, default 200]

Peers (evidently) are measured in the same run when they can be imported; otherwise the reason is printed.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from governance.drift.baseline import freeze, tallies
from governance.drift.columns import counted_pairs, drift
from governance.drift.window import pairs_of
from governance.evidence import silent
from tests.drift.planted import MOVED, window


def median_seconds(work: Callable[[], object], times: int = 3) -> float:
    work()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def compare(reference: pd.DataFrame, current: pd.DataFrame) -> set[str]:
    pairs = counted_pairs(reference, current, list(reference.columns), progress=silent)
    columns, _ = drift(pairs, np.random.default_rng(0))
    return {item.name for item in columns if item.verdict in ("small", "material")}


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def speed(rows: int) -> None:
    reference, current = window(rows, 0, drifted=False), window(rows, 1, drifted=True)
    numeric = [name for name in reference.columns if name.startswith("num")]
    columns = [(reference[name].to_numpy(), current[name].to_numpy()) for name in numeric]
    before = megabytes()
    sorting = median_seconds(lambda: [np.sort(np.concatenate(both)) for both in columns])
    ours = median_seconds(lambda: compare(reference, current))
    frozen = freeze(tallies([reference], list(reference.columns)))
    against = median_seconds(lambda: drift(pairs_of(frozen, [current]), np.random.default_rng(0)))
    print(f"{rows:,} + {rows:,} rows, 20 numeric + 10 categorical columns")
    print(f"  sorting the numeric columns        {sorting:8.3f} s")
    print(f"  whole comparison                   {ours:8.3f} s   {ours / sorting:5.1f} times the sort (goal: 4)")
    print(f"  window against a frozen baseline   {against:8.3f} s   {against / sorting:5.1f} times the sort")
    print(f"  memory beyond the data             {megabytes() - before:8.0f} MB  (goal: 200)")
    found = compare(reference, current)
    print(f"  planted columns found {len(found & MOVED)} of {len(MOVED)}, others {sorted(found - MOVED)}")
    peer(reference, current, ours)


def peer(reference: pd.DataFrame, current: pd.DataFrame, ours: float) -> None:
    try:
        from evidently import Report
        from evidently.presets import DataDriftPreset
    except ImportError as error:
        print(f"  evidently: not measured ({error}); it needs pandas below 3, so an environment of its own")
        return
    start = time.perf_counter()
    Report([DataDriftPreset()]).run(current, reference)
    seconds = time.perf_counter() - start
    print(f"  evidently DataDriftPreset          {seconds:8.3f} s   {seconds / ours:5.1f} times ours (goal: 60)")


KINDS: dict[str, Callable[[np.random.Generator, int], object]] = {
    "normal": lambda r, n: r.normal(size=n),
    "lognormal": lambda r, n: r.lognormal(size=n),
    "counts": lambda r, n: r.poisson(3, n) * 1.0,
    "zeros": lambda r, n: np.where(r.random(n) < 0.6, 0, r.gamma(2, 2, n)),
    "gaps": lambda r, n: np.where(r.random(n) < 0.1, np.nan, r.normal(size=n)),
    "k=2": lambda r, n: r.integers(0, 2, n).astype(str),
    "k=10": lambda r, n: r.integers(0, 10, n).astype(str),
    "k=100": lambda r, n: r.integers(0, 100, n).astype(str),
    "k=1000": lambda r, n: r.integers(0, 1000, n).astype(str),
}


def false_alarms(pairs: int) -> None:
    print(
        f"\nShare of p values at or below .05 without drift, {pairs} pairs a cell (promise: .03 to .07; discrete tests may stay below)"
    )
    rng = np.random.default_rng(0)
    for n, m in ((30, 30), (200, 300), (1000, 1000), (20_000, 5_000)):
        hits: dict[tuple[str, str], int] = defaultdict(int)
        seen: dict[tuple[str, str], int] = defaultdict(int)
        alarms = 0
        for seed in range(pairs):
            a, b = (pd.DataFrame({name: make(rng, size) for name, make in KINDS.items()}) for size in (n, m))
            columns, _ = drift(counted_pairs(a, b, list(KINDS), progress=silent), np.random.default_rng(seed))
            alarms += any(item.verdict in ("small", "material") for item in columns)
            for item in columns:
                for test, reading in item.tests.items():
                    if reading.p_value is not None and (
                        test not in ("missing", "new_categories") or item.name == "gaps"
                    ):
                        seen[item.name, test] += 1
                        hits[item.name, test] += reading.p_value <= 0.05
        print(f"  {n:>6} + {m:<6} any alarm after correction {alarms / pairs:.3f}")
        print(
            "     "
            + "  ".join(f"{name}/{test} {hits[name, test] / seen[name, test]:.3f}" for name, test in sorted(seen))
        )


def main() -> None:
    thousands = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    speed(thousands * 1000)
    if pairs:
        false_alarms(pairs)


if __name__ == "__main__":
    main()
