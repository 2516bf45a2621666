"""Metrics by group against fairlearn and against the counting alone, and the coverage of the intervals.

Run: `python -m benchmarks.bench_fairness [--coverage]`. Every ratio is of medians of processor time measured in one run (all sides are
single-threaded). fairlearn's bootstrap is
timed with a few draws and scaled to 1,000 (its cost is linear in the draws); the line says so.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.outcome import tell
from governance.data import open_dataset
from governance.fairness import Limits, Question, families
from governance.fairness.disparity import disparity
from governance.statistics import attributes, count, newcombe, of_counts, ratio_interval, tally, value, wilson
from governance.subject import Dataset, Schema

SIX = ("selection_rate", "true_positive_rate", "false_positive_rate", "precision", "accuracy", "false_negative_rate")


def median(function: Callable[[], object], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        function()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def people(n: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "sex": pd.Categorical(rng.choice(["Female", "Male"], n, p=[0.33, 0.67])),
            "race": pd.Categorical(rng.choice(["A", "B", "C", "D", "E"], n, p=[0.85, 0.1, 0.03, 0.01, 0.01])),
            "y": rng.integers(0, 2, n, dtype=np.uint8),
            "p": rng.integers(0, 2, n, dtype=np.uint8),
        }
    )


def ours(frame: pd.DataFrame, draws: int) -> dict[str, object]:
    """Six metrics of every intersection of two attributes, coded from strings on; with draws, intervals of the differences."""
    found = attributes(("sex", "race"), [frame])
    codes = [item.code(frame[item.name]) for item in found]
    cells = count(found, codes, frame["y"].to_numpy(), frame["p"].to_numpy())
    if not draws:
        return {name: value(name, cells.rows) for name in SIX}
    judged = dict.fromkeys(SIX, np.ones(len(cells.groups), dtype=bool))
    drawn = families(cells, SIX, judged, draws, np.random.default_rng(0))
    names = tuple(str(index) for index in range(len(cells.groups)))
    question = Question("", "", "between_groups", -1, names)
    return {name: disparity([drawn[name]], question, Limits()) for name in SIX}


def theirs(frame: pd.DataFrame, draws: int) -> object:
    import fairlearn.metrics as fm
    import sklearn.metrics as sm

    six = {
        "selection_rate": fm.selection_rate,
        "true_positive_rate": fm.true_positive_rate,
        "false_positive_rate": fm.false_positive_rate,
        "precision": sm.precision_score,
        "accuracy": sm.accuracy_score,
        "false_negative_rate": fm.false_negative_rate,
    }
    more = {"n_boot": draws, "ci_quantiles": [0.025, 0.975], "random_state": 0} if draws else {}
    found = fm.MetricFrame(
        metrics=six, y_true=frame["y"], y_pred=frame["p"], sensitive_features=frame[["sex", "race"]], **more
    )
    return (found.by_group, found.difference(), found.ratio())


def against_fairlearn(n: int = 48_000) -> None:
    frame = people(n)
    ours(frame, 100)
    fast, slow = median(lambda: ours(frame, 0), 31), median(lambda: theirs(frame, 0), 3)
    print(f"6 metrics, 2 attributes, {n:,} rows, no interval: {fast * 1e3:.2f} ms; fairlearn {slow:.2f} s")
    tell("metrics by group, faster than fairlearn", slow / fast, target=1_000, at_least=True)
    print(
        f"  {slow / fast:,.0f} x faster (target 1,000); groups are categories, as Parquet files are read; coding them is counted"
    )
    text = frame.astype({"sex": "str", "race": "str"})
    both = median(lambda: ours(text, 0), 9), median(lambda: theirs(text, 0), 3)
    print(f"  groups as columns of text: {both[0] * 1e3:.2f} ms, {both[1] / both[0]:,.0f} x faster")
    drawn, few = median(lambda: ours(frame, 1_000), 5), 2
    scaled = median(lambda: theirs(frame, few), 1) / few * 1_000
    print(f"the same with 1,000 draws: {drawn * 1e3:.1f} ms; fairlearn {scaled:,.0f} s (scaled from {few} draws)")
    tell("the same with 1,000 draws, faster than fairlearn", scaled / drawn, target=10_000, at_least=True)
    print(f"  {scaled / drawn:,.0f} x faster (target 10,000)")


def text_against_coded(n: int) -> None:
    """The same groups in a registered file as text and as numbers: text comes as codes from the file, it is not read row by row."""
    frame = people(n)
    texts = frame.astype({"sex": "str", "race": "str"})
    numbers = frame.assign(sex=frame["sex"].cat.codes, race=frame["race"].cat.codes)
    with tempfile.TemporaryDirectory() as folder:
        text, coded = (_registered(Path(folder) / name, table) for name, table in (("text", texts), ("coded", numbers)))
        took = [median(lambda data=data: ours(data.frame(), 0), 9) for data in (text, coded)]
    print(f"6 metrics, 2 attributes, {n:,} rows from a file: text {took[0] * 1e3:.1f} ms, coded {took[1] * 1e3:.1f} ms")
    tell("metrics by group of text against those of codes", took[0] / took[1], target=1.5)


def _registered(path: Path, frame: pd.DataFrame) -> Dataset:
    frame.to_parquet(path, index=False)
    return open_dataset(path, Schema())


def against_bincount(n: int = 1_000_000) -> None:
    rng = np.random.default_rng(1)
    group = rng.integers(0, 10, n)
    label, decision = rng.integers(0, 2, n, dtype=np.uint8), rng.integers(0, 2, n, dtype=np.uint8)
    key = group * 9 + label * 3 + decision
    alone = median(lambda: np.bincount(key, minlength=90), 15)

    def whole() -> None:
        table = tally(group, 10, label, decision)
        for name in of_counts():
            value(name, table)

    all_of_it = median(whole, 15)
    print(f"{len(of_counts())} metrics of 10 groups, {n:,} rows: {all_of_it * 1e3:.2f} ms")
    tell("all metrics of 10 groups against np.bincount", all_of_it / alone, target=3)
    print(f"  np.bincount alone {alone * 1e3:.2f} ms; {all_of_it / alone:.2f} x (target 3)")


def coverage(simulations: int = 2_000) -> None:
    """How often 95 % intervals hold the truth: rates, differences, ratios, largest differences."""
    rng = np.random.default_rng(2)
    print(
        "coverage of 95 % intervals (aim 93 to 97 %; outside is marked *, and then fewer than 10 cases of the rarer outcome are expected)"
    )
    for n in (20, 50, 100, 300, 1_000, 20_000):
        for p in (0.01, 0.02, 0.05, 0.2, 0.5):
            a, b = rng.binomial(n, p, simulations * 5), rng.binomial(n, min(1.5 * p, 0.9), simulations * 5)
            other = min(1.5 * p, 0.9)
            low, high = wilson(a, n)
            rate = np.mean((low <= p) & (p <= high))
            low, high = newcombe(a, n, b, n)
            difference = np.mean((low <= p - other) & (p - other <= high))
            low, high = ratio_interval(a, n, b, n)
            ratio = np.mean((low <= p / other) & (p / other <= high))
            marked = "  ".join(
                f"{name} {value:.1%}{' ' if 0.93 <= value <= 0.97 else '*'}"
                for name, value in (("rate", rate), ("difference", difference), ("ratio", ratio))
            )
            print(f"  n {n:>6,} p {p:<4} expected {n * p:>8,.1f}: {marked}")
    for rates, sizes in (
        ((0.3, 0.3), (200, 200)),
        ((0.3, 0.4), (200, 200)),
        ((0.3,) * 5, (200,) * 5),
        ((0.2, 0.25, 0.3, 0.35, 0.4), (20_000, 3_000, 1_000, 300, 300)),
        ((0.01, 0.05, 0.02), (100, 50, 2_000)),
        ((0.5, 0.5, 0.2), (20, 2_000, 20_000)),
        ((0.01, 0.03), (20_000, 20_000)),
        ((0.1, 0.2, 0.15), (50, 50, 50)),
        ((0.5, 0.45), (20, 20)),
        ((0.02,) * 3, (1_000,) * 3),
    ):
        print(
            f"  largest difference of rates {rates} in groups of {sizes}: {gap_coverage(rates, sizes, simulations // 4, rng):.1%}"
        )


def gap_coverage(rates: tuple[float, ...], sizes: tuple[int, ...], simulations: int, rng: np.random.Generator) -> float:
    from governance.statistics import Cells

    truth, held = max(rates) - min(rates), 0
    names = tuple(str(index) for index in range(len(rates)))
    question = Question("demographic_parity", "g", "between_groups", -1, names)
    for _ in range(simulations):
        selected = rng.binomial(sizes, rates)
        table = np.zeros((len(rates), 3, 3), dtype=np.int64)
        table[:, 2, 1], table[:, 2, 0] = selected, np.array(sizes) - selected
        cells = Cells((), np.arange(len(rates))[:, None], table)
        drawn = families(cells, ("selection_rate",), {"selection_rate": np.ones(len(rates), dtype=bool)}, 1_000, rng)
        found = disparity([drawn["selection_rate"]], question, Limits())
        assert found.low is not None
        assert found.high is not None
        held += found.low - 1e-12 <= truth <= found.high + 1e-12
    return held / simulations


def main() -> None:
    warnings.simplefilter("ignore")
    quick = "--quick" in sys.argv
    against_fairlearn(2_000 if quick else 48_000)
    text_against_coded(50_000 if quick else 1_000_000)
    against_bincount(50_000 if quick else 1_000_000)
    if "--coverage" in sys.argv:
        coverage()


if __name__ == "__main__":
    main()
