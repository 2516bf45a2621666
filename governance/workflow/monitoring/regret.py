"""What waiting has cost under the norms in force: each proven breach, from its beginning to the board's answer, in people."""

from __future__ import annotations

from governance.evidence import Evidence, RefusedInputError, decode
from governance.fairness import NormsParameters, Regret, norms as room
from governance.workflow.assess import fold
from governance.workflow.monitoring import alerts, loop
from storage import Workspace

ANSWERED = ("approved", "conditional")


def report(workspace: Workspace, model: str) -> tuple[Regret, ...]:
    """Return what each proven breach of a model has cost, in the order of the norms; () when nothing is proven.

    Raises:
        RefusedInputError: the model was never audited under the norms in force.
    """
    standing = loop.latest(workspace, model)
    if standing is None:
        raise RefusedInputError(
            "This model was never audited under the norms in force.", "Audit it: countersign loop status --model MODEL."
        )
    evidence = Evidence.from_bytes(workspace.blobs.read(standing.evidence))
    tallies = decode(NormsParameters, evidence.key.parameters).tallies
    windows = [fold.tallied(workspace, digest) for digest in tallies]
    indices = {item.digest: item.index for item in workspace.read().datasets()}
    places = [indices[item.data] for item in windows]
    end = _answer(workspace, model)
    found = []
    for state in standing.report.in_breach:
        name = loop.name_of(model, standing.digest, state.id)
        waits = _waits(workspace, model, name, end, places)
        found += [room.regret.regret(windows, state.id, item, waits) for item in state.accused]
    return tuple(found)


def _waits(workspace: Workspace, model: str, alert: str, end: int | None, places: list[int]) -> room.regret.Waits:
    """Return how many windows were registered when a member, and when the board, had answered."""
    steps = [item for item in alerts.history(workspace, model) if item.alert == alert]
    observed = min((item.index for item in steps), default=0)
    said = min((item.index for item in steps if item.state in ("confirmed", "overridden")), default=None)
    aside = min((item.index for item in steps if item.state == "overridden"), default=None)
    answers = [index for index in (end, aside) if index is not None and index > observed]
    return room.regret.Waits(_windows(places, said), _windows(places, min(answers, default=None)))


def _windows(places: list[int], index: int | None) -> int | None:
    return None if index is None else sum(place < index for place in places)


def _answer(workspace: Workspace, model: str) -> int | None:
    """Return the place in the ledger of the first decision that approves a version made from this one, or that retires it."""
    views = workspace.read()
    children = {item.digest for item in views.models() if item.parent == model}
    cases = {item.case: set(item.models) for item in views.cases()}
    for record in views.entries(types=("decision.recorded",)):
        about = cases.get(record.case or "", set())
        outcome = record.body["outcome"]
        if (outcome in ANSWERED and about & children) or (outcome == "retired" and model in about):
            return record.index
    return None
