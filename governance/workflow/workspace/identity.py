"""Names for things that are new: short, readable, unique enough for one workspace."""

from __future__ import annotations

import re
import secrets
import unicodedata
from typing import Final

_LONGEST: Final = 40


def slug(text: str) -> str:
    """Return `text` as lowercase letters, digits and hyphens, at most 40 long, "item" when nothing remains."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-") or "item"


def fresh(text: str) -> str:
    """Return the slug of `text` with six random hexadecimal digits behind it."""
    return f"{slug(text)}-{secrets.token_hex(3)}"
