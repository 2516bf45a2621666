"""A registered model is watched: evidence and alerts reach the record, and a confirmed alert suspends an approval."""

from __future__ import annotations

import base64
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from governance.__main__ import build
from governance.drift.alerts.escalation import Rung, rungs
from governance.drift.spec import CalibrationParameters
from governance.evidence.codec import encode
from governance.evidence.errors import CountersignError, RefusedInputError, RuleError
from governance.quality.expectation import Expectation
from governance.review import policy
from governance.subject.schema import Schema
from governance.workflow.assess import assess
from governance.workflow.monitoring import alerts, calibrate, contract, remedies, remedy, watch
from governance.workflow.monitoring.model_history import chronicle
from governance.workflow.monitoring.timeline import timeline
from governance.workflow.registry import register
from governance.workflow.review import reopening, review
from governance.workflow.workspace import current_workspace, subjects
from governance.workflow.workspace.act import state
from governance.workflow.workspace.acting import OPERATOR
from governance.workflow.workspace.subjects import Choice
from storage.workspace import Workspace
from tests.workflow.people import proven, secret

LARS = {"member": "lars", "passphrase": secret("lars")}
ROLES = Schema(target="good", positive="1", sensitive=("sex",))


@pytest.fixture
def workspace(prepared: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(prepared, tmp_path / "workspace")
    with current_workspace.current(tmp_path / "workspace") as found:
        yield found


@pytest.fixture
def registered(workspace: Workspace) -> tuple[str, str]:
    views = workspace.read()
    return views.models()[0].digest, views.datasets()[0].digest


def window(workspace: Workspace, path: Path, frame: pd.DataFrame, schema: Schema = ROLES) -> str:
    frame.to_csv(path, index=False)
    return register.register_data(
        workspace, path, register.DataWords(path.stem, "monitoring", schema), actor=proven("lars")
    )


@pytest.fixture
def turned(workspace: Workspace, registered: tuple[str, str], table: Path, tmp_path: Path) -> Choice:
    """A window in which the same inputs lead to the opposite outcome."""
    frame = pd.read_csv(table)
    digest = window(workspace, tmp_path / "turned.csv", frame.assign(good=1 - frame["good"]))
    return Choice(registered[0], digest, registered[1])


@pytest.fixture
def moved(workspace: Workspace, registered: tuple[str, str], table: Path, tmp_path: Path) -> Choice:
    """A window without labels whose incomes have risen."""
    frame = pd.read_csv(table).drop(columns="good")
    digest = window(
        workspace, tmp_path / "moved.csv", frame.assign(income=frame["income"] + 12), Schema(sensitive=("sex",))
    )
    return Choice(registered[0], digest, registered[1])


@pytest.fixture
def same(workspace: Workspace, registered: tuple[str, str], table: Path, tmp_path: Path) -> Choice:
    """A window drawn from the same people."""
    frame = pd.read_csv(table)
    again = frame.iloc[np.random.default_rng(3).permutation(len(frame))[1:]]
    return Choice(registered[0], window(workspace, tmp_path / "same.csv", again), registered[1])


@pytest.fixture
def approved(workspace: Workspace, registered: tuple[str, str], request: pytest.FixtureRequest) -> str:
    """A case that is approved under a policy that names the automatic rules of the test's parameter, else none."""
    rules = replace(policy.from_toml(policy.template()), automatic=getattr(request, "param", ()))
    words = review.CaseWords("People 1.0", "May it be used?", (registered[0],), "limited", owner="lars")
    case = review.open_case(workspace, words, actor=proven("lars"))
    found = assess.now(workspace, subjects.task(workspace, "performance.summary", Choice(*registered)))
    review.freeze(workspace, case, (found.digest,), actor=proven("lars"), policy=rules)
    review.start(workspace, case, actor=proven("lars"))
    for member in ("ines", "jonas", "kemi"):
        review.declare(workspace, case, member=member, passphrase=secret(member), conflict=False)
        bundle = state(workspace).case(case).bundle
        review.vote(workspace, case, "approve", member=member, passphrase=secret(member), bundle=bundle)
    review.decide(workspace, case, rationale="All agree.", scope="The stated use.")
    return case


def states(workspace: Workspace) -> list[str]:
    return [item.state for item in alerts.history(workspace)]


def test_labels_that_show_harm_wait_for_a_member(workspace, approved, turned) -> None:
    found = watch.watch(workspace, turned, actor=OPERATOR)
    assert states(workspace) == ["observed", "impact_estimated"]
    last = alerts.history(workspace)[-1]
    assert (last.rule, last.evidence, last.actor) == ("realised", found.evidence[-1], "service")
    assert "Labels confirm it" in last.reason
    assert last.reason.endswith("No approval is suspended until a member confirms it.")
    assert state(workspace).case(approved).status == "approved"
    assert watch.watch(workspace, turned, actor=OPERATOR).told == (), "what is told already is not told again"
    alerts.confirm(workspace, last.alert, "I have read the labels.", **LARS)
    assert state(workspace).case(approved).status == "suspended"


def test_labels_bring_back_an_alert_that_a_member_put_aside_and_nothing_else_does(workspace, approved, turned) -> None:
    name = alerts.name_of(turned.model, turned.data)
    first = {"alert": name, "model": turned.model, "rule": "column", "reason": "Moved."}
    alerts.note(workspace, alerts.NewStep(step="observe", **first))
    alerts.override(workspace, name, "A campaign.", **LARS)
    weak = Rung("estimate_impact", "estimated", "Expected to be worse.")
    assert not watch._noted(workspace, turned.model, name, weak, "")
    assert states(workspace) == ["observed", "overridden"]
    assert watch.watch(workspace, turned, actor=OPERATOR).open
    assert states(workspace)[-1] == "impact_estimated"
    assert state(workspace).case(approved).status == "approved"


@pytest.mark.parametrize("approved", [("realised",)], indirect=True)
def test_labels_that_show_harm_suspend_where_the_policy_names_that_rule(workspace, approved, turned) -> None:
    found = watch.watch(workspace, turned, actor=OPERATOR)
    assert states(workspace) == ["observed", "impact_estimated", "confirmed"]
    assert found.open
    assert state(workspace).case(approved).status == "suspended"
    last = alerts.history(workspace)[-1]
    assert last.evidence == found.evidence[-1]
    assert "Labels confirm it" in last.reason
    reopening.reopen(workspace, last.alert, approved, actor=proven("lars"))
    case = state(workspace).case(approved)
    assert (case.status, case.review.round) == ("in_review", 2)
    assert last.alert in workspace.read().text(case.review.trigger.sha256)


def test_a_moved_window_without_labels_waits_for_a_person(workspace, approved, moved) -> None:
    found = watch.watch(workspace, moved, actor=OPERATOR)
    assert states(workspace) == ["observed", "impact_estimated"]
    assert "income" in alerts.history(workspace)[0].reason
    assert state(workspace).case(approved).status == "approved"
    with pytest.raises(RuleError, match="not confirmed"):
        reopening.reopen(workspace, found.alert.name, approved, actor=proven("lars"))
    alerts.confirm(workspace, found.alert.name, "Payments fail as well.", **LARS)
    assert state(workspace).case(approved).status == "suspended"
    last = workspace.read().entries(types=("monitoring.alert",))[-1]
    assert last.keyid == workspace.read().member("lars").keyid
    assert last.body["evidence"] == found.evidence[-1]
    with pytest.raises(RuleError, match="settled already"):
        alerts.confirm(workspace, found.alert.name, "Once more.", **LARS)
    with pytest.raises(RuleError, match="cannot override"):
        alerts.override(workspace, found.alert.name, "Never mind.", **LARS)


def test_the_same_evidence_is_told_once_even_after_an_override(workspace, moved) -> None:
    name = watch.watch(workspace, moved, actor=OPERATOR).alert.name
    alerts.override(workspace, name, "A wage rise that was announced.", **LARS)
    size = workspace.read().head().size
    again = watch.watch(workspace, moved, actor=OPERATOR)
    assert (again.told, again.open, again.alert.state) == ((), False, "overridden")
    assert workspace.read().head().size == size


def test_nothing_is_told_of_a_window_that_did_not_move(workspace, same) -> None:
    found = watch.watch(workspace, same, actor=OPERATOR)
    assert (found.told, found.alert, found.open) == ((), None, False)
    assert states(workspace) == []


def test_a_lost_column_is_told_from_the_columns_alone(workspace, registered, table, tmp_path) -> None:
    digest = window(workspace, tmp_path / "lost.csv", pd.read_csv(table).drop(columns="income"))
    found = watch.watch(workspace, Choice(registered[0], digest, registered[1]), actor=OPERATOR)
    assert "income" in found.not_asked
    assert len(found.evidence) == 1
    assert [item.rule for item in alerts.history(workspace)] == ["lost column"]


def test_columns_that_were_compared_without_the_model_leave_its_window_to_be_measured(workspace, moved) -> None:
    columns, _ = watch.tasks(workspace, moved)
    assess.now(workspace, columns, actor=proven("lars"))
    assert timeline(workspace, moved.model, moved.reference)[-1].partial
    watch.watch(workspace, moved, actor=OPERATOR)
    measured = timeline(workspace, moved.model, moved.reference)[-1]
    assert measured.asked
    assert not measured.partial


def test_nobody_settles_an_alert_under_another_persons_passphrase(workspace, moved, tmp_path) -> None:
    name = watch.watch(workspace, moved, actor=OPERATOR).alert.name
    size = workspace.read().head().size
    with pytest.raises(CountersignError, match="does not open"):
        alerts.confirm(workspace, name, "Payments fail.", member="lars", passphrase="not the passphrase")
    assert workspace.read().head().size == size
    (tmp_path / "secret").write_text(secret("lars"))
    asked = ["alert", "override", name, "--reason", "A wage rise.", "--as", "lars", "--workspace", str(workspace.root)]
    done = CliRunner().invoke(build(), [*asked, "--passphrase-file", str(tmp_path / "secret"), "--json"])
    assert json.loads(done.stdout) == {"alert": name, "state": "overridden"}
    assert states(workspace)[-1] == "overridden"


def test_an_override_says_why(workspace, moved) -> None:
    name = watch.watch(workspace, moved, actor=OPERATOR).alert.name
    size = workspace.read().head().size
    with pytest.raises(RuleError, match="needs a reason"):
        alerts.override(workspace, name, " ", **LARS)
    with pytest.raises(RuleError, match="never observed"):
        alerts.confirm(workspace, "drift-of-nothing", "Because.", **LARS)
    assert workspace.read().head().size == size


def test_a_window_needs_another_table_as_reference(workspace, registered) -> None:
    with pytest.raises(RefusedInputError, match="its own reference"):
        watch.watch(workspace, Choice(registered[0], registered[1], registered[1]), actor=OPERATOR)
    with pytest.raises(RefusedInputError, match="needs: reference"):
        watch.watch(workspace, Choice(*registered), actor=OPERATOR)


def test_windows_come_in_the_order_of_registration(workspace, registered, moved, same) -> None:
    assert [item.digest for item in watch.windows(workspace, registered[0])] == [registered[1], moved.data, same.data]


def test_the_command_line_records_and_ends_with_1_on_an_alert(workspace, moved, same) -> None:
    def run(data: str) -> tuple[int, dict]:
        words = ["--model", moved.model[:16], "--reference", moved.reference[:16], "--data", data[:16]]
        result = CliRunner().invoke(
            build(), ["watch", "--workspace", str(workspace.root), *words, "--json"], catch_exceptions=False
        )
        return result.exit_code, json.loads(result.stdout)

    code, found = run(moved.data)
    assert (code, found["satisfied"], found["state"]) == (1, False, "impact_estimated")
    assert found["alerts"] == ["income"]
    assert [item["state"] for item in found["steps"]] == ["observed", "impact_estimated"]
    assert all(workspace.read().evidence(digest) for digest in found["evidence"])
    code, found = run(same.data)
    assert (code, found["satisfied"], found["alert"]) == (0, True, None)


def test_the_command_line_watches_in_the_name_of_a_member_by_passphrase(workspace, moved, tmp_path) -> None:
    file = tmp_path / "secret"
    words = ["--model", moved.model, "--reference", moved.reference, "--data", moved.data, "--as", "lars"]
    asked = ["watch", "--workspace", str(workspace.root), *words, "--passphrase-file", str(file), "--json"]
    size = workspace.read().head().size
    file.write_text(secret("ines"))
    with pytest.raises(CountersignError, match="does not open"):
        CliRunner().invoke(build(), asked, catch_exceptions=False)
    assert workspace.read().head().size == size
    file.write_text(secret("lars"))
    assert CliRunner().invoke(build(), asked, catch_exceptions=False).exit_code == 1
    told = workspace.read().entries()[size:]
    assert {item.actor for item in told if item.type == "evidence.recorded"} == {"lars"}
    assert {item.actor for item in told if item.type == "monitoring.alert"} == {"service"}


def test_a_window_is_followed_in_workers_until_its_alert_is_told(workspace, moved) -> None:
    watch.begin(workspace, moved, actor=OPERATOR)
    until = time.monotonic() + 120
    while len(states(workspace)) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    assert states(workspace) == ["observed", "impact_estimated"]


def notified(workspace: Workspace, batch: Path, choice: Choice, *more: str) -> tuple[int, dict, str]:
    words = ["watch", str(batch), "--workspace", str(workspace.root), "--model", choice.model[:16]]
    words += ["--reference", choice.reference[:16], *more, "--json"]
    result = CliRunner().invoke(build(), words, catch_exceptions=False)
    return result.exit_code, json.loads(result.stdout), result.stderr


def test_a_batch_from_a_file_is_registered_and_an_open_alert_is_told_once_to_a_webhook(
    workspace, registered, table, tmp_path, hook
) -> None:
    frame = pd.read_csv(table).drop(columns="good")
    batch = tmp_path / "june.csv"
    frame.assign(income=frame["income"] + 12).to_csv(batch, index=False)
    choice, place = Choice(registered[0], "", registered[1]), f"http://127.0.0.1:{hook.server_address[1]}/alerts"
    code, found, _ = notified(workspace, batch, choice, "--webhook", place)
    assert (code, [item["delivered"] for item in found["deliveries"]]) == (1, [True])
    told = json.loads(base64.b64decode(json.loads(hook.got[0][2])["payload"]))
    assert (told["state"], told["window"]["name"], told["evidence"]) == ("impact_estimated", "june", found["evidence"])
    code, again, _ = notified(workspace, batch, choice, "--webhook", place)
    assert (code, again["data"], again["deliveries"]) == (1, found["data"], [])
    assert len(hook.got) == 1
    assert len(notified(workspace, batch, choice, "--webhook", place, "--cooldown", "0")[1]["deliveries"]) == 1


def test_a_notice_that_does_not_arrive_ends_with_1_and_loses_nothing(workspace, moved, hook) -> None:
    place = f"http://127.0.0.1:{hook.server_address[1]}/no"
    words = ["watch", "--workspace", str(workspace.root), "--model", moved.model, "--reference", moved.reference]
    result = CliRunner().invoke(build(), [*words, "--data", moved.data, "--webhook", place, "--json"])
    assert result.exit_code == 1
    assert "answer 403" in result.stderr
    assert states(workspace) == ["observed", "impact_estimated"]


def test_a_notice_needs_a_key_to_sign_it(tmp_path) -> None:
    with pytest.raises(RefusedInputError, match="record key"):
        CliRunner().invoke(build(), ["watch", "a", "b", "--webhook", "http://localhost/"], catch_exceptions=False)


def test_a_window_that_breaks_its_data_contract_is_told_with_the_evidence_of_the_checks(
    workspace, registered, same
) -> None:
    expected = (Expectation("range", "age", maximum=70.0, share=1.0), Expectation("values", "sex", values=("F", "M")))
    assess.now(workspace, contract.task(workspace, registered[1], expected, "People"), actor=proven("lars"))
    assert watch.watch(workspace, same, actor=OPERATOR).told == ()
    strict = (Expectation("duplicate_rows"), Expectation("missing", "age"), Expectation("values", "sex", values=("F",)))
    assess.now(workspace, contract.task(workspace, registered[1], strict, "People"), actor=proven("lars"))
    assert watch.watch(workspace, same, actor=OPERATOR).told == (), (
        "what the data of the contract break themselves is no news"
    )


def test_a_broken_contract_opens_an_alert_of_its_own(workspace, registered, table, tmp_path) -> None:
    expected = (Expectation("values", "sex", values=("F", "M")),)
    assess.now(workspace, contract.task(workspace, registered[1], expected, "People"), actor=proven("lars"))
    frame = pd.read_csv(table)
    frame.loc[:2, "sex"] = "X"
    found = watch.watch(
        workspace, Choice(registered[0], window(workspace, tmp_path / "odd.csv", frame), registered[1]), actor=OPERATOR
    )
    steps = alerts.history(workspace)
    assert [(item.rule, item.state) for item in steps] == [("quality", "observed")]
    assert "data contract" in steps[0].reason
    assert workspace.read().evidence(steps[0].evidence).method == "quality.checks"
    assert found.open


def test_a_promise_about_false_alarms_holds_back_a_weak_sign(workspace, registered, moved) -> None:
    parameters = CalibrationParameters(rows=900, windows_per_month=4.0, false_alarms_per_month=2.0, resamples=10)
    task = subjects.task(workspace, calibrate.METHOD, Choice(*registered), encode(parameters))
    assess.now(workspace, task, actor=proven("lars"))
    promise = calibrate.in_force(workspace, *registered)
    assert (promise.actor, promise.calibration.rows) == ("lars", 900)
    found = watch.watch(workspace, moved, actor=OPERATOR)
    assert states(workspace)[0] == "observed", "twelve thousand more income is far beyond chance"
    held = replace(
        promise.calibration, rules=tuple(replace(item, threshold=99.0) for item in promise.calibration.rules)
    )
    assert rungs(found.report, (), held) == ()


def taken(workspace: Workspace, name: str, what: remedies.Taken, why: str = "As agreed in the meeting.") -> None:
    remedy.take(workspace, name, what, why, member="ines", passphrase=secret("ines"))


@pytest.mark.parametrize("approved", [("realised",)], indirect=True)
def test_what_is_done_about_a_confirmed_alert_is_signed_by_a_member_and_ends_it(workspace, approved, turned) -> None:
    found = watch.watch(workspace, turned, actor=OPERATOR)
    name, model = found.alert.name, turned.model
    with pytest.raises(RuleError, match="no other version"):
        taken(workspace, name, remedies.Taken("roll_back", version="ab" * 32))
    with pytest.raises(RuleError, match="reason"):
        taken(workspace, name, remedies.Taken("retrain"), " ")
    taken(workspace, name, remedies.ignoring("2099-12-31"))
    last = workspace.read().entries(types=(alerts.KIND,))[-1]
    assert (last.actor, last.body["state"], last.body["rule"]) == ("ines", "acted", "ignore_until 2099-12-31T23:59:59Z")
    assert last.body["model"] == model
    alert = alerts.standing(alerts.history(workspace))[name]
    assert (alert.state, alert.remedy, alert.until.year) == ("acted", "ignore_until", 2099)
    assert state(workspace).case(approved).status == "suspended", "only the board approves again"
    assert not watch.watch(workspace, turned, actor=OPERATOR).open
    with pytest.raises(RuleError, match="cannot act"):
        taken(workspace, name, remedies.Taken("stop"))


def test_nothing_is_done_about_an_alert_that_nobody_confirmed(workspace, moved) -> None:
    found = watch.watch(workspace, moved, actor=OPERATOR)
    size = workspace.read().head().size
    with pytest.raises(RuleError, match="cannot act"):
        taken(workspace, found.alert.name, remedies.Taken("retrain"))
    with pytest.raises(RuleError, match="over"):
        taken(workspace, found.alert.name, remedies.ignoring("2020-01-01"))
    assert workspace.read().head().size == size


def test_the_story_of_a_model_has_its_version_batches_reviews_decisions_and_alerts_in_order(
    workspace, registered, approved, moved
) -> None:
    watch.watch(workspace, moved, actor=OPERATOR)
    found = chronicle(workspace, *registered)
    assert [item.index for item in found] == sorted({item.index for item in found})
    kinds = [item.kind for item in found]
    assert kinds == ["version", "batch", "review", "decision", "batch", "alert", "alert"]
    assert "approved: People 1.0" in next(item.words for item in found if item.kind == "decision")
