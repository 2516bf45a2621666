"""The decision report as sections of plain data; HTML and PDF draw the same sections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from governance.dossier.content import Dossier

NOT_THE_RECORD = "A copy for people, not the record. The record is ledger.intoto.jsonl; VERIFY.md says how to check it."

WEIGHT: Final[Mapping[str, str]] = {
    "freezing": "cannot be frozen",
    "blocking": "policy not satisfied",
    "advisory": "a remark",
    "": "not recorded",
}
"""Severity -> what follows when the requirement is not met."""
OUTCOMES: Final[Mapping[str, str]] = {"conditional": "approved with conditions", "in_review": "in review"}
"""Outcome or status -> how a report says it, where its own word would not do."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, sentences, and perhaps a table."""

    title: str
    sentences: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def sections(dossier: Dossier, found: Iterable[Section] = ()) -> tuple[Section, ...]:
    """Return the report of a case in reading order; `found` are the tables of what was measured."""
    return (*_question(dossier), *_decision(dossier), *_votes(dossier), *_ground(dossier), *found, *_after(dossier))


def _question(dossier: Dossier) -> Iterator[Section]:
    yield Section(
        "The question",
        (
            dossier.question,
            f"Risk tier: {dossier.risk_tier}. Status on {when(dossier.until)}: {said(dossier.status)}.",
        ),
    )
    yield Section(
        "The models",
        head=("Model", "Version", "Owner", "Intended use", "SHA-256"),
        rows=tuple((item.name, item.version, item.owner, item.intended_use, item.digest) for item in dossier.models),
    )


def _decision(dossier: Dossier) -> Iterator[Section]:
    body = dossier.decision
    if body is None:
        yield Section("The decision", ("The board has not decided yet.",))
        return
    tally = body.tally
    yield Section(
        "The decision",
        (
            f"Outcome: {said(body.outcome)}. Recorded on {when(dossier.decision_time)} as entry {dossier.decision_index}.",
            f"Valid from {when(body.valid_from)} until {when(body.expires_at)}; the record is kept until {when(body.retention_until)}.",
            (
                f"Votes: {tally.approve} approve, {tally.approve_with_conditions} approve with conditions, {tally.reject} reject, "
                f"{tally.abstain} abstain; quorum {body.quorum}."
            ),
            f"Scope: {dossier.scope}",
            f"Rationale: {dossier.rationale}",
        ),
    )
    if dossier.conditions:
        yield Section(
            "Conditions",
            head=("Condition", "What must be done", "Owner", "Due", "Blocking", "State"),
            rows=tuple(
                (
                    item.id,
                    item.text,
                    dossier.names.get(item.owner, item.owner),
                    when(item.due),
                    "yes" if item.blocking else "no",
                    item.state,
                )
                for item in dossier.conditions
            ),
        )
    signed = {item.index: item for item in dossier.votes}
    against = [signed[item.index] for item in body.dissent if item.index in signed]
    if against:
        yield Section(
            "Dissent, word for word", tuple(f"{item.name} ({words(item.vote)}): {item.rationale}" for item in against)
        )


def _votes(dossier: Dossier) -> Iterator[Section]:
    yield Section(
        "Signatures",
        ("Each line was signed with the member's own key, opened for that act with a passphrase.",) if dossier.votes else
        ("Nobody has voted yet.",),
        head=("Printed name", "Time", "Meaning of the signature", "Vote", "Reason", "Entry", "Key"),
        rows=tuple(
            (item.name, when(item.time), item.meaning, words(item.vote) + ("" if item.in_force else " (not in force)"),
             item.rationale, str(item.index), item.keyid[:16])
            for item in dossier.votes
        ),
    )  # fmt: skip


def _ground(dossier: Dossier) -> Iterator[Section]:
    yield Section(
        "What the policy asked",
        () if dossier.requirements else ("No requirement was held against the evidence.",),
        head=("Requirement", "Outcome", "Value", "Limit", "If not met", "Evidence (SHA-256)"),
        rows=tuple(
            (
                item.id,
                words(item.outcome),
                item.value or "none",
                item.limit,
                WEIGHT[item.severity],
                item.evidence or "no evidence",
            )
            for item in dossier.requirements
        ),
    )
    if dossier.waivers:
        yield Section(
            "Waived, by whom, until when and why",
            ("A waiver hides no outcome. An approval ends with the first waiver that it rests on.",),
            ("Requirement", "Waived by", "Ends", "Reason, word for word"),
            tuple((item.id, f"{item.name} ({item.by})", when(item.expires), item.reason) for item in dossier.waivers),
        )
    yield Section(
        "The frozen evidence",
        (f"Bundle {dossier.bundle or 'not frozen yet'}: every vote names this digest.",),
        head=("Method", "Evidence (SHA-256)"),
        rows=tuple((item.method, item.digest) for item in dossier.evidence),
    )
    if dossier.not_applicable:
        yield Section("Declared not applicable", head=("What", "Why"), rows=dossier.not_applicable)


def _after(dossier: Dossier) -> Iterator[Section]:
    if dossier.comments:
        yield Section(
            "Comments",
            head=("By", "About", "Comment", "Answer"),
            rows=tuple(
                (
                    dossier.names.get(item.author, item.author),
                    item.anchor or "the case",
                    item.text,
                    item.answer or ("open, blocking" if item.blocking else "open"),
                )
                for item in dossier.comments
            ),
        )
    yield Section(
        "History",
        (f"Read from {dossier.entries} entries of the ledger {dossier.origin}, the last of {when(dossier.until)}.",),
        head=("Entry", "Time", "Event", "By"),
        rows=tuple(
            (str(index), when(time), event, dossier.names.get(actor, actor))
            for index, time, event, actor in dossier.history
        ),
    )


def when(time: str) -> str:
    """Return an RFC 3339 time as a reader writes it: 2026-06-01 12:00:00 UTC."""
    return time.replace("T", " ").replace("Z", " UTC")


def said(name: str) -> str:
    """Return an outcome or a status as a report says it."""
    return OUTCOMES.get(name, words(name))


def words(name: str) -> str:
    """Return an identifier as words."""
    return name.replace("_", " ")


def brief(value: Any) -> str:
    """Return a number with four digits, anything else as it is; the evidence holds all digits."""
    try:
        return f"{float(value):.4g}"
    except (TypeError, ValueError):
        return "none" if value is None else str(value)
