"""The demonstration workspace: simulated and small real data, competing models, a board, and three reviews in different stages.

Its members are roles, not people, and their passphrases are printed: nothing that is signed here proves anything.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

from governance.demo import Demo, DemoModel, build_demo
from governance.evidence import Progress, silent
from governance.review import charter, policy
from governance.workflow.assess import assess
from governance.workflow.demo import decided
from governance.workflow.demo.cast import CAST, ORGANISATION, OWNER, PASSPHRASE, SIGNING
from governance.workflow.monitoring import watch
from governance.workflow.registry import register
from governance.workflow.review import members, review
from governance.workflow.workspace import current_workspace, state, subjects
from storage import Workspace

_REVIEWED: Final = "simulated-credit-trees"
_TOLD_FIRST: Final = ("explain.global", "drift.harm", "stress.worst")
"""Frozen in the case beside what the charter asks for: what moves the model, whether the world has moved since its training, and which
error in its data would hurt most."""
_READY: Final = ("performance.segments",)
"""Measured as well, so that the first pages that a visitor opens have their answers."""
_HARMED: Final = "simulated-credit-window-16-18"
"""The window in which the planted harm shows (`governance.demo.planted`, concept shift)."""
_STEPS: Final = 7
_ROUNDS: Final = 1
"""Of the derivation that guards a member's key: the passphrase is printed on every screen, so that more would cost each signature half a
second and protect nothing. No other workspace has such keys."""


def build(root: Path | None = None, progress: Progress = silent) -> Workspace:
    """Make the demonstration workspace in `root` (the folder of this process when None) and return it.

    Raises:
        CountersignError: there is a workspace in the folder already.
    """
    progress(0, _STEPS, "creating the workspace, and simulating 40,000 applicants")
    workspace = current_workspace.create(ORGANISATION, PASSPHRASE, root)
    with tempfile.TemporaryDirectory(prefix="countersign-demo-") as folder, ThreadPoolExecutor(2) as side:
        building = side.submit(build_demo, Path(folder))
        _enrol(workspace)
        progress(1, _STEPS, "training the models")
        demo = building.result()
        progress(2, _STEPS, "registering models and data")
        _register(workspace, demo, side)
    progress(3, _STEPS, "adopting the charter")
    rules = charter.from_toml(charter.template())
    for member in SIGNING:
        members.adopt_charter(workspace, rules, member=member, passphrase=PASSPHRASE)
    progress(4, _STEPS, "measuring the model under review")
    _half_a_review(workspace, demo, progress)
    progress(5, _STEPS, "letting the demo board decide two cases more")
    decided.under_condition(workspace, demo)
    decided.under_appeal(workspace, demo)
    progress(6, _STEPS, "watching the window in which harm was planted")
    _watch(workspace, demo)
    progress(_STEPS, _STEPS, "done")
    return workspace


def _watch(workspace: Workspace, demo: Demo) -> None:
    """Hold the last window against the evaluation: labels show the harm, and the alert waits for a member to confirm it."""
    model = next(item for item in demo.models if item.name == _REVIEWED)
    evaluated = demo.table(model.evaluated_on).digest
    for method in _READY:
        choice = subjects.Choice(model.digest, evaluated, demo.table(model.trained_on).digest)
        assess.now(workspace, subjects.task(workspace, method, choice), actor=OWNER)
    watch.watch(workspace, subjects.Choice(model.digest, demo.table(_HARMED).digest, evaluated), actor=OWNER)


def _enrol(workspace: Workspace) -> None:
    root_key = workspace.unlock_root(PASSPHRASE)
    printed = replace(workspace, keyring=replace(workspace.keyring, rounds=_ROUNDS))
    for member, name, roles in CAST:
        members.enrol(printed, member, name, roles, passphrase=PASSPHRASE, root=root_key)


def _register(workspace: Workspace, demo: Demo, side: Executor) -> None:
    for table in demo.tables:
        words = register.DataWords(table.title, table.role, table.schema)
        register.register_data(workspace, table.path, words, actor=OWNER)
    waiting = [
        side.submit(register.register_model, workspace, model.path, _words(demo, model), actor=OWNER)
        for model in demo.models
    ]
    for item in waiting:
        item.result()


def _words(demo: Demo, model: DemoModel) -> register.ModelWords:
    return register.ModelWords(
        name=model.title,
        version=model.version,
        owner=model.owner,
        intended_use=f"{model.intended_use} Not for: {model.out_of_scope}",
        risk_tier=model.risk_tier,
        provenance={"trained_on": demo.table(model.trained_on).digest, "description": model.description[:200]},
    )


def _half_a_review(workspace: Workspace, demo: Demo, progress: Progress) -> None:
    model = next(item for item in demo.models if item.name == _REVIEWED)
    choice = subjects.Choice(model.digest, demo.table(model.evaluated_on).digest, demo.table(model.trained_on).digest)
    digests = []
    required = charter.from_toml(charter.template()).tier(model.risk_tier).required_evidence
    for method in dict.fromkeys((*_TOLD_FIRST, *required)):
        progress(4, _STEPS, f"measuring: {method}")
        digests.append(assess.now(workspace, subjects.task(workspace, method, choice), actor=OWNER).digest)
    words = review.CaseWords(
        title=model.title,
        question="May this model be used as described below?",
        models=(model.digest,),
        risk_tier=model.risk_tier,
        owner="demo-owner",
    )
    case = review.open_case(workspace, words, actor=OWNER)
    review.freeze(workspace, case, digests, actor=OWNER, policy=policy.from_toml(policy.template()))
    review.start(workspace, case, actor=OWNER)
    progress(5, _STEPS, "letting the demo chair vote and the demo validator ask")
    bundle = state(workspace).case(case).bundle
    review.comment(
        workspace,
        case,
        "The true repayment of declined applicants is not known. How far can the rates by origin be trusted?",
        member="demo-validator",
        passphrase=PASSPHRASE,
        anchor=digests[-1],
        blocking=True,
    )
    review.declare(workspace, case, member="demo-chair", passphrase=PASSPHRASE, conflict=False)
    review.vote(
        workspace,
        case,
        "reject",
        member="demo-chair",
        passphrase=PASSPHRASE,
        bundle=bundle,
        rationale="One group is put forward less often although its past repayment is recorded with a bias.",
    )
