"""Nothing is signed that nobody can read: names on one line, texts of characters that are shown."""

from __future__ import annotations

import pytest

from governance.evidence.errors import RefusedInputError
from governance.review import require_text, require_word

INVISIBLE = ("", " ", "\u00a0", "\u200b", "\ufeff", "\u00ad", "\u200e", "\u2060\u200d", "\t\n")


@pytest.mark.parametrize("words", INVISIBLE, ids=ascii)
def test_words_that_leave_no_mark_are_no_words(words: str) -> None:
    for require in (require_word, require_text):
        with pytest.raises(RefusedInputError, match="The reason is empty"):
            require("reason", words)


@pytest.mark.parametrize(
    "words", ["a\nb", "a\tb", "a\x00b", "\u202eabc", "a\u2066b", "\u061cx", "\u200fx", "a\u2028b", "a\ud800"], ids=ascii
)
def test_a_name_stands_on_one_line_and_reads_one_way(words: str) -> None:
    with pytest.raises(RefusedInputError, match="turns its direction or is not shown") as refused:
        require_word("title", words)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("words", ["Zoë", "Zoe\u0308", "علی\u200cرضا", "=1+1", "<b>", "👩\u200d⚖\ufe0f", "x" * 200])
def test_names_of_the_world_are_names(words: str) -> None:
    require_word("name", words)


@pytest.mark.parametrize("words", ["a\x00b", "\x1b[2J", "a\x9b", "half \udc00"], ids=ascii)
def test_a_text_holds_no_control_character_but_lines_and_tabs(words: str) -> None:
    with pytest.raises(RefusedInputError, match="control character") as refused:
        require_text("reason", words)
    assert str(refused.value).isprintable()
    require_text("reason", "One line.\r\n\tAnother, \u202bעברית\u202c.")
