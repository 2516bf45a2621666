"""The public summary holds what 6 RCNY 5-303 lists, in every format, and nothing from outside becomes a formula or a tag."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from governance.data.in_memory import InMemory
from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import silent
from governance.fairness.local_law_144.impact import impact_ratio
from governance.fairness.local_law_144.public_summary import About, write
from governance.fairness.report import ImpactReport
from governance.fairness.spec import ImpactRatio
from governance.subject.schema import Schema
from governance.subject.subject import Subject

ABOUT = About("Sorter", "2024-05-01", "2023-01-15", "All applications of 2023")
NASTY = '=1+1<script>"'


@pytest.fixture(scope="module")
def reports() -> list[ImpactReport]:
    groups = ["White"] * 60 + ["Black"] * 40 + [NASTY] * 20 + [""] * 5 + ["Tiny"] * 2
    frame = pd.DataFrame(
        {
            "race": groups,
            "sex": ["Male", "Female"] * 63 + ["Male"],
            "day": pd.date_range("2023-03-01", periods=127),
            "score": [0.9] * 30 + [0.1] * 30 + [0.9] * 10 + [0.1] * 30 + [0.9] * 15 + [0.1] * 12,
        }
    )
    schema = Schema(sensitive=("race", "sex"), score="score", timestamp="day", positive="1")
    found = []
    for form in ("selection_rate", "scoring_rate"):
        subject = Subject(InMemory(frame, schema, 50))
        result = impact_ratio(subject, ImpactRatio(form), rng=np.random.default_rng(0), progress=silent).result
        assert isinstance(result, ImpactReport)
        found.append(result)
    return found


def test_the_table_for_spreadsheets_has_every_category_in_both_forms_and_the_unknown(
    reports: list[ImpactReport],
) -> None:
    lines = list(csv.reader(io.StringIO(write("csv", reports, ABOUT).decode())))
    facts = {line[0]: line[1] for line in lines if line[0].startswith("# ")}
    assert facts["# Date of the audit"] == "2024-05-01"
    assert facts["# Distribution date of the tool"] == "2023-01-15"
    assert facts["# Dates of the data"] == "2023-03-01 to 2023-07-05"
    assert facts["# Unknown category (race)"] == "5"
    assert "2 %" in facts["# Excluded (race)"]
    rows = [line for line in lines if line[0] in ("selection_rate", "scoring_rate")]
    assert {row[1] for row in rows} == {"race", "sex", "race & sex"}
    black = next(row for row in rows if row[:3] == ["selection_rate", "race", "Black"])
    assert black[3:] == ["40", "10", "0.250000", "0.333333", "yes", "no"], "15 of 20 is the highest rate: 0.25 / 0.75"
    tiny = next(row for row in rows if row[:3] == ["selection_rate", "race", "Tiny"])
    assert tiny[6:] == ["", "", "yes"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line)


def test_the_page_shows_words_from_files_as_words(reports: list[ImpactReport]) -> None:
    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.tags: set[str] = set()
            self.words: list[str] = []

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.tags.add(tag)

        def handle_data(self, data: str) -> None:
            self.words.append(data)

    reader = Reader()
    reader.feed(write("html", reports, ABOUT).decode())
    assert not reader.tags & {"script", "a", "img", "iframe", "link"}
    assert NASTY in reader.words
    assert "Distribution date of the tool" in reader.words
    assert sum(word.startswith("race: ") for word in reader.words) == 2


def test_the_document_for_programs_has_the_tables_of_the_evidence(reports: list[ImpactReport]) -> None:
    found = json.loads(write("json", reports, About()))
    assert [(table["form"], table["attributes"]) for table in found["tables"][:1]] == [("selection_rate", ["race"])]
    assert len(found["tables"]) == 6
    assert found["rows"]["total"] == 127


def test_what_nobody_said_is_named_as_missing_and_other_formats_are_refused(reports: list[ImpactReport]) -> None:
    assert b"# Date of the audit,not stated" in write("csv", reports, About())
    with pytest.raises(RefusedInputError, match="csv, html, json"):
        write("pdf", reports, About())
