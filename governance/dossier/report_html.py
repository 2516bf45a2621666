"""The decision report as one HTML file: no script, no link to anything outside, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from governance.dossier import svg
from governance.dossier.bar_chart import bars
from governance.dossier.content import Dossier
from governance.dossier.decision_brief import Brief
from governance.dossier.report import NOT_THE_RECORD, Section, sections, when
from governance.language import ENGLISH, Voice

_STYLE = """
@page { size: A4; margin: 18mm 16mm }
:root { color-scheme: light }
body { font: 15px/1.5 Georgia, "Times New Roman", serif; color: #1c1c1c; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.7rem; margin-bottom: .2rem } h2 { font-size: 1.15rem; margin: 2rem 0 .4rem; break-after: avoid }
.notice { border: 1px solid #8a5a00; padding: .4rem .7rem; color: #5f3e00; font: 13px/1.4 system-ui, sans-serif }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; font: 13px/1.4 system-ui, sans-serif }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #ccc; padding: .3rem .5rem .3rem 0 }
td { min-width: 4.5em; overflow-wrap: anywhere } th { white-space: nowrap } tr { break-inside: avoid }
svg { width: 100%; height: auto; font: 13px system-ui, sans-serif; margin: .3rem 0; break-inside: avoid } svg .name { text-anchor: end }
svg text { fill: #1c1c1c } svg .strong { fill: #195277 } svg .quiet { fill: #b9b4ac } svg .span { stroke: #b0480f; stroke-width: 2 }
svg .axis { stroke: #6a6660 }
p { white-space: pre-wrap; overflow-wrap: anywhere }
footer { color: #5f3e00; font: 12px system-ui, sans-serif; margin-top: 2rem }
@media print {
  body { margin: 0; max-width: none; padding: 0 } table { font-size: 10px } body { font-size: 12px } .notice, footer { font-size: 10px }
  body { display: table; width: 100% } main { display: table-row-group } footer { display: table-footer-group; break-inside: avoid }
}
"""


def report_html(
    dossier: Dossier, found: Iterable[Section] = (), *, told: Brief | None = None, voice: Voice = ENGLISH
) -> bytes:
    """Return the report of a case as a self-contained HTML page with print styles, in the language of the voice."""
    body = "\n".join(section_html(item, voice) for item in sections(dossier, found, told=told, voice=voice))
    copy = escape(voice.say(NOT_THE_RECORD))
    stood = voice.say(
        "Case {case}; the ledger as it stood on {time}", case=dossier.case, time=when(dossier.until, voice)
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return f"""<!doctype html>
<html lang="{voice.language}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(dossier.title)}</title><style>{_STYLE}</style></head>
<body><main><h1>{escape(dossier.title)}</h1><p>{escape(stood)}</p>
<p class="notice">{copy}</p>
{body}</main>
<footer>{copy}</footer></body></html>
""".encode()


def section_html(section: Section, voice: Voice = ENGLISH) -> str:
    """Return a section as HTML, every text escaped."""
    said = "".join(f"<p>{escape(item)}</p>" for item in section.sentences)
    drawn = svg.bars(bars(section.picture, voice)) if section.picture else ""
    return f"<section><h2>{escape(section.title)}</h2>{said}{drawn}{_table(section)}</section>"


def _table(section: Section) -> str:
    if not section.rows:
        return ""
    head = "".join(f'<th scope="col">{escape(item)}</th>' for item in section.head)
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in section.rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
