"""Expectations: read, written, exchanged with other tools."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from governance.data.table import open_dataset
from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import silent
from governance.quality.checks import baseline
from governance.quality.expectation import Expectation, Expectations, to_json, to_toml
from governance.quality.expectations.formats import from_json, from_toml, read
from governance.quality.expectations.great_expectations import from_suite, to_suite
from governance.quality.expectations.pandera_schema import to_schema, to_script
from governance.subject.schema import Schema

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
ITEMS = st.one_of(
    st.builds(Expectation, st.just("missing"), TEXTS, st.floats(0, 1)),
    st.builds(Expectation, st.just("range"), TEXTS, st.floats(0, 1), FINITE, FINITE),
    st.builds(Expectation, st.just("values"), TEXTS, values=st.lists(TEXTS, max_size=3).map(tuple)),
    st.builds(Expectation, st.just("rule"), text=TEXTS),
    st.builds(Expectation, st.just("type"), TEXTS, text=st.sampled_from(["integer", "text", "number"])),
)


@settings(deadline=None)
@given(TEXTS, st.integers(1, 99), st.lists(ITEMS, max_size=5))
def test_what_is_written_is_read_back(name: str, version: int, items: list[Expectation]) -> None:
    found = Expectations(name, version, "", tuple(items))
    assert from_toml(to_toml(found)) == found
    assert from_json(json.loads(json.dumps(to_json(found)))) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("= 3", "not TOML"),
        ('[[expectations]]\ncheck = "magic"', "No check 'magic'"),
        ('[[expectations]]\ncheck = "missing"\nlimit = 3', "No field of an expectation 'limit'"),
        ('[[expectations]]\ncheck = "missing"\nshare = 3', "share"),
        ('[[expectations]]\ncheck = "type"\ntext = "fish"', "fish"),
        ('{"expectations": 3}', "expectations"),
    ],
)
def test_what_cannot_be_understood_is_refused(text: str, words: str) -> None:
    with pytest.raises(RefusedInputError) as caught:
        read(text)
    assert words in str(caught.value)


SUITE = {
    "expectation_suite_name": "credit",
    "expectations": [
        {"expectation_type": "expect_column_to_exist", "kwargs": {"column": "age"}, "meta": {}},
        {"expectation_type": "expect_column_values_to_not_be_null", "kwargs": {"column": "age", "mostly": 0.95}},
        {"type": "expect_column_values_to_be_between", "kwargs": {"column": "age", "min_value": 18, "max_value": 99}},
        {"type": "expect_column_values_to_be_in_set", "kwargs": {"column": "sex", "value_set": ["Female", "Male"]}},
        {"type": "expect_column_values_to_be_of_type", "kwargs": {"column": "age", "type_": "int64"}},
        {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "id"}},
        {"type": "expect_column_kl_divergence_to_be_less_than", "kwargs": {"column": "age", "threshold": 0.1}},
        {"type": "expect_column_values_to_be_between", "kwargs": {"column": "age", "min_value": 1, "strict_min": True}},
    ],
}


def test_a_suite_of_great_expectations_is_understood_and_the_rest_is_kept_by_name() -> None:
    found = from_suite(SUITE)
    assert found.name == "credit"
    assert found.expectations[:6] == (
        Expectation("column_exists", "age"),
        Expectation("missing", "age", share=0.05),
        Expectation("range", "age", minimum=18.0, maximum=99.0),
        Expectation("values", "sex", values=("Female", "Male")),
        Expectation("type", "age", text="integer"),
        Expectation("unique_key", "id"),
    )
    assert [(item.check, item.text) for item in found.expectations[6:]] == [
        ("foreign", "expect_column_kl_divergence_to_be_less_than"),
        ("foreign", "expect_column_values_to_be_between"),
    ]
    assert read(json.dumps(SUITE)) == found


def test_a_suite_goes_out_and_comes_back_and_says_what_it_cannot_hold() -> None:
    found = from_suite(SUITE)
    suite, left = to_suite(Expectations(found.name, 1, "", (*found.expectations, Expectation("order", maximum=0.1))))
    assert from_suite(suite) == found
    assert left == (Expectation("order", maximum=0.1),)
    assert suite["expectations"][6:] == SUITE["expectations"][6:]


def test_a_suite_of_a_real_baseline_comes_back_whole(shared: Path) -> None:
    data = open_dataset(shared / "data/adult/adult.parquet", Schema(target="income"))
    proposed = baseline(data, silent)
    suite, left = to_suite(proposed)
    back = from_suite(suite)
    assert {*back.expectations, *left} == set(proposed.expectations)


def test_the_pandera_schema_agrees_with_the_checks(tmp_path: Path) -> None:
    pytest.importorskip("pandera", reason="pandera is optional: countersign[pandera]")
    import pandera.errors

    good = pd.DataFrame({"age": [20.0, 30.0, None, 50.0], "sex": ["f", "m", "f", "m"]})
    found = Expectations(
        "e",
        1,
        "",
        (
            Expectation("missing", "age", share=0.25),
            Expectation("range", "age", minimum=18, maximum=60),
            Expectation("values", "sex", values=("f", "m")),
        ),
    )
    space: dict[str, object] = {}
    script, left = to_script(found)
    exec(script, space)  # the exported source is run as its reader would
    for schema in (to_schema(found), space["schema"]):
        schema.validate(good)
        for bad in (good.assign(age=[None, None, 30, 40]), good.assign(age=[1.0, 2, 3, 4]), good.assign(sex="x")):
            with pytest.raises(pandera.errors.SchemaError):
                schema.validate(bad)
    assert left == ()
