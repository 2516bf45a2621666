"""One form for all questions that a tree node may ask: `x[feature] <= threshold` goes left, everything else right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError

LEAF: Final = "LEAF"
_ORDERED: Final = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GT", "BRANCH_GTE")


@dataclass(frozen=True, slots=True)
class Branches:
    """Nodes as an ONNX file writes them, one entry per node."""

    mode: NDArray[np.str_]
    """"BRANCH_LEQ" and its kin, or "LEAF"."""
    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    yes: NDArray[np.int64]
    """Position of the child when the question holds; -1 at leaves."""
    no: NDArray[np.int64]
    missing_yes: NDArray[np.bool_]
    """Whether a missing value takes the `yes` child whatever the question."""
    members: dict[int, tuple[float, ...]]
    """Position of a BRANCH_MEMBER node -> its set."""
    double: bool
    """Whether rows are compared with thresholds in double precision."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A set that a node asks about; answered by a virtual column that is 1 for members and 0 for others."""

    feature: int
    """The encoded column that is looked up."""
    members: tuple[float, ...]
    """Sorted."""
    missing: bool
    """Whether a missing value counts as a member."""


@dataclass(frozen=True, slots=True)
class Splits:
    """Nodes in one form, one entry per node."""

    feature: NDArray[np.int32]
    """Encoded column, or `-2 - i` for the i-th membership; -1 at leaves."""
    threshold: NDArray[np.float64]
    left: NDArray[np.int64]
    """Position of the child for `x <= threshold`; -1 at leaves."""
    right: NDArray[np.int64]
    missing_left: NDArray[np.bool_]
    memberships: tuple[Membership, ...]
    double: bool
    """Whether rows must be compared in double precision; else in single precision, as ONNX Runtime does."""

    @property
    def leaf(self) -> NDArray[np.bool_]:
        """Which nodes are leaves."""
        return np.equal(self.feature, -1)


def one_form(branches: Branches) -> Splits:
    """Return the same questions as `x <= threshold`, left when it holds.

    `x < t` is `x <= the next smaller number` in the precision of the comparison; `>` and `>=` swap the children; `==`,
    `!=` and set membership ask a virtual column. A chain of `==` on one column with one shared `yes` child, as converters
    write native categorical splits, becomes one membership.

    Raises:
        RefusedInputError: an unknown mode, or a threshold that is not a number.
    """
    mode, threshold = branches.mode, branches.threshold
    inner = mode != LEAF
    unknown = sorted(set(mode[inner].tolist()) - {*_ORDERED, "BRANCH_EQ", "BRANCH_NEQ", "BRANCH_MEMBER"})
    if unknown or np.any(np.isnan(threshold[inner & (mode != "BRANCH_MEMBER")])):
        raise RefusedInputError(
            f"A tree node asks {unknown[0] if unknown else 'about a threshold that is not a number'}.",
            f"Known: {', '.join(_ORDERED)}, BRANCH_EQ, BRANCH_NEQ, BRANCH_MEMBER.",
        )
    swapped = np.isin(mode, ("BRANCH_GT", "BRANCH_GTE"))
    strict = np.isin(mode, ("BRANCH_LT", "BRANCH_GTE"))
    precision = np.float64 if branches.double else np.float32
    rounded = threshold.astype(precision)
    below = np.nextafter(rounded, precision(-np.inf))
    splits = Splits(
        feature=np.where(inner, branches.feature, -1).astype(np.int32),
        threshold=np.where(strict, below, rounded).astype(np.float64),
        left=np.where(swapped, branches.no, branches.yes),
        right=np.where(swapped, branches.yes, branches.no),
        missing_left=branches.missing_yes != swapped,
        memberships=(),
        double=branches.double,
    )
    asked = np.flatnonzero(inner & (~np.isin(mode, _ORDERED) | (strict & (rounded == -np.inf))))
    return _with_memberships(branches, splits, asked) if len(asked) else splits


def _with_memberships(branches: Branches, splits: Splits, asked: NDArray[np.int64]) -> Splits:
    known: dict[Membership, int] = {}
    for at in sorted(set(asked.tolist()) - _absorbed(branches, asked)):
        membership, no = _membership(branches, at)
        yes = int(branches.yes[at])
        negated = branches.mode[at] in {"BRANCH_NEQ", "BRANCH_GTE"}
        splits.feature[at] = -2 - known.setdefault(membership, len(known))
        splits.threshold[at] = 0.5
        splits.left[at], splits.right[at] = (yes, no) if negated else (no, yes)
        splits.missing_left[at] = False
    return Splits(
        feature=splits.feature,
        threshold=splits.threshold,
        left=splits.left,
        right=splits.right,
        missing_left=splits.missing_left,
        memberships=tuple(known),
        double=splits.double,
    )


def _membership(branches: Branches, at: int) -> tuple[Membership, int]:
    """Return the set that node `at` asks about, and the child for rows outside it."""
    feature, missing = int(branches.feature[at]), bool(branches.missing_yes[at])
    no = int(branches.no[at])
    if branches.mode[at] in {"BRANCH_LT", "BRANCH_GTE"}:  # below minus infinity lies no number
        return Membership(feature, (), missing != (branches.mode[at] == "BRANCH_GTE")), no
    if branches.mode[at] == "BRANCH_MEMBER":
        return Membership(feature, tuple(sorted(set(branches.members[at]))), missing), no
    members = [float(branches.threshold[at])]
    if branches.mode[at] == "BRANCH_NEQ":
        return Membership(feature, tuple(members), missing=False), no
    while _continues(branches, at, no) and len(members) <= len(branches.mode):
        members.append(float(branches.threshold[no]))
        no = int(branches.no[no])
    return Membership(feature, tuple(sorted(set(members))), missing), no


def _absorbed(branches: Branches, asked: NDArray[np.int64]) -> set[int]:
    """Return the nodes that are reached only as a later part of another node's chain."""
    continued = {int(branches.no[at]) for at in asked.tolist() if _continues(branches, at, int(branches.no[at]))}
    inner = np.flatnonzero(branches.mode != LEAF).tolist()
    reached = {int(branches.yes[at]) for at in inner}
    reached |= {int(branches.no[at]) for at in inner if not _continues(branches, at, int(branches.no[at]))}
    return continued - reached


def _continues(branches: Branches, first: int, then: int) -> bool:
    """Tell whether node `then` adds one more value to the set that node `first` began."""
    return bool(
        branches.mode[first] == "BRANCH_EQ"
        and branches.mode[then] == "BRANCH_EQ"
        and branches.feature[then] == branches.feature[first]
        and branches.yes[then] == branches.yes[first]
        and branches.missing_yes[then] == branches.missing_yes[first]
    )
