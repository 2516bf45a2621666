"""The pages of serving: empty workspaces get pages that teach; a card says what an attestation showed."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from governance.evidence.errors import RuleError
from governance.serving.spec import Latency
from governance.workflow.serving import attestation, deployments, measure, under_way
from governance.workflow.serving.measure import Load
from governance.workflow.workspace import current_workspace
from governance.workflow.workspace.acting import GUEST
from pages.explore.serving import attestations
from storage.workspace import Workspace
from tests.remote.double import Served, serving
from tests.workflow.people import proven
from tests.workflow.serving.test_attestation import QUICK, placed, served, swapped

PAGES = Path(__file__).parents[3] / "pages"
__all__ = ["served"]


@pytest.mark.parametrize(("page", "words"), [("explore/serving", "Pick a model"), ("registry/deployments", "No model")])
def test_an_empty_workspace_gets_a_page_that_teaches(
    page: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "workspace"
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(root))
    current_workspace.create("Test board", "a long passphrase", root)
    drawn = AppTest.from_file(str(PAGES / page / "page.py"), default_timeout=60).run()
    assert not drawn.exception
    assert words in drawn.markdown[0].value


def test_a_card_says_which_answers_differ_and_the_registry_lists_the_place(
    workspace: Workspace, registered: tuple[str, str], served: Served, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(workspace.root))
    other = swapped(model)
    served.turns = lambda _: other
    with serving(served) as address:
        placed(workspace, registered, address)
        found = attestation.attest(workspace, "branch", registered[1], QUICK, actor=proven("lars"))

    def card() -> None:
        from governance.workflow.serving import attestation, deployments
        from governance.workflow.workspace import current_workspace
        from pages._ui.choices import Picked
        from pages.explore.serving import attestations

        place = current_workspace.current()
        (where,) = deployments.listed(place)
        history = attestation.history(place, where.model)
        attestations.card(where, attestations.newest(history, "branch"), Picked(where.model, "", "", "", "", "", ""))
        attestations.table(history)

    drawn = AppTest.from_function(card, default_timeout=60).run()
    assert not drawn.exception
    said = " ".join(item.value for item in drawn.markdown)
    assert "another model answers: 4 of 4 requests" in said
    rows = next(item.value for item in drawn.dataframe if "got" in item.value)
    assert rows["expected"].iloc[0] == found.report.first[0].expected != rows["got"].iloc[0]
    listed = AppTest.from_file(str(PAGES / "registry/deployments/page.py"), default_timeout=60).run()
    assert not listed.exception
    assert any("1 place is registered" in item.value for item in listed.markdown)


def test_a_guest_starts_no_attestation_and_one_that_ends_without_evidence_says_why(
    workspace: Workspace, registered: tuple[str, str]
) -> None:
    placed(workspace, registered, "http://127.0.0.1:9")
    with pytest.raises(RuleError, match="A guest reads"):
        under_way.begin(workspace, "branch", registered[1], QUICK, actor=GUEST)
    under_way.begin(workspace, "branch", "0" * 64, QUICK, actor=proven("lars"))
    under_way.settled()
    assert "No data set with digest" in under_way.standing(workspace, "branch").problem


def test_an_attestation_that_was_not_assessed_still_names_its_deployment(
    workspace: Workspace, registered: tuple[str, str]
) -> None:
    placed(workspace, registered, "http://127.0.0.1:9")
    attestation.attest(workspace, "branch", registered[1], QUICK, actor=proven("lars"))
    (found,) = attestation.history(workspace, registered[0])
    assert attestations.place_of(found) == "branch"
    assert deployments.listed(workspace, model="0" * 64) == ()


def test_times_are_measured_beside_the_page_and_drawn_with_their_verdict(
    workspace: Workspace, registered: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(workspace.root))
    load = Load(rate=100.0, seconds=1.0, budget=Latency(budget_ms=60_000.0, share=0.5))
    with pytest.raises(RuleError, match="A guest reads"):
        under_way.measure(workspace, registered[0], registered[1], load, deployment="", actor=GUEST)
    with pytest.raises(RuleError, match="There is no deployment"):
        under_way.measure(workspace, registered[0], registered[1], load, deployment="x", actor=proven("lars"))
    under_way.measure(workspace, registered[0], registered[1], load, deployment="", actor=proven("lars"))
    under_way.settled()
    ((stored, report),) = measure.history(workspace, registered[0])
    assert (report.place, report.budget.verdict) == ("in process", "met")
    again = measure.judged(
        workspace, registered, observation_of(stored), Latency(budget_ms=0.000001), actor=proven("lars")
    )
    assert again.evidence.read(type(report)).budget.verdict != "met"

    def section() -> None:
        from governance.workflow.serving import measure
        from governance.workflow.workspace import current_workspace
        from pages._ui.choices import Picked
        from pages.explore.serving import latency

        place = current_workspace.current()
        model = place.read().models()[0].digest
        assert measure.history(place, model)
        latency.section(Picked(model, "", "", "", "", "", ""), [])

    drawn = AppTest.from_function(section, default_timeout=60).run()
    assert not drawn.exception
    assert any("Budget of all but" in item.value for item in drawn.markdown)
    assert any("p99, service alone" in str(item.value.get("what", "")) for item in drawn.dataframe)


def observation_of(stored) -> str:
    return next(item.digest for item in stored.evidence.key.inputs if item.role == "observation")
