"""The words of a data set, kept for everybody who looks at it; no record, since results keep the names of the file."""

from __future__ import annotations

from typing import Final

from governance.data import Dictionary, dictionary as words
from governance.evidence import RefusedInputError
from governance.runs import open_data
from governance.workflow.workspace import subjects
from governance.workflow.workspace.act import state
from governance.workflow.workspace.acting import Acting, require_act
from governance.workflow.workspace.clock import now
from storage import Aid, Aids, Workspace

KIND: Final = "words"
EVERY: Final = "every model"
"""Under what name the words for every model are kept; those for one model under its digest."""


def of(workspace: Workspace, data: str, model: str = "") -> Dictionary:
    """Return the words for a data set and a model: those for the model alone, else those for every model, else none."""
    found = {item.name: item.content for item in Aids(workspace.engine).all(KIND, data)}
    text = found.get(model) if model else None
    return words.from_toml(text or found.get(EVERY, ""))


def keep(workspace: Workspace, data: str, dictionary: Dictionary, *, actor: Acting, model: str = "") -> None:
    """Keep the words of a data set in place of those before.

    Raises:
        RuleError: the actor is a guest.
        RefusedInputError: a column that the data do not have, two columns of one name, or a word that is too long.
    """
    require_act(state(workspace), actor)
    columns = open_data(subjects.data_file(workspace, data)).columns
    strange = [item.column for item in words.checked(dictionary).columns if item.column not in columns]
    if strange:
        raise RefusedInputError(
            f"The words name {strange[0]!r}, which the data do not have ({len(strange)} such columns).",
            f"Columns of the data: {', '.join(columns)}.",
        )
    aid = Aid(kind=KIND, data=data, name=model or EVERY, content=words.to_toml(dictionary), actor=actor.id)
    Aids(workspace.engine).keep(aid, now(), replace=True)


def forget(workspace: Workspace, data: str, *, actor: Acting, model: str = "") -> None:
    """Forget the words of a data set; the names of the file are shown again.

    Raises:
        RuleError: the actor is a guest.
    """
    require_act(state(workspace), actor)
    Aids(workspace.engine).discard(KIND, data, model or EVERY)
