"""From a number to the board and back, and words and files that are still there when somebody comes back."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import steps
from tests.e2e.driving import RunningApp, follow, running, settle, wait_for_evidence

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def board(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    folder = tmp_path_factory.mktemp("ways")
    shutil.copytree(demo_workspace, folder / "workspace")
    with running(folder) as started:
        yield started


def account(page: Page) -> None:
    """Open the account of the number that the page is about; parts of the page have theirs before it."""
    page.get_by_role("button", name="How this was computed").last.click()
    settle(page)


def test_a_number_leads_to_the_case_that_froze_it_and_the_comment_leads_back(
    board: RunningApp, browser: Browser
) -> None:
    page = steps.sit_down(browser, board.address, "Demo lay member")
    steps.go(page, f"{board.address}/performance")
    wait_for_evidence(page)
    accounts = page.get_by_role("button", name="How this was computed")
    segments = page.get_by_role("heading", name="Where does it err more?")
    expect(segments).to_be_visible(timeout=5 * steps.PATIENCE)  # they have come, too, and nothing moves any more
    expect(accounts).to_have_count(1)
    account(page)
    page.get_by_role("link", name="Object to this, or ask").click()
    page.wait_for_url("**/case?case=*&about=*", timeout=steps.PATIENCE)
    settle(page)
    about = page.get_by_role("combobox", name="About")
    expect(about).to_be_visible(timeout=steps.PATIENCE)
    expect(about).to_have_value(re.compile("Performance"), timeout=steps.PATIENCE)
    page.get_by_text(re.compile("^Read .* in full$")).click()
    page.get_by_role("link", name="Look at the number").first.click(timeout=steps.PATIENCE)
    page.wait_for_url("**/fairness?*", timeout=steps.PATIENCE)
    page.context.close()


def test_a_number_that_no_case_has_frozen_is_put_before_the_board_with_its_model(
    board: RunningApp, browser: Browser
) -> None:
    page = steps.sit_down(browser, board.address, "Demo chair")
    steps.go(page, f"{board.address}/person")
    wait_for_evidence(page)
    account(page)
    page.get_by_role("link", name="Put this before the board").click()
    page.wait_for_url("**/cases?evidence=*", timeout=steps.PATIENCE)
    settle(page)
    expect(page.get_by_test_id("stMultiSelect").first).to_contain_text("boosted trees", timeout=steps.PATIENCE)
    page.context.close()


def test_a_refused_case_keeps_its_words_and_so_does_a_reload(board: RunningApp, browser: Browser) -> None:
    page = steps.sit_down(browser, board.address, "Demo chair")
    steps.go(page, f"{board.address}/cases")
    page.get_by_text("Put a model before the board", exact=True).click()
    settle(page)
    steps.fill(page, "Title", "T" * 121)
    steps.fill(page, "What is the board asked to sign?", "May it be used?")
    steps.press(page, "Open the case")
    expect(page.get_by_text("121 characters; the limit is 120").first).to_be_visible(timeout=steps.PATIENCE)
    expect(page.get_by_label("Title", exact=True)).to_have_value("T" * 121)
    page.get_by_label("Title", exact=True).press_sequentially("!")
    page.get_by_role("button", name="Keep as a draft").first.click()
    settle(page)
    page.reload()
    settle(page)
    page.get_by_text("Put a model before the board", exact=True).click()
    settle(page)
    expect(page.get_by_label("Title", exact=True)).to_have_value("T" * 121 + "!")
    page.context.close()


def test_a_file_that_was_given_is_still_there_after_a_look_at_another_page(
    board: RunningApp, browser: Browser, tmp_path: Path
) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    page = steps.sit_down(browser, board.address, "Demo chair")
    steps.go(page, f"{board.address}/register")
    page.locator('input[type="file"]').first.set_input_files(table)
    expect(page.get_by_text("what do its columns mean?")).to_be_visible(timeout=steps.PATIENCE)
    settle(page)
    follow(page, "Models")
    page.get_by_role("heading", level=1, name="Models").wait_for(timeout=steps.PATIENCE)
    settle(page)
    follow(page, "Register")
    expect(page.get_by_text("The table: mine.csv")).to_be_visible(timeout=steps.PATIENCE)
    expect(page.get_by_text("what do its columns mean?")).to_be_visible(timeout=steps.PATIENCE)
    steps.press(page, "Take it away")
    expect(page.get_by_text("what do its columns mean?")).to_have_count(0, timeout=steps.PATIENCE)
    page.context.close()
