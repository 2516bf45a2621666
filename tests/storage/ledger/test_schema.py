"""The published schema is that of the program, and judges records as the program does."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from storage.ledger.envelope import Envelope
from storage.ledger.schema import as_text, record_schema
from storage.workspace import Workspace
from tests.storage.board import tell

FILE = Path(__file__).parents[3] / "docs" / "record-v1.schema.json"


def test_the_file_is_what_the_program_says() -> None:
    assert FILE.read_text(encoding="utf-8") == as_text()


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(record_schema())


@pytest.fixture
def statements(workspace: Workspace) -> list[Any]:
    tell(workspace)
    return [json.loads(Envelope.from_line(line).payload) for line in workspace.read().lines()]


def test_every_record_of_the_story_fits(statements: list[Any]) -> None:
    judge = Draft202012Validator(record_schema())
    assert [error.message for said in statements for error in judge.iter_errors(said)] == []


def test_another_field_a_missing_one_or_another_event_does_not_fit(statements: list[Any]) -> None:
    judge = Draft202012Validator(record_schema())
    for said in statements:
        body = said["predicate"]["body"]
        more, less, other = copy.deepcopy(said), copy.deepcopy(said), copy.deepcopy(said)
        more["predicate"]["body"]["surprise"] = 1
        less["predicate"]["body"].pop(next(iter(body)))
        other["predicate"]["type"] = "something.else"
        assert not any(judge.is_valid(changed) for changed in (more, less, other)), said["predicate"]["type"]
