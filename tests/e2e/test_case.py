"""The case page as members meet it: the brief, what changed since the freeze, votes kept back, rulings, and the way back."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from governance.workflow.demo import demo as demonstration
from governance.workflow.monitoring import alerts
from governance.workflow.review import after_decision
from governance.workflow.workspace import current_workspace
from storage.workspace import Workspace
from tests.e2e import steps
from tests.e2e.driving import RunningApp, enter, follow, headings, picture, running, settle

pytestmark = pytest.mark.e2e
WHY = "The world has moved, and labels say that it hurts."


@dataclass
class Board:
    """The app on a copy of the demonstration in which harm was confirmed and the appeal was ruled upon."""

    app: RunningApp
    workspace: Workspace
    trees: str
    ridge: str
    scorecard: str


def confirm_harm(workspace: Workspace, model: str) -> None:
    """Let a member confirm what the demonstration's alert about the last window says."""
    window = workspace.read().datasets()[-3].digest
    name = alerts.name_of(model, window)
    assert alerts.standing(alerts.history(workspace, model))[name].state == "impact_estimated"
    alerts.confirm(workspace, name, WHY, member="demo-member", passphrase=demonstration.PASSPHRASE)


@pytest.fixture(scope="module")
def board(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    folder = tmp_path_factory.mktemp("case")
    shutil.copytree(demo_workspace, folder / "workspace")
    workspace = current_workspace.current(folder / "workspace")
    trees, ridge, scorecard = (item.case for item in workspace.read().cases())
    confirm_harm(workspace, workspace.read().case(trees).models[0])
    for number, member in enumerate(("demo-member", "demo-second-member")):
        after_decision.sign_ruling(
            workspace,
            scorecard,
            outcome="rejected",
            words="" if number else "Nobody could say whether the groups deserve it.",
            as_signed_by="demo-member" if number else "",
            member=member,
            passphrase=demonstration.PASSPHRASE,
        )
    with running(folder) as started:
        yield Board(started, workspace, trees, ridge, scorecard)


def words(page: Page) -> str:
    """Return what the page says, without the invisible marks between letters."""
    return re.sub(r"\s+", " ", page.get_by_test_id("stMain").inner_text().replace("\N{WORD JOINER}", ""))


def at(board: Board, page: Page, case: str, name: str) -> str:
    enter(page, f"{board.app.address}/case?case={case}", name)
    expect(page.get_by_role("heading", name="The record behind it")).to_be_visible(timeout=steps.PATIENCE)
    settle(page)
    return words(page)


def test_the_ruling_on_an_appeal_stands_in_place_of_the_decision(board: Board, browser_page: Page) -> None:
    said = at(board, browser_page, board.scorecard, "Demo lay member")
    assert "Rejected. That is the ruling on an appeal, which took the place of the decision." in said
    assert "Nobody could say whether the groups deserve it." in said
    assert said.index("The ruling in force") < said.index("The decision that was overruled")
    assert "The groups still differ in how often they are put forward." in said
    assert browser_page.title().startswith("Case: Simulated credit: logistic scorecard")


def test_the_brief_says_what_speaks_for_a_model_and_what_against_it(board: Board, browser_page: Page) -> None:
    said = at(board, browser_page, board.trees, "Guest analyst")
    assert "Always giving the commoner answer would reach 79.6 %." in said
    assert "worse than the answer that costs nothing (79.6 %)" in said
    assert "Worse for Southern than for Northern: Share selected (selection rate), 8.9 points apart." in said
    assert "10.4 points, as the policy asks (at most 20.0 points)" in said, "policy and evidence speak in one unit"
    assert browser_page.locator('[data-testid="stVegaLiteChart"]').count() >= 2
    picture(browser_page, "case-brief")


def test_a_voter_reads_what_changed_and_judges_before_seeing_the_others(board: Board, browser: Browser) -> None:
    page = steps.sit_down(browser, board.app.address, "Demo lay member")
    steps.go(page, f"{board.app.address}/case?case={board.trees}")
    main = page.get_by_test_id("stMain")
    expect(main.get_by_text("Harm is confirmed on").first).to_be_visible(timeout=steps.PATIENCE)
    assert "although its past repayment is recorded with a bias" not in words(page), "the chair's reason"
    page.get_by_text("I have none", exact=True).click()
    settle(page)
    steps.press(page, "Sign the declaration")
    demo_sign(page)
    page.get_by_role("radiogroup", name="Your vote").get_by_text("Reject", exact=True).click()
    settle(page)
    steps.press(page, "Sign the vote")
    expect(page.get_by_text("Tick first that you have read what changed")).to_be_visible(timeout=steps.PATIENCE)
    page.get_by_text(re.compile(r"I have read the \d+ changes listed above")).click()
    settle(page)
    steps.press(page, "Sign the vote")
    expect(page.get_by_text("Write first your reason")).to_be_visible(timeout=steps.PATIENCE)
    steps.fill(page, "Your reason", "It hurts people today.")
    steps.press(page, "Sign the vote")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Harm is confirmed on", timeout=steps.PATIENCE)
    demo_sign(page)
    expect(main.get_by_text("It hurts people today.").first).to_be_visible(timeout=steps.PATIENCE)
    assert "although its past repayment is recorded with a bias" in words(page)
    page.context.close()


def demo_sign(page: Page) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your passphrase").fill(demonstration.PASSPHRASE)
    dialog.get_by_role("button", name="Sign and record").click()
    expect(dialog).to_have_count(0, timeout=steps.PATIENCE)
    settle(page)


def test_confirmed_harm_stands_on_home_and_on_the_list_of_models(board: Board, browser_page: Page) -> None:
    enter(browser_page, board.app.address, "Guest analyst")
    expect(browser_page.get_by_role("heading", name="Models", exact=True)).to_be_visible(timeout=steps.PATIENCE)
    said = words(browser_page)
    assert "Harm confirmed" in said
    assert "In review (1)" in said
    assert "Decided (2)" in said
    assert re.search(r"A condition of Diabetes progression.* is due: “Say on every printed forecast", said)
    picture(browser_page, "home")


def test_one_press_of_back_leaves_a_page_and_each_tab_has_a_name(board: Board, browser_page: Page) -> None:
    enter(browser_page, board.app.address, "Guest analyst")
    for name in ("Data quality", "Case", "Cases"):
        follow(browser_page, name)
        browser_page.get_by_role("heading", level=1, name=name).wait_for(timeout=steps.PATIENCE)
        settle(browser_page)
        assert name in browser_page.title()
    assert browser_page.url.endswith("/cases")
    for name in ("Case", "Data quality", "Docket"):
        browser_page.go_back()
        browser_page.get_by_role("heading", level=1, name=name).wait_for(timeout=steps.PATIENCE)
        settle(browser_page)
        assert headings(browser_page) == [name]
