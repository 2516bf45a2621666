"""What the evidence of a case found, as tables of a report: every number stands under the digest of its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from governance.dossier.mlbom import metrics
from governance.dossier.report import Section, brief, words
from governance.evidence import Evidence
from governance.fairness import compared
from governance.review.unknown import unknown
from governance.runs import said as read_out, title_of
from governance.statistics import title

MOST: Final = 60
"""Rows of one table; the evidence itself holds all of them."""


def findings(evidence: Mapping[str, Evidence]) -> Iterator[Section]:
    """Yield what was measured, one section for each piece of evidence, and then what nobody knows."""
    for digest, item in evidence.items():
        yield _measured(digest, item)
    yield _not_known(evidence)


def _measured(digest: str, item: Evidence) -> Section:
    sentence, lines = read_out(item)
    own = [(line.what, line.about, line.value, line.bounds, line.judgement) for line in lines]
    rows = [*_overall(item), *_gaps(item), *own]
    said = f"Evidence {digest}; {item.rows.used:,} of {item.rows.total:,} rows; {item.key.cohort or 'all rows'}."
    more = [] if len(rows) <= MOST else [f"The first {MOST} of {len(rows)} numbers; the evidence holds all of them."]
    none = [] if rows else ["No single numbers stand here; the evidence itself says more."]
    heading = f"Measured: {title_of(item.key.method)} ({item.key.method}), version {item.key.method_version}"
    return Section(
        heading,
        (said, *([sentence] if sentence else []), *more, *none),
        ("What", "For", "Value", "Interval", "Judgement"),
        tuple(rows[:MOST]),
    )


def _overall(item: Evidence) -> Iterator[tuple[str, ...]]:
    result = item.result if isinstance(item.result, dict) else {}
    for line in metrics(item) if "measures" in result else ():
        bounds = line.get("confidenceInterval")
        interval = f"{brief(bounds['lowerBound'])} to {brief(bounds['upperBound'])}" if bounds else "none"
        yield title(line["type"]), line["slice"], brief(line["value"]), interval, ""


def _gaps(item: Evidence) -> Iterator[tuple[str, ...]]:
    result = item.result if isinstance(item.result, dict) else {}
    for line in result.get("disparities") or ():
        if (
            isinstance(line, dict)
            and line.get("difference") is not None
            and line.get("method") in (None, "between_groups")
        ):
            known = line.get("low") is not None and line.get("high") is not None
            bounds = f"{brief(line['low'])} to {brief(line['high'])}" if known else "none"
            about = f"{line.get('attribute')}: {line.get('worst') or 'no group'} against {line.get('reference') or 'the others'}"
            yield (
                f"{compared(str(line.get('metric')))}, difference ({words(str(line.get('metric')))})",
                about,
                brief(line["difference"]),
                bounds,
                words(str(line.get("verdict"))),
            )


def _not_known(evidence: Mapping[str, Evidence]) -> Section:
    rows = tuple(
        (item.key.method, reason, str(count), digest)
        for digest, item in evidence.items()
        for reason, count in unknown(item)
    )
    said = (
        ()
        if rows
        else ("Every value that the evidence asks for could be computed. What was never measured is not in here.",)
    )
    return Section(
        "What is not known", said, ("Method", "Why it could not be judged", "Values", "Evidence (SHA-256)"), rows
    )
