"""What is installed is written down exactly, and where it comes from is left to the machine that installs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ["requirements.lock", "requirements-test.lock"]


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_every_dependency_with_its_version_and_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = {line.split("==")[0].split("[")[0]: line for line in text.splitlines() if re.match(r"[a-z0-9]", line)}
    wanted = PROJECT["project"]["dependencies"]
    assert sorted({name_of(item) for item in wanted} - set(pinned)) == []
    converters = {name_of(item) for item in PROJECT["project"]["optional-dependencies"]["convert"]}
    assert converters & set(pinned) == (converters if lock == "requirements-test.lock" else set())
    assert text.count("==") >= len(pinned)
    assert text.count("--hash=sha256:") >= len(pinned)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"https?://|--index-url|--find-links|file:", text)
