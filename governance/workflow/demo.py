"""The demonstration workspace: simulated and small real data, competing models, a board, and a review half way.

Its members are roles, not people, and their passphrases are printed: nothing that is signed here proves anything.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from governance.data.demo.build import build_demo
from governance.data.demo.parts import Demo, DemoModel
from governance.evidence import Progress, silent
from governance.review import charter, policy
from governance.review.fields import Role
from governance.workflow import assess, members, places, register, review, subjects
from governance.workflow.board import state
from storage.workspace import Workspace

ORGANISATION: Final = "Countersign demonstration"
PASSPHRASE: Final = "demonstration"  # noqa: S105 - printed on every screen of the demonstration
"""Passphrase of every member of the demonstration and of its root key."""

CAST: Final[tuple[tuple[str, str, tuple[Role, ...]], ...]] = (
    ("demo-chair", "Demo chair", ("chair",)),
    ("demo-validator", "Demo validator", ("validator",)),
    ("demo-lay", "Demo lay member", ("lay",)),
    ("demo-owner", "Demo model owner", ("owner",)),
)
_REVIEWED: Final = "simulated-credit-trees"
_STEPS: Final = 6


def build(root: Path | None = None, progress: Progress = silent) -> Workspace:
    """Make the demonstration workspace in `root` (the folder of this process when None) and return it.

    Raises:
        StorageError: there is a workspace in the folder already.
    """
    progress(0, _STEPS, "creating the workspace, and simulating 40,000 applicants")
    workspace = places.create(ORGANISATION, PASSPHRASE, root)
    with tempfile.TemporaryDirectory(prefix="countersign-demo-") as folder, ThreadPoolExecutor(2) as side:
        building = side.submit(build_demo, Path(folder))
        _enrol(workspace)
        progress(1, _STEPS, "training the models")
        demo = building.result()
        progress(2, _STEPS, "registering models and data")
        _register(workspace, demo, side)
    progress(3, _STEPS, "adopting the charter")
    rules = charter.from_toml(charter.template())
    for member, _, _ in CAST[:2]:
        members.adopt_charter(workspace, rules, member=member, passphrase=PASSPHRASE)
    progress(4, _STEPS, "measuring the model under review")
    _half_a_review(workspace, demo, progress)
    progress(_STEPS, _STEPS, "done")
    return workspace


def _enrol(workspace: Workspace) -> None:
    root_key = workspace.unlock_root(PASSPHRASE)
    for member, name, roles in CAST:
        members.enrol(workspace, member, name, roles, passphrase=PASSPHRASE, root=root_key)


def _register(workspace: Workspace, demo: Demo, side: Executor) -> None:
    for table in demo.tables:
        words = register.DataWords(table.title, table.role, table.schema)
        register.register_data(workspace, table.path, words, actor="demo-owner")
    waiting = [
        side.submit(register.register_model, workspace, model.path, _words(demo, model), actor="demo-owner")
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
    for method in charter.from_toml(charter.template()).tier(model.risk_tier).required_evidence:
        progress(4, _STEPS, f"measuring: {method}")
        digests.append(assess.now(workspace, subjects.task(workspace, method, choice), actor="demo-owner").digest)
    words = review.CaseWords(
        title=model.title,
        question=f"May this model be used as described? {model.intended_use}",
        models=(model.digest,),
        risk_tier=model.risk_tier,
        owner="demo-owner",
    )
    case = review.open_case(workspace, words, actor="demo-owner")
    review.freeze(workspace, case, digests, actor="demo-owner", policy=policy.from_toml(policy.template()))
    review.start(workspace, case, actor="demo-owner")
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
