"""Deployments: the places where a registered model is said to be served, as the ledger has them."""

from __future__ import annotations

from dataclasses import dataclass

from governance.evidence import RefusedInputError, RuleError
from governance.remote import Endpoint
from governance.review import BoardState, events, require_id, require_text
from governance.workflow.workspace import Acting, acts, require_act, state
from storage import UnitOfWork, Workspace

REGISTERED, ENDED, BEGUN = "deployment.registered", "deployment.ended", "attestation.begun"


@dataclass(frozen=True, slots=True)
class Deployment:
    """One place, as its entries leave it."""

    id: str
    model: str
    """Digest of the model that is said to be served there."""
    endpoint: Endpoint | None
    """None where the address was erased."""
    index: int
    """Entry that registered it."""
    time: str
    """When, RFC 3339."""
    begun: int
    """Attestations that were begun."""
    ended: str
    """When it ended, "" while it is served."""


def register(workspace: Workspace, name: str, model: str, endpoint: Endpoint, *, actor: Acting) -> int:
    """Record that a model is served at an address, and return the index of the entry.

    Raises:
        RefusedInputError: the name is no id, or the model is not registered.
        RuleError: the name is taken, or the actor is no member; nothing was recorded.
    """
    require_id(name)
    if workspace.read().model(model) is None:
        raise RefusedInputError(f"No model with digest {model[:16]} is registered.", "See: countersign model list.")

    def make(unit: UnitOfWork, _state: BoardState, _time: str) -> events.DeploymentRegistered:
        return events.DeploymentRegistered(
            deployment=name,
            model=model,
            protocol="rest",
            served_as=endpoint.model if not endpoint.version else f"{endpoint.model}/versions/{endpoint.version}",
            address=events.TextRef(**unit.text(endpoint.address)),
            pin=endpoint.pin or None,
        )

    return acts(workspace, (make,), actor=actor)


def end(workspace: Workspace, name: str, reason: str, *, actor: Acting) -> int:
    """Record that a model is served there no more, and return the index of the entry.

    Raises:
        RuleError: there is no such deployment, it has ended, or the actor is no member.
        RefusedInputError: there is no reason.
    """
    require_act(state(workspace), actor)
    require_text("reason", reason)

    def make(unit: UnitOfWork, _state: BoardState, _time: str) -> events.DeploymentEnded:
        return events.DeploymentEnded(name, events.TextRef(**unit.text(reason)))

    return acts(workspace, (make,), actor=actor)


def listed(workspace: Workspace, *, model: str = "") -> tuple[Deployment, ...]:
    """Return every deployment in the order of the ledger; with a digest, only those of that model."""
    views = workspace.read()
    records = views.entries(types=(REGISTERED, ENDED, BEGUN))
    made = [item for item in records if item.type == REGISTERED]
    texts = views.texts({item.body["address"]["sha256"] for item in made})
    ends = {item.body["deployment"]: item.time for item in records if item.type == ENDED}
    begun = [item.body["deployment"] for item in records if item.type == BEGUN]
    found = []
    for item in made:
        body = item.body
        address = texts.get(body["address"]["sha256"])
        name, _, version = body["served_as"].partition("/versions/")
        found.append(
            Deployment(
                id=body["deployment"],
                model=body["model"],
                endpoint=None if address is None else Endpoint(address.text, name, version, body["pin"] or ""),
                index=item.index,
                time=item.time,
                begun=begun.count(body["deployment"]),
                ended=ends.get(body["deployment"], ""),
            )
        )
    return tuple(item for item in found if not model or item.model == model)


def live(workspace: Workspace, name: str) -> Deployment:
    """Return a deployment that has not ended and whose address is known.

    Raises:
        RuleError: there is none.
    """
    known = {item.id: item for item in listed(workspace) if not item.ended}
    if name not in known:
        raise RuleError(
            f"There is no deployment {name!r}, or it has ended.", f"Known: {', '.join(sorted(known)) or 'none'}."
        )
    if known[name].endpoint is None:
        raise RuleError(f"The address of the deployment {name!r} was erased.", "Register it anew under another name.")
    return known[name]


def of_model(workspace: Workspace, name: str, model: str) -> Deployment:
    """Return a deployment that has not ended and is of this model; raises RuleError as `live`, and when it is of another."""
    found = live(workspace, name)
    if found.model != model:
        raise RuleError(
            f"The deployment {name!r} is of model {found.model[:16]}, not {model[:16]}.", "Choose one of this model."
        )
    return found
