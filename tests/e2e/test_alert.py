"""An alert is settled by a person: the form, the dialog that asks for the passphrase, and what stands on the page afterwards."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from governance.workflow.demo import demo as demonstration
from governance.workflow.monitoring import alerts, watch
from governance.workflow.workspace import current_workspace
from governance.workflow.workspace.acting import OPERATOR
from governance.workflow.workspace.subjects import Choice
from pages._ui.text import short, shown
from tests.e2e import steps
from tests.e2e.driving import RunningApp, choose, settle

pytestmark = pytest.mark.e2e

LATER = "Simulated credit, months 13 to 15"


def measured(demo: RunningApp) -> tuple[str, str]:
    """Measure a window of the demonstration whose harm nobody has confirmed; return the model's digest and the page's address."""
    workspace = current_workspace.current(demo.workspace)
    views = workspace.read()
    model = next(item for item in views.models() if "boosted" in item.name)
    tables = {item.name: item for item in views.datasets()}
    now, before = tables[LATER], tables["Simulated credit, months 10 to 12"]
    found = watch.watch(workspace, Choice(model.digest, now.digest, before.digest), actor=OPERATOR)
    assert found.alert is not None
    assert found.alert.state == "impact_estimated"
    picked = {
        "model": shown(f"{model.name} {model.version} ({short(model.digest)})", 90),
        "data": shown(f"{before.name} ({short(before.digest)})", 90),
    }
    return model.digest, f"{demo.address}/monitor?{urlencode(picked)}"


def settled(page: Page, button: str, meaning: str) -> None:
    """Press a button of the form, read what is signed, and sign it."""
    steps.press(page, button)
    expect(page.get_by_text("A reason is needed: what did you see?")).to_be_visible()
    page.get_by_role("textbox", name="Why", exact=True).fill("Repayment fell after month 15, as the lay member asked.")
    page.get_by_role("button", name=button, exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(meaning, timeout=steps.PATIENCE / 3)
    expect(dialog).to_contain_text(LATER)
    expect(dialog).to_contain_text("Repayment fell after month 15")
    dialog.get_by_label("Your passphrase").fill("not the passphrase")
    dialog.get_by_role("button", name="Sign and record").click()
    expect(dialog.get_by_role("alert")).to_be_visible(timeout=steps.PATIENCE / 3)
    dialog.get_by_label("Your passphrase").fill(demonstration.PASSPHRASE)
    dialog.get_by_role("button", name="Sign and record").click()
    expect(dialog).to_have_count(0, timeout=steps.PATIENCE)
    settle(page)


@pytest.mark.parametrize(
    ("button", "meaning", "state"),
    [
        ("Confirm the harm", "I confirm that this model does harm on this window.", "confirmed"),
        ("Put aside", "I put this alert aside.", "overridden"),
    ],
)
def test_a_member_settles_an_alert_with_a_reason_and_a_signature(
    browser: Browser, demo: RunningApp, button: str, meaning: str, state: str
) -> None:
    model, address = measured(demo)
    guest = steps.sit_down(browser, demo.address, "Guest analyst")
    steps.go(guest, address)
    choose(guest, "Window", LATER)
    expect(guest.get_by_text("You are here as a guest.")).to_be_visible()
    assert guest.get_by_role("button", name=button).count() == 0
    guest.context.close()
    page = steps.sit_down(browser, demo.address, "Demo validator")
    expect(page.get_by_text("nobody has confirmed it or put it aside").first).to_be_visible()
    steps.go(page, address)
    choose(page, "Window", LATER)
    settled(page, button, meaning)
    last = alerts.history(current_workspace.current(demo.workspace), model)[-1]
    assert (last.state, last.actor) == (state, "demo-validator")
    assert last.reason == "Repayment fell after month 15, as the lay member asked."
    expect(page.get_by_role("button", name=button)).to_have_count(0)
    page.context.close()
