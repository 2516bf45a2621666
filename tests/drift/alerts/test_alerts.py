from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from governance.drift.alerts.alerts import AlertEvent, due, folded
from governance.evidence.errors import RuleError

START = datetime(2026, 1, 1, tzinfo=UTC)


def event(step: str, hours: int = 0, **options) -> AlertEvent:
    reason = "because" if step in ("override", "act") else ""
    return AlertEvent("score drift", step, START + timedelta(hours=hours), "watch", reason, **options)


def test_an_alert_goes_from_signal_to_action() -> None:
    steps = [event("observe"), event("estimate_impact", 1), event("confirm", 2), event("act", 3, remedy="retrain")]
    assert [folded(steps[: i + 1])["score drift"].state for i in range(4)] == [
        "observed", "impact_estimated", "confirmed", "acted",
    ]  # fmt: skip


def test_only_a_confirmed_alert_suspends_the_approval() -> None:
    steps = [event("observe"), event("confirm", 2), event("act", 3, remedy="stop")]
    assert [folded(steps[: i + 1])["score drift"].suspends_approval for i in range(3)] == [False, True, False]


def test_labels_may_overrule_an_override() -> None:
    assert folded([event("observe"), event("override", 1), event("confirm", 2)])["score drift"].state == "confirmed"


def test_an_action_without_confirmation_is_refused() -> None:
    with pytest.raises(RuleError, match="cannot act"):
        folded([event("observe"), event("act", 1, remedy="retrain")])


@pytest.mark.parametrize("step", ["override", "act"])
def test_a_decision_without_a_reason_is_refused(step: str) -> None:
    remedy = "retrain" if step == "act" else None
    with pytest.raises(RuleError, match="reason"):
        folded([event("observe"), event("confirm"), replace(event(step, remedy=remedy), reason=" ")])


def test_an_alert_put_aside_stays_quiet_until_its_end_and_then_comes_back() -> None:
    steps = [
        event("observe"),
        event("confirm"),
        event("act", 1, remedy="ignore_until", until=START + timedelta(hours=48)),
    ]
    quiet = folded([*steps, event("observe", 24)])["score drift"]
    assert (quiet.state, due(quiet, START + timedelta(hours=24), 1)) == ("acted", False)
    assert folded([*steps, event("observe", 49)])["score drift"].state == "observed"


def test_nobody_is_told_twice_within_the_cooldown() -> None:
    alert = folded([event("observe"), event("observe", 1)])["score drift"]
    assert alert.seen == 2
    assert not due(alert, START + timedelta(hours=5), 24)
    assert due(alert, START + timedelta(hours=25), 24)
