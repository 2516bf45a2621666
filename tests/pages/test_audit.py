"""The ledger's browser and the page of members and keys, drawn without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from governance.workflow.audit import export as exports
from governance.workflow.review import requests
from governance.workflow.workspace import current_workspace
from governance.workflow.workspace.acting import OPERATOR
from governance.workflow.workspace.clock import now
from pages._ui import records
from storage import keys
from storage.ledger.events import EVENTS
from storage.views import Views
from storage.workspace import Workspace
from tests.storage.board import CASE, tell
from tests.storage.scene import AT, ROOT_PASSPHRASE

PAGES = Path(__file__).parents[2] / "pages"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    root = tmp_path / "workspace"
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(root))
    monkeypatch.setattr(keys, "KDF_ROUNDS", 1)
    yield root
    opened = current_workspace._open.pop(root.resolve(), None)
    if opened is not None:
        opened.close()


@pytest.fixture
def told(place: Path) -> Path:
    with Workspace.create(place, "Example Board", ROOT_PASSPHRASE, AT) as made:
        tell(made)
    return place


@pytest.fixture
def founded(place: Path) -> Path:
    Workspace.create(place, "Example Board", ROOT_PASSPHRASE, now()).close()
    return place


def page(name: str) -> AppTest:
    return AppTest.from_file(str(PAGES / "audit" / name / "page.py"), default_timeout=60).run()


def words(drawn: AppTest) -> str:
    assert not drawn.exception
    assert not drawn.error, [item.value for item in drawn.error]
    return " ".join(item.value for item in drawn.markdown)


@pytest.mark.parametrize("name", ["ledger", "keys"])
def test_an_empty_house_says_what_would_be_here(place: Path, name: str) -> None:
    assert "yet." in words(page(name))


def test_every_event_has_words() -> None:
    assert set(records.WORDS) == set(EVENTS)


def test_the_ledger_says_how_long_it_is_and_what_is_signed(told: Path) -> None:
    drawn = page("ledger")
    size = current_workspace.current().read().head().size
    assert f"{size} entries have been recorded; a signed checkpoint covers all of them." in words(drawn)
    assert f"{size} of {size} entries, the newest first." in words(drawn)


def test_filters_narrow_the_list(told: Path) -> None:
    drawn = page("ledger")
    drawn.selectbox(key="what").set_value("Vote").run()
    assert "3 of " in words(drawn)
    drawn.selectbox(key="who").set_value("ada").run()
    drawn.selectbox(key="in-case").set_value(CASE).run()
    assert "1 of " in words(drawn)
    assert list(drawn.dataframe[0].value["what"]) == ["Vote"]


def test_one_entry_is_told_in_words_with_its_texts(told: Path) -> None:
    comment = current_workspace.current().read().comments(CASE)[0]
    drawn = page("ledger")
    drawn.number_input(key="entry").set_value(comment.index).run()
    assert "**Comment** by ada" in words(drawn)
    assert "“Why?”" in words(drawn).replace("\\", "")


def test_an_erased_text_is_said_to_be_erased(told: Path) -> None:
    place = current_workspace.current()
    comment = place.read().comments(CASE)[0]
    with place.write() as unit:
        unit.erase_text(comment.text.sha256)
        unit.commit()
    drawn = page("ledger")
    drawn.number_input(key="entry").set_value(comment.index).run()
    assert "(erased; only its digest is left)" in words(drawn)


def test_every_entry_of_the_story_can_be_told(told: Path) -> None:
    def page() -> None:
        import streamlit as st

        from governance.workflow.workspace import current_workspace
        from pages._ui import records

        views = current_workspace.current().read()
        for record in views.entries():
            with st.container(key=f"entry-{record.index}"):
                records.account(record, views, key=str(record.index))

    drawn = AppTest.from_function(page, default_timeout=60).run()
    assert words(drawn).count("Signed with the key") == current_workspace.current().read().head().size


def test_members_and_keys_are_shown_with_what_became_of_them(told: Path) -> None:
    drawn = page("keys")
    assert "2 members may act, each with a key of their own; no witness outside keeps watch." in words(drawn)
    assert list(drawn.dataframe[0].value["id"]) == ["ada", "bob"]
    revoked = next(entry.index for entry in current_workspace.current().read().entries() if entry.type == "key.revoked")
    assert list(drawn.dataframe[1].value["state"]) == ["live"] * 4 + [str(revoked)]
    drawn.toggle(key="removed").set_value(True).run()
    assert list(drawn.dataframe[0].value["id"]) == ["ada", "bob", "eve"]
    assert current_workspace.current().log.vkey in {item.value for item in drawn.code}


def asking(root: str) -> AppTest:
    """Let ada make her key and ask, and the keeper of the root key press Admit."""
    requests.ask(current_workspace.current(), "ada", "Ada", passphrase="ada's passphrase")
    drawn = page("keys")
    next(item for item in drawn.text_input if item.label == "Passphrase of the root key").set_value(root)
    drawn.multiselect[0].set_value(["chair"])
    next(item for item in drawn.button if item.label == "Admit").click().run()
    return drawn


def test_a_member_who_asked_is_admitted_from_the_page(founded: Path) -> None:
    drawn = asking(ROOT_PASSPHRASE)
    assert "One member may act" in words(drawn)
    assert current_workspace.current().unlock("ada", "ada's passphrase").owner == "ada"


def test_a_wrong_root_passphrase_is_said_and_changes_nothing(founded: Path) -> None:
    drawn = asking("not the one")
    assert "does not open the key" in drawn.error[0].value
    assert current_workspace.current().read().head().size == 2


def test_an_entry_that_arrives_while_the_page_is_drawn_does_not_break_it(
    founded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, real = current_workspace.current(founded), Views.entries
    before, arrived = workspace.read().head().size, []

    def after_another(views: Views, **asked: Any) -> Any:
        if not arrived:
            arrived.append(True)
            exports.note(workspace, exports.pack(workspace), actor=OPERATOR)
        return real(views, **asked)

    monkeypatch.setattr(Views, "entries", after_another)
    drawn = page("ledger")
    assert not drawn.exception
    assert workspace.read().head().size > before
    assert drawn.number_input(key="entry").value == before - 1
