"""Explanations of a Parquet file that need not fit into memory: row groups are attributed by separate tasks, and sums add up.

Each task is a picklable function of paths and positions, for the workers of this machine or of a cluster (see `compute`). A worker keeps
the explainer with its tables between tasks. The attributions become a folder of Parquet files, one per task, that any tool reads as one
data set; nothing of the size of the data is ever in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from governance.evidence import Progress, RefusedInputError, silent
from governance.explain import Background, Importance, Scale, Way
from governance.models import Link
from governance.runs.run import Task, open_subject

if TYPE_CHECKING:
    import pandas as pd

    from governance.explain import Chosen, Sums

ROWS: Final = 65_536
"""Rows attributed at a time within a task."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some row groups of the data, to be attributed by one task."""

    task: Task
    """The method `explain.global` on the files."""
    groups: tuple[int, ...]
    """Numbers of the row groups, from 0."""
    out: str
    """Parquet file that is written."""
    inexact: str = ""
    """Why the exact way is not taken; "" to try it."""


@dataclass(frozen=True, slots=True)
class PartSums:
    """What is known of the attributions of a part; parts add up with `+`."""

    sums: Sums
    gap: float
    """Largest |base value + attributions - model output|."""
    std_error: float
    """Largest standard error, 0 for exact ways."""
    left_out: int
    """Rows whose raw score is no finite number; their attributions are null."""


@dataclass(frozen=True, slots=True)
class PartsExplained:
    """What moves the model over all rows of the file, and where the attributions lie."""

    method: Way
    exact: bool
    scale: Scale
    link: Link
    target: str
    units: str
    base_value: float
    background: Background
    importance: tuple[Importance, ...]
    """Largest mean |attribution| first."""
    additivity_gap: float
    std_error: float
    rows: int
    """Rows that were explained."""
    left_out: int
    """Rows whose raw score is no finite number; their attributions are null."""
    files: tuple[str, ...]
    """Parquet files in the order of the rows."""
    notes: tuple[str, ...]


def explain_parts(
    task: Task, folder: Path, pool: Executor, rows: int = 1_000_000, progress: Progress = silent
) -> PartsExplained:
    """Attribute every row of the task's Parquet file, about `rows` rows per task of `pool`.

    Args:
        task: the method `explain.global`; its data are Parquet and it has a reference, from which the background is drawn.
        folder: where the attributions are written; made when it is not there.
        pool: who works; each worker must see the same paths.
        rows: row groups are joined up to so many rows per task.
        progress: told how many tasks are done.

    Raises:
        RefusedInputError: there is no reference, the file is not Parquet, or it has a cohort.
    """
    if task.reference is None or task.data.cohort:
        raise RefusedInputError(
            "Explaining a file in parts needs rows to compare with, and no cohort.", "Give --background FILE."
        )
    from governance.explain import NotExactError

    folder.mkdir(parents=True, exist_ok=True)
    parts = [
        Part(task, groups, str(folder / f"part-{at:05d}.parquet")) for at, groups in enumerate(_groups(task, rows))
    ]
    try:
        return _finished(parts, _summed(parts, pool, progress))
    except NotExactError as reason:  # as `choice.answered`, for all parts alike
        if task.chosen.method != "auto":
            raise
        parts = [replace(part, inexact=reason.what) for part in parts]
        return _finished(parts, _summed(parts, pool, progress))


def _summed(parts: list[Part], pool: Executor, progress: Progress) -> PartSums:
    waiting = [pool.submit(attribute, part) for part in parts]
    found: PartSums | None = None
    for at, future in enumerate(waiting):
        done = future.result()
        found = done if found is None else together(found, done)
        progress(at + 1, len(parts), "attributing row groups")
    if found is None:
        raise RefusedInputError("The data have no rows.", "Give a file with rows.")
    return found


def attribute(part: Part) -> PartSums:
    """Attribute the rows of one part, write them, and return their sums; runs in a worker."""
    import numpy as np
    import pyarrow.parquet as pq

    from governance.explain import Sums, scored, to_table

    chosen = _chosen(part)
    names = chosen.explainer.about.players
    rng = np.random.default_rng([part.task.seed, *part.groups])
    found: PartSums | None = None
    writer: pq.ParquetWriter | None = None
    try:
        for batch in _batches(part, chosen.model.signature.columns):
            positions = scored(chosen.explainer, batch, np.arange(len(batch)))
            some = batch if len(positions) == len(batch) else batch.iloc[positions].reset_index(drop=True)
            explained = chosen.explainer.explain(some, chosen.target, rng, silent)
            table = to_table(explained, names, positions, len(batch))
            writer = writer or pq.ParquetWriter(part.out, table.schema)
            writer.write_table(table)
            one = PartSums(
                Sums.of(explained.values),
                explained.gap,
                float(explained.std_error.max(initial=0.0)),
                len(batch) - len(some),
            )
            found = one if found is None else together(found, one)
    finally:
        if writer is not None:
            writer.close()
    if found is None:
        raise RefusedInputError("A row group has no rows.", "Write the Parquet file again.")
    return found


def together(one: PartSums, other: PartSums) -> PartSums:
    """Return what is known of two parts."""
    return PartSums(
        one.sums + other.sums,
        max(one.gap, other.gap),
        max(one.std_error, other.std_error),
        one.left_out + other.left_out,
    )


def _chosen(part: Part) -> Chosen:
    from governance.explain import Budget, NotExactError, Wish, choose

    asked = part.task.chosen
    wish = Wish(
        method=asked.method,
        scale=asked.scale,
        target=asked.target,
        background_rows=asked.background_rows,
        background_seed=asked.background_seed,
        correlated=asked.correlated,
        budget=Budget(asked.model_calls, 0.0),
        groups=asked.groups,
    )
    reason = NotExactError(part.inexact, "Use the sampled way: --method permutation.") if part.inexact else None
    return choose(open_subject(part.task), wish, inexact=reason)


def _groups(task: Task, rows: int) -> list[tuple[int, ...]]:
    """Return runs of row groups of about `rows` rows each."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        meta = pq.ParquetFile(task.data.path).metadata
    except (pa.ArrowException, OSError) as error:
        raise RefusedInputError(
            f"Only Parquet is explained in parts; {task.data.name!r} is not: {str(error)[:120]}.",
            "Write the table as Parquet, or leave the parts out.",
        ) from error
    found: list[tuple[int, ...]] = []
    held = rows
    for at in range(meta.num_row_groups):
        size = meta.row_group(at).num_rows
        if held + size > rows:
            found.append(())
            held = 0
        found[-1] = (*found[-1], at)
        held += size
    return found


def _batches(part: Part, columns: tuple[str, ...]) -> Iterator[pd.DataFrame]:
    """Yield the rows of a part as frames of at most `ROWS` rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from governance.data import frame_of

    file = pq.ParquetFile(part.task.data.path, memory_map=True)
    for batch in file.iter_batches(batch_size=ROWS, row_groups=list(part.groups), columns=list(columns)):
        yield frame_of(pa.Table.from_batches([batch]).select(list(columns)))


def _finished(parts: list[Part], found: PartSums) -> PartsExplained:
    chosen = _chosen(parts[0])
    about = chosen.explainer.about
    return PartsExplained(
        method=about.way,
        exact=about.exact,
        scale=about.scale,
        link=about.link,
        target=chosen.label,
        units=about.units,
        base_value=_base(chosen),
        background=chosen.background.about,
        importance=found.sums.importance(about.players),
        additivity_gap=found.gap,
        std_error=found.std_error,
        rows=found.sums.rows,
        left_out=found.left_out,
        files=tuple(part.out for part in parts),
        notes=about.notes,
    )


def _base(chosen: Chosen) -> float:
    import numpy as np

    row = chosen.background.frame.iloc[:1]
    return chosen.explainer.explain(row, chosen.target, np.random.default_rng(0), silent).base
