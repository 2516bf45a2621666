"""The methods `fairness.retrain` and `fairness.rethreshold`: candidates made, compared with fairlearn, and kept as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Dropped, Finding, NotAssessed, Progress, RefusedInputError, Rows, sha256, unknown_choice
from governance.fairness.candidates import (
    ALGORITHMS,
    CONSTRAINTS,
    Algorithm,
    Candidate,
    Constraint,
    MitigationReport,
    notices,
)
from governance.fairness.mitigation.correlation_remover import correlation_remover
from governance.fairness.mitigation.exponentiated_gradient import exponentiated_gradient
from governance.fairness.mitigation.grid_search import grid_search
from governance.fairness.mitigation.interface import Made, Mitigation, Search
from governance.fairness.mitigation.threshold_optimizer import threshold_optimizer
from governance.fairness.mitigation.training import Training, training
from governance.fairness.spec import Rethreshold, Retrain
from governance.subject import Prediction, Subject

if TYPE_CHECKING:
    import pyarrow as pa

RUNS: Final[dict[Algorithm, Mitigation]] = {
    "threshold_optimizer": threshold_optimizer,
    "exponentiated_gradient": exponentiated_gradient,
    "grid_search": grid_search,
    "correlation_remover": correlation_remover,
}
COMPARED: Final = 20_000
"""Rows at most on which a file is compared with fairlearn."""
CLOSE: Final = 1e-4
"""Largest difference of a score that counts as agreement: the preparation of columns is done in float32 in the file."""
ENOUGH: Final = 0.999
"""Share of rows that must agree; a row whose value lies on a cut may fall on either side after rounding."""


def retrain(
    subject: Subject, parameters: Retrain, *, rng: np.random.Generator, progress: Progress
) -> Finding[MitigationReport]:
    """Return candidates that are trained anew on the subject's labelled rows.

    Raises:
        RefusedInputError: an algorithm that needs a model, an unknown constraint, or rows that do not suit.
    """
    del rng
    if parameters.algorithm not in ("exponentiated_gradient", "grid_search", "correlation_remover"):
        raise unknown_choice("algorithm that trains", parameters.algorithm, ALGORITHMS[1:])
    search = Search(parameters.constraint, parameters.size, parameters.alpha)
    return _searched(
        subject, parameters.algorithm, attribute=parameters.attribute, search=search, prediction=None, progress=progress
    )


def rethreshold(
    subject: Subject, parameters: Rethreshold, *, rng: np.random.Generator, progress: Progress
) -> Finding[MitigationReport]:
    """Return the model in force with thresholds per group.

    Raises:
        RefusedInputError: an unknown constraint, a model that cannot be continued, or a group with one label only.
    """
    del rng
    search = Search(parameters.constraint, 4, 1.0, parameters.tolerance)
    return _searched(
        subject,
        "threshold_optimizer",
        attribute=parameters.attribute,
        search=search,
        prediction=subject.predictions,
        progress=progress,
    )


def _searched(
    subject: Subject,
    algorithm: Algorithm,
    attribute: str,
    search: Search,
    prediction: Prediction | None,
    progress: Progress,
) -> Finding[MitigationReport]:
    if search.constraint not in CONSTRAINTS:
        raise unknown_choice("constraint", search.constraint, CONSTRAINTS)
    if not 4 <= search.size <= 200 or not 0 <= search.alpha <= 1:
        raise RefusedInputError(
            f"Got size {search.size} and alpha {search.alpha:g}.", "Expected a size of 4 to 200 and an alpha of 0 to 1."
        )
    if not 0 <= search.tolerance <= 1:
        raise RefusedInputError(f"Got the tolerance {search.tolerance:g}.", "Expected 0 to 1.")
    schema = subject.data.schema
    chosen = attribute or next(iter(schema.sensitive), "")
    frame = subject.data.frame()
    data = training(frame, schema, chosen, prediction)
    left = len(frame) - len(data.rows)
    rows = Rows(len(data.rows), len(frame), (Dropped("label missing", left),) if left else ())
    made = RUNS[algorithm](data, search, _file_of(subject, algorithm), progress)
    if not made:
        return Finding(NotAssessed("Every trained model selects everybody or nobody: no candidate is of use."), rows)
    found = _marked([_looked_at(item, at, data) for at, item in enumerate(made)])
    present = tuple(data.attribute.names[code] for code in np.unique(data.group))
    report = MitigationReport(
        algorithm=algorithm,
        attribute=chosen,
        constraint=search.constraint,
        groups=present,
        threshold=data.threshold,
        compared=min(len(data.rows), COMPARED),
        candidates=found,
        notices=(*notices(algorithm, data.threshold), *_about_threshold(algorithm, search.constraint)),
    )
    return Finding(report, rows, {"candidates": _files(made)})


def _about_threshold(algorithm: Algorithm, constraint: Constraint) -> tuple[str, ...]:
    if algorithm != "correlation_remover":
        return ()
    return (f"This algorithm knows no constraint; {constraint.replace('_', ' ')} is not aimed at.",)


def _file_of(subject: Subject, algorithm: Algorithm) -> bytes:
    """Return the parent's file for the algorithm that continues it."""
    if algorithm != "threshold_optimizer":
        return b""
    return bytes(getattr(subject.model, "file", b""))


def _files(made: tuple[Made, ...]) -> pa.Table:
    import pyarrow as pa

    return pa.table(
        {"digest": [sha256(item.onnx) for item in made], "onnx": pa.array([item.onnx for item in made], pa.binary())}
    )


def _looked_at(made: Made, position: int, data: Training) -> Candidate:
    """Return what the file does on the training rows beside what fairlearn's rule does."""
    from governance.models import OnnxPredictor, signature_of

    score = OnnxPredictor(made.onnx, signature_of(made.onnx)).predict(data.rows).score[:, 1]
    chosen = (score >= data.threshold).astype(np.float64)
    rule = made.rule
    gap = np.abs(score - made.score)[:COMPARED]
    agreeing = float((gap <= CLOSE).mean())
    return Candidate(
        position=position,
        title=made.title,
        digest=sha256(made.onnx),
        accuracy=float((chosen == data.label).mean()),
        disparity=_spread(data.shares(chosen)),
        rule_accuracy=float(np.where(data.label == 1, rule, 1 - rule).mean()),
        rule_disparity=_spread(data.shares(rule)),
        by_lot=float(((rule > 1e-9) & (rule < 1 - 1e-9)).mean()),
        decided_alike=float(np.where(chosen == 1, rule, 1 - rule).mean()),
        largest_gap=float(gap.max()),
        agreeing=agreeing,
        verified=agreeing >= ENOUGH,
        efficient=False,
    )


def _spread(shares: NDArray[np.float64]) -> float:
    return float(shares.max() - shares.min())


def _marked(found: list[Candidate]) -> tuple[Candidate, ...]:
    from dataclasses import replace

    def beaten(item: Candidate) -> bool:
        mine = (item.accuracy, item.disparity)
        return any(
            other.accuracy >= mine[0] and other.disparity <= mine[1] and (other.accuracy, other.disparity) != mine
            for other in found
        )

    return tuple(replace(item, efficient=not beaten(item)) for item in found)
