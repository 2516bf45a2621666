"""The policy: what the evidence must show, written down before anybody looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Final, Literal, TypeAlias

from governance.evidence import (
    JsonValue,
    RefusedInputError,
    canonical,
    decode,
    encode,
    sha256,
    toml_fields,
    unknown_choice,
)
from governance.review.admission import require_word
from governance.review.fields import Id, Severity, Word
from governance.review.path import Path, decimal_of, read_path

TEMPLATES: Final[Mapping[str, str]] = {
    "general": "General: how good, and how different between groups",
    "credit": "Credit and other chances in life: also calibration, four fifths, and how far explanations can be trusted",
}
"""Name of a template -> what it is for."""
AutomaticRule: TypeAlias = Literal["realised"]
""""realised": labels show that decisions got worse, beyond chance and by more than matters."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What a value must be; each side is a decimal number as text, "" for none."""

    min: str = ""
    max: str = ""
    equals: str = ""
    """The exact text of a word or a truth value."""

    @property
    def words(self) -> str:
        """The limit in words, as it stands in reports and records."""
        if self.equals:
            return f"exactly {self.equals}"
        if self.min and self.max:
            return f"{self.min} to {self.max}"
        return f"at least {self.min}" if self.min else f"at most {self.max}"

    def holds(self, value: str) -> bool | None:
        """Say whether `value` keeps the limit; None when it is not a number and one is needed."""
        if self.equals:
            return value == self.equals
        number = decimal_of(value)
        if number is None:
            return None
        return (not self.min or number >= Decimal(self.min)) and (not self.max or number <= Decimal(self.max))


@dataclass(frozen=True, slots=True)
class Requirement:
    """One question to the evidence."""

    id: Id
    method: Word
    """Method id whose evidence is asked."""
    metric: Word
    """Path into the finding, see `governance.review.path`."""
    limit: Limit
    severity: Severity
    """"advisory": only reported; "blocking": not met or not assessed means that the policy is not satisfied; "freezing": as
    blocking, and the evidence cannot be frozen for a signature without a waiver. Meant for the certificate of explanations."""
    cohort: str = ""
    """The filter on rows that the evidence was computed with, exactly as written there; "" for all rows."""
    why: str = ""
    """Why the board asks for it, in words."""

    @property
    def path(self) -> Path:
        """The metric's path, read."""
        return read_path(self.metric)


@dataclass(frozen=True, slots=True)
class Policy:
    """A list of requirements."""

    title: Word
    requirements: tuple[Requirement, ...]
    format: Literal["countersign-policy/1"] = "countersign-policy/1"
    automatic: tuple[AutomaticRule, ...] = ()
    """Which alerts the service may confirm by itself, so that they suspend the approval at once; without one a member does."""

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes."""
        return sha256(self.to_bytes())

    def to_bytes(self) -> bytes:
        """Return the canonical bytes, as they are stored and shown."""
        fields = encode(self)
        if isinstance(fields, dict) and not self.automatic:
            del fields["automatic"]  # a policy that names no such rule has the bytes that it had before there were any
        return canonical(fields)


def from_json(value: JsonValue) -> Policy:
    """Return the policy of a JSON object.

    Raises:
        RefusedInputError: a missing or unknown field, no requirement, an id twice, a name that does not stand on one line, a path that
            cannot be read, a limit that is not one.
    """
    _refuse_unknown(value)
    found = decode(Policy, value)
    names = [item.id for item in found.requirements]
    twice = sorted({name for name in names if names.count(name) > 1})
    if not names or twice:
        what = f"The policy has two requirements {twice[0]!r}." if twice else "The policy asks for nothing."
        raise RefusedInputError(what, "Write at least one requirement, each with its own id.")
    require_word("title of the policy", found.title)
    for item in found.requirements:
        require_word("method of a requirement", item.method)
        require_word("metric of a requirement", item.metric)
        read_path(item.metric)
        _check_limit(item)
    return found


def _refuse_unknown(value: JsonValue) -> None:
    rows = value.get("requirements", []) if isinstance(value, dict) else []
    known: tuple[tuple[JsonValue, type], ...] = (
        (value, Policy),
        *((row, Requirement) for row in rows if isinstance(row, dict)),
        *((row.get("limit"), Limit) for row in rows if isinstance(row, dict)),
    )
    for item, kind in known:
        extra = sorted(set(item) - set(kind.__annotations__)) if isinstance(item, dict) else []
        if extra:
            raise RefusedInputError(
                f"The policy has the unknown field {extra[0]!r}.", f"Known here: {', '.join(kind.__annotations__)}."
            )


def _check_limit(item: Requirement) -> None:
    limit = item.limit
    if bool(limit.equals) == bool(limit.min or limit.max):
        raise RefusedInputError(f"Requirement {item.id!r} has no usable limit.", "Give min or max or both, or equals.")
    for text in (limit.min, limit.max):
        if text and decimal_of(text) is None:
            raise RefusedInputError(f"The limit {text!r} of {item.id!r} is not a number.", 'Write it like "0.80".')


def from_toml(text: str) -> Policy:
    """Return the policy written as TOML, as the template shows.

    Raises:
        RefusedInputError: not TOML, or as `from_json`.
    """
    return from_json(toml_fields(text, "The policy"))


def template(name: str = "general") -> str:
    """Return the text of a policy that a board can start from, by its name in `TEMPLATES`.

    Raises:
        RefusedInputError: there is no such template.
    """
    if name not in TEMPLATES:
        raise unknown_choice("policy template", name, tuple(TEMPLATES))
    return files("governance.review").joinpath(f"templates/policy-{name}.toml").read_text(encoding="utf-8")
