"""How every sentence and every table writes numbers, shares, intervals and lists."""

from __future__ import annotations

from collections.abc import Callable

Escape = Callable[[object], str]
"""How a string that comes from a file is made safe for the place where it is shown."""


def sentence_case(words: str) -> str:
    """Return words with a capital first letter, as a badge, a heading or the start of a sentence has them."""
    return words[:1].upper() + words[1:]


def number(value: float | None, digits: int = 3) -> str:
    """Return a number in the way every page writes it: thousands apart, `digits` after the point, a dash for none."""
    if value is None:
        return "–"
    if isinstance(value, int) or float(value).is_integer():
        return f"{value:,.0f}".replace("-", "−")
    return f"{value:,.{digits}f}".replace("-", "−")


def percent(value: float | None, digits: int = 1) -> str:
    """Return a share between 0 and 1 as a percentage, a dash for none."""
    return "–" if value is None else f"{100 * value:.{digits}f} %".replace("-", "−")


def interval(low: float | None, high: float | None, digits: int = 3) -> str:
    """Return a confidence interval as "0.61 to 0.67", a dash when there is none."""
    return "–" if low is None or high is None else f"{number(low, digits)} to {number(high, digits)}"


def join(items: tuple[str, ...] | list[str]) -> str:
    """Return a list as a sentence writes it: "a, b and c"."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)
