"""The name of a ledger: the organisation, and a part that is drawn so that no two ledgers share it."""

from __future__ import annotations

import re
import secrets

from storage.errors import RefusedInputError


def new_origin(organisation: str) -> str:
    """Return a new name for a ledger of `organisation`: `<organisation>/ledger/<random 64 bits in hexadecimal>`.

    Raises:
        RefusedInputError: the name of the organisation has a character that a name of a ledger cannot hold.
    """
    return f"{_origin_part(organisation)}/ledger/{secrets.token_hex(8)}"


def _origin_part(organisation: str) -> str:
    part = re.sub(r"\s", "-", organisation.strip())
    if not part or re.search(r"[+/\x00-\x1f\x7f]", part) or len(part) > 100:
        raise RefusedInputError(
            f"The organisation {organisation!r} cannot name a ledger.",
            "Use 1 to 100 characters without plus sign, slash and control characters.",
        )
    return part
