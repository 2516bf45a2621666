"""The method `fairness.norms` on one table: its rows in file order as windows, held against the four-fifths rule; an outlook."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from governance.evidence import Finding, NotAssessed, Progress, RefusedInputError, Rows
from governance.fairness.norms.audit import audit
from governance.fairness.norms.norm import Norm, NormSet
from governance.fairness.norms.report import NormReport, NormsParameters
from governance.fairness.norms.series import Window, window
from governance.fairness.norms.tally import WindowTally, fingerprint, parts
from governance.subject import Subject, declared

MOST_WINDOWS: Final = 1_000


def norms_of_table(
    subject: Subject,
    parameters: NormsParameters,
    *,
    rng: np.random.Generator,  # noqa: ARG001 - nothing is drawn
    progress: Progress,
) -> Finding[NormReport]:
    """Return where the four-fifths rule stands when a table is read as windows of so many rows.

    Raises:
        RefusedInputError: tallies or norms are named, which only a workspace has; too many windows, or as `tally`.
    """
    if parameters.norms or parameters.tallies or parameters.uncounted:
        raise RefusedInputError(
            "Norms and tallies are named, and a table is given.", "In a workspace: countersign loop status --model M."
        )
    total = subject.data.n_rows
    if parameters.rows < 1 or total > MOST_WINDOWS * parameters.rows:
        raise RefusedInputError(
            f"{total:,} rows in windows of {parameters.rows:,}.",
            f"Take at most {MOST_WINDOWS:,} windows of at least 1.",
        )
    tallies: list[WindowTally] = []
    for part in parts(subject, declared(subject), progress, rows=parameters.rows):
        if isinstance(part, NotAssessed):
            return Finding(part, Rows(0, 0))
        tallies.append(part)
    if not tallies:
        return Finding(NotAssessed("The data have no rows."), Rows(0, 0))
    windows = [_window(part, place, parameters.rows) for place, part in enumerate(tallies)]
    rows = sum(part.total for part in tallies)
    return Finding(audit(windows, _four_fifths(tallies[0].attributes), outlook=True), Rows(rows, rows))


def _window(part: WindowTally, place: int, rows: int) -> Window:
    """Return a part of a table as a window of its own people, however alike the counts of two parts are."""
    return window(f"row {place * rows + 1}", replace(part, people=f"{place} {fingerprint(part)}"))


def _four_fifths(names: tuple[str, ...]) -> NormSet:
    """Return the four-fifths rule on each of some columns."""
    asked = [
        Norm(f"four-fifths-{place}", "demographic_parity", "ratio", "0.80", attributes=(name,))
        for place, name in enumerate(names, start=1)
    ]
    return NormSet(title="Four fifths", norms=tuple(asked))
