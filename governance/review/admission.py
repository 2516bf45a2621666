"""What an act must say before it is signed: words that are not empty, a tier of the charter, somebody who is a member.

A line of the ledger can never be taken back, so everything is held against these rules before the first byte is written.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from governance.evidence import RefusedInputError, RuleError
from governance.review.state import BoardState

LONGEST_WORD: Final = 200
"""Characters of a name, a version or an owner; the format of the ledger allows no more (`fields.Word`)."""
LONGEST_TEXT: Final = 20_000
"""Characters of a text in words: about six printed pages."""
_SHOWN: Final = 40
_MISLEADING: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What no line shows as it is: control characters, ends of lines, changes of direction, halves of characters."""
_LINES: Final = str.maketrans("", "", "\t\n\r")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})
_ID: Final = re.compile(r"[a-z0-9-]{1,64}")


def require_word(what: str, text: str, *, most: int = LONGEST_WORD) -> None:
    """Raise RefusedInputError unless `text` is a name of 1 to `most` characters; `what` names it in the message."""
    if not _is_seen(text):
        raise RefusedInputError(f"The {what} is empty.", f"Give one of 1 to {most} characters.")
    if _MISLEADING.search(text):
        raise RefusedInputError(
            f"The {what} {text[:_SHOWN]!a} holds a character that ends a line, turns its direction or is not shown.",
            "Write it on one line, without control characters.",
        )
    if len(text) > most:
        raise RefusedInputError(
            f"The {what} {text[:_SHOWN] + '…'!r} has {len(text):,} characters; the limit is {most}.",
            "Give a shorter one.",
        )


def _is_seen(text: str) -> bool:
    """Say whether a text has a character that leaves a mark: blanks, zero-width spaces and marks of direction alone are no words."""
    return any(unicodedata.category(sign) not in _UNSEEN for sign in text)


def require_id(text: str) -> None:
    """Raise RefusedInputError unless `text` is an id: 1 to 64 lowercase letters, digits and hyphens."""
    if not _ID.fullmatch(text):
        raise RefusedInputError(
            f"The id {text[:80]!r} is not one.", "Expected 1 to 64 lowercase letters, digits and hyphens: ada-king."
        )


def require_text(what: str, text: str) -> None:
    """Raise RefusedInputError unless `text` says something, in at most 20,000 characters; `what` names it in the message."""
    if not _is_seen(text):
        raise RefusedInputError(f"The {what} is empty.", "Say it in words.")
    if hidden := re.search("[\x00-\x1f\x7f-\x9f\ud800-\udfff]", text.translate(_LINES)):
        raise RefusedInputError(
            f"The {what} holds the control character {hidden[0]!a}.", "Take it out; lines and tabs may stay."
        )
    if len(text) > LONGEST_TEXT:
        raise RefusedInputError(
            f"The {what} has {len(text):,} characters; the limit is {LONGEST_TEXT:,}.", "Say it in fewer words."
        )


def require_member(board: BoardState, who: str, what: str = "") -> None:
    """Raise RuleError unless `who` is a member; `what` says as what they are named."""
    if who not in board.members:
        known = ", ".join(sorted(board.members)) or "nobody yet"
        raise RuleError(f"{who!r}{what and f', named as {what},'} is no member.", f"Members: {known}.")


def require_tier(board: BoardState, tier: str) -> None:
    """Raise RefusedInputError unless `tier` is a risk tier of the charter in force; without a charter any id will do."""
    if board.charter is not None:
        board.charter.tier(tier)
    elif not _ID.fullmatch(tier):
        raise RefusedInputError(
            f"The risk tier {tier[:80]!r} is not one.",
            "No charter is in force yet: give 1 to 64 lowercase letters, digits and hyphens, for example high.",
        )
