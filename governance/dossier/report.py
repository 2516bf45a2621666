"""The decision report as sections of plain data, in the language of a voice; HTML and PDF draw the same sections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from governance.dossier.brief_picture import Picture
from governance.dossier.content import Dossier
from governance.dossier.decision_brief import Brief
from governance.language import ENGLISH, Voice, mark
from governance.review import AppealLine

NOT_THE_RECORD: Final = mark(
    "A copy for people, not the record. The record is ledger.intoto.jsonl; VERIFY.md says how to check it."
)

WEIGHT: Final[Mapping[str, str]] = {
    "freezing": mark("cannot be frozen"),
    "blocking": mark("policy not satisfied"),
    "advisory": mark("a remark"),
    "": mark("not recorded"),
}
"""Severity -> what follows when the requirement is not met."""
OUTCOMES: Final[Mapping[str, str]] = {"conditional": mark("approved with conditions"), "in_review": mark("in review")}
"""Outcome or status -> how a report says it, where its own word would not do."""
SAID: Final = ("approve", "approve with conditions", "reject", "abstain", "approved", "rejected", "deferred", "suspended",
                 "retired", "draft", "ready", "met", "not met", "not assessed", "open", "submitted", "accepted", "overdue")  # fmt: skip
"""Outcomes, votes and states whose own word is said."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, sentences, and perhaps a table."""

    title: str
    sentences: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    picture: Picture | None = None
    """What the sentences say, as bars; the page of the case draws the same ones."""


def sections(
    dossier: Dossier, found: Iterable[Section] = (), *, told: Brief | None = None, voice: Voice = ENGLISH
) -> tuple[Section, ...]:
    """Return the report of a case in reading order.

    Args:
        dossier: what the record says.
        found: the tables of what was measured.
        told: the brief of the frozen evidence, None where none is at hand.
        voice: of the reader; names and texts of people come as they are, and are escaped where they are drawn.
    """
    return (
        *_question(dossier, voice),
        *(_brief(told, voice) if told else ()),
        *_decision(dossier, voice),
        *_votes(dossier, voice),
        *_ground(dossier, voice),
        *found,
        *_after(dossier, voice),
    )


def _brief(told: Brief, voice: Voice) -> Iterator[Section]:
    """Yield the pictures of the brief with their sentences, then what speaks for the model and against it."""
    for item in told.pictures:
        yield Section(item.question, (item.sentence,), picture=item if item.bars else None)
    for side, title in (("for", voice.say("What speaks for it")), ("against", voice.say("What speaks against it"))):
        points = tuple(item.words for item in told.points if item.side == side)
        yield Section(title, points or (voice.say("Nothing in the frozen evidence."),))


def _question(dossier: Dossier, voice: Voice) -> Iterator[Section]:
    stands_ = voice.say(
        "Risk tier: {tier}. Status on {time}: {status}.",
        tier=voice.say(dossier.risk_tier),
        time=when(dossier.until, voice),
        status=stands(dossier, voice),
    )
    yield Section(voice.say("The question"), (dossier.question, stands_))
    yield Section(
        voice.say("The models"),
        head=(voice.say("Model"), voice.say("Version"), voice.say("Owner"), voice.say("Intended use"), "SHA-256"),
        rows=tuple((item.name, item.version, item.owner, item.intended_use, item.digest) for item in dossier.models),
    )


def _decision(dossier: Dossier, voice: Voice) -> Iterator[Section]:
    body = dossier.decision
    if body is None:
        yield Section(voice.say("The decision"), (voice.say("The board has not decided yet."),))
        return
    yield from _appeals(dossier, voice)
    tally = body.tally
    yield Section(
        voice.say("The decision that was overruled" if dossier.overruled else "The decision"),
        (
            voice.say(
                "Outcome: {outcome}. Recorded on {time} as entry {index}.",
                outcome=said(body.outcome, voice),
                time=when(dossier.decision_time, voice),
                index=dossier.decision_index,
            ),
            voice.say(
                "Valid from {start} until {end}; the record is kept until {kept}.",
                start=when(body.valid_from, voice),
                end=when(body.expires_at, voice),
                kept=when(body.retention_until, voice),
            ),
            voice.say(
                "Votes: {approve} approve, {conditions} approve with conditions, {reject} reject, {abstain} abstain; quorum {quorum}.",
                approve=tally.approve,
                conditions=tally.approve_with_conditions,
                reject=tally.reject,
                abstain=tally.abstain,
                quorum=body.quorum,
            ),
            voice.say("Scope: {text}", text=dossier.scope),
            voice.say("Rationale: {text}", text=dossier.rationale),
        ),
    )
    if dossier.conditions:
        yield _conditions(dossier, voice)
    signed = {item.index: item for item in dossier.votes}
    against = [signed[item.index] for item in body.dissent if item.index in signed]
    if against:
        yield Section(
            voice.say("Dissent, word for word"),
            tuple(f"{item.name} ({said(item.vote, voice)}): {item.rationale}" for item in against),
        )


def _conditions(dossier: Dossier, voice: Voice) -> Section:
    heads = ("Condition", "What must be done", "By whom", "Due", "Blocking", "State")
    return Section(
        voice.say("Conditions"),
        head=tuple(voice.say(item) for item in heads),
        rows=tuple(
            (
                item.id,
                item.text,
                dossier.names.get(item.owner, item.owner),
                when(item.due, voice),
                voice.say("yes" if item.blocking else "no"),
                said(item.state, voice),
            )
            for item in dossier.conditions
        ),
    )


def _appeals(dossier: Dossier, voice: Voice) -> Iterator[Section]:
    """Yield each appeal with its ruling, the newest first: a ruling stands in place of the decision."""
    for item in reversed(dossier.appeals):
        filed = voice.say(
            "{name} appealed on {time} (entry {index}): {text}",
            name=dossier.names.get(item.by, item.by),
            time=when(item.time, voice),
            index=item.index,
            text=item.text,
        )
        title = voice.say("The ruling in force" if item == dossier.overruled else "Appeal")
        yield Section(title, (filed, *_ruled(dossier, item, voice)))


def _ruled(dossier: Dossier, item: AppealLine, voice: Voice) -> tuple[str, ...]:
    """Return what became of an appeal."""
    panel, signed = (", ".join(dossier.names.get(who, who) for who in those) for those in (item.panel, item.signed))
    if item.ruled_index is not None:
        return (
            voice.say(
                "Ruling: {outcome}. It stands in place of the decision, signed by {signed} of the panel ({panel}), since {time} "
                "(entry {index}).",
                outcome=said(item.outcome, voice),
                signed=signed,
                panel=panel,
                time=when(item.ruled_time, voice),
                index=item.ruled_index,
            ),
            voice.say("Reason: {text}", text=item.rationale),
        )
    if item.signed:
        return (
            voice.say(
                "The panel ({panel}) is signing, in force once more than half have signed the same words: {outcome}.",
                panel=panel,
                outcome=said(item.outcome, voice),
            ),
        )
    open_ = item == dossier.pending
    return (voice.say("Nobody has ruled on it." if open_ else "A later decision or review took its place."),)


def _votes(dossier: Dossier, voice: Voice) -> Iterator[Section]:
    heads = ("Printed name", "Time", "Meaning of the signature", "Vote", "Reason", "Entry", "Key")
    yield Section(
        voice.say("Signatures"),
        (voice.say(_SIGNED) if dossier.votes else voice.say("Nobody has voted yet."),),
        head=tuple(voice.say(item) for item in heads),
        rows=tuple(
            (
                item.name,
                when(item.time, voice),
                item.meaning,
                said(item.vote, voice) + ("" if item.in_force else f" ({voice.say('not in force')})"),
                item.rationale,
                str(item.index),
                item.keyid[:16],
            )
            for item in dossier.votes
        ),
    )


def _ground(dossier: Dossier, voice: Voice) -> Iterator[Section]:
    heads = ("Requirement", "Outcome", "Value", "Limit", "If not met", "Evidence (SHA-256)")
    yield Section(
        voice.say("What the policy asked"),
        () if dossier.requirements else (voice.say("No requirement was held against the evidence."),),
        head=tuple(voice.say(item) for item in heads),
        rows=tuple(
            (
                item.id,
                said(item.outcome, voice),
                item.value or voice.say("none"),
                item.limit,
                voice.say(WEIGHT[item.severity]),
                item.evidence or voice.say("no evidence"),
            )
            for item in dossier.requirements
        ),
    )
    if dossier.waivers:
        waived = ("Requirement", "Waived by", "Ends", "Reason, word for word")
        yield Section(
            voice.say("Waived, by whom, until when and why"),
            (voice.say("A waiver hides no outcome. An approval ends with the first waiver that it rests on."),),
            tuple(voice.say(item) for item in waived),
            tuple(
                (item.id, f"{item.name} ({item.by})", when(item.expires, voice), item.reason)
                for item in dossier.waivers
            ),
        )
    yield Section(
        voice.say("The frozen evidence"),
        (
            voice.say(
                "Bundle {digest}: every vote names this digest.", digest=dossier.bundle or voice.say("not frozen yet")
            ),
        ),
        head=(voice.say("Method"), voice.say("Evidence (SHA-256)")),
        rows=tuple((item.method, item.digest) for item in dossier.evidence),
    )
    if dossier.not_applicable:
        yield Section(
            voice.say("Declared not applicable"),
            head=(voice.say("What"), voice.say("Why")),
            rows=dossier.not_applicable,
        )


def _after(dossier: Dossier, voice: Voice) -> Iterator[Section]:
    if dossier.comments:
        yield Section(
            voice.say("Comments"),
            head=tuple(voice.say(item) for item in ("By", "About", "Comment", "Answer")),
            rows=tuple(
                (
                    dossier.names.get(item.author, item.author),
                    item.anchor or voice.say("the case"),
                    item.text,
                    item.answer or voice.say("open, blocking" if item.blocking else "open"),
                )
                for item in dossier.comments
            ),
        )
    read = voice.say(
        "Read from {n} entries of the ledger {origin}, the last of {time}.",
        n=dossier.entries,
        origin=dossier.origin,
        time=when(dossier.until, voice),
    )
    yield Section(
        voice.say("History"),
        (read,),
        head=tuple(voice.say(item) for item in ("Entry", "Time", "Event", "By")),
        rows=tuple(
            (str(index), when(time, voice), event, dossier.names.get(actor, actor))
            for index, time, event, actor in dossier.history
        ),
    )


HEADS: Final = ("Condition", "What must be done", "By whom", "Due", "Blocking", "State", "Printed name", "Time",
                 "Meaning of the signature", "Vote", "Reason", "Entry", "Key", "Requirement", "Outcome", "Value", "Limit",
                 "If not met", "Evidence (SHA-256)", "Waived by", "Ends", "Reason, word for word", "By", "About", "Comment",
                 "Answer", "Event")  # fmt: skip
"""Heads of the tables."""
_SIGNED: Final = mark("Each line was signed with the member's own key, opened for that act with a passphrase.")


def when(time: str, voice: Voice = ENGLISH) -> str:
    """Return an RFC 3339 time as a reader writes it: 2026-06-01 12:00:00 UTC."""
    day, _, clock = time.partition("T")
    return f"{voice.day(day)} {clock}".replace("Z", " UTC").strip()


def said(name: str, voice: Voice = ENGLISH) -> str:
    """Return an outcome, a vote or a status as a report says it."""
    return voice.say(OUTCOMES.get(name, words(name)))


def stands(dossier: Dossier, voice: Voice = ENGLISH) -> str:
    """Return where the case stands as a report says it: its status, and whether an appeal is open or has been ruled on."""
    status, ruling = said(dossier.status, voice), dossier.overruled
    if dossier.pending:
        return voice.say("{status}, appeal open", status=status)
    if ruling and ruling.outcome == dossier.status:
        return voice.say("{status}, by the ruling on an appeal", status=status)
    return status


def words(name: str) -> str:
    """Return an identifier as words."""
    return name.replace("_", " ")


def brief(value: Any) -> str:
    """Return a number with four digits, anything else as it is; the evidence holds all digits."""
    try:
        return f"{float(value):.4g}"
    except (TypeError, ValueError):
        return "none" if value is None else str(value)
