"""A deployment is asked, its answers are kept, and a difference suspends the approval; nobody at home is no answer."""

from __future__ import annotations

import json
from pathlib import Path

import onnx
import pandas as pd
import pytest
from typer.testing import CliRunner

from governance.__main__ import build
from governance.dossier.verify import verify
from governance.evidence.errors import RefusedInputError, RuleError
from governance.evidence.evidence import NotAssessed
from governance.models.graph.reading import signature_of
from governance.models.predict.predictor import OnnxPredictor
from governance.remote.endpoint import Endpoint
from governance.review import policy
from governance.workflow.assess import assess
from governance.workflow.assess.replay import replay
from governance.workflow.audit import export
from governance.workflow.monitoring import alerts
from governance.workflow.review import review, tick
from governance.workflow.serving import attestation, deployments
from governance.workflow.serving.attestation import Asked
from governance.workflow.workspace import subjects
from governance.workflow.workspace.act import state
from governance.workflow.workspace.acting import GUEST, OPERATOR
from storage.workspace import Workspace
from tests.remote.double import Served, serving
from tests.workflow.people import proven, secret

QUICK = Asked(requests=4, rate=0.0, seconds=5.0, drawn=10)
POLICY = """
title = "Served as approved"
[[requirements]]
id = "served"
method = "serving.attest"
metric = "same"
limit = { equals = "true" }
severity = "freezing"
"""


@pytest.fixture
def served(model: Path) -> Served:
    data = model.read_bytes()
    return Served(OnnxPredictor(data, signature_of(data)))


def swapped(model: Path) -> OnnxPredictor:
    """Return the model with one coefficient moved."""
    copy = onnx.load_from_string(model.read_bytes())
    node = next(item for item in copy.graph.node if item.op_type == "LinearClassifier")
    weights = next(item for item in node.attribute if item.name == "coefficients").floats
    weights[0] += 0.01
    weights[len(weights) // 2] -= 0.01
    data = copy.SerializeToString()
    return OnnxPredictor(data, signature_of(data))


def placed(workspace: Workspace, registered: tuple[str, str], address: str, name: str = "branch") -> None:
    deployments.register(workspace, name, registered[0], Endpoint(address, "credit"), actor=proven("lars"))


def test_the_approved_model_behind_a_server_is_identical_and_the_record_says_what_was_asked_first(
    workspace: Workspace, registered: tuple[str, str], served: Served
) -> None:
    with serving(served) as address:
        placed(workspace, registered, address)
        found = attestation.attest(workspace, "branch", registered[1], QUICK, actor=proven("lars"))
    assert found.report.outcome == "identical"
    assert (found.report.same, found.alert, found.report.coverage.complete) == (True, "", True)
    told = [item.type for item in workspace.read().entries()[-3:]]
    assert told == ["deployment.registered", "attestation.begun", "evidence.recorded"]
    begun = workspace.read().entries(types=("attestation.begun",))[0]
    assert (begun.index, begun.body["challenge"]) == (found.report.committed, found.report.challenge)
    assert (begun.body["rows"], begun.body["requests"]) == (found.report.rows, 4)
    (place,) = deployments.listed(workspace)
    assert (place.id, place.begun, place.ended, place.endpoint.address) == ("branch", 1, "", address)


def test_a_swapped_model_suspends_the_approval_at_once_and_replay_says_the_same(
    workspace: Workspace, registered: tuple[str, str], served: Served, model: Path, tmp_path: Path
) -> None:
    with serving(served) as address:
        placed(workspace, registered, address)
        first = attestation.attest(workspace, "branch", registered[1], QUICK, actor=proven("lars"))
        case = approved(workspace, registered, first.recorded.digest)
        other = swapped(model)
        served.turns = lambda _: other
        second = attestation.attest(workspace, "branch", registered[1], QUICK, actor=proven("lars"))
    assert second.report.outcome == "different"
    steps = [item for item in alerts.history(workspace, registered[0]) if item.alert == second.alert]
    assert [(item.state, item.rule, item.actor) for item in steps] == [
        ("observed", "served", "service"), ("confirmed", "served", "service"),
    ]  # fmt: skip
    assert "another model answers: 4 of 4 requests" in steps[0].reason
    assert state(workspace).case(case).status == "suspended"
    assert [item.outcome for item in replay(workspace, case)] == ["identical"] * 2
    export.save(workspace, tmp_path / "export", actor=proven("ines"))
    (tmp_path / "trust.json").write_bytes(export.trust(workspace))
    assert verify(tmp_path / "export", tmp_path / "trust.json", [])["valid"]


def approved(workspace: Workspace, registered: tuple[str, str], evidence: str) -> str:
    words = review.CaseWords("People 1.0", "May it be used?", (registered[0],), "limited", owner="lars")
    case = review.open_case(workspace, words, actor=proven("lars"))
    summary = assess.now(workspace, subjects.task(workspace, "performance.summary", subjects.Choice(*registered)))
    review.freeze(workspace, case, (evidence, summary.digest), actor=proven("lars"), policy=policy.from_toml(POLICY))
    review.start(workspace, case, actor=proven("lars"))
    for member in ("ines", "jonas", "kemi"):
        review.declare(workspace, case, member=member, passphrase=secret(member), conflict=False)
        bundle = state(workspace).case(case).bundle
        review.vote(workspace, case, "approve", member=member, passphrase=secret(member), bundle=bundle)
    review.decide(workspace, case, rationale="All agree.", scope="The stated use.")
    assert state(workspace).case(case).status == "approved"
    return case


def test_nobody_at_home_is_not_assessed_and_suspends_nothing(
    workspace: Workspace, registered: tuple[str, str], served: Served
) -> None:
    with serving(served) as address:
        placed(workspace, registered, address)
    found = attestation.attest(workspace, "branch", registered[1], QUICK, actor=proven("lars"))
    assert isinstance(found.report, NotAssessed)
    assert found.alert == ""
    assert alerts.history(workspace) == ()


def test_a_difference_about_which_nothing_was_told_is_told_by_the_next_who_looks(
    workspace: Workspace, registered: tuple[str, str], served: Served, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = swapped(model)
    served.turns = lambda _: other
    with serving(served) as address:
        placed(workspace, registered, address)
        with monkeypatch.context() as patched:
            patched.setattr(attestation, "tell", lambda *_: "")
            found = attestation.attest(workspace, "branch", registered[1], QUICK, actor=proven("lars"))
    assert alerts.history(workspace) == ()
    tick.tick(workspace)
    assert alerts.history(workspace)[-1].alert.endswith(found.recorded.digest[:16])
    assert attestation.untold(workspace) == ()
    assert [item.state for item in alerts.history(workspace)] == ["observed", "confirmed"]


def test_who_may_not_act_and_what_is_not_there_is_refused_before_anything_is_sent(
    workspace: Workspace, registered: tuple[str, str], served: Served
) -> None:
    with serving(served) as address:
        placed(workspace, registered, address)
        size = workspace.read().head().size
        with pytest.raises(RuleError, match="A guest reads"):
            attestation.attest(workspace, "branch", registered[1], QUICK, actor=GUEST)
        with pytest.raises(RuleError, match="There is no deployment 'other'"):
            attestation.attest(workspace, "other", registered[1], QUICK, actor=OPERATOR)
        with pytest.raises(RefusedInputError, match="No data set"):
            attestation.attest(workspace, "branch", "0" * 64, QUICK, actor=OPERATOR)
    assert (served.asked, workspace.read().head().size) == (0, size)


def test_a_deployment_has_one_name_for_ever_a_registered_model_and_an_end_with_a_reason(
    workspace: Workspace, registered: tuple[str, str]
) -> None:
    placed(workspace, registered, "http://models:8000")
    with pytest.raises(RuleError, match="There is or was a deployment 'branch'"):
        placed(workspace, registered, "http://models:8001")
    with pytest.raises(RefusedInputError, match="No model with digest"):
        deployments.register(workspace, "b", "0" * 64, Endpoint("http://m", "credit"), actor=OPERATOR)
    with pytest.raises(RefusedInputError, match="The id"):
        deployments.register(workspace, "Not an id", registered[0], Endpoint("http://m", "credit"), actor=OPERATOR)
    with pytest.raises(RefusedInputError, match="The reason is empty"):
        deployments.end(workspace, "branch", " ", actor=OPERATOR)
    deployments.end(workspace, "branch", "Moved.", actor=proven("lars"))
    with pytest.raises(RuleError, match="or it has ended"):
        deployments.live(workspace, "branch")
    (found,) = deployments.listed(workspace)
    assert found.ended


def test_an_erased_address_is_said_and_asks_nobody(workspace: Workspace, registered: tuple[str, str]) -> None:
    placed(workspace, registered, "http://models:8000")
    entry = workspace.read().entries(types=("deployment.registered",))[0]
    with workspace.write() as unit:
        unit.erase_text(entry.body["address"]["sha256"])
        unit.commit()
    (found,) = deployments.listed(workspace)
    assert found.endpoint is None
    with pytest.raises(RuleError, match="was erased"):
        deployments.live(workspace, "branch")


def test_an_export_of_a_ledger_with_an_attestation_verifies_and_holds_its_evidence(
    workspace: Workspace, registered: tuple[str, str], served: Served, tmp_path: Path
) -> None:
    with serving(served) as address:
        placed(workspace, registered, address)
        found = attestation.attest(workspace, "branch", registered[1], QUICK, actor=proven("lars"))
    export.save(workspace, tmp_path / "export", actor=proven("ines"))
    (tmp_path / "trust.json").write_bytes(export.trust(workspace))
    answer = verify(tmp_path / "export", tmp_path / "trust.json", [])
    assert (answer["valid"], answer["first_bad"]) == (True, None), (
        answer["reason"] if "reason" in answer else str(answer)[-900:]
    )
    assert (tmp_path / "export" / "evidence" / found.recorded.digest).exists()


# --- the command line


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(build(), list(words), catch_exceptions=False)
    return done.exit_code, done.stdout


def test_the_command_line_attests_files_and_ends_with_1_on_another_model_and_with_3_on_nobody(
    served: Served, model: Path, table: Path, tmp_path: Path
) -> None:
    asked = ("--name", "credit", "--requests", "3", "--rate", "0", "--json")
    with serving(served) as address:
        code, text = run("attest", address, str(model), str(table), *asked, "--evidence", str(tmp_path / "e.json"))
        found = json.loads(text)
        assert (code, found["outcome"], found["requests"], found["alert"]) == (0, "identical", 3, None)
        assert found["coverage"]["weights_tested"] == found["coverage"]["weights"] == 4
        assert (tmp_path / "e.json").exists()
        other = swapped(model)
        served.turns = lambda _: other
        code, text = run("attest", address, str(model), str(table), *asked)
        assert (code, json.loads(text)["outcome"]) == (1, "different")
        assert json.loads(text)["first"][0]["expected"] != json.loads(text)["first"][0]["got"]
    code, text = run("attest", address, str(model), str(table), *asked)
    assert (code, json.loads(text)["outcome"]) == (3, "not_assessed")


def test_logged_answers_are_judged_row_by_row_and_a_difference_suspends(
    workspace: Workspace, registered: tuple[str, str], model: Path, table: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log.parquet"
    other = tmp_path / "swapped.onnx"
    other.write_bytes(swapped(model).file)
    assert run("predict", str(model), str(table), "--out", str(log))[0] == 0
    asked = ("attest", "branch", str(model), str(table), "--log", str(log), "--json")
    code, text = run(*asked, "-w", str(workspace.root))
    found = json.loads(text)
    assert (code, found["outcome"], found["requests"], found["log"], found["alert"]) == (
        0,
        "identical",
        900,
        True,
        None,
    )
    assert run("predict", str(other), str(table), "--out", str(log), "--force")[0] == 0
    code, text = run(*asked, "-w", str(workspace.root))
    found = json.loads(text)
    assert (code, found["outcome"]) == (1, "different")
    assert [item.state for item in alerts.history(workspace)] == ["observed", "confirmed"]
    pd.read_parquet(log).head(10).to_parquet(log)
    with pytest.raises(RefusedInputError, match="The log has 10 answers for 900 rows"):
        CliRunner().invoke(build(), list(asked), catch_exceptions=False)


def test_the_command_line_records_deployments_and_attestations(
    workspace: Workspace, registered: tuple[str, str], served: Served, model: Path, table: Path
) -> None:
    where = ("--workspace", str(workspace.root), "--as", "service", "--json")
    with serving(served) as address:
        code, text = run(
            "deployment", "add", "branch", address, "--name", "credit", "--model", registered[0][:12], *where
        )
        assert (code, json.loads(text)["model"]) == (0, registered[0])
        asked = ("--requests", "3", "--rate", "0", "-w", str(workspace.root), "--json")
        code, text = run("attest", "branch", str(model), str(table), *asked)
        assert (code, json.loads(text)["same"]) == (0, True)
    code, text = run("deployment", "list", "--workspace", str(workspace.root), "--json")
    (listed,) = json.loads(text)
    assert (listed["deployment"], listed["attestations_begun"], listed["ended"]) == ("branch", 1, None)
    code, _ = run("deployment", "end", "branch", "--reason", "Moved.", *where)
    assert code == 0
    code, text = run("deployment", "list", "--workspace", str(workspace.root))
    assert "branch" in text
    assert "ended" in text
