"""The method `stress.pipeline`: what would another pipeline, or the same one trained on broken data, decide, and for whom?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.data import from_table
from governance.evidence import Dropped, Finding, NotAssessed, Progress, RefusedInputError, Rows, text_of
from governance.statistics import attributes
from governance.stress import effect
from governance.stress.columns import Columns
from governance.stress.draws import Draws
from governance.stress.effect import Clean, Grouping, Struck
from governance.stress.kinds import kind_list
from governance.stress.pipeline.parts import Pieces, pieces_of
from governance.stress.pipeline.variations import Sides, Variation, values_of, variations
from governance.stress.pipeline.workshop import Lessons, Trained, Workshop, whole_scores
from governance.stress.pipeline_report import PipelineReport, PipelineVariant, Shared, VariantNotRun
from governance.stress.recipe import pipeline_of
from governance.stress.report import Effect
from governance.stress.spec import StressPipeline
from governance.subject import Schema

if TYPE_CHECKING:
    import pandas as pd

    from governance.subject import Dataset, Subject

MOST: Final = 2_000
"""Variants of one run."""
FEWEST: Final = 60
"""Labelled rows on either side."""


@dataclass(frozen=True, slots=True)
class _Split:
    """The rows of a run."""

    learnt: pd.DataFrame
    decided: pd.DataFrame
    """Features, label and sensitive columns of both."""
    note: str


@dataclass(slots=True)
class _Agreement:
    runs: int = 0
    decisions: int = 0
    difference: float = 0.0
    threshold: float = 0.5


def pipeline(
    subject: Subject,
    parameters: StressPipeline,
    *,
    rng: np.random.Generator,
    progress: Progress,
    given: Any = None,
) -> Finding[PipelineReport]:
    """Train a pipeline and its variants; `given` is one of scikit-learn's in place of the recipe.

    Raises:
        RefusedInputError: no positive label, no column to learn from, a pipeline that cannot be followed, or too many variants.
    """
    from threadpoolctl import threadpool_limits

    schema, seed = subject.data.schema, int(rng.integers(2**53))
    if not schema.target or not schema.positive:
        raise RefusedInputError("A pipeline learns a label.", "Name the target and its positive value in the schema.")
    for kind in (*parameters.serving_kinds, *parameters.training_kinds):
        kind_list.named(kind)
    split = _split(subject, seed, parameters.most_rows)
    learnt, decided = (_known(frame, schema) for frame in (split.learnt, split.decided))
    used = subject.data.n_rows + (0 if subject.reference is None else subject.reference.n_rows)
    kept = Rows(len(learnt) + len(decided), used, _dropped(used - len(learnt) - len(decided)))
    reason = _unfit(learnt, decided, schema)
    if reason:
        return Finding(NotAssessed(reason), kept)
    names = _features(learnt, schema)
    pieces = pieces_of(pipeline_of(parameters.recipe, prepared(learnt, names)) if given is None else given)
    absent = [name for name in pieces.columns if name not in learnt.columns]
    if absent:
        raise RefusedInputError(f"The data do not have {absent[0]!r}, which the pipeline reads.", "Give other data.")
    with threadpool_limits(1):  # threads that wait for each other on a shared machine cost more than they give
        report = _run(pieces, (learnt, decided), schema, (parameters, seed, split.note), progress)
    return Finding(report, kept)


def _columns(frame: pd.DataFrame, schema: Schema) -> Columns:
    import pyarrow as pa

    roles = Schema(target=schema.target, positive=schema.positive, sensitive=schema.sensitive)
    return Columns(from_table(pa.Table.from_pandas(frame, preserve_index=False), roles))


def _dropped(rows: int) -> tuple[Dropped, ...]:
    return (Dropped("label missing, or beyond the rows that are taken", rows),) if rows else ()


def _run(
    pieces: Pieces,
    frames: tuple[pd.DataFrame, pd.DataFrame],
    schema: Schema,
    asked: tuple[StressPipeline, int, str],
    progress: Progress,
) -> PipelineReport:
    (learnt, decided), (parameters, seed, note) = frames, asked
    label = _labels(learnt, schema)
    names = list(pieces.columns)
    lessons = prepared(learnt, names)
    workshop = Workshop(Lessons(lessons, label), alike(prepared(decided, names), lessons))
    base = workshop.train(pieces, workshop.lessons)
    clean = _clean(base, decided, schema)
    sides = Sides(learnt=_columns(learnt, schema), decided=_columns(decided, schema), seed=seed)
    every = list(variations(pieces, schema, sides, parameters))
    wanted = [item for item in every if isinstance(item, Variation)]
    if len(wanted) > MOST:
        raise RefusedInputError(f"{len(wanted):,} variants; one run takes {MOST:,}.", "Name fewer kinds or columns.")
    not_run = [item for item in every if isinstance(item, VariantNotRun)]
    done, struck, held = [], [], _Agreement(threshold=schema.threshold)
    step = max(1, len(wanted) // max(1, parameters.whole_runs))
    for at, item in enumerate(wanted):
        progress(at, len(wanted), "training variants" if item.refits else "asking about broken rows")
        try:
            rows, score = _answers(workshop, base, item, seed)
            if at % step == 0 and held.runs < parameters.whole_runs:
                _hold(workshop, base, item, (rows, score, seed), held)
        except RefusedInputError as refused:
            not_run.append(VariantNotRun(item.name, refused.what))
            continue
        workshop.whole(len((item.pieces or pieces).columns))
        done.append(item)
        struck.append(_moved(clean, rows, score, threshold=schema.threshold))
    metrics = tuple(parameters.metrics)
    before = effect.tables(clean)
    effects = effect.with_intervals([effect.counted(clean, before, part, metrics) for part in struck])
    return PipelineReport(
        pipeline=pieces.steps(),
        variants=tuple(_variant(clean, *each) for each in zip(done, struck, effects, strict=True)),
        not_run=tuple(not_run),
        shared=_shared(workshop, held),
        trained_rows=len(label),
        rows=len(decided),
        labelled=len(decided),
        metrics=metrics,
        notes=(note, "Intervals speak of the decided rows; training again on other rows would move the numbers, too."),
    )


def _answers(workshop: Workshop, base: Trained, item: Variation, seed: int) -> tuple[NDArray[np.int64], Any]:
    """Return the decided rows that a variant can change, and their scores."""
    if item.refits:
        lessons = workshop.lessons if item.lessons is None else item.lessons(workshop.lessons)
        made = workshop.train(item.pieces or base.pieces, lessons)
        return np.arange(len(made.score)), made.score
    rows, values = _changed(workshop, item, seed)
    return rows, workshop.ask_changed(base, rows, values)


def _changed(workshop: Workshop, item: Variation, seed: int) -> tuple[NDArray[np.int64], dict[str, Any]]:
    """Return the decided rows that an error or a shuffle changes, and what stands in them."""
    if item.struck is not None:
        return item.struck.rows, values_of(item.struck)
    rows = np.arange(len(workshop.decided))
    order = np.argsort(Draws(seed).stream(f"shuffled/{item.shuffled}").uniform(rows), kind="stable")
    return rows, {item.shuffled: workshop.decided[item.shuffled].to_numpy()[order]}


def _hold(workshop: Workshop, base: Trained, item: Variation, found: tuple[Any, Any, int], held: _Agreement) -> None:
    """Run a variant whole by scikit-learn's own pipeline and compare every decided row."""
    rows, score, seed = found
    lessons, decided = workshop.lessons, workshop.decided
    if item.lessons is not None:
        lessons = item.lessons(lessons)
    if not item.refits:
        places, values = _changed(workshop, item, seed)
        decided = decided.copy()
        for name, new in values.items():
            column = decided[name].to_numpy().copy()
            column[places] = new
            decided[name] = column
    own = base.score.copy()
    own[rows] = score
    whole = whole_scores(item.pieces or base.pieces, lessons, decided)
    held.runs += 1
    held.difference = max(held.difference, float(np.abs(whole - own).max()))
    held.decisions += int(((whole >= held.threshold) != (own >= held.threshold)).sum())


def _moved(clean: Clean, rows: NDArray[np.int64], score: NDArray[np.float64], *, threshold: float) -> Struck:
    decided = (score >= threshold).astype(np.int16)
    moved = decided != clean.decided[rows]
    places = rows[moved]
    return Struck(rows=places, decided=decided[moved], score=score[moved], truth=clean.truth[places])


def _variant(clean: Clean, item: Variation, struck: Struck, effects: Sequence[Effect]) -> PipelineVariant:
    was = effect.right(clean, clean.truth[struck.rows], clean.decided[struck.rows])
    now = effect.right(clean, struck.truth, struck.decided)
    return PipelineVariant(
        sort=item.sort,
        name=item.name,
        refitted=item.refits,
        rows=item.rows,
        decisions_changed=len(struck.rows),
        broken=int((was & ~now).sum()),
        mended=int((~was & now).sum()),
        effects=tuple(effects),
    )


def _shared(workshop: Workshop, held: _Agreement) -> Shared:
    tally = workshop.tally
    return Shared(
        fits=tally.fits,
        fits_whole=tally.fits_whole,
        columns_encoded=tally.encoded,
        columns_encoded_whole=tally.encoded_whole,
        rows_asked=tally.asked,
        rows_asked_whole=tally.asked_whole,
        whole_runs=held.runs,
        whole_decisions_differ=held.decisions,
        whole_difference=held.difference,
    )


def _split(subject: Subject, seed: int, most: int) -> _Split:
    """Return rows to learn from and rows that are decided about: the reference where there is one, else two halves drawn by row."""
    names = _wanted(subject.data)
    data = subject.data.frame(names)
    if subject.reference is not None and set(names) <= set(subject.reference.columns):
        earlier = subject.reference.frame(names)
        taken = Draws(seed).stream("learnt").some(np.arange(len(earlier)), most)
        own = Draws(seed).stream("decided").some(np.arange(len(data)), most)
        note = f"Learnt from {len(taken):,} rows of the reference."
        return _Split(earlier.iloc[taken].reset_index(drop=True), data.iloc[own].reset_index(drop=True), note)
    taken = Draws(seed).stream("rows").some(np.arange(len(data)), 2 * most)
    order = np.argsort(Draws(seed).stream("halves").uniform(taken), kind="stable")
    first, second = np.sort(taken[order[: len(taken) // 2]]), np.sort(taken[order[len(taken) // 2 :]])
    note = "Learnt from one half of the rows, drawn at random; there is no reference with the same columns."
    return _Split(data.iloc[first].reset_index(drop=True), data.iloc[second].reset_index(drop=True), note)


def _wanted(data: Dataset) -> tuple[str, ...]:
    schema = data.schema
    return tuple(dict.fromkeys((*schema.features(data.columns), *schema.sensitive, schema.target)))


def _known(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Return the rows with a label."""
    return frame[text_of(frame[schema.target]).notna().to_numpy()].reset_index(drop=True)


def _labels(frame: pd.DataFrame, schema: Schema) -> NDArray[np.int64]:
    return np.asarray(text_of(frame[schema.target]) == schema.positive).astype(np.int64)


def _unfit(learnt: pd.DataFrame, decided: pd.DataFrame, schema: Schema) -> str:
    for frame, what in ((learnt, "learnt from"), (decided, "decided about")):
        if len(frame) < FEWEST:
            return f"{len(frame)} labelled rows are {what}, fewer than {FEWEST}."
    positive = int(_labels(learnt, schema).sum())
    if positive in (0, len(learnt)):
        return f"All {len(learnt):,} rows that are learnt from have the same label; there is nothing to learn."
    return ""


def _features(frame: pd.DataFrame, schema: Schema) -> list[str]:
    """Return the columns that a recipe learns from: numbers, truths and texts, without the sensitive ones."""
    import pandas as pd

    names = [
        name
        for name in schema.features(tuple(frame.columns))
        if name not in schema.sensitive and not pd.api.types.is_datetime64_any_dtype(frame[name].dtype)
    ]
    if not names:
        raise RefusedInputError(
            "There is no column to learn from.", "Give data with features beside the sensitive columns."
        )
    return names


def prepared(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return the columns as pipelines read them: numbers as float64 with NaN for missing, texts as objects with NaN for missing."""
    import pandas as pd

    found = {}
    for name in names:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
            found[name] = column.to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            found[name] = text_of(column).astype(object).where(column.notna(), np.nan).to_numpy(dtype=object)
    return pd.DataFrame(found)


def alike(decided: pd.DataFrame, learnt: pd.DataFrame) -> pd.DataFrame:
    """Return prepared rows that are decided about with the types of those that are learnt from; a column without a value has any type.

    Raises:
        RefusedInputError: a column holds numbers on one side and texts on the other.
    """
    import pandas as pd

    empty = {name: learnt[name].dtype for name in learnt.columns if decided[name].isna().all()}
    found = decided.astype(empty)
    for name in learnt.columns:
        sides = [
            "numbers" if pd.api.types.is_numeric_dtype(frame[name].dtype) else "texts" for frame in (learnt, found)
        ]
        if len(set(sides)) == 2:
            raise RefusedInputError(
                f"Column {name!r} holds {sides[0]} in the rows that are learnt from and {sides[1]} in those that are decided about.",
                "Write it in both tables in the same way, or leave the column out with --ignore.",
            )
    return found


def _clean(base: Trained, decided: pd.DataFrame, schema: Schema) -> Clean:
    truth = _labels(decided, schema).astype(np.int16)
    everybody = Grouping("", ("",), np.zeros(len(truth), np.int16))
    groups = attributes(schema.sensitive, [decided], schema.code) if schema.sensitive else ()
    groupings = [everybody, *(Grouping(item.name, item.names, item.code(decided[item.name])) for item in groups)]
    return Clean(
        truth=truth,
        decided=(base.score >= schema.threshold).astype(np.int16),
        score=base.score,
        classes=2,
        groupings=tuple(groupings),
        value=np.full(len(truth), np.nan),
    )
