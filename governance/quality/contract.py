"""The method `quality.expectations`: a version of what is expected, held against the data that it is written for."""

from __future__ import annotations

import numpy as np

from governance.evidence import Finding, NotAssessed, Progress, Rows
from governance.quality.checks import baseline, report
from governance.quality.report import Check
from governance.quality.spec import Contract, ContractParameters
from governance.quality.summary import plan, summary_of
from governance.subject import Subject


def run(
    subject: Subject,
    parameters: ContractParameters,
    *,
    rng: np.random.Generator,  # noqa: ARG001 - every method has the same signature
    progress: Progress,
) -> Finding[Contract]:
    """Return the expectations with what the data themselves fail of them; when none are given, those that the data suggest."""
    data = subject.data
    if not data.n_rows:
        return Finding(NotAssessed("The table has no rows in this cohort."), Rows(0, 0))
    proposed = not parameters.expectations.expectations
    expected = baseline(data, progress) if proposed else parameters.expectations
    what = plan(data, expected.expectations)
    found = summary_of(data, what, progress)
    held = report(found, what, data, expected.name)

    def of(outcome: str) -> tuple[Check, ...]:
        return tuple(item for item in held.checks if item.outcome == outcome)

    rows = Rows(found.rows, found.rows)
    return Finding(Contract(expected, proposed, of("failed"), of("not_run"), held.count("passed")), rows)
