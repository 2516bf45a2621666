"""The state of a model as one HTML file: a summary of one page, then chapters with vector charts; no script, nothing from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from governance.data import Dictionary, spoken, spoken_rows
from governance.dossier import svg
from governance.dossier.report import Section
from governance.dossier.report_html import section_html
from governance.evidence import Evidence, NotAssessed, number, percent
from governance.explain import GlobalExplanation
from governance.fairness import FairnessReport, words as fairness_words
from governance.performance import BinaryReport, Measure, PerformanceReport, SegmentsReport, segment_words
from governance.runs import method, said as read_out
from governance.statistics import is_share, title

MOST: Final = 20
"""Rows of a chart; the table below has more."""
MOST_LINES: Final = 60
"""Rows of a table; the evidence holds all of them."""
_STYLE: Final = """
@page { size: A4; margin: 16mm }
:root { color-scheme: light }
body { font: 15px/1.5 Georgia, "Times New Roman", serif; color: #1c1c1c; background: #fff;
  max-width: 54rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.7rem; margin-bottom: .2rem } h2 { font-size: 1.2rem; margin: 2rem 0 .4rem; break-after: avoid }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; font: 13px/1.4 system-ui, sans-serif }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #ccc; padding: .3rem .5rem .3rem 0; overflow-wrap: anywhere }
td { min-width: 5em } tbody th { min-width: 11em }
p { overflow-wrap: anywhere } nav a, a { color: #195277 } tr, svg { break-inside: avoid }
svg { width: 100%; height: auto; font: 13px system-ui, sans-serif; margin: .5rem 0 } svg.narrow { width: 23rem; max-width: 100% }
svg .name { text-anchor: end } svg .axis { text-anchor: middle; fill: #4a4a4a } svg text { fill: #1c1c1c }
svg .dot { fill: #2f7fb5 } svg .strong { fill: #b0480f } svg .span { stroke: #6a6660; stroke-width: 2 }
svg .mark { stroke: #6a6660; stroke-dasharray: 4 3 } svg .curve { fill: none; stroke: #2f7fb5; stroke-width: 2.5 }
svg .frame { fill: none; stroke: #ccc }
@media print { body { margin: 0; max-width: none; padding: 0; font-size: 12px }
  section.chapter { break-before: page } nav { display: none } }
"""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One question about the model with its answer."""

    id: str
    """Anchor in the page."""
    title: str
    sentence: str
    """The answer, "" where the numbers alone say it."""
    pictures: tuple[str, ...]
    """SVG, escaped."""
    section: Section
    """The table below."""


def model_report(
    name: str, data: str, evidence: Sequence[Evidence], words: Dictionary, *, failed: Sequence[tuple[str, str]] = ()
) -> bytes:
    """Return the page.

    Args:
        name: of the model.
        data: name of the table that it is judged on.
        evidence: what was measured, in the order of the chapters.
        words: what columns and values are called.
        failed: what could not be measured: title of the method, and why.
    """
    chapters = [_chapter(item, words) for item in evidence]
    summary = "".join(
        f'<tr><th scope="row"><a href="#{item.id}">{escape(item.title)}</a></th><td>{escape(item.sentence or "See the chapter.")}</td></tr>'
        for item in chapters
    )
    lacking = "".join(
        f'<tr><th scope="row">{escape(what)}</th><td>{escape(f"Not measured: {why}")}</td></tr>' for what, why in failed
    )
    body = "".join(_chapter_html(item) for item in chapters)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(name)} on {escape(data)}</title><style>{_STYLE}</style></head>
<body><main><h1>{escape(name)}</h1><p>What was measured on {escape(data)}. A copy for people: it is signed by nobody.</p>
<section><h2>Summary</h2><div class="wide"><table><tbody>{summary}{lacking}</tbody></table></div></section>
{body}{_ground(evidence)}</main></body></html>
""".encode()


def _chapter(item: Evidence, words: Dictionary) -> Chapter:
    spec = method(item.key.method)
    found = item.read(spec.result)
    said, lines = read_out(item)
    pictures: tuple[str, ...] = ()
    if isinstance(found, NotAssessed):
        said = f"Not assessed: {found.reason}"
    else:
        pictures = _pictures(spoken(found, words), words)
        if isinstance(found, SegmentsReport):
            said = segment_words.lead(found, lambda rows: spoken_rows(str(rows), words))
        elif isinstance(found, GlobalExplanation | FairnessReport):
            said = _said(spoken(found, words)) or said
    rows: list[tuple[str, ...]] = [(line.what, line.about, line.value, line.bounds, line.judgement) for line in lines]
    if isinstance(found, PerformanceReport):
        rows = _measures(found)
    head = ("What", "For", "Value", "Interval", "Judgement")
    section = Section(spec.question, (), head if rows else (), tuple(rows[:MOST_LINES]))
    return Chapter(
        id=item.key.method.replace(".", "-"), title=spec.title, sentence=said, pictures=pictures, section=section
    )


def _said(found: GlobalExplanation | FairnessReport) -> str:
    from governance.explain import words as explain_words

    return explain_words.lead(found) if isinstance(found, GlobalExplanation) else fairness_words.lead(found)


def _measures(found: PerformanceReport) -> list[tuple[str, ...]]:
    return [
        (
            title(item.metric),
            "all rows",
            percent(item.value) if is_share(item.metric) else number(item.value),
            _ends(item),
            item.reason,
        )
        for item in found.measures
    ]


def _ends(item: Measure) -> str:
    write = percent if is_share(item.metric) else number
    return "none" if item.low is None else f"{write(item.low)} to {write(item.high)}"


def _pictures(found: object, words: Dictionary) -> tuple[str, ...]:
    match found:
        case PerformanceReport():
            return _of_performance(found)
        case SegmentsReport():
            return (_of_segments(found, words),)
        case GlobalExplanation():
            rows = [svg.Bar(item.feature, item.mean_abs, item.low, item.high) for item in found.importance[:MOST]]
            return (svg.dots(rows, "Mean absolute attribution of each column", lambda value: f"{value:.3g}", mark=0.0),)
        case FairnessReport():
            return _of_groups(found)
    return ()


def _of_performance(found: PerformanceReport) -> tuple[str, ...]:
    shares = [item for item in found.measures if is_share(item.metric) and item.value is not None]
    rows = [
        svg.Bar(title(item.metric), item.value, item.low, item.high) for item in shares[:MOST] if item.value is not None
    ]
    pictures = [svg.dots(rows, "Measures with their 95 % intervals", percent)]
    if found.binary is not None:
        pictures += _curves(found.binary)
    return tuple(pictures)


def _curves(found: BinaryReport) -> list[str]:
    curve, point = found.curve, found.confusion
    if curve is None or not curve.positives or not curve.negatives:
        return []
    roc = [
        (false / curve.negatives, true / curve.positives)
        for true, false in zip(curve.true_positives, curve.false_positives, strict=True)
    ]
    here = point.false_positive / curve.negatives, point.true_positive / curve.positives
    axes = title("false_positive_rate"), title("true_positive_rate")
    pictures = [svg.square(roc, "ROC curve with the threshold in force; the dashed line is guessing", axes, at=here)]
    bins = [(item.mean_score, item.rate) for item in found.calibration]
    alt = "What happened against what was predicted; the dashed line is perfect calibration"
    return [*pictures, svg.square(bins, alt, ("Predicted", "Share with the positive label"), line=False)]


def _of_segments(found: SegmentsReport, words: Dictionary) -> str:
    rows = [
        svg.Bar(spoken_rows(item.cohort, words), item.difference, item.difference_low, item.difference_high, item.named)
        for item in found.segments
    ]
    return svg.dots(
        rows,
        "Error of each segment above the rest, with corrected intervals",
        lambda value: segment_words.amount(found, value),
        mark=0.0,
    )


def _of_groups(found: FairnessReport) -> tuple[str, ...]:
    """Return one chart per attribute for the measure that speaks first."""
    metric = next(iter(fairness_words.headline_metrics(found)), "")
    pictures = []
    for names in found.attribute_sets:
        measured = [(group.name, item) for group in found.groups(names) if (item := group.metric(metric)) is not None]
        rows = [
            svg.Bar(name, item.value, item.low, item.high, item.verdict == "worse")
            for name, item in measured
            if item.value is not None
        ]
        write = percent if is_share(metric) else number
        if len(names) == 1:
            pictures.append(svg.dots(rows[:MOST], f"{title(metric)} by {names[0]}", write))
    return tuple(pictures)


def _chapter_html(item: Chapter) -> str:
    head = f"<h2>{escape(item.title)}</h2><p><strong>{escape(item.sentence)}</strong></p>"
    return (
        f'<section class="chapter" id="{item.id}">{head}{"".join(item.pictures)}{section_html(item.section)}</section>'
    )


def _ground(evidence: Sequence[Evidence]) -> str:
    rows = tuple(
        (item.key.method, str(item.key.method_version), f"{item.rows.used:,} of {item.rows.total:,}", item.digest)
        for item in evidence
    )
    inputs = {(part.role, part.name, part.digest) for item in evidence for part in item.key.inputs}
    tables = (
        Section("How this was computed", (), ("Method", "Version", "Rows", "SHA-256 of the evidence"), rows),
        Section("From these files", (), ("Role", "Name", "SHA-256"), tuple(sorted(inputs))),
    )
    return f'<section class="chapter">{"".join(section_html(item) for item in tables)}</section>'
