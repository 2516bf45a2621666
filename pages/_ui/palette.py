"""Colours of charts: one set that is legible on both grounds and told apart with a colour-vision deficiency.

Every colour is a middle tone: at least 3:1 against the light and against the dark ground (WCAG 2.2, 1.4.11), so a mark
needs no knowledge of the theme; words in a chart take `INK` when it is drawn. The order is the one of `theme.chartCategoricalColors`.
"""

from __future__ import annotations

from typing import Final

BLUE: Final = "#2f7fb5"
ORANGE: Final = "#cf5c1e"
VIOLET: Final = "#8153d6"
BROWN: Final = "#8a6250"
ROSE: Final = "#c66b8f"
OLIVE: Final = "#8f8452"
GREY: Final = "#7d7973"

CATEGORIES: Final = (BLUE, ORANGE, VIOLET, BROWN, ROSE, OLIVE)
ACCENT: Final = BLUE
RAISES: Final = ORANGE
"""A contribution that raises the output."""
LOWERS: Final = BLUE
"""A contribution that lowers the output."""
MUTED: Final = GREY
"""Context: intervals, reference lines, everything that is not the point."""
INK: Final = {"light": "#5a554f", "dark": "#bdb7ae"}
"""Theme -> the colour of words in a chart: at least 4.5:1 against that theme's ground (WCAG 2.2, 1.4.3); no middle tone is that on both."""
DIVERGING: Final = ("#a8430e", "#d47a49", "#a9a49d", "#5f9ec6", "#17608f")
SEQUENTIAL: Final = ("#a1c5de", "#66a0c6", "#2f7fb5", "#195277")
