"""What people call a metric, and how its value is written: the same words on every screen, in every report and alert."""

from __future__ import annotations

from governance.evidence import Escape
from governance.language import speaking
from governance.statistics.rates import known


def title(metric: str, escape: Escape = str) -> str:
    """Return what screens and texts call a metric, in the language of the voice: a plain word with the field's word beside it.

    "true_positive_rate[yes]" becomes "Positives found (true positive rate), yes".
    """
    voice = speaking(escape)
    listed, (name, _, of_class) = known(metric), metric.partition("[")
    label = name.replace("_", " ").capitalize() if listed is None else voice.say(listed.label)
    beside = f" ({listed.beside})" if listed is not None and listed.beside else ""
    return label + beside + (f", {of_class.rstrip(']')}" if of_class else "")


def spoken(metric: str, escape: Escape = str) -> str:
    """Return the title of a metric inside a sentence: "positives found (true positive rate)"; German nouns keep their capitals."""
    said = title(metric, escape)
    return said if speaking(escape).language == "de" else lowered(said)


def lowered(text: str) -> str:
    """Return a title as it stands inside a sentence; abbreviations such as F1 keep their capitals."""
    return text if text[:2].isupper() or text[1:2].isdigit() else text[:1].lower() + text[1:]


def is_share(metric: str) -> bool:
    """Return whether a metric is a share of people, written as a percentage."""
    listed = known(metric)
    return listed is None or listed.share


def amount(metric: str, value: float, escape: Escape = str) -> str:
    """Return a value as a person reads it: a share as a percentage, anything else with three digits."""
    return speaking(escape).figures(f"{100 * value:.1f} %" if is_share(metric) else f"{value:,.3f}")
