"""The evidence document of an analysis as a file, so that a pipeline can hold a policy against it with `countersign gate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.errors import RefusedInputError
from governance.evidence import Evidence

EvidenceOption = Annotated[
    Path | None, typer.Option("--evidence", help="Write the evidence document here, for `countersign gate`.")
]


def write_evidence(evidence: Evidence, path: Path | None) -> None:
    """Write the canonical bytes of evidence, whose SHA-256 is its digest; do nothing when no file is named.

    Raises:
        RefusedInputError: the file cannot be written.
    """
    if path is None:
        return
    try:
        path.write_bytes(evidence.to_bytes())
    except OSError as error:
        raise RefusedInputError(
            f"The evidence cannot be written to {str(path)!r}: {error.strerror}.",
            "Name a file in a folder that exists.",
        ) from error
