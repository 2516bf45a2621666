"""The plan as a person writes it: a TOML file with errors, a budget and what may be searched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from governance.evidence import RefusedInputError, decode, toml_fields, unknown_choice
from governance.stress.corruption import Corruption
from governance.stress.kinds import kind_list

_PLACES: Final = ("kind", "columns", "where", "share", "shares")


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """What the search for the worst error may use."""

    kinds: tuple[str, ...] = ()
    """Kinds of errors; () for all that can be searched."""
    columns: tuple[str, ...] = ()
    """Columns that may break; () for all that the model reads."""
    conditions_on: tuple[str, ...] = ()
    """Columns that an error may depend on; () for all."""
    minimum_rows: int = 30
    """Fewest rows of a condition, on the half where it is found."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is tried."""

    seed: int | None = None
    """Of everything that is drawn; None for what the command says."""
    budget: float = 0.05
    """Share of rows that an error may touch."""
    conditions: int = 2
    """How many conditions a worst case may combine, 0 to 2."""
    label_conditions: bool = False
    """Whether an error may depend on the outcome."""
    objective: str = ""
    """What the search calls harm; "" for the first that fits the model: accuracy, or the mean absolute error."""
    among: str = ""
    """Whose harm counts, in the grammar of cohorts; "" for everybody."""
    metrics: tuple[str, ...] = ()
    """() for those of the method."""
    corruptions: tuple[Corruption, ...] = ()
    """() for the product's own plan."""
    search: SearchPlan = SearchPlan()


def read_plan(text: str, name: str = "the plan") -> Plan:
    """Return the plan that a TOML text describes.

    Raises:
        RefusedInputError: it is no TOML, or has a field, a kind, a parameter or a value that there is not.
    """
    found = toml_fields(text, name, 'Write for example: kind = "missing"')
    listed = found.pop("corruption", [])
    search = found.pop("search", {})
    tables = listed if isinstance(listed, list) else [listed]
    if not isinstance(listed, list) or not all(isinstance(item, Mapping) for item in (*tables, search)):
        raise RefusedInputError(
            f"{name} has a corruption or search that is no table.",
            "Begin each with [[corruption]], the search with [search].",
        )
    known = ("seed", "budget", "conditions", "label_conditions", "objective", "among", "metrics")
    _refuse_unknown("field of the plan", found, known)
    plan = replace(decode(Plan, found), search=_search(search))
    if plan.seed is not None and not 0 <= plan.seed < 2**32:
        raise RefusedInputError(
            f"{name} has the seed {plan.seed}, expected a whole number from 0 on.", "Write seed = 0."
        )
    if plan.conditions not in (0, 1, 2):
        raise RefusedInputError(f"{name} has conditions = {plan.conditions}, expected 0, 1 or 2.", "Lower it.")
    return replace(plan, corruptions=tuple(one for item in listed for one in _corruptions(item, plan.budget)))


def _refuse_unknown(noun: str, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    strange = sorted(set(given) - set(known))
    if strange:
        raise unknown_choice(noun, strange[0], known)


def _search(given: Mapping[str, Any]) -> SearchPlan:
    """Return the search; "all" for a list means the empty one."""
    _refuse_unknown("field of the search", given, ("kinds", "columns", "conditions_on", "minimum_rows"))
    found = decode(SearchPlan, {name: () if value == "all" else value for name, value in given.items()})
    for kind in found.kinds:
        kind_list.named(kind)
    if found.minimum_rows < 1:
        raise RefusedInputError(f"minimum_rows is {found.minimum_rows}, expected at least 1.", "Raise it.")
    return found


def _corruptions(given: Mapping[str, Any], budget: float) -> tuple[Corruption, ...]:
    """Return the corruptions of one table, one for each share."""
    kind = kind_list.named(str(given.get("kind", "")))
    parameters = tuple(item.name for item in kind.parameters)
    _refuse_unknown(f"field of the error {kind.id}", given, (*_PLACES, *parameters))
    if "share" in given and "shares" in given:
        raise RefusedInputError(f"The error {kind.id} has share and shares.", "Keep one of them.")
    shares = given.get("shares", [given.get("share", budget)])
    if not isinstance(shares, list) or not shares or any(isinstance(share, bool) for share in shares):
        raise RefusedInputError(f"The error {kind.id} has the shares {shares!r}.", "Write for example [0.01, 0.05].")
    setting = {name: given[name] for name in parameters if name in given}
    base = {"kind": kind.id, "columns": given.get("columns", []), "where": given.get("where", ""), "setting": setting}
    return tuple(decode(Corruption, {**base, "share": share}) for share in shares)
