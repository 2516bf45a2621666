"""What a finding leaves open: every value in it that says "not assessed", by the reason that stands beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from governance.evidence import Evidence, JsonValue, NotAssessed

UNDECIDED: Final = frozenset({"not_assessed", "not_run", "not_enough_data", "cannot_tell"})
"""Outcomes and verdicts of findings that stand for "nobody can say"."""


def unknown(evidence: Evidence) -> tuple[tuple[str, int], ...]:
    """Return (reason, how many values it holds for) of what a piece of evidence could not say, the most frequent first.

    Rows that were left out count under the reason for which they were dropped.
    """
    if not evidence.assessed:
        return ((evidence.read(NotAssessed).reason, 1),)
    found = Counter(_reasons(evidence.result))
    found.update({f"rows left out: {item.reason}": item.rows for item in evidence.rows.dropped})
    return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _reasons(node: JsonValue) -> Iterator[str]:
    if isinstance(node, list | tuple):
        for item in node:
            yield from _reasons(item)
    if not isinstance(node, Mapping):
        return
    reason, said = (
        node.get("reason"),
        {node[name] for name in ("outcome", "verdict") if isinstance(node.get(name), str)},
    )
    open_ = said & UNDECIDED if said else node.get("value", ...) is None
    if open_ and isinstance(reason, str) and reason:
        yield reason
        return
    for item in node.values():
        yield from _reasons(item)
