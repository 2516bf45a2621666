"""A draft of a data contract with the checks that the robustness lab proposes; it is in force only when a person puts it there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from governance.quality import Expectation, Expectations
from governance.stress import ProposedCheck


def expectation_of(found: ProposedCheck) -> Expectation:
    """Return a proposed check as the data contract writes it."""
    if found.check == "missing":
        return Expectation("missing", found.column, share=found.maximum)
    if found.check == "value_share":
        return Expectation(
            "value_share", found.column, minimum=found.minimum, maximum=found.maximum, values=(found.value,)
        )
    return Expectation("column_order", found.column, minimum=found.minimum, maximum=found.maximum, text=found.other)


def draft(before: Expectations, proposed: Sequence[ProposedCheck]) -> Expectations:
    """Return expectations with proposed checks behind them, as the next version; one of the same thing takes its place.

    Args:
        before: the contract in force, or what the reference suggests.
        proposed: checks, the most pressing first; of two about the same thing the first counts.
    """
    made: dict[tuple[str, ...], Expectation] = {}
    for item in map(expectation_of, proposed):
        made.setdefault(_about(item), item)
    kept = [item for item in before.expectations if _about(item) not in made]
    return replace(before, version=before.version + 1, expectations=(*kept, *made.values()))


def _about(item: Expectation) -> tuple[str, ...]:
    """Return what an expectation is about: two of the same would contradict each other."""
    if item.check == "value_share":
        return (item.check, item.column, *item.values)
    if item.check == "column_order":
        return (item.check, item.column, item.text)
    if item.check == "missing":
        return (item.check, item.column)
    return (item.check, item.column, item.text, repr(item))
