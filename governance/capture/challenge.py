"""Make challenge rows in a process of its own: the model runs there, not in the process that serves pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from governance.data import open_dataset
from governance.evidence import Progress, RefusedInputError, silent
from governance.models import OnnxPredictor
from governance.serving import Limits, challenge_of, to_table
from governance.subject import Schema, Signature

_MOST_DRAWN = 2000


@dataclass(frozen=True, slots=True)
class ChallengeJob:
    """From which model and rows a challenge is made."""

    model: str
    """Path of the approved model."""
    digest: str
    """Digest of it."""
    signature: Signature
    data: str
    """Path of the table (CSV or Parquet)."""
    out: str
    """Path of the rows that are written (Arrow)."""
    seed: int = 0
    drawn: int = 100
    """Rows of the data that are mixed in."""

    def __post_init__(self) -> None:
        if not 1 <= self.drawn <= _MOST_DRAWN:
            raise RefusedInputError(f"{self.drawn} drawn rows, expected 1 to {_MOST_DRAWN:,}.", "Leave it at 100.")

    @property
    def longest(self) -> float:
        """Seconds after which making the rows is ended from outside."""
        return 600.0


def make(job: ChallengeJob, *, progress: Progress = silent) -> None:
    """Write the rows.

    Raises:
        RefusedInputError: the model is not the one that is named, or the data lack its columns.
    """
    from pyarrow import feather

    progress(0, 1, "making the challenge")
    predictor = OnnxPredictor(Path(job.model), job.signature, job.digest)
    frame = open_dataset(Path(job.data), Schema()).frame(job.signature.columns)
    rows = challenge_of(predictor, frame, np.random.default_rng(job.seed), Limits(drawn=job.drawn))
    feather.write_feather(to_table(rows), job.out, compression="uncompressed")
    progress(1, 1, "making the challenge")
