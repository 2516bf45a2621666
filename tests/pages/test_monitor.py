"""The monitor: a sentence over the windows of a model, and a page that teaches while there is none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from governance.drift.alerts.alerts import Alert, State
from governance.workflow.monitoring.timeline import Standing
from governance.workflow.workspace import current_workspace
from pages.explore.monitor import monitoring
from storage.entities import RegisteredDataset

PAGES = Path(__file__).parents[2] / "pages"
AT = datetime(2026, 1, 1, tzinfo=UTC)


def standing(state: State | None) -> Standing:
    data = RegisteredDataset(1, "", "lars", "later", "Later", "ab" * 32, "cd" * 32, 10, "monitoring", "ef" * 32)
    alert = Alert("later", state, AT, AT, 1) if state else None
    return Standing(data, "later", None, None, alert, untold=False)


def test_an_empty_workspace_gets_a_page_that_teaches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "workspace"
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(root))
    current_workspace.create("Test board", "a long passphrase", root)
    drawn = AppTest.from_file(str(PAGES / "explore/monitor/page.py"), default_timeout=60).run()
    assert not drawn.exception
    assert [title.value for title in drawn.title] == ["Monitor"]
    assert "Pick a model" in drawn.markdown[0].value


def test_the_sentence_begins_with_confirmed_harm() -> None:
    found = monitoring.lead([standing("observed"), standing(None), standing("confirmed")])
    assert found == (
        "Harm is confirmed in 1 of 3 windows, so every approval of the model is suspended; something moved in 1 of 3 windows "
        "and waits for a person; 1 of 3 windows not measured yet."
    )


def test_windows_that_are_settled_give_no_reason_for_an_alert() -> None:
    assert monitoring.lead([standing("overridden")]) == "No window gives reason for an alert."


def test_every_state_of_an_alert_has_words() -> None:
    from typing import get_args

    assert set(get_args(State)) <= set(monitoring.STATES)


def test_a_window_of_which_only_the_columns_were_compared_is_not_called_measured() -> None:
    from dataclasses import replace

    from tests.pages.test_drift import small

    compared = replace(standing(None), report=small(), asked=False)
    assert monitoring.stands(compared) == "unmeasured"
    assert monitoring.stands(replace(compared, asked=True)) == "none"
