"""A model card that people read: what the models are for, what was measured, what nobody could judge."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Final, TypeAlias

from governance.dossier.content import Dossier, ModelLine
from governance.dossier.mlbom import metrics
from governance.dossier.report import NOT_THE_RECORD, brief, stands, when, words
from governance.evidence import Evidence, NotAssessed
from governance.review.unknown import unknown
from governance.runs import said as said_of, title_of
from governance.statistics import title

Mark: TypeAlias = Callable[[str], str]
_DIGEST: Final = re.compile("[0-9a-f]{64}")


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
        f"- Status: {stands(dossier)}",
        f"- Risk tier: {dossier.risk_tier}",
    ]
    if dossier.decision is not None:
        lines += [f"- Valid until: {when(dossier.decision.expires_at)}", f"- Scope: {mark(dossier.scope)}"]
    lines += [
        f"- Requirement {item.id} waived by {mark(item.name)} until {when(item.expires)}: {mark(item.reason)}"
        for item in dossier.waivers
    ]
    lines += [f"- Condition ({item.state}, due {when(item.due)}): {mark(item.text)}" for item in dossier.conditions]
    lines += ["", "## What was measured", ""]
    for item in evidence.values():
        lines += [f"### {title_of(item.key.method)}", "", *_measured(item, mark), *_open(item, mark), ""]
    absent = [item for item in dossier.evidence if item.digest not in evidence]
    lines += [f"- {title_of(item.method)}: this evidence is not at hand." for item in absent]
    return ("\n".join([*lines, "", *_digests(dossier, evidence, mark)]) + "\n").encode()


def _named(field: str, mark: Mark) -> str:
    return mark(words(field).capitalize())


def _digests(dossier: Dossier, evidence: Mapping[str, Evidence], mark: Mark) -> Iterator[str]:
    """Yield the table that ties the card to the record, apart from what people read."""
    yield "## Fingerprints"
    yield ""
    yield "The record names each file by its SHA-256 fingerprint; another byte would give another one."
    yield ""
    yield "| What | SHA-256 |"
    yield "|---|---|"
    for model in dossier.models:
        yield f"| {mark(model.name)} {mark(model.version)} | `{model.digest}` |"
        for name, value in model.provenance.items():
            if _DIGEST.fullmatch(value):
                yield f"| {mark(model.name)} {mark(model.version)}: {_named(name, mark)} | `{value}` |"
    for item in dossier.evidence:
        found = evidence.get(item.digest)
        version = f", version {found.key.method_version}" if found else ""
        yield f"| {title_of(item.method)} ({item.method}{version}) | `{item.digest}` |"


def _model(model: ModelLine, mark: Mark) -> list[str]:
    return [
        f"## {mark(model.name)} {mark(model.version)}",
        "",
        f"- Task: {model.task}",
        f"- Owner: {mark(model.owner)}",
        f"- Intended use: {mark(model.intended_use)}",
        *(
            f"- {_named(name, mark)}: {mark(value)}"
            for name, value in model.provenance.items()
            if not _DIGEST.fullmatch(value)
        ),
        "",
    ]


def _measured(item: Evidence, mark: Mark) -> Iterator[str]:
    yield f"{item.rows.used:,} of {item.rows.total:,} rows; cohort: {mark(item.key.cohort) or 'all rows'}."
    yield ""
    if not item.assessed:
        yield f"Not assessed: {mark(item.read(NotAssessed).reason)}"
        return
    found = list(metrics(item))
    sentence, more = said_of(item)
    if sentence:
        yield mark(sentence)
        yield ""
    if not found and not more:
        yield "The result has no single numbers; see the evidence itself."
        return
    yield "| Metric | Slice | Value | Interval |"
    yield "|---|---|---|---|"
    for line in found:
        bounds = line.get("confidenceInterval")
        interval = f"{brief(bounds['lowerBound'])} to {brief(bounds['upperBound'])}" if bounds else "none"
        yield f"| {mark(title(line['type']))} | {mark(line['slice'])} | {brief(line['value'])} | {interval} |"
    for row in more:
        yield f"| {mark(row.what)}: {mark(row.judgement)} | {mark(row.about)} | {row.value} | {mark(row.bounds)} |"


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
