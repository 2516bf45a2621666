"""One catalogue: every sentence that the code says is in it, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from governance.evidence import RefusedInputError
from governance.language import LANGUAGES, catalogue, read
from governance.language.po_file import names
from scripts import sentences

ROOT = Path(__file__).resolve().parents[2]
HEAD = 'msgid ""\nmsgstr "Language: de\\n"\n\n'


@pytest.mark.parametrize("language", [item for item in LANGUAGES if item != "en"])
def test_every_sentence_that_is_said_is_translated_and_nothing_else_is_kept(language: str) -> None:
    held = catalogue(language)
    assert sentences.used() == {*held.sentences, *held.counted}


def test_a_new_sentence_is_missed(tmp_path: Path) -> None:
    import ast

    tree = ast.parse(
        'voice.say("Nobody says this." if x else "Or this."); mark("This later."); v.count(n, "One.", "{n}.")'
    )
    assert set(sentences._of(tree)) == {"Nobody says this.", "Or this.", "This later.", ("One.", "{n}.")}


def test_german_is_written_with_its_own_quotes_and_without_english_words() -> None:
    held = catalogue("de")
    texts = [*held.sentences.values(), *(text for both in held.counted.values() for text in both)]
    assert [text for text in texts if "“" in text and "„" not in text] == []
    english = re.compile(r"\b(the|is|are|were|what|which|this|these|model's|of|and|your|vote)\b")
    assert [text for text in texts if english.search(re.sub(r"{.*?}|\(#.*?\)", "", text))] == []


def test_both_sides_of_an_entry_name_the_same_things() -> None:
    for english, german in catalogue("de").sentences.items():
        assert names(english) == names(german), english


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ('msgid "a"\nmsgstr ""\n', "has no translation"),
        ('msgid "a {x}"\nmsgstr "b {y}"\n', "other names in braces"),
        ('msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n', "is there twice"),
        ('msgid "a"\nmsgctxt "b"\n', "none of a PO file|no quoted text"),
        ('msgid a\nmsgstr "b"\n', "no quoted text"),
        ('"a"\n', "none of a PO file"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n', "has no translation"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused(entry: str, why: str) -> None:
    with pytest.raises(RefusedInputError, match=why):
        read(HEAD + entry)


def test_continued_lines_comments_and_counted_sentences_are_read() -> None:
    found = read(
        HEAD + '# a note\nmsgid "one "\n"and two"\nmsgstr "eins "\n"und zwei"\n\n'
        'msgid "{n} row"\nmsgid_plural "{n} rows"\nmsgstr[0] "{n} Zeile"\nmsgstr[1] "{n} Zeilen"\n'
    )
    assert found.sentences == {"one and two": "eins und zwei"}
    assert found.counted == {("{n} row", "{n} rows"): ("{n} Zeile", "{n} Zeilen")}
