"""A newcomer brings a model and a table of their own, and sees the first results."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from governance.models.convert.convert import convert_estimator
from tests.e2e import steps
from tests.e2e.driving import RunningApp, come_in, settle, visit, wait_for_evidence

pytestmark = pytest.mark.e2e

MOST_CLICKS = 12


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a model and a table of 600 rows whose label follows the income and the age."""
    folder, rng = tmp_path_factory.mktemp("own"), np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "income": rng.normal(2500.0, 600.0, 600).round(),
            "age": rng.integers(20, 70, 600).astype("float64"),
            "sex": rng.choice(["female", "male"], 600),
        }
    )
    chance = 1 / (1 + np.exp(-(frame["income"] - 2500) / 300 - (frame["age"] - 45) / 20))
    frame["repaid"] = np.where(rng.random(600) < chance, "yes", "no")
    fitted = make_pipeline(StandardScaler(), LogisticRegression()).fit(frame[["income", "age"]], frame["repaid"])
    (folder / "loans.onnx").write_bytes(convert_estimator(fitted, frame[["income", "age"]].head(20)))
    frame.to_csv(folder / "applicants.csv", index=False)
    return folder / "loans.onnx", folder / "applicants.csv"


class Newcomer:
    """Somebody who clicks, and counts it."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, words: str) -> None:
        """Click on what bears these words."""
        self.page.get_by_text(words, exact=True).first.click()
        self._after()

    def press(self, name: str) -> None:
        """Press a button or follow a link."""
        main = self.page.get_by_test_id("stMain")
        button = main.get_by_role("button", name=name, exact=True)
        button.or_(main.get_by_role("link", name=name, exact=True)).first.click()
        self._after()

    def answer(self, question: str, option: str) -> None:
        """Choose an answer."""
        self.page.get_by_role("radiogroup", name=re.compile(question)).get_by_text(
            re.compile(f"^{option}")
        ).first.click()
        self._after()

    def bring(self, *files: Path) -> None:
        """Give files to the one field: counted as two clicks, to open it and to confirm."""
        self.page.locator('input[type="file"]').first.set_input_files(list(files))
        self.clicks += 1
        self._after()

    def _after(self) -> None:
        self.clicks += 1
        settle(self.page, 120)


def test_an_own_model_is_registered_with_first_results_in_at_most_twelve_clicks(
    browser: Browser, app: RunningApp, own: tuple[Path, Path]
) -> None:
    founder = steps.sit_down(browser, app.address, "Guest analyst")
    steps.found_workspace(founder, app.address, "Founder Person")
    founder.context.close()
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    enter_as_member(page, app.address)
    newcomer = Newcomer(page)
    newcomer.press("Register your model")
    newcomer.bring(*own)
    expect(page.get_by_text("what do its columns mean?")).to_be_visible(timeout=steps.PATIENCE)
    settle(page)
    newcomer.press("Take the suggestions")
    newcomer.answer("The score is about", "yes")
    newcomer.answer("Being selected is", "good")
    expect(page.get_by_text("Of these 5 rows the model says")).to_be_visible(timeout=steps.PATIENCE)
    newcomer.answer("What the data are for", "Evaluation")
    newcomer.click("I have looked at the rows and at the roles, and they are right.")
    newcomer.click("The five answers above are what this model should say.")
    steps.fill(page, "Version", "1")
    steps.fill(page, "Intended use", "Support for clerks who decide on loans.")
    newcomer.press("Register")
    expect(page.get_by_role("heading", name="Performance", exact=True)).to_be_visible(timeout=steps.PATIENCE)
    wait_for_evidence(page)
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("loans 1", timeout=steps.PATIENCE)
    expect(main).to_contain_text("applicants")
    expect(main).to_contain_text(re.compile(r"Ranking \(AUC\)"))
    assert newcomer.clicks <= MOST_CLICKS, newcomer.clicks
    assert "Traceback" not in app.words()


def enter_as_member(page: Page, address: str) -> None:
    """Come in as the founder by the gate, as on any later day."""
    page.set_default_timeout(steps.PATIENCE / 3)
    visit(page, address)
    come_in(page, "Founder Person", steps.SECRET)


def test_a_reload_in_the_middle_loses_neither_the_files_nor_an_answer(
    browser: Browser, app: RunningApp, own: tuple[Path, Path]
) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    enter_as_member(page, app.address)
    visit(page, f"{app.address}/register")
    page.locator('input[type="file"]').first.set_input_files(own[1])
    expect(page.get_by_text("what do its columns mean?")).to_be_visible(timeout=steps.PATIENCE)
    settle(page)
    steps.role(page, "sex", "Sensitive attribute")
    steps.fill(page, "Name of the data set", "Applicants of May")
    visit(page, f"{app.address}/register")
    expect(page.get_by_text("The table: applicants.csv")).to_be_visible(timeout=steps.PATIENCE)
    expect(page.get_by_label("Name of the data set", exact=True)).to_have_value("Applicants of May")
    expect(page.get_by_role("combobox", name=re.compile("Role of sex$"))).to_have_value("Sensitive attribute")
    steps.press(page, "Take it away")
    expect(page.get_by_text("Bring a model, a table, or both.")).to_be_visible(timeout=steps.PATIENCE)
