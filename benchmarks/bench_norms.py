"""Norms over time: how long an audit takes, how soon a loss is proven, and how often a fair model is accused: `... [RUNS]`.

Beside the betting audit stands what people do instead on the same counts: a test a window with Bonferroni over pairs, and the same with
the spending rule that drift uses for columns.
"""

from __future__ import annotations

import sys
import time
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from benchmarks.outcome import tell
from governance.fairness import Norm, NormSet, Window, WindowTally, audit, window
from governance.fairness.norms.capital import closed_means
from governance.fairness.norms.evalue import log_e_of_pairs
from governance.fairness.norms.projection import nearest_difference

SHARE = (0.40, 0.25, 0.15, 0.10, 0.06, 0.04)
PAIRS = list(combinations(range(6), 2))
WEEKS, START, LIMIT = 104, 30, 0.05
Floats = NDArray[np.float64]


def windows(weeks: int, seed: int = 0) -> list[Window]:
    """Return windows of 1,340 people in eight cells of two attributes."""
    rng = np.random.default_rng(seed)
    groups = tuple((sex, race) for sex in "fm" for race in "ABCD")
    found = []
    for week in range(weeks):
        rows = rng.multinomial(1340, [1 / 8] * 8)
        chosen = rng.binomial(rows, 0.45)
        counts = [(place, decision, int(n)) for place in range(8)
                  for decision, n in ((1, chosen[place]), (0, rows[place] - chosen[place])) if n]  # fmt: skip
        place, decision, n = zip(*counts, strict=True)
        tally = WindowTally(
            attributes=("sex", "race"), unknown=("unknown", "unknown"), groups=groups, group=place, label=(2,) * len(n),
            decision=decision, bin=(-1,) * len(n), rows=n, score=(0.0,) * len(n), people=str(week),
        )  # fmt: skip
        found.append(window(f"{week:064d}", tally))
    return found


def seconds() -> None:
    """Print how long an audit of three years takes, and of one window more; in seconds of the processor."""
    norm = Norm("cells", "demographic_parity", "difference", "0.05", ("sex", "race"), 2)
    norms = NormSet("Cells", (norm,))
    begin = time.process_time()
    found = windows(156)
    audit(found, norms)
    tell("audit of 156 windows x 35 pairs, cold", time.process_time() - begin, unit="s", target=2.0)
    more = windows(157)
    begin = time.process_time()
    audit(more, norms)
    tell("the same with one window more", 1000 * (time.process_time() - begin), unit="ms", target=50.0)


def drawn(rates: Floats, runs: int, seed: int) -> tuple[Floats, Floats]:
    """Return selected and all people, (runs, weeks, groups), of 1,000 people a week."""
    rng = np.random.default_rng(seed)
    rows = rng.multinomial(1000, SHARE, size=(runs, len(rates)))
    return rng.binomial(rows, np.broadcast_to(rates, rows.shape)).astype(float), rows.astype(float)


def betting(k: Floats, n: Floats) -> NDArray[np.bool_]:
    """Return (runs, weeks) whether a pair is accused after each week."""
    sums = np.cumsum(log_e_of_pairs(k, n, PAIRS, nearest_difference, LIMIT), axis=2)
    top = sums.max(axis=0)
    crossed: NDArray[np.bool_] = closed_means(top + np.log(np.exp(sums - top).mean(axis=0))).max(axis=-1) >= np.log(20)
    return crossed


def weekly(k: Floats, n: Floats, level: Floats) -> NDArray[np.bool_]:
    """Return (runs, weeks) whether a one-sided test of a pair against the norm alarms, at a level for each week."""
    from scipy.stats import norm

    i, j = np.array(PAIRS).T
    rate = k / np.maximum(n, 1)
    spread = rate * (1 - rate) / np.maximum(n, 1)
    z = (np.abs(rate[..., i] - rate[..., j]) - LIMIT) / np.sqrt(np.maximum(spread[..., i] + spread[..., j], 1e-9))
    small = (n[..., i] < 10) | (n[..., j] < 10)
    alarmed: NDArray[np.bool_] = (np.where(small, 1.0, norm.sf(z)).min(axis=-1) * len(PAIRS)) < level
    return alarmed


def delays(runs: int) -> None:
    """Print how often and how soon each rule finds a loss, and how often it accuses a fair model."""
    spent = 6 * 0.05 / (np.pi**2 * np.arange(1, WEEKS + 1) ** 2)
    rules = {
        "betting": betting,
        "a test a week, Bonferroni": lambda k, n: weekly(k, n, np.full(WEEKS, 0.05)),
        "a test a week, spending": lambda k, n: weekly(k, n, spent),
    }
    edge = np.tile([0.45, 0.40, 0.45, 0.40, 0.40, 0.45], (WEEKS, 1))
    quiet = drawn(edge, runs, 1)
    for name, rule in rules.items():
        ever = rule(*quiet).any(axis=1).mean()
        tell(f"{name}: fair version ever accused in two years", ever, unit="share",
             target=0.05 if name == "betting" else None)  # fmt: skip
    for share, lost in ((2, 0.10), (4, 0.10), (5, 0.10), (2, 0.15)):
        rates = np.full((WEEKS, 6), 0.4)
        rates[START:, share] -= lost
        people = drawn(rates, runs, 2 + share)
        for name, rule in rules.items():
            alarmed = rule(*people)
            first = np.where(alarmed.any(axis=1), alarmed.argmax(axis=1), WEEKS)
            found = (first >= START) & (first < WEEKS)
            what = f"{name}: share {SHARE[share]} loses {lost}"
            tell(f"{what}, found and not before", found.mean(), unit="share",
                 target=0.95 if name == "betting" and (share, lost) == (2, 0.10) else None, at_least=True)  # fmt: skip
            if found.any():
                tell(f"{what}, median weeks", float(np.median(first[found] - START)), unit="weeks")


def main(runs: int) -> None:
    """Print everything."""
    seconds()
    delays(runs)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
