"""The method `fairness.by_group`: one pass over the rows, then every number that a board asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from governance.data.schema import Schema
from governance.evidence import Dropped, Finding, NotAssessed, Progress, Rows
from governance.fairness.assemble import Rules, attribute_sets, disparities, family, overall
from governance.fairness.cells import Cells, coded
from governance.fairness.estimates import Estimates, of_cells
from governance.fairness.groups import Attribute
from governance.fairness.inequality import inequality
from governance.fairness.intake import Chunk, cells_of, chunks, declared, read_attributes
from governance.fairness.notices import notices
from governance.fairness.reference import named_groups
from governance.fairness.report import Disparity, FairnessReport, GroupResult, Stratum
from governance.fairness.scores import Scores, estimates, score_rows
from governance.fairness.spec import ByGroup
from governance.fairness.unknowns import unknowns
from governance.subject import Subject


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """What one pass leaves of the rows; summaries of chunks add up."""

    cells: Cells
    scores: Scores | None

    def __add__(self, other: Summary) -> Summary:
        """Return the summary of both sets of rows."""
        both = None if self.scores is None or other.scores is None else self.scores + other.scores
        return Summary(self.cells + other.cells, both)


def summarise(chunk: Chunk, found: tuple[Attribute, ...]) -> Summary:
    """Return the summary of one chunk of binary outcomes."""
    result = chunk.outcome
    scores = None
    if result.score is not None:
        scores = score_rows(found, chunk.codes, coded(result.y_true), result.score, result.weight)
    return Summary(cells_of(chunk, found), scores)


def by_group(
    subject: Subject, parameters: ByGroup, *, rng: np.random.Generator, progress: Progress
) -> Finding[FairnessReport]:
    """Return metrics of every group and intersection with intervals, verdicts and disparities.

    Raises:
        RefusedInputError: no sensitive column, unknown label codes, no decision, or a reference that is not there.
    """
    schema = declared(subject)
    found = read_attributes(subject)
    summary: Summary | None = None
    for chunk in chunks(subject, schema, found, progress):
        part = summarise(chunk, found)
        summary = part if summary is None else summary + part
    if summary is None or not summary.cells.rows.any():
        return Finding(NotAssessed("The data have no rows."), Rows(0, 0))
    rows = account(summary.cells, schema)
    if rows.used == 0:
        return Finding(NotAssessed("No row has a decision" + (" and a label." if schema.target else ".")), rows)
    return Finding(finish(summary, schema, parameters, rows, rng, progress), rows)


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
    summary: Summary, schema: Schema, parameters: ByGroup, rows: Rows, rng: np.random.Generator, progress: Progress
) -> FairnessReport:
    """Return the report of a summary."""
    cells, limits = summary.cells, parameters.limits
    rules = Rules(
        limits, schema.selected_is, parameters.reference, named_groups(parameters.reference, cells.attributes),
        bool(schema.target), int(cells.rows.sum()),
    )  # fmt: skip
    sensitive = replace(summary, cells=cells.marginal(schema.sensitive))
    groups, found = compared(sensitive, schema.sensitive, parameters.intersections, rules, rng, progress)
    everyone = cells.marginal(())
    whole = of_cells(everyone, rules.names, limits.confidence) + _scored(summary, everyone, rules)
    return FairnessReport(
        task="binary",
        positive=schema.positive,
        selected_is=schema.selected_is,
        threshold=schema.threshold if summary.scores is not None else None,
        sensitive=schema.sensitive,
        control=schema.control,
        reference=parameters.reference,
        limits=limits,
        weighted=cells.weight is not None,
        rows=rows,
        overall=overall(whole, limits, float(rules.total)),
        by_group=tuple(groups),
        disparities=tuple(found),
        unknown=unknowns(sensitive.cells),
        strata=_strata(summary, schema, rules, rng, progress),
        inequality=inequality(sensitive.cells) if schema.target else NotAssessed("There is no label column."),
        notices=notices(summary.scores, cells, whole, schema, groups, limits),
    )


def _scored(summary: Summary, cells: Cells, rules: Rules) -> list[Estimates]:
    if summary.scores is None or not summary.scores.score.size:
        return []
    return estimates(summary.scores, cells, rules.labelled, rules.limits.confidence)


def compared(
    summary: Summary, names: tuple[str, ...], depth: int, rules: Rules, rng: np.random.Generator, progress: Progress
) -> tuple[list[GroupResult], list[Disparity]]:
    """Return the groups and the disparities of every set of up to `depth` of the named attributes."""
    sets = attribute_sets(names, min(depth, len(names)))
    groups: list[GroupResult] = []
    gaps: list[Disparity] = []
    whole = _scored(summary, summary.cells.marginal(()), rules)
    for done, chosen in enumerate(sets):
        progress(done, len(sets), f"comparing groups by {' and '.join(chosen)}")
        cells = summary.cells.marginal(chosen)
        found, reference, items, together = family(cells, rules, _scored(summary, cells, rules), whole)
        gaps += disparities(cells, items, together, found, reference, rules, rng)
        groups += sorted(found, key=lambda group: -group.n)
    return groups, gaps


def _strata(
    summary: Summary, schema: Schema, rules: Rules, rng: np.random.Generator, progress: Progress
) -> tuple[Stratum, ...]:
    """Return the same comparison within each value of each control column."""
    found = []
    for name in schema.control:
        attribute = next(item for item in summary.cells.attributes if item.name == name)
        others = tuple(item for item in schema.sensitive if item != name)
        for code, value in enumerate(attribute.names):
            part = summary.cells.within(name, code)
            if not others or not part.rows.any():
                continue
            scores = None if summary.scores is None else summary.scores.within(name, code)
            own = replace(rules, total=int(part.rows.sum()))
            groups, gaps = compared(Summary(part.marginal(others), scores), others, 1, own, rng, progress)
            found.append(Stratum({name: value}, own.total, tuple(groups), tuple(gaps)))
    return tuple(found)
