"""Where the model errs is found, looked at alone, kept under a name, and found again by others."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.driving import RunningApp, choose, enter, follow, picture, settle, wait_for_evidence
from tests.e2e.steps import fill, part, press

pytestmark = pytest.mark.e2e

HOSTILE = "<b>:material/check: [x](javascript:1)"


def cohort(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query).get("cohort", [""])[0]


def test_a_weak_segment_is_looked_at_alone_kept_renamed_and_forgotten(demo: RunningApp, browser_page: Page) -> None:
    page = browser_page
    enter(page, f"{demo.address}/performance", "Demo chair")
    wait_for_evidence(page)
    main = page.get_by_test_id("stMain")
    expect(main.get_by_role("heading", name="Where does it err more?")).to_be_visible()
    expect(main.get_by_text("The model is wrong about").first).to_contain_text("of the errors")
    part(page, "Weak segments")
    picture(page, "segments")
    chart = main.locator('[data-testid="stVegaLiteChart"]').nth(1)
    chart.scroll_into_view_if_needed()
    settle(page)
    box = chart.bounding_box()
    assert box is not None
    chart.locator("canvas, svg").first.click(
        position={"x": box["width"] * 0.3, "y": 40}
    )  # the first block of the second column
    settle(page)
    picked = page.get_by_role("combobox", name=re.compile("Rows of")).first
    expect(picked).to_have_value(re.compile("<=|>=|="))
    rows = picked.input_value()
    press(page, "Keep as a cohort")
    fill(page, "Name of the cohort", HOSTILE)
    press(page, "Keep it")
    expect(page.get_by_text(re.compile("Kept as"))).to_be_visible()
    page.keyboard.press("Escape")
    press(page, "Look at these rows alone")
    wait_for_evidence(page)
    page.wait_for_url(re.compile("cohort="))
    assert cohort(page) == rows
    expect(main).to_contain_text("only rows with")

    follow(page, "Cohorts")
    settle(page)
    expect(main).to_contain_text("1 cohort is kept")
    assert cohort(page) == rows
    press(page, "Look at all rows again")
    expect(main).not_to_contain_text("only rows with")
    press(page, "Another name, or forget it")
    fill(page, "New name", "Weak rows")
    press(page, "Rename")
    expect(page.get_by_role("combobox", name=re.compile("Cohort")).first).to_have_value("Weak rows")
    picture(page, "cohorts")
    press(page, "Forget it")
    expect(main).to_contain_text("No cohort is kept")


def test_a_cohort_is_built_from_choices_and_a_guest_looks_but_keeps_nothing(
    demo: RunningApp, browser_page: Page
) -> None:
    page = browser_page
    enter(page, f"{demo.address}/cohorts")
    main = page.get_by_test_id("stMain")
    choose(page, "Rows whose", "age")
    choose(page, "How", "is at most")
    fill(page, "Value", "30")
    expect(main).to_contain_text(re.compile(r"1,282 of 6,774 rows have age <.?= 30"))
    press(page, "Keep as a cohort")
    expect(page.get_by_text("A member keeps cohorts. A guest looks on.")).to_be_visible()
    page.keyboard.press("Escape")
    press(page, "Look at these rows alone")
    page.wait_for_url(re.compile("cohort="))
    assert cohort(page) == "age <= 30"


def test_a_click_on_a_group_leads_to_its_rows(demo: RunningApp, browser_page: Page) -> None:
    page = browser_page
    enter(page, f"{demo.address}/fairness")
    wait_for_evidence(page)
    choose(page, "Groups by", "origin")
    wait_for_evidence(page)
    main = page.get_by_test_id("stMain")
    rows = page.get_by_role("combobox", name=re.compile("Rows of")).first
    expect(rows).to_be_visible()
    for place in (1, 0):
        dot = main.locator('[class*="st-key-chart-dots-single"] g.mark-symbol.role-mark path').nth(place)
        name = (dot.get_attribute("aria-label") or "").split("Group: ")[1].split(";")[0]
        dot.click()
        settle(page)
        expect(rows).to_have_value(name)
    press(page, "Look at these rows alone")
    page.wait_for_url(re.compile("cohort="))
    assert cohort(page) == f'origin = "{name}"'
