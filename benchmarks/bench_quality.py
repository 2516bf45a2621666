"""The quality pass beside a plain scan for missing values in pandas, in one run; medians of processor time and their ratio.

python -m benchmarks.bench_quality [ROWS]     (default 1,000,000, the yardstick)
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from benchmarks.outcome import tell
from governance.data import open_dataset
from governance.evidence import silent
from governance.quality import TableSummary, checks, plan, summarise_chunk, summary_of
from governance.subject import Schema


def table(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    numbers = {f"n{i}": np.where(rng.random(rows) < 0.02, np.nan, rng.normal(size=rows)) for i in range(20)}
    texts = {
        f"t{i}": pd.Categorical.from_codes(rng.integers(0, 12, rows), [f"v{j}" for j in range(12)]) for i in range(10)
    }
    return pd.DataFrame({**numbers, **texts})


def timed(work: Callable[[], object], times: int = 3) -> float:
    spent = []
    for _ in range(times):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return median(spent)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        table(rows).to_parquet(path, index=False)
        data = open_dataset(path, Schema(target="t0", positive="v0"))
        frame = data.frame()
        expected = checks.baseline(data, silent).expectations
        what = plan(data, expected)
        whole = summarise_chunk(frame, what, start=0)
        scan = timed(lambda: frame.isna().sum())
        counts = timed(lambda: summarise_chunk(frame, what, start=0))
        judged = timed(lambda: checks.report(TableSummary() + whole, what, data, "benchmark"))
        streamed = timed(lambda: summary_of(data, what))
        plain = tuple(item for item in expected if item.check in ("missing", "range", "values"))
        short = plan(data, plain)
        sixty = timed(
            lambda: checks.report(TableSummary() + summarise_chunk(frame, short, start=0), short, data, "benchmark")
        )
    print(f"{rows:,} rows x 30 columns, {len(expected)} expectations")
    print(f"missing values in pandas, in memory        {scan:8.3f} s")
    print(f"fused pass, in memory                      {counts:8.3f} s   {counts / scan:6.1f} x the scan")
    print(f"leakage, order, medians and verdicts       {judged:8.3f} s")
    print(
        f"{len(plain)} expectations (missing, range, list) {sixty:8.3f} s   {sixty / scan:6.1f} x the scan (goal at a million: 0.5 s)"
    )
    tell("fused pass against a scan for missing values", counts / scan, target=10 if rows == 1_000_000 else None)
    tell(f"{len(plain)} expectations at {rows:,} rows", sixty, unit="s", target=0.5 if rows == 1_000_000 else None)
    print(f"fused pass, streamed from Parquet          {streamed:8.3f} s")


if __name__ == "__main__":
    main()
