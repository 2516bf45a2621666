"""The people of the workflow tests."""

from __future__ import annotations

from governance.workflow.workspace.acting import Acting

ROOT_SECRET = "root passphrase"
MEMBERS = {
    "ines": ("Ines", ("chair", "member")),
    "jonas": ("Jonas", ("validator", "member")),
    "kemi": ("Kemi", ("lay",)),
    "lars": ("Lars", ("owner",)),
}


def secret(member: str) -> str:
    return f"{member} passphrase"


def proven(member: str) -> Acting:
    """Return the member as a passphrase has shown them; what a passphrase shows is tested in test_acting.py."""
    return Acting(member, "passphrase")
