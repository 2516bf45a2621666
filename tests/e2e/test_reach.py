"""Everybody reaches everything: axe finds nothing of ours, the keyboard shows where it is, and pages fit at 200 % zoom."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pages._ui import navigation
from tests.e2e import steps
from tests.e2e.driving import RunningApp, enter, follow, running, settle, wait_for_evidence

pytestmark = pytest.mark.e2e

NOT_OURS: Final = (
    ("presentation-role-conflict", '[data-testid="stFileUploaderDropzone"]'),
    ("color-contrast", '[data-selected="true"]'),
    ("color-contrast", '[data-testid="stSliderThumbValue"]'),
)
"""(rule, what the element lies in) of what Streamlit 1.67 itself draws and no theme can change.

The words of a chosen segment and of a slider's thumb take the theme's primary colour, on which buttons stand in white: in the dark
theme no colour has 4.5:1 against both white and a dark ground. The drop zone of an upload is a focusable part without a role.
"""
LIES_IN: Final = "([target, parent]) => Boolean(document.querySelector(target)?.closest(parent))"
SCROLLS: Final = "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
FOCUSED: Final = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const box = at.getBoundingClientRect();
  if (box.width < 1 || box.height < 1 || box.bottom > innerHeight || box.top < 0) return null;
  return {x: Math.max(0, box.x - 6), y: Math.max(0, box.y - 6), width: box.width + 12, height: box.height + 12,
          html: at.outerHTML.slice(0, 160)};
}"""
"""Where the element with the focus lies, with some room around it; null where it has no size or is out of sight."""


@pytest.fixture(scope="module")
def app(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    folder = tmp_path_factory.mktemp("reach")
    shutil.copytree(demo_workspace, folder / "workspace")  # what is computed here is computed for no other test
    with running(folder, folder / "workspace") as started:
        yield started


def through(page: Page) -> Iterator[str]:
    """Yield the title of every page, once it is drawn."""
    for item in navigation.ENTRIES:
        follow(page, item.title)
        page.get_by_test_id("stMain").get_by_role("heading", level=1).first.wait_for(timeout=steps.PATIENCE)
        wait_for_evidence(page)
        yield item.title


def violations(page: Page, title: str) -> list[str]:
    """Return what axe finds on a page, but for what no page of ours can change."""
    found = Axe().run(page).response["violations"]
    return [
        f"{title}: {rule['id']} ({rule['impact']}): {node['html'][:160]}"
        for rule in found
        for node in rule["nodes"]
        if not any(
            rule["id"] == name and page.evaluate(LIES_IN, [str(node["target"][0]), parent]) for name, parent in NOT_OURS
        )
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(app: RunningApp, browser: Browser, scheme: str) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme=scheme).new_page()
    enter(page, app.address)
    found = [line for title in through(page) for line in violations(page, title)]
    page.context.close()
    assert found == []


def test_pages_fit_at_200_percent_zoom(app: RunningApp, browser: Browser) -> None:
    """A window of 1280 pixels at 200 % is one of 640 with twice the pixels (WCAG 2.2, 1.4.4 and 1.4.10)."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}, device_scale_factor=2).new_page()
    enter(page, app.address)
    page.set_viewport_size({"width": 640, "height": 360})
    wide = {}
    for item in navigation.ENTRIES:
        page.goto(f"{app.address}/{item.key}")
        wait_for_evidence(page)
        if page.evaluate(SCROLLS) > 0:
            wide[item.title] = page.evaluate(SCROLLS)
    page.context.close()
    assert wide == {}


def test_the_keyboard_shows_where_it_is_and_opens_the_search(app: RunningApp, browser_page: Page) -> None:
    enter(browser_page, app.address)
    unseen, looked = [], 0
    for _ in range(20):
        browser_page.keyboard.press("Tab")
        at = browser_page.evaluate(FOCUSED)
        if at is None:
            continue
        looked, html = looked + 1, at.pop("html")
        focused = browser_page.screenshot(clip=at)
        browser_page.evaluate("() => document.activeElement.blur()")  # the next Tab goes on from here
        if browser_page.screenshot(clip=at) == focused:
            unseen.append(html)
    assert looked >= 10
    assert unseen == []
    browser_page.keyboard.press("Control+k")
    dialog = browser_page.get_by_role("dialog")
    field = dialog.get_by_label(re.compile("A model, a case"))
    field.fill("Diabetes")
    field.press("Enter")
    settle(browser_page)
    link = dialog.get_by_role("link", name=re.compile("Diabetes")).first
    expect(link).to_be_visible(timeout=steps.PATIENCE)
    link.focus()
    browser_page.keyboard.press("Enter")
    expect(dialog).to_have_count(0, timeout=steps.PATIENCE)
    browser_page.get_by_role("heading", level=1, name=re.compile("Case|Models")).wait_for(timeout=steps.PATIENCE)
