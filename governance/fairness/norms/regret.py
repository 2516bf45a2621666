"""What waiting costs, in people: how many of an accused group were decided on while a breach stood, and what other ways would have left.

The word is Basu and Das's ("The Fair Game", Cambridge Forum on AI: Law and Governance 2025): what a pair of auditor and debiaser costs
beside one that knows. Here it is counted in people, not in units of a norm, and split by what was waited for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from governance.fairness.norms.report import Accused
from governance.fairness.norms.series import Window, series

YEARLY = 52
"""Windows between two audits of somebody who looks once a year at windows of a week."""


@dataclass(frozen=True, slots=True)
class Waits:
    """When a breach was answered, in windows registered by then; None while it has not been."""

    confirmed: int | None
    """A member confirmed it, or put it aside."""
    ended: int | None
    """A correction was approved, the model was retired, or the alert was put aside."""


@dataclass(frozen=True, slots=True)
class Regret:
    """People of one accused group who were decided on while the breach stood."""

    norm: str
    group: str
    other: str
    since: int
    """Window in which the breach began, from 0."""
    proven_at: int
    ended: bool
    """Whether it was answered; if not, the numbers grow with each window."""
    proof: int
    """While nothing was proven yet."""
    member: int
    """After that, until a member confirmed it."""
    board: int
    """After that, until the board's answer."""
    yearly: int
    """What an audit every `YEARLY` windows, which sees each breach at once, would have left with the same wait after it."""
    at_once: int
    """What seeing the breach in its first window would have left with the same wait after it: nobody can do better by auditing."""

    @property
    def people(self) -> int:
        """All of them."""
        return self.proof + self.member + self.board


def regret(windows: Sequence[Window], norm: str, accused: Accused, waits: Waits, every: int = YEARLY) -> Regret:
    """Return what waiting has cost about one accused group.

    Args:
        windows: in the order of the audit that proved the breach.
        norm: its id.
        accused: the group, with the windows of beginning and proof.
        waits: when it was answered.
        every: windows between two audits of the comparison.
    """
    counts = _people(windows, accused)
    size = len(counts)
    seen = accused.proven_at + 1
    confirmed = max(seen, size if waits.confirmed is None else min(waits.confirmed, size))
    ended = max(seen, size if waits.ended is None else min(waits.ended, size))
    confirmed = min(confirmed, ended)
    begin, answer = accused.since.window, ended - seen
    looked = (begin // every + 1) * every
    return Regret(
        norm=norm,
        group=accused.group,
        other=accused.other,
        since=begin,
        proven_at=accused.proven_at,
        ended=waits.ended is not None,
        proof=int(counts[begin:seen].sum()),
        member=int(counts[seen:confirmed].sum()),
        board=int(counts[confirmed:ended].sum()),
        yearly=int(counts[begin : looked + answer].sum()),
        at_once=int(counts[begin : begin + 1 + answer].sum()),
    )


def _people(windows: Sequence[Window], accused: Accused) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return (windows,) how many of the group were decided on in each window."""
    found = series(windows, accused.attributes, scores=False)
    counts = np.zeros(len(windows))
    if accused.values in found.groups:
        counts += found.cells[:, found.groups.index(accused.values), :, :2].sum(axis=(1, 2))
    return counts
