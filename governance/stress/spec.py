"""The methods of this room, for the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from governance.evidence import MethodSpec
from governance.stress.corruption import Corruption
from governance.stress.objectives import Costs
from governance.stress.pipeline_report import PipelineReport
from governance.stress.recipe import Recipe
from governance.stress.report import AnyValueReport, ReasonsReport, VariantsReport, WorstReport
from governance.stress.stage_report import StagesReport

EngineChoice = Literal["auto", "ask_again", "trees", "weights"]
"""auto takes trees or weights where the file has them alone, and says why where it does not."""


@dataclass(frozen=True, slots=True)
class StressVariants:
    """Which errors are tried, on how many rows, and how they are measured."""

    corruptions: tuple[Corruption, ...] = ()
    """() for the plan that the product makes: every kind that applies x every column that the model reads."""
    share: float = 0.05
    """Share of rows that each error of that plan strikes, above 0 and at most 1."""
    metrics: tuple[str, ...] = (
        "accuracy", "selection_rate", "true_positive_rate", "false_positive_rate", "roc_auc",
    )  # fmt: skip
    """What the errors are held against; those that the task has not are left out."""
    engine: EngineChoice = "auto"
    curves: bool = True
    """Whether every row is asked once more, for the effect at every share."""
    looks: int = 40
    """How many of the most harmful errors drift and the data contract are asked about, where there is a reference; 0 for none."""
    contract: str = ""
    """The data contract in force as JSON; "" for the one that the reference suggests."""
    minimum_rows: int = 30
    """A condition that names fewer rows is not tried."""
    whole_runs: int = 3
    """Variants that are also run whole and compared."""
    block_rows: int = 50_000
    """Rows in memory at a time."""


@dataclass(frozen=True, slots=True)
class StressWorst:
    """What the search for the worst error may use."""

    objective: str = ""
    """What harm means, see `governance.stress.objectives.OBJECTIVES`; "" for the first that fits: accuracy, or the mean absolute error."""
    among: str = ""
    """Whose harm counts, in the grammar of cohorts, for example one group; "" for everybody. Rows of others are broken all the same."""
    budget: float = 0.05
    """Share of rows that an error may touch, above 0 and at most 1."""
    conditions: int = 2
    """How many conditions are combined, 0 to 2."""
    label_conditions: bool = False
    """Whether an error may depend on the outcome: a habit of recording that goes with it."""
    kinds: tuple[str, ...] = ()
    """Kinds of errors; () for all whose new value follows from the old one."""
    columns: tuple[str, ...] = ()
    """Columns that may break; () for all that the model reads."""
    conditions_on: tuple[str, ...] = ()
    """Columns that an error may depend on; () for what the model reads and the sensitive ones."""
    minimum_rows: int = 30
    """Fewest rows of a condition on the half where it is found."""
    shown: int = 10
    """How many templates are reported."""
    costs: Costs = field(default_factory=Costs)
    """For the objective "cost"."""
    engine: EngineChoice = "auto"
    looks: int = 5
    """How many of the worst errors of each sort drift and the data contract are asked about, where there is a reference."""
    contract: str = ""
    """The data contract in force as JSON; "" for the one that the reference suggests."""
    most_rows: int = 100_000
    """Rows that are searched at most, drawn at random."""
    block_rows: int = 50_000
    """Rows in memory at a time."""


@dataclass(frozen=True, slots=True)
class StressAnyValue:
    """Which columns are looked at."""

    columns: tuple[str, ...] = ()
    """() for all that the model reads."""
    pairs: tuple[tuple[str, str], ...] = ()
    """Pairs of columns that change together; every combination of their values is asked."""
    engine: EngineChoice = "auto"
    block_rows: int = 50_000
    """Rows in memory at a time."""


@dataclass(frozen=True, slots=True)
class StressStages:
    """How a batch is held against the stages of a model's file."""

    block_rows: int = 50_000
    """Rows in memory at a time."""


@dataclass(frozen=True, slots=True)
class StressPipeline:
    """Which pipeline is trained, and which variants of it."""

    recipe: Recipe = field(default_factory=Recipe)
    """What the pipeline is made of."""
    share: float = 0.05
    """Share of rows that each error strikes, above 0 and at most 1."""
    serving_kinds: tuple[str, ...] = ()
    """Kinds of errors in the rows that are decided about; () for every kind that a single column can have."""
    training_kinds: tuple[str, ...] = ("missing", "outlier", "wrong_value", "lose", "double", "label")
    """Kinds of errors in the training rows; the model is trained again for each."""
    metrics: tuple[str, ...] = ("accuracy", "selection_rate", "true_positive_rate", "false_positive_rate")
    """Shares of rows that the variants are held against."""
    minimum_rows: int = 30
    """A condition that names fewer training rows is not tried."""
    whole_runs: int = 3
    """Variants that are also run whole and compared."""
    most_rows: int = 20_000
    """Rows to learn from at most, and as many to decide about, drawn at random."""


@dataclass(frozen=True, slots=True)
class StressReasons:
    """Whose reasons are looked at, and under which errors."""

    corruptions: tuple[Corruption, ...] = ()
    """() for one of each kind that a single column can have, for every column that the model reads; shares are not looked at."""
    most_rows: int = 300
    """Rows that are explained, drawn at random."""
    background_rows: int = 200
    """Rows of the reference that stand for not knowing a column."""


METHODS: tuple[MethodSpec, ...] = (
    MethodSpec(
        id="stress.variants",
        version=6,
        title="What can go wrong with the data",
        question="If a column breaks the way columns break in practice, which decisions change, for whom, and would anybody notice?",
        run="governance.stress.variants:variants",
        parameters=StressVariants,
        result=VariantsReport,
        needs=("model", "predictions"),
        optional=("reference",),
        page="robustness",
        lead="governance.stress.words:variants_lead",
        lines="governance.stress.words:variants_lines",
    ),
    MethodSpec(
        id="stress.worst",
        version=7,
        title="The worst realistic error",
        question="Which error in a small share of the rows does the most harm, and would anybody notice?",
        run="governance.stress.worst:worst",
        parameters=StressWorst,
        result=WorstReport,
        needs=("model", "predictions"),
        optional=("reference",),
        page="robustness",
        lead="governance.stress.words:worst_lead",
        lines="governance.stress.words:worst_lines",
    ),
    MethodSpec(
        id="stress.any_value",
        version=2,
        title="Any value of one column",
        question="For how many people can some value of one column change the decision, and for how many can none?",
        run="governance.stress.any_value:any_value",
        parameters=StressAnyValue,
        result=AnyValueReport,
        needs=("model", "predictions"),
        page="robustness",
        lead="governance.stress.words:any_value_lead",
        lines="governance.stress.words:any_value_lines",
    ),
    MethodSpec(
        id="stress.stages",
        version=1,
        title="Stages of the pipeline",
        question="At which step of the model's file does a batch first leave what earlier rows suggest, and does the file hide it?",
        run="governance.stress.stages:stages",
        parameters=StressStages,
        result=StagesReport,
        needs=("model", "reference"),
        page="robustness",
        lead="governance.stress.stage_words:lead",
        lines="governance.stress.stage_words:lines",
    ),
    MethodSpec(
        id="stress.pipeline",
        version=2,
        title="Variants of a pipeline",
        question="If the training data break, a step is exchanged or a column left out, which decisions change, and for whom?",
        run="governance.stress.pipeline.pipeline_run:pipeline",
        parameters=StressPipeline,
        result=PipelineReport,
        needs=("label",),
        optional=("reference",),
        page="robustness",
        lead="governance.stress.pipeline.pipeline_words:lead",
        lines="governance.stress.pipeline.pipeline_words:lines",
    ),
    MethodSpec(
        id="stress.reasons",
        version=3,
        title="Reasons under errors",
        question="When a column breaks, how many of the people whom it strikes are given another first reason?",
        run="governance.stress.reasons:reasons",
        parameters=StressReasons,
        result=ReasonsReport,
        needs=("model", "reference"),
        page="robustness",
        lead="governance.stress.words:reasons_lead",
        lines="governance.stress.words:reasons_lines",
    ),
)
