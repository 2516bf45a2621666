"""The people of the workflow tests."""

from __future__ import annotations

ROOT_SECRET = "root passphrase"
MEMBERS = {
    "ines": ("Ines", ("chair", "member")),
    "jonas": ("Jonas", ("validator", "member")),
    "kemi": ("Kemi", ("lay",)),
    "lars": ("Lars", ("owner",)),
}


def secret(member: str) -> str:
    return f"{member} passphrase"
