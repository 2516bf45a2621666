"""The bars of a picture of the brief as plain shapes: a page draws them as SVG, a PDF with its own lines. Bars begin at zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from governance.dossier.brief_picture import Picture
from governance.language import ENGLISH, Voice

WIDTH: Final = 760.0
"""Units of a chart; a unit is scaled to the place where it is drawn."""
LABELS: Final = 250.0
"""Room for the names at the left."""
NUMBERS: Final = 90.0
"""Room for the numbers at the right."""
ROW: Final = 26.0
"""Height of a bar with its gap."""
THICK: Final = 15.0
LONGEST: Final = 36
"""Characters of a name."""
Ink = Literal["strong", "quiet", "span", "axis"]


@dataclass(frozen=True, slots=True)
class Box:
    """A bar."""

    x: float
    y: float
    """Of the upper edge; y grows downwards."""
    width: float
    height: float
    ink: Ink


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line from left to right, or from top to bottom."""

    x1: float
    y1: float
    x2: float
    y2: float
    ink: Ink


@dataclass(frozen=True, slots=True)
class Label:
    """A text, not escaped."""

    x: float
    y: float
    """Of its base line."""
    text: str
    anchor: Literal["start", "end"]


@dataclass(frozen=True, slots=True)
class Chart:
    """Shapes, and what they show in words for those who cannot see them."""

    height: float
    """Units; the width is `WIDTH`."""
    shapes: tuple[Box | Stroke | Label, ...]
    alt: str


def bars(picture: Picture, voice: Voice = ENGLISH) -> Chart:
    """Return the chart of a picture that has bars: a bar with its interval and its number per line."""
    ends = [0.0, *(end for bar in picture.bars for end in (bar.value, bar.low, bar.high) if end is not None)]
    low, high = min(ends), max(ends)
    span = (high - low) or 1.0

    def x(value: float) -> float:
        return LABELS + (value - low) / span * (WIDTH - LABELS - NUMBERS)

    def told(value: float) -> str:
        return voice.percent(value) if picture.percent else voice.number(value)

    shapes: list[Box | Stroke | Label] = []
    for at, bar in enumerate(picture.bars):
        top = ROW * at + 6
        middle = top + THICK / 2
        left, right = sorted((x(0.0), x(bar.value)))
        shapes.append(Box(left, top, right - left, THICK, "strong" if bar.stands_out else "quiet"))
        if bar.low is not None and bar.high is not None:
            shapes.append(Stroke(x(bar.low), middle, x(bar.high), middle, "span"))
        edge = max(x(bar.value), x(bar.high) if bar.high is not None else 0.0, x(0.0))
        shapes.append(Label(LABELS - 8, middle + 4, short(bar.name), "end"))
        shapes.append(Label(edge + 6, middle + 4, told(bar.value), "start"))
    height = ROW * len(picture.bars) + 26
    shapes.append(Stroke(x(0.0), 2, x(0.0), height - 22, "axis"))
    shapes.append(Label(LABELS, height - 6, picture.measure, "start"))
    alt = f"{picture.measure}: " + "; ".join(f"{bar.name} {told(bar.value)}" for bar in picture.bars)
    return Chart(height=height, shapes=tuple(shapes), alt=alt)


def short(text: str) -> str:
    """Return a name as it fits beside a bar; the table and the evidence have all of it."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
