"""The same rows give the same number and the same interval through every method that reports the quantity.

Methods are run for real: files on disk, a converted model in ONNX Runtime, the runner, the catalogue's defaults.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from governance.evidence.codec import sha256
from governance.models.convert.convert import convert_estimator
from governance.models.graph.reading import signature_of
from governance.runs.run import DataFile, ModelFile, Task, execute
from governance.subject.schema import Schema

COLUMNS = ["a", "b"]
METHODS = (
    "performance.summary", "fairness.by_group", "fairness.sweep", "fairness.compare", "drift.harm", "drift.harm_over_time",
    "data.audit", "explain.limits",
)  # fmt: skip
SMALL = {"draws": 0, "min_rows": 2, "min_outcomes": 1}
PARAMETERS = {
    "fairness.sweep": {"points": 500, "limits": SMALL},
    "fairness.by_group": {"limits": SMALL},
    "performance.summary": {"draws": 50},
    "drift.harm": {"multivariate": False},
    "drift.harm_over_time": {"by": "rows", "size": 10_000},
    "data.audit": {"min_rows": 2},
    "explain.limits": {"fewest": 2},
}
Three = tuple[float, float | None, float | None]
Seen = dict[str, dict[str, Three]]
"""Metric -> method -> value with its interval, None where a method reports none."""


def rows(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    a, b, noise = rng.normal(size=(3, n))
    return pd.DataFrame(
        {
            "a": a,
            "b": b,
            "all": "everybody",
            "sex": np.where(rng.random(n) < 0.45, "f", "m"),
            "binary": np.where(a + b / 2 + noise > 0, "yes", "no"),
            "regression": 2 * a - b + noise,
            "multiclass": np.select([a + noise > 0.7, a - noise < -0.5], ["p", "q"], "r"),
            "weight": rng.integers(1, 5, n),
            "at": pd.date_range("2024-01-01", periods=n, freq="min"),
        }
    )


def tasks(folder: Path, kind: str, n: int) -> Iterator[Task]:
    """Yield one task per method on the same rows; the reference of a comparison is these rows as well, a year earlier."""
    frame, learned = rows(n, 1), rows(400, 2)
    path = folder / f"{kind}{n}.csv"
    frame.to_csv(path, index=False)
    again = folder / f"{kind}{n}_again.csv"
    last_year = frame["at"] - pd.Timedelta(days=365)  # a table is not compared with itself
    frame.assign(at=last_year).to_csv(again, index=False)
    estimator = LinearRegression() if kind == "regression" else LogisticRegression()
    stored = convert_estimator(estimator.fit(learned[COLUMNS], learned[kind]), learned[COLUMNS])
    (folder / f"{kind}.onnx").write_bytes(stored)
    model = ModelFile(str(folder / f"{kind}.onnx"), sha256(stored), signature_of(stored))
    others = tuple(name for name in ("binary", "regression", "multiclass", "weight") if name != kind)
    roles = {"positive": "yes", "negative": ("no",)} if kind == "binary" else {}
    schema = Schema(target=kind, sensitive=("sex", "all"), ignore=others, timestamp="at", **roles)
    data = DataFile(str(path), sha256(path.read_bytes()), schema)
    reference = DataFile(str(again), sha256(again.read_bytes()), schema)
    for method in METHODS:
        if kind == "binary" or method != "fairness.compare":
            yield Task(method, data, model, reference, model, parameters=PARAMETERS.get(method))


@pytest.fixture(
    scope="module",
    params=[("binary", 40), ("binary", 600), ("regression", 40), ("regression", 600), ("multiclass", 600)],
)
def results(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    kind, n = request.param
    folder = tmp_path_factory.mktemp("one_number")
    return {task.method: execute(task).evidence.result for task in tasks(folder, kind, n)}


def three(value: Any) -> Three:
    return value["value"], value["low"], value["high"]


def say(seen: Seen, metric: str, method: str, value: Three) -> None:
    seen.setdefault(metric, {})[method] = value


def of_everyone(results: dict[str, Any]) -> Seen:
    """Return what each method says about all rows."""
    seen: Seen = {}
    for item in results["performance.summary"]["measures"]:
        say(seen, item["metric"], "performance.summary", three(item))
    for item in results["fairness.by_group"]["overall"]:
        say(seen, item["metric"], "fairness.by_group", three(item))
    for side in ("reference", "current"):
        for metric, item in results["drift.harm"]["performance"][side].items():
            say(seen, metric, f"drift.harm, {side}", three(item))
    over_time = results["drift.harm_over_time"]
    say(seen, over_time["metric"], "drift.harm_over_time", three(over_time["windows"][0]["with_labels"]))
    of_mistakes(seen, results["explain.limits"])
    if results["performance.summary"]["task"] == "multiclass":
        of_classes(seen, results["performance.summary"]["multiclass"])
    if results["performance.summary"]["task"] == "binary":
        of_frontier(seen, results["fairness.sweep"])
        of_curve(seen, results["performance.summary"]["binary"])
        for item in results["fairness.compare"]["changes"]:
            if not item["attribute"]:
                say(seen, item["what"], "fairness.compare", (item["current"], None, None))
    return seen


def of_mistakes(seen: Seen, limits: dict[str, Any]) -> None:
    size, low, high = (limits["everyone"][name] for name in ("size", "low", "high"))
    if limits["measure"] == "share decided wrongly":
        say(seen, "accuracy", "explain.limits", (1 - size, 1 - high, 1 - low))
    else:
        say(seen, "mean_absolute_error", "explain.limits", (size, low, high))


def of_classes(seen: Seen, multiclass: dict[str, Any]) -> None:
    for one in multiclass["per_class"]:
        for item in one["measures"]:
            say(seen, f"{item['metric']}[{one['name']}]", "performance.summary", three(item))


def of_frontier(seen: Seen, sweep: dict[str, Any]) -> None:
    at = next(item for item in sweep["frontier"]["sex"] if item["threshold"] == sweep["current"])
    say(seen, "accuracy", "fairness.sweep", (at["accuracy"], at["accuracy_low"], at["accuracy_high"]))


def of_curve(seen: Seen, binary: dict[str, Any]) -> None:
    curve = binary["curve"]
    at = curve["thresholds"].index(binary["confusion"]["threshold"])
    for metric, of, positive in (
        ("true_positive_rate", "true_positives", "positives"),
        ("false_positive_rate", "false_positives", "negatives"),
    ):
        say(seen, metric, "performance.summary, curve", (curve[of][at] / curve[positive], None, None))


def of_one_group(results: dict[str, Any], column: str, group: str) -> Seen:
    """Return what each method says about the rows with one value of a sensitive column."""
    seen: Seen = {}
    own = next(item for item in results["fairness.by_group"]["by_group"] if item["group"] == {column: group})
    for item in own["metrics"]:
        say(seen, item["metric"], "fairness.by_group", three(item))
    for item in results["drift.harm"]["harm"]["by_group"]:
        if (item["attribute"], item["group"]) == (column, group):
            say(seen, item["metric"], "drift.harm", three(item["current"]))
    over_time = results["drift.harm_over_time"]
    for item in over_time["windows"][0]["groups"]:
        if (item["attribute"], item["group"]) == (column, group) and item["value"] is not None:
            say(seen, over_time["metric"], "drift.harm_over_time", three(item["value"]))
    member = [{"attribute": column, "value": group}]
    audited = next(item["label"] for item in results["data.audit"]["groups"] if item["group"] == member)
    if "value" in audited and results["performance.summary"]["task"] == "binary":
        say(seen, "base_rate", "data.audit", three(audited))
    return seen


def differing(seen: Seen) -> dict[str, dict[str, Three]]:
    """Return the metrics about which two methods disagree: in the value, or in the interval where both give one."""
    found = {}
    for metric, of_method in seen.items():
        values = [value for value, _, _ in of_method.values() if value is not None]
        ends = [(low, high) for _, low, high in of_method.values() if low is not None]
        same = all(value == pytest.approx(values[0], rel=1e-9, abs=1e-9) for value in values)
        if not same or any(pair != pytest.approx(ends[0], rel=1e-9, abs=1e-9) for pair in ends):
            found[metric] = of_method
    return found


def shared(seen: Seen) -> set[str]:
    return {metric for metric, of_method in seen.items() if sum(None not in value for value in of_method.values()) > 1}


EXPECTED = {
    "binary": {
        "roc_auc", "accuracy", "selection_rate", "base_rate", "true_positive_rate", "false_positive_rate", "true_negative_rate",
        "false_negative_rate", "precision", "balanced_accuracy", "f1", "brier_score", "mean_score",
    },
    "regression": {"mean_absolute_error", "mean_error", "root_mean_squared_error"},
    "multiclass": {"accuracy", "balanced_accuracy", "true_positive_rate[p]", "false_positive_rate[q]", "precision[r]"},
}  # fmt: skip
"""What at least two methods report, so that the comparison is not empty."""


def test_all_rows_have_one_number_and_one_interval_everywhere(results: dict[str, Any]) -> None:
    seen = of_everyone(results)
    assert EXPECTED[results["performance.summary"]["task"]] <= shared(seen)
    assert differing(seen) == {}


@pytest.mark.parametrize(("column", "group"), [("sex", "f"), ("sex", "m"), ("all", "everybody")])
def test_a_group_has_one_number_and_one_interval_everywhere(results: dict[str, Any], column: str, group: str) -> None:
    seen = of_one_group(results, column, group)
    assert shared(seen)
    assert differing(seen) == {}


def test_a_group_of_all_rows_is_told_what_all_rows_are_told(results: dict[str, Any]) -> None:
    seen = of_everyone(results)
    for metric, of_method in of_one_group(results, "all", "everybody").items():
        for method, value in of_method.items():
            say(seen, metric, f"{method}, group of everybody", value)
    assert differing(seen) == {}


@pytest.mark.parametrize("kind", ["binary", "regression", "multiclass"])
def test_weighted_rows_have_one_number_in_both_methods_that_weigh(kind: str, tmp_path: Path) -> None:
    """The other methods count rows, whatever their weight."""
    results: dict[str, Any] = {}
    for task in tasks(tmp_path, kind, 90):
        if task.method in ("performance.summary", "fairness.by_group"):
            others = tuple(name for name in task.data.schema.ignore if name != "weight")
            weighed = replace(task.data, schema=replace(task.data.schema, weight="weight", ignore=others))
            results[task.method] = execute(replace(task, data=weighed)).evidence.result
    seen: Seen = {}
    for item in results["performance.summary"]["measures"]:
        say(seen, item["metric"], "performance.summary", three(item))
    for item in results["fairness.by_group"]["overall"]:
        say(seen, item["metric"], "fairness.by_group", three(item))
    assert {"binary": {"roc_auc", "f1"}, "regression": {"mean_error"}, "multiclass": {"balanced_accuracy"}}[
        kind
    ] <= shared(seen)
    assert differing(seen) == {}
