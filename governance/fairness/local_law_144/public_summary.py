"""The public summary that Local Law 144 asks for: dates, sources, counts, rates and impact ratios, as CSV, HTML or JSON.

Source: 6 RCNY 5-303 (a): date of the audit, source and explanation of the data, number of individuals of unknown category, number
of applicants, selection or scoring rates and impact ratios of all categories, and the distribution date of the tool.
"""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from governance.data import safe_cell
from governance.evidence import JsonValue, canonical, encode, unknown_choice
from governance.fairness.report import ImpactCategory, ImpactReport, ImpactTable

FORMATS: Final = ("csv", "html", "json")
MEDIA: Final = {"csv": "text/csv", "html": "text/html", "json": "application/json"}
COLUMNS: Final = (
    "form", "attributes", "category", "applicants", "selected", "rate", "impact_ratio", "below_four_fifths", "excluded",
)  # fmt: skip
_FORMS: Final = {"selection_rate": "Selection rate", "scoring_rate": "Scoring rate (share above the median score)"}


@dataclass(frozen=True, slots=True)
class About:
    """What a person says about the audit; the rest follows from the data."""

    tool: str = ""
    """Name of the tool that was audited."""
    audited: str = ""
    """Date of the audit, ISO 8601."""
    distributed: str = ""
    """Date on which the tool was first distributed, ISO 8601."""
    source: str = ""
    """Where the data come from and why they were used."""


def write(kind: str, reports: Sequence[ImpactReport], about: About) -> bytes:
    """Return the summary of one or both forms of impact ratios in a format: csv, html or json, UTF-8.

    Raises:
        RefusedInputError: another format.
    """
    if kind == "csv":
        return _csv(reports, about)
    if kind == "html":
        return _html(reports, about)
    if kind == "json":
        return canonical(_json(reports, about)) + b"\n"
    raise unknown_choice("format of a public summary", kind, FORMATS)


def facts(reports: Sequence[ImpactReport], about: About) -> list[tuple[str, str]]:
    """Return what stands above the tables, as (name, words); what nobody said is named as missing."""
    first = reports[0]
    people = [(table, report) for report in reports for table in report.tables]
    rows = [
        ("Tool", about.tool or "not stated"),
        ("Date of the audit", about.audited or "not stated"),
        ("Distribution date of the tool", about.distributed or "not stated"),
        ("Source of the data", about.source or "not stated"),
        (
            "Dates of the data",
            f"{first.first_date} to {first.last_date}" if first.first_date else "no dates in the data",
        ),
        ("People in the data", f"{first.rows.total:,}"),
        ("People with a decision", f"{first.rows.used:,}"),
    ]
    for table, report in people:
        if report is first:
            rows.append((f"Unknown category ({table.name})", f"{table.unknown:,}"))
    return rows


def _csv(reports: Sequence[ImpactReport], about: About) -> bytes:
    """Return comment lines of facts, then one line per category and one per table for people of unknown category."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for name, words in facts(reports, about):
        writer.writerow((f"# {name}", safe_cell(words)))
    for table, _ in _tables(reports):
        if table.justification:
            writer.writerow((f"# Excluded ({table.name})", safe_cell(table.justification)))
    writer.writerow(COLUMNS)
    for table, _ in _tables(reports):
        for group in table.groups:
            writer.writerow(
                (
                    table.form, safe_cell(table.name), safe_cell(group.category), group.applicants, group.selected,
                    "" if group.rate is None else f"{group.rate:.6f}",
                    "" if group.impact_ratio is None else f"{group.impact_ratio:.6f}",
                    {True: "yes", False: "no", None: ""}[group.below_four_fifths],
                    "yes" if group.excluded else "no",
                )
            )  # fmt: skip
        writer.writerow((table.form, safe_cell(table.name), "unknown", table.unknown, "", "", "", "", ""))
    return out.getvalue().encode()


def _tables(reports: Sequence[ImpactReport]) -> list[tuple[ImpactTable, ImpactReport]]:
    return [(table, report) for report in reports for table in report.tables]


def _json(reports: Sequence[ImpactReport], about: About) -> JsonValue:
    first = reports[0]
    return {
        **encode(about),
        "first_date": first.first_date,
        "last_date": first.last_date,
        "rows": encode(first.rows),
        "tables": [encode(table) for table, _ in _tables(reports)],
        "notices": [notice for report in reports for notice in report.notices],
    }


def _html(reports: Sequence[ImpactReport], about: About) -> bytes:
    """Return one page without scripts or links; every word from outside is escaped."""
    listed = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(words)}</dd>" for name, words in facts(reports, about)
    )
    notices = "".join(
        f"<p>{html.escape(notice)}</p>" for notice in dict.fromkeys(n for report in reports for n in report.notices)
    )
    tables = "".join(_html_table(table) for table, _ in _tables(reports))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bias audit: public summary</title><style>'
        "body{font:16px/1.5 Georgia,serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}"
        "th,td{border-bottom:1px solid #999;padding:.3rem .6rem;text-align:right}th:first-child,td:first-child{text-align:left}"
        "dt{font-weight:bold}</style></head><body><h1>Bias audit: public summary</h1>"
        f"<dl>{listed}</dl>{notices}{tables}</body></html>\n"
    ).encode()


def _html_table(table: ImpactTable) -> str:
    head = "".join(
        f"<th>{name}</th>"
        for name in ("Category", "Applicants", "Selected", "Rate", "Impact ratio", "Four-fifths rule")
    )
    body = "".join(_html_row(group) for group in table.groups)
    words = f"Compared with {table.reference}." if table.reference else "Nobody was selected."
    note = f"{words} Category unknown: {table.unknown:,}. {table.justification}"
    return (
        f"<h2>{html.escape(table.name)}: {html.escape(_FORMS[table.form])}</h2><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table><p>{html.escape(note)}</p>"
    )


def _html_row(group: ImpactCategory) -> str:
    cells = (
        group.category,
        f"{group.applicants:,}",
        f"{group.selected:,}",
        "–" if group.rate is None else f"{group.rate:.1%}",
        "–" if group.impact_ratio is None else f"{group.impact_ratio:.3f}",
        state(group),
    )
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"


def state(group: ImpactCategory) -> str:
    """Return what the four-fifths rule says about a category, in words."""
    if group.excluded:
        return "Excluded (under 2 %)"
    return {True: "Below four fifths", False: "Not below", None: "No ratio"}[group.below_four_fifths]
