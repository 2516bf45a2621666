"""All copies for people that an export carries: reports, tables, model cards, ML-BOMs, the index of clauses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from governance.dossier.bundle import ReadLine
from governance.dossier.clauses import clauses_markdown
from governance.dossier.content import Dossier, read_dossier, replayed
from governance.dossier.decision_brief import brief
from governance.dossier.decisions_csv import decisions_csv
from governance.dossier.findings import findings
from governance.dossier.mlbom import mlbom
from governance.dossier.model_card import model_card
from governance.dossier.report_html import report_html
from governance.dossier.report_pdf import report_pdf
from governance.evidence import Evidence, parse
from governance.language import ENGLISH, Voice


def dossiers(lines: Sequence[ReadLine], texts: Mapping[str, str], case: str | None = None) -> tuple[Dossier, ...]:
    """Return what the lines say about one case, or about all of them.

    Raises:
        RuleError: the entries break the board's rules, or there is no such case.
    """
    whole = replayed(lines)
    names = list(whole.board.cases) if case is None else [case]
    return tuple(read_dossier(whole, texts, name) for name in names)


def copies(
    lines: Sequence[ReadLine],
    texts: Mapping[str, str],
    evidence: Mapping[str, bytes],
    case: str | None = None,
    *,
    voice: Voice = ENGLISH,
) -> dict[str, bytes]:
    """Return path -> bytes of the copies; the report of a whole ledger is one per case, in the language of the voice."""
    found: dict[str, bytes] = {}
    all_cases = dossiers(lines, texts, case)
    read = {digest: item for digest, item in ((digest, _read(data)) for digest, data in evidence.items()) if item}
    for item in all_cases:
        place = "" if case is not None else f"reports/{item.case}/"
        mine = {line.digest: read[line.digest] for line in item.evidence if line.digest in read}
        measured = tuple(findings(mine))
        told = brief(mine, None, None, voice)
        found[f"{place}report.html"] = report_html(item, measured, told=told, voice=voice)
        found[f"{place}report.pdf"] = report_pdf(item, measured, told=told, voice=voice)
        found[f"{place}model-card.md"] = model_card(item, mine)
        found[f"{place}clauses.md"] = clauses_markdown(item)
        found[f"mlbom/{item.case}.cdx.json"] = mlbom(item, mine)
    found["decisions.csv"] = decisions_csv(all_cases)
    return found


def _read(data: bytes) -> Evidence | None:
    """Return an evidence document, None for other named files such as policies."""
    value = parse(data)
    return (
        Evidence.from_bytes(data)
        if isinstance(value, dict) and value.get("format") == "countersign-evidence/1"
        else None
    )
