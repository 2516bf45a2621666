"""What changed since the freeze is told to everybody who has to sign, and a vote without having read it is refused."""

from __future__ import annotations

import pandas as pd
import pytest

from governance.evidence.errors import RefusedInputError, RuleError
from governance.review import policy
from governance.workflow.assess import assess
from governance.workflow.monitoring import alerts
from governance.workflow.registry import register
from governance.workflow.review import brief, portfolio, review, since
from governance.workflow.workspace import subjects
from governance.workflow.workspace.act import state
from tests.workflow.people import proven, secret

WHY = "Labels say that it hurts."


@pytest.fixture
def case(board, registered) -> str:
    words = review.CaseWords("People 1.0", "May it be used?", (registered[0],), "limited", owner="lars")
    name = review.open_case(board, words, actor=proven("lars"))
    found = assess.now(board, subjects.task(board, "performance.summary", subjects.Choice(*registered)))
    review.freeze(board, name, (found.digest,), actor=proven("lars"), policy=policy.from_toml(policy.template()))
    review.start(board, name, actor=proven("lars"))
    return name


def observed(board, model: str, window: str) -> None:
    name = alerts.name_of(model, window)
    for step in ("observe", "estimate_impact"):
        alerts.note(board, alerts.NewStep(alert=name, model=model, step=step, rule="test", reason=WHY))


def test_nothing_is_told_where_nothing_happened(board, case) -> None:
    assert since.since(board, case) == ()
    assert [(item.case, item.status, item.changes) for item in portfolio.portfolio(board)] == [(case, "in_review", ())]


def test_a_title_of_more_than_120_characters_is_refused_by_the_verb(board, registered) -> None:
    words = review.CaseWords("T" * 121, "May it be used?", (registered[0],), "limited")
    with pytest.raises(RefusedInputError, match="121 characters; the limit is 120"):
        review.open_case(board, words, actor=proven("lars"))


def test_newer_data_and_results_and_alerts_are_told_the_gravest_first(board, case, registered, table, tmp_path) -> None:
    later = tmp_path / "later.csv"
    pd.read_csv(table).iloc[:500].to_csv(later, index=False)
    schema = subjects.data_file(board, registered[1]).schema
    window = register.register_data(
        board, later, register.DataWords("later", "monitoring", schema), actor=proven("lars")
    )
    assess.now(board, subjects.task(board, "performance.summary", subjects.Choice(registered[0], window)))
    observed(board, registered[0], window)
    assert [item.kind for item in since.since(board, case)] == ["alert", "evidence", "data"]
    name = alerts.name_of(registered[0], window)
    alerts.confirm(board, name, WHY, member="jonas", passphrase=secret("jonas"))
    found = since.since(board, case)
    assert [item.kind for item in found] == ["harm", "evidence", "data"]
    assert found[0].words == "Harm is confirmed on “later”: every approval of the model is suspended."
    (standing,) = portfolio.portfolio(board)
    assert [item.kind for item in standing.alerts] == ["harm"]


def test_a_vote_is_refused_until_the_member_has_read_what_changed(board, case, registered) -> None:
    observed(board, registered[0], registered[1])
    review.declare(board, case, member="ines", passphrase=secret("ines"), conflict=False)
    bundle, size = state(board).case(case).bundle, board.read().head().size
    ballot = {"member": "ines", "passphrase": secret("ines"), "bundle": bundle}
    with pytest.raises(RuleError, match="1 thing changed that you have not read, up to entry"):
        review.vote(board, case, "approve", **ballot)
    assert board.read().head().size == size
    (change,) = since.since(board, case)
    assert review.vote(board, case, "approve", **ballot, seen=change.index) == size


def test_an_alert_that_was_put_aside_is_not_told(board, case, registered) -> None:
    observed(board, registered[0], registered[1])
    name = alerts.name_of(registered[0], registered[1])
    alerts.override(board, name, "A test of the sensors.", member="jonas", passphrase=secret("jonas"))
    assert since.since(board, case) == ()


def test_the_brief_reads_the_frozen_evidence_and_says_the_policys_numbers_in_their_own_words(board, case) -> None:
    found = brief.case_brief(board, case)
    assert found is not None
    assert [item.method for item in found.pictures] == ["performance.summary"]
    (picture,) = found.pictures
    assert picture.bars[0].name == "This model"
    ranking = next(item for item in found.points if item.anchor == "requirement:ranking")
    assert ranking.words.startswith("Ranking (AUC): 0.")
    assert ranking.words.endswith("as the policy asks (at least 0.650).")
