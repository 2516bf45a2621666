"""Norms of the board: signed by members, in force once more than half have signed, and every version kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from governance.evidence import RefusedInputError
from governance.fairness import NormSet
from governance.review import BoardState, events, require_text
from governance.workflow.assess import fold
from governance.workflow.workspace import state
from governance.workflow.workspace.act import act
from storage import UnitOfWork, Workspace

KIND: Final = "norms.adopted"


@dataclass(frozen=True, slots=True)
class Adopted:
    """Norms that somebody signed."""

    digest: str
    norms: NormSet
    index: int
    """Place in the ledger: of the entry that put them in force, or of the latest signature where they are not."""
    time: str
    signers: tuple[str, ...]
    """Members in the order of their signatures."""
    in_force: bool
    """Whether they hold now."""
    text: str
    """Why, in the words of the latest signer; "" where the words were erased."""


def adopt(workspace: Workspace, norms: NormSet, reason: str, *, member: str, passphrase: str) -> bool:
    """Sign norms as one member, and return whether they are in force now.

    Raises:
        RefusedInputError: the reason is empty.
        RuleError: the member does not sit on the board, or these norms are in force already.
        CountersignError: the passphrase does not open the member's key.
    """
    require_text("reason", reason)
    signer = workspace.unlock(member, passphrase)
    digest = workspace.blobs.put(norms.to_bytes()).digest

    def make(unit: UnitOfWork, board: BoardState, _time: str) -> events.NormsAdopted:
        return events.NormsAdopted(digest, board.norms or None, events.TextRef(**unit.text(reason)))

    act(workspace, make, signer=signer)
    return state(workspace).norms == digest


def in_force(workspace: Workspace) -> Adopted | None:
    """Return the norms in force, None before the board has adopted any."""
    return next((item for item in history(workspace) if item.in_force), None)


def history(workspace: Workspace) -> tuple[Adopted, ...]:
    """Return all norms that somebody signed, in the order of their last signatures."""
    board, views = state(workspace), workspace.read()
    records = views.entries(types=(KIND,))
    texts = views.texts({item.body["text"]["sha256"] for item in records})
    found: dict[tuple[str, str], Adopted] = {}
    for item in records:
        body = item.body
        key = (body["digest"], body["supersedes"] or "")
        before = found.pop(key, None)
        said = texts.get(body["text"]["sha256"])
        found[key] = Adopted(
            digest=body["digest"],
            norms=before.norms if before else fold.read_norms(workspace, body["digest"]),
            index=item.index,
            time=item.time,
            signers=(*(before.signers if before else ()), item.actor),
            in_force=item.index == board.norms_index,
            text=(said.text if said else "") or "",
        )
    return tuple(found.values())


def named(workspace: Workspace, start: str) -> Adopted:
    """Return the norms whose digest begins so; "" for those in force.

    Raises:
        RefusedInputError: there are none, or several.
    """
    if not start:
        found = in_force(workspace)
        if found is None:
            raise RefusedInputError("No norms are in force.", "Sign some: countersign norms adopt norms.toml.")
        return found
    fits = {item.digest: item for item in history(workspace) if item.digest.startswith(start.lower())}
    if len(fits) != 1:
        known = ", ".join(f"{item.digest[:16]} ({item.norms.title})" for item in history(workspace)) or "none"
        raise RefusedInputError(f"{start!r} names {len(fits)} norms.", f"Signed so far: {known}.")
    return next(iter(fits.values()))
