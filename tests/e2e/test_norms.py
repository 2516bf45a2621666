"""Norms over time in the browser: a member signs norms, windows come in, a breach is proven and confirmed, and the record verifies."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from governance.dossier.verify import verify
from governance.review import charter, policy
from governance.subject.schema import Schema
from governance.workflow.assess import assess
from governance.workflow.audit import export
from governance.workflow.monitoring import alerts, loop as loop_verbs, norms
from governance.workflow.registry import register
from governance.workflow.review import founding, members, review
from governance.workflow.workspace import subjects
from governance.workflow.workspace.act import state
from governance.workflow.workspace.acting import OPERATOR
from pages._ui.text import short, shown
from storage.workspace import Workspace
from tests.e2e import steps
from tests.e2e.driving import RunningApp, running, settle, wait_for_evidence

pytestmark = pytest.mark.e2e

ROLES = Schema(target="good", positive="1", sensitive=("sex",))


def people(seed: int, poorer: float, rows: int = 1200) -> pd.DataFrame:
    """People among whom women are `poorer` on average, so that a model of income selects fewer of them."""
    rng = np.random.default_rng(seed)
    sex = rng.choice(["F", "M"], rows)
    income = rng.normal(30, 8, rows) - np.where(sex == "F", poorer, 0.0)
    good = (rng.random(rows) < 1 / (1 + np.exp(-0.15 * (income - 30)))).astype(int)
    return pd.DataFrame({"income": income.round(2), "sex": sex, "good": good})


def model(path: Path) -> Path:
    from sklearn.linear_model import LogisticRegression

    from governance.models.convert.convert import convert_estimator

    frame = people(1, 0.0)
    fitted = LogisticRegression().fit(frame[["income"]], frame["good"])
    path.write_bytes(convert_estimator(fitted, frame[["income"]]))
    return path


def table(workspace: Workspace, path: Path, frame: pd.DataFrame, role: str) -> str:
    frame.to_csv(path, index=False)
    words = register.DataWords(path.stem, role, ROLES)  # type: ignore[arg-type]
    return register.register_data(workspace, path, words, actor=OPERATOR)


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[tuple[RunningApp, Workspace, str]]:
    """The app on a workspace with a board of three under a charter, a model and its evaluation data."""
    place, _ = founding.found(
        "Example Hospital", "Ada King", ("chair",), passphrase=steps.SECRET, root=tmp_path / "workspace"
    )
    root = place.unlock_root(steps.SECRET)
    for who, name, role in (("ben", "Ben", "validator"), ("cleo", "Cleo", "lay")):
        members.enrol(place, who, name, (role,), passphrase=steps.SECRET, root=root)  # type: ignore[arg-type]
    for who in ("ada-king", "ben"):
        rules = charter.from_toml(charter.template())
        members.adopt_charter(place, rules, member=who, passphrase=steps.SECRET)
    words = register.ModelWords("Income", "1.0", "ada-king", "Decide about people in a test.", "limited")
    digest = register.register_model(place, model(tmp_path / "income.onnx"), words, actor=OPERATOR)
    table(place, tmp_path / "evaluation.csv", people(2, 0.0), "evaluation")
    with running(tmp_path, tmp_path / "workspace") as app:
        yield app, place, digest


def address(app: RunningApp, place: Workspace, digest: str) -> str:
    version = place.read().model(digest)
    data = next(item for item in place.read().datasets() if item.role == "evaluation")
    assert version is not None
    picked = {
        "model": shown(f"{version.name} {version.version} ({short(digest)})", 90),
        "data": shown(f"{data.name} ({short(data.digest)})", 90),
    }
    return f"{app.address}/norms?{urlencode(picked)}"


def test_from_signed_norms_over_a_breach_and_a_decision_to_windows_within(
    browser: Browser, loop: tuple[RunningApp, Workspace, str], tmp_path: Path
) -> None:
    app, place, digest = loop
    page = steps.sit_down(browser, app.address, "Ada King")
    steps.go(page, address(app, place, digest))
    expect(page.get_by_role("heading", name="The board has not signed any norms yet.")).to_be_visible()
    steps.pick(page, "Text to start from", "Each group is selected at no less than four fifths")
    page.get_by_text("The text itself, to read or to change (TOML)").click()
    settle(page)
    box = page.get_by_label("Norms (TOML)", exact=True)
    text = box.input_value()
    text = text[: text.index("[[norms]]", text.index("[[norms]]") + 1)].replace('"forbidden"', '"allowed"')
    box.fill(text.replace('most_changed = "0.02"', 'most_changed = "0.30"'))
    box.press("Tab")
    settle(page)
    steps.press(page, "Sign these norms")
    expect(page.get_by_text("A reason is needed: why these norms?")).to_be_visible()
    steps.fill(page, "Why", "Equal chances.")
    steps.press(page, "Sign these norms")
    expect(page.get_by_role("dialog")).to_contain_text(
        "the lower of the shares selected is at least 0.80 times the higher"
    )
    steps.sign(page)
    expect(page.get_by_text("Signed and not in force yet")).to_be_visible()
    (signed,) = norms.history(place)
    assert norms.adopt(place, signed.norms, "I agree.", member="ben", passphrase=steps.SECRET)
    held = norms.in_force(place)
    assert held is not None
    assert [item.id for item in held.norms.norms] == ["four-fifths-sex"]
    for week, poorer in enumerate((0.0, 9.0, 9.0), start=1):
        table(place, tmp_path / f"week-{week}.csv", people(10 + week, poorer), "monitoring")
    steps.go(page, address(app, place, digest))
    expect(page.get_by_text("3 registered windows are not counted yet.")).to_be_visible()
    steps.press(page, "Count them")
    wait_for_evidence(page)
    expect(page.get_by_role("heading", name="in breach")).to_be_visible(timeout=steps.PATIENCE)
    (step,) = alerts.history(place, digest)
    assert (step.state, step.rule) == ("observed", "norm:four-fifths-sex")
    steps.press(page, "Confirm the breach")
    expect(page.get_by_text("A reason is needed: what did you see?")).to_be_visible()
    page.get_by_role("textbox", name="Why", exact=True).first.fill("Seen in the branches.")
    page.get_by_role("button", name="Confirm the breach", exact=True).click()
    steps.sign(page)
    assert alerts.history(place, digest)[-1].state == "confirmed"
    expect(page.get_by_role("button", name="Confirm the breach")).to_have_count(0)
    steps.press(page, "Make corrections")
    wait_for_evidence(page)
    expect(page.get_by_text("decisions change").first).to_be_visible(timeout=steps.PATIENCE)
    assert any(item.parent == digest for item in place.read().models())
    page.get_by_role("link", name="Open a case about it").first.click()
    settle(page)
    fill(page, "Title", "Income corrected")
    fill(page, "What is the board asked to sign?", "May the corrected version decide?")
    steps.pick(page, "Risk tier", "limited")
    steps.press(page, "Open the case", 120)
    (case,) = place.read().cases()
    assert place.read().model(case.models[0]).parent == digest  # type: ignore[union-attr]
    decided(place, case.case, case.models[0])
    for week in (4, 5):
        table(place, tmp_path / f"week-{week}.csv", people(10 + week, 9.0), "monitoring")
    steps.go(page, address(app, place, case.models[0]))
    expect(page.get_by_text("2 registered windows are not counted yet.")).to_be_visible()
    steps.press(page, "Count them")
    wait_for_evidence(page)
    expect(page.get_by_role("heading", name="nothing is proven against 1 of 1 norms")).to_be_visible(
        timeout=steps.PATIENCE
    )
    verified(place, tmp_path)


def fill(page: Page, label: str, text: str) -> None:
    """Write into a field that keeps its words as a draft."""
    page.get_by_label(label, exact=True).first.fill(text)
    page.get_by_label(label, exact=True).first.press("Tab")
    settle(page)


def decided(place: Workspace, case: str, digest: str) -> None:
    """Freeze the audit of the corrected version, let two members approve, and record the decision."""
    audited = loop_verbs.audited(place, digest, actor=OPERATOR)
    assert audited is not None
    evaluation = next(item.digest for item in place.read().datasets() if item.role == "evaluation")
    measured = assess.now(place, subjects.task(place, "performance.summary", subjects.Choice(digest, evaluation)))
    rules = policy.from_toml(policy.template())
    review.freeze(place, case, (audited.evidence, measured.digest), actor=OPERATOR, policy=rules)
    review.start(place, case, actor=OPERATOR)
    for who in ("ada-king", "ben", "cleo"):
        review.declare(place, case, member=who, passphrase=steps.SECRET, conflict=False)
        bundle = state(place).case(case).bundle
        review.vote(place, case, "approve", member=who, passphrase=steps.SECRET, bundle=bundle, rationale="")
    assert review.decide(place, case, rationale="It keeps the norm.", scope="The stated use.").outcome == "approved"


def verified(place: Workspace, folder: Path) -> None:
    """Export the whole ledger and verify it offline."""
    made = folder / "export.zip"
    export.save(place, made, actor=OPERATOR)
    trust = folder / "trust.json"
    trust.write_bytes(export.trust(place))
    answer = verify(made, trust, [])
    assert answer["valid"], answer["reason"]
    assert norms.in_force(place).digest in str(zipfile.ZipFile(made).namelist())  # type: ignore[union-attr]
