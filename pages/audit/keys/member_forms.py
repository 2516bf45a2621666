"""Members, keys and witnesses as the audit page shows them, and the forms that change them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, get_args

import pandas as pd
import streamlit as st

from governance.review import Role
from governance.workflow.audit import keys, witnesses
from governance.workflow.review import members, requests
from governance.workflow.workspace import current_workspace
from pages._ui import errors, headings, own_key, session, tables, tongue
from pages._ui.text import join, plain, short, shown
from storage import Key, Member, failures
from storage.ledger import Verifier

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


def standing(found: tuple[Member, ...], outside_keys: tuple[Verifier, ...]) -> str:
    """Return who may act as a sentence in markdown."""
    voice, outside = tongue.voice(), len(outside_keys)
    people = voice.count(len(found), "One member may act, each with a key of their own",
                         "{n} members may act, each with a key of their own")  # fmt: skip
    watch = voice.count(outside, "{n} outside keeps watch as a witness", "{n} outside keep watch as witnesses")
    return (
        f"{people if found else voice.say('Nobody is a member yet')}; "
        f"{watch if outside else voice.say('no witness outside keeps watch')}."
    )


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


def pins(checkpoint_keys: tuple[Verifier, ...], outside_keys: tuple[Verifier, ...]) -> None:
    """Draw the keys that an auditor pins; a checkpoint key that was replaced is still needed for what it has signed."""
    for number, key in enumerate(reversed(checkpoint_keys)):
        st.caption(
            tongue.say("An earlier checkpoint key, for what it has signed")
            if number
            else tongue.say("Checkpoint key of this ledger")
        )
        st.code(key.vkey, language=None, wrap_lines=True)
    for item in outside_keys:
        st.caption(tongue.say("Witness {name}", name=plain(item.name)))
        st.code(item.vkey, language=None, wrap_lines=True)


def admit(waiting: tuple[requests.Request, ...]) -> None:
    """Draw the form with which the root key makes members of those who asked; each has made the key under an own passphrase."""
    if not waiting:
        st.caption(
            tongue.say("Nobody waits. A person asks at the gate, *Ask to become a member*, and makes the key there.")
        )
        return
    named = {item.member: f"{item.name} ({item.member}){', a new key' * item.replaces}" for item in waiting}
    replacing = {item.member for item in waiting if item.replaces}
    for item in waiting:
        what = "for a further key" if item.keeps else "to replace all keys" if item.replaces else "to be admitted"
        st.markdown(
            tongue.say(
                "- **{name}** ({member}) asked on {asked} {what}, with the key `{keyid}`",
                name=plain(item.name),
                member=plain(item.member),
                asked=item.asked[:10],
                what=what,
                keyid=short(item.keyid, 16),
            )
        )
    with st.form("admit", border=False):
        member = st.selectbox(tongue.say("Who asks"), list(named), format_func=lambda key: shown(named[key], 200))
        st.caption(
            tongue.say("Let the person read the digits of the key to you: so nobody else is admitted under that name.")
        )
        roles = st.multiselect(
            tongue.say("Roles"), ROLES, help=tongue.say("For somebody who becomes a member; a new key changes none.")
        )
        root = st.text_input(tongue.say("Passphrase of the root key"), type="password", key="root-admit")
        with st.container(horizontal=True):
            yes = st.form_submit_button(tongue.say("Admit"), type="primary", icon=":material/person_add:")
            no = st.form_submit_button(tongue.say("Refuse"), icon=":material/person_off:")
    if (yes or no) and member in named:
        with errors.caught():
            place = current_workspace.current()
            root_key = place.unlock_root(root)
            if yes and member in replacing:
                requests.admit_key_of(place, member, root=root_key)
            elif yes:
                requests.admit(place, member, tuple(roles), root=root_key)
            else:
                requests.refuse(place, member, root=root_key)
            _said(f"{member} is a member with the key that they made." if yes else "The request is forgotten.")


def remove(found: tuple[Member, ...]) -> None:
    """Draw the form that ends a membership."""
    with st.form("remove", clear_on_submit=True, border=False):
        st.caption(tongue.say("From the next entry on the person acts no more. What they signed stays signed."))
        member = st.selectbox(tongue.say("Member"), [item.member for item in found])
        reason = st.text_input(tongue.say("Why"))
        sure = st.checkbox(tongue.say("I am sure: this person is to act no more."))
        root = st.text_input(tongue.say("Passphrase of the root key"), type="password", key="root-remove")
        if st.form_submit_button(tongue.say("Remove the member"), icon=":material/person_remove:") and _sure(sure=sure):
            with errors.caught():
                place = current_workspace.current()
                members.remove(place, str(member), reason, root=place.unlock_root(root))
                _said(f"{member} is no member any more.")


def _sure(*, sure: bool) -> bool:
    if not sure:
        st.warning(tongue.say("Tick first that you are sure."), icon=":material/edit:")
    return sure


def failed(found: tuple[Member, ...]) -> None:
    """Draw for whom passphrases have failed, where any has."""
    keys_of = current_workspace.current().keyring.folder
    counts = {who: failures(keys_of, who) for who in ("root", *(item.member for item in found))}
    told = [
        f"{plain(who)}: {count.all}, the last at {datetime.fromtimestamp(count.last, UTC):%Y-%m-%d %H:%M} (UTC)"
        for who, count in counts.items()
        if count.all
    ]
    if told:
        headings.aside(tongue.say("Passphrases that did not open a key. {told}.", told="; ".join(told)))


def rotate(member: str) -> None:
    """Draw the form for a new key of the member who sits here, and the one for the workspace's own keys; "" for no member."""
    st.caption(tongue.say("What the old key signed stays valid: a signature counts by its place in the ledger."))
    if member:
        own_key.form((member,))
    whose = st.selectbox(tongue.say("Or a key of the workspace itself"), list(SERVICES), key="whose-key")
    purpose = SERVICES[str(whose)]
    with st.form("rotate", clear_on_submit=True, border=False):
        secret = ""
        if purpose == "root":
            secret = st.text_input(
                tongue.say("The new passphrase of this key"), type="password", help=tongue.say("At least 8 characters.")
            )
        if purpose == "log":
            st.caption(
                tongue.say(
                    "Hand out new trust files afterwards: auditors and witnesses must learn of the new key from you."
                )
            )
        root = st.text_input(tongue.say("Passphrase of the root key as it is now"), type="password", key="root-rotate")
        if st.form_submit_button(tongue.say("Replace the key"), icon=":material/key:"):
            with errors.caught():
                _replace(purpose, secret, root)
                _said("There is a new key in its place.")


def _replace(purpose: str, secret: str, root: str) -> None:
    place = current_workspace.current()
    if purpose == "record":
        keys.rotate_record_key(place, root_passphrase=root)
    elif purpose == "log":
        keys.rotate_log_key(place, root_passphrase=root)
    else:
        keys.rotate_root_key(place, passphrase=secret, root_passphrase=root)


def revoke(found: tuple[Key, ...]) -> None:
    """Draw the form that revokes a key."""
    live = {f"{item.owner}, {short(item.keyid, 16)}": item.keyid for item in found if item.revoked is None}
    with st.form("revoke", clear_on_submit=True, border=False):
        st.caption(
            tongue.say(
                "From the next entry on the key signs nothing. This cannot be taken back; a new key can be added."
            )
        )
        chosen = st.selectbox(tongue.say("Key"), list(live))
        reason = st.text_input(tongue.say("Why"))
        sure = st.checkbox(tongue.say("I am sure: this key is to sign nothing more."))
        root = st.text_input(tongue.say("Passphrase of the root key"), type="password", key="root-revoke")
        if st.form_submit_button(tongue.say("Revoke the key"), icon=":material/block:") and _sure(sure=sure):
            with errors.caught():
                keys.revoke_key(current_workspace.current(), live[str(chosen)], reason, root_passphrase=root)
                _said("The key is revoked.")


def trust_witness() -> None:
    """Draw the form that makes a witness known here."""
    with st.form("witness", clear_on_submit=True, border=False):
        st.caption(
            tongue.say("A witness is somebody outside who runs `countersign witness` on each export and sends it back.")
        )
        vkey = st.text_input(tongue.say("Verifier key of the witness"))
        cosigned = st.file_uploader(tongue.say("Checkpoint that the witness cosigned"), max_upload_size=1)
        if st.form_submit_button(tongue.say("Keep"), icon=":material/visibility:"):
            with errors.caught():
                count = witnesses.keep(
                    current_workspace.current(),
                    vkey.strip(),
                    cosigned.getvalue() if cosigned else b"",
                    actor=session.actor(),
                )
                _said(f"{count} known witnesses {'signed it' if cosigned else 'are kept'}.")


def _said(words: str) -> None:
    st.toast(plain(words), icon=":material/check_circle:")
    st.rerun()
