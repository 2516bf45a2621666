"""Alarms without drift: how often each p value of drift is at or below .05, and how often each noise floor is exceeded.

    python -m benchmarks.bench_drift_error [pairs per cell, default 2000] [largest sample, default 1000000]

The promise is .03 to .07 for a p value. A floor promises at most .07; with few distinct outcomes nothing near .05 can be had, and
staying below is no false alarm. A cell fails only when chance in the simulation itself (two standard errors) does not explain it.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.outcome import tell
from governance.drift import Density, cbpe, measured_area, two_sample
from governance.drift.samples.density import density
from tests.drift.undrifted import KINDS, SIZES, Rate, rates


def pairs_for(rows: int, pairs: int) -> int:
    """Return fewer pairs for large samples, so that the whole table takes minutes."""
    return pairs if rows <= 10_000 else max(pairs // 4, 200) if rows <= 300_000 else max(pairs // 10, 200)


def table(pairs: int, largest: int) -> Iterator[Rate]:
    for n, m in SIZES:
        if max(n, m) <= largest:
            for kind in KINDS:
                yield from rates(kind, n, m, pairs_for(n + m, pairs), seed=n + m)


def told_apart(pairs: int) -> None:
    """Print how often the classifier two-sample test tells equal windows apart."""
    rng = np.random.default_rng(2)
    for n, m in ((100, 100), (300, 600)):
        hits = 0
        for _ in range(pairs):
            one, two = (pd.DataFrame(rng.normal(size=(rows, 3)), columns=list("abc")) for rows in (n, m))
            found = density(one, two, list("abc"), rng)
            assert isinstance(found, Density)
            hits += two_sample(found).p_value <= 0.05
        print(
            f"{n:>9,} + {m:<9,} three normals  classifier two-sample p {hits / pairs:.3f}  ({pairs} pairs)", flush=True
        )


def estimated(pairs: int) -> None:
    """Print how often the interval of an estimate without labels holds what labels later show, under its assumption."""
    rng = np.random.default_rng(3)
    print(f"\nEstimates without labels: share of 95 per cent intervals that hold the truth ({pairs} windows a line)")
    for n, m, shift, slope in ((500, 3000, 0.7, 2), (2000, 1500, 0.7, 2), (4000, 4000, 1.5, 1), (1000, 1000, 0.0, 1)):
        inside: dict[str, int] = defaultdict(int)
        for _ in range(pairs):
            for name, hit in covered(rng, n, m, shift, slope).items():
                inside[name] += hit
        shares = "  ".join(f"{name} {hits / pairs:.3f}" for name, hits in inside.items())
        print(f"{n:>6,} + {m:<6,} shift {shift} sd, score x {slope}: {shares}", flush=True)


def covered(rng: np.random.Generator, n: int, m: int, shift: float, slope: float) -> dict[str, bool]:
    x, z = rng.normal(size=n), rng.normal(shift, 1, m)
    label, later = ((rng.random(len(v)) < 1 / (1 + np.exp(-v))).astype(float) for v in (x, z))
    score, now = (1 / (1 + np.exp(-slope * v)) for v in (x, z))
    guess = cbpe.estimates(cbpe.binned(score, now, 0.5), label, np.ones(n), rng)
    area = measured_area(later, now)
    chosen = now >= 0.5
    truth = {
        "roc_auc": area.value if area else float("nan"),
        "accuracy": float((chosen == later).mean()),
        "precision": float(later[chosen].mean()),
        "true_positive_rate": float(chosen[later == 1].mean()),
        "false_positive_rate": float(chosen[later == 0].mean()),
    }
    return {name: guess[name].low <= value <= guess[name].high for name, value in truth.items()}


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    largest = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    print(__doc__.splitlines()[0])
    by_test: dict[str, list[Rate]] = defaultdict(list)
    for rate in table(pairs, largest):
        by_test[rate.test].append(rate)
        print(rate.line(), flush=True)
    for test, found in by_test.items():
        tell(f"{test}: cells with more false alarms than promised", sum(r.anti for r in found), unit="", target=0)
        print(
            f"{test:24} {len(found):4} cells, {sum(r.anti for r in found):3} above, {sum(r.timid for r in found):3} below, "
            f"mean {sum(r.share for r in found) / len(found):.3f}"
        )
    told_apart(min(pairs, 400))
    estimated(min(pairs, 200))


if __name__ == "__main__":
    main()
