"""Numbers in cells as countries and programs write them: read as what they are, or kept as text with the reason."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from governance.data.reader import csv_to_parquet, detect_csv


def read(folder: Path, cells: list[str], separator: str = ",", beside: str = "a") -> tuple[str, list[object], str]:
    """Return the type of a column, its values, and what is said about the table."""
    path, rest = folder / "t.csv", folder / "t.parquet"
    path.write_text(f"k{separator}x\n" + "".join(f'{beside}{separator}"{cell}"\n' for cell in cells), encoding="utf-8")
    reading = detect_csv(path)
    csv_to_parquet(path, rest, reading)
    return reading.types[1].type, pq.read_table(rest)["x"].to_pylist(), " ".join(reading.warnings)


def test_a_zero_before_a_comma_is_no_thousand(tmp_path: Path) -> None:
    kind, values, said = read(tmp_path, ["0,123", "0,250"] * 9)
    assert (kind, values[:2]) == ("text", ["0,123", "0,250"])
    assert "not sure what the signs inside mean ('0,123')" in said


@pytest.mark.parametrize("cell", ["0,75", "12,5", "0,125"])
def test_a_comma_is_not_between_thousands_here_and_a_decimal_mark_there(tmp_path: Path, cell: str) -> None:
    kind, values, said = read(tmp_path, ["1,250"] * 60 + [cell])
    assert (kind, values[0], values[-1]) == ("text", "1,250", cell)
    assert f"one sign between thousands and as decimal mark ({cell!r})" in said


def test_lakhs_and_crores_are_numbers(tmp_path: Path) -> None:
    kind, values, _ = read(tmp_path, ["45,000", "1,00,000", "12,34,567", "1,23,45,678.50"])
    assert (kind, values) == ("number", [45_000, 100_000, 1_234_567, 12_345_678.5])


def test_three_digits_behind_every_point_between_semicolons_are_asked_about(tmp_path: Path) -> None:
    assert "if these are thousands, write 1234 for 1.234" in read(tmp_path, ["1.200", "2.350"] * 9, ";")[2]
    assert "thousands" not in read(tmp_path, ["1.200", "2.35"] * 9, ";")[2]
    assert "thousands" not in read(tmp_path, ["1.200", "2.350"] * 9, ",")[2]


def test_a_decimal_comma_elsewhere_keeps_such_cells_from_being_broken_numbers(tmp_path: Path) -> None:
    kind, values, said = read(tmp_path, ["1.200", "2.350"] * 9, ";", beside="3,5")
    assert (kind, values[0]) == ("text", "1.200")
    assert "with the decimal mark ','" in said


def test_a_broken_number_does_not_round_the_identifiers_beside_it(tmp_path: Path) -> None:
    long = [str(2**53 + 1 + at) for at in range(40)]
    assert read(tmp_path, long)[:2] == ("integer", [int(cell) for cell in long])
    kind, values, said = read(tmp_path, [*long, "0.5"])
    assert (kind, values[0]) == ("text", long[0])
    assert "beyond 9,007,199,254,740,992 beside others" in said
    assert read(tmp_path, [str(2**53), "0.5"])[0] == "number"


def test_blank_cells_among_true_and_false_are_missing(tmp_path: Path) -> None:
    kind, values, said = read(tmp_path, ["TRUE", "false", " ", "True "])
    assert (kind, values) == ("boolean", [True, False, None, True])
    assert "1 blank cell(s), which count as missing" in said
    assert read(tmp_path, [" ", "  "])[0] == "text"


@pytest.mark.parametrize("word", ["Total", "GRAND TOTAL", "Summe:", "Insgesamt", "Somme"])
def test_a_total_in_the_last_row_is_told(tmp_path: Path, word: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"k;x\na;1,5\nb;2,5\n{word};4,0\n", encoding="utf-8")
    assert f"The last row begins with {word!r}" in " ".join(detect_csv(path).warnings)
    path.write_text(f"k;x\na;1,5\n{word};2,5\nb;4,0\n", encoding="utf-8")
    assert "last row" not in " ".join(detect_csv(path).warnings)
