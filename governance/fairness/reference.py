"""Which group the others are compared with: declared, never implied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.fairness.against import OVERALL
from governance.fairness.metrics import direction
from governance.fairness.report import Limits, Polarity
from governance.statistics import Attribute, Estimates

RULES = ("largest", "best", "overall")


def named_groups(rule: str, found: Sequence[Attribute]) -> Mapping[str, str]:
    """Return attribute -> value from a rule such as "sex=Male, race=White" or "Male"; empty for the rules with a word.

    Raises:
        RefusedInputError: no attribute has the value, or several have it.
    """
    if rule in RULES:
        return {}
    chosen: dict[str, str] = {}
    for part in (item.strip() for item in rule.split(",")):
        left, equals, right = (piece.strip() for piece in part.partition("="))
        homes = [
            item for item in found if (item.name == left and right in item.names) or (not equals and left in item.names)
        ]
        if len(homes) != 1:
            known = "; ".join(f"{item.name}: {', '.join(item.names)}" for item in found)
            raise RefusedInputError(
                f"The reference {part!r} names {len(homes)} groups, expected one.",
                f"Use largest, best, overall, or attribute=value. Known: {known}.",
            )
        chosen[homes[0].name] = right if equals else left
    return chosen


def position(
    rule: str,
    groups: Sequence[Mapping[str, str]],
    sizes: NDArray[np.float64],
    unknown: NDArray[np.bool_],
    outcome: Estimates,
    limits: Limits,
    polarity: Polarity,
    chosen: Mapping[str, str],
) -> int:
    """Return the position of the reference among the groups of one attribute set, or `OVERALL`.

    A named reference that does not cover every attribute of the set gives way to the largest group among those that match.
    The best group is the one with the most favourable `outcome` (selection rate, or error) among those with enough rows.
    """
    if rule == "overall":
        return OVERALL
    eligible = ~unknown if (~unknown).any() else np.ones(len(groups), dtype=bool)
    if chosen:
        matching = np.array([all(group.get(key, value) == value for key, value in chosen.items()) for group in groups])
        eligible = matching if matching.any() else eligible
    if rule == "best":
        enough = eligible & (sizes >= limits.min_rows) & np.isfinite(outcome.value)
        if enough.any():
            sign = 1.0 if direction(outcome.metric, polarity) == "lower" else -1.0
            return int(np.argmax(np.where(enough, sign * outcome.value, -np.inf)))
    return int(np.argmax(np.where(eligible, sizes, -1.0)))
