"""Column roles: which column is the label, which are sensitive, which identify, which to ignore."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Final, Literal

from governance.evidence import JsonValue, RefusedInputError, decode, encode, toml_fields, unknown_choice


@dataclass(frozen=True, slots=True)
class Label:
    """A label column with its own coding."""

    column: str
    positive: str = ""
    """The value that the score is about, as text; "" for a number or several classes."""
    negative: tuple[str, ...] = ()
    """The other values, as text; () for every other value seen."""
    classes: tuple[str, ...] = ()
    """The classes of a label of several, as text; () for those that occur."""
    selected_is: Literal["good", "bad"] = "good"
    """Whether being selected is good for the person."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A value of a column that is read as another."""

    column: str
    value: str
    """As it is written in the file."""
    read_as: str
    """The spelling that counts."""


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
    code: tuple[str, ...] = ()
    """Columns whose numbers are names (of a branch, a diagnosis): compared value by value, never by size."""
    prediction_positive: str = ""
    """The value of the prediction that stands for the positive one, as text; "" when it is coded as the target is."""
    classes: tuple[str, ...] = ()
    """Values of a label of several classes, as text; () for those that occur in the columns of label and decision."""
    labels: tuple[Label, ...] = ()
    """Further label columns, each with its own coding; one is chosen in place of `target`, and none of them is a feature."""
    mappings: tuple[Mapped, ...] = ()
    """Spellings of one group that are read as one: declared by a person, counted and told with every reading."""

    def about(self, label: str) -> Schema:
        """Return the roles with one of the labels in place of the target, which joins the labels; "" changes nothing.

        Raises:
            RefusedInputError: there is no such label.
        """
        if label in ("", self.target):
            return self
        chosen = next((item for item in self.labels if item.column == label), None)
        if chosen is None:
            raise unknown_choice("label", label, (*(item.column for item in self.labels), self.target))
        own = Label(
            column=self.target,
            positive=self.positive,
            negative=self.negative,
            classes=self.classes,
            selected_is=self.selected_is,
        )
        others = tuple(item for item in self.labels if item is not chosen)
        return replace(
            self,
            target=chosen.column,
            positive=chosen.positive,
            negative=chosen.negative,
            classes=chosen.classes,
            selected_is=chosen.selected_is,
            labels=(*((own,) if self.target else ()), *others),
        )

    def features(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Return the columns without a role; sensitive and control columns count as features too."""
        labels = (item.column for item in self.labels)
        taken = {
            self.target, self.identifier, self.timestamp, self.weight, self.score, self.prediction, *self.ignore, *labels,
        }  # fmt: skip
        return tuple(name for name in columns if name not in taken)

    def taken_out(self, columns: tuple[str, ...]) -> dict[str, str]:
        """Return which of these columns have a role that makes them no feature, and which role, in words."""
        found = dict.fromkeys(self.ignore, "left out")
        found |= {item.column: "further label" for item in self.labels}
        found |= {
            self.prediction: "decision", self.score: "score", self.weight: "weight", self.timestamp: "time",
            self.identifier: "identifier", self.target: "label",
        }  # fmt: skip
        return {name: found[name] for name in columns if name and name in found}

    def check(self, columns: tuple[str, ...]) -> None:
        """Raise RefusedInputError when a role names a column that is not there."""
        named = [
            self.target, self.identifier, self.timestamp, self.weight, self.score, self.prediction,
            *self.sensitive, *self.control, *self.ignore, *self.code,
            *(item.column for item in self.labels), *(item.column for item in self.mappings),
        ]  # fmt: skip
        missing = sorted({name for name in named if name and name not in columns})
        if missing:
            raise RefusedInputError(
                f"The schema names {', '.join(map(repr, missing))}, which the data do not have.",
                f"Columns of the data: {', '.join(columns)}.",
            )


_LATER: Final = ("code", "prediction_positive", "classes", "labels", "mappings")
"""Roles that came after the first release."""


def to_json(schema: Schema) -> JsonValue:
    """Return the schema as a JSON object; a role that came later is left out where it is empty, so that addresses of results stay."""
    found = encode(schema)
    return {name: item for name, item in found.items() if item or name not in _LATER}


def from_toml(text: str) -> Schema:
    """Return the schema written as TOML with the fields of `Schema`.

    Raises:
        RefusedInputError: not TOML, an unknown field, or a value of the wrong type.
    """
    return from_json(toml_fields(text, "The schema"))


def from_json(value: JsonValue) -> Schema:
    """Return the schema from a JSON object with the fields of `Schema`.

    Raises:
        RefusedInputError: an unknown field, a value of the wrong type, or a threshold that is no number.
    """
    known = {field.name for field in fields(Schema)}
    unknown = sorted(set(value) - known)
    if unknown:
        raise RefusedInputError(f"Unknown field {unknown[0]!r} in the schema.", f"Known: {', '.join(sorted(known))}.")
    plain = {key: str(item) if key in ("positive", "prediction_positive") else item for key, item in value.items()}
    found = decode(Schema, plain)
    if not math.isfinite(found.threshold):
        raise RefusedInputError(
            f"The threshold of the schema is {found.threshold}; a finite number is expected.", "Write for example 0.5."
        )
    return found
