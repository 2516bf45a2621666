"""Every sentence of the decision brief is in the language chosen."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import pytest

from governance.dossier import Brief, brief
from governance.evidence import Evidence
from governance.language import Voice
from governance.review import Policy, evaluate, from_toml
from governance.runs import method
from governance.runs.run import execute
from tests import golden
from tests.language import made_up

METHODS = ("performance.summary", "fairness.by_group", "explain.global", "drift.harm")
POLICY = """
title = "Test"
format = "countersign-policy/1"
[[requirements]]
id = "ranking"
method = "performance.summary"
metric = "measures[metric=roc_auc].value"
limit = { min = "0.65" }
severity = "blocking"
why = "So."
[[requirements]]
id = "gap"
method = "fairness.by_group"
metric = "max(disparities[metric=demographic_parity,method=between_groups].difference)"
limit = { max = "0.20" }
severity = "advisory"
why = "So."
[[requirements]]
id = "own-words"
method = "performance.summary"
metric = "weighted"
limit = { equals = "false" }
severity = "advisory"
why = "So."
"""
NAMES = {
    "Shapley",
    "age",
    "income",
    "region",
    "sex",
    "yes",
    "no",
    "false",
    "own",
    "words",
    "AUC",
    "kernel",
    "linear",
    "tree",
}
"""Names of data and of methods, which no language translates."""


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Evidence]:
    subject = golden.made(tmp_path_factory.mktemp("golden"))
    found = [execute(golden.task(method(name), subject)).evidence for name in METHODS]
    return {item.digest: item for item in found}


def words(found: object) -> list[str]:
    """Return every text of a brief that a person reads."""
    if isinstance(found, str):
        return [found]
    if isinstance(found, tuple):
        return [text for item in found for text in words(item)]
    if is_dataclass(found):
        unread = ("method", "evidence", "anchor", "side")
        return [text for item in fields(found) if item.name not in unread for text in words(getattr(found, item.name))]
    return []


def told(frozen: dict[str, Evidence], voice: Voice) -> Brief:
    policy: Policy = from_toml(POLICY)
    return brief(frozen, evaluate(policy, frozen), policy, voice)


def test_no_word_of_the_brief_stays_english_in_another_language(frozen: dict[str, Evidence]) -> None:
    english = told(frozen, Voice())
    assert {item.method for item in english.pictures} == {
        "performance.summary",
        "fairness.by_group",
        "explain.global",
        "drift.columns",
    }
    with made_up.spoken():
        found = told(frozen, Voice("de"))
    assert len(words(found)) == len(words(english)) > 25
    beside = {word for item in golden_beside() for word in made_up.readable(item)}
    left = {text: rest for text in words(found) if (rest := made_up.readable(text) - NAMES - beside)}
    assert left == {}


def golden_beside() -> list[str]:
    """Return the field's own words beside the names of metrics, which stay as analysts know them."""
    from governance.statistics import metric_list

    return [item.beside for item in metric_list.METRICS]


def test_german_sentences_stand_beside_english_ones_with_the_same_numbers(frozen: dict[str, Evidence]) -> None:
    english, german = told(frozen, Voice()), told(frozen, Voice("de"))
    first, erste = english.pictures[0], german.pictures[0]
    assert first.question == "How good is it?"
    assert erste.question == "Wie gut ist es?"
    assert [bar.value for bar in first.bars] == [bar.value for bar in erste.bars]
    ranking = next(item.words for item in german.points if item.anchor == "requirement:ranking")
    assert ranking.startswith("Rangfolge (AUC): 0,")
    assert ranking.endswith("wie die Richtlinie es verlangt (mindestens 0,650).")
    assert [item.side for item in english.points] == [item.side for item in german.points]
