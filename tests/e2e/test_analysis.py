"""What an analyst looks at: another model beside this one, one column through the model's answers, the distance to the threshold."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.driving import RunningApp, choose, enter, follow, settle, wait_for_evidence
from tests.e2e.steps import part

pytestmark = pytest.mark.e2e


def go(page: Page, title: str) -> None:
    follow(page, title)
    page.wait_for_timeout(500)
    settle(page)
    wait_for_evidence(page)


def taken_away(page: Page) -> None:
    """Take the chart of errors away as a picture, and read in it what stands on the page."""
    with page.expect_download() as waiting:
        page.locator('[class*="st-key-picture-confusion"] button').first.click()
    found = waiting.value
    assert found.suggested_filename == "confusion.svg"
    drawn = ET.fromstring(Path(found.path()).read_text("utf-8"))
    said = ["".join(item.itertext()) for item in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Selected", "Not selected"} <= set(said)
    assert " ".join(said).endswith("What is decided about the rows of each label at this threshold")
    settle(page)


def test_models_columns_and_people_are_looked_at_as_one_expects(demo: RunningApp, browser_page: Page) -> None:
    page = browser_page
    enter(page, f"{demo.address}/performance")
    wait_for_evidence(page)
    main = page.get_by_test_id("stMain")
    page.get_by_role("button", name="Change", exact=True).click()
    choose(page, "Against", "logistic")
    page.keyboard.press("Escape")
    wait_for_evidence(page)
    expect(main.get_by_text(re.compile("The other model is"))).to_be_visible()
    expect(main).to_contain_text("It decides otherwise for")
    versus = parse_qs(urlsplit(page.url).query)["versus"][0]
    assert re.fullmatch("[0-9a-f]{64}", versus)
    part(page, "Both models")
    expect(main).to_contain_text("Each of 1,000 bootstrap draws takes the same rows for both models")
    part(page, "Errors")
    part(page, "Gains and lift")
    expect(main.get_by_text("Times better than chance (lift)")).to_be_visible()
    taken_away(page)

    go(page, "Explanations")
    part(page, "Both models")
    wait_for_evidence(page)
    expect(main.get_by_text(re.compile("The other model is (not clearly )?moved"))).to_be_visible()
    assert parse_qs(urlsplit(page.url).query)["versus"] == [versus], "the choice goes along from page to page"
    part(page, "One column")
    expect(main.get_by_text(re.compile("With .* the mean answer is .* a swing of"))).to_be_visible()
    chart = main.locator('[data-testid="stVegaLiteChart"]').first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    before = page.get_by_role("combobox", name="Column", exact=True).first.input_value()
    chart.locator("canvas, svg").first.click(position={"x": box["width"] * 0.25, "y": 36})  # the second bar
    settle(page)
    wait_for_evidence(page)
    expect(page.get_by_role("combobox", name="Column", exact=True).first).not_to_have_value(before)

    go(page, "Single case")
    expect(main.get_by_text(re.compile("(above|below) the line of 0.750"))).to_be_visible()
    expect(main.get_by_text(re.compile("decides (alike|otherwise)"))).to_be_visible()
    part(page, "What if")
    expect(main).to_contain_text("One column over its whole range")
    main.get_by_text("All 12 columns").click()
    settle(page)
    expect(page.get_by_role("spinbutton", name="credit_lines")).to_be_visible()


def test_every_view_of_the_robustness_lab_answers_in_words(demo: RunningApp, browser_page: Page) -> None:
    page = browser_page
    enter(page, f"{demo.address}/robustness")
    wait_for_evidence(page)
    main = page.get_by_test_id("stMain")
    said = {
        "Worst error": "On rows that took no part in the search",
        "What can go wrong": "decisions change when",
        "One column": "changes the decision for",
        "Reasons": "first reason",
        "Stages": "expectations of",
        "Training again": "variants of the pipeline were tried",
    }
    for view, words in said.items():
        main.get_by_role("radio", name=view, exact=True).click()
        settle(page)
        wait_for_evidence(page)
        expect(main).to_contain_text(words)
        assert parse_qs(urlsplit(page.url).query).get("view", [view]) == [view]
    for width in (1280, 700):
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        wide = page.evaluate(
            "document.querySelector('[data-testid=stMain]').scrollWidth - document.querySelector('[data-testid=stMain]').clientWidth"
        )
        assert wide <= 1, width
