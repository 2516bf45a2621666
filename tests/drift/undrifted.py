"""Pairs of windows without drift, and how often each promise of a reading is broken on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from governance.drift.columns.limits import Limits
from governance.drift.columns.null_distribution import Chance
from governance.drift.columns.readings import readings
from governance.drift.samples.pairs import CategoryPair, Gaps, NumericPair, Pair
from governance.drift.samples.two_samples import runs_of

SIZES = (
    (30, 30), (30, 60), (50, 40), (100, 100), (150, 700), (1000, 1000), (20_000, 500), (30_000, 30_000),
    (100_000, 10_000), (1_000_000, 1_000_000), (1_000_000, 1000),
)  # fmt: skip
LEAST, MOST = 0.03, 0.07


@dataclass(frozen=True)
class Rate:
    """How often one promise was broken."""

    kind: str
    n: int
    m: int
    test: str
    share: float
    pairs: int

    @property
    def slack(self) -> float:
        """Two standard errors of the simulation at the edge of what is promised."""
        return 2 * float(np.sqrt(0.05 * 0.95 / self.pairs))

    @property
    def anti(self) -> bool:
        """More false alarms than promised."""
        return self.share > MOST + self.slack

    @property
    def timid(self) -> bool:
        """Fewer than promised: something is asleep."""
        return self.share < LEAST - self.slack

    def line(self) -> str:
        word = "ABOVE" if self.anti else "below" if self.timid else ""
        return f"{self.n:>9,} + {self.m:<9,} {self.kind:12} {self.test:22} {self.share:.3f} {word}"


def _levels(shares: np.ndarray, missing: float = 0.0) -> Callable[[np.random.Generator, int, int], Pair]:
    def make(rng: np.random.Generator, n: int, m: int) -> Pair:
        gone = rng.binomial(n, missing), rng.binomial(m, missing)
        a, b = rng.multinomial(n - gone[0], shares), rng.multinomial(m - gone[1], shares)
        kept = a + b > 0
        names = tuple(f"{i:04d}" for i in np.flatnonzero(kept))
        return CategoryPair(names, a[kept], b[kept], Gaps(n, gone[0]), Gaps(m, gone[1]))

    return make


def _numbers(draw: Callable[[np.random.Generator, int], np.ndarray]) -> Callable[[np.random.Generator, int, int], Pair]:
    def make(rng: np.random.Generator, n: int, m: int) -> Pair:
        a, b = draw(rng, n), draw(rng, m)
        gaps = (Gaps(len(x), int(np.isnan(x).sum()), int(np.isinf(x).sum())) for x in (a, b))
        return NumericPair(runs_of(a, b), *gaps)

    return make


def _zipf(k: int) -> np.ndarray:
    share = 1 / np.arange(1, k + 1)
    return share / share.sum()


KINDS: dict[str, Callable[[np.random.Generator, int, int], Pair]] = {
    "normal": _numbers(lambda r, n: r.normal(size=n)),
    "lognormal": _numbers(lambda r, n: r.lognormal(0, 1.5, size=n)),
    "counts": _numbers(lambda r, n: r.poisson(3, n) * 1.0),
    "binary": _numbers(lambda r, n: (r.random(n) < 0.3) * 1.0),
    "zeros": _numbers(lambda r, n: np.where(r.random(n) < 0.6, 0, r.gamma(2, 2, n))),
    "gaps 10%": _numbers(lambda r, n: np.where(r.random(n) < 0.1, np.nan, r.normal(size=n))),
    "gaps 1%": _numbers(lambda r, n: np.where(r.random(n) < 0.01, np.nan, np.where(r.random(n) < 0.5, 1.0, 2.0))),
    "infinite 5%": _numbers(lambda r, n: np.where(r.random(n) < 0.05, np.inf, 1.0)),
    "k=2": _levels(np.array([0.5, 0.5])),
    "k=2 rare": _levels(np.array([0.97, 0.03])),
    "k=3 gaps": _levels(np.array([0.6, 0.3, 0.1]), 0.1),
    "k=10": _levels(np.full(10, 0.1)),
    "k=10 zipf": _levels(_zipf(10)),
    "k=100": _levels(np.full(100, 0.01)),
    "k=100 zipf": _levels(_zipf(100)),
    "k=1000": _levels(np.full(1000, 0.001)),
    "k=1000 zipf": _levels(_zipf(1000)),
}
"""What a column holds: numbers with and without ties and gaps, and 2 to 1,000 levels, even and uneven."""
_SHARES = ("missing", "infinite", "new_categories")


def rates(kind: str, n: int, m: int, pairs: int, seed: int) -> Iterator[Rate]:
    """Yield the rate of each p value and of each noise floor; where a share is about a column without such rows, nothing."""
    rng = np.random.default_rng([seed, len(kind), sum(map(ord, kind))])
    chance = Chance(rng)
    broken: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for _ in range(pairs):
        found = readings(KINDS[kind](rng, n, m), Limits(), chance, rng)
        for name, item in found.readings.items():
            if item.p_value is not None and name in found.family:
                seen[f"{name} p"] += 1
                broken[f"{name} p"] += item.p_value <= 0.05
            if (
                item.noise_floor is not None
                and item.effect is not None
                and (name not in _SHARES or name in found.family)
            ):
                seen[f"{name} floor"] += 1
                broken[f"{name} floor"] += item.effect > item.noise_floor * (1 + 1e-9)
    for name in sorted(seen):
        if seen[name] >= pairs / 2:
            yield Rate(kind, n, m, name, broken[name] / seen[name], seen[name])
