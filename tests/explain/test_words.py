"""What the explanation of a model says where there is no page: in a case, and in the report of a decision."""

from __future__ import annotations

from pathlib import Path

from governance.dossier.findings import findings
from governance.explain.results.report import GlobalExplanation
from pages._ui.findings import sentence
from tests.explain.asking import ask


def test_a_case_names_the_columns_that_move_the_answers_most_and_the_report_lists_all(
    folder: Path, boosted: bytes
) -> None:
    evidence = ask("explain.global", folder, boosted).evidence
    result = evidence.read(GlobalExplanation)
    assert isinstance(result, GlobalExplanation)
    first = [item.feature for item in result.importance]
    assert set(first[:2]) == {"age", "region"}  # the label was made from these two alone
    assert sentence(evidence).replace("\\", "") == (
        f"{first[0]}, {first[1]} and {first[2]} move the model's answers most (exact Shapley values, {result.method})."
    )
    section = next(iter(findings({"ab" * 32: evidence})))
    assert [row[1] for row in section.rows] == first
    assert {row[4] for row in section.rows} == {"exact"}
