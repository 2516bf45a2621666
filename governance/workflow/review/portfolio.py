"""The models by standing: where the board left each version, and what the workspace has learnt about it since."""

from __future__ import annotations

from dataclasses import dataclass

from governance.review import DECIDED, Case
from governance.workflow.review import since
from governance.workflow.workspace import state
from storage import RegisteredModel, Workspace


@dataclass(frozen=True, slots=True)
class ModelStanding:
    """One registered version and where it stands."""

    model: RegisteredModel
    case: str
    """Id of its latest case, "" when none was opened."""
    status: str
    """State of that case, "" when none was opened."""
    appealed: bool
    """Whether an appeal against its decision waits for a ruling."""
    expires: str
    """RFC 3339 end of its approval, "" when it has none in force."""
    changes: tuple[since.Change, ...]
    """What stands against it or is newer than its frozen evidence; alerts alone where nothing is frozen."""

    @property
    def alerts(self) -> tuple[since.Change, ...]:
        """The alerts that stand against it."""
        return tuple(item for item in self.changes if item.kind in ("harm", "alert"))


def portfolio(workspace: Workspace) -> tuple[ModelStanding, ...]:
    """Return the registered versions, the newest first."""
    views, board = workspace.read(), state(workspace)
    latest = {digest: case.case for case in views.cases() for digest in case.models}
    return tuple(
        _standing(workspace, item, board.cases.get(latest.get(item.digest, ""))) for item in reversed(views.models())
    )


def _standing(workspace: Workspace, model: RegisteredModel, case: Case | None) -> ModelStanding:
    if case is None:
        return ModelStanding(
            model, "", "", appealed=False, expires="", changes=since.alerts_of(workspace, model.digest)
        )
    in_force = case.decision is not None and case.status in ("approved", "conditional")
    found = since.since(workspace, case.id) or since.alerts_of(workspace, model.digest)
    return ModelStanding(
        model=model,
        case=case.id,
        status=case.status,
        appealed=case.appeal is not None and case.status in DECIDED,
        expires=case.decision.expires_at if in_force and case.decision else "",
        changes=tuple(item for item in found if item.model in ("", model.digest)),
    )
