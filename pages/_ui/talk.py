"""Comments on a case: threads anchored to a number, an answer to each, and the form to write one."""

from __future__ import annotations

import streamlit as st

from governance.review.state import Case
from governance.workflow import places, review
from pages._ui import drafts, signing, state
from pages._ui.badges import inline
from pages._ui.papers import TITLES, names
from pages._ui.text import paragraphs, plain, short, spoken
from storage.entities import Comment

MEANING = "I make this remark on the case in my own name."
ANSWERED = "I have read the remark and say that it is answered."


def anchors(case: Case) -> dict[str, str]:
    """Return what a comment can be about: anchor -> words."""
    found = {"": "the case as a whole"}
    if case.frozen is not None:
        found |= {f"requirement:{item.id}": f"the requirement “{spoken(item.id)}”" for item in case.frozen.requirements}
        found |= {
            item.digest: f"{TITLES.get(item.method, item.method)} ({short(item.digest)})"
            for item in case.frozen.evidence
        }
    return found


def thread(case: Case, comments: tuple[Comment, ...]) -> None:
    """Draw the comments, replies under what they answer."""
    about = anchors(case)
    for item in comments:
        if item.reply_to is None:
            _one(case, item, about)
            for reply in comments:
                if reply.reply_to == item.comment:
                    with st.container(border=False):
                        st.markdown(f"↳ **{_name(reply.member)}** {paragraphs(reply.text.shown)}")
    if not comments:
        st.caption("Nobody has commented yet.")


def _name(member: str) -> str:
    return plain(names().get(member, member))


def _one(case: Case, item: Comment, about: dict[str, str]) -> None:
    open_ = item.resolved is None
    with st.container(border=True):
        mark = inline("blocking") if item.blocking and open_ else inline("done", "Answered") if not open_ else ""
        st.markdown(f"**{_name(item.member)}** on {plain(about.get(item.anchor, item.anchor))} {mark}")
        st.markdown(paragraphs(item.text.shown))
        if item.resolution is not None:
            st.markdown(f"Answer of **{_name(item.resolved_by or '')}**: {paragraphs(item.resolution.shown)}")
        elif case.status == "in_review" and state.visitor().member:
            with st.expander("Answer", key=f"answer-{item.comment}", on_change="rerun") as box:
                if box.open:
                    _answer(case, item.comment)


def _answer(case: Case, comment: str) -> None:
    words = drafts.area("Your answer", case.id, f"answer-{comment}")
    who = state.visitor().id
    left, right = st.columns(2)
    resolved = left.button("Resolve", key=f"resolve-{comment}", help="By its author or by the chair.")
    replied = right.button("Reply", key=f"reply-{comment}")
    if (resolved or replied) and not drafts.written(words, "Write your answer first."):
        return
    if resolved:
        signing.ask(
            ANSWERED, (("Answer", words),), case.bundle,
            lambda secret: review.resolve(places.current(), case.id, comment, words, member=who, passphrase=secret),
            lambda: drafts.sent(case.id, f"answer-{comment}"),
        )  # fmt: skip
    if replied:
        signing.ask(
            MEANING, (("Reply", words),), case.bundle,
            lambda secret: review.comment(
                places.current(), case.id, words, member=who, passphrase=secret, reply_to=comment
            ),
            lambda: drafts.sent(case.id, f"answer-{comment}"),
        )  # fmt: skip


def compose(case: Case) -> None:
    """Draw the form for a new comment."""
    about = anchors(case)
    words = drafts.area("Write a comment", case.id, "comment", help_text="What you write is kept until you sign it.")
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    anchor = left.selectbox("About", list(about), format_func=lambda key: about[key], key="comment-anchor")
    blocking = right.checkbox(
        "Blocks the decision", key="comment-blocking", help="Until it is answered, nothing can be decided."
    )
    who = state.visitor().id
    if st.button("Sign the comment", icon=":material/draw:") and drafts.written(words, "Write your comment first."):
        signing.ask(
            MEANING, (("Comment", words), ("About", about[anchor]), ("Blocks the decision", "yes" if blocking else "no")), case.bundle,
            lambda secret: review.comment(
                places.current(), case.id, words, member=who, passphrase=secret, anchor=anchor, blocking=blocking
            ),
            lambda: drafts.sent(case.id, "comment"),
        )  # fmt: skip
