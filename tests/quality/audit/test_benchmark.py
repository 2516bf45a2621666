"""A benchmark population: a small table of shares, and what the data lack of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from governance.data.in_memory import InMemory
from governance.data.table import open_dataset
from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import silent
from governance.quality.audit.audit import run
from governance.quality.audit.benchmark import read
from governance.quality.audit_report import AuditReport, BenchmarkShare, Member, Representation
from governance.quality.spec import AuditParameters
from governance.quality.words import audit_lead
from governance.subject.schema import Schema
from governance.subject.subject import Subject


def test_shares_are_read_for_single_attributes_and_combinations_in_either_notation() -> None:
    found = read("race,sex,Share\nBlack,,12.5%\nWhite,,0.6\nBlack,Female,6 %\n", ("sex", "race"))
    assert found == (
        BenchmarkShare((Member("race", "Black"),), 0.125),
        BenchmarkShare((Member("race", "White"),), 0.6),
        BenchmarkShare((Member("sex", "Female"), Member("race", "Black")), 0.06),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "columns none"),
        ("sex\nFemale\n", "expected share"),
        ("town,share\nX,0.5\n", "expected share and some of sex, race"),
        ("sex,share\nFemale,0.5\nFemale,0.4\n", "Line 3 names a group again"),
        ("sex,share\n,0.5\n", "names no group"),
        ("sex,share\nFemale,half\n", "'half'"),
        ("sex,share\nFemale,0\n", "above 0"),
        ("sex,share\nFemale,nan\n", "'nan'"),
        ("sex,share\nFemale,0.7\nMale,0.4\n", r"110\.0%"),
        ("sex,share\nFemale\n", "1 cells, expected 2"),
        pytest.param(f"sex,share\n{'x' * 140_000},0.5\n", "no line of a CSV table", id="a long cell"),
    ],
)
def test_a_table_that_states_no_shares_is_refused_with_words(text: str, words: str) -> None:
    with pytest.raises(RefusedInputError, match=words):
        read(text, ("sex", "race"))


def audited(frame: pd.DataFrame, path: Path, text: str = "") -> AuditReport:
    schema = Schema(target="y", positive="1", sensitive=("sex",), identifier="id")
    frame.assign(id=range(len(frame))).to_parquet(path)
    benchmark = read(text, schema.sensitive) if text else ()
    found = run(
        Subject(open_dataset(path, schema)), AuditParameters(benchmark), rng=np.random.default_rng(0), progress=silent
    )
    assert isinstance(found.result, AuditReport)
    return found.result


def test_groups_of_the_population_without_a_row_are_named(tmp_path: Path) -> None:
    frame = pd.DataFrame({"sex": ["Female"] * 20 + ["Male"] * 80, "x": range(100), "y": [0, 1] * 50})
    found = audited(frame, tmp_path / "t.parquet", "sex,share\nFemale,50%\nMale,49%\nOther,1%\n")
    assert [item.group[0].value for item in found.absent] == ["Other"]
    women = next(item for item in found.groups if item.group[0].value == "Female")
    assert isinstance(women.representation, Representation)
    assert women.representation.ratio == pytest.approx(0.4)


def test_rows_that_differ_in_the_sensitive_column_alone_are_twins(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"sex": ["Female", "Male", "Female", "Female", "Male"], "x": [1, 1, 2, 2, 3], "y": [0, 0, 1, 1, 1]}
    )
    found = {item.group[0].value: item for item in audited(frame, tmp_path / "t.parquet").groups}
    assert found["Female"].twin_share == pytest.approx(1 / 3), "row 1 has a man as twin; rows 3 and 4 repeat each other"
    assert found["Male"].twin_share == pytest.approx(1 / 2)
    assert found["Female"].duplicate_share == pytest.approx(1 / 3)


def test_fifty_groups_with_their_share_are_seldom_called_scarce_and_a_missing_half_is(tmp_path: Path) -> None:
    """Without a correction one such audit in eight accused a group; the chance itself is that of the exact binomial law."""
    rng = np.random.default_rng(5)
    shares = {str(at): 0.02 for at in range(50)}
    benchmark = tuple(BenchmarkShare((Member("sex", name),), share) for name, share in shares.items())
    roles, said = Schema(sensitive=("sex",)), 0
    for _ in range(100):
        drawn = InMemory(pd.DataFrame({"sex": rng.choice(list(shares), 1_000), "x": range(1_000)}), roles)
        found = run(Subject(drawn), AuditParameters(benchmark), rng=rng, progress=silent).result
        assert isinstance(found, AuditReport)
        said += "times as frequent" in audit_lead(found)
    assert said <= 9
    few = pd.DataFrame({"sex": ["Female"] * 20 + ["Male"] * 80, "x": range(100), "y": [0, 1] * 50})
    report = audited(few, tmp_path / "t.parquet", "sex,share\nFemale,50%\nMale,50%\n")
    women = next(item for item in report.groups if item.group[0].value == "Female").representation
    assert isinstance(women, Representation)
    assert women.p_adjusted == pytest.approx(2 * binomtest(20, 100, 0.5, "less").pvalue)
    assert "0.40 times as frequent" in audit_lead(report)
