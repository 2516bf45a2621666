"""A member who sits in front of a page that is drawn without a browser."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from governance.workflow.review import members
from governance.workflow.workspace import seats
from storage.workspace import Workspace

MEMBER, PASSPHRASE = "ada", "ada's own passphrase"


def enrolled(workspace: Workspace, root_passphrase: str) -> Workspace:
    """Return the workspace with one member more, the chair."""
    root = workspace.unlock_root(root_passphrase)
    members.enrol(workspace, MEMBER, "Ada", ("chair",), passphrase=PASSPHRASE, root=root)
    return workspace


def sat_down(drawn: AppTest, workspace: Workspace, member: str = MEMBER, passphrase: str = PASSPHRASE) -> AppTest:
    """Let a member sit in front of the page."""
    drawn.session_state["countersign.seat"] = seats.sit(workspace, member, passphrase)
    return drawn
