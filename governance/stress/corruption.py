"""One corruption: what breaks, where, for how many rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from governance.data import parse
from governance.evidence import RefusedInputError, canonical, encode, sha256, unknown_choice
from governance.stress.kinds import kind_list
from governance.stress.kinds.kind import Kind, Value

DIGITS = 16
"""Hexadecimal digits of a digest that name a corruption's stream of numbers: 64 bits."""


@dataclass(frozen=True, slots=True)
class Corruption:
    """A kind of error, the columns that it strikes, and the rows."""

    kind: str
    """Its id, see `kind_list.KINDS`."""
    columns: tuple[str, ...] = ()
    """One column, two of them for `swap`, any number for `misjoin`, none for errors of whole rows and labels."""
    where: str = ""
    """Which rows it can strike, in the grammar of cohorts; "" for all."""
    share: float = 0.05
    """Share of all rows that it strikes, above 0 and at most 1; fewer where the condition holds for fewer."""
    setting: Mapping[str, Value] = field(default_factory=dict)
    """Parameters that differ from the kind's defaults."""

    def __post_init__(self) -> None:
        kind = self.of
        strange = sorted(set(self.setting) - {item.name for item in kind.parameters})
        if strange:
            known = tuple(item.name for item in kind.parameters)
            raise unknown_choice(f"parameter of the error {self.kind}", strange[0], known)
        if not (math.isfinite(self.share) and 0 < self.share <= 1):
            raise RefusedInputError(
                f"The share of {self.kind} is {self.share}, expected a number above 0 and at most 1.",
                "Write 0.05 for one row in twenty.",
            )
        self._check_columns(kind)
        self._check_setting(kind)
        parse(self.where)

    def _check_columns(self, kind: Kind) -> None:
        expected, right = "one column", len(self.columns) == 1
        if kind.exchanges:
            expected, right = "two different columns", len(set(self.columns)) == len(self.columns) == 2
        elif kind.weight is not None or kind.flips_labels:
            expected, right = "no column", not self.columns
        elif "rows" in kind.applies_to:
            expected, right = "at least one column, each once", 0 < len(set(self.columns)) == len(self.columns)
        if not right:
            got = ", ".join(self.columns) or "none"
            raise RefusedInputError(f"The error {self.kind} names {got}; it takes {expected}.", "Change its columns.")

    def _check_setting(self, kind: Kind) -> None:
        for item in kind.parameters:
            value = self.setting.get(item.name, item.default)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if number != isinstance(item.default, int | float) or (number and not math.isfinite(float(value))):
                wanted = "a finite number" if isinstance(item.default, int | float) else "a text"
                raise RefusedInputError(
                    f"The parameter {item.name} of {self.kind} is {value!r}, expected {wanted}.", item.meaning
                )
            if number and not item.above < float(value) <= item.most:
                at_most = f" and at most {item.most:g}" if math.isfinite(item.most) else ""
                raise RefusedInputError(
                    f"The {item.name} of {self.kind} is {value}.", f"Give a number above {item.above:g}{at_most}."
                )

    @property
    def of(self) -> Kind:
        """The kind of error.

        Raises:
            RefusedInputError: there is none of that name.
        """
        return kind_list.named(self.kind)

    @property
    def complete(self) -> Mapping[str, Value]:
        """The parameters, defaults filled in."""
        return self.of.complete(self.setting)

    @property
    def digest(self) -> str:
        """Digest of what breaks and where, without the share: more rows are then always the same rows and others."""
        value = {"kind": self.kind, "columns": list(self.columns), "where": self.where, "setting": dict(self.complete)}
        return sha256(canonical(encode(value, dict)))

    def says(self) -> str:
        """Return what happens and to whom, in words, with names as they stand in the file."""
        what = self.of.says(self.columns, self.complete)
        return f"{what}, where {self.where}" if self.where else what
