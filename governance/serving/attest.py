"""The method `serving.attest`: are the answers that a server gave those of the approved model?

Pure: the answers were captured before, the rows that were asked are an input, and the approved model is asked again here. Three words:
*identical* bit for bit, *equal within* a tolerance that is derived from the model, *different*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Finding, NotAssessed, Progress, RefusedInputError, Rows
from governance.models import GraphPredictor
from governance.serving.bounds import any_time, none_differs
from governance.serving.challenge import Challenge, from_table
from governance.serving.coverage import covered
from governance.serving.observation import AnswersHead, head_of, require_columns
from governance.serving.report import AttestReport, Coverage, Differing, Outcome
from governance.serving.spec import Attest
from governance.serving.tolerance import Tolerance
from governance.subject import Prediction, Recording, Signature, Subject

OK: Final = "ok"
UNUSABLE: Final = "unusable"
"""Status of a request whose answer breaks the protocol; every other one but `OK` is a request without an answer."""
_SHOWN: Final = 5


def attest(
    subject: Subject,
    parameters: Attest,
    *,
    rng: np.random.Generator,  # noqa: ARG001 - nothing is drawn
    progress: Progress,
) -> Finding[AttestReport]:
    """Compare recorded answers with those of the approved model.

    Raises:
        RefusedInputError: the observation is about another model or other rows.
    """
    model, asked, seen = subject.model, subject.challenge, subject.observation
    if model is None or asked is None or seen is None or not hasattr(model, "file"):
        raise RefusedInputError("An attestation needs a model file, a challenge and answers.", "Give all three.")
    head = head_of(seen, AnswersHead)
    _hold(head, model.digest, asked.digest)
    challenge = from_table(asked.table, model.signature.columns)
    answers = read_answers(seen, model.signature, len(challenge))
    rows = Rows(len(challenge), len(challenge))
    if not answers.requests:
        why = "; ".join(answers.reasons) or "no request was sent"
        return Finding(NotAssessed(f"{head.place} gave no usable answer to {head.requests} requests: {why}."), rows)
    progress(1, 2, "asking the approved model")
    expected = model.predict(challenge.frame)
    known = cast("GraphPredictor", model)
    coverage, tolerance = covered(known, challenge, expected.score)
    within = tolerance.value if parameters.tolerance is None else parameters.tolerance
    why = tolerance.why if parameters.tolerance is None else "It was set by whoever asked."
    compared = _compared(answers, expected, within)
    progress(2, 2, "comparing")
    return Finding(_report(_Seen(head, challenge, answers, expected), compared, coverage, Tolerance(within, why)), rows)


def _hold(head: AnswersHead, model: str, challenge: str) -> None:
    for what, said, given in (("model", head.model, model), ("challenge", head.challenge, challenge)):
        if said != given:
            raise RefusedInputError(
                f"The observation is about {what} {said[:16]}, got {given[:16]}.",
                f"Give the {what} that was asked about.",
            )


@dataclass(frozen=True, slots=True)
class Answers:
    """Recorded answers, one entry per answered row."""

    request: NDArray[np.int64]
    """Number of the request, from 0."""
    row: NDArray[np.int64]
    """Row of the challenge."""
    label: NDArray[np.int64] | None
    """Index into the classes; -1 for a label that the model does not have; None for regression and without labels."""
    score: NDArray[np.float64] | None
    """(answers, k); None where the server gives labels alone."""
    requests: int
    """Requests that were answered."""
    unreachable: int
    unusable: int
    reasons: tuple[str, ...]


def columns_of(signature: Signature) -> dict[str, str]:
    """Return the columns of recorded answers: name -> type as Arrow writes it."""
    k = max(1, len(signature.classes))
    head = {"request": "int32", "row": "int32", "sent_ns": "int64", "done_ns": "int64", "status": "string"}
    return {**head, "reason": "string", "label": "string", **{f"score_{at}": "double" for at in range(k)}}


def read_answers(seen: Recording, signature: Signature, rows: int) -> Answers:
    """Return recorded answers, checked.

    Raises:
        RefusedInputError: a column that is missing or of another type, or a row that the challenge does not have.
    """
    require_columns(seen, columns_of(signature))
    table = seen.table
    status = np.array(table.column("status").to_pylist(), dtype=object)
    good = status == OK
    row = table.column("row").to_numpy()[good].astype(np.int64)
    if len(row) and (row.min() < 0 or row.max() >= rows):
        raise RefusedInputError(
            f"An answer is about row {int(row.max())} of a challenge of {rows} rows.",
            "Give the challenge that was asked.",
        )
    scores = [table.column(f"score_{at}") for at in range(max(1, len(signature.classes)))]
    labels_only = bool(signature.classes) and len(row) > 0 and all(item.null_count == len(item) for item in scores)
    reasons = sorted({str(item) for item in np.array(table.column("reason").to_pylist(), dtype=object)[~good]})
    numbers = table.column("request").to_numpy()
    return Answers(
        request=numbers[good].astype(np.int64),
        row=row,
        label=_labels(np.array(table.column("label").to_pylist(), dtype=object)[good], signature.classes),
        score=None if labels_only else np.column_stack([item.to_numpy()[good] for item in scores]),
        requests=len(np.unique(numbers[good])),
        unreachable=int((~good & (status != UNUSABLE)).sum()),
        unusable=int((status == UNUSABLE).sum()),
        reasons=tuple(reasons[:_SHOWN]),
    )


def _labels(found: NDArray[np.object_], classes: tuple[str, ...]) -> NDArray[np.int64] | None:
    if not classes or not len(found) or all(item is None for item in found):
        return None
    places = {name: at for at, name in enumerate(classes)}
    return np.array([places.get(item, -1) for item in found], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Compared:
    """Answers held against the approved model's."""

    outcome: Outcome
    differs: NDArray[np.bool_]
    """(answers,) beyond the tolerance."""
    largest: float


def _compared(answers: Answers, expected: Prediction, within: float) -> _Compared:
    differs = np.zeros(len(answers.row), dtype=bool)
    exact, largest = True, 0.0
    if answers.score is not None:
        wanted = expected.score[answers.row]
        with np.errstate(invalid="ignore"):
            apart = np.abs(answers.score - wanted)
        finite = np.isfinite(apart)
        largest = float(apart[finite].max(initial=0.0))
        differs |= (~finite | (apart > within)).any(axis=1)
        exact = bool(np.array_equal(answers.score, wanted))
    if answers.label is not None and expected.label is not None:
        wrong = answers.label != expected.label[answers.row]
        exact = exact and not wrong.any()
        differs |= wrong & ~_close(answers, expected, within)
    outcome: Outcome = "different" if differs.any() else "identical" if exact else "equal_within"
    return _Compared(outcome, differs, largest)


def _close(answers: Answers, expected: Prediction, within: float) -> NDArray[np.bool_]:
    """Return which answered labels the approved scores hold so near to the approved one that rounding may swap them."""
    assert answers.label is not None
    assert expected.label is not None
    rows = np.arange(len(answers.row))
    wanted = expected.score[answers.row]
    own, other = wanted[rows, expected.label[answers.row]], wanted[rows, np.maximum(answers.label, 0)]
    return np.asarray((answers.label >= 0) & (np.abs(own - other) <= 2 * within) & (answers.score is not None))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was asked, what came back, and what should have."""

    head: AnswersHead
    challenge: Challenge
    answers: Answers
    expected: Prediction


def _report(seen: _Seen, compared: _Compared, coverage: Coverage, within: Tolerance) -> AttestReport:
    head, challenge, answers, expected = seen.head, seen.challenge, seen.answers, seen.expected
    requests = np.unique(answers.request[compared.differs])
    differing = len(requests)
    low, high = any_time(differing, answers.requests)
    like_data = np.array([item == "drawn" for item in challenge.purpose])
    seen_like_data = np.unique(answers.row[like_data[answers.row]])
    touched = bool(like_data[answers.row[compared.differs]].any())
    return AttestReport(
        outcome=compared.outcome,
        same=compared.outcome != "different" and answers.unusable == 0,
        rows=len(challenge),
        rows_answered=len(np.unique(answers.row)),
        requests=answers.requests,
        unreachable=answers.unreachable,
        unusable=answers.unusable,
        differing_rows=len(np.unique(answers.row[compared.differs])),
        differing_requests=differing,
        found_at=_found_at(answers, requests),
        share_low=low,
        share_high=high,
        largest_difference=compared.largest,
        tolerance=within.value,
        tolerance_why=within.why,
        coverage=coverage,
        bound_rows=1.0 if touched else none_differs(len(seen_like_data)),
        bound_requests=1.0 if differing else none_differs(answers.requests),
        labels_only=answers.score is None,
        first=_first(answers, compared, challenge, expected),
        reasons=answers.reasons,
        place=head.place,
        challenge=head.challenge,
        committed=head.committed,
        pin=head.pin,
        claimed=", ".join(item for item in (head.claimed_name, head.claimed_version, head.claimed_platform) if item),
        started=head.started,
        ended=head.ended,
        log=head.log,
    )


def _found_at(answers: Answers, differing: NDArray[np.int64]) -> int | None:
    """Return the place of the first differing request among those that were answered, from 1."""
    if not len(differing):
        return None
    return int(np.searchsorted(np.unique(answers.request), differing[0])) + 1


def _first(answers: Answers, compared: _Compared, challenge: Challenge, expected: Prediction) -> tuple[Differing, ...]:
    found = np.flatnonzero(compared.differs)[:_SHOWN].tolist()
    return tuple(
        Differing(
            request=int(answers.request[at]) + 1,
            row=int(answers.row[at]),
            purpose=challenge.purpose[int(answers.row[at])],
            expected=_said(expected.classes, expected.label, expected.score, int(answers.row[at])),
            got=_said(expected.classes, answers.label, answers.score, at),
        )
        for at in found
    )


def _said(classes: tuple[str, ...], label: NDArray[np.intp] | None, score: NDArray[np.float64] | None, at: int) -> str:
    """Return one answer in words: the label, and the score of the last class."""
    parts = []
    if label is not None:
        parts.append(classes[label[at]] if label[at] >= 0 else "an unknown label")
    if score is not None:
        parts.append(f"{float(score[at, -1]):.9g}")
    return " at ".join(parts)
