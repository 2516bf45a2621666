"""Public data sets on the registry's page: offered with their licence, fetched only when asked, and refused in words."""

from __future__ import annotations

import time
from concurrent.futures import Future
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from governance.data.public import PUBLIC
from governance.evidence.errors import RefusedInputError
from governance.workflow.workspace import current_workspace
from pages.registry.register import public_sets
from tests.pages import seated

PAGE = Path(__file__).parents[2] / "pages" / "registry" / "register" / "page.py"


class Here:
    """An executor that does the work at once, in this process."""

    def submit(self, work, *words) -> Future:
        done: Future = Future()
        try:
            done.set_result(work(*words))
        except Exception as error:  # noqa: BLE001 - handed on, as an executor does
            done.set_exception(error)
        return done


class Never:
    """An executor whose work does not end."""

    def submit(self, *_: object) -> Future:
        return Future()


@pytest.fixture
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    root = tmp_path / "workspace"
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(root))
    place = seated.enrolled(current_workspace.create("Test board", "a long passphrase", root), "a long passphrase")
    home = tmp_path / "public"
    home.mkdir()
    monkeypatch.setattr(public_sets, "_folder", lambda: type("Folder", (), {"name": str(home)}))
    monkeypatch.setattr(public_sets, "executor", Here)
    drawn = AppTest.from_file(str(PAGE), default_timeout=60)
    drawn.session_state["public"] = True
    seated.sat_down(drawn, place)
    return drawn.run()


def choose(drawn: AppTest) -> AppTest:
    return drawn.selectbox(key="public-set").select(PUBLIC[0].title).run()


def written(drawn: AppTest) -> str:
    return read(" ".join(item.value for item in drawn.markdown))


def read(text: str) -> str:
    """Return markdown as a person reads it, without escapes and word joiners."""
    return text.replace("\\", "").replace("\N{WORD JOINER}", "")


def fetched_file(drawn: AppTest) -> str:
    """Return the name of what was fetched, "" when nothing was."""
    kept = drawn.session_state["countersign.registering.ada"]
    return str(kept.get("registering-file-table", ["", "", ""])[2])


def test_nothing_is_fetched_before_a_person_asks_and_the_licence_stands_there(offered: AppTest) -> None:
    assert not offered.exception
    assert "Licence" not in written(offered)
    drawn = choose(offered)
    assert "Licence: CC BY 4.0 (UCI)" in written(drawn)
    assert fetched_file(drawn) == ""


def test_without_a_network_the_page_says_so_in_words(offered: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(name: str, target: Path, cache: Path) -> Path:
        raise RefusedInputError("Adult could not be fetched: no network.", "It needs a network; try again later.")

    monkeypatch.setattr(public_sets, "fetch", unreachable)
    drawn = choose(offered).button(key="public-fetch").click().run()
    assert not drawn.exception
    assert (
        read(drawn.error[0].value) == "**Adult could not be fetched: no network.** It needs a network; try again later."
    )
    assert not drawn.success
    assert fetched_file(drawn) == ""


def test_a_fetch_that_does_not_end_is_given_up_in_words(offered: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_sets, "executor", Never)
    monkeypatch.setattr(public_sets, "_PATIENCE", 0.01)
    with pytest.raises(RefusedInputError, match="has not arrived") as caught:
        public_sets.fetched(PUBLIC[0])
    assert "network" in caught.value.advice


def test_what_was_fetched_goes_to_the_same_registration(offered: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def stand_in(name: str, target: Path, cache: Path) -> Path:
        pd.DataFrame({"age": [30.0, 40.0, 50.0], "sex": pd.Categorical(["f", "m", "f"])}).to_parquet(target)
        return target

    monkeypatch.setattr(public_sets, "fetch", stand_in)
    drawn = choose(offered).button(key="public-fetch").click().run()
    assert not drawn.exception
    assert not drawn.error
    assert fetched_file(drawn) == "adult.parquet"
    deadline = time.monotonic() + 60
    while "A Parquet file with 3 rows and 2 columns." not in written(drawn):
        assert time.monotonic() < deadline, written(drawn)
        time.sleep(0.2)
        drawn.run()
