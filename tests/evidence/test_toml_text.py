"""TOML is read in one place, and whatever is wrong with it ends in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from governance.cli.inputs import toml_of
from governance.data import dictionary
from governance.evidence.errors import RefusedInputError
from governance.evidence.toml_text import toml_fields
from governance.fairness.norms import norm
from governance.quality.expectations import formats
from governance.review import charter, policy
from governance.settings import settings
from governance.stress.plan_file import read_plan
from governance.stress.recipe import read_recipe
from governance.subject import schema
from governance.workflow.reminders import mail_server

ODD = {
    "nested": "a = " + "[" * 5000 + "]" * 5000,
    "digits": "a = " + "1" * 5000,
    "twice": "a = 1\na = 2",
    "open": 'a = "x',
    "day": "a = 2024-02-31",
    "zero": "a = \x00",
}
READERS: tuple[Callable[[str], object], ...] = (
    dictionary.from_toml, norm.from_toml, formats.from_toml, charter.from_toml, policy.from_toml, settings.from_toml, read_plan,
    read_recipe, schema.from_toml, mail_server.from_toml,
)  # fmt: skip


def test_what_is_toml_is_read() -> None:
    assert toml_fields('[a]\nb = "c"', "The file") == {"a": {"b": "c"}}


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: f"{reader.__module__}.{reader.__name__}")
@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_what_is_no_toml_is_refused_wherever_it_is_read(text: str, reader: Callable[[str], object]) -> None:
    with pytest.raises(RefusedInputError, match=r"(is|are) not TOML"):
        reader(text)


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_a_file_of_the_command_line_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "roles.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedInputError, match=r"roles\.toml' is not TOML"):
        toml_of(path, "schema")
