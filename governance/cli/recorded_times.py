"""Times that a command measures, or was given: where they come from, and where they and the evidence go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.evidence_file import EvidenceOption
from governance.cli.inputs import check_files
from governance.cli.output import ForceOption, check_place
from governance.evidence import RefusedInputError


@dataclass(frozen=True, slots=True)
class TimesOptions:
    """Where recorded times come from and go to."""

    observation: Annotated[
        Path | None, typer.Option("--observation", help="Judge these recorded times; nothing is measured.")
    ] = None
    out: Annotated[Path | None, typer.Option("--out", help="Write the recorded times here (Arrow).")] = None
    evidence_file: EvidenceOption = None
    force: ForceOption = False

    def check(self) -> None:
        """Refuse files that cannot be read or written, before anything is timed."""
        check_place(self.evidence_file, "--evidence", force=self.force)
        check_place(self.out, "--out", force=self.force)
        check_files(self.observation)
        if self.observation is not None and self.out is not None:
            raise RefusedInputError(
                "--observation and --out: nothing is measured, so nothing is written.", "Leave --out out."
            )
