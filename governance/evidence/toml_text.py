"""TOML that a person wrote, read in one place: whatever is wrong with the text ends in words."""

from __future__ import annotations

import tomllib
from typing import Any

from governance.evidence.errors import RefusedInputError


def toml_fields(text: str, what: str, advice: str = "") -> dict[str, Any]:
    """Return the fields of a TOML text.

    Args:
        text: the TOML document.
        what: what it should be, in front of the message: "The schema".
        advice: what to do about it; "" for none.

    Raises:
        RefusedInputError: not TOML, a number of thousands of digits, or brackets nested without end.
    """
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise RefusedInputError(f"{what} is not TOML that can be read: it is nested too deeply.", advice) from error
    except ValueError as error:
        raise RefusedInputError(f"{what} is not TOML: {error}.", advice) from error
