"""Local Law 144 tables, and tables that others published."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from governance.data.in_memory import InMemory
from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import silent
from governance.fairness.local_law_144.impact import impact_ratio
from governance.fairness.local_law_144.impact_ratio import STANDARD_JUSTIFICATION, Line, below_four_fifths, impact_table
from governance.fairness.local_law_144.published import check
from governance.fairness.report import ImpactReport
from governance.fairness.spec import ImpactRatio
from governance.subject.schema import Schema
from governance.subject.subject import Subject


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, 10**9))
def test_four_fifths_is_decided_without_rounding(s: int, n: int, best: int, m: int) -> None:
    assert below_four_fifths(s, n, best, m) == (Fraction(s, n) / Fraction(best, m) < Fraction(4, 5))


def test_a_category_under_two_percent_is_excluded_and_never_the_reference() -> None:
    found = impact_table([Line("a", 600, 300), Line("b", 390, 150), Line("tiny", 10, 10)])
    tiny = found.groups[2]
    assert (tiny.excluded, tiny.impact_ratio, tiny.below_four_fifths) == (True, None, None)
    assert tiny.rate == 1.0
    assert found.reference == "a"
    assert found.justification == STANDARD_JUSTIFICATION


def test_exactly_two_percent_is_not_excluded_and_small_ones_can_be_kept() -> None:
    assert not impact_table([Line("a", 980, 300), Line("b", 20, 10)]).groups[1].excluded
    kept = impact_table([Line("a", 990, 300), Line("b", 10, 10)], keep_small=True)
    assert kept.reference == "b"
    assert kept.justification == ""


def test_nobody_selected_leaves_no_reference() -> None:
    found = impact_table([Line("a", 50, 0), Line("b", 50, 0)])
    assert found.reference == ""
    assert [group.impact_ratio for group in found.groups] == [None, None]


def report(frame: pd.DataFrame, schema: Schema, **parameters: object) -> ImpactReport:
    found = impact_ratio(
        Subject(InMemory(frame, schema, 7)), ImpactRatio(**parameters), rng=np.random.default_rng(0), progress=silent
    )
    assert isinstance(found.result, ImpactReport)
    return found.result


def applicants() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "sex": rng.choice(["F", "M", None], 400, p=[0.45, 0.5, 0.05]),
            "race": rng.choice(["r", "s", "t"], 400),
            "score": rng.random(400).round(2),
            "day": pd.date_range("2024-01-01", periods=400, freq="D"),
        }
    )
    return frame.astype({"sex": object})


SCHEMA = Schema(score="score", sensitive=("sex", "race"), timestamp="day")


def test_both_forms_and_the_intersection_count_as_pandas_does() -> None:
    frame = applicants()
    for form, chosen in {
        "selection_rate": frame.score >= 0.5,
        "scoring_rate": frame.score > frame.score.median(),
    }.items():
        found = report(frame, SCHEMA, form=form)
        assert [table.attributes for table in found.tables] == [("sex",), ("race",), ("sex", "race")]
        for table in found.tables:
            expected = chosen.groupby([frame[name] for name in table.attributes]).agg(["size", "sum"])
            assert {g.category: (g.applicants, g.selected) for g in table.groups} == {
                (", ".join(key) if isinstance(key, tuple) else key): tuple(row)
                for key, row in zip(expected.index, expected.values, strict=True)
            }
            assert table.unknown == (0 if table.attributes == ("race",) else int(frame.sex.isna().sum()))
        assert (found.first_date, found.last_date) == ("2024-01-01", "2025-02-03")


def test_when_selection_is_bad_the_people_not_selected_are_counted() -> None:
    frame = applicants()
    found = report(frame, Schema(score="score", sensitive=("race",), selected_is="bad"))
    expected = (frame.score < 0.5).groupby(frame.race).sum()
    assert {group.category: group.selected for group in found.tables[0].groups} == expected.to_dict()
    assert "not selected" in found.notices[0]


def test_the_scoring_form_needs_scores() -> None:
    frame = applicants().assign(p="1")
    with pytest.raises(RefusedInputError, match="needs a score"):
        report(frame, Schema(prediction="p", positive="1", sensitive=("sex",)), form="scoring_rate")


PUBLISHED = """Category,Applicants,Selected,Rate,Impact_Ratio
Men,"1,390",667,0.48,1.00
Women,1181,555,47.0%,0.98
Other,300,100,0.34,0.69
Unknown,17,5,,
"""


def test_published_cells_are_checked_against_their_own_counts_at_their_own_precision() -> None:
    found = check(PUBLISHED)
    table = found.table
    verdicts = {(cell.category, cell.column): cell.reproduces == "yes" for cell in found.cells}
    assert verdicts == {
        ("Men", "rate"): True,
        ("Men", "impact_ratio"): True,
        ("Women", "rate"): True,
        ("Women", "impact_ratio"): True,
        ("Other", "rate"): False,
        ("Other", "impact_ratio"): True,
    }
    assert table.unknown == 17


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("category,applicants\na,1\n", "missing: selected"),
        ("category,applicants,selected\na,10,11\n", "11 selected of 10"),
        ("category,applicants,selected\na,10,1\na,10,1\n", "occurs 2 times"),
        ("category,applicants,selected\na,ten,1\n", "'ten'"),
        ("category,applicants,selected\na,-1,0\n", "'-1'"),
        ("category,applicants,selected\n", "no rows"),
        ("category,applicants,selected\na,1,1,9\n", "4 fields"),
    ],
)
def test_a_table_that_cannot_be_counts_is_refused_with_words(text: str, words: str) -> None:
    with pytest.raises(RefusedInputError, match=words):
        check(text)


@pytest.mark.parametrize("kind", ["category", "object", "str"])
def test_days_written_as_text_span_the_sample_in_the_order_of_the_text(kind: str) -> None:
    frame = applicants()
    text = frame.day.dt.strftime("%Y-%m-%d")
    found = report(frame.assign(day=text[::-1].to_numpy()).astype({"day": kind}), SCHEMA)
    assert (found.first_date, found.last_date) == ("2024-01-01", text.iloc[-1])
