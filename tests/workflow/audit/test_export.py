"""From a vote to an export that verifies on its own, and what follows a decision."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from governance.dossier import bundle
from governance.dossier.bundle import write_folder, zip_bytes
from governance.dossier.verify import verify
from governance.evidence.errors import CountersignError, RefusedInputError, RuleError
from governance.review import policy
from governance.workflow.assess import assess
from governance.workflow.audit import export
from governance.workflow.review import after_decision, review
from governance.workflow.workspace import clock, subjects
from governance.workflow.workspace.act import state
from governance.workflow.workspace.acting import OPERATOR
from storage.times import rfc3339
from storage.workspace import Workspace
from tests.workflow.people import proven, secret


@pytest.fixture
def decided(board: Workspace, registered: tuple[str, str]) -> str:
    words = review.CaseWords("People 1.0", "May it be used?", (registered[0],), "limited", owner="lars")
    case = review.open_case(board, words, actor=proven("lars"))
    found = assess.now(board, subjects.task(board, "performance.summary", subjects.Choice(*registered)))
    review.freeze(board, case, (found.digest,), actor=proven("lars"), policy=policy.from_toml(policy.template()))
    review.start(board, case, actor=proven("lars"))
    due = rfc3339(clock.now() + timedelta(days=90))
    asked = (review.ConditionWords("Measure again in spring.", "lars", due),)
    for member, choice, conditions in (
        ("ines", "approve", ()),
        ("jonas", "approve_with_conditions", asked),
        ("kemi", "reject", ()),
    ):
        review.declare(board, case, member=member, passphrase=secret(member), conflict=False)
        bundle = state(board).case(case).bundle
        review.vote(
            board, case, choice, member=member, passphrase=secret(member), bundle=bundle,
            rationale="My reason.", conditions=conditions,
        )  # fmt: skip
    review.decide(board, case, rationale="Two of three.", scope="The stated use.")
    return case


def checked(board: Workspace, folder: Path, case: str | None, *, texts: bool = True) -> dict[str, object]:
    made = export.export(board, actor=OPERATOR, case=case, texts=texts)
    name = hashlib.sha256(str((case, texts)).encode()).hexdigest()[:8]
    write_folder(made.files, folder / name)
    (folder / "trust.json").write_bytes(export.trust(board))
    (folder / f"{name}.zip").write_bytes(zip_bytes(made.files, made.name))
    answer = verify(folder / name, folder / "trust.json", [])
    assert verify(folder / f"{name}.zip", folder / "trust.json", []) == answer
    return answer


def test_exports_of_a_real_workspace_verify_with_and_without_texts(
    board: Workspace, decided: str, tmp_path: Path
) -> None:
    before = board.read().head().size
    for case, texts in ((None, True), (decided, True), (decided, False)):
        answer = checked(board, tmp_path, case, texts=texts)
        assert answer["valid"], answer["reason"]
        assert answer["cases"] == {decided: "conditional"}
    assert board.read().head().size == before + 3
    with pytest.raises(RuleError, match="no case"):
        export.export(board, actor=OPERATOR, case="unknown")


def test_an_export_is_recorded_once_it_is_on_disk_and_a_failed_one_is_not(
    board: Workspace, decided: str, tmp_path: Path
) -> None:
    before = board.read().head().size
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").write_text("x")
    with pytest.raises(RefusedInputError, match="exists already"):
        export.save(board, tmp_path / "taken", actor=OPERATOR, case=decided)
    with pytest.raises((CountersignError), match="stranger"):
        export.save(board, tmp_path / "mine", actor=proven("stranger"), case=decided)
    assert board.read().head().size == before
    assert not (tmp_path / "mine").exists()
    made = export.save(board, tmp_path / "mine", actor=proven("lars"), case=decided)
    last = board.read().entries(types=("export.made",))[-1]
    assert (last.actor, last.body["case"], last.body["size"], last.body["files"]) == (
        "lars",
        decided,
        made.size,
        len(made.files),
    )
    (tmp_path / "trust.json").write_bytes(export.trust(board))
    answer = verify(tmp_path / "mine", tmp_path / "trust.json", [])
    assert answer["valid"], answer["reason"]
    assert made.missing == ()
    assert answer["checkpoint"] == {"size": made.size, "root": last.body["root"]}


def test_a_line_is_read_once_whatever_is_made_of_it(
    board: Workspace, decided: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    one = bundle._read
    monkeypatch.setattr(bundle, "_read", lambda index, line: (read.append(index), one(index, line))[1])
    for case in (None, decided):
        read.clear()
        made = export.pack(board, case=case)
        assert read == list(range(made.size))


def test_evidence_that_is_not_stored_any_more_is_named(board: Workspace, decided: str) -> None:
    gone = state(board).case(decided).frozen.evidence[0].digest  # type: ignore[union-attr]
    board.blobs.path_of(gone).unlink()
    assert export.pack(board, case=decided).missing == (gone,)


def test_an_older_checkpoint_of_an_export_holds_against_a_later_one(
    board: Workspace, decided: str, tmp_path: Path
) -> None:
    first = export.export(board, actor=OPERATOR)
    (tmp_path / "old").write_bytes(first.checkpoint)
    later = export.export(board, actor=OPERATOR, case=decided)
    write_folder(later.files, tmp_path / "later")
    (tmp_path / "trust.json").write_bytes(export.trust(board))
    answer = verify(tmp_path / "later", tmp_path / "trust.json", [tmp_path / "old"])
    assert answer["valid"], answer["reason"]


def test_a_condition_is_submitted_accepted_and_the_case_approved(board: Workspace, decided: str) -> None:
    name = next(iter(state(board).case(decided).conditions))
    after_decision.submit_condition(board, decided, name, "Done.", member="lars", passphrase=secret("lars"))
    with pytest.raises(RuleError, match="does not accept"):
        after_decision.accept_condition(board, decided, name, member="lars", passphrase=secret("lars"))
    after_decision.accept_condition(board, decided, name, member="ines", passphrase=secret("ines"))
    assert state(board).case(decided).status == "approved"


def test_an_appeal_waits_for_a_panel_that_did_not_decide(board: Workspace, decided: str) -> None:
    after_decision.file_appeal(board, decided, "Look again.", member="lars", passphrase=secret("lars"))
    with pytest.raises(RuleError, match="at least 2"):
        after_decision.sign_ruling(
            board,
            decided,
            outcome="approved",
            words="x",
            member="ines",
            passphrase=secret("ines"),
        )
    assert state(board).case(decided).appeal is not None


def test_a_chair_retires_a_case(board: Workspace, decided: str) -> None:
    chair = next(who for who, roles in state(board).members.items() if "chair" in roles)
    after_decision.retire(board, decided, rationale="Replaced.", member=chair, passphrase=secret(chair))
    assert state(board).case(decided).status == "retired"
