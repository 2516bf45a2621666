"""The method `fairness.search`: many models with the norms in view, and a certificate on people whom no choice has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import (
    Cancelled,
    Dropped,
    Finding,
    NotAssessed,
    Progress,
    RefusedInputError,
    Rows,
    Streams,
    sha256,
    text_of,
)
from governance.fairness.norms.norm import CALIBRATION, NormSet
from governance.fairness.norms.patch import continued_by
from governance.fairness.norms.patch_report import Correction
from governance.fairness.search import split
from governance.fairness.search.certify import Comparison, certify, comparisons, strains, upper
from governance.fairness.search.report import (
    Certified,
    Enough,
    SearchParameters,
    SearchReport,
    SplitSizes,
    Trial,
)
from governance.fairness.search.trial import Curve, Plan, curve, plan, train, weights
from governance.subject import Schema, Subject, declared

if TYPE_CHECKING:
    import pandas as pd

TESTED: Final = 12
"""Points of the frontier that are put to the test at most."""
NEAR: Final = 1.25
"""Strain on the search split beyond which a point is not worth a test."""
ENOUGH: Final = 0.999
LEAST: Final = 200
"""Labelled rows that each part needs."""


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The rows of one split."""

    features: pd.DataFrame
    label: NDArray[np.int64]
    pairs: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Fitted:
    """A trained model and what the search split says of it."""

    number: int
    plan: Plan
    model: Any
    curve: Curve


def search(
    subject: Subject, parameters: SearchParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[SearchReport]:
    """Return trials, the frontier, and the models that keep the norms on untouched people at the error rate.

    Raises:
        RefusedInputError: no norms about decisions, no label, a parameter out of its range, or parts that are too small.
    """
    norms, schema = _asked(parameters), declared(subject)
    frame = subject.data.frame()
    known, label = _labels(frame, schema)
    rows = frame.loc[known].reset_index(drop=True)
    code = split.keys(rows, schema.identifier)
    streams = Streams(rng)
    seed = int(streams["split"].integers(2**31))
    where = split.parts(code, seed)
    found = [_part(rows, label, where == at, schema, norms) for at in range(3)]
    small = found[2][1]
    train_rows, search_rows, certify_rows = (int((where == at).sum()) for at in range(3))
    sizes = SplitSizes(
        train=train_rows, search=search_rows, certify=certify_rows, certify_digest=split.digest(code[where == 2])
    )
    lacking = _lacking([item for item, _ in found], sizes)
    dropped = int((~known).sum())
    account = Rows(len(rows), len(frame), (Dropped("label missing", dropped),) if dropped else ())
    if lacking:
        return Finding(NotAssessed(lacking), account)
    train_on, choose_on, certify_on = (item for item, _ in found)
    fitted, trials, stopped = _trials(parameters, (train_on, choose_on), streams, seed=seed, progress=progress)
    alpha = norms.level / 2**parameters.uses
    points = _frontier(fitted)
    tested, files = _tested(points, choose_on, certify_on, schema, alpha=alpha)
    kept = [item for item in tested if item.kept and item.verified]
    best = max(kept, key=lambda item: item.accuracy_search, default=None)
    report = SearchReport(
        norms_digest=norms.digest,
        alpha=alpha,
        splits=sizes,
        trials=trials,
        frontier=tested,
        chosen=best.digest if best else "",
        baseline=max((float(item.curve.accuracy.max()) for item in fitted if not item.plan.lever), default=None),
        not_certified="" if best else _why(fitted, tested, sizes),
        stopped=stopped,
        notices=tuple(_notices(norms, small, schema)),
    )
    return Finding(report, account, {"candidates": _table(files)} if files else {})


def _asked(parameters: SearchParameters) -> NormSet:
    if parameters.norms is None or all(item.metric in CALIBRATION for item in parameters.norms.norms):
        raise RefusedInputError(
            "No norm about decisions is named.", "Give --norms with a difference or a ratio to keep."
        )
    fits = 1 <= parameters.trials <= 1_000 and 0 <= parameters.uses <= 30
    if not fits or not parameters.learners:
        raise RefusedInputError(
            f"Got {parameters.trials} trials, {parameters.uses} uses, {len(parameters.learners)} learners.",
            "Expected 1 to 1,000 trials, at most 30 uses, and a learner.",
        )
    return parameters.norms


def _labels(frame: pd.DataFrame, schema: Schema) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    if not schema.target or not schema.positive:
        raise RefusedInputError("The schema names no target and positive label.", 'Add for example: target = "y".')
    text = text_of(frame[schema.target])
    known = text.notna().to_numpy()
    return known, np.asarray(text[known] == schema.positive).astype(np.int64)


def _part(
    rows: pd.DataFrame, label: NDArray[np.int64], mask: NDArray[np.bool_], schema: Schema, norms: NormSet
) -> tuple[_Part, tuple[str, ...]]:
    from governance.fairness.features import features_of

    own, y = rows.loc[mask].reset_index(drop=True), label[mask]
    absent = sorted({name for item in norms.norms for name in item.attributes} - set(own.columns))
    if absent:
        raise RefusedInputError(f"The data have no column {absent[0]!r}, which a norm names.", "Check the norms.")
    columns: dict[str, NDArray[np.object_]] = {}
    for name in {name for item in norms.norms for name in item.attributes}:
        text = text_of(own[name])
        columns[name] = text.astype(object).where(text.notna(), None).to_numpy(dtype=object)
    pairs, small = comparisons(norms, columns, y)
    return _Part(features_of(own, schema), y, pairs), small


def _lacking(found: Sequence[_Part], sizes: SplitSizes) -> str:
    """Return what the parts lack to search and to certify, "" when they lack nothing."""
    for part, name in zip(found, ("train", "choose", "certify"), strict=True):
        if len(part.label) < LEAST or len(np.unique(part.label)) < 2:
            return (
                f"The part to {name} has {len(part.label):,} labelled rows and {len(np.unique(part.label))} labels; {LEAST} rows and both "
                f"labels are needed, about {4 * LEAST:,} labelled rows in all."
            )
    if not found[1].pairs or not found[2].pairs:
        return (
            f"Among {sizes.search:,} rows to choose and {sizes.certify:,} to certify no two groups have enough rows. Give more rows, or "
            "lower least_rows in the norms."
        )
    return ""


def _trials(
    parameters: SearchParameters, parts: tuple[_Part, _Part], streams: Streams, *, seed: int, progress: Progress
) -> tuple[list[_Fitted], tuple[Trial, ...], str]:
    """Train until the trials are done or the time is over; a trial that fails is told and never counts as fair."""
    from threadpoolctl import threadpool_limits

    rng = streams["plans"]
    fitted: list[_Fitted] = []
    told: list[Trial] = []
    for number in range(parameters.trials):
        try:
            progress(number, parameters.trials, f"training model {number + 1}")
        except Enough as end:
            return fitted, tuple(told), f"{end} after {number} of {parameters.trials} trials"
        wanted = plan(rng, parameters.learners, number)
        try:
            with threadpool_limits(limits=1):
                one = _fitted(wanted, parts, number=number + 1, seed=seed)
        except Cancelled:
            raise
        except (ValueError, RuntimeError, MemoryError, ArithmeticError) as error:
            told.append(_trial(number + 1, wanted, None, f"{type(error).__name__}: {str(error)[:200]}"))
            continue
        fitted.append(one)
        told.append(_trial(number + 1, wanted, one.curve, ""))
    return fitted, tuple(told), ""


def _fitted(wanted: Plan, parts: tuple[_Part, _Part], *, number: int, seed: int) -> _Fitted:
    own, other = parts
    label, weight = (
        weights(own.label, own.pairs, wanted.lever) if wanted.lever else (own.label, np.ones(len(own.label)))
    )
    model = train(own.features, label, weight, wanted, seed=seed)
    score = np.asarray(model.predict_proba(other.features)[:, 1], dtype=np.float64)
    return _Fitted(number, wanted, model, curve(score, other.label, other.pairs))


def _trial(number: int, wanted: Plan, found: Curve | None, error: str) -> Trial:
    best = None if found is None else _best(found)
    return Trial(
        number=number,
        learner=wanted.learner,
        settings=wanted.settings,
        lever=wanted.lever,
        accuracy=None if found is None or best is None else float(found.accuracy[best]),
        strain=None if found is None or best is None else _finite(found.strain[best]),
        error=error,
    )


def _best(found: Curve) -> int:
    kept = np.flatnonzero(found.strain <= 1)
    return int(kept[found.accuracy[kept].argmax()]) if len(kept) else int(found.accuracy.argmax())


def _finite(value: float) -> float:
    return float(min(value, 1e6))


def _frontier(fitted: Sequence[_Fitted]) -> list[tuple[_Fitted, int]]:
    """Return the points that no other beats in accuracy and strain, the safest first, thinned to `TESTED`."""
    points = sorted(
        ((float(item.curve.strain[at]), -float(item.curve.accuracy[at]), item.number, at, item)
         for item in fitted for at in range(len(item.curve.cuts)) if item.curve.strain[at] <= NEAR),
        key=lambda point: point[:4],
    )  # fmt: skip
    found: list[tuple[_Fitted, int]] = []
    best = -np.inf
    for _, loss, _, at, item in points:
        if -loss > best:
            best = -loss
            found.append((item, at))
    if len(found) <= TESTED:
        return found
    return [found[place] for place in np.unique(np.linspace(0, len(found) - 1, TESTED).astype(np.intp))]


def _tested(
    points: Sequence[tuple[_Fitted, int]], choose_on: _Part, certify_on: _Part, schema: Schema, *, alpha: float
) -> tuple[tuple[Certified, ...], dict[str, bytes]]:
    """Test the points on the untouched part, the safest first, until one fails; write the files of those that passed."""
    found: list[Certified] = []
    for item, at in points:
        cut = float(item.curve.cuts[at])
        chosen = np.asarray(item.model.predict_proba(certify_on.features)[:, 1] >= cut)
        bound = upper(certify_on.pairs, chosen, alpha)
        found.append(Certified(
            trial=item.number, cut=cut, digest="",
            accuracy_search=float(item.curve.accuracy[at]),
            accuracy_certify=float((chosen == (certify_on.label > 0)).mean()),
            strain_search=_finite(float(item.curve.strain[at])),
            strain_certify=_finite(float(strains(certify_on.pairs, chosen[None])[0])),
            strain_upper=_finite(bound), kept=bound < 1, verified=False,
        ))  # fmt: skip
        if not found[-1].kept:
            break
    passed = certify([item.strain_upper for item in found])
    files: dict[str, bytes] = {}
    for place in range(passed):
        data, alike = _file(points[place], choose_on, schema)
        found[place] = replace(found[place], digest=sha256(data), verified=alike >= ENOUGH)
        files[sha256(data)] = data
    return tuple(found), files


def _file(point: tuple[_Fitted, int], part: _Part, schema: Schema) -> tuple[bytes, float]:
    """Return the ONNX file whose decisions at the data's threshold are those of the cut, and the share of rows decided alike."""
    from governance.models import OnnxPredictor, convert_estimator, signature_of

    item, at = point
    cut = float(np.clip(item.curve.cuts[at], 1e-7, 1 - 1e-7))
    aim = float(np.clip(schema.threshold, 1e-6, 1 - 1e-6))
    shift = float(np.log(aim) - np.log1p(-aim) - np.log(cut) + np.log1p(-cut))
    whole = convert_estimator(item.model, part.features.head(50))
    data = continued_by(whole, Correction(kind="blind", intercept=shift), positive=1)
    answered = OnnxPredictor(data, signature_of(data)).predict(part.features).score[:, 1] >= schema.threshold
    wanted = item.model.predict_proba(part.features)[:, 1] >= item.curve.cuts[at]
    return data, float((answered == wanted).mean())


def _why(fitted: Sequence[_Fitted], tested: Sequence[Certified], sizes: SplitSizes) -> str:
    if not fitted:
        return "no trial could be trained"
    if not tested:
        least = min(float(item.curve.strain.min()) for item in fitted)
        return f"no model keeps the norms on the rows to choose: the nearest strains them {least:.2f} times; more trials may"
    first = tested[0]
    if first.kept:
        return "the files of the certified models do not decide as the models; none is handed out"
    if first.strain_certify >= 1:
        return f"the safest model strains the norms {first.strain_certify:.2f} times on the rows to certify"
    room, width = 1 - first.strain_certify, first.strain_upper - first.strain_certify
    wanted = int(np.ceil(sizes.certify * (width / room) ** 2 / 100) * 100)
    return (
        f"{sizes.certify:,} rows cannot carry a certificate for the safest model, whose worst gap strains the norms "
        f"{first.strain_certify:.2f} times; about {min(wanted, 10**9):,} rows to certify would"
    )


def _notices(norms: NormSet, small: Sequence[str], schema: Schema) -> list[str]:
    found = ["No model asks who somebody is: sensitive columns are not among the features."]
    if any(item.metric in CALIBRATION for item in norms.norms):
        found.append("Norms of calibration are not certified: a search is about decisions.")
    if small:
        found.append(f"Groups with too few rows to certify are not covered: {', '.join(small[:10])}.")
    if not schema.identifier:
        found.append("No column identifies people: two rows of one person could fall into two parts.")
    return found


def _table(files: dict[str, bytes]) -> Any:
    import pyarrow as pa

    return pa.table({"digest": list(files), "onnx": pa.array(list(files.values()), pa.binary())})
