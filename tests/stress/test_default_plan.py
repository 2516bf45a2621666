"""The plan that the product makes where nobody brings one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from governance.data.table import ParquetDataset
from governance.stress.columns import Columns
from governance.stress.default_plan import default_plan
from tests.stress.making import made


@pytest.mark.parametrize(("kind", "positive"), [(int, "1"), (bool, "True")])
def test_the_products_own_plan_takes_labels_of_every_kind(tmp_path: Path, kind: type, positive: str) -> None:
    case = made("boosted")
    schema = case.subject.data.schema
    frame = case.frame.assign(**{schema.target: (case.frame[schema.target] == schema.positive).astype(kind)})
    table = tmp_path / "rows.parquet"
    frame.to_parquet(table)
    columns = Columns(ParquetDataset(table, "0" * 64))
    roles = replace(schema, positive=positive, negative=())
    plan = default_plan(columns, roles, tuple(case.model.signature.columns), 0.05, ())
    positives = int(frame[schema.target].sum())
    sides = {len(columns.where(item.where)) for item in plan if item.kind == "label"}
    assert sides == {positives, len(frame) - positives}


@pytest.mark.parametrize("value", [0.0, float("nan")])
def test_a_label_of_numbers_has_no_side_of_a_word(tmp_path: Path, value: float) -> None:
    case = made("boosted")
    schema = case.subject.data.schema
    table = tmp_path / "rows.parquet"
    case.frame.assign(**{schema.target: value}).to_parquet(table)
    columns = Columns(ParquetDataset(table, "0" * 64))
    plan = default_plan(columns, schema, tuple(case.model.signature.columns), 0.05, ())
    assert plan
    assert not [item for item in plan if item.kind == "label" or schema.target in item.where]
