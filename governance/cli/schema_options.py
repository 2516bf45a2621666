"""The roles of columns as options: the same names on every command that reads a table, each overriding the schema file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.inputs import roles
from governance.evidence import RefusedInputError
from governance.subject import Schema


class SelectedChoice(StrEnum):
    """Whether being selected is good or bad for a person."""

    good = "good"
    bad = "bad"


def mapped(text: str) -> dict[str, str]:
    """Return what `COLUMN:VALUE=READ AS` says; the last colon before the first sign of equality separates.

    Raises:
        RefusedInputError: it is not of that form.
    """
    left, sign, read_as = text.partition("=")
    column, colon, value = left.rpartition(":")
    if not (sign and colon and column and read_as.strip()):
        raise RefusedInputError(f"--map {text!r}: expected COLUMN:VALUE=READ AS.", "Write for example sex:male=Male.")
    return {"column": column, "value": value, "read_as": read_as}


ROLES = "Roles of columns"
SchemaFile = Annotated[
    Path | None,
    typer.Option("--schema", help="TOML file with the roles of columns.", rich_help_panel=ROLES),
]


@dataclass(frozen=True, slots=True)
class SchemaOptions:
    """A schema file, and what is said beside it; fields that are left out keep what the file says."""

    schema: SchemaFile = None
    target: Annotated[str | None, typer.Option("--target", help="Label column.", rich_help_panel=ROLES)] = None
    positive: Annotated[
        str | None,
        typer.Option("--positive", help="Label value that the score is about.", rich_help_panel=ROLES),
    ] = None
    negative: Annotated[
        list[str] | None,
        typer.Option(
            "--negative",
            help="Another label value; repeat for several, all others when left out.",
            rich_help_panel=ROLES,
        ),
    ] = None
    selected_is: Annotated[
        SelectedChoice | None,
        typer.Option("--selected-is", help="Whether being selected is good for the person.", rich_help_panel=ROLES),
    ] = None
    sensitive: Annotated[
        list[str] | None,
        typer.Option("--sensitive", help="Column that describes groups; may be repeated.", rich_help_panel=ROLES),
    ] = None
    control: Annotated[
        list[str] | None,
        typer.Option(
            "--control",
            help="Column of strata within which groups are compared; may be repeated.",
            rich_help_panel=ROLES,
        ),
    ] = None
    identifier: Annotated[
        str | None, typer.Option("--identifier", help="Column that names rows.", rich_help_panel=ROLES)
    ] = None
    timestamp: Annotated[str | None, typer.Option("--timestamp", help="Column of time.", rich_help_panel=ROLES)] = None
    weight: Annotated[str | None, typer.Option("--weight", help="Column of sample weights.", rich_help_panel=ROLES)] = (
        None
    )
    score: Annotated[
        str | None,
        typer.Option("--score", help="Column that holds the score, when no model is given.", rich_help_panel=ROLES),
    ] = None
    prediction: Annotated[
        str | None,
        typer.Option(
            "--prediction", help="Column that holds the decision, when no model is given.", rich_help_panel=ROLES
        ),
    ] = None
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", help="Column that is no feature; may be repeated.", rich_help_panel=ROLES),
    ] = None
    code: Annotated[
        list[str] | None,
        typer.Option(
            "--code", help="Column whose numbers are names, not quantities; may be repeated.", rich_help_panel=ROLES
        ),
    ] = None
    prediction_positive: Annotated[
        str | None,
        typer.Option(
            "--prediction-positive",
            help="Value of the decision that stands for the positive label, when it is coded otherwise.",
            rich_help_panel=ROLES,
        ),
    ] = None
    label: Annotated[
        str | None,
        typer.Option("--label", help="Which of the labels in the schema is meant.", rich_help_panel=ROLES),
    ] = None
    map_values: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            help="Read a value as another, counted and told: sex:male=Male; may be repeated.",
            rich_help_panel=ROLES,
        ),
    ] = None
    threshold: Annotated[
        float | None, typer.Option("--threshold", help="Selected from this score on.", rich_help_panel=ROLES)
    ] = None

    def read(self) -> Schema:
        """Return the roles: those of the file, each overridden by the option of the same name.

        Raises:
            RefusedInputError: there is no such file, it is not a schema, or an option is empty.
        """
        self._check()
        found = roles(
            self.schema,
            target=self.target,
            positive=self.positive,
            negative=tuple(self.negative or ()),
            selected_is=self.selected_is.value if self.selected_is else None,
            sensitive=tuple(self.sensitive or ()),
            control=tuple(self.control or ()),
            identifier=self.identifier,
            timestamp=self.timestamp,
            weight=self.weight,
            score=self.score,
            prediction=self.prediction,
            ignore=tuple(self.ignore or ()),
            code=tuple(self.code or ()),
            prediction_positive=self.prediction_positive,
            threshold=self.threshold,
            mappings=tuple(mapped(text) for text in self.map_values or ()),
        )
        return found.about(self.label or "")

    def _check(self) -> None:
        if self.threshold is not None and not math.isfinite(self.threshold):
            raise RefusedInputError(
                f"--threshold {self.threshold}: expected a finite number.", "Write for example 0.5."
            )
        for name in ("sensitive", "control", "ignore", "negative", "code"):
            if "" in (getattr(self, name) or ()):
                raise RefusedInputError(f"--{name}: got an empty name.", "Name a column, or leave the option out.")
