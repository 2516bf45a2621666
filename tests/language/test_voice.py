"""How each language writes sentences, numbers, days and lists."""

from __future__ import annotations

import html

from hypothesis import given, strategies as st

from governance.evidence import number, percent
from governance.language import ENGLISH, Voice, known, speaking

GERMAN = Voice("de")


def test_numbers_shares_and_days_are_written_as_each_language_writes_them() -> None:
    assert (ENGLISH.number(1234.5), GERMAN.number(1234.5)) == ("1,234.500", "1.234,500")
    assert (ENGLISH.percent(0.123), GERMAN.percent(0.123)) == ("12.3 %", "12,3 %")
    assert (ENGLISH.interval(0.1, 0.25), GERMAN.interval(0.1, 0.25)) == ("0.100 to 0.250", "0,100 bis 0,250")
    assert (ENGLISH.day("2026-06-01T12:00:00Z"), GERMAN.day("2026-06-01T12:00:00Z")) == ("2026-06-01", "01.06.2026")
    assert GERMAN.number(None) == GERMAN.interval(None, 1) == "–"
    assert GERMAN.day("soon") == "soon"
    assert GERMAN.whole(-1234567) == "-1.234.567"


def test_lists_and_counts_follow_the_language() -> None:
    assert GERMAN.join(["a", "b", "c"]) == "a, b und c"
    assert ENGLISH.join(["a", "b"]) == "a and b"
    assert ENGLISH.join([]) == ""
    texts = ("an answer to the open question", "answers to {n} open questions")
    assert ENGLISH.count(1, *texts) == "an answer to the open question"
    assert GERMAN.count(1200, *texts) == "Antworten auf 1.200 offene Fragen"


@given(st.text(max_size=40))
def test_a_value_is_put_in_as_it_is_whatever_braces_it_holds(text: str) -> None:
    assert GERMAN.say("Model: {models}", models=text) == f"Modell: {text}"
    assert ENGLISH.say("Model: {models}", models=text) == f"Model: {text}"


def test_names_from_files_go_through_the_escape_of_the_place() -> None:
    voice = Voice("de", html.escape)
    assert voice("<b>") == "&lt;b&gt;"
    assert speaking(voice) is voice
    assert speaking(html.escape)("<b>") == "&lt;b&gt;"
    assert speaking(str).language == "en"


def test_what_nobody_translated_stays_english_and_a_strange_language_is_english() -> None:
    assert GERMAN.say("Nobody wrote this sentence.") == "Nobody wrote this sentence."
    assert [known(item) for item in ("de", "en", "xx", "", "../de")] == ["de", "en", "en", "en", "en"]


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_english_writes_every_number_as_all_pages_do(value: float) -> None:
    assert ENGLISH.number(value) == number(value)
    assert ENGLISH.percent(value) == percent(value)
