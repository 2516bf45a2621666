"""Norms are signed, windows tallied and audited, and a breach reaches the record; a member confirms it or puts it aside."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from governance.evidence import Evidence
from governance.evidence.errors import RefusedInputError, RuleError
from governance.fairness.norms.norm import Norm, NormSet
from governance.review import policy
from governance.subject.schema import Schema
from governance.workflow.assess import assess, fold
from governance.workflow.assess.replay import replay
from governance.workflow.monitoring import alerts, loop, norms, propose, regret, watch
from governance.workflow.registry import register
from governance.workflow.review import review
from governance.workflow.workspace import current_workspace, subjects
from governance.workflow.workspace.act import state
from governance.workflow.workspace.acting import GUEST, OPERATOR
from governance.workflow.workspace.subjects import Choice
from storage.workspace import Workspace
from tests.workflow.people import proven, secret

ROLES = Schema(target="good", positive="1", sensitive=("sex",))
RULE = Norm("parity-sex", "demographic_parity", "difference", "0.05", ("sex",), why="The board's word.")
NORMS = NormSet("Parity", (RULE,), least_rows=50)


@pytest.fixture
def workspace(prepared: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(prepared, tmp_path / "workspace")
    with current_workspace.current(tmp_path / "workspace") as found:
        yield found


@pytest.fixture
def model_digest(workspace: Workspace) -> str:
    return workspace.read().models()[0].digest


def adopted(workspace: Workspace, found: NormSet = NORMS) -> None:
    for member in ("ines", "jonas"):
        norms.adopt(workspace, found, "Equal chances.", member=member, passphrase=secret(member))


def people(seed: int, poorer: float = 0.0, rows: int = 900) -> pd.DataFrame:
    """Women's incomes lie lower by `poorer`, so that the model selects fewer of them; the model itself favours men a little."""
    rng = np.random.default_rng(seed)
    sex = rng.choice(["F", "M"], rows)
    income = rng.normal(30, 8, rows) + np.where(sex == "F", 4.0 - poorer, 0.0)
    frame = pd.DataFrame({"age": rng.integers(18, 80, rows), "income": income.round(2), "sex": sex})
    odds = 0.08 * (frame["age"] - 45) + 0.1 * (frame["income"] - 30)
    return frame.assign(good=(rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int))


def window(workspace: Workspace, path: Path, frame: pd.DataFrame, schema: Schema = ROLES) -> str:
    frame.to_csv(path, index=False)
    return register.register_data(workspace, path, register.DataWords(path.stem, "monitoring", schema), actor=OPERATOR)


def windows(workspace: Workspace, folder: Path, *poorer: float) -> list[str]:
    return [
        window(workspace, folder / f"week-{seed}.csv", people(100 + seed, less)) for seed, less in enumerate(poorer)
    ]


def test_norms_are_in_force_once_most_of_the_board_has_signed_them(workspace: Workspace) -> None:
    assert norms.in_force(workspace) is None
    assert not norms.adopt(workspace, NORMS, "Equal chances.", member="ines", passphrase=secret("ines"))
    assert norms.adopt(workspace, NORMS, "I agree.", member="jonas", passphrase=secret("jonas"))
    held = norms.in_force(workspace)
    assert held is not None
    assert (held.norms, held.digest, held.signers, held.text) == (NORMS, NORMS.digest, ("ines", "jonas"), "I agree.")
    other = replace(NORMS, title="Stricter", alpha="0.01")
    adopted(workspace, other)
    assert [(item.norms.title, item.in_force) for item in norms.history(workspace)] == [
        ("Parity", False),
        ("Stricter", True),
    ]
    assert norms.named(workspace, NORMS.digest[:8]).norms == NORMS
    with pytest.raises(RefusedInputError, match="names 0 norms"):
        norms.named(workspace, "ffff")


def test_who_is_not_on_the_board_signs_nothing_and_a_reason_is_asked_for(workspace: Workspace) -> None:
    before = workspace.read().count()
    with pytest.raises(RuleError, match="not a member of the board"):
        norms.adopt(workspace, NORMS, "Mine.", member="lars", passphrase=secret("lars"))
    with pytest.raises(RefusedInputError, match="reason is empty"):
        norms.adopt(workspace, NORMS, "  ", member="ines", passphrase=secret("ines"))
    assert workspace.read().count() == before


def test_without_norms_nothing_is_audited(workspace: Workspace, model_digest: str) -> None:
    assert loop.audited(workspace, model_digest, actor=OPERATOR) is None
    assert loop.latest(workspace, model_digest) is None


def test_a_fair_stretch_of_windows_accuses_nobody(workspace: Workspace, model_digest: str, tmp_path: Path) -> None:
    adopted(workspace)
    windows(workspace, tmp_path, 1.5, 1.5, 1.5)
    found = loop.audited(workspace, model_digest, actor=OPERATOR)
    assert found is not None
    assert [item.state for item in found.report.norms] == ["within"]
    assert (found.newly, alerts.history(workspace)) == ((), ())
    assert "at most 5 are ever accused" in found.report.promise


def test_a_breach_is_told_once_and_rests_on_evidence(workspace: Workspace, model_digest: str, tmp_path: Path) -> None:
    adopted(workspace)
    windows(workspace, tmp_path, 0.0, 12.0, 12.0, 12.0)
    found = loop.audited(workspace, model_digest, actor=OPERATOR)
    assert found is not None
    (one,) = found.newly
    (step,) = alerts.history(workspace)
    assert (step.alert, step.rule, step.state, step.evidence) == (
        one.name,
        "norm:parity-sex",
        "observed",
        found.evidence,
    )
    assert "sex=F against sex=M" in step.reason
    assert found.report.norms[0].accused[0].group == "sex=F"
    window(workspace, tmp_path / "more.csv", people(200, 12.0))
    again = loop.audited(workspace, model_digest, actor=OPERATOR)
    assert again is not None
    assert again.evidence != found.evidence
    assert len(alerts.history(workspace)) == 1
    alerts.confirm(workspace, one.name, "Seen in the branches.", member="ines", passphrase=secret("ines"))
    assert loop.latest(workspace, model_digest).newly == ()  # type: ignore[union-attr]
    assert loop.latest(workspace, model_digest).alerts[0].alert.state == "confirmed"  # type: ignore[union-attr]


def test_windows_from_before_the_norms_or_the_version_never_accuse(
    workspace: Workspace, model_digest: str, tmp_path: Path
) -> None:
    windows(workspace, tmp_path, 12.0, 12.0, 12.0)
    adopted(workspace)
    found = loop.audited(workspace, model_digest, actor=OPERATOR)
    assert found is not None
    assert [item.state for item in found.report.norms] == ["not_yet"]
    assert found.report.windows == ()


def test_other_norms_are_answered_from_the_tallies_as_an_outlook(
    workspace: Workspace, model_digest: str, tmp_path: Path
) -> None:
    adopted(workspace, replace(NORMS, norms=(replace(RULE, limit="0.90"),)))
    windows(workspace, tmp_path, 12.0, 12.0, 12.0)
    found = loop.audited(workspace, model_digest, actor=OPERATOR)
    assert found is not None
    assert found.report.norms[0].state == "within"
    entries = workspace.read().count()
    stricter = loop.outlook(workspace, model_digest, NORMS)
    assert (stricter.outlook, stricter.norms[0].state) == (True, "in_breach")
    assert "No error rate holds" in stricter.promise
    assert workspace.read().count() == entries


def test_the_same_people_with_labels_that_came_later_count_once(
    workspace: Workspace, model_digest: str, tmp_path: Path
) -> None:
    both = replace(NORMS, norms=(RULE, replace(RULE, id="opportunity", metric="equal_opportunity")))
    adopted(workspace, both)
    frame = people(7)
    window(workspace, tmp_path / "week.csv", frame.drop(columns="good"), Schema(sensitive=("sex",)))
    window(workspace, tmp_path / "labelled.csv", frame)
    found = loop.audited(workspace, model_digest, actor=OPERATOR)
    assert found is not None
    assert [(item.decisions, item.labels) for item in found.report.windows] == [(True, False), (False, True)]
    assert "registered again" in found.report.windows[1].note
    assert [item.state for item in found.report.norms] == ["not_yet", "not_yet"]


def test_a_window_that_cannot_be_counted_is_shown(workspace: Workspace, model_digest: str, tmp_path: Path) -> None:
    adopted(workspace)
    window(workspace, tmp_path / "bare.csv", people(3)[["age", "income", "sex"]], Schema())
    found = loop.audited(workspace, model_digest, actor=OPERATOR)
    assert found is not None
    assert "needs: sensitive" in found.report.windows[0].note
    assert found.report.norms[0].state == "not_yet"


def test_a_guest_audits_nothing(workspace: Workspace, model_digest: str) -> None:
    adopted(workspace)
    with pytest.raises(RuleError, match="A guest reads"):
        loop.audited(workspace, model_digest, actor=GUEST)


def test_a_watch_audits_and_the_audit_can_be_frozen_and_replayed(
    workspace: Workspace, model_digest: str, tmp_path: Path
) -> None:
    adopted(workspace)
    digests = windows(workspace, tmp_path, 12.0, 12.0, 12.0)
    evaluation = workspace.read().datasets()[0].digest
    told = watch.watch(workspace, Choice(model_digest, digests[-1], evaluation), actor=proven("lars"))
    assert told.norms is not None
    assert [item.norm for item in told.norms.newly] == ["parity-sex"]
    stored = fold.folded(workspace, _evidence(workspace, told.norms.evidence).key)
    assert stored.result == _evidence(workspace, told.norms.evidence).result
    assert state(workspace).norms == NORMS.digest


def test_corrections_become_versions_with_a_parent_and_a_new_promise(
    workspace: Workspace, model_digest: str, tmp_path: Path
) -> None:
    adopted(workspace, replace(NORMS, group_at_use="allowed", most_changed="0.3"))
    windows(workspace, tmp_path, 12.0, 12.0, 12.0)
    with pytest.raises(RefusedInputError, match="Nothing is audited"):
        propose.propose(workspace, model_digest, actor=OPERATOR)
    loop.audited(workspace, model_digest, actor=OPERATOR)
    with pytest.raises(RefusedInputError, match="No breach of 'other' is proven"):
        propose.propose(workspace, model_digest, actor=OPERATOR, norm="other")
    with pytest.raises(RuleError, match="A guest reads"):
        propose.propose(workspace, model_digest, actor=GUEST)
    before = workspace.read().model(model_digest)
    found = propose.propose(workspace, model_digest, actor=proven("lars"))
    assert [item.candidate.changed for item in found.candidates] == sorted(
        i.candidate.changed for i in found.candidates
    )
    version = workspace.read().model(found.candidates[0].model)
    assert version is not None
    assert (version.parent, version.provenance["norms"]) == (model_digest, norms.in_force(workspace).digest)  # type: ignore[union-attr]
    assert version.provenance["evidence"] == found.evidence
    assert workspace.read().model(model_digest) == before
    again = propose.propose(workspace, model_digest, actor=proven("lars"))
    assert [item.model for item in again.candidates] == [item.model for item in found.candidates]
    assert loop.windows(workspace, version.digest) == ()
    window(workspace, tmp_path / "next-1.csv", people(300, 12.0))
    window(workspace, tmp_path / "next-2.csv", people(301, 12.0))
    after = loop.audited(workspace, version.digest, actor=OPERATOR)
    assert after is not None
    assert [item.state for item in after.report.norms] == ["within"]
    parent = loop.audited(workspace, model_digest, actor=OPERATOR)
    assert parent is not None
    assert [item.state for item in parent.report.norms] == ["in_breach"]


def test_norms_that_forbid_to_ask_the_group_register_the_blind_twin_alone(
    workspace: Workspace, model_digest: str, tmp_path: Path
) -> None:
    adopted(workspace)
    windows(workspace, tmp_path, 12.0, 12.0, 12.0)
    loop.audited(workspace, model_digest, actor=OPERATOR)
    found = propose.propose(workspace, model_digest, actor=OPERATOR)
    assert {item.candidate.kind: bool(item.model) for item in found.candidates if item.candidate.needs_group} == {
        "offset": False,
        "both_sides": False,
    }
    assert all("forbid" in item.reason for item in found.candidates if item.candidate.needs_group)


def test_a_breach_in_one_window_alone_waits_for_the_next(
    workspace: Workspace, model_digest: str, tmp_path: Path
) -> None:
    adopted(workspace, replace(NORMS, group_at_use="allowed"))
    windows(workspace, tmp_path, 1.5, 1.5, 1.5)
    loop.audited(workspace, model_digest, actor=OPERATOR)
    with pytest.raises(RefusedInputError, match="No breach is proven, so there is nothing to correct"):
        propose.propose(workspace, model_digest, actor=OPERATOR)


def test_a_frozen_audit_is_replayed_from_its_tallies(workspace: Workspace, model_digest: str, tmp_path: Path) -> None:
    adopted(workspace)
    windows(workspace, tmp_path, 1.5, 1.5)
    found = loop.audited(workspace, model_digest, actor=OPERATOR)
    assert found is not None
    words = review.CaseWords("People 1.0", "May it be used?", (model_digest,), "limited", owner="lars")
    case = review.open_case(workspace, words, actor=proven("lars"))
    asked = policy.from_toml(policy.template())
    evaluation = workspace.read().datasets()[0].digest
    measured = assess.now(workspace, subjects.task(workspace, "performance.summary", Choice(model_digest, evaluation)))
    review.freeze(workspace, case, (found.evidence, measured.digest), actor=proven("lars"), policy=asked)
    again = {item.method: item.outcome for item in replay(workspace, case)}
    assert again == {"fairness.norms": "identical", "performance.summary": "identical"}


def _evidence(workspace: Workspace, digest: str) -> Evidence:
    return Evidence.from_bytes(workspace.blobs.read(digest))


def test_what_waiting_cost_ends_with_the_answer(workspace: Workspace, model_digest: str, tmp_path: Path) -> None:
    adopted(workspace)
    with pytest.raises(RefusedInputError, match="never audited"):
        regret.report(workspace, model_digest)
    windows(workspace, tmp_path, 0.0, 12.0, 12.0, 12.0)
    standing = loop.audited(workspace, model_digest, actor=OPERATOR)
    assert standing is not None
    (open_,) = regret.report(workspace, model_digest)
    assert (open_.norm, open_.ended, open_.board) == ("parity-sex", False, 0)
    frames = [people(100 + week, 12.0) for week in range(open_.since, 4)]
    assert open_.people == sum((frame["sex"] == open_.group[-1]).sum() for frame in frames)
    alerts.override(workspace, standing.newly[0].name, "A campaign.", member="ines", passphrase=secret("ines"))
    window(workspace, tmp_path / "later.csv", people(900, 12.0))
    loop.audited(workspace, model_digest, actor=OPERATOR)
    (closed,) = regret.report(workspace, model_digest)
    assert (closed.ended, closed.people) == (True, open_.people), "the window after the answer counts no more"
