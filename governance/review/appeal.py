"""Appeals: all members who did not decide look again, and more than half of them sign the same ruling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, get_args

from governance.review import events
from governance.review.decision import APPROVING, end_of
from governance.review.roster import aside
from governance.review.state import DECIDED, Appeal, BoardState, Case, Entry, require, require_status

MIN_PANEL = 2
RULINGS: Final[tuple[events.Ruling, ...]] = get_args(events.Ruling)
"""What a panel may rule."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An appeal from its filing to its ruling, as the entries tell it."""

    filed: Entry
    signed: tuple[Entry, ...]
    """What each member of the panel signed last, in the order of signing; empty while nobody has signed."""

    @property
    def ruling(self) -> events.AppealDecided | None:
        """The words that most of the panel have signed, of equals the first; None before the first signature."""
        counts = Counter(item.body for item in self.signed)
        return max(counts, key=lambda body: counts[body], default=None)

    @property
    def signatures(self) -> tuple[Entry, ...]:
        """The signatures under `ruling`, in order."""
        return tuple(item for item in self.signed if item.body == self.ruling)

    @property
    def holds(self) -> bool:
        """Whether enough of the panel have signed the same words."""
        return self.ruling is not None and carries(len(self.signatures), len(self.ruling.panel))


def heard(entries: Iterable[Entry]) -> tuple[Heard, ...]:
    """Return the appeals among entries that the rules have allowed, the oldest first."""
    found: dict[str, Heard] = {}
    for item in entries:
        if isinstance(item.body, events.AppealFiled):
            found[item.body.appeal] = Heard(item, ())
        elif isinstance(item.body, events.AppealDecided):
            before = found[item.body.appeal]
            others = (other for other in before.signed if other.actor != item.actor)
            found[item.body.appeal] = Heard(before.filed, (*others, item))
    return tuple(found.values())


def carries(agreed: int, panel_size: int) -> bool:
    """Say whether a ruling that `agreed` members of the panel have signed in the same words holds: more than half, at least two."""
    return agreed >= MIN_PANEL and 2 * agreed > panel_size


def to_sign(board: BoardState, case: Case) -> tuple[str, ...]:
    """Return whose signature the open appeal waits for: those of the panel that have signed no ruling yet.

    Everybody's, where all have signed and no ruling has enough of them. Nobody's, as long as fewer board members than a
    panel needs may sit on it.
    """
    if case.appeal is None or case.status not in DECIDED:
        return ()
    free = panel(board, case)
    if len(free) < MIN_PANEL:
        return ()
    return tuple(who for who in free if who not in case.appeal.signed) or free


def file(board: BoardState, case: Case, entry: Entry) -> Case:
    """Return the case after appeal.filed; its status stays until the panel has ruled.

    Raises:
        RuleError: nothing is decided yet, an appeal is open, or it is filed in somebody else's name.
    """
    body: events.AppealFiled = entry.body
    require_status(case, "an appeal", *DECIDED)
    number = case.review.round if case.review else 0
    require(
        case.decision is not None and case.decision.round == number,
        f"No decision has been recorded in round {number} that could be appealed.",
    )
    require(case.appeal is None, "An appeal is open already.")
    require(f"appeal {body.appeal}" not in case.used, f"Appeal {body.appeal} exists already.")
    require(body.by == entry.actor and entry.actor in board.members, f"{entry.actor} cannot appeal in this name.")
    return replace(case, appeal=Appeal(body), used=case.used | {f"appeal {body.appeal}"})


def panel(board: BoardState, case: Case) -> tuple[str, ...]:
    """Return the panel, by id: every board member without an interest or a declared conflict who did not decide the case."""
    return tuple(who for who in board.board if who not in case.deciders | case.interested | aside(case))


def decide(board: BoardState, case: Case, entry: Entry) -> Case:
    """Return the case after one panel member's appeal.decided; a ruling holds once more than half of the panel signed it.

    Raises:
        RuleError: no such appeal, the panel is not everybody who may sit on it or too small, the actor is not on it or has
            signed these words, or the ruling would extend what the decision, a waiver or a condition has ended.
    """
    body: events.AppealDecided = entry.body
    require_status(case, "a ruling", *DECIDED)
    require(
        case.appeal is not None and case.appeal.body.appeal == body.appeal, f"There is no open appeal {body.appeal}."
    )
    assert case.appeal is not None
    free = panel(board, case)
    require(len(free) >= MIN_PANEL, f"A panel has at least {MIN_PANEL} members; free to sit on it: {_named(free)}.")
    require(
        tuple(sorted(body.panel)) == free,
        f"Nobody picks the panel. It is every board member who did not decide and has no interest or conflict: {_named(free)}.",
    )
    require(entry.actor in free, f"{entry.actor} is not on the panel.")
    require(case.appeal.signed.get(entry.actor) != body, f"{entry.actor} has signed already.")
    _require_within_the_decision(case, body.outcome, entry.time)
    signed = {**case.appeal.signed, entry.actor: body}
    agreed = frozenset(who for who, words in signed.items() if words == body)
    if not carries(len(agreed), len(free)):
        return replace(case, appeal=Appeal(case.appeal.body, signed))
    approving = body.outcome in APPROVING
    return replace(case, status=body.outcome, appeal=None, approvers=agreed if approving else case.approvers)


def allowed_outcomes(case: Case, time: str) -> tuple[events.Ruling, ...]:
    """Return the outcomes that a ruling signed at `time` may have: it extends nothing that has ended."""
    return tuple(outcome for outcome in RULINGS if not _objection(case, outcome, time))


def _require_within_the_decision(case: Case, outcome: str, time: str) -> None:
    problem = _objection(case, outcome, time)
    require(not problem, problem, "Open the review again: a new round decides on what has changed.")


def _objection(case: Case, outcome: str, time: str) -> str:
    """Return why a ruling of this outcome is not allowed at `time`, "" when it is."""
    if outcome not in APPROVING:
        return ""
    end = end_of(case)
    waiting = [item.condition for item in case.conditions.values() if not item.accepted_by]
    late = [item.id for item in waiting if item.due < time]
    stops = [item.id for item in waiting if item.blocking]
    if time >= end:
        return f"What was decided ended at {end}: a ruling does not extend it."
    if late:
        return f"Condition {_named(late)} is past its day and not accepted."
    if outcome == "approved" and stops:
        return f"Condition {_named(stops)} is open, and blocks an approval without conditions."
    if outcome == "conditional" and not stops:
        return "No blocking condition of the decision is open: there is nothing on which a ruling could be conditional."
    return ""


def _named(items: Sequence[str]) -> str:
    return ", ".join(items) or "nobody"
