"""Canonical bytes against RFC 8785's own vectors, and what a strict reader refuses."""

from __future__ import annotations

import datetime as dt
import enum
import json
import math
import struct
from typing import Any

import numpy as np
import pytest
import rfc8785
from hypothesis import given, settings, strategies as st

from governance.evidence.errors import RefusedInputError
from storage.ledger.canonical import canonical, decode_base64, encode_base64, parse, parse_canonical, refuse_floats

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_the_published_documents_have_the_published_bytes(vectors: Any, name: str) -> None:
    case = vectors["rfc8785"]["cases"][name]
    assert canonical(json.loads(case["input"])).hex() == case["output_utf8_hex"]
    assert len(vectors["rfc8785"]["cases"]) == 6


def test_numbers_are_written_as_ecmascript_writes_them(vectors: Any) -> None:
    for bits, text in vectors["rfc8785"]["numbers_ieee754_hex"]:
        (number,) = struct.unpack(">d", bytes.fromhex(bits.rjust(16, "0")))
        assert canonical(number).decode() == text


@pytest.mark.parametrize(
    "value",
    [
        2**53,
        -(2**53),
        math.nan,
        math.inf,
        -math.inf,
        "\ud800",
        {"\ud800": 1},
        {1: "one"},
        {None: 1},
        {"a": {2: 3}},
        b"bytes",
        dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        {"a set"},
    ],
    ids=repr,
)
def test_what_json_cannot_hold_in_one_way_is_refused(value: object) -> None:
    with pytest.raises(RefusedInputError):
        canonical(value)


NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
VALUES = st.recursive(
    PLAIN | NUMBERS | st.sampled_from([-0.0, 1e16, 1e-4, 9.9e-5, 1e21, 5e-324, 2.0**53]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(st.characters(codec="utf-8")) | st.sampled_from("abcd"), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=500)
@given(VALUES)
def test_the_bytes_are_those_of_another_writer(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


class _Colour(enum.StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    "value", [_Colour.RED, {"a": _Colour.RED}, {_Colour.RED: 1}, np.float64(0.1), [np.float64(2.0)]]
)
def test_words_and_numbers_of_other_types_are_written_as_what_they_are(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def test_nesting_without_end_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(RefusedInputError):
        canonical(value)
    with pytest.raises(RefusedInputError):
        parse(b"[" * 100_000)


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"b":2}}',
        b"[NaN]",
        b"[Infinity]",
        b"[-Infinity]",
        b'"\xff"',
        b"{} {}",
        b"",
        b"\xef\xbb\xbf{}",
        '{"a":1}'.encode("utf-16"),
        b"{'a':1}",
        b"9" * 5000,
    ],
)
def test_text_that_two_readers_could_understand_differently_is_refused(text: bytes) -> None:
    with pytest.raises(RefusedInputError):
        parse(text)


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"a": [1, 2.0]}, r"body\.a\[1\]"),
        ({"a": {"b": 0.5}}, r"body\.a\.b"),
        ({"a": 2**53}, r"body\.a"),
        ({"a": -(2**53)}, r"body\.a"),
    ],
)
def test_a_number_that_readers_could_round_is_named(value: object, where: str) -> None:
    with pytest.raises(RefusedInputError, match=where):
        refuse_floats(value)


@settings(deadline=None)
@given(PLAIN)
def test_canonical_text_is_known_as_such_and_survives_reading(value: Any) -> None:
    text = canonical(value)
    assert parse(text) == value
    assert parse_canonical(text) == value
    assert canonical(parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'["\\u00e9"]',
        b'{"a":1,"a":1}',
        b"[1.5]",
        b"[1.0]",
        b"[-0]",
        b"[NaN]",
        b"[9007199254740992]",
        b"[]\n",
        b"",
        b"\xff",
        '["\U00010000"]'.encode("utf-16"),
    ],
)
def test_another_spelling_of_the_same_value_is_not_canonical(text: bytes) -> None:
    with pytest.raises(RefusedInputError):
        parse_canonical(text)


def test_keys_are_ordered_by_utf_16_units() -> None:
    astral, high = "\U00010000", "\uffff"
    text = canonical({high: 1, astral: 2})
    assert text.index(astral.encode()) < text.index(high.encode())
    assert parse_canonical(text) == {astral: 2, high: 1}


def test_the_largest_integers_that_are_exact_are_read() -> None:
    assert parse_canonical(b"[-9007199254740991,9007199254740991]") == [-(2**53) + 1, 2**53 - 1]


@pytest.mark.parametrize("text", ["QQ", "QR==", "QQ==\n", " QQ==", "QQ=", "Q-==", "QQ==QQ==", "é"])
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(RefusedInputError):
        decode_base64(text)


@settings(deadline=None)
@given(st.binary())
def test_base64_round_trips(data: bytes) -> None:
    assert decode_base64(encode_base64(data)) == data
