"""The two decided cases of the demonstration: one approved under conditions, one approved and appealed."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from governance.demo import Demo, DemoModel
from governance.review import charter, policy
from governance.workflow.assess import assess
from governance.workflow.demo.cast import OWNER, PASSPHRASE, SIGNING
from governance.workflow.review import after_decision, review
from governance.workflow.workspace import now, state, subjects
from storage import Workspace
from storage.times import rfc3339

_CONDITIONS: Final = {
    "demo-validator": "Say on every printed forecast that it rests on 300 patients of one study.",
    "demo-lay": "Explain in plain words, in the course, why no forecast of this model is about a person.",
}
"""Member -> what they ask for when they approve."""
_DUE_IN: Final = timedelta(days=60)


def under_condition(workspace: Workspace, demo: Demo) -> str:
    """Open and decide the case of the regression: approved under two conditions. Return the case's id."""
    case = _opened(workspace, demo, "diabetes-progression-ridge", "May this model be shown in training courses?")
    due = rfc3339(now() + _DUE_IN)
    for member in SIGNING:
        asked = [text for who, text in _CONDITIONS.items() if who == member]
        conditions = tuple(review.ConditionWords(text, "demo-owner", due, blocking=True) for text in asked)
        _vote(workspace, case, member, "approve_with_conditions" if asked else "approve", conditions)
    return _decide(
        workspace,
        case,
        "It does better than the mean of its patients, and nobody is treated by it.",
        "Training courses on the review of models; no decision about the care of a person.",
    )


def under_appeal(workspace: Workspace, demo: Demo) -> str:
    """Open and decide the case of the scorecard, and let the lay member appeal. Return the case's id."""
    case = _opened(workspace, demo, "simulated-credit-scorecard", "May this model replace the one in use?")
    for member in SIGNING:
        _vote(workspace, case, member, "reject" if member == "demo-lay" else "approve", ())
    _decide(
        workspace,
        case,
        "It does without the district and separates good from bad payers nearly as well.",
        "Support for clerks who decide on consumer credit. Simulated: for demonstration only.",
    )
    after_decision.file_appeal(
        workspace,
        case,
        "The groups still differ in how often they are put forward. Please look at the rates by origin again.",
        member="demo-lay",
        passphrase=PASSPHRASE,
    )
    return case


def _opened(workspace: Workspace, demo: Demo, name: str, question: str) -> str:
    """Measure what the charter asks for a model, and open a review of it."""
    model = next(item for item in demo.models if item.name == name)
    digests = [_measure(workspace, demo, model, method) for method in _required(model)]
    words = review.CaseWords(model.title, question, (model.digest,), model.risk_tier, owner="demo-owner")
    case = review.open_case(workspace, words, actor=OWNER)
    review.freeze(workspace, case, digests, actor=OWNER, policy=policy.from_toml(policy.template()))
    review.start(workspace, case, actor=OWNER)
    return case


def _required(model: DemoModel) -> tuple[str, ...]:
    return charter.from_toml(charter.template()).tier(model.risk_tier).required_evidence


def _measure(workspace: Workspace, demo: Demo, model: DemoModel, method: str) -> str:
    choice = subjects.Choice(model.digest, demo.table(model.evaluated_on).digest, demo.table(model.trained_on).digest)
    return assess.now(workspace, subjects.task(workspace, method, choice), actor=OWNER).digest


def _vote(
    workspace: Workspace,
    case: str,
    member: str,
    choice: review.VoteKind,
    conditions: tuple[review.ConditionWords, ...],
) -> None:
    review.declare(workspace, case, member=member, passphrase=PASSPHRASE, conflict=False)
    reasons = {
        "approve": "",
        "approve_with_conditions": "So few patients: whoever reads a forecast must know it.",
        "reject": "Southern applicants are put forward less often, and nobody could say whether they deserve it.",
        "abstain": "",
    }
    review.vote(
        workspace, case, choice, member=member, passphrase=PASSPHRASE, bundle=state(workspace).case(case).bundle,
        rationale=reasons[choice], conditions=conditions,
    )  # fmt: skip


def _decide(workspace: Workspace, case: str, rationale: str, scope: str) -> str:
    review.decide(workspace, case, rationale=rationale, scope=scope, actor="demo-chair", passphrase=PASSPHRASE)
    return case
