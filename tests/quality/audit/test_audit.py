"""The audit of who is in the data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, sem, t
from sklearn.metrics import adjusted_mutual_info_score

from governance.data.table import open_dataset
from governance.evidence.codec import canonical, decode, encode, parse
from governance.evidence.evidence import NotAssessed, silent
from governance.quality.audit.audit import run
from governance.quality.audit_report import AuditReport, BenchmarkShare, GroupAudit, LabelRate, Member, Representation
from governance.quality.spec import AuditParameters
from governance.subject.schema import Schema
from governance.subject.subject import Subject


def audited(path: Path, schema: Schema, parameters: AuditParameters | None = None) -> AuditReport:
    subject = Subject(open_dataset(path, schema))
    finding = run(subject, parameters or AuditParameters(), rng=np.random.default_rng(0), progress=silent)
    assert isinstance(finding.result, AuditReport)
    return finding.result


def group(found: AuditReport, **values: str) -> GroupAudit:
    wanted = {Member(name, value) for name, value in values.items()}
    (item,) = [item for item in found.groups if set(item.group) == wanted]
    return item


@pytest.fixture(scope="module")
def adult(shared: Path) -> AuditReport:
    benchmark = (BenchmarkShare((Member("sex", "Female"),), 0.51), BenchmarkShare((Member("sex", "Male"),), 0.49))
    schema = Schema(target="income", positive=">50K", sensitive=("sex", "race"))
    return audited(shared / "data/adult/adult.parquet", schema, AuditParameters(benchmark))


def test_label_rates_are_the_published_ones_with_their_intervals(adult: AuditReport) -> None:
    male, female = group(adult, sex="Male").label, group(adult, sex="Female").label
    assert isinstance(male, LabelRate)
    assert isinstance(female, LabelRate)
    assert (round(male.value, 4), round(female.value, 4)) == (0.3057, 0.1095)
    interval = binomtest(1179, 10771).proportion_ci(method="wilson")
    assert (female.low, female.high) == (pytest.approx(interval.low), pytest.approx(interval.high))


def test_representation_is_compared_where_the_benchmark_speaks_and_only_there(adult: AuditReport) -> None:
    female = group(adult, sex="Female").representation
    assert isinstance(female, Representation)
    assert female.ratio == pytest.approx(10771 / 32561 / 0.51)
    assert female.low < female.ratio < female.high
    assert isinstance(group(adult, race="White").representation, NotAssessed)


def test_intersections_are_there_and_add_up(adult: AuditReport) -> None:
    for depth in (1, 2):
        single = [item for item in adult.groups if len(item.group) == depth]
        assert sum(item.rows for item in single) == adult.rows * (2 if depth == 1 else 1)
    assert group(adult, sex="Female", race="Black").rows == 1_555


def test_relationship_gives_away_the_sex_as_scikit_learn_measures_it(adult: AuditReport, shared: Path) -> None:
    frame = pd.read_parquet(shared / "data/adult/adult.parquet")
    strongest = next(item for item in adult.proxies if item.attribute == "sex")
    expected = adjusted_mutual_info_score(frame["sex"], frame["relationship"])
    assert (strongest.column, strongest.is_proxy) == ("relationship", True)
    assert strongest.adjusted_mutual_information == pytest.approx(expected, abs=1e-9)


def test_a_missing_sensitive_value_is_the_group_unknown_and_small_groups_are_not_judged(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"g": ["a"] * 50 + ["b"] * 5 + [None] * 45, "x": [None] * 25 + [1.0] * 75, "y": [1] * 30 + [0] * 70}
    )
    frame.to_parquet(tmp_path / "t.parquet")
    found = audited(tmp_path / "t.parquet", Schema(target="y", positive="1", sensitive=("g",)))
    assert group(found, g="unknown").rows == 45
    assert isinstance(group(found, g="b").label, NotAssessed)
    assert found.too_small == 1
    assert (group(found, g="a").most_missing, group(found, g="a").missing_share) == ("x", 0.5)
    assert group(found, g="a").duplicate_share == pytest.approx(47 / 50)


def test_a_number_as_label_gives_means_with_students_interval(tmp_path: Path) -> None:
    values = np.random.default_rng(5).normal(3, 1, 80)
    pd.DataFrame({"g": ["a"] * 40 + ["b"] * 40, "y": values}).to_parquet(tmp_path / "t.parquet")
    found = audited(tmp_path / "t.parquet", Schema(target="y", sensitive=("g",)))
    assert found.label == "mean of y"
    label = group(found, g="b").label
    assert isinstance(label, LabelRate)
    expected = t.interval(0.95, 39, loc=values[40:].mean(), scale=sem(values[40:]))
    assert (label.value, label.rows) == (pytest.approx(values[40:].mean()), 40)
    assert (label.low, label.high) == (pytest.approx(expected[0]), pytest.approx(expected[1]))


def test_a_report_survives_the_way_through_json(adult: AuditReport) -> None:
    assert decode(AuditReport, parse(canonical(encode(adult)))) == adult
