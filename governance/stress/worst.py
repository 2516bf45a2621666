"""The method `stress.worst`: the worst realistic error within a budget, found on one half of the rows and reported on the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Dropped, Finding, NotAssessed, Progress, Rows
from governance.statistics import critical, paired_change
from governance.stress.columns import Columns
from governance.stress.condition_bins import BINS, ConditionColumn, bins_of, condition_columns, where_of
from governance.stress.draws import Draws
from governance.stress.noticed import Watch, watch_of
from governance.stress.objectives import Costs, Objective, objective
from governance.stress.report import HeldOut, Worst, WorstReport
from governance.stress.scene import Scene, open_scene
from governance.stress.search import Bins, conjunctions, row_counts, worst_of
from governance.stress.search_terms import check_search, unfit
from governance.stress.spec import StressWorst
from governance.stress.templates import Template, ask_all, searched_errors

if TYPE_CHECKING:
    from governance.stress.corruption import Corruption
    from governance.subject import Subject

PLAUSIBLE: Final = ", as far as the new value stays plausible"
PREDICTED: Final = "units of the prediction"
LEFT: Final = "without a label where the harm needs one, or beyond the rows that are searched"


@dataclass(frozen=True, slots=True)
class _Half:
    """One half of the searched rows."""

    at: NDArray[np.int64]
    """Places among the searched rows."""
    rows: NDArray[np.int64]
    """Rows of the data."""
    after: Callable[[Template], NDArray[np.float64]]
    """(m,) what each row adds to the harm once it is broken."""
    clean: NDArray[np.float64]
    """(m,) what each row adds as it is."""

    def harm(self, template: Template, *, plausible: bool) -> NDArray[np.float64]:
        """Return (m,) what each row adds to the harm if it breaks so."""
        found = self.after(template) - self.clean
        return np.where(template.plausible[self.at], found, 0.0) if plausible else found


@dataclass(frozen=True, slots=True)
class _Search:
    """What every template is searched with."""

    find: _Half
    hold: _Half
    conditions: tuple[ConditionColumn, ...]
    bins: Bins
    counts: NDArray[np.float64]
    budget: float
    minimum: int


def worst(
    subject: Subject, parameters: StressWorst, *, rng: np.random.Generator, progress: Progress
) -> Finding[WorstReport]:
    """Search every template with every conjunction of conditions.

    Raises:
        RefusedInputError: an unknown kind, column or objective, a budget that is no share, or more than two conditions.
    """
    seed = int(rng.integers(2**53))
    scene = open_scene(subject, parameters.engine, parameters.block_rows)
    check_search(scene, parameters)
    aim = objective(parameters.objective, scene.clean, scene.labelled)
    rows = _searched(scene, aim, seed, parameters.most_rows)
    left = scene.rows - len(rows)
    account = Rows(len(rows), scene.rows, (Dropped(LEFT, left),) if left else ())
    reason = unfit(scene, parameters, rows)
    if reason:
        return Finding(NotAssessed(reason), account)
    known = Columns(subject.reference) if subject.reference is not None else scene.columns
    errors = searched_errors(scene.columns, scene.features, parameters)
    templates, not_run = ask_all(scene, errors, rows, known, progress)
    search = _search(scene, rows, aim, seed, parameters)
    watch = watch_of(subject, scene, seed, parameters.contract)
    found = _all_worst(search, templates, progress, shown=parameters.shown, plausible=False)
    found = _looked_at(found, watch, parameters.looks, {})
    able = {_key(item.corruption): rows[item.plausible] for item in templates}
    quiet = _all_worst(search, templates, progress, shown=parameters.shown, plausible=True)
    quiet = _looked_at(quiet, watch, parameters.looks, able)
    random_worst, random_mean, bound = _compared(search, templates)
    report = WorstReport(
        objective=aim.title + (f", where {parameters.among}" if parameters.among else ""),
        unit={"cost": parameters.costs.unit, "prediction": PREDICTED}.get(aim.unit, "points"),
        budget=search.budget,
        worst=tuple(found),
        unnoticed=tuple(quiet),
        random_worst=random_worst,
        random_mean=random_mean,
        bound=bound,
        templates=len(templates),
        tried=conjunctions(search.bins) * len(templates),
        rows_searched=len(search.find.rows),
        rows_held_out=len(search.hold.rows),
        not_run=tuple(not_run),
        certificate=scene.certificate(),
        label_conditions=parameters.label_conditions,
        max_drop=max((item.held_out.change for item in found), default=0.0),
        unnoticed_drop=_unnoticed((*found[: parameters.looks], *quiet[: parameters.looks]), watch),
        named=any(item.held_out.beyond_chance for item in found),
        notes=tuple(_notes(scene, rows, has_reference=subject.reference is not None)),
    )
    return Finding(report, account)


def _searched(scene: Scene, aim: Objective, seed: int, most: int) -> NDArray[np.int64]:
    """Return the rows that are searched: those with a label where the harm needs one, a sample where there are very many."""
    rows, clean = np.arange(scene.rows), scene.clean
    if aim.needs_labels:
        known = ~np.isnan(clean.value) if scene.task == "regression" else clean.truth < clean.classes
        rows = np.flatnonzero(known)
    return Draws(seed).stream("searched").some(rows, most)


def _search(scene: Scene, rows: NDArray[np.int64], aim: Objective, seed: int, parameters: StressWorst) -> _Search:
    by_chance = np.argsort(Draws(seed).stream("halves").uniform(rows), kind="stable")
    first = np.sort(by_chance[: len(rows) // 2])
    second = np.sort(by_chance[len(rows) // 2 :])
    counts = np.isin(rows, scene.columns.where(parameters.among))
    halves = [_half(scene, rows, at, (aim, parameters.costs, counts[at])) for at in (first, second)]
    names = parameters.conditions_on or tuple(dict.fromkeys((*scene.features, *scene.data.schema.sensitive)))
    target = scene.data.schema.target
    if parameters.label_conditions and target:
        names = (*names, target)
    conditions = condition_columns(scene.columns, names)
    bins = bins_of(conditions, halves[0].rows, parameters.conditions)
    return _Search(
        find=halves[0],
        hold=halves[1],
        conditions=conditions,
        bins=bins,
        counts=row_counts(bins, np.arange(len(first)), BINS),
        budget=parameters.budget,
        minimum=parameters.minimum_rows,
    )


def _half(
    scene: Scene, rows: NDArray[np.int64], at: NDArray[np.int64], asked: tuple[Objective, Costs, NDArray[np.bool_]]
) -> _Half:
    """Return one half; `asked` is what harm means, what it costs, and which of the half's rows count."""
    (aim, costs, counts), own, clean = asked, rows[at], scene.clean
    counted, place = np.flatnonzero(counts), np.arange(len(at))
    if aim.of_numbers is not None:
        of_numbers = aim.of_numbers

        def measured(predicted: NDArray[np.float64]) -> NDArray[np.float64]:
            found = np.zeros(len(own))
            found[counted] = of_numbers(clean, own[counted], predicted[counted])
            return found

        return _Half(at, own, lambda template: measured(template.score[at]), measured(clean.score[own]))
    assert aim.weigh is not None
    weights = np.zeros((len(own), clean.classes))
    weights[counted] = aim.weigh(clean, own[counted], costs)
    return _Half(at, own, lambda template: weights[place, template.decided[at]], weights[place, clean.decided[own]])


def _all_worst(
    search: _Search, templates: Sequence[Template], progress: Progress, *, shown: int, plausible: bool
) -> list[Worst]:
    """Return the worst conjunction of the templates that do most harm on the first half; only these are measured on the other."""
    best = []
    for done, template in enumerate(templates):
        progress(done, len(templates), "searching conditions")
        found = _best(search, template, plausible=plausible)
        if found is not None:
            best.append((found, template))
    best.sort(key=lambda item: (-item[0][0], item[1].corruption.says()))
    first = best[:shown]
    return [_worst(search, template, found, looks=len(first), plausible=plausible) for found, template in first]


def _best(search: _Search, template: Template, *, plausible: bool) -> NDArray[np.float64] | None:
    """Return the worst conjunction of one template as `worst_of` writes it, None where it does no harm."""
    find, counts = search.find, search.counts
    harm = find.harm(template, plausible=plausible)
    if plausible:
        able = np.flatnonzero(template.plausible[find.at])
        if len(able) < search.minimum:
            return None
        counts = row_counts(search.bins, able, BINS)
    rows = np.flatnonzero(harm)
    limits = (search.budget * len(find.rows), float(search.minimum))
    best: NDArray[np.float64] = worst_of(search.bins, counts, rows, harm[rows], limits)
    return best if best[2] >= 0 and best[0] > 0 else None


def _worst(search: _Search, template: Template, best: NDArray[np.float64], *, looks: int, plausible: bool) -> Worst:
    pair = search.bins.pairs[int(best[2])]
    low, below, other_low, other_below = (int(item) for item in best[3:7])
    box = (low, below, other_low, other_below)
    where = where_of(search.conditions, (int(pair[0]), int(pair[1])), box)
    corruption = replace(template.corruption, where=where, share=search.budget)
    return Worst(
        name=corruption.says() + (PLAUSIBLE if plausible else ""),
        corruption=corruption,
        title=template.corruption.of.title,
        where=where,
        found=float(best[0]),
        held_out=_held_out(search, template, _inside(search, pair, box), looks=looks, plausible=plausible),
        random_same=_at_random(search, template, plausible=plausible),
        unnoticed=plausible,
        noticed=None,
    )


def _inside(search: _Search, pair: NDArray[np.int64], box: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return which held-out rows a conjunction names."""
    found = np.ones(len(search.hold.rows), bool)
    for column, low, below in ((int(pair[0]), *box[:2]), (int(pair[1]), *box[2:])):
        if column > 0:
            codes = search.conditions[column - 1].codes[search.hold.rows]
            found &= (codes >= low) & (codes < below)
    return found


def _held_out(
    search: _Search, template: Template, inside: NDArray[np.bool_], *, looks: int, plausible: bool
) -> HeldOut:
    """Return the harm on the half that took no part in the search, with its interval.

    A condition that names more rows than the budget allows is struck on a fixed number of them: the harm is the budget times the *mean* of
    the rows that it names, and only the spread among these rows counts, not how many a sample happens to hold (the mean of a domain whose
    size is not known beforehand: Cochran, Sampling Techniques, 3rd ed. 1977, section 2.12). One that names fewer is struck on all
    of them: the harm is a sum over all held-out rows, and their number counts as well.
    """
    hold = search.hold
    able = inside & template.plausible[hold.at] if plausible else inside
    rows, count = len(hold.rows), int(able.sum())
    every = hold.harm(template, plausible=plausible)
    limited = count > search.budget * rows
    share = search.budget * rows / count if limited else 1.0
    asked = every[able] if limited else np.where(able, every, 0.0)
    size = _size(every[able], every, rows)
    low, high = _interval(asked, size)
    beyond = _interval(asked, size, 1 - 0.05 / looks)[0] > 0
    return HeldOut(share * float(every[able].sum()), share * low, share * high, count, beyond)


def _size(named: NDArray[np.float64], every: NDArray[np.float64], rows: int) -> float | None:
    """Return what one row adds to the harm where all rows add the same, none, or take as much away; None where they differ."""
    sizes = np.abs(named[named != 0])
    if not len(sizes):
        return float(np.abs(every).max(initial=0.0)) or 1 / rows
    return float(sizes[0]) if np.allclose(sizes, sizes[0], rtol=1e-9, atol=0.0) else None


def _interval(harm: NDArray[np.float64], size: float | None, confidence: float = 0.95) -> tuple[float, float]:
    """Return the interval of the sum of the harm of some rows: of counts where every row adds the same, else from its variance."""
    if size is not None:
        low, high = paired_change(int((harm < 0).sum()), int((harm > 0).sum()), len(harm), confidence)
        return size * len(harm) * float(low), size * len(harm) * float(high)
    spread = critical(confidence) * float(np.sqrt(len(harm) * harm.var(ddof=1)))
    return float(harm.sum()) - spread, float(harm.sum()) + spread


def _at_random(search: _Search, template: Template, *, plausible: bool) -> float:
    """Return the harm on the held-out half when the same share of rows is struck at random."""
    return search.budget * float(search.hold.harm(template, plausible=plausible).sum())


def _key(corruption: Corruption) -> str:
    """Return what names a template: the error without its condition."""
    return replace(corruption, where="").digest


def _looked_at(
    found: list[Worst], watch: Watch | None, looks: int, able: Mapping[str, NDArray[np.int64]]
) -> list[Worst]:
    """Return the errors, the first ones with what monitoring would see; `able` are the only rows that some of them strike."""
    if watch is None:
        return found
    seen = [watch.notice(item.corruption, able.get(_key(item.corruption))) for item in found[:looks]]
    return [*(replace(item, noticed=own) for item, own in zip(found, seen, strict=False)), *found[looks:]]


def _unnoticed(looked_at: Sequence[Worst], watch: Watch | None) -> float | None:
    """Return the largest harm among errors that nothing noticed, None where nobody looked."""
    if watch is None:
        return None
    return max((item.held_out.change for item in looked_at if item.noticed and not item.noticed.seen), default=0.0)


def _compared(search: _Search, templates: Sequence[Template]) -> tuple[float, float, float]:
    """Return the worst and the mean harm of random errors, and the bound: the best template for each row, rows chosen freely."""
    if not templates:
        return 0.0, 0.0, 0.0
    random = [_at_random(search, template, plausible=False) for template in templates]
    most = np.max([search.hold.harm(item, plausible=False) for item in templates], axis=0)
    allowed = max(1, int(search.budget * len(search.hold.rows)))
    return max(random), float(np.mean(random)), float(np.sort(most)[::-1][:allowed].clip(0).sum())


def _notes(scene: Scene, rows: NDArray[np.int64], *, has_reference: bool) -> Iterator[str]:
    if len(rows) < scene.labelled:
        yield f"{len(rows):,} of {scene.rows:,} rows were searched, drawn at random."
    if not has_reference:
        yield "There is no reference: a value counts as plausible where it occurs in the data themselves."
