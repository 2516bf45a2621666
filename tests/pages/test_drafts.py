"""Words that are being written belong to the member whom a passphrase has shown; a name that was only chosen reads none of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from governance.workflow.workspace import current_workspace
from storage import keys
from storage.workspace import Workspace
from tests.pages import seated

SECRET_WORDS = "my secret draft: I will reject"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    root = tmp_path / "workspace"
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(root))
    monkeypatch.setattr(keys, "KDF_ROUNDS", 1)
    made = seated.enrolled(current_workspace.create("Test board", "a long passphrase", root), "a long passphrase")
    made.drafts.save("ada", "a-case", "vote", SECRET_WORDS, datetime(2026, 1, 1, tzinfo=UTC))
    return made


def page() -> None:
    import streamlit as st

    from pages._ui import drafts

    st.text(drafts.area("Your reason", "a-case", "vote", followed=True))
    st.text(drafts.remembered("a-case", "vote", "nothing"))


def test_the_member_finds_them_again(workspace: Workspace) -> None:
    drawn = seated.sat_down(AppTest.from_function(page), workspace).run()
    assert [item.value for item in drawn.text] == [SECRET_WORDS, SECRET_WORDS]
    drawn.text_area[0].set_value("I approve").run()
    kept = workspace.drafts.get("ada", "a-case", "vote")
    assert kept is not None
    assert kept.content == "I approve"


@pytest.mark.parametrize("chosen", ["ada", "guest"])
def test_a_name_without_a_passphrase_neither_reads_nor_writes_them(workspace: Workspace, chosen: str) -> None:
    drawn = AppTest.from_function(page)
    drawn.session_state["countersign.who"] = chosen
    drawn.session_state["countersign.seat"] = "0" * 64
    drawn.run()
    assert [item.value for item in drawn.text] == ["", ""]
    drawn.text_area[0].set_value("overwritten").run()
    kept = workspace.drafts.get("ada", "a-case", "vote")
    assert kept is not None
    assert kept.content == SECRET_WORDS
    assert workspace.drafts.get("guest", "a-case", "vote") is None
    assert workspace.drafts.get("service", "a-case", "vote") is None
