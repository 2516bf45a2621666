"""The words and numbers of a chart in the visitor's language: put into its layout when it is drawn, so that no chart has to know them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from governance.evidence import sentence_case
from governance.language import Voice

_TITLE: Final = "title"
_DATA: Final = frozenset({"data", "datasets", "values"})
"""Parts of a layout that hold what files hold."""
_NAMED: Final = ("color", "fill", "stroke", "shape")
"""Channels whose names stand in a legend."""
_GERMAN: Final = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", "\u00a0€"]}
"""How numbers are written, as Vega reads it (d3-format, "Locales")."""


def told(layout: Mapping[str, Any], voice: Voice) -> dict[str, Any]:
    """Return the layout of a chart with its titles, the names in its legends and its numbers in the language of the voice.

    A legend is told where its chart lists the names itself (`scale.domain`): names that come from a file stay as they are. The numbers
    behind the marks are not touched.
    """
    if voice.language == "en":
        return dict(layout)
    found: dict[str, Any] = _walked(layout, voice)
    return {**found, "config": {**found.get("config", {}), "locale": {"number": _GERMAN}}}


def _walked(part: Any, voice: Voice) -> Any:
    if isinstance(part, list):
        return [_walked(item, voice) for item in part]
    if not isinstance(part, Mapping):
        return part
    found = {
        key: item if key in _DATA else _title(item, voice) if key == _TITLE else _walked(item, voice)
        for key, item in part.items()
    }
    for channel in _NAMED:
        if isinstance(found.get(channel), dict):
            found[channel] = _legend(found[channel], voice)
    return found


def _title(words: Any, voice: Voice) -> Any:
    """Return a title; one with its unit behind a comma is said part by part."""
    if isinstance(words, str):
        whole = voice.say(words)
        return whole if whole != words else ", ".join(voice.say(item) for item in words.split(", "))
    if isinstance(words, Mapping) and "text" in words:
        return {**words, "text": _title(words["text"], voice)}
    return [_title(item, voice) for item in words] if isinstance(words, list) else words


def _legend(channel: dict[str, Any], voice: Voice) -> dict[str, Any]:
    names = (channel.get("scale") or {}).get("domain")
    if not isinstance(names, list) or channel.get("legend", {}) is None:
        return channel
    said = {name: _name(name, voice) for name in names if isinstance(name, str)}
    if all(name == word for name, word in said.items()):
        return channel
    legend = {**channel.get("legend", {}), "labelExpr": f"{json.dumps(said)}[datum.label] || datum.label"}
    return {**channel, "legend": legend}


def _name(name: str, voice: Voice) -> str:
    """Return a name of a legend, also of one that begins with a capital although its sentence does not."""
    said = voice.say(name)
    if said != name:
        return said
    small = name[:1].lower() + name[1:]
    told_small = voice.say(small)
    return name if told_small == small else sentence_case(told_small)
