"""Published cases: ProPublica's counts, fairlearn's user guide, AIF360's indices, the EEOC's example, Adult's base rates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from governance.data.in_memory import InMemory
from governance.evidence.evidence import silent
from governance.fairness.by_group import by_group
from governance.fairness.local_law_144.impact_ratio import Line, impact_table
from governance.fairness.report import FairnessReport, Limits
from governance.fairness.spec import ByGroup
from governance.statistics import rates
from governance.subject.schema import Schema
from governance.subject.subject import Subject


@pytest.fixture(scope="module")
def cases(shared: Path) -> dict[str, Any]:
    found = json.loads((shared / "vectors" / "fairness_cases.json").read_text(encoding="utf-8"))
    return {case["id"]: case for case in found}


def table(tn: int, fp: int, fn: int, tp: int) -> np.ndarray:
    found = np.zeros((3, 3))
    found[0, 0], found[0, 1], found[1, 0], found[1, 1] = tn, fp, fn, tp
    return found


def report(frame: pd.DataFrame, **roles: Any) -> FairnessReport:
    schema = Schema(target="y", positive="1", prediction="p", **roles)
    limits = Limits(min_rows=1, min_outcomes=1, draws=0)
    subject = Subject(InMemory(frame, schema))
    found = by_group(subject, ByGroup(limits=limits), rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(found, FairnessReport)
    return found


def toy(case: dict[str, Any]) -> pd.DataFrame:
    names = {"y_true": "y", "y_pred": "p"}
    wanted = ("y_true", "y_pred", "group", "group_1", "group_2", "control", "sample_weight")
    return pd.DataFrame({names.get(key, key): case["inputs"][key] for key in wanted if key in case["inputs"]})


NAMES = {
    "fpr": "false_positive_rate", "fnr": "false_negative_rate", "tpr": "true_positive_rate", "tnr": "true_negative_rate",
    "ppv": "precision", "npv": "negative_predictive_value", "prevalence": "base_rate", "selection_rate": "selection_rate",
    "sel": "selection_rate", "count": "count",
}  # fmt: skip


@pytest.mark.parametrize("who", ["all", "african_american", "caucasian"])
def test_propublica_rates_follow_from_their_counts(cases: dict[str, Any], who: str) -> None:
    case = cases[f"propublica_compas_{who}"]
    counts = table(**case["inputs"]["confusion"])
    for name, expected in case["expected"]["exact"].items():
        assert float(rates.value(NAMES[name], counts)) == pytest.approx(expected, abs=1e-15)


def test_people_of_whom_being_selected_is_bad_are_worse_off_with_more_false_positives(cases: dict[str, Any]) -> None:
    rows = []
    for who in ("african_american", "caucasian"):
        counts = cases[f"propublica_compas_{who}"]["inputs"]["confusion"]
        for (y, p), key in {(0, 0): "tn", (0, 1): "fp", (1, 0): "fn", (1, 1): "tp"}.items():
            rows += [(who, y, p)] * counts[key]
    frame = pd.DataFrame(rows, columns=["race", "y", "p"])
    schema = Schema(target="y", positive="1", prediction="p", sensitive=("race",), selected_is="bad")
    parameters = ByGroup(reference="race=caucasian")
    found = by_group(Subject(InMemory(frame, schema)), parameters, rng=np.random.default_rng(0), progress=silent).result
    group = next(item for item in found.by_group if item.name == "african_american")
    item = group.metric("false_positive_rate")
    assert item.verdict == "worse"
    assert item.against.ratio == pytest.approx(cases["propublica_ratios"]["expected"]["fpr_ratio"], abs=5e-4)
    assert group.metric("false_negative_rate").verdict == "no_direction"


def test_the_toy_of_fairlearns_guide(cases: dict[str, Any]) -> None:
    case = cases["fairlearn_userguide_toy"]
    expected, found = case["expected"], report(toy(case), sensitive=("group",))
    overall = {item.metric: item.value for item in found.overall}
    for name, value in expected["overall"].items():
        assert overall[NAMES[name]] == pytest.approx(value, abs=1e-6)
    for group in found.by_group:
        for name, value in expected["by_group"][group.name].items():
            assert group.metric(NAMES[name]).value == pytest.approx(value, abs=1e-6)
        counts = group.counts
        assert [
            [counts.true_negative, counts.false_positive],
            [counts.false_negative, counts.true_positive],
        ] == expected["confusion_matrix"][group.name]
    gaps = {(item.metric, item.method): item for item in found.disparities}
    assert gaps["demographic_parity", "between_groups"].difference == pytest.approx(0.25)
    assert gaps["demographic_parity", "between_groups"].ratio == pytest.approx(
        expected["demographic_parity_ratio"], abs=1e-6
    )
    assert gaps["equalized_odds", "between_groups"].difference == pytest.approx(1.0)
    assert gaps["equalized_odds", "between_groups"].ratio == 0.0
    for short, gap in {"tpr": "equal_opportunity", "fpr": "predictive_equality", "sel": "demographic_parity"}.items():
        assert gaps[gap, "to_overall"].difference == pytest.approx(expected["difference_to_overall"][short], abs=1e-6)
        assert gaps[gap, "to_overall"].ratio == pytest.approx(expected["ratio_to_overall"][short], abs=1e-6)


def test_weighted_recall_of_fairlearns_guide(cases: dict[str, Any]) -> None:
    case = cases["fairlearn_userguide_weighted"]
    found = report(toy(case), sensitive=("group",), weight="sample_weight")
    assert found.weighted
    for group in found.by_group:
        expected = case["expected"]["by_group"][group.name]
        assert group.metric("true_positive_rate").value == pytest.approx(expected, abs=1e-6)
    overall = {item.metric: item.value for item in found.overall}
    assert overall["true_positive_rate"] == pytest.approx(case["expected"]["overall"], abs=1e-9)


def test_intersections_of_fairlearns_guide(cases: dict[str, Any]) -> None:
    case = cases["fairlearn_userguide_intersection"]
    found = report(toy(case), sensitive=("group_1", "group_2"))
    pairs = found.groups(("group_1", "group_2"))
    assert len(pairs) == len(case["expected"])
    for group in pairs:
        expected = case["expected"][f"{group.group['group_1']}|{group.group['group_2']}"]
        assert group.metric("true_positive_rate").value == pytest.approx(expected, abs=1e-6)


def test_control_features_of_fairlearns_guide(cases: dict[str, Any]) -> None:
    case = cases["fairlearn_userguide_control"]
    found = report(toy(case), sensitive=("group",), control=("control",))
    for stratum in found.strata:
        level = stratum.control["control"]
        gap = next(d for d in stratum.disparities if d.metric == "accuracy_parity" and d.method == "between_groups")
        assert gap.difference == pytest.approx(case["expected"]["max_gap"][level], abs=1e-9)
        for group in stratum.by_group:
            expected = case["expected"]["by_group"][f"{level}|{group.name}"]
            assert group.metric("accuracy").value == pytest.approx(expected, abs=1e-9)


def test_point_values_of_fairlearns_bootstrap_example(cases: dict[str, Any]) -> None:
    case = cases["fairlearn_userguide_bootstrap"]
    found = report(toy(case), sensitive=("group",))
    for group in found.by_group:
        assert group.metric("selection_rate").value == pytest.approx(case["expected"]["sel"][group.name], abs=1e-6)


@pytest.mark.parametrize("name", ["aif360_generalized_entropy", "aif360_generalized_entropy_2"])
def test_generalised_entropy_of_aif360(cases: dict[str, Any], name: str) -> None:
    found = report(toy(cases[name]).assign(g="x"), sensitive=("g",)).inequality
    assert found.generalized_entropy == pytest.approx(cases[name]["expected"]["generalized_entropy_index"], abs=1e-12)
    assert found.between_groups["g"] == pytest.approx(0.0, abs=1e-15)


def test_theil_of_aif360(cases: dict[str, Any]) -> None:
    found = report(toy(cases["aif360_theil"]).assign(g="x"), sensitive=("g",)).inequality
    assert found.theil == pytest.approx(cases["aif360_theil"]["expected"]["theil_index"], abs=1e-12)


def test_exactly_four_fifths_is_not_adverse(cases: dict[str, Any]) -> None:
    case = cases["ugesp_qa11"]
    rates = case["inputs"]["selection_rates"]
    found = impact_table([Line(name, 100, round(rate * 100)) for name, rate in rates.items()])
    for group in found.groups:
        assert group.below_four_fifths is case["expected"]["adverse_impact"][group.category]
        assert group.impact_ratio == pytest.approx(case["expected"]["impact_ratio"][group.category], abs=1e-12)


def test_base_rates_of_adult(cases: dict[str, Any], shared: Path) -> None:
    expected = cases["adult_train_base_rates"]["expected"]
    frame = pd.read_parquet(shared / "data" / "adult" / "adult.parquet").assign(p="<=50K")
    schema = Schema(target="income", positive=">50K", prediction="p", sensitive=("sex", "race"))
    parameters = ByGroup(limits=Limits(draws=0), intersections=1)
    found = by_group(Subject(InMemory(frame, schema)), parameters, rng=np.random.default_rng(0), progress=silent).result
    assert found.rows.total == expected["rows"]
    for group in found.by_group:
        (attribute,) = group.attributes
        known = expected[attribute][group.name]
        assert group.n == known["n"]
        assert group.counts.false_negative + group.counts.true_positive == known["pos"]
        assert group.metric("base_rate").value == pytest.approx(known["rate"], abs=1e-6)
