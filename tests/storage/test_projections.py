"""Projections are a function of the entries: rebuilt, they are the same, whatever was done to them."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from governance.evidence.errors import RecordError
from storage.engine import reading, writing
from storage.ledger.envelope import Previous
from storage.ledger.record import Record
from storage.projections import Insert, Mark, contents, project
from storage.tables import PROJECTIONS, RecordRow, VoteRow
from storage.workspace import Workspace
from tests.storage.board import tell
from tests.storage.scene import record_evidence


def state(workspace: Workspace) -> dict[str, list[tuple[object, ...]]]:
    with reading(workspace.engine) as connection:
        return contents(connection)


def test_rebuilding_gives_identical_projections(workspace: Workspace) -> None:
    tell(workspace)
    before = state(workspace)
    assert all(before[str(kind.__tablename__)] for kind in PROJECTIONS), "the story fills every projection"
    assert workspace.rebuild() == workspace.read().head().size
    assert state(workspace) == before


def test_rebuilding_mends_projections_that_were_changed(workspace: Workspace) -> None:
    tell(workspace)
    before = state(workspace)
    with writing(workspace.engine) as connection:
        connection.execute(text("UPDATE vote SET member = 'mallory', replaced = NULL"))
        connection.execute(text("DELETE FROM signing_key"))
        connection.execute(text("UPDATE record SET actor = 'mallory' WHERE idx < 9"))
        connection.execute(text("INSERT INTO member (idx, member) VALUES (999, 'mallory')"))
        connection.commit()
    assert state(workspace) != before
    workspace.rebuild()
    assert state(workspace) == before


def test_a_vote_is_a_mark_on_the_earlier_one_and_a_new_row() -> None:
    record = Record(9, "vote.cast", "o", "2026-01-01T00:00:00Z", "c", "ada", {"round": 2}, (), "k", Previous())
    seat = {"case_id": "c", "round": 2, "member": "ada"}
    row, mark, vote = project(record)
    assert isinstance(row, Insert)
    assert (row.table, row.values["type"]) == (RecordRow, "vote.cast")
    assert mark == Mark(VoteRow, seat, "replaced", 9)
    assert vote == Insert(VoteRow, {"idx": 9, **seat, "replaced": None})


def test_a_body_without_its_fields_is_said_to_lack_them() -> None:
    record = Record(9, "vote.cast", "o", "2026-01-01T00:00:00Z", "c", "ada", {}, (), "k", Previous())
    with pytest.raises(RecordError, match="lacks the field 'round'"):
        project(record)


def test_a_rebuild_stops_at_a_damaged_line_and_keeps_what_was(workspace: Workspace) -> None:
    record_evidence(workspace, 1)
    before = state(workspace)
    with writing(workspace.engine) as connection:
        connection.execute(text("DROP TRIGGER entry_never_changes"))
        connection.execute(text("UPDATE entry SET line = x'00' WHERE idx = 1"))
        connection.commit()
    with pytest.raises(RecordError, match="Line 1 of the ledger is damaged"):
        workspace.rebuild()
    assert state(workspace) == before


def as_made_before(workspace: Workspace) -> None:
    """Take back the change of the tables that counts evidence by data set."""
    with writing(workspace.engine) as connection:
        connection.execute(text("DROP TABLE evidence_data"))
        connection.execute(text("DELETE FROM migration WHERE name LIKE '0002%'"))
        connection.commit()


def test_a_workspace_made_before_evidence_was_counted_by_data_set_counts_it_when_opened(workspace: Workspace) -> None:
    for number in range(3):
        record_evidence(workspace, number)
    before = state(workspace)
    as_made_before(workspace)
    with Workspace.open(workspace.root) as again:
        assert state(again) == before
        assert again.read().evidence_by_data() == {"b" * 64: 3}
        assert again.read().evidence_by_model() == {"a" * 64: 3}


def test_a_damaged_workspace_made_before_can_still_be_opened(workspace: Workspace) -> None:
    record_evidence(workspace, 1)
    as_made_before(workspace)
    with writing(workspace.engine) as connection:
        connection.execute(text("DROP TRIGGER entry_never_changes"))
        connection.execute(text("UPDATE entry SET line = x'00' WHERE idx = 2"))
        connection.commit()
    with Workspace.open(workspace.root) as again:
        assert again.read().evidence_by_data() == {}
        with pytest.raises(RecordError, match="Line 2 of the ledger"):
            again.rebuild()
