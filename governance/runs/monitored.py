"""What monitoring would say about some columns: drift against the reference, and the data contract."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from governance.data import from_table
from governance.drift import Chance, counted_pairs, drift
from governance.evidence import Kept, RefusedInputError, silent
from governance.quality import (
    Expectation,
    Expectations,
    QualityParameters,
    QualityReport,
    baseline,
    check_list,
    checks,
    formats,
)
from governance.subject import Schema, Scores, Sight, Subject

if TYPE_CHECKING:
    import pandas as pd

    from governance.subject import Dataset

_PROPOSED: Final[Kept[Expectations]] = Kept("proposed expectations", 4)
_SEED: Final = 20
"""Of the draws that drift tests make: looking twice at the same rows says the same."""
_DRAWN: Final[Kept[tuple[Chance, Any]]] = Kept("draws of monitoring", 1)
_ORDER: Final = ("material", "small", "none")


def monitored(subject: Subject, rows: pd.DataFrame, contract: str, scores: Scores | None = None) -> Sight:
    """Return what drift and contract say about the columns of `rows`, and drift about the model's scores.

    Raises:
        RefusedInputError: there is no reference, or the contract cannot be read.
    """
    if subject.reference is None:
        raise RefusedInputError("There is no reference to compare with.", "Choose a reference.")
    names = [str(name) for name in rows.columns if name in subject.reference.columns]
    reference = subject.reference.frame(tuple(names))
    verdicts = _verdicts(reference, rows, names)
    return Sight(
        drift=next((word for word in _ORDER if word in verdicts.values()), "not_assessed"),
        moved=tuple(sorted(name for name, word in verdicts.items() if word == "material")),
        failed=_failed(rows, _expected(subject.reference, contract)),
        scores="" if scores is None else _moved(scores),
    )


def _moved(scores: Scores) -> str:
    """Return the verdict of drift on a model's scores."""
    import pandas as pd

    before, now = (pd.DataFrame({"score": part}) for part in (scores.reference, scores.now))
    return _verdicts(before, now, ["score"])["score"]


def _verdicts(before: pd.DataFrame, now: pd.DataFrame, names: list[str]) -> dict[str, str]:
    """Return column -> the verdict of drift; each look begins with the same draws, which are made once for all of them."""
    drawn, state = _DRAWN.get(_SEED, _draws)
    rng = np.random.default_rng(_SEED)
    rng.bit_generator.state = state
    found, _ = drift(counted_pairs(before, now, names, progress=silent), rng, chance=Chance(rng, drawn))
    return {item.name: item.verdict for item in found}


def _draws() -> tuple[Chance, Any]:
    """Return what chance draws first, and the state of the generator behind it."""
    rng = np.random.default_rng(_SEED)
    chance = Chance(rng)
    return chance, rng.bit_generator.state


def _expected(reference: Dataset, contract: str) -> Expectations:
    if contract:
        return formats.from_json(json.loads(contract))
    return _PROPOSED.get((reference.digest, reference.n_rows, id(reference)), lambda: baseline(reference, silent))


def _of_these(item: Expectation, rows: pd.DataFrame) -> bool:
    """Return whether an expectation can be held against some columns of a table alone: those of one column, and shares of rows."""
    if item.column not in rows.columns:
        return False
    if item.check == "column_order":
        return item.text in rows.columns
    return item.check == "value_share" or check_list.named(item.check).of_column is not None


def _failed(rows: pd.DataFrame, expected: Expectations) -> tuple[str, ...]:
    """Return the checks of the columns alone that fail; those of the whole table cannot be told from some of its columns."""
    import pyarrow as pa

    asked = tuple(item for item in expected.expectations if _of_these(item, rows))
    if not asked:
        return ()
    data = from_table(pa.Table.from_pandas(rows, preserve_index=False), Schema())
    parameters = QualityParameters(expectations=replace(expected, expectations=asked))
    report = checks.run(Subject(data), parameters, rng=np.random.default_rng(_SEED), progress=silent).result
    if not isinstance(report, QualityReport):
        return ()
    return tuple(sorted(f"{item.check}({item.column})" for item in report.checks if item.outcome == "failed"))
