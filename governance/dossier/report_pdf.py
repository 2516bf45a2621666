"""The decision report as PDF, with a font that is shipped so that names of all of Europe can be printed."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from governance.dossier.bar_chart import WIDTH as UNITS, Box, Chart, Stroke, bars
from governance.dossier.content import Dossier
from governance.dossier.decision_brief import Brief
from governance.dossier.report import NOT_THE_RECORD, Section, sections, when
from governance.dossier.right_to_left import ready
from governance.language import ENGLISH, Voice

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


def report_pdf(
    dossier: Dossier, found: Iterable[Section] = (), *, told: Brief | None = None, voice: Voice = ENGLISH
) -> bytes:
    """Return the report of a case as PDF (A4), in the language of the voice; every page says that it is not the record."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    _register()
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=16 * mm, rightMargin=16 * mm, topMargin=18 * mm, bottomMargin=22 * mm,
        title=dossier.title, author=dossier.origin, subject=voice.say(NOT_THE_RECORD), invariant=1, lang=voice.language,
    )  # fmt: skip
    foot = partial(_foot, copy=voice.say(NOT_THE_RECORD))
    document.build(
        _story(dossier, sections(dossier, found, told=told, voice=voice), voice), onFirstPage=foot, onLaterPages=foot
    )
    return buffer.getvalue()


def _register() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    if REGULAR not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(REGULAR, str(FONTS / "DejaVuSans.ttf")))
        pdfmetrics.registerFont(TTFont(BOLD, str(FONTS / "DejaVuSans-Bold.ttf")))


def _foot(canvas: Any, document: Any, *, copy: str) -> None:
    canvas.setFont(REGULAR, 7)
    canvas.drawString(document.leftMargin, 28, copy)
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


def _story(dossier: Dossier, found: Iterable[Section], voice: Voice) -> list[Flowable]:
    from reportlab.platypus import Paragraph

    styles = _styles()
    story: list[Flowable] = [Paragraph(_painted(dossier.title, styles["title"], WIDTH), styles["title"])]
    stood = voice.say(
        "Case {case}; the ledger as it stood on {time}", case=dossier.case, time=when(dossier.until, voice)
    )
    story.append(Paragraph(escape(f"{stood}. {voice.say(NOT_THE_RECORD)}"), styles["plain"]))
    for section in found:
        story.append(Paragraph(escape(section.title), styles["head"]))
        story += [Paragraph(_painted(item, styles["plain"], WIDTH), styles["plain"]) for item in section.sentences]
        if section.picture:
            story.append(_drawing(bars(section.picture, voice)))
        if section.rows:
            story.append(_table(section, styles))
    return story


_INKS: Final = {"strong": "#195277", "quiet": "#b9b4ac", "span": "#b0480f", "axis": "#6a6660"}


def _drawing(chart: Chart) -> Flowable:
    """Return a chart of bars as lines of the page."""
    from reportlab.graphics.shapes import Drawing, Line, Rect, String
    from reportlab.lib.colors import HexColor

    scale = WIDTH / UNITS
    drawing = Drawing(WIDTH, chart.height * scale)
    drawing.scale(scale, scale)
    for item in chart.shapes:
        if isinstance(item, Box):
            colour = HexColor(_INKS[item.ink])
            bottom = chart.height - item.y - item.height
            bar = Rect(item.x, bottom, item.width, item.height)
            bar.setProperties({"fillColor": colour, "strokeColor": None})
            drawing.add(bar)
        elif isinstance(item, Stroke):
            heights = chart.height - item.y1, chart.height - item.y2
            drawing.add(
                Line(item.x1, heights[0], item.x2, heights[1], strokeColor=HexColor(_INKS[item.ink]), strokeWidth=1.5)
            )
        else:
            text = ready(item.text, UNITS, lambda part: float(len(part)))
            drawing.add(
                String(item.x, chart.height - item.y, text, fontName=REGULAR, fontSize=11, textAnchor=item.anchor)
            )
    return drawing


def _painted(text: str, style: Any, width: float) -> str:
    """Return the markup of a text: escaped, its lines kept, and right-to-left words in the order of the eye."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    lines = ready(text, width, lambda part: float(stringWidth(part, style.fontName, style.fontSize)))
    return escape(lines).replace("\n", "<br/>")


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

    widths = _widths(section)
    rows = [[Paragraph(escape(item), styles["label"]) for item in section.head]]
    rows += [
        [
            Paragraph(_painted(cell[:3000], styles["cell"], width - PADDING), styles["cell"])
            for cell, width in zip(row, widths, strict=True)
        ]
        for row in section.rows
    ]
    table = Table(rows, colWidths=widths, repeatRows=1, splitInRow=1, hAlign="LEFT")
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
