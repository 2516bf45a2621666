"""Comments on a case: threads anchored to a number, an answer to each, and the form to write one."""

from __future__ import annotations

import streamlit as st

from governance.evidence import Evidence
from governance.language import mark
from governance.review import Case
from governance.runs import title_of
from governance.workflow.review import review
from governance.workflow.workspace import current_workspace
from pages._ui import board_links, drafts, session, signing, tongue
from pages._ui.badges import inline
from pages._ui.case_file import names
from pages._ui.text import paragraphs, plain, short, spoken
from storage import Comment

MEANING = mark("I make this remark on the case in my own name.")
ANSWERED = mark("I have read the remark and say that it is answered.")


def anchors(case: Case) -> dict[str, str]:
    """Return what a comment can be about: anchor -> words."""
    voice = tongue.voice()
    found = {"": voice.say("the case as a whole")}
    if case.frozen is not None:
        found |= {
            f"requirement:{item.id}": voice.say("the requirement “{name}”", name=spoken(item.id))
            for item in case.frozen.requirements
        }
        found |= {
            item.digest: f"{voice.say(title_of(item.method))} ({short(item.digest)})" for item in case.frozen.evidence
        }
    return found


def drawers(case: Case, comments: tuple[Comment, ...]) -> None:
    """Draw, folded, what members wrote to each other, and the form for a comment; open where a link leads to what it is about."""
    voice = tongue.voice()
    if comments:
        told = voice.count(len(comments), "Read one comment in full", "Read {n} comments in full")
        with st.expander(told, key="discussion", on_change="rerun", type="compact") as box:
            if box.open:
                thread(case, comments)
    if case.status == "in_review" and session.visitor().member:
        if session.chosen("about") and "compose" not in st.session_state:
            st.session_state["compose"] = True
        with st.expander(voice.say("Write a comment"), key="compose", on_change="rerun", type="compact") as box:
            if box.open:
                compose(case)


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


def _name(member: str) -> str:
    return plain(names().get(member, member))


def _one(case: Case, item: Comment, about: dict[str, str]) -> None:
    open_, voice = item.resolved is None, tongue.voice()
    with st.container(border=True):
        look = "" if open_ else inline("done", voice.say("Answered"))
        look = inline("blocking") if item.blocking and open_ else look
        who, what = f"**{_name(item.member)}**", plain(about.get(item.anchor, item.anchor))
        st.markdown(f"{voice.say('{name} on {what}', name=who, what=what)} {look}")
        st.markdown(paragraphs(item.text.shown))
        _way_back(item)
        if item.resolution is not None:
            answered = voice.say("Answer of {name}:", name=f"**{_name(item.resolved_by or '')}**")
            st.markdown(f"{answered} {paragraphs(item.resolution.shown)}")
        elif case.status == "in_review" and session.visitor().member:
            with st.expander(voice.say("Answer"), key=f"answer-{item.comment}", on_change="rerun") as box:
                if box.open:
                    _answer(case, item.comment)


def _way_back(item: Comment) -> None:
    """Draw the way to the number that a comment is about, where it is about evidence that is stored here."""
    blobs = current_workspace.current().blobs
    if len(item.anchor) == 64 and blobs.has(item.anchor):
        board_links.back(item.anchor, Evidence.from_bytes(blobs.read(item.anchor)))


def _answer(case: Case, comment: str) -> None:
    voice = tongue.voice()
    words = drafts.area(voice.say("Your answer"), case.id, f"answer-{comment}")
    who = session.visitor().id
    left, right = st.columns(2)
    resolved = left.button(
        voice.say("Resolve"), key=f"resolve-{comment}", help=voice.say("By its author or by the chair.")
    )
    replied = right.button(voice.say("Reply"), key=f"reply-{comment}")
    if (resolved or replied) and not drafts.written(words, voice.say("Write your answer first.")):
        return
    if resolved:
        signing.ask(
            ANSWERED, ((voice.say("Answer"), words),), case.bundle,
            lambda secret: review.resolve(current_workspace.current(), case.id, comment, words, member=who, passphrase=secret),
            lambda: drafts.sent(case.id, f"answer-{comment}"),
        )  # fmt: skip
    if replied:
        signing.ask(
            MEANING, ((voice.say("Reply"), words),), case.bundle,
            lambda secret: review.comment(
                current_workspace.current(), case.id, words, member=who, passphrase=secret, reply_to=comment
            ),
            lambda: drafts.sent(case.id, f"answer-{comment}"),
        )  # fmt: skip


def compose(case: Case) -> None:
    """Draw the form for a new comment."""
    about, voice = anchors(case), tongue.voice()
    kept = voice.say("What you write is kept until you sign it.")
    words = drafts.area(voice.say("Write a comment"), case.id, "comment", help_text=kept)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    asked = session.chosen("about")
    first = list(about).index(asked) if asked in about else 0
    anchor = left.selectbox(
        voice.say("About"), list(about), first, format_func=lambda key: about[key], key=f"comment-anchor-{asked}"
    )
    blocking = right.checkbox(
        voice.say("Blocks the decision"),
        key="comment-blocking",
        help=voice.say("Until it is answered, nothing can be decided."),
    )
    who = session.visitor().id
    wanted = voice.say("Write your comment first.")
    if st.button(voice.say("Sign the comment"), icon=":material/draw:") and drafts.written(words, wanted):
        blocks = (voice.say("Blocks the decision"), voice.say("yes" if blocking else "no"))
        signing.ask(
            MEANING, ((voice.say("Comment"), words), (voice.say("About"), about[anchor]), blocks), case.bundle,
            lambda secret: review.comment(
                current_workspace.current(), case.id, words, member=who, passphrase=secret, anchor=anchor, blocking=blocking
            ),
            lambda: drafts.sent(case.id, "comment"),
        )  # fmt: skip
