"""Where the board stands: what the events so far add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from governance.codec import JsonValue
from governance.errors import RuleError
from governance.review import events
from governance.review.charter import Charter, Tier

Status: TypeAlias = Literal[
    "draft", "ready", "in_review", "approved", "conditional", "rejected", "deferred", "suspended", "retired"
]
DECIDED: tuple[Status, ...] = ("approved", "conditional", "rejected", "deferred", "suspended")
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as the rules see it: its signature has been checked elsewhere."""

    index: int
    time: str
    case: str | None
    actor: str
    """Member id, or "service"."""
    body: events.Body


def entry_of(predicate: JsonValue) -> Entry:
    """Return the entry of a statement's predicate `{type, origin, index, time, case, actor, body}`.

    Raises:
        RefusedInputError: the body does not have the fields of its type.
    """
    body = events.parse_body(predicate["type"], predicate["body"])
    return Entry(predicate["index"], predicate["time"], predicate["case"], predicate["actor"], body)


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote in force."""

    member: str
    index: int
    """Ledger index of the entry."""
    body: events.VoteCast


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark and whether it still stands in the way."""

    author: str
    index: int
    body: events.CommentAdded
    resolved_by: str = ""

    @property
    def stops(self) -> bool:
        """Whether the remark stops the decision."""
        return self.body.blocking and not self.resolved_by


@dataclass(frozen=True, slots=True)
class ConditionStanding:
    """A condition of a decision and how far it is."""

    condition: events.Condition
    submitted_by: str = ""
    accepted_by: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal that is not decided yet."""

    body: events.AppealFiled
    ruling: events.AppealDecided | None = None
    """The words that the panel is signing, fixed by its first signature."""
    signed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """One question put to the board."""

    body: events.CaseRegistered
    status: Status = "draft"
    frozen: events.EvidenceFrozen | None = None
    review: events.ReviewOpened | None = None
    """The latest round."""
    tier: Tier | None = None
    """The charter's rules for this case as they were when the round was opened."""
    conflicts: Mapping[str, bool] = field(default_factory=dict)
    """Member -> whether they declared a conflict in this round."""
    ballots: Mapping[str, Ballot] = field(default_factory=dict)
    """Member -> their vote in force."""
    comments: Mapping[str, Comment] = field(default_factory=dict)
    decision: events.DecisionRecorded | None = None
    deciders: frozenset[str] = frozenset()
    """Who voted in the round of `decision`."""
    approvers: frozenset[str] = frozenset()
    """Who approved, by vote or on an appeal panel, when the case was last approved."""
    conditions: Mapping[str, ConditionStanding] = field(default_factory=dict)
    appeal: Appeal | None = None

    @property
    def id(self) -> str:
        """The case's id."""
        return self.body.case

    @property
    def interested(self) -> frozenset[str]:
        """Owner, developer and sponsor: never voters."""
        return frozenset({self.body.owner, self.body.developer, self.body.sponsor} - {""})

    @property
    def bundle(self) -> str:
        """Digest of the frozen evidence, "" before there is any."""
        return self.frozen.bundle if self.frozen else ""


@dataclass(frozen=True, slots=True)
class BoardState:
    """Everything the rules look at."""

    next_index: int = 0
    time: str = ""
    """Time of the last entry."""
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Member -> roles, people who were removed left out."""
    charter: Charter | None = None
    signatures: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Digest of a proposed charter -> who signed it."""
    models: frozenset[str] = frozenset()
    evidence: Mapping[str, events.FrozenItem] = field(default_factory=dict)
    """Digest -> recorded evidence."""
    cases: Mapping[str, Case] = field(default_factory=dict)

    @property
    def board(self) -> tuple[str, ...]:
        """Members with a role on the board, by id."""
        return tuple(sorted(who for who, roles in self.members.items() if set(roles) & set(events.BOARD_ROLES)))

    def case(self, name: str | None) -> Case:
        """Return the case called `name`.

        Raises:
            RuleError: there is none.
        """
        if name is None or name not in self.cases:
            raise RuleError(f"There is no case {name!r}.", "Register the case first.")
        return self.cases[name]


def with_item(mapping: Mapping[str, Any], key: str, value: Any) -> Mapping[str, Any]:
    """Return a copy of `mapping` with one item set."""
    return {**mapping, key: value}


def require(condition: bool, what: str, advice: str = "") -> None:
    """Raise RuleError with these words unless `condition` holds."""
    if not condition:
        raise RuleError(what, advice)


def require_status(case: Case, act: str, *allowed: Status) -> None:
    """Raise RuleError unless the case is in one of the `allowed` states."""
    require(
        case.status in allowed,
        f"Case {case.id} is {case.status.replace('_', ' ')}; {act} needs {' or '.join(allowed).replace('_', ' ')}.",
    )
