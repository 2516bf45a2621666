"""What any value of a column can do, against brute force through ONNX Runtime."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import silent
from governance.stress.any_value import any_value
from governance.stress.engines.engine import decider_of
from governance.stress.engines.tree_rescore import TreeRescore, open_trees
from governance.stress.report import AnyValueReport
from governance.stress.spec import StressAnyValue
from governance.subject.subject import Subject
from tests.stress.making import Made, made


def report_of(subject: Subject, parameters: StressAnyValue) -> AnyValueReport:
    found = any_value(subject, parameters, rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(found, AnyValueReport)
    return found


def thresholds(case: Made, name: str) -> list[float]:
    """Return numbers around every threshold that the file holds for any column, finer than any step of this one."""
    from governance.models.graph.cut import Cut
    from governance.models.graph.trees import parse_trees

    splits = parse_trees(Cut(case.model).node).splits
    every = np.unique(splits.threshold[~splits.leaf].astype(np.float32))
    around = np.concatenate([every, np.nextafter(every, np.float32(np.inf)), np.nextafter(every, np.float32(-np.inf))])
    del name
    return [*np.unique(around).astype(float).tolist(), -1e9, 1e9, float("nan")]


def scores(case: Made, rows: pd.DataFrame, name: str, values: list[Any]) -> Any:
    """Return (values, rows) the model's own scores."""
    frame = pd.concat([rows.assign(**{name: value}) for value in values], ignore_index=True)
    positive = list(case.model.signature.classes).index("yes")
    return case.model.predict(frame).score[:, positive].reshape(len(values), len(rows))


@pytest.mark.parametrize("sort", ["boosted", "forest"])
@pytest.mark.parametrize("name", ["age", "income", "visits"])
def test_lowest_and_highest_score_of_60_rows_equal_brute_force(sort: str, name: str) -> None:
    case = made(sort)
    rows = case.frame.head(60).astype({"age": float, "visits": float})
    decider = decider_of(case.model.signature, case.subject.data.schema)
    engine = TreeRescore(case.model, decider, open_trees(case.model, rows))
    engine.open(rows, decider.answers(case.model.predict(rows)))
    found = engine.reach(name)
    assert found is not None
    every = scores(case, rows, name, thresholds(case, name))
    low, high = (np.sort(np.vstack([end.score for end in found]), axis=0)[at] for at in (0, 1))
    assert np.abs(low - every.min(axis=0)).max() < 1e-5
    assert np.abs(high - every.max(axis=0)).max() < 1e-5


@pytest.mark.parametrize("sort", ["boosted", "forest"])
def test_people_whom_a_column_can_move_are_those_of_brute_force(sort: str) -> None:
    case = made(sort)
    rows = case.frame.head(60).reset_index(drop=True)
    from governance.data.in_memory import InMemory

    subject = replace(case.subject, data=InMemory(rows, case.subject.data.schema), predictions=case.model.predict(rows))
    found = report_of(subject, StressAnyValue())
    label = (rows["good"] == "yes").to_numpy()
    assert [item.columns for item in found.columns] == [("age",), ("income",), ("visits",), ("sex",), ("city",)]
    for item in found.columns:
        name = item.columns[0]
        is_text = name in ("sex", "city")
        values: list[Any] = [*sorted(set(rows[name])), "nobody", None] if is_text else thresholds(case, name)
        every = scores(case, rows.astype({"age": float, "visits": float}), name, values) >= 0.5
        old = scores(case, rows, "sex", [rows["sex"]])[0] >= 0.5
        flips = (every != old).any(axis=0)
        breaks = ((every != label) & (old == label)).any(axis=0)
        assert (item.can_flip, item.can_break, item.cannot_flip) == (flips.sum(), breaks.sum(), 60 - flips.sum()), name
        assert sum(group.can_flip for group in item.groups if group.attribute == "sex") == item.can_flip


def test_a_pair_moves_at_least_whom_its_columns_move_alone() -> None:
    case = made("boosted")
    found = report_of(case.subject, StressAnyValue(columns=("visits", "city"), pairs=(("visits", "city"),)))
    alone, pair = found.columns[:2], found.columns[2]
    assert pair.columns == ("visits", "city")
    assert pair.can_flip >= max(item.can_flip for item in alone)
    assert pair.tried == alone[0].tried * alone[1].tried


def test_numbers_of_a_model_without_trees_are_not_assessed_and_texts_are() -> None:
    found = report_of(made("linear").subject, StressAnyValue())
    assert [item.columns for item in found.columns] == [("sex",), ("city",)]
    assert {item.columns[0] for item in found.not_assessed} == {"age", "income", "visits"}
    assert "a number of any size has an effect of any size" in found.not_assessed[0].outcome.reason
    again = report_of(made("linear").subject, StressAnyValue(engine="ask_again"))
    assert "not made of trees alone" in again.not_assessed[0].outcome.reason


def test_several_classes_are_asked_step_by_step() -> None:
    case = made("several", "people", 120)
    found = report_of(case.subject, StressAnyValue(columns=("visits",)))
    every = case.model.predict(
        pd.concat([case.frame.assign(visits=value) for value in thresholds(case, "visits")], ignore_index=True)
    ).score.argmax(axis=1)
    old = case.model.predict(case.frame).score.argmax(axis=1)
    assert found.columns[0].can_flip == int((every.reshape(-1, len(old)) != old).any(axis=0).sum())


def test_what_cannot_be_looked_at_is_refused_with_words() -> None:
    with pytest.raises(RefusedInputError, match="no decision that a value could change"):
        report_of(made("regression").subject, StressAnyValue())
    with pytest.raises(RefusedInputError, match="No column of the model 'agee'"):
        report_of(made("boosted").subject, StressAnyValue(columns=("agee",)))
