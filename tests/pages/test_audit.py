"""The ledger's browser and the page of members and keys, drawn without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from governance.workflow import places
from pages._ui import records
from storage import keys
from storage.ledger.events import EVENTS
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
    opened = places._open.pop(root.resolve(), None)
    if opened is not None:
        opened.close()


@pytest.fixture
def told(place: Path) -> Path:
    with Workspace.create(place, "Example Board", ROOT_PASSPHRASE, AT) as made:
        tell(made)
    return place


@pytest.fixture
def founded(place: Path) -> Path:
    Workspace.create(place, "Example Board", ROOT_PASSPHRASE, AT).close()
    return place


def page(name: str) -> AppTest:
    return AppTest.from_file(str(PAGES / "audit" / name), default_timeout=60).run()


def words(drawn: AppTest) -> str:
    assert not drawn.exception
    assert not drawn.error, [item.value for item in drawn.error]
    return " ".join(item.value for item in drawn.markdown)


@pytest.mark.parametrize("name", ["ledger.py", "keys.py"])
def test_an_empty_house_says_what_would_be_here(place: Path, name: str) -> None:
    assert "yet." in words(page(name))


def test_every_event_has_words() -> None:
    assert set(records.WORDS) == set(EVENTS)


def test_the_ledger_says_how_long_it_is_and_what_is_signed(told: Path) -> None:
    drawn = page("ledger.py")
    size = places.current().read().head().size
    assert f"{size} entries have been recorded; a signed checkpoint covers all of them." in words(drawn)
    assert f"{size} of {size} entries, the newest first." in words(drawn)


def test_filters_narrow_the_list(told: Path) -> None:
    drawn = page("ledger.py")
    drawn.selectbox(key="what").set_value("Vote").run()
    assert "3 of " in words(drawn)
    drawn.selectbox(key="who").set_value("ada").run()
    drawn.selectbox(key="in-case").set_value(CASE).run()
    assert "1 of " in words(drawn)
    assert list(drawn.dataframe[0].value["what"]) == ["Vote"]


def test_one_entry_is_told_in_words_with_its_texts(told: Path) -> None:
    comment = places.current().read().comments(CASE)[0]
    drawn = page("ledger.py")
    drawn.number_input(key="entry").set_value(comment.index).run()
    assert "**Comment** by ada" in words(drawn)
    assert "“Why?”" in words(drawn).replace("\\", "")


def test_an_erased_text_is_said_to_be_erased(told: Path) -> None:
    place = places.current()
    comment = place.read().comments(CASE)[0]
    with place.write() as unit:
        unit.erase_text(comment.text.sha256)
        unit.commit()
    drawn = page("ledger.py")
    drawn.number_input(key="entry").set_value(comment.index).run()
    assert "(erased; only its digest is left)" in words(drawn)


def test_every_entry_of_the_story_can_be_told(told: Path) -> None:
    def page() -> None:
        import streamlit as st

        from governance.workflow import places
        from pages._ui import records

        views = places.current().read()
        for record in views.entries():
            with st.container(key=f"entry-{record.index}"):
                records.account(record, views, key=str(record.index))

    drawn = AppTest.from_function(page, default_timeout=60).run()
    assert words(drawn).count("Signed with the key") == places.current().read().head().size


def test_members_and_keys_are_shown_with_what_became_of_them(told: Path) -> None:
    drawn = page("keys.py")
    assert "2 members may act, each with a key of their own; no witness outside keeps watch." in words(drawn)
    assert list(drawn.dataframe[0].value["id"]) == ["ada", "bob"]
    revoked = next(entry.index for entry in places.current().read().entries() if entry.type == "key.revoked")
    assert list(drawn.dataframe[1].value["state"]) == ["live"] * 4 + [str(revoked)]
    drawn.toggle(key="removed").set_value(True).run()
    assert list(drawn.dataframe[0].value["id"]) == ["ada", "bob", "eve"]
    assert places.current().log.vkey in {item.value for item in drawn.code}


def test_a_member_is_enrolled_from_the_page(founded: Path) -> None:
    drawn = page("keys.py")
    for label, value in {
        "Id": "ada",
        "Printed name": "Ada",
        "The member's own passphrase": "ada's passphrase",
        "Passphrase of the root key": ROOT_PASSPHRASE,
    }.items():
        next(item for item in drawn.text_input if item.label == label).set_value(value)
    drawn.multiselect[0].set_value(["chair"])
    next(item for item in drawn.button if item.label == "Enrol").click().run()
    assert "One member may act" in words(drawn)
    assert places.current().unlock("ada", "ada's passphrase").owner == "ada"


def test_a_wrong_root_passphrase_is_said_and_changes_nothing(founded: Path) -> None:
    drawn = page("keys.py")
    for label, value in {"Id": "ada", "Printed name": "Ada", "Passphrase of the root key": "not the one"}.items():
        next(item for item in drawn.text_input if item.label == label).set_value(value)
    next(item for item in drawn.button if item.label == "Enrol").click().run()
    assert "does not open the key" in drawn.error[0].value
    assert places.current().read().head().size == 2
