"""After a restore: say in the ledger itself that lines were lost, and let the service sign again."""

from __future__ import annotations

from governance.evidence import RefusedInputError
from governance.review import require_text
from governance.workflow.workspace import OPERATOR, clock, clock_confirmed, remark
from storage import Workspace


def restored(workspace: Workspace, reason: str, *, root_passphrase: str) -> int:
    """Record that this ledger was put back from an older copy, and return the index of the entry.

    Whoever holds a checkpoint over the lines that were lost will see that history differs: this entry tells them why, and hides nothing.

    Raises:
        RefusedInputError: the reason is empty, the passphrase does not open the root key, or the ledger continues what was signed.
    """
    require_text("reason", reason)
    workspace.unlock_root(root_passphrase)
    lost = workspace.broken_off()
    if lost is None:
        raise RefusedInputError("The ledger continues what was signed last.", "There is nothing to be restored.")
    words = f"Put back from an older copy. A checkpoint over {lost.size} lines with the root {lost.root.hex()} was signed before. {reason}"
    with workspace.write(restoring=lost) as unit:
        # An older copy has an older last entry; who gives the root passphrase is a person, and says that the clock is right.
        confirmed = clock_confirmed.noted(workspace, unit, OPERATOR)
        at = confirmed[1] if confirmed else clock.time_of_entry(workspace, unit.last_time)
        index = remark(workspace, unit, words, actor=OPERATOR, at=at)
        unit.commit()
    if confirmed:
        clock.remember(workspace, *confirmed)
    workspace.checkpoint()
    return index
