"""Nobody gets past the shell, and nobody sees what another one does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from governance.workflow.workspace.clock import now
from pages._ui import navigation
from storage.workspace import Workspace
from tests.e2e.driving import RunningApp, come_in, enter, follow, headings, picture, running, settle, visit

pytestmark = pytest.mark.e2e

GATE = ["Who is sitting here?"]
HIDDEN = ["secret", "_shell", "registry", "home.py", "~"]


def test_the_first_visit_to_a_cold_server_meets_the_gate_on_a_page_below_the_start(
    cold: RunningApp, browser_page: Page
) -> None:
    deepest = navigation.ENTRIES[-1].key
    visit(browser_page, f"{cold.address}/{deepest}")
    assert headings(browser_page) == GATE


@pytest.mark.parametrize("address", [entry.key for entry in navigation.ENTRIES] + HIDDEN)
def test_every_page_and_every_unlisted_address_meets_the_gate(
    app: RunningApp, browser_page: Page, address: str
) -> None:
    visit(browser_page, f"{app.address}/{address}")
    assert headings(browser_page) == GATE
    assert browser_page.get_by_test_id("stSidebarNav").count() == 0


@pytest.mark.parametrize("address", ["case/1", "pages/home", "pages/home.py", "registry/models"])
def test_an_address_below_another_shows_no_page(app: RunningApp, browser_page: Page, address: str) -> None:
    browser_page.goto(f"{app.address}/{address}")
    browser_page.wait_for_timeout(2000)
    assert headings(browser_page) in ([], GATE)


def test_an_unlisted_address_says_so_and_leads_to_the_docket(app: RunningApp, browser_page: Page) -> None:
    visit(browser_page, f"{app.address}/secret")
    expect(browser_page.get_by_role("dialog")).to_contain_text("Page not found")
    browser_page.keyboard.press("Escape")
    come_in(browser_page)
    assert headings(browser_page) == ["Docket"]


def test_a_deep_link_leads_where_it_points_to_after_the_gate(app: RunningApp, browser_page: Page) -> None:
    enter(browser_page, f"{app.address}/ledger")
    assert browser_page.url.endswith("/ledger")
    assert headings(browser_page) == ["Ledger"]


def test_every_page_can_be_visited_in_an_empty_workspace_without_an_error(app: RunningApp, browser_page: Page) -> None:
    enter(browser_page, app.address)
    broken = []
    for entry in navigation.ENTRIES:
        follow(browser_page, entry.title)
        settle(browser_page)
        picture(browser_page, f"empty-{entry.key}")
        body = browser_page.get_by_test_id("stMain").inner_text()
        broken += [entry.key] if re.search(r"did not foresee|Traceback", body) else []
        assert browser_page.get_by_test_id("stAlert").count() == 0, f"an error on {entry.key}: {body}"
        assert "edger" in body, f"no state of the ledger on {entry.key}"
    assert broken == []


def test_two_browsers_do_not_share_who_sits_there(app: RunningApp, browser: Browser, browser_page: Page) -> None:
    enter(browser_page, app.address)
    assert headings(browser_page) == ["Docket"]
    other = browser.new_context()
    page = other.new_page()
    visit(page, app.address)
    assert headings(page) == GATE
    other.close()


def test_leaving_the_seat_closes_the_page_behind(app: RunningApp, browser_page: Page) -> None:
    enter(browser_page, app.address)
    browser_page.get_by_role("button", name="Someone else").click()
    expect(browser_page.get_by_role("heading", name=GATE[0])).to_be_visible(timeout=60_000)
    settle(browser_page)
    assert headings(browser_page) == GATE


def test_the_app_can_be_killed_and_started_again(cold: RunningApp, browser: Browser) -> None:
    first = browser.new_page()
    enter(first, cold.address)
    first.close()
    cold.kill()
    cold.start()
    again = browser.new_page()
    enter(again, cold.address)
    assert headings(again) == ["Docket"]
    again.close()


def test_the_app_ends_when_it_is_asked_to_with_a_visitor_on_a_page(cold: RunningApp, browser_page: Page) -> None:
    enter(browser_page, cold.address)
    assert cold.stop() in {0, -15, 143}
    assert "Traceback" not in cold.words()


def test_nothing_is_asked_of_another_machine(app: RunningApp, browser_page: Page) -> None:
    asked: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    enter(browser_page, app.address)
    foreign = [
        url for url in asked if not url.startswith((app.address, "data:", "blob:", f"ws://127.0.0.1:{app.port}"))
    ]
    assert foreign == []


def test_a_file_that_a_page_offers_is_handed_to_that_browser_alone(tmp_path: Path, browser: Browser) -> None:
    Workspace.create(tmp_path / "workspace", "Example Board", "the root passphrase", now()).close()
    mine, other = browser.new_context(), browser.new_context()
    with running(tmp_path, tmp_path / "workspace") as app:
        page, got = mine.new_page(), []
        page.on("request", lambda asked: got.append(asked.url) if "/media/" in asked.url else None)
        enter(page, f"{app.address}/ledger")
        with page.expect_download(timeout=90_000) as waiting:
            page.get_by_role("button", name="Keep this checkpoint").click()
        kept = Path(waiting.value.path()).read_bytes()
        assert kept.splitlines()[1] == b"2", "the checkpoint over two lines"
        other.request.get(app.address)
        address = next(url for url in got if mine.request.get(url).body() == kept)
        assert other.request.get(address).status == 403
    mine.close()
    other.close()
