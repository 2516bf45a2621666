"""A link opens what it names: the case whose button was pressed, and no other one."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from governance.workflow.review import review
from governance.workflow.workspace import current_workspace
from governance.workflow.workspace.acting import OPERATOR
from tests.e2e.driving import RunningApp, enter, follow, headings, settle

pytestmark = pytest.mark.e2e

TITLES = ("Plain", "Plain", "Another")


def put(demo: RunningApp) -> list[str]:
    """Open three cases more, two of one title, and return all ids, the newest first as the page lists them."""
    workspace = current_workspace.current(demo.workspace)
    first = next(iter(workspace.read().cases()))
    for number, title in enumerate(TITLES):
        words = review.CaseWords(title, f"Question {number}?", tuple(first.models), "limited", "demo-owner")
        review.open_case(workspace, words, actor=OPERATOR)
    return [item.case for item in reversed(workspace.read().cases())]


def test_each_button_opens_its_own_case(demo: RunningApp, browser_page: Page) -> None:
    cases = put(demo)
    assert len(set(cases)) == len(TITLES) + 3, "three come with the demonstration"
    cases = cases[: len(TITLES) + 1]
    enter(browser_page, f"{demo.address}/cases")
    for number, case in enumerate(cases):
        browser_page.get_by_test_id("stMain").get_by_role("link", name="Open the case").nth(number).click()
        browser_page.wait_for_url(f"**/case?case={case}", timeout=60_000)
        settle(browser_page)
        assert headings(browser_page) == ["Case"]
        assert parse_qs(urlsplit(browser_page.url).query)["case"] == [case]
        question = f"Question {len(TITLES) - 1 - number}?" if number < len(TITLES) else "May this model replace"
        expect(browser_page.get_by_test_id("stMain")).to_contain_text(question, timeout=60_000)
        follow(browser_page, "Cases")
        browser_page.get_by_test_id("stMain").get_by_role("link", name="Open the case").first.wait_for(timeout=60_000)
        settle(browser_page)


def test_a_link_to_a_case_that_is_not_here_opens_none(demo: RunningApp, browser_page: Page) -> None:
    for page in ("case", "export"):
        enter(browser_page, f"{demo.address}/{page}?case=scorecard-000000")
        main = browser_page.get_by_test_id("stMain")
        expect(main).to_contain_text("This link names something that is not here", timeout=60_000)
        assert "Simulated credit" not in main.inner_text()
