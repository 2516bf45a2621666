"""The charter on a screen: its rules in words, who has signed which text, and the form that signs one."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from governance.evidence import CountersignError
from governance.review import BoardState, Charter, Tier, charter as charters
from governance.runs import title_of
from governance.workflow.review import members
from governance.workflow.workspace import current_workspace
from pages._ui import drafts, errors, session, signing, tongue
from pages._ui.case_summary import ROLES
from pages._ui.tables import table, words
from pages._ui.text import join, plain, short, shown

MEANING = "I adopt this charter as a member of the board."


def lead(board: BoardState) -> str:
    """Return the first line of the page."""
    seats, voice = len(board.board), tongue.voice()
    if board.charter is not None:
        return voice.say(
            "The board of {seats} decides under “{title}” (`{digest}`).",
            seats=seats,
            title=plain(board.charter.title),
            digest=short(board.charter.digest, 12),
        )
    if not seats:
        return voice.say("Nobody sits on the board yet: enrol members first.")
    return voice.say(
        "No charter is in force. {most} of {seats} members must sign the same text.", most=seats // 2 + 1, seats=seats
    )


def rules(charter: Charter) -> None:
    """Draw the rules per risk tier, in words."""
    for name, tier in charter.tiers.items():
        with st.container(border=True):
            st.markdown(tongue.say("**Risk tier {name}**", name=plain(name)))
            st.markdown(_in_words(tier))
    st.caption(
        tongue.say(
            "In every tier the owner, the developer and the sponsor never vote, at least two different members must approve, and "
            "whoever has a conflict of interest steps aside. No charter can change that."
        )
    )


def _in_words(tier: Tier) -> str:
    roles = join([ROLES.get(role, plain(role)) for role in tier.required_roles]) or "nobody in particular"
    evidence = join([plain(title_of(item)) for item in tier.required_evidence]) or "none"
    return (
        f"- {tier.quorum} votes are needed; approvals must be more than {_part(tier.majority)} of the votes that are not abstentions.\n"
        f"- Must be among the voters: {roles}.\n"
        f"- Evidence that must be there: {evidence}.\n"
        f"- Voting lasts {tier.voting_days} days; an approval holds for {tier.validity_months} months at most; "
        f"the record is kept for {tier.retention_years} years at least."
    )


def _part(ratio: str) -> str:
    """Return a ratio of the charter in words: "1/2" is half."""
    return {"1/2": "half", "2/3": "two thirds", "3/4": "three quarters"}.get(ratio, plain(ratio))


def proposals(board: BoardState) -> None:
    """Draw who has signed which text that is not in force yet."""
    if not board.signatures:
        return
    st.subheader(tongue.say("Signed and not in force yet"), anchor=False)
    rows = [
        {"charter": short(digest, 12), "signed": join(sorted(who)), "missing": len(board.board) // 2 + 1 - len(who)}
        for digest, who in board.signatures.items()
    ]
    columns = {"charter": words("Charter"), "signed": words("Signed by", wide=True), "missing": "Signatures missing"}
    table(pd.DataFrame(rows), "Charters that some members have signed", columns)


def sign(board: BoardState) -> None:
    """Draw the text of a charter and the way to sign it."""
    visitor = session.visitor()
    if visitor.id not in board.board:
        st.caption(tongue.say("Only members of the board sign the charter."))
        return
    titles = dict(charters.TEMPLATES)
    start = str(
        st.selectbox(
            tongue.say("Text to start from"), list(titles), format_func=titles.__getitem__, key="charter-start"
        )
    )
    said = st.container()
    with st.expander(tongue.say("The text itself, to read or to change (TOML)"), key="charter-text"):
        text = drafts.area(
            tongue.say("Charter (TOML)"),
            "charter",
            f"text-{start}",
            height=320,
            default=charters.template(start),
            followed=True,
        )
    found = _read(text)
    if found is None:
        return
    with said:
        if board.charter is not None and board.charter.digest == found.digest:
            st.markdown(tongue.say("This text is the charter that is in force: its rules stand above."))
        else:
            rules(found)
    st.caption(
        tongue.say(
            "Digest of this text: `{digest}`; the whole of it is shown when you sign.", digest=short(found.digest, 12)
        )
    )
    if st.button(tongue.say("Sign this charter"), type="primary", icon=":material/draw:"):
        signing.ask(
            MEANING, (("Charter", shown(found.title)), ("Rules", _rules_in_short(found))), found.digest,
            lambda secret: members.adopt_charter(current_workspace.current(), found, member=visitor.id, passphrase=secret),
            lambda: drafts.sent("charter", f"text-{start}"),
            about="the charter",
        )  # fmt: skip


def _rules_in_short(charter: Charter) -> str:
    return "\n".join(
        f"tier {name}: {tier.quorum} votes, more than {tier.majority}, with {join(tier.required_roles) or 'no role in particular'}"
        for name, tier in charter.tiers.items()
    )


def _read(text: str) -> Charter | None:
    """Return the charter, or draw what is wrong with the text and return None."""
    try:
        return charters.from_toml(text)
    except CountersignError as error:
        errors.advise(error)
        return None
