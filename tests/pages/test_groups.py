"""The parts of the fairness and performance screens: what is drawn, in which order, with which words."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from governance.data.in_memory import InMemory
from governance.evidence.evidence import silent
from governance.fairness import words as fairness_words
from governance.fairness.by_group import by_group
from governance.fairness.report import FairnessReport, Limits, SweepReport
from governance.fairness.spec import ByGroup, Sweep
from governance.fairness.sweep import sweep
from governance.performance import words
from governance.performance.report import PerformanceReport
from governance.performance.spec import Summary
from governance.performance.summary import summary
from governance.subject.schema import Schema
from governance.subject.signature import Prediction
from governance.subject.subject import Subject
from pages.explore.fairness import group_charts, groups
from pages.explore.performance import charts

EVIL = ":material/check_circle: approved <b>x</b>"


def subject(n: int = 900) -> Subject:
    rng = np.random.default_rng(4)
    g = rng.choice(["a", "b", EVIL], n, p=[0.6, 0.3, 0.1])
    y = rng.integers(0, 2, n)
    score = np.clip(0.3 + 0.3 * y - 0.2 * (g == "b") + rng.normal(0, 0.2, n), 0, 1)
    frame = pd.DataFrame({"g": g, "h": rng.choice(["u", "v"], n), "y": y, "s": score})
    return Subject(InMemory(frame, Schema(target="y", positive="1", score="s", sensitive=("h", "g"), threshold=0.4)))


@pytest.fixture(scope="module")
def report() -> FairnessReport:
    found = by_group(subject(), ByGroup(limits=Limits(draws=200)), rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(found, FairnessReport)
    return found


def test_the_attribute_with_the_worst_group_is_offered_first(report: FairnessReport) -> None:
    assert list(groups.attribute_choices(report).values()) == [("g",), ("h",)]


def test_groups_are_drawn_worst_first_with_a_word_for_each_verdict(report: FairnessReport) -> None:
    frame = group_charts.group_frame(report.groups(("g",)), "selection_rate", "good")
    assert frame["Group"][0] == "b"
    assert frame["Verdict"][0] == "Worse than the reference"
    assert "Reference" in set(frame["Verdict"])
    chart = group_charts.dots(frame, "selection_rate", 0.5, share=True).to_dict()
    assert len(chart["layer"]) == 3


def test_a_reference_can_be_chosen_by_name_and_is_understood_by_the_method(report: FairnessReport) -> None:
    offered = groups.references(report)
    assert offered["h: u"] == "h=u"
    chosen = ByGroup(reference=offered["h: u"], limits=Limits(draws=0))
    found = by_group(subject(), chosen, rng=np.random.default_rng(0), progress=silent).result
    assert [group.name for group in found.groups(("h",)) if group.is_reference] == ["u"]


def test_a_disparity_is_called_by_what_it_compares() -> None:
    assert fairness_words.compared("demographic_parity") == "Share selected (selection rate)"
    assert (
        fairness_words.compared("equalized_odds")
        == "Positives found (true positive rate) and negatives selected (false positive rate)"
    )


def test_the_frontier_can_be_drawn() -> None:
    found = sweep(subject(), Sweep(limits=Limits(draws=100)), rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(found, SweepReport)
    frame = group_charts.frontier_frame(found.frontier["g"])
    assert group_charts.frontier(frame).to_dict()["layer"]


def test_the_confusion_picture_adds_up_to_all_rows() -> None:
    found = summary(subject(), Summary(), rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(found, PerformanceReport)
    frame = charts.confusion_frame(found.binary.confusion, charts.Said("1", "not 1"))
    assert frame["Rows"].sum() == 900
    assert frame.groupby("Label")["Share of the label"].sum().tolist() == pytest.approx([1, 1])
    rates = charts.curve_frame(found.binary.curve)
    assert charts.roc(rates, rates.iloc[[3]]).to_dict()["layer"]
    assert charts.precision_recall(rates, rates.iloc[[3]], 0.5).to_dict()["layer"]
    assert charts.calibration(charts.calibration_frame(found.binary)).to_dict()["layer"]
    assert "Always giving the commoner answer" in words.lead(found)


def test_regression_and_many_classes_have_pictures_too() -> None:
    rng = np.random.default_rng(0)
    actual = rng.normal(50, 10, 300)
    frame = pd.DataFrame({"y": actual})
    made = Subject(
        InMemory(frame, Schema(target="y")), predictions=Prediction((), None, (actual + rng.normal(0, 3, 300))[:, None])
    )
    found = summary(made, Summary(), rng=rng, progress=silent).result
    assert charts.residuals(charts.residual_frame(found.regression)).to_dict()["layer"]
    assert charts.by_prediction(charts.by_prediction_frame(found.regression)).to_dict()["layer"]
    assert words.lead(found).startswith("Predictions are off by 2.")
    label = rng.integers(0, 3, 300)
    frame = pd.DataFrame({"y": np.array(["x", "y", "z"])[label]})
    made = Subject(
        InMemory(frame, Schema(target="y")), predictions=Prediction(("x", "y", "z"), label, np.eye(3)[label])
    )
    found = summary(made, Summary(draws=50), rng=rng, progress=silent).result
    frame = charts.classes_frame(found.multiclass)
    assert frame["Rows"].sum() == 300
    assert charts.classes(frame).to_dict()["layer"]


SCRIPT = """
import sys
sys.path.insert(0, {root!r})
import numpy as np
from tests.pages.test_groups import subject
from governance.evidence.evidence import silent
from governance.fairness.by_group import by_group
from governance.fairness.report import Limits
from governance.fairness.spec import ByGroup
from pages.explore.fairness import groups
found = by_group(subject(), ByGroup(limits=Limits(draws=0)), rng=np.random.default_rng(0), progress=silent).result
groups.by_group(found, found.groups(("g",)), "selection_rate", "x")
groups.disparities(found, "g")
groups.worst_combinations(found, "selection_rate")
groups.unjudged(found)
"""


def test_a_group_named_like_markup_is_shown_letter_by_letter() -> None:
    from streamlit.testing.v1 import AppTest

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shown = AppTest.from_string(
            SCRIPT.format(root=str(Path(__file__).resolve().parents[2])), default_timeout=60
        ).run()
    assert not shown.exception
    text = " ".join(item.value for item in [*shown.markdown, *shown.caption])
    assert ":material/check_circle:" not in text
