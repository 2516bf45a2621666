"""Colours can be told apart and read, measured rather than believed."""

from __future__ import annotations

import ast
import itertools
import tomllib
from pathlib import Path

import numpy as np
import pytest

from pages._ui import palette

CONFIG = tomllib.loads((Path(__file__).parents[2] / "assets" / "theme.toml").read_text(encoding="utf-8"))["theme"]
GROUNDS = [CONFIG[theme]["backgroundColor"] for theme in ("light", "dark")]
# Machado, Oliveira, Fernandes (2009), severity 1.0, on linear RGB.
DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    low, high = sorted((float(linear(one) @ weights), float(linear(other) @ weights)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1)
    ratio = xyz / np.array([0.95047, 1.0, 1.08883])
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("colour", palette.CATEGORIES)
def test_every_chart_colour_stands_out_from_both_grounds(colour: str, ground: str) -> None:
    assert contrast(colour, ground) >= 3


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_raising_and_lowering_are_told_apart_by_everyone(deficiency: str) -> None:
    seen = [lab(DEFICIENCIES[deficiency] @ linear(colour)) for colour in (palette.RAISES, palette.LOWERS)]
    assert np.linalg.norm(seen[0] - seen[1]) > 30


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_the_first_five_categories_are_told_apart_by_everyone(deficiency: str) -> None:
    seen = [lab(DEFICIENCIES[deficiency] @ linear(colour)) for colour in palette.CATEGORIES[:5]]
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)) > 20


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", ["green", "red", "orange", "gray", "blue"])
def test_the_words_on_badges_are_legible(theme: str, colour: str) -> None:
    look = CONFIG[theme]
    assert contrast(look[f"{colour}TextColor"], look[f"{colour}BackgroundColor"]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_links_are_legible_on_every_ground(theme: str) -> None:
    look = CONFIG[theme]
    grounds = [look["backgroundColor"], look["secondaryBackgroundColor"], look["sidebar"]["backgroundColor"]]
    assert min(contrast(look[name], ground) for name in ("textColor", "linkColor") for ground in grounds) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_small_print_which_is_drawn_at_sixty_percent_is_legible(theme: str) -> None:
    text, ground = (CONFIG[theme][name] for name in ("textColor", "backgroundColor"))
    mixed = [round(0.6 * int(text[at : at + 2], 16) + 0.4 * int(ground[at : at + 2], 16)) for at in (1, 3, 5)]
    assert contrast("#" + "".join(f"{channel:02x}" for channel in mixed), ground) >= 4.5


def test_the_theme_and_the_charts_use_the_same_colours() -> None:
    assert tuple(CONFIG["chartCategoricalColors"]) == palette.CATEGORIES


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_can_be_read_in_charts_on_buttons_and_in_digests(theme: str) -> None:
    look = CONFIG[theme]
    assert contrast(palette.INK[theme], look["backgroundColor"]) >= 4.5
    assert contrast("#ffffff", look["primaryColor"]) >= 4.5
    assert contrast(look["primaryColor"], look["backgroundColor"]) >= 3.0
    faded = faint(look["codeTextColor"], look["backgroundColor"])
    assert contrast(faded, look["secondaryBackgroundColor"]) >= 4.5


@pytest.mark.parametrize("ground", palette.SEQUENTIAL[:3])
def test_black_words_are_legible_on_every_tone_that_bears_words(ground: str) -> None:
    assert contrast("#000000", ground) >= 4.5


def words_of(tree: ast.AST) -> list[tuple[int, str]]:
    """Return line and colour of every text mark of a file that takes a colour of its own."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        inner = node.func.value if node.func.attr == "encode" else node
        marks = isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr == "mark_text"
        if marks:
            found += [(node.lineno, ast.unparse(item.value)) for item in node.keywords if item.arg == "color"]
    return found


def test_words_in_charts_take_the_ink_of_the_theme_or_stand_in_black_on_a_light_tone() -> None:
    pages = Path(__file__).parents[2] / "pages"
    files = {path: words_of(ast.parse(path.read_text("utf-8"))) for path in pages.rglob("*.py")}
    assert {path.name: found for path, found in files.items() if [c for _, c in found if c != "'black'"]} == {}
    assert any(found for found in files.values()), "the finder finds"


def faint(colour: str, ground: str, opacity: float = 0.6) -> str:
    """Return a colour as a caption shows it: at six tenths over the ground."""
    pairs = zip(*([int(item[at : at + 2], 16) for at in (1, 3, 5)] for item in (colour, ground)), strict=True)
    return "#" + "".join(f"{round(opacity * own + (1 - opacity) * under):02x}" for own, under in pairs)
