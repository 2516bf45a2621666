"""The method `fairness.by_group`: one pass over the rows, then every number that a board asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from governance.evidence import Dropped, Finding, NotAssessed, Progress, Rows
from governance.fairness import binary, multiclass, regression
from governance.fairness.assemble import Rules, Summary, compared, overall, total
from governance.fairness.binary import BinarySummary
from governance.fairness.family import corrected
from governance.fairness.inequality import inequality
from governance.fairness.intake import chunks, read_attributes
from governance.fairness.notices import notices
from governance.fairness.reference import named_groups
from governance.fairness.report import FairnessReport, Inequality, Stratum
from governance.fairness.spec import ByGroup
from governance.fairness.unknowns import unknowns
from governance.statistics import Attribute, Cells
from governance.subject import Schema, Subject, Task, declared

_SUMMARISE = {"binary": binary.summarise, "multiclass": multiclass.summarise, "regression": regression.summarise}


def by_group(
    subject: Subject, parameters: ByGroup, *, rng: np.random.Generator, progress: Progress
) -> Finding[FairnessReport]:
    """Return metrics of every group and intersection with intervals, verdicts and disparities.

    Raises:
        RefusedInputError: no sensitive column, unknown label codes, no decision, or a reference that is not there.
    """
    schema = declared(subject)
    found = read_attributes(subject)
    tasks: set[Task] = set()
    summary = total(_summaries(subject, schema, found, progress, tasks))
    if summary is None or not summary.cells.rows.any():
        return Finding(NotAssessed("The data have no rows."), Rows(0, 0))
    rows = account(summary.cells, schema)
    if rows.used == 0:
        return Finding(NotAssessed("No row has a decision" + (" and a label." if schema.target else ".")), rows)
    return Finding(
        finish(summary, tasks.pop(), schema=schema, parameters=parameters, rows=rows, rng=rng, progress=progress), rows
    )


def _summaries(
    subject: Subject, schema: Schema, found: tuple[Attribute, ...], progress: Progress, tasks: set[Task]
) -> Iterator[Any]:
    """Yield the summary of each chunk and note what kind of outcome it has."""
    for chunk in chunks(subject, schema, found, progress):
        tasks.add(chunk.outcome.task)
        yield _SUMMARISE[chunk.outcome.task](chunk, found)


def account(cells: Cells, schema: Schema) -> Rows:
    """Return how many rows have a decision (and a label, when there is a label column), and why the others do not."""
    table = cells.rows.sum(axis=0)
    undecided = int(table[:, 2].sum())
    unlabelled = int(table[2, :2].sum()) if schema.target else 0
    dropped = (
        Dropped("no decision or score", undecided),
        Dropped("label missing; counted in selection rates only", unlabelled),
    )
    total = int(table.sum())
    return Rows(total - undecided - unlabelled, total, tuple(item for item in dropped if item.rows))


def finish(
    summary: Summary,
    task: Task,
    schema: Schema,
    parameters: ByGroup,
    rows: Rows,
    rng: np.random.Generator,
    progress: Progress,
) -> FairnessReport:
    """Return the report of a summary."""
    limits, attributes = parameters.limits, summary.cells.attributes
    rules = Rules(
        limits=limits, polarity=schema.selected_is, reference=parameters.reference, chosen=named_groups(parameters.reference, attributes),
        labelled=bool(schema.target), total=rows.total,
    )  # fmt: skip
    sensitive = summary.marginal(schema.sensitive)
    groups, found = compared(
        sensitive, schema.sensitive, depth=parameters.intersections, rules=rules, rng=rng, progress=progress
    )
    strata = _strata(summary, schema, rules, rng, progress)
    groups, within = corrected(groups, [item.by_group for item in strata], limits=limits, polarity=schema.selected_is)
    whole = summary.marginal(()).estimates(rules)
    scores = summary.scores if isinstance(summary, BinarySummary) else None
    return FairnessReport(
        task=task,
        positive=schema.positive if task == "binary" else "",
        selected_is=schema.selected_is,
        threshold=schema.threshold if scores is not None else None,
        sensitive=schema.sensitive,
        control=schema.control,
        reference=parameters.reference,
        limits=limits,
        weighted=summary.cells.weight is not None,
        rows=rows,
        overall=overall(whole, limits, float(rules.total)),
        by_group=tuple(groups),
        disparities=tuple(found),
        unknown=unknowns(sensitive.cells, decisions=task == "binary", min_rows=limits.min_rows),
        strata=tuple(replace(item, by_group=tuple(own)) for item, own in zip(strata, within, strict=True)),
        inequality=_inequality(sensitive.cells, task, schema),
        notices=notices(
            scores, summary.cells, whole=whole, schema=schema, groups=groups, limits=limits, binary=task == "binary"
        ),
    )


def _inequality(cells: Cells, task: Task, schema: Schema) -> Inequality | NotAssessed:
    if task != "binary":
        return NotAssessed("Benefits are defined for yes-or-no decisions only.")
    return inequality(cells) if schema.target else NotAssessed("There is no label column.")


def _strata(
    summary: Summary, schema: Schema, rules: Rules, rng: np.random.Generator, progress: Progress
) -> tuple[Stratum, ...]:
    """Return the same comparison within each value of each control column."""
    found = []
    for name in schema.control:
        attribute = next(item for item in summary.cells.attributes if item.name == name)
        others = tuple(item for item in schema.sensitive if item != name)
        for code, value in enumerate(attribute.names):
            if not others or not (summary.cells.groups[:, summary.cells.attributes.index(attribute)] == code).any():
                continue
            part = summary.within(name, code).marginal(others)
            own = replace(rules, total=int(part.cells.rows.sum()))
            groups, gaps = compared(part, others, depth=1, rules=own, rng=rng, progress=progress)
            found.append(Stratum({name: value}, own.total, tuple(groups), tuple(gaps)))
    return tuple(found)
