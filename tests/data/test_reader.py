"""CSV files: what is detected, what is refused, what is written."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import pickle
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from governance.data.file_kind import Limits, kind_of
from governance.data.reader import csv_to_parquet, detect_csv, retyped
from governance.data.reading import MISSING
from governance.data.table import open_dataset
from governance.evidence.errors import RefusedInputError

FRESH = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(folder: Path, content: bytes | str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def types_of(folder: Path, text: str) -> dict[str, str]:
    return {column.name: column.type for column in detect_csv(written(folder, text)).types}


def test_types_are_told_from_every_row_not_only_the_first(tmp_path: Path) -> None:
    body = "".join(f"{i},{i},{i}\n" for i in range(2_000)) + "1.5,x,7\n"
    body += "".join(f"1,{word},1\n" for word in ("V57", "E909", "V10", "E888"))
    assert types_of(tmp_path, "a,b,c\n" + body) == {"a": "number", "b": "text", "c": "integer"}


def test_codes_with_leading_zeros_and_very_long_digits_stay_text(tmp_path: Path) -> None:
    assert types_of(tmp_path, "zip,card,n\n01234,12345678901234567890,0\n94110,1,-5\n") == {
        "zip": "text",
        "card": "text",
        "n": "integer",
    }


def test_booleans_dates_and_empty_columns_have_types_of_their_own(tmp_path: Path) -> None:
    text = "flag,day,void,dmy\ntrue,2024-01-31,,31/01/2024\nFALSE,2024-02-01 10:00:00,NA,01/02/2024\n"
    reading = detect_csv(written(tmp_path, text))
    assert [column.type for column in reading.types] == ["boolean", "timestamp", "number", "text"]
    assert any("not in the order year-month-day" in warning for warning in reading.warnings)


def test_a_question_mark_is_a_value_that_a_person_is_told_about(tmp_path: Path) -> None:
    path = written(tmp_path, "age,city\n31,Rome\n?,Oslo\n44,Bern\n")
    reading = detect_csv(path)
    assert reading.types[0].type == "text"
    assert reading.warnings == ("Column 'age' is kept as text because not every cell is a number: '?'.",)
    told = detect_csv(path, missing=(*MISSING, "?"))
    assert (told.types[0].type, told.types[0].missing) == ("integer", 1)


def test_the_word_none_is_a_category_and_not_missing(tmp_path: Path) -> None:
    data = open_dataset(written(tmp_path, "glucose\nNone\nNA\n>200\n"))
    assert data.frame()["glucose"].tolist()[0] == "None"
    assert data.frame()["glucose"].isna().tolist() == [False, True, False]


def test_a_decimal_comma_is_understood_between_semicolons(tmp_path: Path) -> None:
    data = open_dataset(written(tmp_path, "x;y\n1,5;a\n-2,25;b\n3;c\n"))
    assert data.frame()["x"].tolist() == [1.5, -2.25, 3.0]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_each_separator_is_detected(tmp_path: Path, separator: str) -> None:
    lines = [separator.join(row) for row in (["a", "b", "c"], ["1", "x y", "2"], ["3", "z", "4"])]
    assert detect_csv(written(tmp_path, "\n".join(lines))).separator == separator


def test_separators_line_breaks_and_quotes_inside_quotes_belong_to_the_cell(tmp_path: Path) -> None:
    data = open_dataset(written(tmp_path, 'a,b\n"x, ""y""\nz",1\nplain,2\n'))
    assert data.frame()["a"].astype("str").tolist() == ['x, "y"\nz', "plain"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_names_with_accents_survive_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    names = ["José", "Zoë", "Jürgen", "Françoise", "Søren", "Agnès", "Núria", "Bjørn"] * 5
    text = "prénom,n\n" + "".join(f"{name},{i}\n" for i, name in enumerate(names))
    path = written(tmp_path, text.encode(encoding))
    assert open_dataset(path).frame()["prénom"].astype("str").tolist() == names
    assert any("not UTF-8" in warning for warning in detect_csv(path).warnings) == (encoding == "cp1252")


def test_one_foreign_byte_late_in_a_long_file_is_found(tmp_path: Path) -> None:
    body = (
        b"name,n\n" + b"plain ascii,1\n" * 100_000 + "Malmö är en stad på andra sidan\n".encode("cp1252")[:-1] + b",2\n"
    )
    reading = detect_csv(written(tmp_path, body))
    assert reading.encoding not in {"utf-8", "ascii"}
    assert reading.rows == 100_001


def test_a_file_without_a_header_gets_numbered_columns_and_a_warning(tmp_path: Path) -> None:
    reading = detect_csv(written(tmp_path, "39,x,7\n50,y,8\n38,z,9\n"))
    assert (reading.columns, reading.rows) == (("column_1", "column_2", "column_3"), 3)
    assert "first row looks like data" in reading.warnings[0]


def test_a_column_without_a_name_is_named_and_said(tmp_path: Path) -> None:
    reading = detect_csv(written(tmp_path, ",a\n0,x\n1,y\n"))
    assert reading.columns == ("column_1", "a")
    assert "Column 1 has no name" in reading.warnings[0]


REFUSED = {
    "pickle": (pickle.dumps({"a": [1, 2]}), "pickle"),
    "old pickle": (pickle.dumps([1, 2], protocol=2), "pickle"),
    "gzip": (gzip.compress(b"a,b\n1,2\n"), "gzip"),
    "html": (b"\n <!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
    "excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "Excel"),
    "pdf": (b"%PDF-1.7 ...", "PDF"),
    "json": (b'[{"a": 1}]', "JSON"),
    "binary": (b"abc\x00\x01\x02" * 50, "binary"),
    "empty": (b"", "empty"),
    "blank": (b" \n\r\n\t", "empty"),
    "header only": (b"a,b\n", "no rows"),
    "ragged": (b"a,b,c\n1,2,3\n4,5\n6,7,8\n", "1 row(s) do not have 3 cells; the first is row 3 with 2"),
    "open quote": (b'a,b\n1,"x\n2,y\n3,z\n', "never closed"),
    "cut parquet": (b"PAR1" + b"\x00" * 50, "cut short"),
    "damaged parquet": (b"PAR1" + b"\x07" * 50 + b"PAR1", "damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_a_table_is_refused_in_words(tmp_path: Path, name: str) -> None:
    content, words = REFUSED[name]
    with pytest.raises(RefusedInputError) as caught:
        open_dataset(written(tmp_path, content))
    assert words in caught.value.what
    assert caught.value.advice


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"a,b\n1,2\nsecret,2,3\n", "row 3"),
        (b'a,b\n1,"secret\n2,y\n', "last cell"),
        (b"secret\x07,b\n1,2\n", "column 1"),
    ],
)
def test_what_is_wrong_is_told_by_its_place_and_the_content_only_to_the_owner(
    tmp_path: Path, content: bytes, place: str
) -> None:
    with pytest.raises(RefusedInputError) as caught:
        open_dataset(written(tmp_path, content))
    assert "secret" not in str(caught.value)
    assert place in str(caught.value)
    assert "secret" in caught.value.for_owner
    assert "secret" in pickle.loads(pickle.dumps(caught.value)).for_owner, "also when a worker has met it"


@pytest.mark.parametrize(("inside", "words"), [("data.csv", "zip archive"), ("xl/workbook.xml", "Excel workbook")])
def test_a_zip_and_an_excel_workbook_are_told_apart(tmp_path: Path, inside: str, words: str) -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr(inside, "a,b\n1,2\n")
    with pytest.raises(RefusedInputError, match=words):
        kind_of(written(tmp_path, raw.getvalue()))


def test_limits_on_size_columns_and_rows_are_kept(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b,c\n" + "1,2,3\n" * 100)
    for limits, words in (
        (Limits(bytes=100), "the limit is 100"),
        (Limits(columns=2), "3 columns; the limit is 2"),
        (Limits(rows=99), "more than 99 rows"),
    ):
        with pytest.raises(RefusedInputError, match=words):
            open_dataset(path, limits=limits)


def test_a_table_of_nested_columns_only_is_refused(tmp_path: Path) -> None:
    nested = tmp_path / "nested.parquet"
    pq.write_table(pa.table({"a": [[1, 2], [3]]}), nested)
    with pytest.raises(RefusedInputError, match="plain values"):
        open_dataset(nested)


def test_the_digests_are_those_of_the_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, "a\n1\n2\n")
    found = csv_to_parquet(path, tmp_path / "a.parquet", detect_csv(path))
    assert found.source_digest == hashlib.sha256(b"a\n1\n2\n").hexdigest()
    assert found.digest == hashlib.sha256((tmp_path / "a.parquet").read_bytes()).hexdigest()
    assert open_dataset(path).digest == found.source_digest


def test_a_type_chosen_by_a_person_is_used_or_refused_with_the_cell(tmp_path: Path) -> None:
    path = written(tmp_path, "code,word\n1,x\n2,y\n")
    reading = retyped(detect_csv(path), {"code": "text"})
    csv_to_parquet(path, tmp_path / "a.parquet", reading)
    assert pd.read_parquet(tmp_path / "a.parquet")["code"].tolist() == ["1", "2"]
    with pytest.raises(RefusedInputError, match="'word' cannot be read as integer"):
        csv_to_parquet(path, tmp_path / "b.parquet", retyped(reading, {"word": "integer"}))


def test_a_file_that_changes_after_detection_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,2\n")
    reading = detect_csv(path)
    written(tmp_path, "a,b\n1,2\n3,4\n")
    with pytest.raises(RefusedInputError, match="had 1 rows when it was detected and has 2 now"):
        csv_to_parquet(path, tmp_path / "a.parquet", reading)


def test_real_data_survive_the_way_through_csv(tmp_path: Path, shared: Path) -> None:
    for name in ("adult/adult", "german_credit/german_credit", "bank_marketing/bank_marketing"):
        direct = open_dataset(shared / "data" / f"{name}.parquet").frame()
        direct.to_csv(tmp_path / "table.csv", index=False)
        pd.testing.assert_frame_equal(open_dataset(tmp_path / "table.csv").frame(), direct)


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=12)


@FRESH
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=20), st.sampled_from(",;\t|"))
def test_any_text_survives_the_round_trip(tmp_path: Path, rows: list[tuple[str, ...]], separator: str) -> None:
    raw = io.StringIO(newline="")
    csv.writer(raw, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([("p", "q", "r"), *rows])
    path = written(tmp_path, raw.getvalue())
    reading = detect_csv(path, encoding="utf-8", separator=separator, header=True)
    csv_to_parquet(path, tmp_path / "t.parquet", retyped(reading, dict.fromkeys("pqr", "text")))
    found = pq.read_table(tmp_path / "t.parquet").to_pydict()
    expected = [[None if cell in MISSING else cell for cell in column] for column in zip(*rows, strict=True)]
    assert [found["p"], found["q"], found["r"]] == expected


@FRESH
@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=False), st.integers(-(2**62), 2**62)), min_size=1))
def test_any_number_survives_the_round_trip(tmp_path: Path, numbers: list[float | None]) -> None:
    text = "n,x\n" + "".join(f"{'' if number is None else repr(number)},x\n" for number in numbers)
    data = open_dataset(written(tmp_path, text)).frame()
    if all(number is None or isinstance(number, int) or abs(number) < 1e15 for number in numbers):
        expected = [float("nan") if number is None else float(number) for number in numbers]
        assert pd.Series(data["n"], dtype="float64").equals(pd.Series(expected, dtype="float64"))


@FRESH
@given(st.binary(max_size=300))
def test_random_bytes_are_read_or_refused_and_never_crash(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, content)
    try:
        data = open_dataset(path)
    except RefusedInputError:
        pass
    else:
        assert len(data.frame()) == data.n_total > 0


@FRESH
@given(st.binary(max_size=200))
def test_random_bytes_in_a_parquet_coat_are_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(RefusedInputError):
        open_dataset(written(tmp_path, b"PAR1" + content + b"PAR1"))
