"""A text is shown only when it is the one that was signed."""

from __future__ import annotations

import pytest
from sqlalchemy import text as sql

from governance.evidence.errors import RecordError
from storage.engine import writing
from storage.texts import commitment
from storage.workspace import Workspace

WORDS = "The board decided"


@pytest.fixture
def digest(workspace: Workspace) -> str:
    with workspace.write() as unit:
        found = unit.text(WORDS)["sha256"]
        unit.commit()
    return found


def edited(workspace: Workspace, change: str) -> None:
    with writing(workspace.engine) as connection:
        connection.execute(sql(f"UPDATE text SET {change}"))
        connection.commit()


def test_a_text_is_disclosed_with_sixteen_bytes_of_salt(workspace: Workspace, digest: str) -> None:
    shown = workspace.read().texts([digest])[digest]
    assert (shown.text, len(shown.salt)) == (WORDS, 16)
    assert commitment(shown.salt, WORDS) == digest


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("content = CAST('The board approved it' AS BLOB)", "edited after it was signed"),
        ("salt = zeroblob(16)", "edited after it was signed"),
        ("salt = CAST(salt || 'The board ' AS BLOB), content = CAST('decided' AS BLOB)", "salt of a text has 26 bytes"),
        ("salt = substr(salt, 1, 15)", "salt of a text has 15 bytes"),
        ("content = 'The board decided'", "another form"),
        ("content = x'ff'", "no text any more"),
    ],
)
def test_an_edited_text_is_named_and_not_shown(workspace: Workspace, digest: str, change: str, words: str) -> None:
    edited(workspace, change)
    with pytest.raises(RecordError, match=words):
        workspace.read().texts([digest])


def test_an_erased_text_is_no_edited_one(workspace: Workspace, digest: str) -> None:
    edited(workspace, "salt = NULL, content = NULL")
    assert workspace.read().texts([digest]) == {}
