"""Words are kept while they are typed, and keeping them disturbs nobody: not the writer, and not what is open on the page."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from governance.workflow.demo import demo as demonstration
from governance.workflow.review import review
from governance.workflow.workspace import current_workspace
from storage.workspace import Workspace
from tests.e2e import steps
from tests.e2e.driving import RunningApp, settle

pytestmark = pytest.mark.e2e

FIELD = "Write a comment"
OTHERS = "A remark of somebody else,\nlonger than\na line."


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something that happens on the other side."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def kept(workspace: Workspace, case: str) -> str:
    found = workspace.drafts.get("demo-lay", case, "comment")
    return found.content if found else ""


def writing(browser: Browser, demo: RunningApp) -> Page:
    page = steps.sit_down(browser, demo.address, "Demo lay member")
    steps.go(page, f"{demo.address}/case")
    page.get_by_text(FIELD, exact=True).first.click()
    settle(page)
    return page


def test_a_list_stays_open_while_the_words_typed_before_it_are_kept(browser: Browser, demo: RunningApp) -> None:
    page, workspace = writing(browser, demo), current_workspace.current(demo.workspace)
    case = next(iter(workspace.read().cases())).case
    about = page.get_by_role("combobox", name="About")
    about.scroll_into_view_if_needed()
    settle(page)
    review.comment(workspace, case, OTHERS, member="demo-validator", passphrase=demonstration.PASSPHRASE)
    page.get_by_role("textbox", name=FIELD).press_sequentially("How were the declined counted?")
    where = about.bounding_box()
    assert where is not None
    page.mouse.click(where["x"] + where["width"] / 2, where["y"] + where["height"] / 2)
    expect(page.get_by_role("option").first).to_be_visible()
    until(lambda: kept(workspace, case) == "How were the declined counted?")
    settle(page)
    assert about.bounding_box() == where, "what somebody else wrote meanwhile has moved the page under the open list"
    page.get_by_role("option").nth(1).click(timeout=5000)
    settle(page)
    page.reload()
    steps.go(page, f"{demo.address}/case")
    page.get_by_text(FIELD, exact=True).first.click()
    settle(page)
    expect(page.get_by_role("textbox", name=FIELD)).to_have_value("How were the declined counted?")
    page.context.close()


def test_the_last_words_are_signed_however_soon_the_button_is_pressed(browser: Browser, demo: RunningApp) -> None:
    page, workspace = writing(browser, demo), current_workspace.current(demo.workspace)
    case = next(iter(workspace.read().cases())).case
    steps.press(page, "Sign the comment")
    expect(page.get_by_text("Write your comment first.")).to_be_visible()
    page.get_by_role("textbox", name=FIELD).press_sequentially("And the young?")
    page.get_by_role("button", name="Sign the comment").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("And the young?", timeout=steps.PATIENCE / 3)
    dialog.get_by_label("Your passphrase").fill(demonstration.PASSPHRASE)
    dialog.get_by_role("button", name="Sign and record").click()
    expect(dialog).to_have_count(0, timeout=steps.PATIENCE)
    settle(page)
    said = [item.text.shown for item in workspace.read().comments(case) if item.member == "demo-lay"]
    assert said == ["And the young?"]
    assert kept(workspace, case) == ""
    page.context.close()
