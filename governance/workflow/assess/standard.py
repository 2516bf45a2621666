"""What is measured of a model as soon as it is registered, so that its pages have answers when somebody opens them."""

from __future__ import annotations

from typing import Final

from governance.evidence import CountersignError
from governance.workflow.assess import assess
from governance.workflow.workspace import subjects
from storage import Workspace

STANDARD: Final = ("performance.summary", "fairness.by_group", "explain.global", "performance.segments")
"""Methods with their own defaults, in the order in which a newcomer asks; what the pages of the same names ask for."""
COMPARED: Final = ("drift.harm",)
"""Asked as well where there is something to compare with."""


def begin(workspace: Workspace, choice: subjects.Choice, *, person: str) -> tuple[str, ...]:
    """Start the standard analyses of a choice, without waiting, and return the methods that were asked.

    A method that refuses this choice is left out: its page says why, when it is opened.

    Args:
        workspace: where.
        choice: a model and data; the reference may be missing.
        person: who waits for the answers.
    """
    differs = choice.reference and choice.reference != choice.data
    begun = []
    for method in (*STANDARD, *(COMPARED if differs else ())):
        try:
            assess.request(workspace, subjects.task(workspace, method, choice), person=person)
        except CountersignError:
            continue
        begun.append(method)
    return tuple(begun)
