"""What the copies for people say about a case: read from the entries, with the words that are disclosed beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.dossier.bundle import ReadLine
from governance.review import DECIDED, AppealLine, BoardState, Case, Entry, appeal_line, entry_of, events, heard, replay

WITHHELD = "(text withheld or erased; its digest is in the record)"


@dataclass(frozen=True, slots=True)
class SignedVote:
    """A vote in force or replaced, as it was signed."""

    index: int
    time: str
    member: str
    name: str
    """Printed name at the time of signing."""
    vote: str
    meaning: str
    rationale: str
    conditions: tuple[str, ...]
    bundle: str
    keyid: str
    in_force: bool
    """Whether the decision counts it."""


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A model under review."""

    name: str
    version: str
    digest: str
    task: str
    owner: str
    intended_use: str
    provenance: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """A condition of the decision."""

    id: str
    text: str
    owner: str
    due: str
    blocking: bool
    state: str
    """open, submitted, accepted or overdue."""


@dataclass(frozen=True, slots=True)
class CommentLine:
    """A remark and its answer."""

    author: str
    anchor: str
    blocking: bool
    text: str
    answer: str
    """"" while it is open."""


@dataclass(frozen=True, slots=True)
class WaiverLine:
    """A requirement that a member waived for a time."""

    id: str
    by: str
    """Member id."""
    name: str
    """Printed name today."""
    reason: str
    expires: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that a report says about a case."""

    origin: str
    entries: int
    """Size of the ledger that it was read from."""
    until: str
    """Time of its last entry: the date of the report."""
    case: str
    title: str
    question: str
    names: Mapping[str, str]
    """Member id -> printed name."""
    status: str
    risk_tier: str
    owner: str
    models: tuple[ModelLine, ...]
    evidence: tuple[events.FrozenItem, ...]
    requirements: tuple[events.RequirementOutcome, ...]
    not_applicable: tuple[tuple[str, str], ...]
    waivers: tuple[WaiverLine, ...]
    bundle: str
    votes: tuple[SignedVote, ...]
    comments: tuple[CommentLine, ...]
    decision: events.DecisionRecorded | None
    decision_index: int | None
    decision_time: str
    rationale: str
    scope: str
    conditions: tuple[ConditionLine, ...]
    appeals: tuple[AppealLine, ...]
    """Appeals of the case, the oldest first."""
    history: tuple[tuple[int, str, str, str], ...]
    """(index, time, event, actor) of every entry of the case."""

    @property
    def overruled(self) -> AppealLine | None:
        """The ruling that stands in place of the latest decision, None where none does."""
        last = self.appeals[-1] if self.appeals else None
        after = last is not None and self.decision_index is not None and last.index > self.decision_index
        return last if last is not None and after and last.ruled_index is not None else None

    @property
    def pending(self) -> AppealLine | None:
        """The appeal that waits for a ruling, None where none does."""
        last = self.appeals[-1] if self.appeals else None
        after = last is not None and self.decision_index is not None and last.index > self.decision_index
        return last if last is not None and after and last.ruled_index is None and self.status in DECIDED else None


@dataclass(frozen=True, slots=True)
class Replayed:
    """All entries of a ledger, and where they lead."""

    origin: str
    entries: Sequence[Entry]
    keyids: Sequence[str]
    """Whose key signed each of them."""
    board: BoardState


def replayed(lines: Sequence[ReadLine]) -> Replayed:
    """Return the entries of all lines, and where they lead.

    Raises:
        RuleError: they break the board's rules.
    """
    entries = [entry_of(line.said) for line in lines]
    return Replayed(str(lines[0].said["origin"]), entries, [line.keyid for line in lines], replay(entries))


def read_dossier(whole: Replayed, texts: Mapping[str, str], case: str) -> Dossier:
    """Return what the entries say about `case`; `texts` is digest -> disclosed text.

    Raises:
        RuleError: there is no such case.
    """
    entries, standing = whole.entries, whole.board.case(case)
    mine = [entry for entry in entries if entry.case == case]

    def words(ref: events.TextRef | None) -> str:
        return "" if ref is None else texts.get(ref.sha256, WITHHELD)

    models = {entry.body.digest: entry.body for entry in entries if isinstance(entry.body, events.ModelRegistered)}
    decided = [entry for entry in mine if isinstance(entry.body, events.DecisionRecorded)]
    last = decided[-1] if decided else None
    return Dossier(
        origin=whole.origin,
        entries=len(entries),
        until=entries[-1].time,
        case=case,
        title=words(standing.body.title),
        question=words(standing.body.question),
        names=_printed(entries, words),
        status=standing.status,
        risk_tier=standing.body.risk_tier,
        owner=standing.body.owner,
        models=tuple(_model(models[digest], words(models[digest].intended_use)) for digest in standing.body.models),
        evidence=standing.frozen.evidence if standing.frozen else (),
        requirements=standing.frozen.requirements if standing.frozen else (),
        not_applicable=tuple((item.id, words(item.reason)) for item in standing.frozen.not_applicable) if standing.frozen else (),
        waivers=_waivers(standing, _printed(entries, words), words),
        bundle=standing.bundle,
        votes=_votes(mine, whole.keyids, standing, words),
        comments=_comments(mine, words),
        decision=last.body if last else None,
        decision_index=last.index if last else None,
        decision_time=last.time if last else "",
        rationale=words(last.body.rationale) if last else "",
        scope=words(last.body.scope) if last else "",
        conditions=_conditions(standing, words),
        appeals=tuple(appeal_line(item, words) for item in heard(mine)),
        history=tuple((entry.index, entry.time, events.name_of(entry.body), entry.actor) for entry in mine),
    )  # fmt: skip


def _printed(entries: Sequence[Entry], words: Any) -> dict[str, str]:
    return {e.body.member: words(e.body.name) for e in entries if isinstance(e.body, events.MemberAdded)}


def _waivers(case: Case, names: Mapping[str, str], words: Any) -> tuple[WaiverLine, ...]:
    given = case.frozen.waivers if case.frozen else ()
    return tuple(
        WaiverLine(item.id, item.by, names.get(item.by, item.by), words(item.reason), item.expires) for item in given
    )


def _votes(mine: list[Entry], keyids: Sequence[str], case: Case, words: Any) -> tuple[SignedVote, ...]:
    counted = {ballot.index for ballot in case.ballots.values()}
    return tuple(
        SignedVote(
            index=entry.index,
            time=entry.time,
            member=entry.actor,
            name=words(entry.body.name),
            vote=entry.body.vote,
            meaning=entry.body.meaning,
            rationale=words(entry.body.rationale),
            conditions=tuple(words(item.text) for item in entry.body.conditions),
            bundle=entry.body.bundle,
            keyid=keyids[entry.index],
            in_force=entry.index in counted,
        )
        for entry in mine
        if isinstance(entry.body, events.VoteCast)
    )


def _comments(mine: list[Entry], words: Any) -> tuple[CommentLine, ...]:
    answers = {entry.body.comment: entry.body for entry in mine if isinstance(entry.body, events.CommentResolved)}
    said = [(entry.actor, entry.body) for entry in mine if isinstance(entry.body, events.CommentAdded)]
    return tuple(
        CommentLine(
            author, body.anchor, body.blocking, words(body.text),
            words(answers[body.comment].text) if body.comment in answers else "",
        )
        for author, body in said
    )  # fmt: skip


def _model(body: events.ModelRegistered, use: str) -> ModelLine:
    return ModelLine(
        name=body.name,
        version=body.version,
        digest=body.digest,
        task=body.task,
        owner=body.owner,
        intended_use=use,
        provenance=body.provenance,
    )


def _conditions(case: Case, words: Any) -> tuple[ConditionLine, ...]:
    found = []
    for item in case.conditions.values():
        state = (
            "accepted"
            if item.accepted_by
            else "overdue"
            if item.overdue
            else "submitted"
            if item.submitted_by
            else "open"
        )
        body = item.condition
        found.append(
            ConditionLine(
                id=body.id, text=words(body.text), owner=body.owner, due=body.due, blocking=body.blocking, state=state
            )
        )
    return tuple(found)
