"""Propose: corrections of a broken norm, fitted on windows since the breach began, become versions that the board may look at."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from governance.evidence import (
    CountersignError,
    Evidence,
    NotAssessed,
    Progress,
    RefusedInputError,
    canonical,
    decode,
    encode,
    silent,
)
from governance.fairness import (
    NormReport,
    NormSet,
    NormsParameters,
    NormState,
    PatchCandidate,
    PatchParameters,
    PatchReport,
    corrections,
)
from governance.workflow.assess import Recorded, assess, fold, mitigate
from governance.workflow.monitoring import loop
from governance.workflow.workspace import Acting, Choice, require_act, state, subjects
from storage import RegisteredModel, Workspace

METHOD: Final = "fairness.patch"
_log = logging.getLogger(__name__)
_Place: TypeAlias = tuple[str, str, str]
_going: set[_Place] = set()
"""(workspace, model, norm) of the corrections that this process is making."""
_refused: dict[_Place, str] = {}
_followers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="corrections")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A candidate and what became of it."""

    candidate: PatchCandidate
    model: str
    """Digest under which it is registered, "" when it is not."""
    reason: str
    """Why it is not, "" when it is."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The corrections of one broken norm."""

    norm: NormState
    evidence: str
    """Digest of the run that made and showed them."""
    report: PatchReport
    candidates: tuple[Proposed, ...]
    """In ascending order of decisions changed."""


def propose(
    workspace: Workspace,
    model: str,
    *,
    actor: Acting,
    norm: str = "",
    most_changed: str = "",
    blind: bool = False,
    progress: Progress = silent,
    in_worker: bool = False,
) -> Proposal:
    """Fit corrections of a broken norm, show each on the latest window, and register those that the norms allow; nothing is applied.

    Args:
        workspace: where.
        model: digest of the version that breaks the norm.
        actor: who asks.
        norm: id of the norm; "" for the first in breach.
        most_changed: largest share of decisions that may change, in place of the norms' own.
        blind: whether only corrections are made that ask nobody who they are.
        progress: told how far the run is.
        in_worker: whether it runs in a worker process, as the process that serves pages must.

    Raises:
        RuleError: the actor may not write.
        RefusedInputError: no breach is proven, there is no window to show the effect on, or the file cannot be continued.
    """
    require_act(state(workspace), actor)
    found = loop.latest(workspace, model)
    if found is None:
        raise RefusedInputError("Nothing is audited under norms in force.", "First: countersign loop status --model M.")
    broken = _broken(found.report, norm)
    norms = replace(found.norms, most_changed=most_changed) if most_changed else found.norms
    shown, parameters = _parameters(workspace, found.evidence, broken, norms, blind=blind)
    task = subjects.task(workspace, METHOD, Choice(model, shown), encode(parameters))
    if in_worker:
        recorded = assess.forthcoming(workspace, task, actor=actor).result()
    else:
        recorded = assess.now(workspace, task, actor=actor, progress=progress)
    report = recorded.evidence.read(PatchReport)
    if isinstance(report, NotAssessed):
        raise RefusedInputError(
            f"No correction was made: {report.reason}", "Train a new model, or stop using this one."
        )
    parent = workspace.read().model(model)
    assert parent is not None
    kept = tuple(
        _registered(workspace, parent, item, recorded, norms=found.digest, actor=actor) for item in report.candidates
    )
    return Proposal(norm=broken, evidence=recorded.digest, report=report, candidates=kept)


def latest(workspace: Workspace, model: str, norm: str) -> Proposal | None:
    """Return the latest corrections of a norm that were made for a model and are recorded, None when there are none."""
    found = loop.latest(workspace, model)
    broken = next((item for item in found.report.in_breach if item.id == norm), None) if found else None
    if broken is None:
        return None
    for row in reversed(workspace.read().all_evidence(model=model, method=METHOD)):
        evidence = Evidence.from_bytes(workspace.blobs.read(row.digest))
        report = evidence.read(PatchReport)
        if not isinstance(report, NotAssessed) and report.norm == norm:
            known = {item.digest for item in workspace.read().models()}
            kept = (
                Proposed(item, item.digest if item.digest in known else "", _why_not(item))
                for item in report.candidates
            )
            return Proposal(norm=broken, evidence=row.digest, report=report, candidates=tuple(kept))
    return None


def begin(workspace: Workspace, model: str, norm: str, *, actor: Acting) -> None:
    """Make corrections in a worker process and register them; never waits. What went wrong is told by `refused`.

    Raises:
        RuleError: the actor may not write.
    """
    require_act(state(workspace), actor)
    _refused.pop((str(workspace.root), model, norm), None)
    _going.add((str(workspace.root), model, norm))
    _followers.submit(_follow, workspace, model, norm, actor)


def going(workspace: Workspace, model: str, norm: str) -> bool:
    """Say whether this process is making corrections of a norm."""
    return (str(workspace.root), model, norm) in _going


def refused(workspace: Workspace, model: str, norm: str) -> str:
    """Return why the last attempt of this process made none, "" when it did or there was none."""
    return _refused.get((str(workspace.root), model, norm), "")


def _follow(workspace: Workspace, model: str, norm: str, actor: Acting) -> None:
    place = (str(workspace.root), model, norm)
    try:
        propose(workspace, model, actor=actor, norm=norm, in_worker=True)
    except CountersignError as error:
        _refused[place] = str(error)
    except Exception:  # noqa: BLE001 - the end of a thread: nobody is there to catch it
        _log.exception("correcting %s failed", model[:16])
        _refused[place] = "The computation failed inside. The log has the details; nothing was recorded."
    finally:
        _going.discard(place)


def _broken(report: NormReport, norm: str) -> NormState:
    known = {item.id: item for item in report.in_breach}
    if norm and norm not in known:
        stands = ", ".join(known) or "none"
        raise RefusedInputError(f"No breach of {norm!r} is proven.", f"In breach: {stands}.")
    if not known:
        raise RefusedInputError("No breach is proven, so there is nothing to correct.", "See: countersign loop status.")
    return known[norm] if norm else report.in_breach[0]


def _parameters(
    workspace: Workspace, audit: str, broken: NormState, norms: NormSet, *, blind: bool
) -> tuple[str, PatchParameters]:
    """Return the window on which corrections are shown, and the corrections fitted on those from the beginning of the breach on."""
    evidence = Evidence.from_bytes(workspace.blobs.read(audit))
    asked, report = decode(NormsParameters, evidence.key.parameters), loop.report_of(evidence)
    norm = norms.norm(broken.id)
    counts = [item.labels if norm.needs_labels else item.decisions for item in report.windows]
    began = broken.since.window if broken.since else 0
    usable = [place for place in range(began, len(asked.tallies)) if counts[place]]
    if len(usable) < 2:
        raise RefusedInputError(
            f"{len(usable)} windows count since the breach began; corrections are fitted on some and shown on a later one.",
            "Wait for the next window.",
        )
    shown = max(1, len(usable) // 4)
    fitted, last = usable[:-shown], usable[-1]
    windows = [fold.tallied(workspace, asked.tallies[place]) for place in fitted]
    data = report.windows[last].data
    threshold = subjects.data_file(workspace, data).schema.threshold
    made = corrections(windows, norm, broken.accused, threshold)
    kept = tuple(item for item in made if not (blind and item.needs_group))
    if not kept:
        raise RefusedInputError(
            "No correction of scores brings the groups back within the norm.",
            "Train a new model, or stop using this one: countersign alert act NAME retrain.",
        )
    return data, PatchParameters(
        norm=norm.id, norms=norms, fitted_on=tuple(asked.tallies[place] for place in fitted), corrections=kept
    )


def _why_not(item: PatchCandidate) -> str:
    """Return why a candidate is not registered, "" when it is."""
    if not item.allowed:
        return "the norms forbid a model to ask who somebody is"
    if not item.verified:
        return f"its file differs from the formula by up to {item.largest_difference:.2g}"
    return "" if item.people else "it changes no decision"


def _registered(
    workspace: Workspace, parent: RegisteredModel, item: PatchCandidate, made: Recorded, *, norms: str, actor: Acting
) -> Proposed:
    """Register a candidate as a version of the model, unless the norms or its own file forbid it."""
    reason = _why_not(item)
    if reason:
        return Proposed(item, "", reason)
    if workspace.read().model(item.digest) is None:
        provenance = {
            "algorithm": "norm patch",
            "correction": canonical(encode(item.correction)).decode()[:4000],
            "evidence": made.digest,
            "norms": norms,
            "shown_on": mitigate.training_data(made.evidence),
        }
        words = mitigate.child(parent, f"norm-{item.kind}", item.digest, provenance)
        file = mitigate.files_of(workspace, made.evidence)[item.digest]
        mitigate.register_file(workspace, file, words, actor)
    return Proposed(item, item.digest, "")
