"""The ballot: the conflict declaration first, then the vote, each signed with the member's own key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import streamlit as st

from governance.language import mark
from governance.review import BoardState, Case, vote_hindrances
from governance.workflow.review import review, since
from governance.workflow.workspace import clock, current_workspace
from pages._ui import drafts, session, signing, tongue, workspace
from pages._ui.badges import said
from pages._ui.text import plain, shown
from pages.review.case import changes
from storage import CaseFile
from storage.times import rfc3339

CONFLICT: Final = mark("I declare that I have a conflict of interest in this case and step aside.")
NO_CONFLICT: Final = mark("I declare that I have no conflict of interest in this case.")
CHOICES: tuple[review.VoteKind, ...] = ("approve", "approve_with_conditions", "reject", "abstain")


def draw(board: BoardState, case: Case, changed: tuple[since.Change, ...]) -> None:
    """Draw what the visitor can do about their vote, or why they can do nothing; `changed` is what they have to have read."""
    visitor, voice = session.visitor(), tongue.voice()
    if not visitor.member:
        st.markdown(voice.say("Guests read. Members vote, each with their own passphrase."))
        return
    why = vote_hindrances(board, case, visitor.id, workspace.now())
    declaring = case.status == "in_review" and visitor.id not in case.conflicts and len(why) == 1
    if declaring and visitor.id in board.members and why[0].startswith("Declare"):
        _declare(case)
    elif why:
        st.markdown(" ".join(plain(voice.say(sentence)) for sentence in why))
    elif visitor.id in case.ballots:
        mine = case.ballots[visitor.id]
        _in_force(mine.body.vote, mine.index)
        with st.expander(voice.say("Change your vote"), key="change-vote", on_change="rerun") as box:
            if box.open:
                _vote(case, changed)
    else:
        _vote(case, changed)


def _declare(case: Case) -> None:
    voice = tongue.voice()
    st.markdown(voice.say("Before you vote, say whether you have an interest of your own in this case."))
    answer = st.radio(
        voice.say("Conflict of interest"),
        ("none", "conflict"),
        format_func={"none": voice.say("I have none"), "conflict": voice.say("I have one and step aside")}.get,
        index=None,
        key="conflict",
        horizontal=True,
    )
    words = drafts.area(voice.say("What it is"), case.id, "conflict") if answer == "conflict" else ""
    has, who = answer == "conflict", session.visitor().id
    if st.button(voice.say("Sign the declaration"), disabled=answer is None, type="primary", icon=":material/draw:"):
        signing.ask(
            CONFLICT if has else NO_CONFLICT,
            ((voice.say("Case"), _file(case).title.shown), *(((voice.say("What it is"), words),) if has else ())),
            case.bundle,
            lambda secret: review.declare(
                current_workspace.current(), case.id, member=who, passphrase=secret, conflict=has, words=words
            ),
            lambda: drafts.sent(case.id, "conflict"),
        )


def _file(case: Case) -> CaseFile:
    views = workspace.views()
    found = views.case(case.id) if views else None
    assert found is not None
    return found


def _in_force(vote: str, index: int) -> None:
    st.markdown(
        tongue.voice().say(
            "Your vote in force: **{vote}** (entry {index}). A new one replaces it until the close.",
            vote=said(vote),
            index=index,
        )
    )


def _vote(case: Case, changed: tuple[since.Change, ...]) -> None:
    voice = tongue.voice()
    before = drafts.remembered(case.id, "choice", "choice")
    choice = st.radio(
        voice.say("Your vote"), CHOICES, format_func=said, key="choice", horizontal=True,
        index=next((at for at, kind in enumerate(CHOICES) if kind == before), None),
        on_change=drafts.remember, args=(case.id, "choice", "choice"),
    )  # fmt: skip
    reason = drafts.area(
        voice.say("Your reason"),
        case.id,
        "vote",
        help_text=voice.say("Needed unless you approve. It goes into the record word for word."),
    )
    conditions = _conditions(case) if choice == "approve_with_conditions" else ()
    read = changes.ticked(case.id, changed)
    pressed = st.button(voice.say("Sign the vote"), disabled=choice is None, type="primary", icon=":material/draw:")
    if pressed and choice is not None and _ready(choice, reason, conditions, read=read):
        _sign(case, choice, reason, conditions, changed)


def _ready(choice: review.VoteKind, reason: str, conditions: tuple[review.ConditionWords, ...], *, read: bool) -> bool:
    """Say whether a vote is complete; where it is not, draw what is missing before anybody is asked for a passphrase."""
    voice = tongue.voice()
    if not read:
        unread = voice.say("Tick first that you have read what changed since the evidence was frozen.")
        st.warning(unread, icon=":material/edit_note:")
        return False
    wanted = voice.say("Write first your reason: only a plain approval goes without one.")
    if choice != "approve" and not drafts.written(reason, wanted):
        return False
    wanted = voice.say("Write first what must be done, for each condition.")
    return all(drafts.written(item.text, wanted) for item in conditions)


def _conditions(case: Case) -> tuple[review.ConditionWords, ...]:
    before, voice = drafts.remembered(case.id, "conditions", "conditions", "1"), tongue.voice()
    count = int(
        st.number_input(
            voice.say("How many conditions"), 1, 10, min(int(before), 10) if before.isdecimal() and before != "0" else 1,
            key="conditions", on_change=drafts.remember, args=(case.id, "conditions", "conditions"),
        )
    )  # fmt: skip
    people = {member.id: shown(member.name) for member in workspace.members()}
    found = []
    for number in range(count):
        with st.container(border=True):
            label = voice.say("Condition {number}: what must be done", number=number + 1)
            words = drafts.area(label, case.id, f"condition-{number}", height=80)
            left, middle = st.columns(2, vertical_alignment="bottom")
            owner = left.selectbox(
                voice.say("By whom"), list(people), format_func=people.__getitem__, key=f"condition-owner-{number}"
            )
            due = middle.date_input(
                voice.say("Until"), clock.now().date() + timedelta(days=90), key=f"condition-due-{number}"
            )
            blocking = st.checkbox(voice.say("Before any use"), value=True, key=f"condition-blocking-{number}")
            end = datetime(due.year, due.month, due.day, 23, 59, 59, tzinfo=UTC)
            found.append(review.ConditionWords(words, owner or "", rfc3339(end), blocking))
    return tuple(found)


def _in_words(item: review.ConditionWords) -> str:
    people = {member.id: member.name for member in workspace.members()}
    voice = tongue.voice()
    return voice.say(
        "{text} (by {name}, until {day}, before any use)"
        if item.blocking
        else "{text} (by {name}, until {day}, does not stop the use)",
        text=item.text,
        name=people.get(item.owner, item.owner),
        day=voice.day(item.due),
    )


def _sign(
    case: Case,
    choice: review.VoteKind,
    reason: str,
    conditions: tuple[review.ConditionWords, ...],
    changed: tuple[since.Change, ...],
) -> None:
    who, bundle, voice = session.visitor().id, case.bundle, tongue.voice()
    file, views = _file(case), workspace.views()
    found = [views.model(digest) if views else None for digest in case.body.models]
    models = voice.join([f"{item.name} {item.version}" for item in found if item])
    lines = [(voice.say("Case"), file.title.shown), (voice.say("Question"), file.question.shown)]
    together = voice.count(len(found), "Model", "All {n} candidates together")
    lines += [(together, models), (voice.say("Vote"), said(choice)), (voice.say("Reason"), reason)]
    lines += [
        (voice.say("Condition {number}", number=number), _in_words(item)) for number, item in enumerate(conditions, 1)
    ]
    lines += [
        (voice.say("Changed since the evidence was frozen"), changes.words(changed) or voice.say("nothing")),
    ]
    kinds = ("vote", "choice", "conditions", *(f"condition-{number}" for number in range(len(conditions))))
    signing.ask(
        review.MEANINGS[choice], lines, bundle,
        lambda secret: review.vote(
            current_workspace.current(), case.id, choice, member=who, passphrase=secret, bundle=bundle,
            rationale=reason, conditions=conditions, seen=changes.last(changed),
        ),
        lambda: drafts.sent(case.id, *kinds),
    )  # fmt: skip
