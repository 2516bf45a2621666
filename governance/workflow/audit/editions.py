"""Put a later edition of the board's rules in force."""

from __future__ import annotations

from governance.review import edition_of, events, require_text
from governance.workflow.workspace.act import act
from storage import Workspace


def adopt(workspace: Workspace, edition: int, reason: str, *, root_passphrase: str) -> int:
    """Record, signed with the root key, that a later edition holds from the next entry on; return the index of the entry.

    Raises:
        RefusedInputError: the reason is empty.
        RuleError: this program does not know the edition, or it is not later than the one in force.
        CountersignError: the passphrase does not open the root key.
    """
    edition_of(edition)
    require_text("reason", reason)
    return act(
        workspace,
        lambda unit, _state, _time: events.RulesAdopted(edition, events.TextRef(**unit.text(reason))),
        signer=workspace.unlock_root(root_passphrase),
    )
