"""A chart becomes a vector picture that stands alone: its sentence, its numbers, no address."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import altair as alt
import pandas as pd
import pytest

from pages._ui.charts import base, picture_file
from pages._ui.tables import file_name

FRAME = pd.DataFrame({"who": ["North", "<b>South & West"], "value": [0.25, 0.75]})


def words(svg: bytes) -> list[str]:
    """Return the texts of a picture in its order."""
    return ["".join(item.itertext()) for item in ET.fromstring(svg).iter() if item.tag.endswith("text")]


def test_a_picture_bears_its_sentence_its_names_and_the_width_of_paper() -> None:
    chart = base.styled(base.interval_bars(FRAME, "who", "value", "Share selected"))
    svg = picture_file.picture(chart, "Share selected of two regions, " + "with a long sentence " * 6)
    said = words(svg)
    assert {"North", "<b>South & West", "Share selected"} <= set(said), "names of files are text, never markup"
    assert "Share selected of two regions" in " ".join(said)
    assert float(re.search(rb'width="([\d.]+)"', svg)[1]) >= picture_file.WIDTH  # type: ignore[index]


def test_the_picture_of_a_layout_holds_the_numbers_that_were_put_in() -> None:
    layout = base.layout(alt.Chart(alt.NamedData("steps")).mark_bar().encode(x="value:Q", y="who:N"))
    svg = picture_file.picture(layout, "Steps", {"steps": {"who": ["first", "second"], "value": [1.0, 2.0]}})
    assert {"first", "second"} <= set(words(svg))


def test_nothing_is_fetched_for_a_picture() -> None:
    chart = alt.Chart("https://example.com/numbers.csv").mark_bar().encode(x="value:Q")
    with pytest.raises(ValueError, match=r"(?i)url|fetch|load|network|denied|allowed"):
        picture_file.picture(chart, "Numbers of somebody else")


def test_more_rows_than_altair_draws_by_itself_become_a_picture() -> None:
    frame = pd.DataFrame({"value": range(6000)})
    svg = picture_file.picture(alt.Chart(frame).mark_bar().encode(x=alt.X("value:Q", bin=True), y="count()"), "Many")
    assert b"<path" in svg


def test_the_name_of_a_file_has_letters_digits_and_hyphens_alone() -> None:
    assert file_name("Of: ../sex & <b>", "svg") == "of-sex-b.svg"
    assert file_name("::", "csv") == "table.csv"
