"""How a line of the ledger reads: what happened, who did it, and the texts that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd
import streamlit as st

from governance.evidence import JsonValue
from pages._ui import tables, tongue, workspace
from pages._ui.text import plain, short, shown
from storage import Head, RawEntry, Views
from storage.ledger import Record

WORDS: Final[Mapping[str, str]] = {
    "ledger.created": "Ledger founded",
    "rules.adopted": "New edition of the rules",
    "key.added": "Key added",
    "key.revoked": "Key revoked",
    "member.added": "Member enrolled",
    "member.removed": "Member removed",
    "charter.adopted": "Charter signed",
    "norms.adopted": "Norms signed",
    "model.registered": "Model registered",
    "dataset.registered": "Data registered",
    "evidence.recorded": "Result recorded",
    "case.registered": "Case opened",
    "evidence.frozen": "Evidence frozen",
    "review.opened": "Review opened",
    "conflict.declared": "Conflict declaration",
    "comment.added": "Comment",
    "comment.resolved": "Comment resolved",
    "vote.cast": "Vote",
    "decision.recorded": "Decision",
    "condition.submitted": "Condition fulfilled, says its owner",
    "condition.accepted": "Condition accepted",
    "condition.overdue": "Condition overdue",
    "monitoring.alert": "Alert",
    "review.expired": "Review expired",
    "approval.expired": "Approval expired",
    "appeal.filed": "Appeal filed",
    "appeal.decided": "Appeal decided",
    "export.made": "Export made",
    "correction.noted": "Correction noted",
    "deployment.registered": "Deployment registered",
    "deployment.ended": "Deployment ended",
    "attestation.begun": "Attestation begun",
}
"""What happened, in the words of the screens."""
SERVICE: Final = "service"


def happened(event: str) -> str:
    """Return what happened in words; an event without words keeps its own name."""
    return WORDS.get(event, event)


def who(actor: str) -> str:
    """Return who acted; the service acts by itself where time or a computation causes an entry."""
    return tongue.say("the service") if actor == SERVICE else actor


def called(actor: str) -> str:
    """Return the printed name of whoever acted; their id where they are no member any more."""
    return next((member.name for member in workspace.members() if member.id == actor), who(actor))


def moment(time: str) -> str:
    """Return an RFC 3339 time in UTC as a table writes it: 2026-06-01 12:00:00."""
    return time.replace("T", " ").removesuffix("Z")


def standing(head: Head) -> str:
    """Return the state of the ledger as a sentence in markdown."""
    lines = "1 entry" if head.size == 1 else f"{head.size:,} entries"
    waiting = head.size - head.checkpointed
    signed = "all of them" if not waiting else f"the first {head.checkpointed:,}"
    by = f", cosigned by {plain(', '.join(head.witnesses))}" if head.witnesses else ""
    return f"{lines} have been recorded; a signed checkpoint covers {signed}{by}."


def listing(records: tuple[Record, ...], cases: Mapping[str, str] | None = None) -> None:
    """Draw records as a table; `cases` gives the titles of cases by their ids."""
    titles = cases or {}
    frame = pd.DataFrame(
        {
            "entry": [item.index for item in records],
            "time": [moment(item.time) for item in records],
            "what": [happened(item.type) for item in records],
            "who": [shown(who(item.actor)) for item in records],
            "case": [shown(titles.get(item.case or "", item.case or ""), 60) for item in records],
            "key": [short(item.keyid) for item in records],
        }
    )
    columns = {
        "entry": tables.count("Entry", ""),
        "time": tables.words("Time (UTC)"),
        "what": tables.words("What happened"),
        "who": tables.words("Who acted"),
        "case": tables.words("Case", width=215),
        "key": tables.words("Signing key"),
    }
    tables.table(frame, "Entries of the ledger, the newest first", columns)


def account(record: Record, views: Views, key: str = "") -> None:
    """Draw one record: what happened, its fields, and the texts that it names."""
    about = f" in the case {plain(record.case)}" if record.case else ""
    st.markdown(
        tongue.say(
            "**{type}** by {actor}{about}, {time} UTC. Signed with the key `{keyid}`.",
            type=happened(record.type),
            actor=plain(who(record.actor)),
            about=about,
            time=plain(moment(record.time)),
            keyid=short(record.keyid, 16),
        )
    )
    texts = dict(_references(record.body))
    found = views.texts(tuple(texts.values()))
    for place, digest in texts.items():
        words = f"“{plain(found[digest].text, 4000)}”" if digest in found else "*(erased; only its digest is left)*"
        st.markdown(f"{plain(_label(place))}: {words}")
    st.markdown("\n".join(f"- {plain(_label(name))}: {plain(value)}" for name, value in _plain_fields(record.body)))
    with st.expander(tongue.say("Every field as it was signed"), key=f"fields-{key}", on_change="rerun") as box:
        if box.open:
            st.json(record.body, expanded=3)


def _plain_fields(body: JsonValue) -> list[tuple[str, str]]:
    """Return the fields that are single values, in words."""
    said = {True: "yes", False: "no", None: "none"}
    return [
        (name, said[value] if value is None or isinstance(value, bool) else str(value))
        for name, value in body.items()
        if not isinstance(value, dict | list)
    ]


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def proof(raw: RawEntry) -> None:
    """Draw the line as it is stored, with its hash and the files that prove its place."""
    st.caption(tongue.say("The line, byte for byte: a DSSE envelope around an in-toto statement"))
    st.code(raw.line.decode("ascii", "replace"), language="json", wrap_lines=True)
    st.caption(tongue.say("Its leaf in the Merkle tree: SHA-256 of a zero byte and the line"))
    st.code(raw.leaf.hex(), language=None, wrap_lines=True)
    with st.container(horizontal=True):
        st.download_button(
            tongue.say("The line"), raw.line + b"\n", f"entry-{raw.index}.intoto.jsonl", icon=":material/download:"
        )
        st.download_button(
            tongue.say("Its proof under the checkpoint") if raw.proof else tongue.say("No checkpoint covers it yet"),
            raw.proof or b"",
            f"{raw.index}.tlog-proof",
            disabled=raw.proof is None,
            icon=":material/download:",
        )


def _references(value: JsonValue, place: str = "") -> Iterator[tuple[str, str]]:
    """Give the place and digest of every text that a body names."""
    if isinstance(value, dict):
        if set(value) == {"sha256"}:
            yield place, value["sha256"]
            return
        for name, item in value.items():
            yield from _references(item, f"{place} / {name}" if place else name)
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from _references(item, f"{place} {number}")


def option(value: Any, everything: str) -> Any:
    """Return a filter's choice, or None for everything."""
    return None if value == everything else value
