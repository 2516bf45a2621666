"""Words that come from a file or a person are shown as they are, never as markdown or HTML.

Streamlit renders labels, captions and messages as markdown with directives (`:red[...]`, `:material/...:`), formulae and
automatic links. A column called `:material/check_circle: approved` must look like its name, not like a verdict.
"""

from __future__ import annotations

import re

from governance.evidence import interval, join, number, percent

__all__ = ["interval", "join", "number", "paragraphs", "percent", "plain", "short", "shown", "spoken"]

JOINER = "\N{WORD JOINER}"
_PUNCTUATION = re.compile(r"([!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~])")
_DIRECTIVE = re.compile(r"[:@]|www|[-<>=~](?=[-<>=])", re.IGNORECASE)
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def plain(value: object, limit: int = 400) -> str:
    """Return markdown that shows `value` letter by letter on one line.

    Punctuation is escaped. Colons, at-signs, "www" and dashes of arrows are followed by an invisible word joiner, because
    icons, emoji short codes, automatic links and arrows are recognised after the escapes have been taken away. Control characters become
    a space; marks that turn the direction of writing become a replacement character.

    Args:
        value: anything; its `str` is shown.
        limit: longest text in characters; the rest becomes an ellipsis.
    """
    text = shown(value, limit)
    text = _DIRECTIVE.sub(lambda found: found.group(0) + JOINER, text)
    return _PUNCTUATION.sub(r"\\\1", text)


def paragraphs(value: str, limit: int = 8000) -> str:
    """Return markdown that shows what a person wrote letter by letter, with its line breaks."""
    text = value if len(value) <= limit else value[: limit - 1] + "…"
    return "  \n".join(plain(line, limit) for line in text.strip().splitlines())


def shown(value: object, limit: int = 400) -> str:
    """Return `value` as one line without control characters, for places that do not read markdown."""
    text = _DIRECTION.sub("\N{REPLACEMENT CHARACTER}", _CONTROL.sub(" ", str(value))).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def spoken(name: str) -> str:
    """Return an id as words: "missed-cases-gap" becomes "Missed cases gap". Not escaped."""
    text = shown(name.replace("-", " ").replace("_", " ").strip() or name)
    return f"{text[:1].upper()}{text[1:]}"


def short(digest: str, size: int = 8) -> str:
    """Return the beginning of a digest, enough to recognise it by eye."""
    return digest[:size]
