"""The copies for people: complete, escaped, marked as copies, and valid for other tools."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest

from governance.codec import sha256
from governance.dossier.clauses import CLAUSES, clauses_markdown
from governance.dossier.content import WITHHELD, Dossier
from governance.dossier.copies import copies, dossiers
from governance.dossier.decisions_csv import safe_cell
from governance.evidence import Environment, Evidence, Input, Rows, RunKey
from governance.methods import CATALOGUE
from storage.ledger.events import EVENTS
from tests.dossier.ledger import book
from tests.review.board import EVIDENCE, MODEL, conditional, text

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
    return copies(book(conditional().entries).lines, TEXTS | {text("t").sha256: HOSTILE}, documents(), "credit")


def the_dossier() -> Dossier:
    return dossiers(book(conditional().entries).lines, TEXTS, "credit")[0]


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
    assert "| Pairs in the right order \\(roc auc\\) | all rows | 0.7 | 0.6 to 0.8 |" in card
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
    again = copies(book(conditional().entries).lines, TEXTS | {text("t").sha256: HOSTILE}, documents(), "credit")
    assert {name: sha256(data) for name, data in again.items()} == {name: sha256(data) for name, data in made.items()}


def test_a_whole_ledger_has_a_report_for_each_case_and_a_case_without_votes_is_fine() -> None:
    from tests.review.board import opened

    found = copies(book(opened().entries).lines, {}, {}, None)
    assert "The board has not decided yet." in found["reports/credit/report.html"].decode()
    assert isinstance(dossiers(book(opened().entries).lines, {})[0].models[0].owner, str)
