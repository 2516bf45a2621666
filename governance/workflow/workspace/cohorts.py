"""Cohorts as things: a filter with a name, kept for everybody who looks at the same data set.

A cohort is an aid of analysis: it says who kept it and when, and signs nothing. What is frozen with evidence is its filter, which
stands in the key of the result, so that another name, or none, changes no decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from governance.data import parse
from governance.evidence import RefusedInputError
from governance.runs import open_data
from governance.workflow.workspace import subjects
from governance.workflow.workspace.act import state
from governance.workflow.workspace.acting import Acting, require_act
from governance.workflow.workspace.clock import now
from storage import Aid, Aids, Workspace

KIND: Final = "cohort"
LONGEST_NAME: Final = 80
"""Characters."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Rows with a name."""

    name: str
    """As a person wrote it; shown letter by letter, never as markup."""
    rows: str
    """The filter."""
    actor: str
    """Member id of who kept it."""
    saved: str
    """When."""


def kept(workspace: Workspace, data: str) -> tuple[Cohort, ...]:
    """Return the cohorts of a data set by name."""
    return tuple(
        Cohort(name=item.name, rows=item.content, actor=item.actor, saved=item.saved)
        for item in Aids(workspace.engine).all(KIND, data)
    )


def keep(workspace: Workspace, data: str, *, name: str, rows: str, actor: Acting) -> Cohort:
    """Keep a filter under a name.

    Raises:
        RuleError: the actor is a guest.
        RefusedInputError: the name is empty, too long or taken; the filter cannot be read, names a column that the data do not have,
            or means all rows.
    """
    require_act(state(workspace), actor)
    called = named(name)
    if parse(rows) is None:
        raise RefusedInputError("The cohort has no condition: it would be all rows.", "Give at least one condition.")
    if open_data(subjects.data_file(workspace, data, rows)).n_rows == 0:
        raise RefusedInputError(f"No row of the data satisfies {rows!r}.", "Widen the conditions.")
    Aids(workspace.engine).keep(Aid(kind=KIND, data=data, name=called, content=rows, actor=actor.id), now())
    return next(item for item in kept(workspace, data) if item.name == called)


def rename(workspace: Workspace, data: str, *, old: str, new: str, actor: Acting) -> None:
    """Give a cohort another name.

    Raises:
        RuleError: the actor is a guest.
        RefusedInputError: there is none of the old name; the new one is empty, too long or taken.
    """
    require_act(state(workspace), actor)
    Aids(workspace.engine).rename(KIND, data, (old, named(new)))


def delete(workspace: Workspace, data: str, *, name: str, actor: Acting) -> None:
    """Forget a cohort; links and evidence hold the filter itself and stay as they are.

    Raises:
        RuleError: the actor is a guest.
    """
    require_act(state(workspace), actor)
    Aids(workspace.engine).discard(KIND, data, name)


def named(name: str) -> str:
    """Return a name without blanks around it and on one line.

    Raises:
        RefusedInputError: it is empty or longer than 80 characters.
    """
    found = " ".join(name.split())
    if not 0 < len(found) <= LONGEST_NAME:
        raise RefusedInputError(
            f"The name has {len(found)} characters, expected 1 to {LONGEST_NAME}.", "Give the rows a short name."
        )
    return found
