"""Members, keys and witnesses as the audit page shows them, and the forms that change them."""

from __future__ import annotations

from typing import Final, get_args

import pandas as pd
import streamlit as st

from governance.review.fields import Role
from governance.workflow import keys, members, places
from pages._ui import errors, tables
from pages._ui.text import join, plain, short, shown
from storage.entities import Key, Member
from storage.ledger.note import Verifier

ROLES: Final = get_args(Role)
PURPOSES: Final = {
    "root": "Admits keys and members",
    "record": "Signs the service's entries",
    "log": "Signs checkpoints",
    "member": "Personal",
}
SERVICES: Final = {
    "Service: signs its entries": "record", "Service: signs checkpoints": "log", "Root: admits keys and members": "root",
}  # fmt: skip
"""Keys of the workspace itself, in words -> their purpose."""


def standing(found: tuple[Member, ...], witnesses: tuple[Verifier, ...]) -> str:
    """Return who may act as a sentence in markdown."""
    people = "Nobody is a member yet" if not found else f"{len(found)} members may act"
    if len(found) == 1:
        people = "One member may act"
    outside = "no witness outside keeps watch" if not witnesses else f"{len(witnesses)} outside keep watch as witnesses"
    return f"{people}, each with a key of their own; {outside}."


def people(found: tuple[Member, ...]) -> None:
    """Draw the members as a table."""
    frame = pd.DataFrame(
        {
            "name": [shown(item.name.shown) for item in found],
            "id": [item.member for item in found],
            "roles": [join(item.roles) for item in found],
            "key": [short(item.keyid, 16) if item.keyid else "no live key" for item in found],
            "since": [item.added[:10] for item in found],
            "state": ["member" if item.removed is None else f"removed at entry {item.removed}" for item in found],
        }
    )
    columns = {
        "name": tables.words("Name"),
        "id": tables.words("Id"),
        "roles": tables.words("Roles"),
        "key": tables.words("Live key"),
        "since": tables.words("Since"),
        "state": tables.words("State"),
    }
    tables.table(frame, "Members with their roles and live keys", columns)


def all_keys(found: tuple[Key, ...]) -> None:
    """Draw every key that the ledger has known."""
    frame = pd.DataFrame(
        {
            "key": [short(item.keyid, 16) for item in found],
            "owner": [item.owner for item in found],
            "purpose": [PURPOSES.get(item.purpose, item.purpose) for item in found],
            "since": [f"entry {item.index}, {item.added[:10]}" for item in found],
            "state": ["live" if item.revoked is None else str(item.revoked) for item in found],
            "file": ["here" if item.present else "not in this workspace" for item in found],
        }
    )
    columns = {
        "key": tables.words("Key"),
        "owner": tables.words("Owner"),
        "purpose": tables.words("What for"),
        "since": tables.words("Since"),
        "state": tables.words("Until entry"),
        "file": tables.words("Private key"),
    }
    tables.table(frame, "Keys that the ledger has known, the oldest first", columns)


def pins(checkpoint_keys: tuple[Verifier, ...], witnesses: tuple[Verifier, ...]) -> None:
    """Draw the keys that an auditor pins; a checkpoint key that was replaced is still needed for what it has signed."""
    for number, key in enumerate(reversed(checkpoint_keys)):
        st.caption("An earlier checkpoint key, for what it has signed" if number else "Checkpoint key of this ledger")
        st.code(key.vkey, language=None, wrap_lines=True)
    for item in witnesses:
        st.caption(f"Witness {plain(item.name)}")
        st.code(item.vkey, language=None, wrap_lines=True)


def enrol() -> None:
    """Draw the form that enrols a member."""
    with st.form("enrol", clear_on_submit=True, border=False):
        member = st.text_input("Id", help="1 to 64 of a-z, 0-9 and hyphen; it stays for ever.", max_chars=64)
        name = st.text_input("Printed name", help="It stands beside each signature; the text can be erased later.")
        roles = st.multiselect("Roles", ROLES)
        secret = st.text_input("The member's own passphrase", type="password", help="At least 8 characters.")
        root = st.text_input("Passphrase of the root key", type="password", key="root-enrol")
        if st.form_submit_button("Enrol", type="primary", icon=":material/person_add:"):
            with errors.caught():
                place = places.current()
                root_key = place.unlock_root(root)
                members.enrol(place, member, name, tuple(roles), passphrase=secret, root=root_key)
                _said(f"{name} is a member and has a key.")


def rotate(found: tuple[Member, ...]) -> None:
    """Draw the form that puts a new key in the place of a member's or of one of the workspace's own."""
    st.caption("What the old key signed stays valid: a signature counts by its place in the ledger.")
    whose = st.selectbox("Whose key", [*(item.member for item in found), *SERVICES], key="whose-key")
    purpose = SERVICES.get(str(whose), "member")
    with st.form("rotate", clear_on_submit=True, border=False):
        secret = ""
        if purpose in ("member", "root"):
            secret = st.text_input("The new passphrase of this key", type="password", help="At least 8 characters.")
        if purpose == "log":
            st.caption(
                "Hand out new trust files afterwards: auditors and witnesses must learn of the new key from you."
            )
        root = st.text_input("Passphrase of the root key as it is now", type="password", key="root-rotate")
        if st.form_submit_button("Replace the key", icon=":material/key:"):
            with errors.caught():
                _replace(purpose, str(whose), secret, root)
                _said("There is a new key in its place.")


def _replace(purpose: str, member: str, secret: str, root: str) -> None:
    place = places.current()
    if purpose == "record":
        keys.rotate_record_key(place, root_passphrase=root)
    elif purpose == "log":
        keys.rotate_log_key(place, root_passphrase=root)
    elif purpose == "root":
        keys.rotate_root_key(place, passphrase=secret, root_passphrase=root)
    else:
        keys.rotate_member_key(place, member, passphrase=secret, root_passphrase=root)


def revoke(found: tuple[Key, ...]) -> None:
    """Draw the form that revokes a key."""
    live = {f"{item.owner}, {short(item.keyid, 16)}": item.keyid for item in found if item.revoked is None}
    with st.form("revoke", clear_on_submit=True, border=False):
        st.caption("From the next entry on the key signs nothing. This cannot be taken back; a new key can be added.")
        chosen = st.selectbox("Key", list(live))
        reason = st.text_input("Why")
        root = st.text_input("Passphrase of the root key", type="password", key="root-revoke")
        if st.form_submit_button("Revoke the key", icon=":material/block:"):
            with errors.caught():
                keys.revoke_key(places.current(), live[str(chosen)], reason, root_passphrase=root)
                _said("The key is revoked.")


def trust_witness() -> None:
    """Draw the form that makes a witness known here."""
    with st.form("witness", clear_on_submit=True, border=False):
        st.caption("A witness is somebody outside who runs `countersign witness` on each export and sends it back.")
        vkey = st.text_input("Verifier key of the witness")
        cosigned = st.file_uploader("Checkpoint that the witness cosigned", max_upload_size=1)
        if st.form_submit_button("Keep", icon=":material/visibility:"):
            with errors.caught():
                place = places.current()
                if vkey.strip():
                    place.trust_witness(vkey.strip())
                count = place.add_cosignatures(cosigned.getvalue()) if cosigned else len(place.witnesses())
                _said(f"{count} known witnesses {'signed it' if cosigned else 'are kept'}.")


def _said(words: str) -> None:
    st.toast(plain(words), icon=":material/check_circle:")
    st.rerun()
