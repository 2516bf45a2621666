"""The kinds of fields that events are made of: ids, digests, times, ratios, references to texts."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints

from governance.evidence import RefusedInputError


def _on_the_calendar(text: str) -> str:
    datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - only whether the day exists
    return text


def is_day_and_time(text: str) -> bool:
    """Say whether a text that looks like a time names a day of the calendar."""
    try:
        _on_the_calendar(text)
    except ValueError:
        return False
    return True


def _reduced(text: str) -> str:
    above, below = (int(part) for part in text.split("/"))
    if above > below or math.gcd(above, below) != 1:
        raise ValueError(f"{text} is not a reduced fraction in (0, 1]")
    return text


Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]
IdOrEmpty: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{0,64}$")]
Digest: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Time: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"),
    AfterValidator(_on_the_calendar),
]
Base64: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]+={0,2}$")]
Ratio: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[1-9][0-9]{0,3}/[1-9][0-9]{0,3}$"), AfterValidator(_reduced)
]
Word: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Count: TypeAlias = Annotated[int, Field(strict=True, ge=0, lt=2**53)]
Positive: TypeAlias = Annotated[int, Field(strict=True, ge=1, lt=2**53)]
YesNo: TypeAlias = Annotated[bool, Field(strict=True)]
Role: TypeAlias = Literal["chair", "validator", "lay", "member", "owner", "developer", "sponsor", "auditor"]
VoteKind: TypeAlias = Literal["approve", "approve_with_conditions", "reject", "abstain"]
Outcome: TypeAlias = Literal["approved", "conditional", "rejected", "deferred", "retired"]
GateOutcome: TypeAlias = Literal["met", "not_met", "not_assessed"]
AlertState: TypeAlias = Literal["observed", "impact_estimated", "confirmed", "overridden", "acted"]
Severity: TypeAlias = Literal["freezing", "blocking", "advisory"]
"""What follows when a requirement is not met: no freezing without a waiver, a policy that is not satisfied, or a remark."""


@dataclass(frozen=True, slots=True)
class TextRef:
    """A text that is kept apart, so that it can be erased, by its salted digest."""

    sha256: Digest
    """SHA-256 of salt (16 bytes) followed by the text in UTF-8."""


def text_ref(text: str, salt: bytes) -> TextRef:
    """Return the reference to `text` under a random `salt` of 16 bytes.

    Raises:
        RefusedInputError: the salt does not have 16 bytes.
    """
    if len(salt) != 16:
        raise RefusedInputError(f"The salt has {len(salt)} bytes, expected 16.", "Draw 16 random bytes for each text.")
    return TextRef(hashlib.sha256(salt + text.encode("utf-8")).hexdigest())
