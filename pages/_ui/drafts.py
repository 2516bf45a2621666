"""Words that are being written: kept in the workspace while they are typed, so that a reload loses nothing."""

from __future__ import annotations

from typing import Final

import streamlit as st

from governance.language import mark
from governance.workflow.workspace import clock, current_workspace
from pages._ui import session, tongue

_KEPT: Final = mark(
    "Your words are kept while you type; nothing is signed before you press the button and give your passphrase."
)
_KEEPER: Final = """<script>
if (!window.countersignKeeper) {
  window.countersignKeeper = true;
  const waits = new Map();
  const keep = (box) => {
    clearTimeout(waits.get(box));
    waits.delete(box);
    const name = box.closest('[class*="st-key-draft-"]')?.className.match(/st-key-(draft-[^ ]+)/)?.[1];
    if (!name) return;
    box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }));
    setTimeout(() => document.querySelector(`.st-key-keep-${name} button`)?.click(), 50);
  };
  document.addEventListener("input", (event) => {
    const box = event.target;
    if (event.isComposing || !(box instanceof HTMLTextAreaElement) || !box.closest('[class*="st-key-draft-"]')) return;
    clearTimeout(waits.get(box));
    waits.set(box, setTimeout(() => keep(box), 400));
  }, true);
  window.addEventListener("beforeunload", (event) => {
    if (!waits.size) return;
    [...waits.keys()].forEach(keep);
    event.preventDefault();
  });
}
</script>"""
"""Streamlit sends a text field when it is left or on Ctrl+Enter. This constant presses Ctrl+Enter in the fields of this file when
typing has paused for 0.4 seconds, and then the button that keeps the draft; when the page is left before that, it does so at once
and lets the browser ask whether to leave. It holds no text of anybody (docs/adr/0011)."""


def area(
    label: str,
    case: str,
    kind: str,
    *,
    help_text: str = "",
    height: int = 120,
    default: str = "",
    followed: bool = False,
) -> str:
    """Draw a text field whose content survives a reload, and return it.

    Keeping the words does not draw the page again, so nothing moves under the hands of the writer and no open list closes. What
    needs words therefore says so when it is pressed (see `written`) instead of waiting for them greyed out.

    Args:
        label: above the field.
        case: id of the case.
        kind: what the words will be: "vote", "comment", ...
        help_text: what to write.
        height: of the field, in pixels.
        default: what stands in it before anything was written.
        followed: whether the page speaks about the very words, and has to be drawn again when they change.
    """
    key = _key(case, kind)
    if key not in st.session_state:
        st.session_state[key] = _kept(case, kind) or default
    help_text = f"{help_text} {tongue.voice().say(_KEPT)}".strip()
    with st.container(gap=None):
        if followed:
            words = st.text_area(label, key=key, height=height, help=help_text, on_change=_keep, args=(key, case, kind))
        else:
            words = st.text_area(label, key=key, height=height, help=help_text, on_change="ignore")
            _keeping(key, case, kind)
        st.html(_KEEPER, unsafe_allow_javascript=True)
    return words or ""


@st.fragment
def _keeping(key: str, case: str, kind: str) -> None:
    """Draw the button that keeps the words; it draws itself alone, so that the page stays as it is."""
    st.button(
        tongue.voice().say("Keep as a draft"),
        key=f"keep-{key}",
        on_click=_keep,
        args=(key, case, kind),
        type="tertiary",
        icon=":material/save:",
    )


def _keep(key: str, case: str, kind: str) -> None:
    """Keep what stands in the field called `key`, unless its words were signed between the last key stroke and now."""
    if key == _key(case, kind):
        _save(case, kind, str(st.session_state.get(key) or ""))


def written(words: str, missing: str) -> bool:
    """Say whether there are words to sign; where there are none, draw what is missing and return False."""
    if words.strip():
        return True
    st.warning(missing, icon=":material/edit_note:")
    return False


def remembered(case: str, kind: str, key: str, default: str = "") -> str:
    """Return what was chosen before a reload with the widget called `key`, which calls `remember` on each change."""
    if key not in st.session_state:
        return _kept(case, kind) or default
    return str(st.session_state[key] or default)


def remember(case: str, kind: str, key: str) -> None:
    """Keep what was just chosen with the widget called `key`; given to it as its `on_change`."""
    _save(case, kind, str(st.session_state[key] or ""))


def sent(case: str, *kinds: str) -> None:
    """Forget drafts whose words have been signed."""
    for kind in kinds:
        if session.actor().proof == "passphrase":
            current_workspace.current().drafts.discard(session.actor().id, case, kind)
        counter = f"drafts.{case}.{kind}"
        st.session_state[counter] = int(st.session_state.get(counter, 0)) + 1


def _kept(case: str, kind: str) -> str:
    """Return what the member who sits here by passphrase has written; nobody else reads it."""
    who = session.actor()
    found = current_workspace.current().drafts.get(who.id, case, kind) if who.proof == "passphrase" else None
    return found.content if found else ""


def _save(case: str, kind: str, words: str) -> None:
    who = session.actor()
    if who.proof == "passphrase":
        current_workspace.current().drafts.save(who.id, case, kind, words, clock.now())


def _key(case: str, kind: str) -> str:
    return f"draft-{session.visitor().id}-{case}-{kind}-{st.session_state.get(f'drafts.{case}.{kind}', 0)}"
