"""The ballot: the conflict declaration first, then the vote, each signed with the member's own key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import streamlit as st

from governance.review.deliberation import vote_hindrances
from governance.review.state import BoardState, Case
from governance.workflow import clock, places, review
from pages._ui import drafts, house, signing, state
from pages._ui.badges import verdict
from pages._ui.text import join, plain, shown
from storage.entities import CaseFile
from storage.ledger.envelope import rfc3339

CHOICES: tuple[review.VoteKind, ...] = ("approve", "approve_with_conditions", "reject", "abstain")


def draw(board: BoardState, case: Case) -> None:
    """Draw what the visitor can do about their vote, or why they can do nothing."""
    visitor = state.visitor()
    if not visitor.member:
        st.markdown("Guests read. Members vote, each with their own passphrase.")
        return
    why = vote_hindrances(board, case, visitor.id, house.now())
    declaring = case.status == "in_review" and visitor.id not in case.conflicts and len(why) == 1
    if declaring and visitor.id in board.members and why[0].startswith("Declare"):
        _declare(case)
    elif why:
        st.markdown(" ".join(plain(sentence) for sentence in why))
    else:
        _vote(case)


def _declare(case: Case) -> None:
    st.markdown("Before you vote, say whether you have an interest of your own in this case.")
    answer = st.radio(
        "Conflict of interest",
        ("none", "conflict"),
        format_func={"none": "I have none", "conflict": "I have one and step aside"}.get,
        index=None,
        key="conflict",
        horizontal=True,
    )
    words = drafts.area("What it is", case.id, "conflict") if answer == "conflict" else ""
    has, who = answer == "conflict", state.visitor().id
    if st.button("Sign the declaration", disabled=answer is None, type="primary", icon=":material/draw:"):
        signing.ask(
            "I declare that I have a conflict of interest in this case and step aside."
            if has
            else "I declare that I have no conflict of interest in this case.",
            (("Case", _file(case).title.shown), *((("What it is", words),) if has else ())),
            case.bundle,
            lambda secret: review.declare(
                places.current(), case.id, member=who, passphrase=secret, conflict=has, words=words
            ),
            lambda: drafts.sent(case.id, "conflict"),
        )


def _file(case: Case) -> CaseFile:
    views = house.views()
    found = views.case(case.id) if views else None
    assert found is not None
    return found


def _vote(case: Case) -> None:
    mine = case.ballots.get(state.visitor().id)
    if mine is not None:
        st.markdown(
            f"Your vote in force: **{verdict(mine.body.vote).word}** (entry {mine.index}). A new one replaces it until the close."
        )
    before = drafts.remembered(case.id, "choice", "choice")
    choice = st.radio(
        "Your vote", CHOICES, format_func=lambda kind: verdict(kind).word, key="choice", horizontal=True,
        index=next((at for at, kind in enumerate(CHOICES) if kind == before), None),
        on_change=drafts.remember, args=(case.id, "choice", "choice"),
    )  # fmt: skip
    reason = drafts.area(
        "Your reason", case.id, "vote", help_text="Needed unless you approve. It goes into the record word for word."
    )
    conditions = _conditions(case) if choice == "approve_with_conditions" else ()
    pressed = st.button("Sign the vote", disabled=choice is None, type="primary", icon=":material/draw:")
    missing = "Write first what must be done, for each condition."
    if pressed and choice is not None and all(drafts.written(item.text, missing) for item in conditions):
        _sign(case, choice, reason, conditions)


def _conditions(case: Case) -> tuple[review.ConditionWords, ...]:
    before = drafts.remembered(case.id, "conditions", "conditions", "1")
    count = int(
        st.number_input(
            "How many conditions", 1, 10, min(int(before), 10) if before.isdecimal() and before != "0" else 1,
            key="conditions", on_change=drafts.remember, args=(case.id, "conditions", "conditions"),
        )
    )  # fmt: skip
    people = {member.id: shown(member.name) for member in house.members()}
    found = []
    for number in range(count):
        with st.container(border=True):
            words = drafts.area(f"Condition {number + 1}: what must be done", case.id, f"condition-{number}", height=80)
            left, middle, right = st.columns(3, vertical_alignment="bottom")
            owner = left.selectbox(
                "By whom", list(people), format_func=people.__getitem__, key=f"condition-owner-{number}"
            )
            due = middle.date_input("Until", clock.now().date() + timedelta(days=90), key=f"condition-due-{number}")
            blocking = right.checkbox("Before any use", value=True, key=f"condition-blocking-{number}")
            end = datetime(due.year, due.month, due.day, 23, 59, 59, tzinfo=UTC)
            found.append(review.ConditionWords(words, owner or "", rfc3339(end), blocking))
    return tuple(found)


def _sign(case: Case, choice: review.VoteKind, reason: str, conditions: tuple[review.ConditionWords, ...]) -> None:
    who, bundle = state.visitor().id, case.bundle
    file, views = _file(case), house.views()
    found = [views.model(digest) if views else None for digest in case.body.models]
    models = join([f"{item.name} {item.version}" for item in found if item])
    people = {member.id: member.name for member in house.members()}
    lines = [("Case", file.title.shown), ("Question", file.question.shown)]
    lines += [("Model" if len(found) == 1 else f"All {len(found)} candidates together", models)]
    lines += [("Vote", verdict(choice).word), ("Reason", reason)]
    lines += [
        (
            f"Condition {n + 1}",
            (
                f"{item.text} (by {people.get(item.owner, item.owner)}, until {item.due[:10]}, "
                f"{'before any use' if item.blocking else 'does not stop the use'})"
            ),
        )
        for n, item in enumerate(conditions)
    ]
    kinds = ("vote", "choice", "conditions", *(f"condition-{number}" for number in range(len(conditions))))
    signing.ask(
        review.MEANINGS[choice], lines, bundle,
        lambda secret: review.vote(
            places.current(), case.id, choice, member=who, passphrase=secret, bundle=bundle, rationale=reason, conditions=conditions
        ),
        lambda: drafts.sent(case.id, *kinds),
    )  # fmt: skip
