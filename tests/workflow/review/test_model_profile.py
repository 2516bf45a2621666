"""What the newest recorded results say of a model."""

from __future__ import annotations

import onnx
import pytest

from governance.evidence import RefusedInputError
from governance.workflow.assess import assess
from governance.workflow.registry import register
from governance.workflow.review import model_profile
from governance.workflow.workspace import OPERATOR, subjects


def test_the_profile_draws_the_newest_result_about_all_rows_and_names_what_was_never_measured(
    workspace, registered
) -> None:
    nothing = model_profile.profile(workspace, registered[0])
    assert nothing.brief.pictures == ()
    assert nothing.missing == (
        "performance.summary",
        "fairness.by_group",
        "explain.global",
        "drift.columns",
        "stress.worst",
        "serving.attest",
        "serving.latency",
    )
    whole = assess.now(
        workspace, subjects.task(workspace, "performance.summary", subjects.Choice(*registered)), actor=OPERATOR
    )
    old = subjects.Choice(*registered, cohort="age >= 60")
    assess.now(workspace, subjects.task(workspace, "performance.summary", old), actor=OPERATOR)
    found = model_profile.profile(workspace, registered[0])
    (picture,) = found.brief.pictures
    assert picture.evidence == whole.digest, "the cohort that was measured later is not the model as a whole"
    source = found.sources[whole.digest]
    entry = next(
        item for item in workspace.read().entries(types=("evidence.recorded",)) if item.body["digest"] == whole.digest
    )
    assert source.entry == entry.index
    assert source.data == tuple(item.name for item in workspace.read().datasets() if item.digest == registered[1])
    assert found.missing == nothing.missing[1:]


def test_what_a_copy_changes_is_missing_of_copies_alone(workspace, registered, model, tmp_path) -> None:
    data = onnx.load_from_string(model.read_bytes())
    data.doc_string = "a copy"
    (tmp_path / "copy.onnx").write_bytes(data.SerializeToString())
    said = register.ModelWords("Copy", "1", "lars", "Ranks applications.", "high", derived_from=registered[0])
    copy = register.register_model(workspace, tmp_path / "copy.onnx", said, actor=OPERATOR)
    assert "serving.derive" in model_profile.profile(workspace, copy).missing
    assert workspace.read().model(copy).provenance["derived_from"] == registered[0]
    lost = register.ModelWords("Copy", "2", "lars", "Ranks applications.", "high", derived_from="0" * 64)
    with pytest.raises(RefusedInputError, match="The model that it derives from, '0000"):
        register.register_model(workspace, tmp_path / "copy.onnx", lost, actor=OPERATOR)
