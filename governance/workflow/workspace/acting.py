"""Who acts, and how that was shown: a name that was only chosen writes nothing.

Three kinds of acts (SECURITY.md says so to operators):

    a member's own key    votes, comments, declarations, conditions, appeals, waivers, charters, alerts: `signer` of `act`
    light acts            what a member does after the passphrase opened a session for the day, or what the operator of the
                          machine does by the command line: open, freeze and start a case, register, put thresholds or a
                          contract to use, measure, watch, export. The record key signs; the entry names the person.
    numbers               runs on what is registered: a guest may ask for them. The entry names the service.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from governance.evidence import RuleError
from governance.review import SERVICE, BoardState, require_member
from storage import Workspace

Proof = Literal["passphrase", "operator", "none"]


@dataclass(frozen=True, slots=True)
class Acting:
    """The person for whom a verb works; made by `with_passphrase`, or one of the two constants below."""

    id: str
    """Member id, or "service": whom the entry names."""
    proof: Proof
    """How the person was shown to be that: a passphrase, the run of the machine itself, or not at all."""


OPERATOR: Final = Acting(SERVICE, "operator")
"""Whoever runs the command line on the machine of the workspace, where the record says "service"."""
GUEST: Final = Acting(SERVICE, "none")
"""Whoever came in without a passphrase: reads, and asks for numbers."""


def with_passphrase(workspace: Workspace, member: str, passphrase: str) -> Acting:
    """Return the member, shown by the passphrase that opens the member's own key.

    Raises:
        RefusedInputError: the member has no live key, the passphrase does not open it, or too many did not.
    """
    workspace.unlock(member, passphrase)
    return Acting(member, "passphrase")


def require_act(board: BoardState, actor: Acting) -> None:
    """Raise RuleError unless the person may write: a member whom a passphrase has shown, or the operator."""
    if actor.proof not in ("passphrase", "operator"):
        raise RuleError(
            "A guest reads and asks for numbers, and changes nothing.",
            "Come in as a member, with your passphrase; or ask to become one.",
        )
    require_number(board, actor)


def require_number(board: BoardState, actor: Acting) -> None:
    """Raise RuleError unless the person may ask for a run on what is registered: anybody whom the record can name."""
    if actor.id != SERVICE:
        require_member(board, actor.id)
