"""Alarms without drift: how often each p value of drift is at or below .05, and how often each noise floor is exceeded.

    python benchmarks/bench_drift_error.py [pairs per cell, default 2000] [largest sample, default 1000000]

The promise is .03 to .07 for a p value. A floor promises at most .07; with few distinct outcomes nothing near .05 can be had, and
staying below is no false alarm. A cell fails only when chance in the simulation itself (two standard errors) does not explain it.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.drift.undrifted import KINDS, SIZES, Rate, rates


def pairs_for(rows: int, pairs: int) -> int:
    """Return fewer pairs for large samples, so that the whole table takes minutes."""
    return pairs if rows <= 10_000 else max(pairs // 4, 200) if rows <= 300_000 else max(pairs // 10, 200)


def table(pairs: int, largest: int) -> Iterator[Rate]:
    for n, m in SIZES:
        if max(n, m) <= largest:
            for kind in KINDS:
                yield from rates(kind, n, m, pairs_for(n + m, pairs), seed=n + m)


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    largest = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    print(__doc__.splitlines()[0])
    by_test: dict[str, list[Rate]] = defaultdict(list)
    for rate in table(pairs, largest):
        by_test[rate.test].append(rate)
        print(rate.line(), flush=True)
    for test, found in by_test.items():
        print(
            f"{test:24} {len(found):4} cells, {sum(r.anti for r in found):3} above, {sum(r.timid for r in found):3} below, "
            f"mean {sum(r.share for r in found) / len(found):.3f}"
        )


if __name__ == "__main__":
    main()
