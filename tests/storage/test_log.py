"""Lines that somebody has edited in the database are named, not stumbled over."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from storage import log
from storage.engine import reading
from storage.errors import RecordError
from storage.workspace import Workspace


def test_a_line_that_was_stored_as_text_is_named(workspace: Workspace) -> None:
    with workspace.engine.begin() as connection:
        for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(
            text("UPDATE entry SET line = replace(line, 'ledger.created', 'ledger.created') WHERE idx = 0")
        )
    with reading(workspace.engine) as connection, pytest.raises(RecordError, match=r"Line 0 .* stored as str"):
        list(log.lines(connection))
    with pytest.raises(RecordError, match="edited the database"):
        workspace.rebuild()
