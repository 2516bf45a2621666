"""Whatever can be opened on a page is opened: expanders, popovers, tabs, views, dialogs. Nothing breaks, nothing is named twice."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

from governance.workflow.workspace import current_workspace
from pages._ui import navigation
from tests.e2e import steps
from tests.e2e.driving import RunningApp, enter, follow, running, settle, turn_back, wait_for_evidence

pytestmark = pytest.mark.e2e

PAGES: Final = tuple(item.title for item in navigation.ENTRIES)
BY_SEAT: Final = ("Home", "Data sets", "Register", "Monitor", "Cases", "Case", "Charter", "Members and keys")
"""Pages that differ by who sits there."""
EXPANDER: Final = '[data-testid="stExpander"] details'
POPOVER: Final = '[data-testid="stPopover"] > div > button, [data-testid="stPopover"] > button'
VIEW: Final = '[data-testid="stButtonGroup"] button, [role="tab"]'
NAMED: Final = "h1, h2, h3, [data-testid='stExpander'] summary, [role='tab']"
NUMBERS: Final = "The numbers"
"""The one name that every chart's drawer bears."""
ARROWS: Final = frozenset({"chevron_right", "keyboard_arrow_down"})
"""Arrows that stand behind the name of a compact drawer, as the text of a page spells them."""
CUT: Final = """() => [...document.querySelectorAll('[data-testid="stMetricLabel"] p')]
  .filter(label => label.offsetParent && label.scrollWidth > label.clientWidth + 1).map(label => label.innerText)"""
"""Names of numbers that end in dots because their column is too narrow."""
MOST: Final = 60
"""Drawers of one kind that a page may have; more would mean that opening them makes new ones for ever."""


def called(text: str) -> str:
    """Return the name that the text of a heading or a drawer holds, without the icon before it and the arrow behind it."""
    lines = [line for line in text.splitlines() if line.strip() and line not in ARROWS]
    return lines[-1] if lines else text


class Visit:
    """A person who goes through the pages and opens everything; what is wrong is gathered, so that one run tells all."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name, self.where = page, name, ""
        self.wrong: list[str] = []
        self.opened: Counter[str] = Counter()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._note(f"exception in the browser: {error}"))

    @property
    def main(self) -> Locator:
        """What the page draws, without the navigation."""
        return self.page.get_by_test_id("stMain")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"console: {message.text}")

    def _note(self, what: str) -> None:
        self.wrong.append(f"{self.name}, {self.where}: {what}")

    def go_through(self, titles: tuple[str, ...]) -> None:
        """Visit pages by the navigation and open everything on them."""
        for title in titles:
            self.where = title
            follow(self.page, title)
            self.main.get_by_role("heading", level=1).first.wait_for(timeout=steps.PATIENCE)
            self._look(title)
            self._expand()
            self._views()
            self._popovers()
            self._sign()

    def _look(self, after: str) -> None:
        wait_for_evidence(self.page)
        text = self.page.locator("body").inner_text()
        if re.search(r"did not foresee|Traceback", text) or self.page.get_by_test_id("stException").count():
            self._note(f"stopped on an error after “{after}”")
        said = [called(words) for words in self.main.locator(NAMED).all_inner_texts() if words.strip()]
        for words, times in Counter(said).items():
            if times > 1 and words != NUMBERS:
                self._note(f"“{words}” stands {times} times after “{after}”")
        for name in self.page.evaluate(CUT):
            self._note(f"the name “{name}” is cut after “{after}”")
        for twice in re.findall(r"\b([A-Za-z]{2,}) \1\b", text):
            self._note(f"“{twice} {twice}” after “{after}”")

    def _expand(self) -> None:
        closed = self.main.locator(f"{EXPANDER}:not([open]) > summary")
        for _ in range(MOST):
            if not closed.count():
                return
            name = called(closed.first.inner_text())
            closed.first.click()
            self.opened["expander"] += 1
            self._look(name)
        self._note("its expanders do not end")

    def _views(self) -> None:
        for number in range(min(self.main.locator(VIEW).count(), MOST)):
            view = self.main.locator(VIEW).nth(number)
            if not view.count() or not view.is_visible() or view.is_disabled():
                continue
            name = (view.inner_text().splitlines() or [f"view {number + 1}, which shows no word"])[-1]
            view.click()
            self.opened["view"] += 1
            self._look(name)
            self._expand()

    def _popovers(self) -> None:
        for number in range(min(self.main.locator(POPOVER).count(), MOST)):
            handle = self.main.locator(POPOVER).nth(number)
            if not handle.count() or not handle.is_visible() or handle.is_disabled():
                continue
            name = handle.inner_text().splitlines()[0]
            handle.click()
            self.opened["popover"] += 1
            self._look(name)
            self.page.keyboard.press("Escape")
            settle(self.page)

    def _sign(self) -> None:
        """Go as far as the dialog that asks for the passphrase, and turn back."""
        for field in self.main.locator("textarea:visible").all():
            if not field.input_value():
                field.fill("Because it was asked.")
                field.press("Tab")
                settle(self.page)
        words = self.main.get_by_role("button").all_inner_texts()
        for name in [found[0] for text in words if (found := re.search(r"Sign th(e|is) \w+", text))]:
            button = self.main.get_by_role("button", name=re.compile(f"{name}$")).first
            if button.is_disabled():
                continue
            button.click()
            dialog = self.page.get_by_role("dialog")
            dialog.wait_for(timeout=steps.PATIENCE / 3)
            self._look(name)
            self.opened["dialog"] += 1
            turn_back(self.page)


def go(browser: Browser, address: str, name: str, theme: Literal["light", "dark"], titles: tuple[str, ...]) -> Visit:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme=theme)
    page = context.new_page()
    page.set_default_timeout(steps.PATIENCE / 3)
    visit = Visit(page, f"{name}, {theme}")
    enter(page, address, name)
    visit.go_through(titles)
    context.close()
    return visit


@pytest.fixture(scope="module")
def board(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """Return the app on one copy of the demonstration: nothing is recorded in it here but what pages compute."""
    folder = tmp_path_factory.mktemp("board")
    shutil.copytree(demo_workspace, folder / "workspace")
    with running(folder) as started:
        yield started


def test_everything_opens_for_a_lay_member_of_the_demonstration(board: RunningApp, browser: Browser) -> None:
    visit = go(browser, board.address, "Demo lay member", "light", PAGES)
    assert visit.wrong == []
    assert visit.opened["expander"] > 10
    assert visit.opened["popover"] > 10
    assert visit.opened["view"] > 10
    assert visit.opened["dialog"] >= 1
    assert "Traceback" not in board.words()


@pytest.mark.parametrize(
    ("name", "theme", "titles"),
    [
        ("Guest analyst", "dark", BY_SEAT),
        ("Demo chair", "dark", ("Home", "Cases", "Members and keys", "Ledger", "Export")),
        ("Demo lay member", "dark", ("Performance", "Single case", "Fairness", "Data quality")),
    ],
)
def test_everything_opens_for_others_and_in_the_dark(
    board: RunningApp, browser: Browser, name: str, theme: Literal["light", "dark"], titles: tuple[str, ...]
) -> None:
    visit = go(browser, board.address, name, theme, titles)
    assert visit.wrong == []
    assert sum(visit.opened.values()) > 5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everything_opens_in_a_workspace_that_holds_nothing_yet(
    browser: Browser, tmp_path: Path, theme: Literal["light", "dark"]
) -> None:
    if theme == "dark":  # founded, but without members, data and models
        current_workspace.create("Example Hospital", steps.SECRET, tmp_path / "workspace").close()
    with running(tmp_path) as started:
        assert go(browser, started.address, "Guest analyst", theme, PAGES).wrong == []
        assert "Traceback" not in started.words()
