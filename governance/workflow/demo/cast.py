"""The members of the demonstration: roles, not people, whose passphrase is printed on the screens."""

from __future__ import annotations

from typing import Final

from governance.review import Role
from governance.workflow.workspace import Acting
from storage import Workspace

ORGANISATION: Final = "Countersign demonstration"
PASSPHRASE: Final = "demonstration"  # noqa: S105 - printed on every screen of the demonstration
"""Passphrase of every member of the demonstration and of its root key."""

CAST: Final[tuple[tuple[str, str, tuple[Role, ...]], ...]] = (
    ("demo-chair", "Demo chair", ("chair",)),
    ("demo-validator", "Demo validator", ("validator",)),
    ("demo-lay", "Demo lay member", ("lay",)),
    ("demo-owner", "Demo model owner", ("owner",)),
    ("demo-member", "Demo member", ("member",)),
    ("demo-second-member", "Demo second member", ("member",)),
)
OWNER: Final = Acting("demo-owner", "passphrase")
"""Who registers and opens in the demonstration."""
SIGNING: Final = ("demo-chair", "demo-validator", "demo-lay")
"""Who signs the charter: more than half of the board. They also vote on the cases that are decided; the other two can rule on an appeal."""


def passphrase_on_screen(workspace: Workspace) -> str:
    """Return the passphrase that opens every seat of a demonstration, "" for a workspace that is none."""
    return PASSPHRASE if workspace.origin.startswith(ORGANISATION.replace(" ", "-") + "/") else ""
