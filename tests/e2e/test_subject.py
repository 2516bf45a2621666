"""What is looked at travels with the address, and a run survives whoever looks at it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.driving import RunningApp, choose, enter, follow, headings, settle

pytestmark = pytest.mark.e2e
HELD = pytest.mark.skipif(not Path("/proc").is_dir(), reason="workers are found in /proc")


def picked(page: Page) -> dict[str, str]:
    page.wait_for_url(re.compile("model=.*data=.*reference="), timeout=60_000)
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def go(page: Page, title: str) -> None:
    follow(page, title)
    page.wait_for_timeout(500)
    settle(page)


def test_the_subject_is_in_the_address_follows_to_other_pages_and_opens_in_another_browser(
    demo: RunningApp, browser: Browser, browser_page: Page
) -> None:
    enter(browser_page, f"{demo.address}/quality")
    assert "boosted trees" in picked(browser_page)["model"], "the model under review comes first"
    browser_page.get_by_role("button", name="Change").click()
    choose(browser_page, "Model", "Diabetes")
    browser_page.keyboard.press("Escape")
    browser_page.wait_for_url(re.compile("reference=Diabetes"), timeout=60_000)
    chosen = picked(browser_page)
    assert "Diabetes" in chosen["model"]
    assert "Diabetes" in chosen["data"], "data that the model cannot read are not offered"
    go(browser_page, "Ledger")
    assert browser_page.url.endswith("/ledger")
    go(browser_page, "Performance")
    assert picked(browser_page) == chosen
    other = browser.new_context()
    page = other.new_page()
    enter(page, browser_page.url)
    assert picked(page) == chosen
    expect(page.get_by_test_id("stMain")).to_contain_text("Diabetes progression")
    other.close()


def test_a_link_to_something_that_is_not_registered_says_so_and_leads_to_what_is(
    demo: RunningApp, browser_page: Page
) -> None:
    enter(browser_page, f"{demo.address}/quality?model=%3Cscript%3E&data=nothing")
    main = browser_page.get_by_test_id("stMain")
    expect(main).to_contain_text("This link names a model that is not registered here: “<script>”.")
    assert headings(browser_page) == [], "no other model is shown in its place"
    browser_page.get_by_role("button", name="See what is here").click()
    assert "boosted trees" in picked(browser_page)["model"]


@HELD
def test_a_run_that_was_killed_with_the_app_is_shown_as_interrupted_and_can_be_computed_again(
    demo: RunningApp, browser: Browser
) -> None:
    first = browser.new_page()
    with demo.workers_held():
        enter(first, f"{demo.address}/explanations")
        expect(first.get_by_test_id("stMain")).to_contain_text("is being computed", timeout=60_000)
        demo.kill()
    first.close()
    demo.start()
    again = browser.new_page()
    enter(again, f"{demo.address}/explanations")
    main = again.get_by_test_id("stMain")
    expect(main).to_contain_text("the app was closed while this run was going", timeout=60_000)
    expect(main).to_contain_text("Verified")
    with demo.workers_held():
        again.get_by_role("button", name="Compute again").first.click()
        expect(main).to_contain_text("is being computed", timeout=60_000)
    expect(main).to_contain_text("move the score for", timeout=60_000)
    again.close()
