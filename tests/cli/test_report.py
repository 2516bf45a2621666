"""`countersign report`: one HTML file from plain files, with pictures of its own and nothing from outside."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from governance.__main__ import build
from governance.dossier import svg
from governance.evidence import RefusedInputError, percent
from tests import golden

RUN = CliRunner()
HOSTILE = '<script>alert(1)</script> & "x"'


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("report")
    made = golden.made(folder)
    frame = golden.people(4, 0.0).sample(600, replace=True, random_state=1, ignore_index=True)
    path = folder / "people.csv"
    frame.assign(note=HOSTILE).to_csv(path, index=False)
    words = folder / "words.toml"
    words.write_text(
        f"[columns.income]\nlabel = '{HOSTILE}'\n[columns.sex]\nlabel = 'Gender'\nvalues = {{ F = 'women' }}\n", "utf-8"
    )
    out = folder / "report.html"
    asked = (
        "report", made.model.path, str(path), "--target", "good", "--positive", "yes", "--sensitive", "sex", "--identifier", "id",
        "--ignore", "challenger", "--ignore", "note", "--words", str(words), "--out", str(out),
    )  # fmt: skip
    result = RUN.invoke(build(), list(asked), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "not measured: Drift" in result.stdout
    with pytest.raises(RefusedInputError, match="already"):
        RUN.invoke(build(), list(asked), catch_exceptions=False)
    return out.read_text(encoding="utf-8")


def test_the_page_has_a_summary_then_chapters_and_says_what_was_not_measured(page: str) -> None:
    titles = re.findall(r"<h2>(.*?)</h2>", page)
    assert titles[0] == "Summary"
    assert {"Weak segments", "What moves the model", "How this was computed", "From these files"} <= set(titles)
    assert "Not measured: it needs reference" in page
    assert page.index("Summary") < page.index('id="performance-summary"') < page.index('id="fairness-by_group"')


def test_nothing_in_it_runs_and_nothing_comes_from_outside(page: str) -> None:
    assert "<script" not in page
    assert not re.search(r"(src|href)=\"(?!#)", page)
    assert "default-src 'none'" in page


def test_the_pictures_are_vectors_with_a_text_for_those_who_cannot_see_them(page: str) -> None:
    pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(pictures) >= 5
    for picture in pictures:
        root = ET.fromstring(picture)
        assert root.get("aria-label")
        assert root.find("title") is not None


def test_columns_and_groups_bear_their_words_and_hostile_ones_are_text(page: str) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot;" in page
    assert "women" in page


def test_dots_stand_where_their_values_are_between_the_ends_of_the_scale() -> None:
    drawn = svg.dots([svg.Bar("a", 0.0), svg.Bar("b", 0.5, 0.25, 1.0, strong=True)], "Two rows", percent)
    root = ET.fromstring(drawn)
    first, second = (float(item.get("cx", "")) for item in root.iter("circle"))
    left, right = svg.LABELS + 10, svg.WIDTH - 80
    assert (first, second) == (left, (left + right) / 2)
    span = next(item for item in root.iter("line") if item.get("class") == "span")
    assert (float(span.get("x1", "")), float(span.get("x2", ""))) == (left + (right - left) / 4, right)
    assert svg.dots([], "Nothing", percent) == ""
