"""Hostile words are shown, never interpreted."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from pages._ui.text import JOINER, interval, join, number, percent, plain, shown


def unescaped(text: str) -> str:
    """Undo what a markdown reader undoes: backslashes before punctuation; the joiner is invisible."""
    out, skip = [], False
    for mark in text:
        if mark == "\\" and not skip:
            skip = True
            continue
        out.append(mark)
        skip = False
    return "".join(out).replace(JOINER, "")


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=300))
def test_plain_shows_every_letter(text: str) -> None:
    assert unescaped(plain(text)) == text.strip()


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "**bold**", "[a](https://b.example)", "$x^2$", ":red[no]", "`code`"]
)
def test_no_mark_of_markdown_is_left_without_its_escape(hostile: str) -> None:
    text = plain(hostile)
    bare = [mark for at, mark in enumerate(text) if mark in "<>*[]$`:" and text[at - 1 : at] != "\\"]
    assert bare == []


@pytest.mark.parametrize(
    "hostile", [":material/check_circle:", ":smile:", "https://evil.example", "www.evil.example", "a@evil.example"]
)
def test_what_is_recognised_after_the_escapes_is_broken_by_a_joiner(hostile: str) -> None:
    read = plain(hostile).replace("\\", "")
    assert not any(mark in read for mark in (":m", ":s", "://", "www.", "@e"))


def test_a_name_with_line_breaks_stays_on_one_line() -> None:
    assert shown("age\n# Approved\u2028by\x00all") == "age # Approved by all"


def test_marks_that_turn_the_direction_of_writing_are_made_visible() -> None:
    assert shown("ab\u202ecd") == "ab\N{REPLACEMENT CHARACTER}cd"


def test_long_text_ends_with_an_ellipsis() -> None:
    assert shown("x" * 50, limit=10) == "x" * 9 + "…"


def test_numbers_are_written_one_way() -> None:
    assert [number(48000), number(-0.5), number(None), number(0.12345)] == ["48,000", "−0.500", "–", "0.123"]
    assert [percent(0.4136), percent(None), interval(0.61, 0.67), interval(None, 1.0)] == [
        "41.4 %",
        "–",
        "0.610 to 0.670",
        "–",
    ]


def test_a_list_is_written_as_a_sentence_writes_it() -> None:
    assert [join([]), join(["a"]), join(["a", "b"]), join(("a", "b", "c"))] == ["", "a", "a and b", "a, b and c"]
