"""What the methods of this room answer, light to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["identical", "equal_within", "different"]
Kind = Literal["trees", "weights", "other"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the challenge rows test of the approved model, counted again from the rows and the file."""

    kind: Kind
    """What the last stage of the model is made of."""
    leaves: int = 0
    """Leaves of the trees."""
    leaves_reachable: int = 0
    """Leaves that some row can reach."""
    leaves_visited: int = 0
    splits: int = 0
    """Splits of the trees."""
    splits_reachable: int = 0
    splits_tested: int = 0
    """Splits with a row on each side whose answers differ by more than the tolerance when the split sends them otherwise."""
    weights: int = 0
    """Coefficients of a weighted sum."""
    weights_tested: int = 0
    """Coefficients whose column takes several values in the rows."""
    rows_like_data: int = 0
    """Rows of the data among them."""
    note: str = ""
    """Why not every leaf or split could be aimed at, "" where each was."""

    @property
    def complete(self) -> bool:
        """Whether every change of one leaf, one split or one coefficient shows, except those too small to see."""
        if self.kind == "trees":
            return self.leaves_visited == self.leaves_reachable and self.splits_tested == self.splits_reachable
        return self.kind == "weights" and self.weights_tested == self.weights


@dataclass(frozen=True, slots=True)
class Differing:
    """One answer that is not the approved model's."""

    request: int
    """From 1."""
    row: int
    """Row of the challenge, from 0."""
    purpose: str
    """What the row was for."""
    expected: str
    """What the approved model says."""
    got: str
    """What the server said."""


@dataclass(frozen=True, slots=True)
class AttestReport:
    """Whether the answers of a server are those of the approved model."""

    outcome: Outcome
    same: bool
    """Whether all answers are the approved model's (identical, or equal within the tolerance) and none was unusable."""
    rows: int
    """Rows of the challenge."""
    rows_answered: int
    """Different rows of it that were answered at least once."""
    requests: int
    """Requests that were answered."""
    unreachable: int
    """Requests without an answer: refused, cut off or past the deadline."""
    unusable: int
    """Requests whose answer breaks the protocol."""
    differing_rows: int
    """Different rows of the challenge with at least one other answer."""
    differing_requests: int
    """Requests with at least one other answer."""
    found_at: int | None
    """Number of the first such request, from 1; None without one."""
    share_low: float
    """Share of requests that another model answers, at least so much, at 95 %, however often somebody looks."""
    share_high: float
    largest_difference: float
    """Largest distance of a finite score to the approved one."""
    tolerance: float
    tolerance_why: str
    coverage: Coverage
    bound_rows: float
    """Rows like the data: fewer than this share can be answered otherwise, at 95 %; 1 where another answer was seen."""
    bound_requests: float
    """Requests: fewer than this share can go to another model, at 95 % for a number fixed before; 1 where one was seen."""
    labels_only: bool
    """Whether the server returned labels without scores: small changes do not show then."""
    first: tuple[Differing, ...]
    """The first differing answers, at most 5."""
    reasons: tuple[str, ...]
    """Why requests had no usable answer, each once, at most 5."""
    place: str
    challenge: str
    """Digest of the rows."""
    committed: int | None
    """Entry of the ledger that named them before the first request."""
    pin: str
    claimed: str
    """Name, version and platform as the server says them; not believed."""
    started: str
    ended: str
    log: bool
    """Whether the answers come from a log."""
