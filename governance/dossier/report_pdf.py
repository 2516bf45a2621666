"""The decision report as PDF, with a font that is shipped so that names of all of Europe can be printed."""

from __future__ import annotations

import io
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from governance.dossier.content import Dossier
from governance.dossier.report import NOT_THE_RECORD, Section, sections, when

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

FONTS: Final = Path(__file__).resolve().parents[2] / "assets" / "fonts"
WIDTH: Final = 503.0
"""Points between the margins of an A4 page."""
LETTER: Final = 5.0
"""Points that a letter of a heading takes at most on average."""
PADDING: Final = 6.0
"""Points between two columns."""
REGULAR: Final = "CountersignSans"
BOLD: Final = "CountersignSans-Bold"


def report_pdf(dossier: Dossier, found: Iterable[Section] = ()) -> bytes:
    """Return the report of a case as PDF (A4); every page says that it is not the record."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    _register()
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=16 * mm, rightMargin=16 * mm, topMargin=18 * mm, bottomMargin=22 * mm,
        title=dossier.title, author=dossier.origin, subject=NOT_THE_RECORD, invariant=1,
    )  # fmt: skip
    document.build(_story(dossier, found), onFirstPage=_foot, onLaterPages=_foot)
    return buffer.getvalue()


def _register() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    if REGULAR not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(REGULAR, str(FONTS / "DejaVuSans.ttf")))
        pdfmetrics.registerFont(TTFont(BOLD, str(FONTS / "DejaVuSans-Bold.ttf")))


def _foot(canvas: Any, document: Any) -> None:
    canvas.setFont(REGULAR, 7)
    canvas.drawString(document.leftMargin, 28, NOT_THE_RECORD)
    canvas.drawRightString(document.pagesize[0] - document.rightMargin, 28, str(canvas.getPageNumber()))


def _styles() -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle

    plain = ParagraphStyle("plain", fontName=REGULAR, fontSize=9, leading=13, spaceAfter=4)
    return {
        "plain": plain,
        "title": ParagraphStyle("title", parent=plain, fontName=BOLD, fontSize=17, leading=22),
        "head": ParagraphStyle(
            "head", parent=plain, fontName=BOLD, fontSize=11, leading=15, spaceBefore=12, keepWithNext=1
        ),
        "cell": ParagraphStyle("cell", parent=plain, fontSize=7, leading=9, spaceAfter=0),
        "label": ParagraphStyle("label", parent=plain, fontName=BOLD, fontSize=7, leading=9, spaceAfter=0),
    }


def _story(dossier: Dossier, found: Iterable[Section]) -> list[Flowable]:
    from reportlab.platypus import Paragraph

    styles = _styles()
    story: list[Flowable] = [Paragraph(escape(dossier.title), styles["title"])]
    story.append(
        Paragraph(
            escape(f"Case {dossier.case}; the ledger as it stood on {when(dossier.until)}. {NOT_THE_RECORD}"),
            styles["plain"],
        )
    )
    for section in sections(dossier, found):
        story.append(Paragraph(escape(section.title), styles["head"]))
        story += [Paragraph(escape(item).replace("\n", "<br/>"), styles["plain"]) for item in section.sentences]
        if section.rows:
            story.append(_table(section, styles))
    return story


def _widths(section: Section) -> list[float]:
    """Return column widths in points: each holds the longest word of its heading, and more where texts are longer."""
    least = [max(len(word) for word in head.split()) * LETTER + PADDING for head in section.head]
    columns = zip(section.head, *section.rows, strict=True)
    weights = [min(max(4, *(len(cell) for cell in column)), 60) ** 0.7 for column in columns]
    rest = WIDTH - sum(least)
    return [narrow + rest * weight / sum(weights) for narrow, weight in zip(least, weights, strict=True)]


def _table(section: Section, styles: dict[str, Any]) -> Flowable:
    from reportlab.lib import colors
    from reportlab.platypus import Paragraph, Table

    rows = [[Paragraph(escape(item), styles["label"]) for item in section.head]]
    rows += [[Paragraph(escape(cell[:3000]), styles["cell"]) for cell in row] for row in section.rows]
    table = Table(rows, colWidths=_widths(section), repeatRows=1, splitInRow=1, hAlign="LEFT")
    everywhere = ((0, 0), (-1, -1))
    table.setStyle(
        [
            ("VALIGN", *everywhere, "TOP"),
            ("LINEBELOW", *everywhere, 0.3, colors.grey),
            ("LEFTPADDING", *everywhere, 0),
            ("RIGHTPADDING", *everywhere, PADDING),
        ]
    )
    return table
