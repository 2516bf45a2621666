"""The ladder from signals over estimates to labels, rung by rung."""

from __future__ import annotations

import pytest

from governance.drift.action.action import Signal, recommended
from governance.drift.results.report import (
    Change,
    Estimate,
    EstimatedHarm,
    Harm,
    Labels,
    MetricChange,
    PerformanceChange,
)
from governance.evidence.evidence import NotAssessed

NONE = NotAssessed("not asked for")
STILL, MOVED = Signal((), 0, ()), Signal(("income",), 0, ())


def measured(value: float, low: float = 0.6) -> Estimate:
    return Estimate(value, low, 0.9, 500)


def performance(auc: float = 0.7, low: float = 0.65, selected: Change = "within_tolerance") -> PerformanceChange:
    same = MetricChange(0.0, -0.01, 0.01, 0.02, "within_tolerance", "")
    return PerformanceChange(
        {"roc_auc": measured(0.7), "false_positive_rate": measured(0.2)},
        {"roc_auc": measured(auc, low), "false_positive_rate": measured(0.31)},
        {"roc_auc": same, "false_positive_rate": MetricChange(0.11, 0.06, 0.16, 0.02, selected, "")},
        "roc_auc",
    )


def expected(verdict: Change) -> EstimatedHarm:
    return EstimatedHarm("cbpe", {}, {}, 1.0, weighted=False, verdict=verdict, assumption="")


def harm(realised: Change, estimated: EstimatedHarm | NotAssessed = NONE) -> Harm:
    return Harm(estimated, realised, "in short", NONE, (), "", (), Labels(500, 1_000, 4_000))


@pytest.mark.parametrize(
    ("signal", "found", "kind"),
    [
        (STILL, harm("within_tolerance"), "none"),
        (STILL, harm("better"), "none"),
        (MOVED, harm("within_tolerance"), "watch"),
        (STILL, harm("cannot_tell"), "watch"),
        (MOVED, harm("cannot_tell"), "collect_labels"),
        (STILL, harm("cannot_tell", expected("worse")), "collect_labels"),
        (STILL, harm("worse"), "retrain"),
        (STILL, NONE, "none"),
        (MOVED, NONE, "investigate"),
    ],
)
def test_labels_outrank_estimates_and_estimates_outrank_signals(
    signal: Signal, found: Harm | NotAssessed, kind: str
) -> None:
    assert recommended(signal, performance(), found).recommendation == kind


def test_scores_no_better_than_chance_and_missing_columns_stop_the_model() -> None:
    assert recommended(STILL, performance(0.52, low=0.48), harm("worse")).recommendation == "stop"
    found = recommended(STILL, performance(), harm("within_tolerance"), ("income",))
    assert found.recommendation == "stop"
    assert "income" in found.reason


@pytest.mark.parametrize("realised", ["within_tolerance", "better", "cannot_tell"])
def test_a_metric_beside_the_main_one_that_got_worse_is_looked_into_and_named(realised: Change) -> None:
    found = recommended(STILL, performance(selected="worse"), harm(realised))
    assert found.recommendation == "investigate"
    assert "negatives selected (false positive rate) went from 0.200 to 0.310" in found.reason


def test_the_order_of_the_file_is_named_where_it_may_be_all_there_is() -> None:
    ordered = Signal(("income",), 0, (), ("income",))
    assert any("looks like the order of the file" in item for item in recommended(ordered, NONE, NONE).unknown)
    assert not any("order of the file" in item for item in recommended(MOVED, NONE, NONE).unknown)
