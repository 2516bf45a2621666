"""The promise about false alarms for a model and its evaluation data: evidence of its own, and what a watch looks up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from governance.drift import Calibration, CalibrationParameters
from governance.evidence import Evidence, NotAssessed, encode
from governance.workflow.assess import Recorded, assess
from governance.workflow.workspace import Acting, Choice, require_act, state, subjects
from storage import Run, Workspace

METHOD: Final = "drift.calibration"


@dataclass(frozen=True, slots=True)
class Promise:
    """Thresholds in force."""

    index: int
    """Place of their evidence in the ledger."""
    time: str
    actor: str
    digest: str
    """Of the evidence."""
    calibration: Calibration


def in_force(workspace: Workspace, model: str, reference: str) -> Promise | None:
    """Return the latest thresholds for a model on its evaluation data, None when nobody has asked for any."""
    for item in reversed(workspace.read().all_evidence(model=model, method=METHOD)):
        if item.data == (reference,) and item.outcome == "assessed":
            found = Evidence.from_bytes(workspace.blobs.read(item.digest)).read(Calibration)
            if not isinstance(found, NotAssessed):
                return Promise(item.index, item.time, item.actor, item.digest, found)
    return None


def thresholds(workspace: Workspace, model: str, reference: str) -> Calibration | None:
    """Return what the rules of a watch are held against besides their practical limits."""
    found = in_force(workspace, model, reference)
    return found.calibration if found else None


def put(
    workspace: Workspace, model: str, reference: str, parameters: CalibrationParameters, *, actor: Acting
) -> Recorded | Run:
    """Start the run that finds thresholds; they are in force once its evidence is in the ledger.

    Raises:
        RefusedInputError: model or data are not registered.
    """
    task = subjects.task(workspace, METHOD, Choice(model, reference), encode(parameters))
    require_act(state(workspace), actor)
    return assess.request(workspace, task, actor=actor)
