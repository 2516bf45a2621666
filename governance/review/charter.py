"""The charter: the rules that a board gives itself, per risk tier, before it judges anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Annotated, Final

from pydantic import Field

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
from governance.review.fields import Id, Ratio, Role, Word

TEMPLATES: Final[Mapping[str, str]] = {
    "general": "General: any model, three tiers of risk",
    "credit": "Credit and other chances in life: more people, a larger majority, explanations required",
}
"""Name of a template -> what it is for."""
Small = Annotated[int, Field(strict=True, ge=1, le=1000)]


@dataclass(frozen=True, slots=True)
class Tier:
    """The rules for cases of one risk tier."""

    quorum: Annotated[int, Field(strict=True, ge=2, le=1000)]
    """How many members must have voted, abstentions included; at least 2."""
    majority: Ratio
    """Approvals must be strictly more than this share of the votes that are not abstentions; at least "1/2"."""
    required_roles: tuple[Role, ...]
    """Roles that must be among those who voted and did not abstain."""
    required_evidence: tuple[Word, ...]
    """Method ids that the frozen evidence must contain, or declare not applicable with a reason."""
    voting_days: Small
    """Days from the opening of a review to its deadline."""
    validity_months: Small
    """The longest time that an approval may last."""
    retention_years: Small
    """The shortest time that the record must be kept."""


@dataclass(frozen=True, slots=True)
class Charter:
    """Tiers by name. The owner, developer and sponsor of a case are recused in every tier; no charter can change that."""

    title: Word
    tiers: Mapping[Id, Tier]
    format: str = "countersign-charter/1"

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes."""
        return sha256(canonical(self.to_json()))

    def to_json(self) -> JsonValue:
        """Return the JSON object that charter.adopted carries."""
        return encode(self)

    def tier(self, name: str) -> Tier:
        """Return the rules of the tier called `name`.

        Raises:
            RefusedInputError: the charter has no such tier.
        """
        if name not in self.tiers:
            raise unknown_choice("risk tier", name, tuple(self.tiers))
        return self.tiers[name]


def from_json(value: JsonValue) -> Charter:
    """Return the charter of a JSON object.

    Raises:
        RefusedInputError: a missing or unknown field, no tier, or a majority below one half.
    """
    found = decode(Charter, value)
    if encode(found) != {"format": "countersign-charter/1", **value}:
        raise RefusedInputError("The charter has fields that are not known.", "Compare it with the template.")
    if not found.tiers:
        raise RefusedInputError("The charter has no risk tier.", "Write at least one, as in the template.")
    for name, tier in found.tiers.items():
        above, below = (int(part) for part in tier.majority.split("/"))
        if 2 * above < below or above >= below:
            raise RefusedInputError(
                f"Tier {name!r} asks for a majority of more than {tier.majority}.", "Use 1/2, 2/3 or 3/4, for example."
            )
    return found


def from_toml(text: str) -> Charter:
    """Return the charter written as TOML, as the template shows.

    Raises:
        RefusedInputError: not TOML, or as `from_json`.
    """
    return from_json(toml_fields(text, "The charter"))


def template(name: str = "general") -> str:
    """Return the text of a charter that a board can start from, by its name in `TEMPLATES`.

    Raises:
        RefusedInputError: there is no such template.
    """
    if name not in TEMPLATES:
        raise unknown_choice("charter template", name, tuple(TEMPLATES))
    return files("governance.review").joinpath(f"templates/charter-{name}.toml").read_text(encoding="utf-8")
