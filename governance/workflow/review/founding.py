"""Opening a workspace: whoever does it becomes its first member, with one passphrase."""

from __future__ import annotations

from pathlib import Path

from governance.evidence import RefusedInputError
from governance.review import Role, require_word
from governance.workflow.review import members
from governance.workflow.workspace import current_workspace, slug
from storage import Workspace


def found(
    organisation: str, name: str, roles: tuple[Role, ...], *, passphrase: str, root: Path | None = None
) -> tuple[Workspace, str]:
    """Make a workspace, enrol its founder, and return both: the workspace and the founder's member id.

    The passphrase opens the founder's own key and the root key, two keys in two files; each can be replaced under another one later.

    Raises:
        RefusedInputError: no name, no role, or an organisation or passphrase that cannot be accepted; nothing was made.
        RuleError: the name gives an id that is reserved; nothing was made.
    """
    require_word("name", name)
    if not roles:
        raise RefusedInputError(
            "No role is given.", "Say what you do: chair, validator, lay, member, owner, developer."
        )
    member = slug(name)
    members.require_free(member)

    def begin(workspace: Workspace) -> None:
        members.enrol(workspace, member, name, roles, passphrase=passphrase, root=workspace.unlock_root(passphrase))

    return current_workspace.create(organisation, passphrase, root, begin=begin), member
