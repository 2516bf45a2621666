"""A guest walks through every page of the demonstration and finds no button that writes; a member signs in once for the day."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from governance.workflow.workspace import current_workspace
from pages._ui import navigation
from tests.e2e import steps
from tests.e2e.driving import RunningApp, follow, headings, picture, settle, visit

pytestmark = pytest.mark.e2e

WRITES = (
    "Open the case", "Freeze the evidence", "Sign the waivers and freeze", "Open the review", "Register", "Register these candidates",
    "Put to use as version", "Find the thresholds", "Measure this window", "Record the alert", "Confirm the harm", "Put aside",
    "Record what is done", "3. Make the export", "Sign", "Admit", "Refuse", "Replace the key", "Revoke the key", "Remove the member",
    "Fetch it", "Retire", "Ask it now", "Measure", "It has ended",
)  # fmt: skip
"""How the labels of buttons that write begin."""


def unfold(page: Page) -> None:
    """Open everything that is folded, as somebody does who looks for a way."""
    for box in page.get_by_test_id("stMain").get_by_test_id("stExpander").locator("summary").all():
        if box.is_visible():
            box.click()
            settle(page)


def test_a_guest_finds_no_button_that_writes(browser: Browser, demo: RunningApp) -> None:
    size = current_workspace.current(demo.workspace).read().head().size
    page = steps.sit_down(browser, demo.address, "Guest analyst")
    found: dict[str, list[str]] = {}
    for entry in navigation.ENTRIES:
        if entry.key in ("explanations", "person", "fairness", "performance", "drift", "quality"):
            continue  # these compute first; what they draw for a guest is a caption (tests/pages)
        follow(page, entry.title)
        settle(page)
        unfold(page)
        picture(page, f"guest-{entry.key}")
        labels = [item.strip() for item in page.get_by_test_id("stMain").get_by_role("button").all_inner_texts()]
        hits = [text for text in labels if text.split("\n")[-1] == "Keep" or text.split("\n")[-1].startswith(WRITES)]
        if hits:
            found[entry.key] = hits
    assert found == {}
    entries = current_workspace.current(demo.workspace).read().entries()[size:]
    assert {entry.type for entry in entries} <= {"evidence.recorded"}
    page.context.close()


def test_a_member_needs_the_passphrase_and_stays_for_the_day(browser: Browser, demo: RunningApp) -> None:
    page = browser.new_context().new_page()
    visit(page, demo.address)
    picture(page, "gate")
    page.get_by_role("combobox", name="I am").click()
    page.get_by_role("option", name="Demo lay member").first.click()
    settle(page)
    page.get_by_label("Your passphrase", exact=True).fill("not the passphrase")
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_role("alert")).to_contain_text("does not open the key")
    assert headings(page) == ["Who is sitting here?"]
    picture(page, "gate-refused")
    page.get_by_label("Your passphrase", exact=True).fill("demonstration")
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_role("heading", name="Docket")).to_be_visible(timeout=60_000)
    visit(page, f"{demo.address}/ledger")
    assert headings(page) == ["Ledger"], "a reload asks for nothing"
    second = page.context.new_page()
    visit(second, f"{demo.address}/cases")
    assert headings(second) == ["Cases"], "nor does a second tab"
    page.get_by_role("button", name="Someone else").click()
    expect(page.get_by_role("heading", name="Who is sitting here?")).to_be_visible(timeout=60_000)
    visit(second, f"{demo.address}/cases")
    assert headings(second) == ["Who is sitting here?"], "who leaves has left in every tab"
    page.context.close()
