"""The evidence document of an analysis as a file, so that a pipeline can hold a policy against it with `countersign gate`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from governance.cli.output import ForceOption, check_place, write_bytes
from governance.cli.run_or_record import RecordOption
from governance.evidence import Evidence

EvidenceOption = Annotated[
    Path | None, typer.Option("--evidence", help="Write the evidence document here, for `countersign gate`.")
]


@dataclass(frozen=True, slots=True)
class KeptOptions:
    """Where the evidence of an analysis is kept, beside what is printed."""

    evidence_file: EvidenceOption = None
    workspace: RecordOption = None
    force: ForceOption = False

    def check(self) -> None:
        """Refuse a file that could not be written, before anything is computed."""
        check_place(self.evidence_file, "--evidence", force=self.force)


def write_evidence(evidence: Evidence, path: Path | None) -> None:
    """Write the canonical bytes of evidence, whose SHA-256 is its digest; do nothing when no file is named.

    Raises:
        RefusedInputError: the file cannot be written.
    """
    if path is not None:
        write_bytes(path, evidence.to_bytes())
