"""The catalogue of sentences: a PO file of GNU gettext, read strictly. The English sentence is the key of its translations.

Source of the form: GNU gettext manual, "The Format of PO Files" (entries of msgid, msgid_plural and msgstr, with continued strings).
Contexts (msgctxt) and fuzzy entries are not used and refused.
"""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from governance.evidence import RefusedInputError

_FOLDER: Final = Path(__file__).resolve().parent
_FIELDS: Final = ("msgid_plural", "msgid", "msgstr[0]", "msgstr[1]", "msgstr")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The sentences of one language."""

    sentences: dict[str, str]
    """English sentence -> its translation; names in braces are the same on both sides."""
    counted: dict[tuple[str, str], tuple[str, str]]
    """(English for one, English for another number) -> the same two in the language."""


@cache
def catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language that is shipped, for example "de"; English has none, its sentences are the keys."""
    return read((_FOLDER / f"{language}.po").read_text("utf-8"))


def read(text: str) -> Catalogue:
    """Return the catalogue that a PO file holds.

    Raises:
        RefusedInputError: a line that is none of the form, a sentence twice or without translation, or other names in braces.
    """
    sentences: dict[str, str] = {}
    counted: dict[tuple[str, str], tuple[str, str]] = {}
    for number, entry in _entries(text):
        if entry.get("msgid") == "":
            continue  # the header
        if "msgid_plural" in entry:
            key, told = (
                (entry["msgid"], entry["msgid_plural"]),
                (entry.get("msgstr[0]", ""), entry.get("msgstr[1]", "")),
            )
            _require(number, key in counted, key, told)
            counted[key] = told
        else:
            one, said = entry["msgid"], entry.get("msgstr", "")
            _require(number, one in sentences, (one,), (said,))
            sentences[one] = said
    return Catalogue(sentences, counted)


def names(text: str) -> set[str]:
    """Return the names in braces of a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _require(number: int, twice: object, english: tuple[str, ...], told: tuple[str, ...]) -> None:
    if twice:
        raise RefusedInputError(f"Line {number}: {english[0]!r} is there twice.", "Keep one of the two.")
    if not all(told):
        raise RefusedInputError(f"Line {number}: {english[0]!r} has no translation.", "Write it after msgstr.")
    if set().union(*map(names, english)) != set().union(*map(names, told)):
        raise RefusedInputError(
            f"Line {number}: {told[0]!r} has other names in braces than {english[0]!r}.", "Take the same names."
        )


def _entries(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the line at which each entry ends, and its fields."""
    entry: dict[str, str] = {}
    field, number = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if not words or words.startswith("#"):
            if entry:
                yield number, entry
            entry, field = {}, ""
            continue
        name = next((item for item in _FIELDS if words.startswith(f"{item} ")), "")
        if name == "msgid" and entry:
            yield number, entry
            entry = {}
        field = name or field
        if not field or (name and name in entry):
            raise RefusedInputError(f"Line {number} is none of a PO file: {words[:60]!r}.", "Write msgid or msgstr.")
        entry[field] = entry.get(field, "") + _quoted(number, words.removeprefix(name).strip())
    if entry:
        yield number, entry


def _quoted(number: int, words: str) -> str:
    try:
        found = json.loads(words)
    except ValueError:
        found = None
    if not isinstance(found, str):
        raise RefusedInputError(f"Line {number} holds no quoted text: {words[:60]!r}.", 'Write "...".')
    return found
