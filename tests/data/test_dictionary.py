"""A dictionary of words: read, refused, written back, and put into results where they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given, strategies as st

from governance.data import ColumnWords, Dictionary, dictionary, spoken, spoken_rows
from governance.evidence import RefusedInputError

WORDS = Dictionary(
    (
        ColumnWords("debt_ratio", "Debts as a share of income", "%"),
        ColumnWords("housing", "Home", values={"own": "their own", "rent": "rented"}),
        ColumnWords("repaid", values={"yes": "repaid", "no": "not repaid"}),
    ),
    selected="approved",
    not_selected="declined",
)
TOML = """selected = "approved"
not_selected = "declined"

[columns.debt_ratio]
label = "Debts as a share of income"
unit = "%"

[columns.housing]
label = "Home"
values = { own = "their own", rent = "rented" }

[columns.repaid]
values = { yes = "repaid", no = "not repaid" }
"""
CSV = """column,value,label,unit
debt_ratio,,Debts as a share of income,%
housing,,Home,
housing,own,their own,
housing,rent,rented,
repaid,yes,repaid,
repaid,no,not repaid,
*,selected,approved,
*,not_selected,declined,
"""


def test_toml_and_csv_say_the_same_and_are_told_apart() -> None:
    assert dictionary.read(TOML) == WORDS == dictionary.read(CSV)


def test_columns_values_units_outcomes_and_decisions_have_words() -> None:
    assert WORDS.label("debt_ratio") == "Debts as a share of income"
    assert WORDS.label("debt_ratio + housing + age") == "Debts as a share of income + Home + age"
    assert WORDS.value("debt_ratio", "0.4") == "0.4 %"
    assert WORDS.value("debt_ratio", "missing") == "missing"
    assert WORDS.value("housing", "own") == "their own"
    assert WORDS.value("age", "own") == "own"
    assert WORDS.outcome("repaid", "yes", ("no",)) == ("repaid", "not repaid")
    assert Dictionary().outcome("repaid", "yes", ("no",)) == ("yes", "not yes")
    assert (WORDS.decided(selected=True), Dictionary().decided(selected=False)) == ("approved", "not selected")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("label = 3", "Unknown field 'label' in the dictionary"),
        ("[columns.a]\nname = 'x'", "Unknown field 'name' in the column 'a'"),
        ("[columns.a]\nlabel = 3", "A word for 'a' is '3', expected a text"),
        ("[columns.a]\nlabel = 'x'\n[columns.b]\nlabel = 'x'", "'b' and 'a' would both be called 'x'"),
        ("[columns.a]\nlabel = 'b'\n[columns.b]\nunit = 'x'", "would both be called 'b'"),
        (f"[columns.a]\nlabel = '{'x' * 121}'", "at most 120 characters"),
        ("columns = 1", "columns is no table"),
        ("= =", "The file of words is not TOML"),
        ("column,what\na,b", "The header is column, what"),
        ("column,value,label\n,x,y", "Line 2 names no column"),
        ("column,value,label\na,,x\na,,y", "Line 3 names 'a' '' a second time"),
        ("[columns.a]\nlabel = ['x']", "A word for 'a' is \"['x']\", expected a text"),
        ("[columns.a]\nvalues = { yes = true }", "A word for 'a' is 'True', expected a text"),
        ("column,label\na,x,y,z", "Line 2 has 4 cells, expected at most 2"),
        ("column,label,label\na,x,y", "The header is column, label, label"),
        ('column,label\na,"x', "is no line of a CSV table"),
        pytest.param(f"column,label\na,{'x' * 200_000}", "is no line of a CSV table", id="a long cell"),
        pytest.param(f"selected = {'[' * 5000}{']' * 5000}", "nested too deeply", id="nested"),
    ],
)
def test_what_is_no_dictionary_is_refused_with_the_place(text: str, words: str) -> None:
    with pytest.raises(RefusedInputError) as error:
        dictionary.read(text)
    assert words in str(error.value)


@given(
    st.dictionaries(
        st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=12),
        st.dictionaries(
            st.text(st.characters(blacklist_categories=["Cs"]), max_size=8),
            st.sampled_from(["a", 'b "c" \\', "é"]),
            max_size=3,
        ),
        max_size=4,
    )
)
def test_every_dictionary_is_written_so_that_it_reads_back(values: Mapping[str, Mapping[str, str]]) -> None:
    made = Dictionary(tuple(ColumnWords(name, values=words or None) for name, words in values.items()), selected='x"y')
    assert dictionary.from_toml(dictionary.to_toml(made)) == made


def test_labels_are_suggested_from_names_and_meanings_are_not() -> None:
    found = dictionary.suggested(("debt_ratio", "hoursPerWeek", "tenure_months", "age"))
    assert [(item.column, item.label, item.unit) for item in found.columns] == [
        ("debt_ratio", "Debt ratio", ""),
        ("hoursPerWeek", "Hours Per Week", ""),
        ("tenure_months", "Tenure", "months"),
        ("age", "Age", ""),
    ]
    assert all(item.values is None for item in found.columns)
    assert dictionary.suggested(("a_b", "a-b")) == Dictionary()


@dataclass(frozen=True, slots=True)
class Share:
    feature: str
    value: str
    size: float


@dataclass(frozen=True, slots=True)
class Pair:
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Group:
    group: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    shares: tuple[Share, ...]
    pair: Pair
    groups: tuple[Group, ...]
    title: str


def test_a_result_is_spoken_field_by_field_and_stays_itself() -> None:
    report = Report(
        (Share("housing", "own", 1.0), Share("age", "own", 2.0)),
        Pair("housing", "age"),
        (Group({"housing": "rent"}),),
        "housing",
    )
    said = spoken(report, WORDS)
    assert said == Report(
        (Share("Home", "their own", 1.0), Share("age", "own", 2.0)),
        Pair("Home", "age"),
        (Group({"Home": "rented"}),),
        "housing",
    )
    assert report.shares[0].feature == "housing"
    assert spoken(report, Dictionary()) is report


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("debt_ratio >= 0.4", "Debts as a share of income at least 0.4 %"),
        ('housing = "own" and age < 30', "Home their own and age below 30"),
        ('housing in ("own", "rent") or age is missing', "Home their own or rented or age missing"),
        ('not (housing = "own")', "not (Home their own)"),
        ("debt_ratio >=", "debt_ratio >="),
        ("", ""),
    ],
)
def test_a_filter_is_said_in_words(rows: str, said: str) -> None:
    assert spoken_rows(rows, WORDS) == said
    assert spoken_rows(rows, Dictionary()) == rows
