"""The whole job in a real browser on real hospital encounters: register, look, review, decide, export, verify."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import steps
from tests.e2e.driving import ROOT, RunningApp, picture, settle
from tests.e2e.hospital import Hospital, bring

MEMBERS = (
    ("chair-person", "Chair Person", "chair"),
    ("validator", "Validating Person", "validator"),
    ("lay-person", "Lay Person", "lay"),
)
EXPLORE = ("performance", "explanations", "person", "fairness", "quality")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browser-job")


@pytest.fixture(scope="module")
def hospital(shared: Path, folder: Path) -> Hospital:
    return bring(shared, folder)


@pytest.fixture(scope="module")
def onnx(hospital: Hospital, folder: Path) -> Path:
    target = folder / "readmission.onnx"
    words = ("convert", str(hospital.pipeline), "--out", str(target), "--sample", str(hospital.baseline))
    trusted = ("--trust-type", "sklearn.tree._tree.Tree")
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "governance", *words, *trusted],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return target


def saved(page: Page, name: str, target: Path) -> Path:
    with page.expect_download(timeout=steps.PATIENCE) as waiting:
        page.get_by_role("button", name=name, exact=True).first.click()
    waiting.value.save_as(target)
    return target


def look_at_every_page(page: Page, address: str) -> None:
    for name in EXPLORE:
        steps.go(page, f"{address}/{name}")
        steps.until_measured(page)
        picture(page, f"job-{name}")


def look_at_what_came_later(browser: Browser, app: RunningApp) -> None:
    """Follow a link that holds the later encounters against the baseline, as somebody would send it."""
    from governance.workflow.workspace import current_workspace

    views = current_workspace.current(app.workspace).read()
    label = {item.name: f"{item.name} ({item.digest[:8]})" for item in views.datasets()}
    model = views.models()[0]
    picked = {"model": f"{model.name} {model.version} ({model.digest[:8]})"}
    picked |= {"data": label["later"], "reference": label["baseline"]}
    page = steps.sit_down(browser, app.address, "Guest analyst")
    steps.go(page, f"{app.address}/drift?{urlencode(picked)}")
    steps.until_measured(page)
    main = page.get_by_test_id("stMain")
    words = re.sub(r"\s+", " ", main.inner_text().replace("\N{WORD JOINER}", ""))
    drop = re.search(r"The world has moved: .* It hurts: ranking \(AUC\) went from (0\.\d+) to (0\.\d+)\.", words)
    assert drop, words[:2000]
    assert float(drop[1]) == pytest.approx(0.69, abs=0.02)
    assert float(drop[2]) == pytest.approx(0.63, abs=0.02)
    assert re.search(r"Retrain Labels confirm the harm: .* A recommendation, not a decision. Not known: ", words)
    assert re.search(r"Ranking \(AUC\), expected 0\.\d+ reference 0\.\d+, interval 0\.\d+ to 0\.\d+", words)
    assert "it cannot see a change of that" in words
    assert main.get_by_text("Where the change of the error comes from").is_visible()
    assert re.search(r"For whom\? .*(Worse for: |No group is known to be worse off)", words)
    picture(page, "job-drift")
    page.context.close()


def choose_first(page: Page, label: str) -> None:
    """Take the first option; the list is brought into sight first, because scrolling closes an open list."""
    box = page.get_by_role("combobox", name=label)
    box.scroll_into_view_if_needed()
    settle(page)
    box.click()
    page.get_by_role("option").first.click()
    page.keyboard.press("Escape")
    settle(page)


def put_before_the_board(page: Page, address: str) -> None:
    steps.go(page, f"{address}/cases")
    page.get_by_text("Put a model before the board").click()
    settle(page)
    steps.fill(page, "Title", "Readmission")
    steps.fill(page, "What is the board asked to sign?", "May it be used to plan follow-up calls?")
    choose_first(page, "Models")
    steps.pick(page, "Risk tier", "high")
    steps.press(page, "Open the case")
    page.get_by_text("Freeze evidence and open the review").click()
    settle(page)
    steps.press(page, "Freeze the evidence")
    expect(page.get_by_role("button", name="Open the review")).to_be_visible(timeout=steps.PATIENCE)
    steps.press(page, "Open the review")
    expect(page.get_by_text("Policy, line by line")).to_be_visible(timeout=steps.PATIENCE)


def vote(page: Page, address: str, choice: str, reason: str = "") -> None:
    steps.go(page, f"{address}/case")
    page.get_by_text("I have none", exact=True).click()
    settle(page)
    steps.press(page, "Sign the declaration")
    steps.sign(page)
    page.get_by_role("radiogroup", name="Your vote").get_by_text(choice, exact=True).click()
    settle(page)
    if reason:
        steps.fill(page, "Your reason", reason)
    steps.press(page, "Sign the vote")
    steps.sign(page)
    picture(page, f"job-vote-{choice}")


def decide(page: Page, address: str) -> None:
    steps.go(page, f"{address}/case")
    steps.fill(page, "Why the board decides so", "Two of three approve.")
    steps.fill(page, "What use the decision covers, and what not", "Follow-up calls.")
    steps.press(page, "Sign the decision")
    steps.sign(page)
    expect(page.get_by_text("What it covers")).to_be_visible(timeout=steps.PATIENCE)


def verified_elsewhere(export: Path, trust: Path, folder: Path) -> dict[str, object]:
    """Verify with the export's own verifier, in a process that cannot see the project."""
    with zipfile.ZipFile(export) as box:
        box.extractall(folder / "taken-away")
    verifier = next((folder / "taken-away").rglob("verify.py"))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = [sys.executable, str(verifier), str(export), "--trust", str(trust), "--json"]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.mark.e2e
@pytest.mark.slow
def test_from_an_empty_workspace_to_a_verified_decision(
    browser: Browser, app: RunningApp, hospital: Hospital, onnx: Path, folder: Path
) -> None:
    analyst = steps.sit_down(browser, app.address, "Guest analyst")
    steps.found_workspace(analyst, app.address, MEMBERS[0][1])
    steps.go(analyst, f"{app.address}/keys")
    expect(analyst.get_by_text("One member may act")).to_be_visible()
    for who, standing in zip(MEMBERS[1:], ("2 members", "3 members"), strict=True):
        steps.enrol(browser, analyst, app.address, who, f"{standing} may act")
    people = {member: steps.sit_down(browser, app.address, name) for member, name, _ in MEMBERS}
    for page in people.values():
        steps.adopt_charter(page, app.address)
    threshold = hospital.schema.read_text().split("threshold = ")[1].strip()
    for path, purpose in (
        (hospital.train, "Training"),
        (hospital.baseline, "Evaluation"),
        (hospital.later, "Monitoring"),
    ):
        steps.register_data(analyst, app.address, path, purpose, ("race", "gender"), threshold)
    steps.register_model(analyst, app.address, onnx)
    look_at_every_page(analyst, app.address)
    look_at_what_came_later(browser, app)
    put_before_the_board(analyst, app.address)
    vote(people["chair-person"], app.address, "Approve")
    vote(people["validator"], app.address, "Approve")
    vote(people["lay-person"], app.address, "Reject", "The later encounters look different.")
    decide(people["chair-person"], app.address)
    steps.go(analyst, f"{app.address}/export")
    steps.press(analyst, "3. Make the export", 120)
    export = saved(analyst, "Download the export", folder / "export.zip")
    trust = saved(analyst, "trust.json", folder / "trust.json")
    answer = verified_elsewhere(export, trust, folder)
    assert answer["valid"] is True
    assert answer["decisions"] == 1
