"""What a page costs in a large workspace: at most as much more as there is more to show, counted in calls, not in seconds."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from governance.workflow.workspace import current_workspace
from pages.registry.models import versions
from storage.workspace import Workspace

HOME = Path(__file__).parents[2] / "pages" / "home.py"
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def digest(kind: int, number: int) -> str:
    return f"{kind:x}{number:063x}"


def grown(root: Path, each: int, evidence: int) -> Workspace:
    """Return a workspace with so many models and data sets, an open alert, and recorded results."""
    made = Workspace.create(root, "Example Board", "a passphrase for root", AT)
    with made.write() as unit:
        for number in range(each):
            model = {
                "model": f"m{number}",
                "name": f"Model {number}",
                "version": "1",
                "digest": digest(1, number),
                "task": "binary",
                "owner": "service",
                "risk_tier": "high",
                "intended_use": unit.text("Rank."),
                "parent": None,
                "provenance": {},
            }
            unit.append("model.registered", model, actor="service", at=AT)
            data = {
                "dataset": f"d{number}",
                "name": f"Data {number}",
                "digest": digest(2, number),
                "original_digest": digest(3, number),
                "rows": 10,
                "role": "evaluation",
                "schema_digest": digest(4, number),
            }
            unit.append("dataset.registered", data, actor="service", at=AT)
        for number in range(evidence):
            body = {
                "digest": digest(5, number),
                "key": digest(6, number),
                "method": "fairness.by_group",
                "method_version": 1,
                "model": digest(1, number % each),
                "data": [digest(2, number % each)],
                "rows_used": 1,
                "rows_total": 1,
                "outcome": "assessed",
            }
            unit.append("evidence.recorded", body, actor="service", at=AT)
        alert = {
            "alert": f"drift-{digest(1, 0)[:16]}-{digest(2, 0)[:16]}",
            "model": digest(1, 0),
            "rule": "drift.columns",
            "state": "observed",
            "text": None,
            "evidence": None,
        }
        unit.append("monitoring.alert", alert, actor="service", at=AT)
        unit.commit()
    return made


def calls(work: Any) -> int:
    """Return how many functions of the product, or of Python itself in its name, are called by `work` and the threads that it starts."""
    counted = itertools.count()

    def note(_frame: FrameType, what: str, _: Any) -> None:
        if what in ("call", "c_call"):
            next(counted)

    threading.setprofile(note)
    try:
        work()
    finally:
        threading.setprofile(None)
    return next(counted)


def visit() -> None:
    drawn = AppTest.from_file(str(HOME), default_timeout=300)
    drawn.session_state["countersign.who"] = "guest"
    drawn.run()
    assert not drawn.exception
    assert any("does it matter?" in item.value for item in drawn.markdown), "the alert is not drawn"


def cost_of_home(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(place.root))
    visit()  # what is imported and kept
    return calls(visit)


def test_home_grows_with_what_there_is_and_not_with_every_pair_of_model_and_data_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cost = {}
    for each in (10, 40, 100):
        with grown(tmp_path / str(each), each, each) as place:
            cost[each] = cost_of_home(place, monkeypatch)
    assert cost[10] > 1000, "the count saw the page"
    assert cost[100] < 10 * cost[10], cost
    # Twice as much growth for twice as many more: what a page costs by itself is in both. Pairs would give 5.6 times.
    assert cost[100] - cost[40] < 3 * (cost[40] - cost[10]), cost


def test_home_does_not_read_recorded_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with grown(tmp_path / "few", 10, 0) as few, grown(tmp_path / "many", 10, 2000) as many:
        without, with_them = cost_of_home(few, monkeypatch), cost_of_home(many, monkeypatch)
    assert with_them < 1.1 * without, f"{with_them} calls against {without}"


def test_the_list_of_models_counts_results_in_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with grown(tmp_path / "w", 10, 200) as place:
        monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(place.root))
        opened = current_workspace.current()
        versions.versions()  # the first visit reads the whole ledger for the state of the board
        fetched: list[str] = []
        event.listen(opened.engine, "before_cursor_execute", lambda *args: fetched.append(args[2]))
        found = versions.versions()
    assert [item.evidence for item in found] == [20] * 10
    lines_of_evidence = [statement for statement in fetched if "entry" in statement and "evidence" in statement]
    assert lines_of_evidence == []
