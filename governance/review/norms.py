"""The rules about what is watched: norms that the board signs, and alerts about models, which rest on evidence under those norms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from governance.review import events, expiry
from governance.review.fields import AlertState, is_day_and_time
from governance.review.state import AlertStanding, BoardState, Case, Entry, require, with_item

ACCUSES: Final = "norm:"
"""How the rule of an alert begins that says that a norm is broken."""
METHOD: Final = "fairness.norms"
"""The method whose evidence such an alert rests on."""
SERVED: Final = "served"
"""Rule of an alert that a server gives other answers than the approved file; the service confirms it without a policy's leave."""
ATTEST: Final = "serving.attest"
"""The method whose evidence such a confirmation rests on."""
SAYS: Final[tuple[AlertState, ...]] = ("observed", "impact_estimated", "confirmed")
"""States in which an alert says something about its model, and is not about what became of it."""
SILENCE: Final = "ignore_until "
FOLLOWS: Final[Mapping[AlertState, tuple[AlertState, ...]]] = {
    "impact_estimated": ("observed", "impact_estimated", "overridden"),
    "confirmed": ("observed", "impact_estimated", "overridden"),
    "overridden": ("observed", "impact_estimated"),
    "acted": ("confirmed",),
}
"""State of an alert -> states after which it comes (`governance.drift` has the same steps)."""
REMEDY = re.compile(
    r"recalibrate|retrain|stop|roll_back [0-9a-f]{64}|"
    r"ignore_until (?P<until>2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)"
)
"""What an alert with the state `acted` says in `rule`."""


def sign(state: BoardState, entry: Entry) -> BoardState:
    """Return the state with one more signature under norms, which are in force once more than half of the board signed."""
    body: events.NormsAdopted = entry.body
    require(entry.actor in state.board, f"{entry.actor} is not a member of the board.", "The board adopts its norms.")
    require(
        (body.supersedes or "") == state.norms,
        f"The norms in force are {state.norms[:16] or 'none'}, not {(body.supersedes or 'none')[:16]}.",
        "Name those that are in force now.",
    )
    require(body.digest != state.norms, "These norms are in force already.", "Change something, or leave them.")
    signed = state.norms_signed.get(body.digest, frozenset()) | {entry.actor}
    if 2 * len(signed & set(state.board)) > len(state.board):
        return replace(state, norms=body.digest, norms_index=entry.index, norms_signed={})
    return replace(state, norms_signed=with_item(state.norms_signed, body.digest, signed))


def note_alert(state: BoardState, entry: Entry) -> BoardState:
    """Return the state after a step of an alert: a confirmed one suspends every approval of the model."""
    require(entry.body.model in state.models, "The alert is about a model that is not registered.")
    alone = entry.actor == events.SERVICE
    require(
        not alone or entry.body.state not in ("overridden", "acted"),
        "The service puts no alert aside and acts upon none.",
        "A member does, and signs.",
    )
    fits = entry.body.state != "acted" or _is_remedy(entry.body.rule)
    require(
        fits,
        f"{entry.body.rule!r} is no remedy.",
        "Take recalibrate, retrain, stop, ignore_until TIME or roll_back DIGEST.",
    )
    _require_proof(state, entry)
    state = replace(state, alerts=with_item(state.alerts, entry.body.alert, _stands(state, entry)))
    hit: Mapping[str, Case] = {name: case for name, case in state.cases.items() if expiry.suspends(case, entry.body)}
    suspended = {name: replace(case, status="suspended") for name, case in hit.items()}
    return replace(state, cases={**state.cases, **suspended})


def _is_remedy(rule: str) -> bool:
    """Say whether a rule names what was done; a day until which an alert is ignored stands in the calendar."""
    found = REMEDY.fullmatch(rule)
    return found is not None and (found["until"] is None or is_day_and_time(found["until"]))


def _stands(state: BoardState, entry: Entry) -> AlertStanding:
    """Return how an alert stands after its next step.

    Raises:
        RuleError: it is about another model, or the step does not follow.
    """
    body: events.MonitoringAlert = entry.body
    before = state.alerts.get(body.alert, AlertStanding(body.model))
    require(before.model == body.model, f"Alert {body.alert!r} is about another model.", "Give it another name.")
    if body.state == "observed":
        anew = before.state in ("overridden", "acted") and before.until <= entry.time
        return AlertStanding(body.model) if anew else before
    require(
        before.state in FOLLOWS[body.state],
        f"Alert {body.alert!r} stands as {before.state.replace('_', ' ')}; {body.state.replace('_', ' ')} does not follow.",
        "Look at its last step.",
    )
    silent = body.state == "acted" and body.rule.startswith(SILENCE)
    return AlertStanding(body.model, body.state, body.rule.removeprefix(SILENCE) if silent else "")


def _require_proof(state: BoardState, entry: Entry) -> None:
    """Refuse an accusation, and a confirmation that needs no policy's leave, without recorded evidence about that model."""
    body: events.MonitoringAlert = entry.body
    found = state.recorded.get(body.evidence or "")
    rests = found is not None and (found.model, found.outcome) == (body.model, "assessed")
    method = found.method if found is not None else ""
    if state.norms and body.state in SAYS and body.rule.startswith(ACCUSES):
        fits = rests and method == METHOD
        require(fits, "The alert accuses a model of breaking a norm without evidence of it.", f"Record {METHOD} first.")
    if entry.actor == events.SERVICE and body.state == "confirmed":
        require(
            rests,
            "The service confirms an alert without evidence of it about its model.",
            "Measure first, or ask a member.",
        )
        fits = body.rule != SERVED or method == ATTEST
        require(fits, "The alert says what a server answers without evidence of it.", f"Record {ATTEST} first.")
