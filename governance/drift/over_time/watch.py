"""A new batch against a frozen baseline: the machine's part of watching a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from governance.data import open_dataset
from governance.drift.action.action import recommended, signal_of
from governance.drift.baseline.baseline import Baseline
from governance.drift.baseline.window import pairs_of
from governance.drift.columns.columns import drift
from governance.drift.results.report import Correction, DriftReport
from governance.evidence import NotAssessed, RefusedInputError, Rows, TableReading, decode, parse
from governance.subject import Schema


def read_baseline(path: Path) -> Baseline:
    """Return the baseline in a file.

    Raises:
        RefusedInputError: there is no such file, or it is not a baseline.
    """
    if not path.is_file():
        raise RefusedInputError(f"There is no file {str(path)!r}.", "Write one with `countersign baseline`.")
    try:
        found = decode(Baseline, parse(path.read_bytes()))
    except RefusedInputError as error:
        raise RefusedInputError(
            f"The file {str(path)!r} is no baseline: {error.what}", "Write one with `countersign baseline`."
        ) from error
    if found.format != "countersign-baseline/1":
        raise RefusedInputError(f"Baseline format {found.format!r}.", "Expected countersign-baseline/1.")
    return found


def watched(
    path: Path, current: Path, correction: Correction, alpha: float, seed: int
) -> tuple[DriftReport, TableReading]:
    """Return the drift of a file from a frozen baseline, and how the file was read; memory does not grow with the rows of either.

    Raises:
        RefusedInputError: a file cannot be read, or the batch lacks a column of the baseline.
    """
    frozen = read_baseline(path)
    data = open_dataset(current, Schema())
    names = tuple(item.name for item in frozen.columns)
    lost = tuple(name for name in names if name not in data.columns)
    if lost:
        raise RefusedInputError(
            f"The batch lacks {', '.join(map(repr, lost[:5]))}, which the baseline has.", "Give the same columns."
        )
    pairs = pairs_of(frozen, data.chunks(names))
    columns, family = drift(pairs, np.random.default_rng(seed), correction=correction, alpha=alpha)
    unseen = NotAssessed("only columns are compared with a frozen baseline")
    known = {*names, *frozen.left_out}
    report = DriftReport(
        columns=columns,
        only_reference=(),
        only_current=tuple(name for name in data.columns if name not in known),
        n_reference=frozen.rows,
        n_current=data.n_rows,
        correction=correction,
        alpha=alpha,
        family=family,
        multivariate=unseen,
        performance=unseen,
        harm=unseen,
        action=recommended(signal_of(columns), unseen, unseen),
        rows=Rows(data.n_rows, data.n_rows),
        sketch_error=frozen.error,
    )
    return report, data.reading
