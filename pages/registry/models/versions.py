"""What the registry knows about model versions, gathered for its pages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from governance.evidence import decode, parse
from governance.models import Inspection
from governance.workflow.review import Change, portfolio
from pages._ui import workspace
from pages._ui.badges import verdict
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
    appealed: bool
    """Whether an appeal against its decision waits for a ruling."""
    expires: str
    """Day on which its approval ends, "" when it has none in force."""
    changes: tuple[Change, ...]
    """What stands against it or is newer than its frozen evidence."""
    evidence: int
    """How many recorded results are about it."""


def versions() -> tuple[Version, ...]:
    """Return the registered model versions, the newest first."""
    place = workspace.workspace()
    if place is None:
        return ()
    counts = place.read().evidence_by_model()
    labels = {choice.digest: choice.label for choice in workspace.models()}
    return tuple(
        Version(
            digest=item.model.digest,
            name=item.model.name,
            version=item.model.version,
            label=labels[item.model.digest],
            task=item.model.task,
            owner=item.model.owner,
            tier=item.model.risk_tier,
            intended_use=item.model.intended_use.shown,
            registered=item.model.time[:10],
            by=item.model.actor,
            entry=item.model.index,
            parent=item.model.parent or "",
            case=item.case,
            status=item.status,
            appealed=item.appealed,
            expires=item.expires[:10],
            changes=item.changes,
            evidence=counts.get(item.model.digest, 0),
        )
        for item in portfolio.portfolio(place)
    )


def words(version: Version) -> str:
    """Return where a version stands in words: "Approved, appeal open, until 2027-06-01"."""
    said = [verdict(version.status).word if version.status else "No case yet"]
    if version.appealed:
        said.append("appeal open")
    if version.expires:
        said.append(f"until {version.expires}")
    return ", ".join(said)


def learnt(version: Version) -> str:
    """Return in words what has been learnt since its evidence was frozen: harm, alerts, newer results and data."""
    count = Counter(item.kind for item in version.changes)
    names = {
        "harm": "harm confirmed",
        "alert": "alert",
        "evidence": "newer result",
        "data": "newer data",
        "waiver": "waiver ended",
    }
    return ", ".join(f"{number} × {names[kind]}" if number > 1 else names[kind] for kind, number in count.items())


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
    place = workspace.workspace()
    found = place.read().model(digest) if place else None
    stored = found.provenance.get("inspection") if found else None
    if place is None or stored is None:
        return None
    return decode(Inspection, parse(place.blobs.read(stored)))
