"""What a person does on the screens, step by step."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.driving import come_in, settle, visit

SECRET = "a passphrase of their own"
"""Of every member, and of the root key, which the founder's passphrase opens too."""
PATIENCE = 180_000
"""Milliseconds that a heavy step may take on a busy machine."""


def fill(page: Page, label: str, text: str) -> None:
    """Write into a field and leave it, so that Streamlit takes it."""
    box = page.get_by_label(label, exact=True).first
    box.fill(text)
    box.press("Tab")
    settle(page)


def pick(page: Page, label: str, option: str) -> None:
    """Choose an option of a select box: open it, narrow the list by typing, take the one with this text."""
    box = page.get_by_role("combobox", name=re.compile(f"(^|[. ]){re.escape(label)}$|^{re.escape(label)}")).first
    box.click()
    box.press_sequentially(option.split(":", maxsplit=1)[0].split(" (", maxsplit=1)[0])
    page.get_by_role("option", name=option).first.click()
    settle(page)


def press(page: Page, name: str, patience: float = 60) -> None:
    """Press a button and wait for the page."""
    page.get_by_role("button", name=name, exact=True).first.click()
    settle(page, patience)


def part(page: Page, name: str) -> None:
    """Choose a part of a page by its name."""
    page.locator('[data-testid="stButtonGroup"] button', has_text=name).first.click()
    settle(page)


def tick(page: Page, label: str) -> None:
    """Tick a box: Streamlit draws its own over the real one."""
    page.get_by_text(label, exact=True).first.click()
    settle(page)


def sign(page: Page) -> None:
    """Answer the dialog that asks for the passphrase."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your passphrase").fill(SECRET)
    dialog.get_by_role("button", name="Sign and record").click()
    expect(dialog).to_have_count(0, timeout=PATIENCE)
    settle(page)


_SEATED: dict[Page, str] = {}


def go(page: Page, address: str) -> None:
    """Go to an address by hand; a page that is loaded anew asks again who sits here."""
    visit(page, address)
    if page.get_by_role("button", name="Come in").count():
        printed = page.get_by_text("This is the demonstration").count() > 0
        come_in(page, _SEATED[page], "" if printed else SECRET)
    settle(page)


def sit_down(browser: Browser, address: str, name: str) -> Page:
    """Open a browser of one's own and come in under a name."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True).new_page()
    page.set_default_timeout(PATIENCE / 3)
    _SEATED[page] = name
    go(page, address)
    return page


def found_workspace(page: Page, address: str, name: str) -> None:
    """Make the workspace: whoever does it is its first member and the chair, signed in with one passphrase."""
    go(page, f"{address}/register")
    fill(page, "Organisation", "Example Hospital")
    fill(page, "Your name", name)
    fill(page, "Your passphrase", SECRET)
    fill(page, "The same once more", SECRET)
    press(page, "Create the workspace")
    expect(page.get_by_role("heading", level=1, name="Register")).to_be_visible()
    expect(page.get_by_test_id("stSidebar").get_by_text(name, exact=True)).to_be_visible()
    _SEATED[page] = name


def enrol(browser: Browser, page: Page, address: str, who: tuple[str, str, str], standing: str) -> None:
    """Let a person ask (id, name, role) and the founder admit them; afterwards the page begins with `standing`."""
    member, name, role = who
    theirs = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    visit(theirs, address)
    theirs.get_by_text("Ask to become a member").click()
    settle(theirs)
    fill(theirs, "Id", member)
    fill(theirs, "Printed name", name)
    fill(theirs, "A passphrase of your own", SECRET)
    fill(theirs, "The same once more", SECRET)
    press(theirs, "Make my key and ask")
    made = theirs.get_by_test_id("stAlert").locator("code").inner_text()
    theirs.context.close()
    go(page, f"{address}/keys")
    expect(page.get_by_text(made).first).to_be_visible()
    box = page.get_by_role("combobox", name="Roles")
    box.scroll_into_view_if_needed()
    settle(page)
    box.click()
    page.get_by_role("option", name=role, exact=True).click()
    page.keyboard.press("Escape")
    page.get_by_label("Passphrase of the root key").first.fill(SECRET)
    press(page, "Admit")
    expect(page.get_by_text(standing)).to_be_visible(timeout=PATIENCE)
    settle(page)


def adopt_charter(page: Page, address: str) -> None:
    """Sign the charter that is offered."""
    go(page, f"{address}/charter")
    press(page, "Sign this charter")
    sign(page)


def role(page: Page, column: str, words: str) -> None:
    """Give a column its role."""
    box = page.get_by_role("combobox", name=re.compile(f"Role of {re.escape(column)}$"))
    box.scroll_into_view_if_needed()
    settle(page)
    box.click()
    page.get_by_role("option", name=words).first.click()
    settle(page)


def answer(page: Page, question: str, option: str) -> None:
    """Choose one of the answers that stand beside each other."""
    page.get_by_role("radiogroup", name=re.compile(question)).get_by_text(re.compile(f"^{option}")).first.click()
    settle(page)


def register_data(
    page: Page, address: str, path: Path, purpose: str, sensitive: tuple[str, ...], threshold: str
) -> None:
    """Upload a table, confirm its roles, and register it."""
    go(page, f"{address}/register")
    page.locator('input[type="file"]').first.set_input_files(path)
    expect(page.get_by_text("what do its columns mean?")).to_be_visible(timeout=PATIENCE)
    settle(page)
    role(page, "readmitted", "Label: what came true")
    answer(page, "The score is about", "yes")
    answer(page, "Being selected is", "good for the person")
    fill(page, "Selected from a score of", threshold)
    role(page, "encounter_id", "Identifier of a row")
    for column in sensitive:
        role(page, column, "Sensitive attribute")
    answer(page, "What the data are for", purpose)
    tick(page, "I have looked at the rows and at the roles, and they are right.")
    press(page, "Register", 120)
    expect(page.get_by_role("heading", name=path.stem, exact=True)).to_be_visible(timeout=PATIENCE)


def register_model(page: Page, address: str, path: Path) -> None:
    """Upload a model, look at its first answers, and register it."""
    go(page, f"{address}/register")
    page.locator('input[type="file"]').first.set_input_files(path)
    expect(page.get_by_text("This file can be registered.")).to_be_visible(timeout=PATIENCE)
    settle(page, 120)
    expect(page.get_by_text("Of these 5 rows the model says")).to_be_visible(timeout=PATIENCE)
    fill(page, "Name", "Readmission")
    fill(page, "Version", "1")
    fill(page, "Intended use", "Plan follow-up calls.")
    pick(page, "Risk tier", "high")
    tick(page, "The five answers above are what this model should say.")
    press(page, "Register", 120)
    expect(page.get_by_role("heading", name="Performance")).to_be_visible(timeout=PATIENCE)


def until_measured(page: Page) -> None:
    """Wait until nothing is being computed for the page any more."""
    expect(page.get_by_text("is being computed.")).to_have_count(0, timeout=PATIENCE)
    settle(page, 120)
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.get_by_text("This page stopped on an error").count() == 0
