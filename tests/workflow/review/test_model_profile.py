"""What the newest recorded results say of a model."""

from __future__ import annotations

from governance.workflow.assess import assess
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
