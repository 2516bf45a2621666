"""The rules of the board as one pure function: `apply(state, entry) -> state`, or a RuleError in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from governance.review import events
from governance.review.editions import edition_of
from governance.review.house import with_case
from governance.review.state import BoardState, Entry, SetAside, evolved, require

OF_A_CASE: Final = (events.CaseRegistered, events.ExportMade)
"""Kinds of entries that name a case, beside those that a case's own rules judge."""


def apply(state: BoardState, entry: Entry) -> BoardState:
    """Return the state after `entry`.

    Raises:
        RuleError: the rules do not allow this entry here; the words say why and what to do.
    """
    require(entry.index == state.next_index, f"The next entry is {state.next_index}, not {entry.index}.")
    require(entry.time >= state.time, f"The entry's time {entry.time} is before the last entry's {state.time}.")
    before, kind, rules = state, type(entry.body), edition_of(state.edition)
    if kind in rules.of_cases:
        case = state.case(entry.case)
        require(case.status != "retired", f"Case {case.id} is retired.", "Register a new case.")
        state = with_case(state, rules.of_cases[kind](state, case, entry))
    elif kind in rules.of_house:
        own = entry.case is None or kind in OF_A_CASE
        require(own, f"{events.name_of(entry.body)} belongs to no case.")
        state = rules.of_house[kind](state, entry)
    elif kind is SetAside:
        state = replace(state, set_aside=(*state.set_aside, (entry.index, entry.body)))
    else:
        events.name_of(entry.body)
    require(
        entry.actor == events.SERVICE or entry.actor in before.members,
        f"{entry.actor} is no member.",
        "A member acts, or the service.",
    )
    return evolved(state, next_index=entry.index + 1, time=entry.time)


def replay(entries: Iterable[Entry], state: BoardState | None = None) -> BoardState:
    """Return the state that `entries` add up to, from nothing or from `state`.

    Raises:
        RuleError: as `apply`, at the first entry that breaks a rule.
    """
    found = state or BoardState()
    for entry in entries:
        found = apply(found, entry)
    return found
