"""The path language: one place in a finding, or a reason."""

from __future__ import annotations

import pytest

from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import NotAssessed
from governance.review.path import look_up, read_path

RESULT = {
    "overall": {"roc_auc": 0.81, "n": 400, "calibrated": True, "method": "delong"},
    "groups": [
        {"group": {"sex": "Female"}, "metrics": [{"metric": "accuracy", "value": 0.7, "low": 0.6}], "n": 30},
        {"group": {"sex": "Male"}, "metrics": [{"metric": "accuracy", "value": 0.9, "low": 0.8}], "n": 300},
        {"group": {"sex": "X"}, "metrics": [{"metric": "accuracy", "value": None, "reason": "3 rows, fewer than 30"}]},
    ],
    "disparities": [
        {"metric": "demographic_parity", "attribute": "sex", "ratio": 0.75},
        {"metric": "demographic_parity", "attribute": "race", "ratio": 0.9},
    ],
    "importance": {"payer.code": 0.1, 'say "hi"': 0.2},
    "harm": {"outcome": "not_assessed", "reason": "no labels yet"},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("overall.roc_auc", "0.81"),
        ("overall.n", "400"),
        ("overall.calibrated", "true"),
        ("overall.method", "delong"),
        ("groups[group.sex=Female].metrics[metric=accuracy].low", "0.6"),
        ("groups[group.sex=Female].metrics[metric=accuracy]", "0.7"),
        ("groups[1].n", "300"),
        ("disparities[metric=demographic_parity, attribute=sex].ratio", "0.75"),
        ("min(disparities[*].ratio)", "0.75"),
        ("max(disparities[metric=demographic_parity].ratio)", "0.9"),
        ("count(groups[*])", "3"),
        ("count(groups[group.sex=Z])", "0"),
        ('importance."payer.code"', "0.1"),
        ('importance."say \\"hi\\""', "0.2"),
    ],
)
def test_a_path_leads_to_one_value(path: str, value: str) -> None:
    assert look_up(read_path(path), RESULT) == value


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("groups[group.sex=X].metrics[metric=accuracy].value", "3 rows, fewer than 30"),
        ("min(groups[*].metrics[metric=accuracy].value)", "3 rows, fewer than 30"),
        ("groups[group.sex=X].metrics[metric=accuracy]", "3 rows, fewer than 30"),
        ("harm", "no labels yet"),
        ("harm.value", "no labels yet"),
        ("count(harm[*])", "no labels yet"),
        ("min(harm.list[*].value)", "no labels yet"),
        ("count(groups[group.sex=X].metrics[*].value[*])", "3 rows, fewer than 30"),
        ("max(disparities[*].nothing.more)", "nothing at"),
        ("disparities[metric=demographic_parity].ratio", "2 places"),
        ("overall", "a table"),
        ("groups[9].n", "nothing at"),
        ("overall[1]", "nothing at"),
        ("max(disparities[*].attribute)", "needs numbers"),
    ],
)
def test_where_there_is_no_value_there_is_a_reason(path: str, reason: str) -> None:
    found = look_up(read_path(path), RESULT)
    assert isinstance(found, NotAssessed)
    assert reason in found.reason


@pytest.mark.parametrize(
    "path", ["", ".", "a.", "a..b", "a[", "a[]", "a[b]", "a[=b]", "a b", "1a", "mean(a)", '"a', "a[-1]"]
)
def test_what_is_not_a_path_is_refused_and_shown(path: str) -> None:
    with pytest.raises(RefusedInputError, match="path"):
        read_path(path)
