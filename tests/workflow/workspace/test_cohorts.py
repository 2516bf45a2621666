"""Cohorts with a name: kept with who and when, for one data set, and never as a signed act."""

from __future__ import annotations

import pytest

from governance.evidence.errors import RefusedInputError, RuleError
from governance.workflow.workspace import cohorts
from governance.workflow.workspace.acting import GUEST, OPERATOR
from storage.workspace import Workspace
from tests.workflow.people import proven


@pytest.fixture
def data(registered: tuple[str, str]) -> str:
    return registered[1]


def test_a_cohort_is_kept_with_who_and_when_and_leaves_the_ledger_alone(workspace: Workspace, data: str) -> None:
    before = workspace.read().head().size
    found = cohorts.keep(
        workspace, data, name="  Older \n women ", rows='age >= 60 and sex = "F"', actor=proven("lars")
    )
    assert (found.name, found.rows, found.actor) == ("Older women", 'age >= 60 and sex = "F"', "lars")
    assert found.saved.startswith("20")
    assert cohorts.kept(workspace, data) == (found,)
    assert cohorts.kept(workspace, "0" * 64) == ()
    assert workspace.read().head().size == before


def test_cohorts_are_renamed_and_forgotten(workspace: Workspace, data: str) -> None:
    for name in ("b", "a"):
        cohorts.keep(workspace, data, name=name, rows="age > 60", actor=OPERATOR)
    cohorts.rename(workspace, data, old="a", new="c", actor=OPERATOR)
    assert [item.name for item in cohorts.kept(workspace, data)] == ["b", "c"]
    with pytest.raises(RefusedInputError, match="'b' is taken"):
        cohorts.rename(workspace, data, old="c", new="b", actor=OPERATOR)
    with pytest.raises(RefusedInputError, match="There is no cohort 'a'"):
        cohorts.rename(workspace, data, old="a", new="z", actor=OPERATOR)
    cohorts.delete(workspace, data, name="b", actor=OPERATOR)
    assert [item.name for item in cohorts.kept(workspace, data)] == ["c"]


@pytest.mark.parametrize(
    ("name", "rows", "words"),
    [
        ("", "age > 60", "0 characters, expected 1 to 80"),
        ("x" * 81, "age > 60", "81 characters"),
        ("all", "  ", "no condition"),
        ("none", "age > 6000", "No row of the data satisfies"),
        ("wrong", "ages > 60", "No column 'ages'"),
        ("broken", "age >", "ends where a value"),
    ],
)
def test_what_is_no_cohort_is_refused_with_the_reason(
    workspace: Workspace, data: str, name: str, rows: str, words: str
) -> None:
    with pytest.raises(RefusedInputError) as error:
        cohorts.keep(workspace, data, name=name, rows=rows, actor=OPERATOR)
    assert words in str(error.value)
    assert cohorts.kept(workspace, data) == ()


def test_a_name_is_kept_letter_by_letter_and_taken_once(workspace: Workspace, data: str) -> None:
    hostile = "<script>:material/check: [x](javascript:1) '; DROP TABLE aid --"
    cohorts.keep(workspace, data, name=hostile, rows="age > 60", actor=OPERATOR)
    assert cohorts.kept(workspace, data)[0].name == hostile
    with pytest.raises(RefusedInputError, match="is taken"):
        cohorts.keep(workspace, data, name=hostile, rows="age > 61", actor=OPERATOR)


def test_a_guest_keeps_nothing(workspace: Workspace, data: str) -> None:
    with pytest.raises(RuleError):
        cohorts.keep(workspace, data, name="mine", rows="age > 60", actor=GUEST)
