"""What every method of this room starts from: the rows, labels and clean decisions, and an engine that was held against the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from governance.evidence import Kept, RefusedInputError, sha256
from governance.statistics import attributes
from governance.stress.columns import Columns
from governance.stress.effect import Clean, Grouping
from governance.stress.engines.ask_again import AskAgain
from governance.stress.engines.engine import Answers, Decider, Engine, decider_of
from governance.stress.report import Certificate
from governance.subject import Outcome

if TYPE_CHECKING:
    import pandas as pd

    from governance.models import GraphPredictor
    from governance.stress.engines.linear_rescore import Weights
    from governance.stress.engines.tree_rescore import Opened
    from governance.stress.spec import EngineChoice
    from governance.subject import Dataset, Predictor, Subject

_OPENED: Final[Kept[Opened | Weights]] = Kept("ensembles and weights read from files", 2)
"""What a file says does not change; how far the engine agrees with the model is measured anew on the rows of each run."""
ASSUMPTION: Final = (
    "The labels of touched rows stay true: the person is the same, only the record of the person is broken."
)
INTERVAL: Final = "95 % score interval of a paired difference (Tango 1998)"


@dataclass(slots=True)
class Agreement:
    """How far an engine agrees with the model, counted while it works."""

    rows: int = 0
    difference: float = 0.0
    decisions: int = 0
    whole_runs: int = 0
    whole_decisions: int = 0

    def hold(self, own: Answers, clean: Answers) -> None:
        """Compare the engine's clean answers with the model's."""
        self.rows += len(clean.score)
        self.difference = max(self.difference, float(np.abs(own.score - clean.score).max(initial=0.0)))
        self.decisions += int((own.decided != clean.decided).sum())


@dataclass(slots=True)
class Scene:
    """The rows under stress."""

    data: Dataset
    predictor: Predictor
    columns: Columns
    clean: Clean
    decider: Decider
    engine: Engine
    engine_reason: str
    task: str
    features: tuple[str, ...]
    """What the model reads."""
    labelled: int
    block_rows: int
    agreement: Agreement = field(default_factory=Agreement)

    @property
    def rows(self) -> int:
        """Rows of the data."""
        return len(self.clean.truth)

    def blocks(self) -> Iterator[tuple[int, int, pd.DataFrame]]:
        """Yield (first row, last row + 1, rows) with the engine open on the block; the clean scores are the engine's own from then on."""
        start = 0
        for frame in self.data.chunks(self.features, rows=self.block_rows):
            stop = start + len(frame)
            clean = Answers(self.clean.decided[start:stop], self.clean.score[start:stop])
            own = self.engine.open(frame.reset_index(drop=True), clean)
            self.agreement.hold(own, clean)
            self.clean.score[start:stop] = own.score
            yield start, stop, frame
            start = stop

    def certificate(self) -> Certificate:
        """Return how far the counts can be trusted, as far as has been seen."""
        seen = self.agreement
        return Certificate(
            engine=self.engine.name,
            engine_reason=self.engine_reason,
            base_rows=seen.rows,
            base_difference=seen.difference,
            base_decisions_differ=seen.decisions,
            settled=self.engine.settled,
            whole_runs=seen.whole_runs,
            whole_decisions_differ=seen.whole_decisions,
            interval=INTERVAL,
            assumption=ASSUMPTION,
        )


def open_scene(subject: Subject, choice: EngineChoice, block_rows: int) -> Scene:
    """Return the rows, labels and clean decisions of a subject, and an engine for its model.

    Raises:
        RefusedInputError: there is no model, the data have no rows, or the roles of columns do not fit.
    """
    from governance.subject.outcome import outcome

    if block_rows < 1:
        raise RefusedInputError(f"Blocks of {block_rows} rows, expected at least 1.", "Leave it at 50000.")
    if subject.model is None or subject.predictions is None:
        raise RefusedInputError("There is no model to put under stress.", "Choose a model.")
    data, schema = subject.data, subject.data.schema
    if not data.n_rows:
        raise RefusedInputError("The table has no rows in this cohort.", "Choose a wider cohort.")
    wanted = (schema.target, schema.weight, *schema.sensitive)
    roles = data.frame(tuple(dict.fromkeys(name for name in wanted if name)))
    found = outcome(roles, schema, subject.predictions)
    decider = decider_of(subject.model.signature, schema)
    answers = decider.answers(subject.predictions)
    clean = _clean(found, answers, roles, schema.sensitive)
    features = subject.model.signature.columns
    engine, reason = _engine(subject.model, decider, data.frame(features).head(block_rows), choice)
    return Scene(
        data=data,
        predictor=subject.model,
        columns=Columns(data),
        clean=clean,
        decider=decider,
        engine=engine,
        engine_reason=reason,
        task=found.task,
        features=features,
        labelled=int((~np.isnan(found.y_true)).sum()),
        block_rows=block_rows,
    )


def _clean(found: Outcome, answers: Answers, roles: pd.DataFrame, sensitive: tuple[str, ...]) -> Clean:
    classes = max(1, len(found.classes))
    unknown = np.isnan(found.y_true)
    truth = np.where(unknown | (found.task == "regression"), classes, np.nan_to_num(found.y_true)).astype(np.int16)
    everybody = Grouping("", ("",), np.zeros(len(truth), np.int16))
    groups = attributes(sensitive, [roles]) if sensitive else ()
    groupings = [everybody, *(Grouping(item.name, item.names, item.code(roles[item.name])) for item in groups)]
    value = found.y_true if found.task == "regression" else np.full(len(truth), np.nan)
    return Clean(
        truth=truth,
        decided=answers.decided,
        score=answers.score.copy(),
        classes=classes,
        groupings=tuple(groupings),
        value=value,
    )


def _engine(predictor: Predictor, decider: Decider, frame: pd.DataFrame, choice: EngineChoice) -> tuple[Engine, str]:
    """Return the engine that was chosen; auto says why it asks the model again.

    Raises:
        RefusedInputError: an engine was asked for by name and the model does not allow it.
    """
    if choice == "ask_again":
        return AskAgain(predictor, decider), "asked for"
    if not hasattr(predictor, "file"):
        return AskAgain(predictor, decider), "the model itself is asked: its file cannot be read"
    import pandas as pd

    from governance.stress.engines.linear_rescore import open_weights
    from governance.stress.engines.tree_rescore import LINK_ROWS, open_trees

    graph = cast("GraphPredictor", predictor)
    some = frame.iloc[:LINK_ROWS]
    rows = sha256(pd.util.hash_pandas_object(some, index=False).to_numpy().tobytes())
    refusals = []
    for way, read in (("trees", open_trees), ("weights", open_weights)):
        if choice not in ("auto", way):
            continue
        try:
            opened = _OPENED.get((way, predictor.digest, predictor.signature, rows), partial(read, graph, some))
            return _reading(graph, decider, opened)
        except RefusedInputError as refused:
            refusals.append(refused)
    if choice != "auto":
        raise refusals[0]
    reasons = " ".join(item.what for item in refusals)
    return AskAgain(predictor, decider), f"the model itself is asked: {reasons}"


def _reading(predictor: GraphPredictor, decider: Decider, opened: Opened | Weights) -> tuple[Engine, str]:
    """Return the engine that works with what was read from a file."""
    from governance.stress.engines.linear_rescore import LinearRescore, Weights
    from governance.stress.engines.tree_rescore import TreeRescore

    if isinstance(opened, Weights):
        return LinearRescore(predictor, decider, opened), "the file's score is a sum of weighted columns"
    return TreeRescore(predictor, decider, opened), "the file's score is a sum of trees"
