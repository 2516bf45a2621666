"""The plan that the product makes where nobody brings one: every kind of error that applies, for every column that the model reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from governance.data import Comparison, condition_text
from governance.stress.columns import Columns
from governance.stress.corruption import Corruption
from governance.stress.kinds import kind_list

if TYPE_CHECKING:
    from governance.stress.kinds.kind import Kind, Value
    from governance.subject import Schema

SIDES: Final[tuple[Literal["=", "!="], ...]] = ("=", "!=")
"""The label is, or is not, the positive one."""
MOST_PAIRS: Final = 45
"""Pairs of columns that are exchanged: all of ten columns of numbers; more are left out and counted."""
MOST_CONDITIONED: Final = 8
"""Columns whose value goes missing by group, by label and by its own size."""


def default_plan(
    columns: Columns, schema: Schema, used: tuple[str, ...], share: float, smallest: tuple[tuple[str, str], ...]
) -> tuple[Corruption, ...]:
    """Return the corruptions.

    Args:
        columns: of the data.
        schema: the roles of columns.
        used: what the model reads.
        share: share of rows that each strikes.
        smallest: (attribute, group) whose rows an error may strike alone: for each sensitive column one group of people.
    """
    numbers = [name for name in used if columns.sort(name) == "number"]
    texts = [name for name in used if columns.sort(name) == "text"]
    found: list[Corruption] = []
    for sort, names in (("number", numbers), ("text", texts)):
        for name in names:
            for kind in kind_list.KINDS:
                if sort in kind.applies_to and kind.suits(columns.facts(name)):
                    found += [_one(kind, (name,), share, setting) for setting in kind.settings]
    for pair in list(combinations(numbers, 2))[:MOST_PAIRS]:
        found += [_one(kind, pair, share, {}) for kind in kind_list.striking("pair")]
    found += _conditioned(columns, schema, (*numbers, *texts)[:MOST_CONDITIONED], share, smallest)
    found += _of_rows(columns, schema, used, share, smallest)
    return tuple(found)


def left_out(columns: Columns, used: tuple[str, ...]) -> int:
    """Return how many pairs of columns the plan leaves out."""
    count = sum(columns.sort(name) == "number" for name in used)
    return max(0, count * (count - 1) // 2 - MOST_PAIRS)


def _one(
    kind: Kind, columns: tuple[str, ...], share: float, setting: Mapping[str, Value], *, where: str = ""
) -> Corruption:
    return Corruption(kind=kind.id, columns=columns, where=where, share=share, setting=setting)


def _conditioned(
    columns: Columns, schema: Schema, names: tuple[str, ...], share: float, groups: tuple[tuple[str, str], ...]
) -> Iterator[Corruption]:
    """Yield values that go missing not at random: for one group, for one label, and where the value itself is high."""
    kind = kind_list.named("missing")
    for name in names:
        for attribute, group in groups:
            yield _one(kind, (name,), share, {}, where=condition_text(Comparison(attribute, "=", group)))
        for where in label_conditions(columns, schema):
            yield _one(kind, (name,), share, {}, where=where)
        if columns.sort(name) == "number" and columns.facts(name).deviation > 0:
            limit = float(np.nanquantile(columns.numbers(name), 0.7))
            if limit > np.nanmin(columns.numbers(name)):
                yield _one(kind, (name,), share, {}, where=condition_text(Comparison(name, ">=", limit)))


def label_conditions(columns: Columns, schema: Schema, signs: Sequence[Literal["=", "!="]] = ("=",)) -> tuple[str, ...]:
    """Return the conditions that the label is, or is not, the positive one: a number or a truth as the file holds it.

    There are none without a label, nor where its column holds numbers alone and the positive one is no number: no row is on its side.
    """
    if not schema.target or not schema.positive:
        return ()
    value: str | float | bool = schema.positive
    if columns.sort(schema.target) == "number":
        try:
            value = float(schema.positive)
        except ValueError:
            return ()
    elif columns.sort(schema.target) == "other":
        value = schema.positive.lower() == "true"
    return tuple(condition_text(Comparison(schema.target, sign, value)) for sign in signs)


def _of_rows(
    columns: Columns, schema: Schema, used: tuple[str, ...], share: float, groups: tuple[tuple[str, str], ...]
) -> Iterator[Corruption]:
    wheres = ["", *(condition_text(Comparison(attribute, "=", group)) for attribute, group in groups)]
    wheres += label_conditions(columns, schema)
    for kind in kind_list.KINDS:
        if "labels" in kind.applies_to and schema.target and schema.positive:
            for where in label_conditions(columns, schema, SIDES):
                yield _one(kind, (), share, {}, where=where)
        elif kind.weight is not None:
            for where in wheres:
                yield _one(kind, (), share, {}, where=where)
        elif "rows" in kind.applies_to:
            yield _one(kind, used, share, {})
