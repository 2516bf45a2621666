"""The method `stress.variants`: every error of a plan, each on the rows that it touches, counted exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Finding, NotAssessed, Progress, RefusedInputError, Rows
from governance.stress import effect, words
from governance.stress.corruption import Corruption
from governance.stress.default_plan import default_plan, left_out
from governance.stress.effect import Struck
from governance.stress.engines.engine import Answers, replaced
from governance.stress.noticed import Watch, watch_of
from governance.stress.numbers import number_effects
from governance.stress.ranking import NAME as AUC, Ranking
from governance.stress.report import Curve, Effect, NotRun, Variant, VariantsReport
from governance.stress.scene import Scene, open_scene
from governance.stress.spec import StressVariants
from governance.stress.strike import Strike, strike

if TYPE_CHECKING:
    import pandas as pd

    from governance.subject import Subject

MOST: Final = 2_000
"""Variants of one run."""


@dataclass(slots=True)
class _Running:
    """One variant while the blocks of rows pass by."""

    strike: Strike
    rows: list[NDArray[np.int64]] = field(default_factory=list)
    answers: list[Answers] = field(default_factory=list)
    stops: str = ""
    changed: float = 0.0
    """Sum of what each row's correctness changes by if every row is struck."""
    squared: float = 0.0
    curved: bool = False


def variants(
    subject: Subject, parameters: StressVariants, *, rng: np.random.Generator, progress: Progress
) -> Finding[VariantsReport]:
    """Try every error of a plan.

    Raises:
        RefusedInputError: the plan is too long, names an unknown column in a condition, or the subject lacks a model.
    """
    seed = int(rng.integers(2**53))
    scene = open_scene(subject, parameters.engine, parameters.block_rows)
    plan = parameters.corruptions or _plan(scene, parameters.share)
    if len(plan) > MOST:
        raise RefusedInputError(
            f"The plan has {len(plan):,} errors; one run takes {MOST:,}.", "Split it, or name fewer columns."
        )
    running, not_run = _struck(scene, plan, seed, parameters.minimum_rows)
    _run(scene, running, parameters, progress)
    metrics = _metrics(scene, parameters.metrics)
    found = tuple(_measured(scene, running, metrics))
    watch = watch_of(subject, scene, seed, parameters.contract)
    report = VariantsReport(
        variants=_looked_at(found, watch, parameters.looks, progress),
        not_run=tuple(not_run),
        certificate=scene.certificate(),
        rows=scene.rows,
        labelled=scene.labelled,
        task=scene.task,
        metrics=metrics,
        seed=seed,
        monitored=watch is not None and parameters.looks > 0,
        monitors=words.monitors(has_reference=watch is not None, contract=parameters.contract),
        notes=tuple(_notes(scene, subject, default=not parameters.corruptions)),
    )
    return Finding(report, Rows(scene.rows, scene.rows))


def _plan(scene: Scene, share: float) -> tuple[Corruption, ...]:
    """Return the product's own plan; of each sensitive column the second largest group is struck alone."""
    groups = []
    for grouping in scene.clean.groupings[1:]:
        counts = np.bincount(grouping.codes, minlength=len(grouping.names))[:-1]
        order = np.argsort(-counts, kind="stable")
        if len(order) > 1 and counts[order[1]] and scene.columns.sort(grouping.attribute) == "text":
            groups.append((grouping.attribute, grouping.names[order[1]]))
    return default_plan(scene.columns, scene.data.schema, scene.features, share, tuple(groups))


def _struck(scene: Scene, plan: Sequence[Corruption], seed: int, minimum: int) -> tuple[list[_Running], list[NotRun]]:
    running, not_run = [], []
    for corruption in plan:
        found = strike(corruption, scene.columns, seed, minimum=minimum, used=scene.features)
        if isinstance(found, NotAssessed):
            not_run.append(NotRun(corruption, corruption.says(), found.reason))
        elif corruption.of.flips_labels and scene.clean.classes != 2:
            not_run.append(NotRun(corruption, corruption.says(), "Only a label with two values has an other one."))
        else:
            running.append(_Running(found))
    return running, not_run


def _run(scene: Scene, running: Sequence[_Running], parameters: StressVariants, progress: Progress) -> None:
    """Let every variant see every block of rows."""
    words_of = [item.strike for item in running if item.strike.kind.of_words and not item.strike.kind.drawn]
    for start, stop, frame in scene.blocks():
        scene.engine.learn([change for struck in words_of for change in struck.changes(struck.rows[:1])])
        for done, item in enumerate(running):
            progress(start * len(running) + done * (stop - start), scene.rows * len(running), "trying errors")
            rows = item.strike.rows
            own = rows[np.searchsorted(rows, start) : np.searchsorted(rows, stop)]
            _ask(scene, item, own, start)
            if parameters.curves and not item.stops and _has_curve(scene, item):
                _curve(scene, item, start, stop)
        scene.engine.settle()
        for item in running:
            _keep_moved(scene, item)
        if start == 0:
            _hold_whole(scene, running, frame, parameters.whole_runs)


def _ask(scene: Scene, item: _Running, rows: NDArray[np.int64], start: int) -> None:
    """Add what an error changes in one block."""
    kind, clean = item.strike.kind, scene.clean
    if item.stops:
        return
    if kind.weight is not None or kind.flips_labels:
        item.rows.append(rows)
        item.answers.append(Answers(clean.decided[rows], clean.score[rows]))
        return
    try:
        answers = scene.engine.ask(rows - start, item.strike.changes(rows))
    except RefusedInputError as refused:
        item.stops = refused.what
        return
    item.rows.append(rows)
    item.answers.append(answers)


def _keep_moved(scene: Scene, item: _Running) -> None:
    """Let go of the rows of the last block whose answer stayed as it was."""
    if item.stops or not item.rows or _of_records(item):
        return
    rows, answers, clean = item.rows[-1], item.answers[-1], scene.clean
    moved = (answers.decided != clean.decided[rows]) | (answers.score != clean.score[rows])
    item.rows[-1], item.answers[-1] = rows[moved], Answers(answers.decided[moved], answers.score[moved])


def _has_curve(scene: Scene, item: _Running) -> bool:
    kind = item.strike.kind
    return bool(
        scene.labelled
        and scene.task != "regression"
        and not item.strike.corruption.where
        and kind.weight is None
        and not kind.flips_labels
    )


def _curve(scene: Scene, item: _Running, start: int, stop: int) -> None:
    rows, clean = np.arange(start, stop), scene.clean
    item.curved = True
    try:
        after = scene.engine.ask(rows - start, item.strike.changes(rows)).decided
        scene.engine.settle()
    except RefusedInputError as refused:
        item.stops = refused.what
        return
    truth = clean.truth[rows]
    change = effect.right(clean, truth, after).astype(int) - effect.right(clean, truth, clean.decided[rows])
    item.changed += float(change.sum())
    item.squared += float((change * change).sum())


def _hold_whole(scene: Scene, running: Sequence[_Running], frame: pd.DataFrame, count: int) -> None:
    """Run some variants whole on the first block: rows copied, changed, all of them asked, and every decision compared."""
    able = [item for item in running if item.rows and not item.stops and not _of_records(item)]
    for item in able[:: max(1, len(able) // count)][:count] if count else ():
        rows = item.strike.rows[: np.searchsorted(item.strike.rows, len(frame))]
        whole = whole_run(frame, item.strike, rows)
        asked = scene.decider.answers(scene.predictor.predict(whole))
        own = scene.clean.decided[: len(frame)].copy()
        own[item.rows[0]] = item.answers[0].decided
        scene.agreement.whole_runs += 1
        scene.agreement.whole_decisions += int((asked.decided != own).sum())


def whole_run(frame: pd.DataFrame, struck: Strike, rows: NDArray[np.int64]) -> pd.DataFrame:
    """Return a copy of a table with the changed values in place, as a broken file would hold them."""
    if not len(rows):
        return frame
    part = replaced(frame.iloc[rows], struck.changes(rows))
    made = frame.copy()
    for change in struck.changes(rows):
        new, old = part[change.column], made[change.column]
        values = (
            old.astype(object).to_numpy() if new.dtype == object else old.to_numpy(dtype=np.float64, na_value=np.nan)
        )
        values = values.copy()
        values[rows] = new.to_numpy()
        made[change.column] = values
    return made


def _of_records(item: _Running) -> bool:
    return item.strike.kind.weight is not None or item.strike.kind.flips_labels


def _metrics(scene: Scene, asked: Sequence[str]) -> tuple[str, ...]:
    """Return the metrics that the task has.

    Raises:
        RefusedInputError: a metric that there is not.
    """
    known = [effect.measured(name).name for name in asked]
    if scene.task == "regression":
        return ("mean_absolute_error", "mean_score") if scene.labelled else ("mean_score",)
    fits = known if scene.task == "binary" else [name for name in known if name == "accuracy"]
    if scene.labelled:
        return tuple(fits)
    return tuple(name for name in fits if effect.measured(name).label_free)


def _measured(scene: Scene, running: Sequence[_Running], metrics: tuple[str, ...]) -> Iterator[Variant]:
    clean, struck = scene.clean, [_gathered(scene, item) for item in running]
    if scene.task == "regression":
        found = [number_effects(clean, part, metrics) for part in struck]
    else:
        before = effect.tables(clean)
        found = effect.with_intervals([effect.counted(clean, before, part, metrics) for part in struck])
    if AUC in metrics:
        ranking = Ranking(clean)
        found = [(*own, *ranking.effects(part)) for own, part in zip(found, struck, strict=True)]
    for item, part, own in zip(running, struck, found, strict=True):
        yield _variant(scene, item, part, own)


def _looked_at(found: tuple[Variant, ...], watch: Watch | None, looks: int, progress: Progress) -> tuple[Variant, ...]:
    """Return the errors; the most harmful of those that change a decision with what monitoring would see."""
    if watch is None:
        return found
    able = [item for item in found if not item.stops and not item.about_labels and item.corruption.columns]
    able = [item for item in able if item.decisions_changed or words.harm(item)]
    able.sort(key=lambda item: (-words.harm(item), -item.decisions_changed, item.name))
    seen = {}
    for done, item in enumerate(able[:looks]):
        progress(done, len(able[:looks]), "asking drift and contract")
        seen[item.corruption.digest, item.corruption.share] = watch.notice(item.corruption)
    return tuple(replace(item, noticed=seen.get((item.corruption.digest, item.corruption.share))) for item in found)


def _variant(scene: Scene, item: _Running, struck: Struck, effects: tuple[Effect, ...]) -> Variant:
    clean, corruption = scene.clean, item.strike.corruption
    was = effect.right(clean, clean.truth[struck.rows], clean.decided[struck.rows])
    now = effect.right(clean, struck.truth, struck.decided)
    paired = struck.weight == 1
    has_curve = item.curved and not item.stops
    curve = Curve(item.changed / scene.labelled, item.squared / scene.labelled, scene.labelled) if has_curve else None
    return Variant(
        name=corruption.says(),
        corruption=corruption,
        title=item.strike.kind.title,
        source=item.strike.kind.source,
        engine=scene.engine.name,
        pool=item.strike.pool,
        rows_touched=len(item.strike.rows),
        decisions_changed=int((struck.decided != clean.decided[struck.rows]).sum()),
        broken=int((was & ~now).sum()) if paired else 0,
        mended=int((~was & now).sum()) if paired else 0,
        effects=() if item.stops else effects,
        stops=item.stops,
        noticed=None,
        curve=curve,
        about_labels=_of_records(item),
    )


def _gathered(scene: Scene, item: _Running) -> Struck:
    """Return what all blocks together say about one error."""
    kind = item.strike.kind
    rows = np.concatenate(item.rows) if item.rows and not item.stops else np.zeros(0, np.int64)
    answers = item.answers if len(rows) else []
    truth = scene.clean.truth[rows]
    if kind.flips_labels:
        truth = np.where(truth < 2, 1 - truth, truth).astype(np.int16)
    return Struck(
        rows=rows,
        decided=np.concatenate([part.decided for part in answers]) if answers else np.zeros(0, np.int16),
        score=np.concatenate([part.score for part in answers]) if answers else np.zeros(0),
        truth=truth,
        weight=1 if kind.weight is None else kind.weight,
    )


def _notes(scene: Scene, subject: Subject, *, default: bool) -> Iterator[str]:
    if not scene.labelled:
        yield "There is no label: changed decisions and shares selected are counted, right and wrong are not."
    if subject.data.schema.weight:
        yield f"Every row counts once; the weights in {subject.data.schema.weight!r} are not used."
    if default and (pairs := left_out(scene.columns, scene.features)):
        yield f"{pairs} pairs of columns were not exchanged; name them in a plan."
