"""Column roles: which column is the label, which are sensitive, which identify, which to ignore."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, fields
from typing import Literal

from governance.codec import JsonValue, decode
from governance.errors import RefusedInputError


@dataclass(frozen=True, slots=True)
class Schema:
    """The roles of columns; everything without a role is a feature."""

    target: str = ""
    """The label column; "" when there is none."""
    positive: str = ""
    """The value of the target that the score is about, as text; "" for regression and multiclass."""
    negative: tuple[str, ...] = ()
    """The other values of the target, as text. () means "every other value seen at registration", written out then."""
    selected_is: Literal["good", "bad"] = "good"
    """Whether being selected (score at or above the threshold) is good for the person."""
    sensitive: tuple[str, ...] = ()
    control: tuple[str, ...] = ()
    """Strata within which groups are compared."""
    identifier: str = ""
    timestamp: str = ""
    weight: str = ""
    score: str = ""
    """A column that already holds the score, used when no model is given."""
    prediction: str = ""
    """A column that already holds the decision, used when no model is given."""
    ignore: tuple[str, ...] = ()
    threshold: float = 0.5

    def features(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Return the columns without a role; sensitive and control columns count as features too."""
        taken = {self.target, self.identifier, self.timestamp, self.weight, self.score, self.prediction, *self.ignore}
        return tuple(name for name in columns if name not in taken)

    def check(self, columns: tuple[str, ...]) -> None:
        """Raise RefusedInputError when a role names a column that is not there."""
        named = [
            self.target, self.identifier, self.timestamp, self.weight, self.score, self.prediction,
            *self.sensitive, *self.control, *self.ignore,
        ]  # fmt: skip
        missing = sorted({name for name in named if name and name not in columns})
        if missing:
            raise RefusedInputError(
                f"The schema names {', '.join(map(repr, missing))}, which the data do not have.",
                f"Columns of the data: {', '.join(columns)}.",
            )


def from_toml(text: str) -> Schema:
    """Return the schema written as TOML with the fields of `Schema`.

    Raises:
        RefusedInputError: not TOML, an unknown field, or a value of the wrong type.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RefusedInputError(f"The schema is not TOML: {error}.") from error
    return from_json(found)


def from_json(value: JsonValue) -> Schema:
    """Return the schema from a JSON object with the fields of `Schema`.

    Raises:
        RefusedInputError: an unknown field, a value of the wrong type, or a threshold that is no number.
    """
    known = {field.name for field in fields(Schema)}
    unknown = sorted(set(value) - known)
    if unknown:
        raise RefusedInputError(f"Unknown field {unknown[0]!r} in the schema.", f"Known: {', '.join(sorted(known))}.")
    plain = {key: str(item) if key == "positive" else item for key, item in value.items()}
    found = decode(Schema, plain)
    if not math.isfinite(found.threshold):
        raise RefusedInputError(
            f"The threshold of the schema is {found.threshold}; a finite number is expected.", "Write for example 0.5."
        )
    return found
