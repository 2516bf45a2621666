"""A lay member votes: from the docket to the recorded vote in few steps, in English and in German."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from governance.workflow.demo import demo as demonstration
from storage.workspace import Workspace
from tests.e2e import steps
from tests.e2e.driving import RunningApp, enter, picture, settle

pytestmark = pytest.mark.e2e
MOST_CLICKS, MOST_TEXTS = 8, 2


@dataclass(frozen=True)
class Words:
    """What the screens call the things that are pressed."""

    language: str
    open: str
    none: str
    declare: str
    sign: str
    secret: str
    read: str
    approve: str
    vote: str
    cast: str


ENGLISH = Words("en", "Open the case", "I have none", "Sign the declaration", "Sign and record", "Your passphrase",
                "listed above", "Approve", "Sign the vote",
                "Your vote in force: Approve")  # fmt: skip
GERMAN = Words("de", "Den Fall öffnen", "Ich habe keinen", "Erklärung unterschreiben", "Unterschreiben und festhalten",
               "Ihre Passphrase", "Änderungen gelesen", "Zustimmen", "Stimme unterschreiben",
               "Ihre geltende Stimme: Zustimmen")  # fmt: skip


class Hand:
    """Clicks and writes, and counts both."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.texts = page, 0, 0

    def click(self, thing: Locator) -> None:
        thing.click(timeout=steps.PATIENCE)
        self.clicks += 1
        settle(self.page)

    def write(self, thing: Locator, text: str) -> None:
        thing.fill(text)
        self.texts += 1

    def sign(self, words: Words) -> None:
        dialog = self.page.get_by_role("dialog")
        self.write(dialog.get_by_label(words.secret), demonstration.PASSPHRASE)
        self.click(dialog.get_by_role("button", name=words.sign))
        expect(dialog).to_have_count(0, timeout=steps.PATIENCE)
        settle(self.page)


def said(page: Page) -> str:
    return re.sub(r"\s+", " ", page.get_by_test_id("stMain").inner_text().replace("\N{WORD JOINER}", ""))


@pytest.mark.parametrize("words", [ENGLISH, GERMAN], ids=["english", "german"])
def test_from_the_docket_to_a_recorded_vote_takes_at_most_eight_clicks_and_two_texts(
    demo: RunningApp, browser: Browser, words: Words
) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    address = demo.address if words.language == "en" else f"{demo.address}/?language=Deutsch"
    enter(page, address, "Demo lay member")
    hand = Hand(page)
    hand.click(page.get_by_test_id("stMain").get_by_role("link", name=words.open).first)
    hand.click(page.get_by_text(words.none, exact=True))
    hand.click(page.get_by_role("button", name=words.declare))
    if words is GERMAN:
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("I declare that I have no conflict of interest in this case.")
        expect(dialog).to_contain_text("Ich erkläre, dass ich in diesem Fall keinen Interessenkonflikt habe.")
        expect(dialog).to_contain_text("Unterschrieben wird der englische Satz darüber")
    hand.sign(words)
    hand.click(page.get_by_text(words.read).first)
    hand.click(page.get_by_text(words.approve, exact=True).first)
    hand.click(page.get_by_role("button", name=words.vote))
    hand.sign(words)
    expect(page.get_by_text(words.cast).first).to_be_visible(timeout=steps.PATIENCE)
    assert hand.clicks <= MOST_CLICKS
    assert hand.texts <= MOST_TEXTS
    if words is GERMAN:
        text = said(page)
        assert "Wie gut ist es?" in text
        assert "Was wir nicht wissen" in text
        assert "How good is it" not in text
        picture(page, "case-german")
    page.context.close()
    with Workspace.open(demo.workspace) as kept:
        record = kept.read().entries(types=("vote.cast",))[-1]
    assert record.body["vote"] == "approve"
    assert (
        record.body["meaning"]
        == "I have read the evidence with this digest and approve the use that the case describes."
    )
