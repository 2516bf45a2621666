"""The decision report as one HTML file: no script, no link to anything outside, every text escaped."""

from __future__ import annotations

from html import escape

from governance.dossier.content import Dossier
from governance.dossier.report import NOT_THE_RECORD, Section, sections

_STYLE = """
@page { size: A4; margin: 20mm 16mm 22mm; @bottom-center { content: "Not the record - copy for people"; font-size: 8pt } }
:root { color-scheme: light }
body { font: 15px/1.5 Georgia, "Times New Roman", serif; color: #1c1c1c; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.7rem; margin-bottom: .2rem } h2 { font-size: 1.15rem; margin: 2rem 0 .4rem; break-after: avoid }
.notice { border: 1px solid #8a5a00; padding: .4rem .7rem; color: #5f3e00; font: 13px/1.4 system-ui, sans-serif }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; font: 13px/1.4 system-ui, sans-serif }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #ccc; padding: .3rem .5rem .3rem 0; overflow-wrap: anywhere }
th { white-space: nowrap } tr { break-inside: avoid } p { white-space: pre-wrap; overflow-wrap: anywhere }
footer { position: running(footer); color: #5f3e00; font: 12px system-ui, sans-serif; margin-top: 2rem }
@media print { body { margin: 0; max-width: none } footer { position: fixed; bottom: 0; left: 0; right: 0; background: #fff } }
"""


def report_html(dossier: Dossier) -> bytes:
    """Return the report of a case as a self-contained HTML page with print styles."""
    body = "\n".join(_section(item) for item in sections(dossier))
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(dossier.title)}</title><style>{_STYLE}</style></head>
<body><h1>{escape(dossier.title)}</h1><p>Case {escape(dossier.case)}</p>
<p class="notice">{escape(NOT_THE_RECORD)}</p>
{body}
<footer>{escape(NOT_THE_RECORD)}</footer></body></html>
""".encode()


def _section(section: Section) -> str:
    said = "".join(f"<p>{escape(item)}</p>" for item in section.sentences)
    return f"<section><h2>{escape(section.title)}</h2>{said}{_table(section)}</section>"


def _table(section: Section) -> str:
    if not section.rows:
        return ""
    head = "".join(f'<th scope="col">{escape(item)}</th>' for item in section.head)
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in section.rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
