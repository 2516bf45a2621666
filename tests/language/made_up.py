"""A language that nobody speaks: every letter of a sentence is the same sign, so what stays readable was never translated."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from governance.language import voice


class _Sentences(dict):
    def get(self, key, default=None):
        return hidden(key) if isinstance(key, str) else tuple(map(hidden, key))


class _Catalogue:
    sentences = _Sentences()
    counted = _Sentences()


def hidden(text: str) -> str:
    """Return a sentence with its letters hidden and its names in braces as they are."""
    parts = string.Formatter().parse(text)
    return "".join(
        re.sub(r"[A-Za-z]", "ж", literal) + (f"{{{name}}}" if name is not None else "") for literal, name, _, _ in parts
    )


@contextmanager
def spoken() -> Iterator[None]:
    """Let German be the made-up language."""
    with patch.object(voice, "catalogue", lambda _: _Catalogue()):
        yield


def readable(text: str) -> set[str]:
    """Return the words of a text that were not hidden."""
    return set(re.findall(r"[A-Za-z][A-Za-z]+", text))
