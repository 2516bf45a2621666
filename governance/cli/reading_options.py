"""How a text file is read, for a person who knows better than the detection: the same names on every command that reads a table."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from governance.cli.inputs import check_file
from governance.evidence import RefusedInputError, unknown_choice

if TYPE_CHECKING:
    from governance.data import CsvReading

READING = "Reading of text files"
SIGNS: Final = {"tab": "\t", "\\t": "\t", "space": " ", "comma": ",", "semicolon": ";"}
"""Words for signs that are awkward to type."""


class DecimalChoice(StrEnum):
    """The decimal mark of a text file."""

    point = "."
    comma = ","


def _mark(choice: DecimalChoice | None) -> Literal["", ".", ","]:
    if choice is None:
        return ""
    return "," if choice is DecimalChoice.comma else "."


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What is stated about a text file; what is left out is detected."""

    separator: Annotated[
        str, typer.Option("--separator", help="One sign between cells, or tab or space.", rich_help_panel=READING)
    ] = ""
    encoding: Annotated[
        str, typer.Option("--encoding", help="Codec, for example utf-8 or cp1252.", rich_help_panel=READING)
    ] = ""
    decimal: Annotated[
        DecimalChoice | None, typer.Option("--decimal", help="Decimal mark: . or ,", rich_help_panel=READING)
    ] = None

    @property
    def stated(self) -> bool:
        """Whether anything is stated."""
        return bool(self.separator or self.encoding or self.decimal)

    def reading(self, path: Path) -> CsvReading | None:
        """Return how a text file is read as stated, None where nothing is stated.

        Raises:
            RefusedInputError: an unknown codec, a separator of several signs, a Parquet file, or the file does not fit.
        """
        if not self.stated:
            return None
        from governance.data import detect_csv, file_kind

        self._check()
        check_file(path)
        if file_kind.kind_of(path) == "parquet":
            raise RefusedInputError(
                f"{path.name!r} is a Parquet file, which says itself how it is read.",
                "Leave --separator, --encoding and --decimal out.",
            )
        return detect_csv(
            path,
            separator=SIGNS.get(self.separator, self.separator),
            encoding=self.encoding,
            decimal=_mark(self.decimal),
        )

    def table(self, path: Path) -> Path:
        """Return the file itself, or where something is stated a table made from it as stated, under the same name.

        Its digest is that of the table as it was read: another reading of one file is another input.

        Raises:
            RefusedInputError: as `reading` raises.
        """
        found = self.reading(path)
        if found is None:
            return path
        from governance.data import csv_to_parquet

        folder = Path(tempfile.mkdtemp(prefix="countersign-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        target = folder / path.name
        csv_to_parquet(path, target, found)
        return target

    def _check(self) -> None:
        if len(SIGNS.get(self.separator, self.separator)) > 1:
            raise RefusedInputError(
                f"--separator {self.separator!r} has {len(self.separator)} signs, expected one.",
                "Give one sign, or tab or space.",
            )
        try:
            b"".decode(self.encoding or "utf-8")  # a codec that is none of texts, such as base64, is refused as well
            "".encode(self.encoding or "utf-8")
        except (LookupError, ValueError) as error:
            raise unknown_choice("encoding", self.encoding, ("utf-8", "cp1252", "latin-1", "utf-16")) from error
