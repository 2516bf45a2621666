"""What kind of file lies on disk, told by its bytes and never by its name."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from governance.evidence import RefusedInputError

HEAD_BYTES: Final = 1 << 20
"""How much of a file is looked at to tell its kind, its encoding and its separator."""

_WANTED = "Give the table as CSV or Parquet."
_MAGIC: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"\x1f\x8b", "a gzip archive", "Unpack it and give the CSV or Parquet file inside."),
    (b"BZh", "a bzip2 archive", "Unpack it and give the CSV or Parquet file inside."),
    (b"\xfd7zXZ\x00", "an xz archive", "Unpack it and give the CSV or Parquet file inside."),
    (b"\x28\xb5\x2f\xfd", "a zstandard archive", "Unpack it and give the CSV or Parquet file inside."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-zip archive", "Unpack it and give the CSV or Parquet file inside."),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file", "Save the sheet as CSV (UTF-8) in the spreadsheet program."),
    (b"%PDF", "a PDF document", _WANTED),
    (b"SQLite format 3", "an SQLite database", "Export the table that you mean as CSV."),
    (b"\x89HDF", "an HDF5 file", "Write the table with pandas: frame.to_parquet(...)."),
    (b"\x89PNG", "a picture", _WANTED),
    (b"\xff\xd8\xff", "a picture", _WANTED),
    (b"ARROW1", "an Arrow (Feather) file", "Write it as Parquet: pyarrow.parquet.write_table(...)."),
    (b"\x93NUMPY", "a NumPy array file", "Write it as Parquet with column names."),
    (b"$FL2", "an SPSS file", "Export it as CSV."),
    (b"<stata_dta>", "a Stata file", "Export it as CSV."),
    (b"\x7fELF", "a program", _WANTED),
    (b"MZ\x90\x00", "a program", _WANTED),
)
_BYTE_ORDER_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
_PICKLE_PROTOCOLS: Final = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a table may be before it is refused."""

    bytes: int = 8 << 30
    """Size of the file, and of a Parquet file's contents once unpacked."""
    columns: int = int(os.environ.get("COUNTERSIGN_MAX_COLUMNS", "2000"))
    """Number of columns; the environment may raise it."""
    rows: int = 1_000_000_000
    """Number of rows."""


def kind_of(path: Path, limits: Limits | None = None) -> Literal["csv", "parquet"]:
    """Return what kind of table the file holds; anything that looks like text counts as CSV.

    Raises:
        RefusedInputError: not a file, empty, too large, or a kind that is not read here (named in words).
    """
    limits = limits or Limits()
    if not path.is_file():
        raise RefusedInputError(f"There is no file {str(path)!r}.", "Check the path.")
    size = path.stat().st_size
    if size > limits.bytes:
        raise RefusedInputError(
            f"The file has {size:,} bytes; the limit is {limits.bytes:,}.", "Give fewer rows or columns."
        )
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(max(0, size - 4))
        tail = file.read(4)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise RefusedInputError("The file is empty.", "Give a table with a header row and at least one row of data.")
    if head.startswith(b"PAR1"):
        return _whole_parquet(tail)
    _refuse_foreign(head)
    return "csv"


def _whole_parquet(tail: bytes) -> Literal["parquet"]:
    if tail == b"PARE":
        raise RefusedInputError("This Parquet file is encrypted.", "Give it unencrypted.")
    if tail != b"PAR1":
        raise RefusedInputError("This Parquet file is cut short: its end is missing.", "Copy or upload it again.")
    return "parquet"


def _refuse_foreign(head: bytes) -> None:
    for magic, noun, advice in _MAGIC:
        if head.startswith(magic):
            raise RefusedInputError(f"This is {noun}, not a table that can be read.", advice)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        _refuse_zip(head)
    if head.startswith(_PICKLE_PROTOCOLS):
        raise RefusedInputError(
            "This is a Python pickle. Pickles can run programs when they are opened, so they are never opened here.",
            "Write the table with frame.to_parquet(...) where you trust the file.",
        )
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:2_000].lower()
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<svg", b"<head", b"<body", b"<script", b"<table")):
        raise RefusedInputError(
            "This is a web page or an XML document, not a table.",
            "Perhaps a download gave its error or login page: open the file in a text editor, then fetch it again.",
        )
    if text.startswith((b"{", b"[{", b"[[")):
        raise RefusedInputError("This looks like JSON, not a table.", _WANTED)
    if b"\x00" in head and not head.startswith(_BYTE_ORDER_MARKS[:2]):
        raise RefusedInputError("This is a binary file of an unknown kind.", _WANTED)


def _refuse_zip(head: bytes) -> None:
    if b"xl/" in head or b"[Content_Types].xml" in head:
        raise RefusedInputError(
            "This is an Excel workbook.", "Save the sheet as CSV (UTF-8) in the spreadsheet program."
        )
    raise RefusedInputError("This is a zip archive.", "Unpack it and give the CSV or Parquet file inside.")


def digest_of(path: Path) -> str:
    """Return the SHA-256 of the file's bytes, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
