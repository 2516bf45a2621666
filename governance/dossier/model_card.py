"""A model card that people read: what the models are for, what was measured, what nobody could judge."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import TypeAlias

from governance.dossier.content import Dossier, ModelLine
from governance.dossier.mlbom import metrics
from governance.dossier.report import NOT_THE_RECORD, brief, words
from governance.evidence import Evidence, NotAssessed
from governance.review.unknown import unknown

Mark: TypeAlias = Callable[[str], str]


def model_card(dossier: Dossier, evidence: Mapping[str, Evidence], mark: Mark | None = None) -> bytes:
    """Return the card of a case's models as Markdown; texts of people and files are escaped.

    Args:
        dossier: the case.
        evidence: its frozen evidence by digest.
        mark: escapes a text for where the card is shown; for a Markdown file when left out.
    """
    mark = mark or escaped
    lines = [f"# Model card: {mark(dossier.title)}", "", f"> {NOT_THE_RECORD}", ""]
    for model in dossier.models:
        lines += _model(model, mark)
    lines += [
        "## Standing with the board",
        "",
        f"- Status: {words(dossier.status)}",
        f"- Risk tier: {dossier.risk_tier}",
    ]
    if dossier.decision is not None:
        lines += [f"- Valid until: {dossier.decision.expires_at}", f"- Scope: {mark(dossier.scope)}"]
    lines += [
        f"- Requirement {item.id} waived by {mark(item.name)} until {item.expires}: {mark(item.reason)}"
        for item in dossier.waivers
    ]
    lines += [f"- Condition {item.id} ({item.state}, due {item.due}): {mark(item.text)}" for item in dossier.conditions]
    lines += ["", "## What was measured", ""]
    for digest, item in evidence.items():
        lines += [
            f"### {item.key.method} version {item.key.method_version}",
            "",
            *_measured(digest, item, mark),
            *_open(item, mark),
            "",
        ]
    absent = [item for item in dossier.evidence if item.digest not in evidence]
    lines += [f"- {item.method}: evidence {item.digest} is not at hand" for item in absent]
    return ("\n".join(lines) + "\n").encode()


def _model(model: ModelLine, mark: Mark) -> list[str]:
    return [
        f"## {mark(model.name)} {mark(model.version)}",
        "",
        f"- SHA-256: `{model.digest}`",
        f"- Task: {model.task}",
        f"- Owner: {mark(model.owner)}",
        f"- Intended use: {mark(model.intended_use)}",
        *(f"- {mark(name)}: {mark(value)}" for name, value in model.provenance.items()),
        "",
    ]


def _measured(digest: str, item: Evidence, mark: Mark) -> Iterator[str]:
    yield f"Evidence `{digest}`; {item.rows.used} of {item.rows.total} rows; cohort: {mark(item.key.cohort) or 'all rows'}."
    yield ""
    if not item.assessed:
        yield f"Not assessed: {mark(item.read(NotAssessed).reason)}"
        return
    found = list(metrics(item))
    if not found:
        yield "The result has no single numbers; see the evidence itself."
        return
    yield "| Metric | Slice | Value | Interval |"
    yield "|---|---|---|---|"
    for line in found:
        bounds = line.get("confidenceInterval")
        interval = f"{brief(bounds['lowerBound'])} to {brief(bounds['upperBound'])}" if bounds else "none"
        yield f"| {mark(line['type'].replace('_', ' '))} | {mark(line['slice'])} | {brief(line['value'])} | {interval} |"


def _open(item: Evidence, mark: Mark) -> Iterator[str]:
    found = unknown(item) if item.assessed else ()
    if found:
        yield ""
        yield "Not known:"
        yield ""
    yield from (f"- {mark(reason)} ({count} {'value' if count == 1 else 'values'})" for reason, count in found)


def escaped(text: str) -> str:
    """Return text that Markdown shows letter by letter on one line."""
    return re.sub(r"([\\`*_{}\[\]#|~!()])", r"\\\1", escape(" ".join(text.split()), quote=False))
