"""The charter: read strictly, adopted by digest."""

from __future__ import annotations

import pytest

from governance.evidence.errors import RefusedInputError
from governance.review import charter
from governance.runs.catalogue import CATALOGUE


def test_the_template_is_a_charter_and_keeps_its_digest() -> None:
    rules = charter.from_toml(charter.template())
    assert charter.from_json(rules.to_json()).digest == rules.digest
    assert rules.tier("high").required_roles == ("validator", "lay")


@pytest.mark.parametrize("name", list(charter.TEMPLATES))
def test_every_template_is_a_charter_whose_evidence_can_be_computed(name: str) -> None:
    rules = charter.from_toml(charter.template(name))
    assert {method for tier in rules.tiers.values() for method in tier.required_evidence} <= {m.id for m in CATALOGUE}
    with pytest.raises(RefusedInputError, match="Known: "):
        charter.template("unknown")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("quorum = 3", "quorum = 1", "quorum"),
        ("quorum = 3", "quorum = 3.0", "quorum"),
        ('majority = "1/2"', 'majority = "1/3"', "more than 1/3"),
        ('majority = "1/2"', 'majority = "2/2"', "reduced fraction"),
        ("validity_months = 12", "validity_years = 1", "validity_months"),
        ("title =", "surprise = 1\ntitle =", "not known"),
        ("title =", "title", "not TOML"),
    ],
)
def test_a_charter_that_is_not_one_is_refused(old: str, new: str, words: str) -> None:
    with pytest.raises(RefusedInputError, match=words):
        charter.from_toml(charter.template().replace(old, new))


def test_a_charter_without_tiers_and_a_tier_without_rules_are_refused() -> None:
    with pytest.raises(RefusedInputError, match="no risk tier"):
        charter.from_json({"title": "x", "tiers": {}})
    with pytest.raises(RefusedInputError, match="high"):
        charter.from_toml(charter.template()).tier("unknown")
