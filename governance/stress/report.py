"""What the robustness lab says: results of this room's methods, light to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from governance.evidence import NotAssessed
from governance.stress.corruption import Corruption

EngineName = Literal["ask_again", "tree_rescore", "linear_rescore"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What an error does to one metric of all rows, or of one group."""

    metric: str
    """fairlearn's name, see `governance.statistics.metric_list`."""
    attribute: str
    """Column of the group; "" for all rows."""
    group: str
    """Value of the attribute; "" for all rows."""
    rows: int
    """Rows that the metric is taken over, before the error."""
    before: float | None
    """None where no row counts."""
    after: float | None
    change: float | None
    """After less before."""
    low: float | None
    """Lower end of the 95 % interval of the change; None with a reason."""
    high: float | None
    reason: str = ""
    """Why there is no interval, "" when there is one."""


@dataclass(frozen=True, slots=True)
class ProposedCheck:
    """A check that would see an error; a draft, which a person may put into the data contract."""

    check: Literal["missing", "value_share", "column_order"]
    """missing: share of missing values; value_share: share of one value; column_order: share of rows with more in `column`."""
    column: str
    other: str = ""
    """The other column of an order, "" elsewhere."""
    value: str = ""
    """The value whose share is looked at, as text, "" elsewhere."""
    minimum: float = 0.0
    """Smallest share of rows that passes, 0 to 1; not looked at for missing values."""
    maximum: float = 1.0
    """Largest share of rows that passes, 0 to 1."""
    fires_from: float | None = None
    """Smallest tried share of broken rows that fails the check; None for never."""
    false_alarms: float = 0.0
    """Chance that a batch like the reference fails it, 0 to 1."""
    fails_now: bool = False
    """Whether the data fail it as they are."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """Whether monitoring would see an error."""

    drift: str
    """Most pressing verdict of the touched columns: material, small, none; "" where nobody looked."""
    drift_columns: tuple[str, ...]
    """Columns whose verdict is material and is not so on clean data."""
    contract: tuple[str, ...]
    """Checks that fail and do not fail on clean data: check(column)."""
    smallest_share_seen: float | None
    """Smallest tried share of rows from which drift says material or the contract fails; None for never."""
    blind_rows: int
    """Rows that the error can touch before anything notices: the blind stretch, in people."""
    seen: bool
    """Whether drift or the contract notices it at its own share."""
    proposal: ProposedCheck | None = None
    """The check that would see it soonest, for an error that is not noticed."""
    no_proposal: str = ""
    """Why there is none, "" where there is one or the error is noticed."""
    drift_from: float | None = None
    """Smallest tried share of rows from which drift says material; None for never."""
    contract_from: float | None = None
    """Smallest tried share of rows from which the contract fails; None for never."""
    scores: str = ""
    """Verdict of drift on the model's scores at the error's own share; "" where nobody looked. No part of `seen`: no alarm watches them."""
    scores_from: float | None = None
    """Smallest tried share of rows from which the scores would be called material; None for never, and where nobody looked."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The effect on accuracy of striking each row with the same chance, for every share at once."""

    change: float
    """Expected change of the share of right decisions if every row is struck; at share q it is q times this."""
    square: float
    """Mean of the squared changes of a row, 0 to 1; the spread at share q is sqrt(q (1 - q) square / rows)."""
    rows: int
    """Rows with a label."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One error, and what it does."""

    name: str
    """In words, with names as they stand in the file."""
    corruption: Corruption
    title: str
    """What a person calls the kind of error."""
    source: str
    engine: EngineName
    pool: int
    """Rows that it can strike."""
    rows_touched: int
    decisions_changed: int
    broken: int
    """Right before and wrong after."""
    mended: int
    """Wrong before and right after."""
    effects: tuple[Effect, ...]
    stops: str
    """Why intake would refuse it, which is good news; "" when the model silently takes it."""
    noticed: Noticed | None
    """None without a reference, for an error that intake stops, and where nobody looked."""
    curve: Curve | None
    """None for errors with a condition, without labels, and of rows and labels."""
    about_labels: bool = False
    """Whether it changes labels or rows and no answer: it says something about the measurement, not about the model."""

    def effect(self, metric: str, attribute: str = "", group: str = "") -> Effect | None:
        """Return one effect, None when it was not measured."""
        wanted = (metric, attribute, group)
        return next((item for item in self.effects if (item.metric, item.attribute, item.group) == wanted), None)


@dataclass(frozen=True, slots=True)
class NotRun:
    """An error that was not tried."""

    corruption: Corruption
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """How far the counts can be trusted."""

    engine: EngineName
    engine_reason: str
    """Why this engine."""
    base_rows: int
    """Rows for which the engine was held against the model's own answers."""
    base_difference: float
    """Largest difference of a score; best 0."""
    base_decisions_differ: int
    """Best 0."""
    settled: int
    """Answers so near a threshold that the model itself was asked."""
    whole_runs: int
    """Variants that were also run whole: rows copied, changed, and all of them asked."""
    whole_decisions_differ: int
    """Rows decided otherwise by these whole runs; best 0."""
    interval: str
    assumption: str


@dataclass(frozen=True, slots=True)
class VariantsReport:
    """Every error of a plan, and what it does."""

    variants: tuple[Variant, ...]
    not_run: tuple[NotRun, ...]
    certificate: Certificate
    rows: int
    labelled: int
    """Rows with a label."""
    task: str
    """binary, multiclass or regression."""
    metrics: tuple[str, ...]
    seed: int
    monitored: bool
    """Whether drift and contract were asked."""
    monitors: str
    """What monitoring was: the reference, the contract, or why there was none."""
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """An effect found on one half of the rows and measured on the other."""

    change: float
    """Harm on the held-out half, in units of the objective; positive is worse."""
    low: float
    high: float
    rows: int
    """Held-out rows that the condition names."""
    beyond_chance: bool = False
    """Whether it does harm beyond chance when all errors that are shown together are allowed 2.5 % for a wrong word (Bonferroni)."""


@dataclass(frozen=True, slots=True)
class Worst:
    """One of the worst errors that were found."""

    name: str
    corruption: Corruption
    title: str
    where: str
    found: float
    """Harm on the half where it was found: too high by the luck of the search."""
    held_out: HeldOut
    random_same: float
    """Harm of the same error at random rows, same budget, on the held-out half."""
    unnoticed: bool
    """Whether it was found among errors whose values the contract would accept."""
    noticed: Noticed | None


@dataclass(frozen=True, slots=True)
class WorstReport:
    """The worst realistic errors within a budget."""

    objective: str
    """What harm means."""
    unit: str
    """points of 100 for shares, the unit of costs for money."""
    budget: float
    """Share of rows that an error may touch."""
    worst: tuple[Worst, ...]
    """One a template, the worst first."""
    unnoticed: tuple[Worst, ...]
    """The same search among values that the contract would accept."""
    random_worst: float
    """Largest harm of a template at random rows, on the held-out half."""
    random_mean: float
    """Mean harm of all templates at random rows."""
    bound: float
    """No template at any rows of the held-out half does more than this."""
    templates: int
    tried: int
    """Conjunctions of conditions that were scored, all templates together."""
    rows_searched: int
    rows_held_out: int
    not_run: tuple[NotRun, ...]
    certificate: Certificate
    label_conditions: bool
    max_drop: float
    """Largest harm of an error on the held-out half, 0 where none was found: what a policy limits."""
    unnoticed_drop: float | None
    """Largest harm of those that neither drift nor the contract noticed; None where nobody looked."""
    named: bool
    """Whether any error does harm beyond chance on the held-out half, corrected for how many were looked at."""
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupSafety:
    """How many people of a group one column can move."""

    attribute: str
    """"" for all rows."""
    group: str
    rows: int
    can_flip: int
    """People for whom some value of the column changes the decision."""
    can_break: int | None
    """People decided rightly whom some value makes wrong; None without labels."""
    cannot_flip: int
    """People for whom no value of the column changes the decision."""


@dataclass(frozen=True, slots=True)
class AnyValue:
    """What any value of one column, or of two, could do."""

    columns: tuple[str, ...]
    can_flip: int
    can_break: int | None
    cannot_flip: int
    tried: int
    """Different answers of the column that were looked at: intervals between thresholds and missing, or categories."""
    groups: tuple[GroupSafety, ...]


@dataclass(frozen=True, slots=True)
class AnyValueReport:
    """The exact worst case of every column alone."""

    columns: tuple[AnyValue, ...]
    not_assessed: tuple[NotAssessedColumn, ...]
    rows: int
    labelled: int
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class NotAssessedColumn:
    """A column about which nothing can be said exactly."""

    columns: tuple[str, ...]
    outcome: NotAssessed


@dataclass(frozen=True, slots=True)
class ReasonShift:
    """What one error does to the reasons of the rows that it strikes."""

    name: str
    """In words, with names as they stand in the file."""
    corruption: Corruption
    title: str
    """What a person calls the kind of error."""
    rows: int
    """Rows that were explained with and without it."""
    first_changes: int
    """Rows whose first reason is another one."""
    low: float
    """Lower end of the 95 % interval of their share, 0 to 1 (Wilson)."""
    high: float
    leading_change: int
    """Rows whose first three reasons are not the same three, in whatever order."""
    broken_first_before: int
    """Rows whose first reason was the column that breaks."""
    broken_first_after: int
    """Rows whose first reason is the broken column, which says nothing true about the person."""
    own_moves: float
    """Mean size of the change of the broken column's value, on the raw scale of the model."""
    own_size: float
    """Mean size of that value before."""
    others_move: float
    """Mean sum of the sizes by which the values of all other columns change."""


@dataclass(frozen=True, slots=True)
class ReasonsReport:
    """What errors do to the reasons that people are given, most changed first."""

    shifts: tuple[ReasonShift, ...]
    not_run: tuple[NotRun, ...]
    rows: int
    """Rows that were explained, drawn at random."""
    background_rows: int
    """Rows of the reference that the values are worked out against."""
