"""The copies for people: complete, escaped, marked as copies, and valid for other tools."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from governance.dossier.bar_chart import LABELS, NUMBERS, WIDTH, Box, Label, bars
from governance.dossier.brief_picture import Bar, Picture
from governance.dossier.bundle import read_lines
from governance.dossier.clauses import CLAUSES, clauses_markdown
from governance.dossier.content import WITHHELD, Dossier
from governance.dossier.copies import copies, dossiers
from governance.dossier.decision_brief import Brief, Point
from governance.dossier.decisions_csv import safe_cell
from governance.dossier.report import sections
from governance.dossier.report_html import report_html
from governance.dossier.report_pdf import report_pdf
from governance.dossier.right_to_left import ready
from governance.evidence.codec import sha256
from governance.evidence.evidence import Environment, Evidence, Input, Rows, RunKey
from governance.language import Voice
from governance.review import events
from governance.runs.catalogue import CATALOGUE
from storage.ledger.events import EVENTS
from tests.dossier.ledger import book
from tests.language import made_up
from tests.review.board import EVIDENCE, MODEL, Room, conditional, text

HOSTILE = '<script>alert("x")</script> =HYPERLINK("http://evil") **Ünïcode Ő'
TEXTS = {
    text(words).sha256: words
    for words in ("because", "loans", "reason of cleo", "cleo", "ada", "condition ben-1", "use")
}


def documents() -> dict[str, bytes]:
    """Return the evidence of the case as documents whose digests are those of the bundle's items (digests are not checked here)."""
    key = RunKey("performance.summary", 1, (Input("model", MODEL), Input("data", "b" * 64)), "", {}, {}, 0)
    measures = {
        "measures": [{"metric": "roc_auc", "value": 0.7, "low": 0.6, "high": 0.8}, {"metric": "f1", "value": None}]
    }
    groups = {
        "by_group": [{"group": {"sex": "F"}, "metrics": [{"metric": "accuracy", "value": 0.5, "low": None, "high": None}]}],
        "disparities": [
            {"metric": "demographic_parity", "attribute": "sex", "difference": 0.2, "low": 0.1, "high": 0.3,
             "reference": "M", "worst": "F", "verdict": "worse"},
            {"metric": "equal_opportunity", "attribute": "sex", "difference": None},
        ],
    }  # fmt: skip
    absent = {"outcome": "not_assessed", "reason": "12 rows, fewer than 30"}
    results = (absent, measures, groups)
    return {
        item.digest: Evidence(key, Rows(10, 10), Environment("3", "linux", {}), result).to_bytes()
        for item, result in zip(EVIDENCE, results, strict=True)
    }


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return copies(
        read_lines(book(conditional().entries).lines), TEXTS | {text("t").sha256: HOSTILE}, documents(), "credit"
    )


def the_dossier() -> Dossier:
    return dossiers(read_lines(book(conditional().entries).lines), TEXTS, "credit")[0]


def test_the_dossier_carries_dissent_word_for_word_and_says_what_is_withheld() -> None:
    found = the_dossier()
    assert found.decision.dissent[0].member == "cleo"
    assert [vote.rationale for vote in found.votes if vote.member == "cleo"] == ["reason of cleo"]
    assert found.question == WITHHELD


def test_the_html_report_is_escaped_self_contained_and_marked(made: dict[str, bytes]) -> None:
    page = made["report.html"].decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "src=" not in page
    assert "href=" not in page
    assert "not the record" in page
    assert "reason of cleo" in page
    assert all(item.digest in page for item in EVIDENCE)


def _text(pdf: bytes) -> str:
    """Return what a PDF says."""
    import pypdf

    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def told() -> Brief:
    """Return a brief with one picture, as real evidence makes it."""
    bars = (Bar("East <b>", 0.25, 0.2, 0.3, stands_out=True), Bar("West", 0.5))
    picture = Picture(
        question="For whom is it worse?", sentence="Worse for East <b>.", claim="Worse.", side="against", measure="Share selected",
        percent=True, bars=bars, method="fairness.by_group", evidence="e" * 64,
    )  # fmt: skip
    return Brief((picture,), (Point("against", "Worse for East.", "e" * 64),))


def test_a_chart_has_bars_from_zero_as_long_as_their_numbers() -> None:
    chart = bars(told().pictures[0])
    boxes = [item for item in chart.shapes if isinstance(item, Box)]
    assert boxes[0].x == boxes[1].x == LABELS
    assert boxes[1].width == pytest.approx(2 * boxes[0].width)
    assert boxes[1].width == pytest.approx(WIDTH - LABELS - NUMBERS), "the longest bar ends where the numbers begin"
    texts = [item.text for item in chart.shapes if isinstance(item, Label)]
    assert texts == ["East <b>", "25.0 %", "West", "50.0 %", "Share selected"]
    assert chart.alt == "Share selected: East <b> 25.0 %; West 50.0 %"


def test_negative_values_stand_left_of_zero() -> None:
    picture = replace(told().pictures[0], bars=(Bar("a", -1.0), Bar("b", 1.0)), percent=False)
    left, right = (item for item in bars(picture).shapes if isinstance(item, Box))
    assert left.x + left.width == pytest.approx(right.x)
    assert left.width == pytest.approx(right.width)


def test_the_reports_hold_the_pictures_of_the_brief_as_vectors_escaped() -> None:
    page = report_html(the_dossier(), told=told()).decode()
    assert page.count("<svg") == 1
    assert page.count("<rect") == 2
    assert "East &lt;b&gt;" in page
    assert "<b>" not in page
    plain, drawn = (report_pdf(the_dossier(), told=item) for item in (None, told()))
    text = _text(drawn)
    assert "For whom is it worse?" in text
    assert "25.0 %" in text
    assert len(drawn) > len(plain)
    assert b"/Subtype /Image" not in drawn, "a picture of lines, not of pixels"


def test_the_reports_speak_german_and_leave_what_people_wrote_and_signed() -> None:
    page = report_html(the_dossier(), told=told(), voice=Voice("de")).decode()
    assert '<html lang="de">' in page
    for words in (
        "Die Entscheidung",
        "Unterschriften",
        "Abweichende Meinungen, Wort für Wort",
        "25,0 %",
        "Eine Kopie für Menschen",
    ):
        assert words in page
    assert "reason of cleo" in page
    assert "I have read the evidence with this digest" in page, "the meaning of a signature is what was signed"
    assert "Die Entscheidung" in _text(report_pdf(the_dossier(), voice=Voice("de")))


def test_no_sentence_of_the_report_stays_english_in_another_language() -> None:
    with made_up.spoken():
        found = sections(the_dossier(), voice=Voice("de"))
    ours = [item.title for item in found] + [head for item in found for head in item.head]
    assert {text: left for text in ours if (left := made_up.readable(text) - {"SHA"})} == {}
    said = " ".join(sentence for item in found for sentence in item.sentences)
    known = the_dossier()
    names = made_up.readable(" ".join((*TEXTS.values(), WITHHELD, known.origin, known.bundle, *known.names.values())))
    assert made_up.readable(said) - names - {"UTC", "high"} == set()


def test_the_pdf_report_says_on_each_page_that_it_is_not_the_record(made: dict[str, bytes]) -> None:
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(made["report.pdf"]))
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) >= 2
    assert all("not the record" in page for page in pages)
    assert any("Ünïcode Ő" in page for page in pages)
    assert any("reason of cleo" in page for page in pages)


def test_no_cell_of_the_table_can_become_a_formula(made: dict[str, bytes]) -> None:
    rows = list(csv.reader(io.StringIO(made["decisions.csv"].decode("utf-8-sig"))))
    assert rows[0] == ["Not the record: a copy for people"]
    assert rows[2][:3] == ["credit", HOSTILE, "conditional"]
    for cell in ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "|x", "%x"):
        assert safe_cell(cell) == "'" + cell
    assert safe_cell("plain - text") == "plain - text"


def test_the_bill_of_materials_holds_the_official_schema(made: dict[str, bytes]) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    content = made["mlbom/credit.cdx.json"].decode()
    assert JsonStrictValidator(SchemaVersion.V1_7).validate_str(content) is None
    card: dict[str, Any] = json.loads(content)["components"][0]["modelCard"]
    assert card["quantitativeAnalysis"]["performanceMetrics"] == [
        {
            "type": "roc_auc",
            "value": "0.7",
            "slice": "all rows",
            "confidenceInterval": {"lowerBound": "0.6", "upperBound": "0.8"},
        },
        {"type": "accuracy", "value": "0.5", "slice": "sex=F"},
    ]
    assert card["considerations"]["fairnessAssessments"][0]["groupAtRisk"] == "sex: F"


def test_the_model_card_shows_what_was_not_assessed_and_escapes_markdown(made: dict[str, bytes]) -> None:
    card = made["model-card.md"].decode()
    assert "Not assessed: 12 rows, fewer than 30" in card
    assert "| Ranking \\(AUC\\) | all rows | 0.7 | 0.6 to 0.8 |" in card
    assert "<script" not in card
    assert "\\*\\*Ünïcode" in card


def test_the_model_card_keeps_fingerprints_out_of_what_people_read(made: dict[str, bytes]) -> None:
    read, _, fingerprints = made["model-card.md"].decode().partition("## Fingerprints")
    assert re.search("[0-9a-f]{64}", read) is None
    assert {item.digest for item in EVIDENCE} <= set(re.findall("[0-9a-f]{64}", fingerprints))


def test_the_index_names_evidence_or_says_that_there_is_none() -> None:
    index = clauses_markdown(the_dossier()).decode()
    assert EVIDENCE[2].digest in index
    assert "| Annex IV 9 | post-market monitoring | no evidence |" in index
    assert "claims no compliance" in index
    assert {f"Article {number}" for number in range(9, 16)} <= {item.clause for item in CLAUSES}
    assert {"GOVERN", "MAP", "MEASURE", "MANAGE"} <= {item.clause for item in CLAUSES}
    points = {item.clause.split()[2][0] for item in CLAUSES if item.clause.startswith("Annex IV")}
    assert points == set("123456789")
    assert "| Annex IV 8 | the provider's declaration of conformity | no evidence: this record has no place" in index


def test_the_index_looks_only_for_methods_and_events_that_exist() -> None:
    known = [item.id for item in CATALOGUE]
    for clause in CLAUSES:
        assert set(clause.record) <= set(EVENTS), clause
        for prefix in clause.methods:
            assert any(name.startswith(prefix) for name in known), (clause.clause, prefix)


def test_equal_inputs_give_equal_copies(made: dict[str, bytes]) -> None:
    again = copies(
        read_lines(book(conditional().entries).lines), TEXTS | {text("t").sha256: HOSTILE}, documents(), "credit"
    )
    assert {name: sha256(data) for name, data in again.items()} == {name: sha256(data) for name, data in made.items()}


def test_a_whole_ledger_has_a_report_for_each_case_and_a_case_without_votes_is_fine() -> None:
    from tests.review.board import opened

    found = copies(read_lines(book(opened().entries).lines), {}, {}, None)
    assert "The board has not decided yet." in found["reports/credit/report.html"].decode()
    assert isinstance(dossiers(read_lines(book(opened().entries).lines), {})[0].models[0].owner, str)


def appealed() -> Room:
    """Return a room where an approval under conditions was appealed, and two others joined to rule on it."""
    room = conditional()
    for who in ("eve", "fay"):
        room.join(who, ("member",))
    room.do("olga", events.AppealFiled("a1", "olga", text("look again")))
    return room


def ruled() -> Room:
    room = appealed()
    for who in ("eve", "fay"):
        room.do(who, events.AppealDecided("a1", ("dan", "eve", "fay"), "rejected", text("the group is too small")))
    return room


def papers(room: Room) -> tuple[str, dict[str, str]]:
    """Return the HTML report, and the decision's line of decisions.csv by column."""
    words = {text(said).sha256: said for said in ("look again", "the group is too small")}
    found = copies(read_lines(book(room.entries).lines), TEXTS | words, documents(), "credit")
    rows = list(csv.reader(io.StringIO(found["decisions.csv"].decode("utf-8-sig"))))
    return found["report.html"].decode(), dict(zip(rows[1], rows[2], strict=True))


def test_an_open_appeal_stands_in_report_and_table() -> None:
    page, line = papers(appealed())
    assert "Status on" in page
    assert "approved with conditions, appeal open" in page
    assert "look again" in page
    assert "Nobody has ruled on it." in page
    assert (line["outcome"], line["status"], line["ruling"]) == (
        "conditional",
        "approved with conditions, appeal open",
        "",
    )


def test_a_ruling_stands_in_place_of_the_decision_in_report_and_table() -> None:
    room = ruled()
    page, line = papers(room)
    assert page.index("The ruling in force") < page.index("The decision that was overruled")
    assert "Ruling: rejected. It stands in place of the decision, signed by" in page
    said = page[page.index("signed by") : page.index("since", page.index("signed by"))]
    names = [part.count("withheld") for part in said.split(" of the panel ")]
    assert names == [2, 3], "those who signed, of all who might have; their printed names are not disclosed here"
    assert "the group is too small" in page
    assert (line["outcome"], line["status"], line["ruling"]) == (
        "conditional",
        "rejected, by the ruling on an appeal",
        "rejected",
    )
    assert line["ruling_entry"] == str(room.entries[-1].index)


def test_words_from_right_to_left_stand_in_the_pdf_as_the_eye_reads_them() -> None:
    import pypdf

    said = "See \u05e9\u05dc\u05d5\u05dd, and \u0645\u0631\u062d\u0628\u0627."
    found = copies(
        read_lines(book(conditional().entries).lines), TEXTS | {text("t").sha256: said}, documents(), "credit"
    )
    page = pypdf.PdfReader(io.BytesIO(found["report.pdf"])).pages[0].extract_text()
    # pypdf takes what is painted further right for what is read earlier: letters that were painted as they come would be turned around.
    assert "\u05e9\u05dc\u05d5\u05dd" in page
    assert "\u05dd\u05d5\u05dc\u05e9" not in page
    assert "\ufee3\ufeae\ufea3\ufe92\ufe8e" in page, "Arabic: the forms of its letters that join"
    assert said in found["report.html"].decode(), "a browser puts them into order itself"


def test_a_long_line_from_right_to_left_is_broken_before_it_is_turned_around() -> None:
    words = " ".join("\u05d0\u05d1" if number % 2 else "\u05d2\u05d3" for number in range(6))
    lines = ready(words, 5, len).split("\n")
    assert lines == ["\u05d1\u05d0 \u05d3\u05d2"] * 3, "the first words stay on the first line"
    assert ready("left to right,\nas it is", 5, len) == "left to right,\nas it is"
