"""Which evidence speaks to which clause of a regulation or framework. An index for readers, not a claim of compliance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from governance.dossier.content import Dossier
from governance.dossier.report import NOT_THE_RECORD

DISCLAIMER: Final = (
    "This index shows where a reader finds evidence. It claims no compliance, and it is no legal advice."
)
NOTHING: Final = {True: "no evidence", False: "no evidence: this record has no place for it"}


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause and what speaks to it."""

    source: str
    clause: str
    subject: str
    """What it is about, in our words."""
    methods: tuple[str, ...] = ()
    """Prefixes of method ids whose evidence speaks to it."""
    record: tuple[str, ...] = ()
    """Event types of the ledger that speak to it; with no method either, the record has no place for it, which is said."""


_AI_ACT: Final = "EU AI Act (Regulation 2024/1689)"
_NIST: Final = "NIST AI RMF 1.0"
_LL144: Final = "NYC Local Law 144 and 6 RCNY 5-300 ff."
CLAUSES: Final[tuple[Clause, ...]] = (
    Clause(
        _AI_ACT,
        "Annex IV 1",
        "general description, intended purpose, version",
        record=("model.registered", "case.registered"),
    ),
    Clause(_AI_ACT, "Annex IV 2(a)-(c)", "development, design, architecture", ("models.",), ("model.registered",)),
    Clause(
        _AI_ACT, "Annex IV 2(d)", "training data, provenance, labelling", ("quality.", "data."), ("dataset.registered",)
    ),
    Clause(_AI_ACT, "Annex IV 2(e)", "human oversight measures", record=("vote.cast", "decision.recorded")),
    Clause(_AI_ACT, "Annex IV 2(f)", "changes that were planned beforehand"),
    Clause(
        _AI_ACT,
        "Annex IV 2(g)",
        "validation and testing, metrics, discriminatory impacts",
        ("performance.", "fairness."),
    ),
    Clause(_AI_ACT, "Annex IV 2(h)", "cybersecurity measures"),
    Clause(
        _AI_ACT, "Annex IV 3", "capabilities and limits, accuracy by group", ("performance.", "fairness.", "explain.")
    ),
    Clause(_AI_ACT, "Annex IV 4", "appropriateness of the performance metrics", ("performance.",)),
    Clause(_AI_ACT, "Annex IV 5", "risk management", record=("condition.submitted", "condition.accepted")),
    Clause(_AI_ACT, "Annex IV 6", "changes through the lifecycle", record=("model.registered", "review.opened")),
    Clause(_AI_ACT, "Annex IV 7", "harmonised standards applied"),
    Clause(_AI_ACT, "Annex IV 8", "the provider's declaration of conformity"),
    Clause(_AI_ACT, "Annex IV 9", "post-market monitoring", ("drift.",), ("monitoring.alert",)),
    Clause(_AI_ACT, "Article 9", "risk management system", record=("comment.added", "decision.recorded")),
    Clause(
        _AI_ACT, "Article 10", "data and data governance", ("quality.", "data.", "fairness."), ("dataset.registered",)
    ),
    Clause(_AI_ACT, "Article 11", "technical documentation", record=("evidence.frozen",)),
    Clause(_AI_ACT, "Article 12", "record-keeping", record=("case.registered",)),
    Clause(_AI_ACT, "Article 13", "transparency to deployers", ("explain.",)),
    Clause(_AI_ACT, "Article 14", "human oversight", record=("vote.cast", "decision.recorded")),
    Clause(_AI_ACT, "Article 15", "accuracy, robustness", ("performance.", "drift.", "stress.", "serving.")),
    Clause(
        _NIST,
        "GOVERN",
        "accountability, roles, decisions",
        record=("charter.adopted", "vote.cast", "decision.recorded"),
    ),
    Clause(_NIST, "MAP", "context, intended use, affected people", record=("model.registered", "case.registered")),
    Clause(
        _NIST,
        "MEASURE",
        "metrics, fairness, explainability, robustness",
        ("performance.", "fairness.", "explain."),
    ),
    Clause(
        _NIST, "MANAGE", "monitoring, response, conditions", ("drift.",), ("monitoring.alert", "condition.accepted")
    ),
    Clause(_LL144, "5-301(a)", "an audit not older than a year", ("fairness.impact_ratio",), ("evidence.frozen",)),
    Clause(_LL144, "5-301(b)", "selection rates and impact ratios, intersections", ("fairness.impact_ratio",)),
    Clause(_LL144, "5-301(c)", "scoring rates and impact ratios, intersections", ("fairness.impact_ratio",)),
    Clause(_LL144, "5-301(d)", "small categories left out, and why", ("fairness.impact_ratio",)),
    Clause(_LL144, "5-302", "historical or test data of the audit", ("quality.",), ("dataset.registered",)),
    Clause(_LL144, "5-303", "the published summary", record=("export.made",)),
    Clause(_LL144, "5-304", "notices to candidates"),
)


def found_for(clause: Clause, dossier: Dossier) -> tuple[str, ...]:
    """Return what speaks to a clause: evidence by method and digest, entries by number; empty means no evidence.

    That an entry or a piece of evidence is named does not say that it is enough.
    """
    shown = tuple(
        f"{item.method} {item.digest}"
        for item in dossier.evidence
        if any(item.method.startswith(prefix) for prefix in clause.methods)
    )
    entries = tuple(f"entry {index} ({event})" for index, _, event, _ in dossier.history if event in clause.record)
    return shown + entries


def clauses_markdown(dossier: Dossier) -> bytes:
    """Return the index as Markdown; where nothing speaks to a clause it says "no evidence"."""
    lines = ["# Where to find evidence, clause by clause", "", f"> {NOT_THE_RECORD}", "", DISCLAIMER]
    for source in dict.fromkeys(item.source for item in CLAUSES):
        lines += ["", f"## {source}", "", "| Clause | About | Evidence |", "|---|---|---|"]
        for item in CLAUSES:
            if item.source == source:
                found = "; ".join(found_for(item, dossier)) or NOTHING[bool(item.methods or item.record)]
                lines.append(f"| {item.clause} | {item.subject} | {found} |")
    return ("\n".join(lines) + "\n").encode()
