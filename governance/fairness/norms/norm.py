"""A norm: how far groups may lie apart, written down and signed before anybody looks; policy, loop and search share the noun."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, StringConstraints

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

Metric: TypeAlias = Literal[
    "demographic_parity",
    "equal_opportunity",
    "false_positive_rate_parity",
    "equalized_odds",
    "calibration_in_the_large",
    "calibration_at_every_score",
]
Compare: TypeAlias = Literal["difference", "ratio", "within"]
CALIBRATION: Final = ("calibration_in_the_large", "calibration_at_every_score")
"""Metrics that hold a group's labels against its own scores; the others hold the decisions of two groups against each other."""
TITLES: Final[Mapping[Metric, str]] = {
    "demographic_parity": "Share selected (demographic parity)",
    "equal_opportunity": "True positive rate (equal opportunity)",
    "false_positive_rate_parity": "False positive rate (false positive rate parity)",
    "equalized_odds": "True and false positive rate (equalized odds)",
    "calibration_in_the_large": "Mean of label minus score (calibration in the large)",
    "calibration_at_every_score": "Label minus score at every score (calibration at every score)",
}
"""What a person calls each metric."""
TEMPLATES: Final[Mapping[str, str]] = {
    "four-fifths": "Each group is selected at no less than four fifths of the rate of any other",
    "equal-opportunity": "Those who merit selection are selected alike in every group, within 10 points",
    "calibration": "The mean score of each group is right, within 5 points",
}
"""Name of a template -> what it asks."""
PAIRS: Final = "pairs"
_DECIMAL: Final = re.compile("[0-9]?[.]?[0-9]{1,12}")
"""Digits with a point: no exponent, no sign, no digits of other scripts."""
_Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]


@dataclass(frozen=True, slots=True)
class Norm:
    """One demand on groups of people."""

    id: _Id
    """1 to 32 lowercase letters, digits and hyphens: alerts are named after it."""
    metric: Metric
    """fairlearn's names; the two calibrations are promises of their own: the mean of a group, or every score of it."""
    compare: Compare
    """difference or ratio of two groups; within: a group's labels and scores, which calibration is about."""
    limit: str
    """Decimal as text, in (0, 1): the largest difference, the smallest ratio (0.80 is four fifths), or half of the band."""
    attributes: tuple[_Name, ...]
    """Sensitive columns whose groups are looked at."""
    intersections: Annotated[int, Field(strict=True, ge=1, le=3)] = 1
    """How many of the attributes are combined at most, 1 to 3."""
    reference: str = PAIRS
    """pairs: any two groups are held together; "race=White": each group is held against that one."""
    why: str = ""
    """Why the board asks for it, in words."""

    @property
    def number(self) -> float:
        """The limit as a number."""
        return float(self.limit)

    @property
    def needs_labels(self) -> bool:
        """Whether only rows with a label count."""
        return self.metric != "demographic_parity"


@dataclass(frozen=True, slots=True)
class NormSet:
    """What a board asks for together; one error rate holds for all of it."""

    title: _Name
    norms: tuple[Norm, ...]
    alpha: str = "0.05"
    """Decimal in (0, 0.5]: largest chance that a version that keeps every norm is ever accused."""
    least_rows: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 100
    """Rows that a group must have had in all windows together before anything is said about it."""
    least_labelled: str = "0.8"
    """Decimal in (0, 1]: share of a window's rows that need labels before the norms about labels count it, once."""
    most_changed: str = "0.02"
    """Decimal in (0, 1]: largest share of decisions that a correction may change."""
    group_at_use: Literal["allowed", "forbidden"] = "forbidden"
    """Whether a corrected model may ask who somebody is."""
    format: Literal["countersign-norms/1"] = "countersign-norms/1"

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes."""
        return sha256(self.to_bytes())

    @property
    def level(self) -> float:
        """The error rate as a number."""
        return float(self.alpha)

    def to_bytes(self) -> bytes:
        """Return the canonical bytes, as they are stored and signed for."""
        return canonical(encode(self))

    def norm(self, name: str) -> Norm:
        """Return the norm called `name`.

        Raises:
            RefusedInputError: there is none.
        """
        for item in self.norms:
            if item.id == name:
                return item
        raise unknown_choice("norm", name, tuple(item.id for item in self.norms))


def from_json(value: JsonValue) -> NormSet:
    """Return the norms of a JSON object.

    Raises:
        RefusedInputError: a missing or unknown field, no norm, an id twice, a limit that means nothing, a metric compared as it cannot be.
    """
    _refuse_unknown(value)
    found = decode(NormSet, value)
    names = [item.id for item in found.norms]
    twice = sorted({name for name in names if names.count(name) > 1})
    if not names or twice:
        what = f"The file has two norms {twice[0]!r}." if twice else "The file holds no norm."
        raise RefusedInputError(what, "Write at least one [[norms]], each with its own id.")
    for name, text, top in (("alpha", found.alpha, "0.5"), ("least_labelled", found.least_labelled, "1"),
                            ("most_changed", found.most_changed, "1")):  # fmt: skip
        _number(name, text, top)
    for item in found.norms:
        _check(item)
    return found


def _refuse_unknown(value: JsonValue) -> None:
    rows = value.get("norms") if isinstance(value, dict) else None
    parts = [item for item in rows if isinstance(item, dict)] if isinstance(rows, list) else []
    for item, kind in ((value, NormSet), *((part, Norm) for part in parts)):
        extra = sorted(set(item) - set(kind.__annotations__)) if isinstance(item, dict) else []
        if extra:
            raise unknown_choice("field of a norms file", str(extra[0]), tuple(kind.__annotations__))


def _number(name: str, text: str, top: str) -> None:
    """Refuse a text that is no decimal in (0, top]."""
    try:
        holds = _DECIMAL.fullmatch(text) is not None and 0 < Decimal(text) <= Decimal(top)
    except InvalidOperation:
        holds = False
    if not holds:
        raise RefusedInputError(f"{name} is {text[:40]!r}, expected a number above 0 and at most {top} as text.",
                                f'Write it like {name} = "0.05".')  # fmt: skip


def _check(item: Norm) -> None:
    """Refuse a norm that says nothing, or that nobody could break or keep."""
    _number(f"limit of {item.id!r}", item.limit, "1")
    where = f"Norm {item.id!r}"
    if Decimal(item.limit) == 1:
        raise RefusedInputError(f"{where} has the limit 1, which means equality or nothing at all.",
                                'Write a limit between 0 and 1, such as "0.80" for four fifths.')  # fmt: skip
    if (item.metric in CALIBRATION) != (item.compare == "within"):
        known = "within" if item.metric in CALIBRATION else "difference or ratio"
        raise RefusedInputError(f"{where} compares {item.metric} by {item.compare!r}, expected {known}.",
                                f'Write compare = "{known.split(" ", 1)[0]}".')  # fmt: skip
    if not item.attributes or len(set(item.attributes)) != len(item.attributes):
        raise RefusedInputError(f"{where} names no attribute, or one twice: {list(item.attributes)}.",
                                'Write for example attributes = ["sex", "race"].')  # fmt: skip
    if item.intersections > len(item.attributes):
        raise RefusedInputError(f"{where} combines {item.intersections} attributes and names {len(item.attributes)}.",
                                "Name more attributes, or lower intersections.")  # fmt: skip
    if item.reference != PAIRS and (item.metric in CALIBRATION or "=" not in item.reference):
        raise RefusedInputError(f"{where} has the reference {item.reference[:60]!r}.",
                                'Write "pairs" or one group, "race=White"; calibration has no reference.')  # fmt: skip


def from_toml(text: str) -> NormSet:
    """Return the norms written as TOML, as the templates show.

    Raises:
        RefusedInputError: not TOML, or as `from_json`.
    """
    return from_json(toml_fields(text, "The norms file"))


def template(name: str = "four-fifths") -> str:
    """Return the text of a norms file that a board can start from, by its name in `TEMPLATES`.

    Raises:
        RefusedInputError: there is no such template.
    """
    if name not in TEMPLATES:
        raise unknown_choice("norms template", name, tuple(TEMPLATES))
    return files("governance.fairness.norms").joinpath(f"templates/{name}.toml").read_text(encoding="utf-8")
