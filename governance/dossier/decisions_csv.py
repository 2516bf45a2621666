"""Decisions as a table for spreadsheets, safe to open: no cell can become a formula."""

from __future__ import annotations

import csv
import io

from governance.data import safe_cell
from governance.dossier.content import Dossier
from governance.dossier.report import stands

COLUMNS = (
    "case", "title", "outcome", "time", "entry", "approve", "approve_with_conditions", "reject", "abstain", "quorum",
    "valid_from", "expires_at", "retention_until", "bundle", "rationale", "status", "appeal_entry", "ruling", "ruling_time", "ruling_entry",
)  # fmt: skip


def decisions_csv(dossiers: tuple[Dossier, ...]) -> bytes:
    """Return one line per decided case; UTF-8 with a byte order mark, as spreadsheets expect."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow(["Not the record: a copy for people"])
    writer.writerow(COLUMNS)
    for item in dossiers:
        if item.decision is not None:
            writer.writerow([safe_cell(cell) for cell in _row(item)])
    return buffer.getvalue().encode("utf-8-sig")


def _row(item: Dossier) -> tuple[str, ...]:
    body = item.decision
    assert body is not None
    tally = body.tally
    counts = (tally.approve, tally.approve_with_conditions, tally.reject, tally.abstain, body.quorum)
    return (
        item.case, item.title, body.outcome, item.decision_time, str(item.decision_index), *map(str, counts),
        body.valid_from, body.expires_at, body.retention_until, body.bundle, item.rationale,
        stands(item), *_appeal(item),
    )  # fmt: skip


def _appeal(item: Dossier) -> tuple[str, str, str, str]:
    """Return the entry of the latest appeal against this decision, what was ruled, when, and by which entry; "" for what there is not."""
    found = item.overruled or item.pending
    if found is None:
        return "", "", "", ""
    ruled = "" if found.ruled_index is None else str(found.ruled_index)
    return str(found.index), found.outcome if ruled else "", found.ruled_time, ruled
