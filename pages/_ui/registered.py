"""What the registry knows about model versions, gathered for its pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from governance.codec import decode, parse
from governance.models.inspection import Inspection
from pages._ui import house
from pages._ui.text import short, shown

UNREVIEWED: Final = "draft"
_MOST_STEPS: Final = 50


@dataclass(frozen=True, slots=True)
class Version:
    """One registered model version and where it stands."""

    digest: str
    name: str
    version: str
    label: str
    """As the subject picker writes it; the value of `model` in an address."""
    task: str
    owner: str
    tier: str
    intended_use: str
    registered: str
    """Day, 2026-06-01."""
    by: str
    entry: int
    """Index of its ledger entry."""
    parent: str
    """Digest of the version it replaces, "" for none."""
    case: str
    """Id of its latest case, "" when no case was opened."""
    status: str
    """State of that case, "" when no case was opened."""
    evidence: int
    """How many recorded results are about it."""


def versions() -> tuple[Version, ...]:
    """Return the registered model versions, the newest first."""
    views, board = house.views(), house.board()
    if views is None:
        return ()
    latest = {digest: case.case for case in views.cases() for digest in case.models}
    counts: dict[str | None, int] = {}
    for item in views.all_evidence():
        counts[item.model] = counts.get(item.model, 0) + 1
    labels = {choice.digest: choice.label for choice in house.models()}
    found = [
        Version(
            digest=item.digest,
            name=item.name,
            version=item.version,
            label=labels[item.digest],
            task=item.task,
            owner=item.owner,
            tier=item.risk_tier,
            intended_use=item.intended_use.shown,
            registered=item.time[:10],
            by=item.actor,
            entry=item.index,
            parent=item.parent or "",
            case=latest.get(item.digest, ""),
            status=board.cases[latest[item.digest]].status if latest.get(item.digest) in board.cases else "",
            evidence=counts.get(item.digest, 0),
        )
        for item in views.models()
    ]
    return tuple(reversed(found))


def lineage(version: Version, known: tuple[Version, ...]) -> tuple[str, ...]:
    """Return the versions that led to this one, the oldest first, itself last; a digest where one is not registered."""
    by_digest, steps = {item.digest: item for item in known}, [f"{version.name} {version.version}"]
    parent = version.parent
    while parent and len(steps) < _MOST_STEPS:
        found = by_digest.get(parent)
        steps.append(f"{found.name} {found.version}" if found else short(parent, 16))
        parent = found.parent if found else ""
    return tuple(shown(step, 90) for step in reversed(steps))


def inspection(digest: str) -> Inspection | None:
    """Return the report that was stored with a model, or None when there is none."""
    place = house.workspace()
    found = place.read().model(digest) if place else None
    stored = found.provenance.get("inspection") if found else None
    if place is None or stored is None:
        return None
    return decode(Inspection, parse(place.blobs.read(stored)))
