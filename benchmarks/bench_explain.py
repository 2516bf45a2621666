"""Exact explanations beside plain prediction and beside shap, in one run.

Run: `python -m benchmarks.bench_explain [--rows 48842] [--only boosting|forest] [--shap-rows 10]`.
Data: Adult-like, 14 raw columns of which 8 are text,
one-hot encoded inside the ONNX file; histogram boosting of 200 trees x 31 leaves, and a random forest of 100 trees of depth 10. All
times are medians of wall time; every ratio is to ONNX Runtime predicting the same rows in the same run. Peak memory is that of one
cold explanation of all rows beyond what the process held before. shap's TreeExplainer
(interventional, 100 background rows, single encoded columns) is timed on a few rows and scaled: its cost is linear in rows and
background.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.outcome import tell
from governance.explain import TreeShap
from governance.models import Cut, OnnxPredictor, open_session, parse_trees, signature_of

NUMBERS = ("age", "weight", "education_years", "gain", "loss", "hours")
WORDS = {"work": 9, "education": 16, "marital": 7, "job": 15, "relation": 6, "origin": 5, "sex": 2, "country": 42}


def people(n: int) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({
        "age": rng.integers(17, 90, n), "weight": rng.lognormal(12, 0.5, n).round(), "education_years": rng.integers(1, 17, n),
        "gain": np.where(rng.random(n) < 0.08, rng.lognormal(8.5, 1, n), 0).round(),
        "loss": np.where(rng.random(n) < 0.05, rng.normal(1900, 300, n), 0).round(), "hours": rng.integers(1, 99, n),
    }).astype(float)  # fmt: skip
    score = (
        0.05 * (frame.age - 38) + 0.3 * (frame.education_years - 9) + 0.02 * (frame.hours - 40) + (frame.gain > 5000)
    )
    for name, size in WORDS.items():
        code = np.minimum(rng.geometric(0.25, n) - 1, size - 1)
        frame[name] = pd.Categorical.from_codes(code, [f"{name} {at}" for at in range(size)])
        score += rng.normal(0, 0.5, size)[code]
    return frame, (rng.random(n) < 1 / (1 + np.exp(-score))).astype(int)


def model_file(frame: pd.DataFrame, target: np.ndarray, forest: bool) -> bytes:
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    from governance.models import convert_estimator

    final = (
        RandomForestClassifier(100, max_depth=10, n_jobs=2, random_state=0)
        if forest
        else HistGradientBoostingClassifier(max_iter=200, max_leaf_nodes=31, learning_rate=0.05, early_stopping=False)
    )
    words = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    encoder = ColumnTransformer([("n", StandardScaler(), list(NUMBERS)), ("w", words, list(WORDS))])
    train = frame.astype(dict.fromkeys(WORDS, object))
    return convert_estimator(make_pipeline(encoder, final).fit(train[:20_000], target[:20_000]), train[:100])


def median(work: Callable[[], object], repeats: int = 3) -> float:
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def against_shap(trees: object, encoded: np.ndarray, rows: int, all_rows: int, ours: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import shap

        from tests.explain.oracles import shap_model

        explainer = shap.TreeExplainer(shap_model(trees), encoded[:100], feature_perturbation="interventional")
        taken = median(lambda: explainer.shap_values(encoded[:rows].astype(float), check_additivity=False), 1)
    scaled = taken / rows * all_rows * 10
    print(
        f"shap interventional, background 1,000: {scaled:,.0f} s (scaled from {rows} rows x 100 background rows in {taken:.2f} s)"
    )
    tell("exact trees, cold, faster than shap", scaled / ours, at_least=True)
    print(f"   ours, cold, is {scaled / ours:,.0f} times faster")


def peak(work: Callable[[], object]) -> float:
    """Megabytes that `work` holds at its height, beyond what the process held before (Linux; elsewhere 0)."""
    status, reset = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not reset.exists():
        return 0.0

    def held(name: str) -> float:
        return next(float(line.split()[1]) for line in status.read_text().splitlines() if line.startswith(name)) / 1024

    gc.collect()
    before = held("VmRSS")
    reset.write_text("5")
    work()
    return held("VmHWM") - before


def interactions(explainer: TreeShap, own: np.ndarray, predict: float) -> None:
    among = tuple(range(min(12, explainer.players)))
    some = own[:10_000]
    explainer.interact(some[:600], among)  # compile
    taken = median(lambda: explainer.interact(some, among), 1)
    print(
        f"   interactions of {len(among)} columns, 10,000 rows: {taken:.3f} s = "
        f"{taken / (predict * 10_000 / len(own)):.1f} x predict"
    )


def measure(frame: pd.DataFrame, target: np.ndarray, asked: argparse.Namespace, *, forest: bool) -> None:
    file = model_file(frame, target, forest)
    predictor = OnnxPredictor(file, signature_of(file))
    cut, session = Cut(predictor, threads=2), open_session(file, threads=2)
    rows = frame[: asked.rows]
    feeds, encoded = predictor.feeds(rows), np.asarray(cut.encode(frame))
    own, trees = encoded[: asked.rows], parse_trees(cut.node)
    player, players = cut.players.of_encoded, len(cut.players.names)
    TreeShap(trees, player, players, encoded[:50]).explain(own[:600])  # compile
    predict = median(lambda: session.run(None, feeds), 5)
    kind = "random forest of 100 trees of depth 10" if forest else "histogram boosting of 200 trees x 31 leaves"
    print(f"{kind}; {asked.rows:,} rows: ONNX Runtime predicts in {predict:.3f} s (2 threads)")
    cold = {}
    for background in (100, 1000, 32_000):
        known = encoded[:background]

        def from_nothing(known: np.ndarray = known) -> TreeShap:
            explainer = TreeShap(trees, player, players, known, threads=2)
            explainer.explain(own)
            return explainer

        cold[background] = median(from_nothing)
        high = peak(from_nothing)
        explainer = from_nothing()
        warm = median(lambda explainer=explainer: explainer.explain(own))
        one = median(lambda explainer=explainer: explainer.explain(own[:1]), 5)
        first = median(lambda known=known: TreeShap(trees, player, players, known, threads=2).explain(own[:1]))
        print(
            f"background {background:6,}: cold {cold[background]:.3f} s = {cold[background] / predict:.2f} x predict; "
            f"again {warm:.3f} s = {warm / predict:.2f} x; one row {one * 1e3:.1f} ms warm, {first * 1e3:.0f} ms cold; "
            f"tables kept {explainer.table_bytes / 2**20:.0f} MB; peak memory {high:.0f} MB"
        )
        tell(
            f"{kind.split(' of', maxsplit=1)[0]}, background {background:,}, cold, against predicting",
            cold[background] / predict,
        )
        if background == 1000:
            interactions(explainer, own, predict)
    if asked.shap_rows and not forest:
        against_shap(trees, encoded, asked.shap_rows, asked.rows, cold[1000])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=48_842)
    parser.add_argument("--only", choices=("boosting", "forest"))
    parser.add_argument("--shap-rows", type=int, default=10)
    asked = parser.parse_args()
    frame, target = people(max(asked.rows, 32_000))
    for kind in ("boosting", "forest"):
        if asked.only in {None, kind}:
            measure(frame, target, asked, forest=kind == "forest")


if __name__ == "__main__":
    main()
