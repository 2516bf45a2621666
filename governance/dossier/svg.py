"""Charts as vector pictures inside a page: no script, every text escaped, the numbers beside the marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from governance.dossier.bar_chart import Box, Chart, Label, Stroke

WIDTH: Final = 760
"""Units of the picture; it is drawn as wide as the page."""
LABELS: Final = 290
"""Room for the names of rows, units."""
ROW: Final = 26
"""Height of a row, units."""
SIDE: Final = 300
"""Side of a square chart, units."""
LONGEST: Final = 40
"""Characters of a name; the rest stands in the table below."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart of dots."""

    name: str
    value: float
    low: float | None = None
    """Lower end of the interval, None for none."""
    high: float | None = None
    strong: bool = False
    """Whether a verdict makes it stand out."""


def dots(rows: Sequence[Bar], alt: str, write: Callable[[float], str], *, mark: float | None = None) -> str:
    """Return one dot with its interval per row, in the given order; `mark` draws a line of reference. "" for no rows."""
    if not rows:
        return ""
    ends = [end for row in rows for end in (row.value, row.low, row.high) if end is not None] + (
        [] if mark is None else [mark]
    )
    low, high = min(ends), max(ends)
    span = (high - low) or 1.0
    height = ROW * len(rows) + 34

    def x(value: float) -> float:
        return LABELS + 10 + (value - low) / span * (WIDTH - LABELS - 90)

    parts = (
        []
        if mark is None
        else [f'<line class="mark" x1="{x(mark):.1f}" x2="{x(mark):.1f}" y1="4" y2="{height - 26}"/>']
    )
    for at, row in enumerate(rows):
        y = ROW * at + 18
        parts.append(f'<text class="name" x="{LABELS}" y="{y + 4}">{escape(_short(row.name))}</text>')
        if row.low is not None and row.high is not None:
            parts.append(f'<line class="span" x1="{x(row.low):.1f}" x2="{x(row.high):.1f}" y1="{y}" y2="{y}"/>')
        parts.append(f'<circle class="{"strong" if row.strong else "dot"}" cx="{x(row.value):.1f}" cy="{y}" r="5"/>')
        parts.append(
            f'<text x="{x(row.high if row.high is not None else row.value) + 9:.1f}" y="{y + 4}">{escape(write(row.value))}</text>'
        )
    parts += [
        f'<text class="axis" x="{x(value):.1f}" y="{height - 6}">{escape(write(value))}</text>' for value in (low, high)
    ]
    return _picture("".join(parts), alt, (WIDTH, height))


def square(
    points: Sequence[tuple[float, float]],
    alt: str,
    titles: tuple[str, str],
    *,
    at: tuple[float, float] | None = None,
    line: bool = True,
) -> str:
    """Return a curve or dots over shares from 0 to 1 with the diagonal; `at` marks one place. "" for fewer than two points."""
    if len(points) < 2:
        return ""

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return 50 + point[0] * SIDE, 10 + (1 - point[1]) * SIDE

    parts = [f'<rect class="frame" x="50" y="10" width="{SIDE}" height="{SIDE}"/>']
    parts.append(f'<line class="mark" x1="50" y1="{10 + SIDE}" x2="{50 + SIDE}" y2="10"/>')
    if line:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(place, points))
        parts.append(f'<polyline class="curve" points="{path}"/>')
    else:
        parts += [f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in map(place, points)]
    if at is not None:
        x, y = place(at)
        parts.append(f'<circle class="strong" cx="{x:.1f}" cy="{y:.1f}" r="6"/>')
    for share in (0, 0.5, 1):
        x, y = place((share, share))
        parts.append(
            f'<text class="axis" x="{x:.1f}" y="{SIDE + 26}">{share:.0%}</text><text class="name" x="44" y="{y + 4:.1f}">{share:.0%}</text>'
        )
    parts.append(f'<text class="axis" x="{50 + SIDE / 2}" y="{SIDE + 44}">{escape(titles[0])}</text>')
    parts.append(
        f'<text class="axis" transform="rotate(-90 12 {10 + SIDE / 2})" x="12" y="{10 + SIDE / 2}">{escape(titles[1])}</text>'
    )
    return _picture("".join(parts), alt, (SIDE + 70, SIDE + 54), narrow=True)


def bars(chart: Chart) -> str:
    """Return a chart of bars."""
    return _picture("".join(_shape(item) for item in chart.shapes), chart.alt, (round(WIDTH), round(chart.height)))


def _shape(item: Box | Stroke | Label) -> str:
    if isinstance(item, Box):
        return f'<rect class="{item.ink}" x="{item.x:.1f}" y="{item.y:.1f}" width="{item.width:.1f}" height="{item.height:.1f}"/>'
    if isinstance(item, Stroke):
        ends = f'x1="{item.x1:.1f}" y1="{item.y1:.1f}" x2="{item.x2:.1f}" y2="{item.y2:.1f}"'
        return f'<line class="{item.ink}" {ends}/>'
    name = ' class="name"' if item.anchor == "end" else ""
    return f'<text{name} x="{item.x:.1f}" y="{item.y:.1f}">{escape(item.text)}</text>'


def _picture(inside: str, alt: str, size: tuple[int, int], *, narrow: bool = False) -> str:
    kind = ' class="narrow"' if narrow else ""
    return f'<svg{kind} role="img" viewBox="0 0 {size[0]} {size[1]}" aria-label="{escape(alt)}"><title>{escape(alt)}</title>{inside}</svg>'


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
