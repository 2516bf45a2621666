"""The method `quality.checks` on planted and on real data."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from governance.data.table import open_dataset
from governance.evidence.codec import canonical, decode, encode, parse
from governance.evidence.evidence import silent
from governance.quality import summary
from governance.quality.checks import baseline, report, run
from governance.quality.expectation import Expectation, Expectations
from governance.quality.report import Check, QualityReport
from governance.quality.spec import QualityParameters
from governance.quality.summary import TableSummary, plan, summarise_chunk, summary_of
from governance.subject.schema import Schema
from governance.subject.subject import Subject


def checked(
    frame: pd.DataFrame | Path,
    folder: Path,
    schema: Schema | None = None,
    *expected: Expectation,
    reference: pd.DataFrame | Path | None = None,
) -> QualityReport:
    opened = []
    for index, item in enumerate((frame, reference)):
        path = item
        if isinstance(item, pd.DataFrame):
            path = folder / f"{index}.parquet"
            item.to_parquet(path, index=False)
        opened.append(None if path is None else open_dataset(Path(str(path)), schema or Schema()))
    parameters = QualityParameters(Expectations(expectations=expected) if expected else None)
    assert opened[0] is not None
    finding = run(Subject(opened[0], reference=opened[1]), parameters, rng=np.random.default_rng(0), progress=silent)
    assert isinstance(finding.result, QualityReport)
    return finding.result


def one(found: QualityReport, check: str, column: str = "") -> Check:
    (item,) = [item for item in found.checks if (item.check, item.column) == (check, column)]
    return item


def test_an_ignored_column_is_said_to_be_unread_and_nothing_is_asked_of_it(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": np.arange(40.0), "month": [1, 2] * 20})
    schema = Schema(ignore=("month",))
    found = checked(frame, tmp_path, schema)
    assert {item.column for item in found.checks if item.column} == {"a"}
    assert [item.name for item in found.columns] == ["a"]
    asked = checked(frame, tmp_path, schema, Expectation("missing", "month"))
    assert (one(asked, "missing", "month").outcome, one(asked, "missing", "month").reason) == (
        "not_run",
        "Column 'month' is ignored, as the schema says, and was not read.",
    )


PLANTED = pd.DataFrame(
    {
        "id": [f"p{i}" for i in range(10)],
        "gap": [1.0, None, None, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.5],
        "blank": ["a", " ", "", "b", "c ", "Ã©t", "e", "f", "g", "h"],
        "code": [1, 2, 3, 1, 2, 3, 1, 2, -999, -999],
        "word": ["a", "b", "?", "a", "unknown", "a", "b", "a", "b", "a"],
        "wide": [0.5, np.inf, -np.inf, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
        "same": ["x"] * 10,
        "day": pd.to_datetime(["1900-01-01", *["2024-05-01"] * 9]),
    }
)


@pytest.mark.parametrize(
    ("check", "column", "value"),
    [
        ("missing", "gap", 0.2),
        ("empty_text", "blank", 0.2),
        ("padded_text", "blank", 0.1),
        ("broken_text", "blank", 0.1),
        ("sentinel", "code", 0.2),
        ("sentinel", "word", 0.2),
        ("sentinel", "day", 0.1),
        ("infinite", "wide", 0.2),
        ("constant", "same", None),
    ],
)
def test_each_planted_problem_is_found_with_its_share(
    tmp_path: Path, check: str, column: str, value: float | None
) -> None:
    found = one(checked(PLANTED, tmp_path), check, column)
    assert (found.outcome, found.value) == ("failed", value)
    assert found.reason


def test_what_is_in_order_passes_and_what_was_not_stated_is_not_run(tmp_path: Path) -> None:
    found = checked(PLANTED, tmp_path, Schema(identifier="id"))
    assert one(found, "unique_key", "id").outcome == "passed"
    assert one(found, "missing", "code").value == 0.0
    for check in ("range", "values", "unit_jump", "freshness", "imbalance", "leakage", "order"):
        assert one(found, check).outcome == "not_run"
        assert one(found, check).reason


def test_stated_ranges_lists_rules_and_moments_are_held(tmp_path: Path) -> None:
    found = checked(
        PLANTED,
        tmp_path,
        Schema(),
        Expectation("range", "gap", minimum=4, maximum=9),
        Expectation("range", "wide", minimum=0, share=0.5),
        Expectation("range", "word", minimum=0),
        Expectation("values", "word", values=("a", "b"), share=0.1),
        Expectation("values", "code", values=("1", "2", "3")),
        Expectation("rule", text='not (code = 1 and word = "b")'),
        Expectation("rule", text="nowhere = 1"),
        Expectation("freshness", "day", text="2024-06-01"),
        Expectation("type", "code", text="integer"),
        Expectation("type", "word", text="number"),
        Expectation("column_exists", "nowhere"),
        Expectation("foreign", text="expect_magic"),
    )
    outcomes = [(item.check, item.column, item.outcome, item.value) for item in found.checks]
    assert set(outcomes) >= {
        ("range", "gap", "failed", 0.2),
        ("range", "wide", "passed", 0.0),
        ("range", "word", "not_run", None),
        ("values", "word", "failed", 0.2),
        ("values", "code", "failed", 0.2),
        ("rule", "", "failed", 0.1),
        ("rule", "", "not_run", None),
        ("freshness", "day", "failed", None),
        ("type", "code", "passed", None),
        ("type", "word", "failed", None),
        ("column_exists", "nowhere", "failed", None),
        ("foreign", "", "not_run", None),
    }
    assert one(found, "values", "word").examples == ("?", "unknown")
    order = ["failed", "not_run", "passed"]
    assert [item.outcome for item in found.checks] == sorted((item.outcome for item in found.checks), key=order.index)


def test_repeated_rows_and_identifiers_are_counted(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": [1, 2, 3, 3, 5], "x": ["a", "b", "a", "b", None], "y": [1.0, 2.0, 1.0, 2.5, None]})
    found = checked(frame, tmp_path, Schema(identifier="id"))
    assert one(found, "duplicate_rows").value == pytest.approx(0.2)
    assert one(found, "unique_key", "id").value == pytest.approx(0.2)


def test_a_unit_jump_is_told_from_an_ordinary_shift(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    before = pd.DataFrame({"height": rng.normal(1.7, 0.1, 500), "wage": rng.normal(100, 10, 500)})
    after = pd.DataFrame({"height": rng.normal(170, 10, 500), "wage": rng.normal(300, 30, 500)})
    found = checked(after, tmp_path, reference=before)
    assert one(found, "unit_jump", "height").outcome == "failed"
    assert one(found, "unit_jump", "height").value == pytest.approx(100, rel=0.05)
    assert one(found, "unit_jump", "wage").outcome == "passed"
    assert one(found, "range", "wage").outcome == "failed"


@pytest.mark.parametrize(("before", "after"), [(1e-320, 1.0), (1.0, 1e-320), (1e-323, 1e307), (1e307, 1e-323)])
def test_a_jump_beyond_what_a_number_holds_is_a_jump(before: float, after: float, tmp_path: Path) -> None:
    found = checked(pd.DataFrame({"x": [after] * 60}), tmp_path, reference=pd.DataFrame({"x": [before] * 60}))
    jump = one(found, "unit_jump", "x")
    assert jump.outcome == "failed"
    assert 0 < float(str(jump.value)) < np.inf


def test_a_baseline_accepts_itself_but_for_one_row(tmp_path: Path, shared: Path) -> None:
    path = shared / "data/adult/adult.parquet"
    earlier = tmp_path / "earlier.parquet"
    pd.read_parquet(path).iloc[:-1].to_parquet(earlier)
    found = checked(path, tmp_path, Schema(target="income", positive=">50K"), reference=earlier)
    asked = {
        "range",
        "values",
        "type",
        "column_exists",
        "missing",
        "unit_jump",
        "infinite",
        "constant",
        "order",
        "leakage",
    }
    assert [item for item in found.checks if item.check in asked and item.outcome != "passed"] == []


def test_the_duration_of_the_call_leaks_and_the_file_is_in_order_of_time(tmp_path: Path, shared: Path) -> None:
    found = checked(shared / "data/bank_marketing/bank_marketing.parquet", tmp_path, Schema(target="y", positive="yes"))
    assert {item.column for item in found.checks if item.check == "leakage"} == {"duration"}
    ordered = {item.column: item.value for item in found.checks if item.check == "order"}
    assert ordered["contact"] == max(value for value in ordered.values() if value)
    assert {"contact", "month", "y"} <= set(ordered)
    assert one(found, "sentinel", "pdays").value == pytest.approx(32_678 / 40_004)


def test_a_shuffled_file_has_no_order(tmp_path: Path, shared: Path) -> None:
    rows = pd.read_parquet(shared / "data/bank_marketing/bank_marketing.parquet").sample(frac=1, random_state=1)
    found = checked(rows, tmp_path, Schema(target="y", positive="yes"))
    assert one(found, "order").outcome == "passed"


def test_census_data_do_not_leak(tmp_path: Path, shared: Path) -> None:
    found = checked(shared / "data/adult/adult.parquet", tmp_path, Schema(target="income", positive=">50K"))
    assert one(found, "leakage").outcome == "passed"
    assert one(found, "imbalance", "income").value == pytest.approx(7841 / 32561, abs=1e-3)
    assert one(found, "missing", "occupation").value == pytest.approx(1843 / 32561)


@pytest.mark.parametrize(
    ("path", "target", "positive"),
    [("german_credit/german_credit", "class-label", "1"), ("diabetes130/train", "readmitted", "")],
)
def test_data_that_the_rule_was_not_made_on_do_not_leak_until_a_leak_is_put_in(
    tmp_path: Path, shared: Path, path: str, target: str, positive: str
) -> None:
    rows = pd.read_parquet(shared / "data" / f"{path}.parquet")
    schema = Schema(target=target, positive=positive)
    assert one(checked(rows, tmp_path, schema), "leakage").outcome == "passed"
    known_later = rows[target].astype(str).where(np.random.default_rng(3).random(len(rows)) < 0.85, "unknown")
    leaking = checked(rows.assign(collected=known_later), tmp_path, schema)
    assert [item.column for item in leaking.checks if item.check == "leakage"] == ["collected"]


def test_later_patients_hold_categories_that_the_baseline_did_not(tmp_path: Path, shared: Path) -> None:
    folder = shared / "data/diabetes130"
    schema = Schema(target="readmitted", identifier="encounter_id")
    found = checked(folder / "later.parquet", tmp_path, schema, reference=folder / "baseline.parquet")
    before, after = (pd.read_parquet(folder / f"{name}.parquet")["medical_specialty"] for name in ("baseline", "later"))
    strange = after.notna() & ~after.isin(before.dropna().unique())
    assert one(found, "values", "medical_specialty").value == pytest.approx(strange.mean())
    assert one(found, "missing", "A1Cresult").value == 0.0


def test_a_report_survives_the_way_through_json(tmp_path: Path) -> None:
    found = checked(PLANTED, tmp_path, Schema(identifier="id"))
    assert decode(QualityReport, parse(canonical(encode(found)))) == found


def whole_and_pieces(frame: pd.DataFrame, folder: Path, cuts: list[int]) -> tuple[QualityReport, QualityReport]:
    frame.to_parquet(folder / "t.parquet", index=False)
    data = open_dataset(folder / "t.parquet", Schema(target="y", positive="a", identifier="k"))
    expected = (
        *baseline(data, silent).expectations,
        Expectation("rule", text="x < 3"),
        Expectation("range", "x", minimum=0, maximum=2),
        Expectation("values", "y", values=("a",)),
    )
    what = plan(data, expected)
    whole = report(summary_of(data, what), what, data, "test")
    edges = sorted({0, *[cut % (len(frame) + 1) for cut in cuts], len(frame)})
    pieces = TableSummary({name: summary.ColumnSummary(name) for name in data.columns})
    rows = data.frame()
    for first, last in pairwise(edges):
        pieces = pieces + summarise_chunk(rows.iloc[first:last].reset_index(drop=True), what, start=first)
    return whole, report(pieces, what, data, "test")


NUMBERS = st.one_of(st.none(), st.sampled_from([-999.0, 99.0, 0.5, 1.0, 2.0, float("inf")]))


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(NUMBERS, st.sampled_from(["a", "b", " ", "?", None]), st.integers(0, 5)), min_size=1, max_size=40
    ),
    st.lists(st.integers(0, 100), max_size=4),
)
def test_chunks_give_the_report_of_the_whole(tmp_path: Path, rows: list[tuple[object, ...]], cuts: list[int]) -> None:
    frame = pd.DataFrame(rows, columns=["x", "y", "k"]).astype({"x": "float64", "y": "str"})
    whole, pieces = whole_and_pieces(frame, tmp_path, cuts)
    assert pieces == whole


def test_long_tables_are_sampled_the_same_way_whatever_the_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summary, "SAMPLE_ROWS", 300)
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"x": rng.normal(size=2_000), "y": rng.choice(["a", "b"], 2_000), "k": np.arange(2_000)})
    whole, pieces = whole_and_pieces(frame, tmp_path, [1, 333, 1_500])
    assert whole.sampled_rows == 286
    assert pieces == whole
