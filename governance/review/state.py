"""Where the board stands: what the events so far add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import PlainSerializer

from governance.evidence import JsonValue, RefusedInputError, RuleError
from governance.review import events
from governance.review.charter import Charter, Tier
from governance.review.fields import AlertState
from governance.review.grown import Grown

Status: TypeAlias = Literal[
    "draft", "ready", "in_review", "approved", "conditional", "rejected", "deferred", "suspended", "retired"
]
DECIDED: tuple[Status, ...] = ("approved", "conditional", "rejected", "deferred", "suspended")
Names: TypeAlias = Annotated[frozenset[str], PlainSerializer(sorted, return_type=list[str])]
"""A set of names, written in their order: equal sets have equal bytes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as the rules see it: its signature has been checked elsewhere."""

    index: int
    time: str
    case: str | None
    actor: str
    """Member id, or "service"."""
    body: events.Body


@dataclass(frozen=True, slots=True)
class SetAside:
    """The body of a registration that an earlier release signed unchecked: nothing follows from it but that it is named."""

    type: str
    reason: str
    """What is wrong with it, in words."""


_ONCE_UNCHECKED = frozenset({"dataset.registered", "model.registered"})
"""Events whose words an earlier release signed without looking: an empty name must not make a whole ledger unreadable."""


def entry_of(predicate: JsonValue) -> Entry:
    """Return the entry of a statement's predicate `{type, origin, index, time, case, actor, body}`.

    A malformed registration of the past is set aside by name; nothing else is.

    Raises:
        RefusedInputError: the body does not have the fields of its type.
    """
    body: events.Body
    try:
        body = events.parse_body(predicate["type"], predicate["body"])
    except RefusedInputError as error:
        if predicate["type"] not in _ONCE_UNCHECKED:
            raise
        body = SetAside(predicate["type"], error.what)
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
    submitters: Names = frozenset()
    accepted_by: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal that is not decided yet."""

    body: events.AppealFiled
    signed: Mapping[str, events.AppealDecided] = field(default_factory=dict)
    """Member of the panel -> the ruling that they signed last, in order of their first signatures."""


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
    deciders: Names = frozenset()
    """Who voted in the round of `decision`."""
    used: Names = frozenset()
    """Ids of comments, of conditions of decisions and of appeals so far, in all rounds, each as "kind id": none is used again."""
    approvers: Names = frozenset()
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
class LiveKey:
    """A key that may sign now."""

    owner: str
    """Member id, "service" or "root"."""
    purpose: str
    """record, member, root or log."""


@dataclass(frozen=True, slots=True)
class AlertStanding:
    """How an alert stands after its last step."""

    model: str
    """Digest."""
    state: AlertState = "observed"
    until: str = ""
    """End of the silence of a remedy `ignore_until`, RFC 3339; "" for none."""


@dataclass(frozen=True, slots=True)
class BoardState:
    """Everything the rules look at."""

    next_index: int = 0
    time: str = ""
    """Time of the last entry."""
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Member -> roles, people who were removed left out."""
    keys: Mapping[str, LiveKey] = field(default_factory=dict)
    """Key id -> whose it is and what it signs; keys that sign nothing any more are left out."""
    charter: Charter | None = None
    signatures: Mapping[str, Names] = field(default_factory=dict)
    """Digest of a proposed charter -> who signed it."""
    norms: str = ""
    """Digest of the norms in force, "" before there are any."""
    norms_index: int | None = None
    """Ledger index of the entry that put them in force."""
    norms_signed: Mapping[str, Names] = field(default_factory=dict)
    """Digest of proposed norms -> who signed them."""
    edition: int = 1
    """Edition of the rules that is in force."""
    models: Names = frozenset()
    datasets: Names = frozenset()
    """Digests of the registered tables."""
    recorded: Grown[str, events.EvidenceRecorded] = field(default_factory=Grown)
    """Digest -> evidence as it was recorded."""
    cases: Mapping[str, Case] = field(default_factory=dict)
    deployments: Mapping[str, events.DeploymentRegistered] = field(default_factory=dict)
    """Id -> where a model is served, of those that have not ended."""
    ended: Names = frozenset()
    """Ids of deployments that have ended; none is used again."""
    alerts: Mapping[str, AlertStanding] = field(default_factory=dict)
    """Id -> how an alert stands."""
    set_aside: tuple[tuple[int, SetAside], ...] = ()
    """Index and body of each registration that does not have the fields of its type."""

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
            raise RuleError(f"There is no case {name!r}.", "See the list: countersign case list.")
        return self.cases[name]


_FIELDS = tuple(item.name for item in fields(BoardState))
_VALUES = attrgetter(*_FIELDS)


def evolved(state: BoardState, **changes: Any) -> BoardState:
    """Return the state with some fields changed, as dataclasses.replace does, in a quarter of its time: each entry asks for it."""
    return BoardState(**{**dict(zip(_FIELDS, _VALUES(state), strict=True)), **changes})


def frozen_item(body: events.EvidenceRecorded) -> events.FrozenItem:
    """Return recorded evidence as a bundle names it."""
    return events.FrozenItem(body.digest, body.key, body.method)


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
