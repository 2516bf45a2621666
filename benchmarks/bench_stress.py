"""Variants with shared work beside running each of them whole, in one process; processor seconds and their ratios.

python -m benchmarks.bench_stress [--quick]

The whole run of a variant copies the table, breaks it, asks ONNX Runtime about every row and measures: once as people do it today, with
fairlearn's MetricFrame and scikit-learn's areas by group, and once with counts as good as the product's own. Real tables are used where
they lie beside the checkout, made-up ones elsewhere. Where a trainer is named, each variant also trains again, as mlwhatif's own
benchmark does; what is shared then is everything: the model is fixed and only touched rows are asked.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

from benchmarks.outcome import tell
from governance.data import from_table
from governance.evidence import silent
from governance.models import OnnxPredictor, convert_estimator, signature_of
from governance.stress import StressVariants, StressWorst, Variant
from governance.stress.any_value import any_value
from governance.stress.columns import Columns
from governance.stress.spec import StressAnyValue
from governance.stress.strike import Strike, strike
from governance.stress.variants import variants, whole_run
from governance.stress.worst import worst
from governance.subject import Schema, Subject

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
FAIRLEARN_EVERY = 7
"""MetricFrame is asked about every seventh variant and scaled: it takes most of a minute otherwise."""


@dataclass(frozen=True, slots=True)
class Workload:
    name: str
    frame: pd.DataFrame
    train: pd.DataFrame
    schema: Schema
    estimator: Callable[[], Any]
    variants: int
    fairlearn_target: float
    counts_target: float


def adult(rows: int) -> Workload:
    import lightgbm

    frame = pd.read_parquet(SHARED / "adult" / "adult.parquet").drop(columns=["fnlwgt"])
    frame = frame.iloc[np.random.default_rng(0).permutation(len(frame))].reset_index(drop=True)

    def estimator() -> Any:
        return lightgbm.LGBMClassifier(n_estimators=200, num_leaves=31, learning_rate=0.05, verbose=-1, n_jobs=1)

    schema = Schema(target="income", positive=">50K", sensitive=("sex", "race"))
    return Workload("Adult", frame.iloc[10_000 : 10_000 + rows], frame.iloc[:10_000], schema, estimator, 70, 50, 14)


def diabetes(rows: int) -> Workload:
    parts = [pd.read_parquet(SHARED / "diabetes130" / f"{name}.parquet") for name in ("train", "baseline")]
    for part in parts:
        part["readmitted"] = np.where(part["readmitted"] == "NO", "NO", "YES")
    train, frame = (part.drop(columns=["encounter_id"]) for part in parts)
    schema = Schema(target="readmitted", positive="YES", sensitive=("gender", "race"))

    def estimator() -> Any:
        return GradientBoostingClassifier(n_estimators=150, max_depth=4, random_state=0)

    return Workload("diabetes130", frame.head(rows), train, schema, estimator, 140, 100, 25)


def prepared(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    part = frame[names].copy()
    for name in names:
        part[name] = (
            part[name].astype(float) if part[name].dtype.kind in "iuf" else part[name].astype(object).fillna("")
        )
    return part


def fitted(work: Workload) -> tuple[Pipeline, OnnxPredictor, float]:
    names = [str(name) for name in work.frame.columns if name != work.schema.target]
    texts = [name for name in names if work.frame[name].dtype.kind not in "iuf"]
    encoder = ColumnTransformer([
        ("t", OneHotEncoder(handle_unknown="ignore", sparse_output=False), texts),
        ("n", "passthrough", [name for name in names if name not in texts]),
    ])  # fmt: skip
    pipeline = make_pipeline(encoder, work.estimator())
    label = (work.train[work.schema.target] == work.schema.positive).astype(int)
    start = time.process_time()
    pipeline.fit(prepared(work.train, names), label)
    spent = time.process_time() - start
    text = convert_estimator(pipeline, prepared(work.train, names).head(300))
    return pipeline, OnnxPredictor(text, signature_of(text)), spent


def with_fairlearn(truth: Any, score: Any, groups: dict[str, Any]) -> None:
    metrics = {"a": accuracy_score, "s": selection_rate, "t": true_positive_rate, "f": false_positive_rate}
    for codes in groups.values():
        found = MetricFrame(metrics=metrics, y_true=truth, y_pred=score >= 0.5, sensitive_features=codes)
        found.by_group, found.overall  # noqa: B018 - both are computed when they are asked for
    areas(truth, score, groups)


def areas(truth: Any, score: Any, groups: dict[str, Any]) -> None:
    roc_auc_score(truth, score)
    for codes in groups.values():
        for code in np.unique(codes):
            own = codes == code
            if 0 < truth[own].sum() < own.sum():
                roc_auc_score(truth[own], score[own])


def with_counts(truth: Any, score: Any, groups: dict[str, Any]) -> list[Any]:
    decided = score >= 0.5
    found = [np.bincount(codes * 4 + truth * 2 + decided, minlength=4) for codes in groups.values()]
    areas(truth, score, groups)
    return found


def ratios(work: Workload) -> None:
    _, model, training = fitted(work)
    frame = work.frame.reset_index(drop=True)
    data = from_table(pa.Table.from_pandas(frame, preserve_index=False), work.schema)
    table = data.frame()
    subject = Subject(data=data, model=model, predictions=model.predict(table))
    whole_plan = variants(
        subject, StressVariants(curves=False, whole_runs=0), rng=np.random.default_rng(0), progress=silent
    )
    every = [item for item in whole_plan.result.variants if not item.stops and not item.about_labels]  # type: ignore[union-attr]
    chosen = every[:: max(1, len(every) // work.variants)][: work.variants]
    asked = StressVariants(corruptions=tuple(item.corruption for item in chosen), curves=False, whole_runs=0)
    shared, found = np.inf, whole_plan
    for _ in range(3):
        start = time.process_time()
        found = variants(subject, asked, rng=np.random.default_rng(0), progress=silent)
        shared = min(shared, time.process_time() - start)
    again = replace(asked, engine="ask_again")
    start = time.process_time()
    variants(subject, again, rng=np.random.default_rng(0), progress=silent)
    asking = time.process_time() - start
    fairlearn, counts, differ = naive(subject, table, found.result.variants, found.result.seed)  # type: ignore[union-attr]
    count = len(chosen)
    name = f"{work.name}, {count} variants"
    tell(f"{name}: against whole runs with fairlearn", fairlearn / shared, target=work.fairlearn_target, at_least=True)
    tell(
        f"{name}: against whole runs with equally good counts",
        counts / shared,
        target=work.counts_target,
        at_least=True,
    )
    tell(f"{name}: the same, asking the model again", counts / asking)
    tell(f"{name}: against whole runs that also train", (counts + count * training) / shared, target=13, at_least=True)
    tell(f"{name}: cells of labels, decisions and groups otherwise than the whole run", differ, unit="", target=0)
    tell(f"{name}: seconds", shared, unit="s")
    search(work, subject)


def naive(subject: Subject, table: pd.DataFrame, chosen: tuple[Variant, ...], seed: int) -> tuple[float, float, int]:
    """Return the seconds of whole runs with fairlearn and with counts, and how many cells of their counts the lab says otherwise."""
    columns, model = Columns(subject.data), subject.model
    assert model is not None
    truth = (table[subject.data.schema.target] == subject.data.schema.positive).to_numpy()
    positive = 1
    groups = {name: pd.factorize(table[name].astype(object).fillna("?"))[0] for name in subject.data.schema.sensitive}
    spent, measured, with_peer, differ = 0.0, 0.0, 0.0, 0
    for at, item in enumerate(chosen):
        found = strike(item.corruption, columns, seed, minimum=1, used=model.signature.columns)
        assert isinstance(found, Strike)
        start = time.process_time()
        score = model.predict(whole_run(table, found, found.rows)).score[:, positive]
        asked = time.process_time()
        found_counts = with_counts(truth, score, groups)
        counted = time.process_time()
        spent, measured = spent + asked - start, measured + counted - asked
        differ += cells_otherwise(item, table, groups, found_counts)
        if at % FAIRLEARN_EVERY == 0:
            with_fairlearn(truth, score, groups)
            with_peer += time.process_time() - counted
    scaled = with_peer * len(chosen) / len(range(0, len(chosen), FAIRLEARN_EVERY))
    return spent + scaled, spent + measured, differ


def cells_otherwise(item: Variant, table: pd.DataFrame, groups: dict[str, Any], counts: list[Any]) -> int:
    """Return how many shares of how many groups differ from those that the cells of a whole run give."""
    differ = 0
    for (attribute, codes), cells in zip(groups.items(), counts, strict=True):
        width = 4 * (int(codes.max()) + 1)
        by_group = np.pad(cells, (0, width - len(cells))).reshape(-1, 2, 2).astype(float)
        for code, (negatives, positives) in enumerate(by_group):
            group = table[attribute].iloc[int(np.argmax(codes == code))]
            if pd.isna(group):
                continue  # the lab has a name of its own for people of no known group
            shares = {
                "accuracy": ((negatives[0] + positives[1]), by_group[code].sum()),
                "selection_rate": (negatives[1] + positives[1], by_group[code].sum()),
                "true_positive_rate": (positives[1], positives.sum()),
                "false_positive_rate": (negatives[1], negatives.sum()),
            }
            for metric, (part, whole) in shares.items():
                own = item.effect(metric, attribute, str(group))
                if whole:
                    differ += own is None or own.after is None or abs(own.after - part / whole) > 1e-12
    return differ


def search(work: Workload, subject: Subject) -> None:
    assert subject.model is not None
    numbers = [name for name in subject.model.signature.columns if Columns(subject.data).sort(name) == "number"]
    for warm in (numbers[:1], numbers[:2]):  # what is compiled or read on the first call is no part of a column
        any_value(subject, StressAnyValue(columns=tuple(warm)), rng=np.random.default_rng(0), progress=silent)
    start = time.process_time()
    subject.model.predict(subject.data.frame())
    once = time.process_time() - start
    start = time.process_time()
    found = worst(subject, StressWorst(), rng=np.random.default_rng(1), progress=silent).result
    spent = time.process_time() - start
    tell(f"{work.name}: the worst of {found.tried:,} conjunctions, seconds", spent, unit="s", target=10)  # type: ignore[union-attr]
    tell(f"{work.name}: points lost on held-out rows", 100 * found.worst[0].held_out.change, unit="points")  # type: ignore[union-attr]
    tell(f"{work.name}: points lost at random rows, mean", 100 * found.random_mean, unit="points")  # type: ignore[union-attr]
    base = seconds_of(
        lambda: any_value(subject, StressAnyValue(columns=(numbers[0],)), rng=np.random.default_rng(0), progress=silent)
    )
    every = seconds_of(
        lambda: any_value(
            subject, StressAnyValue(columns=tuple(numbers)), rng=np.random.default_rng(0), progress=silent
        )
    )
    each = (every - base) / max(1, len(numbers) - 1)
    tell(f"{work.name}: any value of one column, in predictions of the table", each / once, target=2)


def seconds_of(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    warnings.filterwarnings("ignore")
    quick = "--quick" in sys.argv
    if not (SHARED / "adult").exists():
        sys.stdout.write("The tables Adult and diabetes130 are not beside the checkout; nothing is measured.\n")
        return
    ratios(adult(3_000 if quick else 22_561))
    ratios(diabetes(1_500 if quick else 4_000))


if __name__ == "__main__":
    main()
