"""Verifying an upload: the same code that travels inside every export, run on copies in a temporary folder."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import streamlit as st

from governance.workflow.audit import checking
from pages._ui import tongue
from pages._ui.badges import inline
from pages._ui.text import plain

_COPY: Final = ": a copy for people, not the record"


def check(export: bytes, trust: bytes, old: Sequence[bytes], authority: bytes = b"") -> dict[str, Any]:
    """Return the verifier's answer about an uploaded .zip, a trust file, older checkpoints and a time-stamping authority."""
    with tempfile.TemporaryDirectory(prefix="countersign-verify-") as folder:
        room = Path(folder)
        (room / "export.zip").write_bytes(export)
        (room / "trust.json").write_bytes(trust)
        kept = [room / f"old{number}" for number in range(len(old))]
        for path, note in zip(kept, old, strict=True):
            path.write_bytes(note)
        return checking.check(room / "export.zip", room / "trust.json", kept, authority)


def draw(answer: dict[str, Any], kept: int = 0) -> None:
    """Draw the answer: valid or not, the first bad entry, what was not checked, what it does not prove.

    Args:
        answer: of the verifier.
        kept: how many older checkpoints the auditor brought.
    """
    voice = tongue.voice()
    decisions = voice.count(answer["decisions"], "1 decision", "{n} decisions")
    if answer["valid"]:
        st.markdown(
            inline("verified", voice.say("Valid"))
            + " "
            + voice.say(
                "{entries} entries of {scope} and {decisions}: every signature holds, and the rules of the board were recomputed "
                "from them, but for what stands under *Not checked*.",
                entries=voice.whole(answer["entries"]),
                scope=_scope(answer),
                decisions=decisions,
            )
        )
        if kept:
            what = voice.count(kept, "the older checkpoint", "all {n} older checkpoints")
            st.markdown(
                tongue.say(
                    "- The ledger continues {what} that you kept: nothing that was there then has been changed or left out.",
                    what=what,
                )
            )
        if answer["time_stamp"]:
            st.markdown(
                tongue.say(
                    "- The checkpoint existed at {answer}, says the time-stamping authority.",
                    answer=answer["time_stamp"]["time"],
                )
            )
        for case, status in answer["cases"].items():
            st.markdown(tongue.say("- Case {case}: {status}", case=plain(case), status=inline(status)))
    else:
        bad = answer["first_bad"]
        where = "" if bad is None else voice.say("The first bad entry is **{entry}**.", entry=bad) + " "
        word = (
            inline("not_assessed", voice.say("Cannot tell"))
            if answer["newer"]
            else inline("damaged", voice.say("Not valid"))
        )
        st.markdown(f"{word} {where}" + voice.say("Reason: {reason}.", reason=plain(answer["reason"], 2000)))
    left, right = st.columns(2)
    with left:
        st.markdown(
            voice.say("**Not checked**")
            + "\n"
            + "".join(f"\n- {plain(item, 2000)}" for item in _gathered(answer["not_checked"]))
        )
    with right:
        st.markdown(
            voice.say("**A valid result does not prove**")
            + "\n"
            + "".join(f"\n- {plain(item, 1000)}" for item in answer["not_proved"])
        )


def _scope(answer: Mapping[str, Any]) -> str:
    return tongue.say("the whole ledger" if answer["whole"] else "a part of the ledger")


def _gathered(notes: Sequence[str]) -> list[str]:
    """Return the notes with the copies for people in one of them."""
    copies = [note.removesuffix(_COPY) for note in notes if note.endswith(_COPY)]
    others = [note for note in notes if not note.endswith(_COPY)]
    if not copies:
        return others
    voice = tongue.voice()
    return [
        *others,
        voice.say(
            "{n} copies for people, which are not the record: {names}",
            n=voice.whole(len(copies)),
            names=voice.join(copies),
        ),
    ]
