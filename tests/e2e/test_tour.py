"""The demonstration tells its story: what was planted is measured and alerted, and a visitor is led to it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.driving import RunningApp, enter, settle, wait_for_evidence

pytestmark = pytest.mark.e2e


def test_a_guest_finds_the_planted_harm_and_takes_a_seat_at_the_board(demo: RunningApp, browser_page: Page) -> None:
    page = browser_page
    page.set_default_timeout(steps.PATIENCE / 3)
    enter(page, demo.address)
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("nobody has confirmed it or put it aside")
    for step in ("1. One group", "2. A district", "3. Later", "4. The board", "5. The record"):
        expect(main.get_by_role("link", name=re.compile(re.escape(step)))).to_be_visible()
    page.get_by_role("link", name=re.compile("3. Later the world moved")).click()
    page.wait_for_url("**/drift?*", timeout=steps.PATIENCE)
    settle(page)
    expect(main).to_contain_text("It hurts", timeout=steps.PATIENCE)
    assert page.get_by_text("is being computed").count() == 0, "it was measured when the demonstration was made"
    page.go_back()
    settle(page)
    page.get_by_role("link", name=re.compile("2. A district")).click()
    page.wait_for_url("**/explanations?*", timeout=steps.PATIENCE)
    settle(page)
    expect(main).to_contain_text("move the score", timeout=steps.PATIENCE)
    wait_for_evidence(page)
    page.go_back()
    settle(page)
    steps.press(page, "Sit as Demo lay member")
    expect(page.get_by_test_id("stSidebar")).to_contain_text("Demo lay member", timeout=steps.PATIENCE)
    expect(main).to_contain_text("waits for you")
    expect(main.get_by_text("demonstration", exact=True).first).to_be_visible()


def test_the_demonstration_opens_in_an_app_that_was_started_without_a_workspace(
    cold: RunningApp, browser_page: Page
) -> None:
    page = browser_page
    page.set_default_timeout(steps.PATIENCE)
    enter(page, cold.address)
    page.get_by_role("button", name="Open the demo workspace").click()
    expect(page.get_by_test_id("stMain")).to_contain_text(
        "Five steps through the demonstration", timeout=steps.PATIENCE
    )
    assert sorted(item.name for item in cold.workspace.parent.iterdir()) == ["app.log", "workspace"]
