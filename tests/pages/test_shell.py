"""The shell without a browser: the gate, the way in, the way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import navigation

SHELL = Path(__file__).parents[2] / "pages" / "_shell.py"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(tmp_path / "workspace"))
    return AppTest.from_file(str(SHELL), default_timeout=30)


def test_nothing_but_the_gate_is_drawn_until_somebody_says_who_sits_here(shell: AppTest) -> None:
    shell.run()
    assert [title.value for title in shell.title] == ["Who is sitting here?"]
    assert not shell.exception


def test_a_guest_comes_in_to_the_docket_and_leaves_again(shell: AppTest) -> None:
    shell.run()
    shell.button[0].click().run()
    assert [title.value for title in shell.title] == ["Docket"]
    next(button for button in shell.button if button.label == "Someone else").click().run()
    assert [title.value for title in shell.title] == ["Who is sitting here?"]


def test_every_address_is_used_once() -> None:
    keys = [entry.key for entry in navigation.ENTRIES]
    assert len(keys) == len(set(keys))


def test_every_page_that_is_built_is_on_the_map() -> None:
    mapped = {entry.file for entry in navigation.ENTRIES}
    files = {
        path.relative_to(navigation.PAGES).as_posix()
        for path in (navigation.PAGES / "home.py", *navigation.PAGES.rglob("page.py"))
    }
    assert files <= mapped


def test_every_page_on_the_map_is_built() -> None:
    assert [entry.file for entry in navigation.ENTRIES if not (navigation.PAGES / entry.file).is_file()] == []
