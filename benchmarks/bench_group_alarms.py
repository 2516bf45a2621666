"""How often a group is said to fare worse when nothing moved, and how often a planted drop is found: `... [WINDOWS]`.

Quiet: two windows of one law, 5,000 rows each, groups of equal size. Planted: one group with a tenth of the rows loses .10 of accuracy
in the second window. Beside it what single intervals of 95 per cent would say, without a correction.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from benchmarks.outcome import tell
from governance.drift import GroupChange, by_group
from governance.subject import Outcome, Schema

ROWS = 5_000
TOLERANCE = 0.02
SCHEMA = Schema(target="y", positive="1", sensitive=("group",))


def window(rng: np.random.Generator, groups: int, lost: float = 0.0) -> tuple[pd.DataFrame, Outcome]:
    """Return a window whose decisions are right in four of five rows; group "0" has a tenth of the rows and loses `lost`."""
    rest = rng.integers(1, groups, ROWS)
    group = np.where(rng.random(ROWS) < 0.1, 0, rest)
    y = (rng.random(ROWS) < 0.5).astype(float)
    right = rng.random(ROWS) < np.where(group == 0, 0.8 - lost, 0.8)
    found = Outcome("binary", ("not 1", "1"), y, np.where(right, y, 1 - y), None, None)
    return pd.DataFrame({"group": group.astype(str)}), found


def looks_worse(item: GroupChange) -> bool:
    """Return whether a single interval, without a correction, says worse."""
    return item.change.verdict == "worse" or "alone does that" in item.change.reason


def shares(groups: int, windows: int, seed: int) -> dict[str, float]:
    """Return the shares of pairs of windows with an alarm: quiet ones, and those with a planted drop (its own group only)."""
    rng = np.random.default_rng((seed, groups))
    counts = dict.fromkeys(("quiet", "quiet, single", "planted", "planted, single"), 0)
    for _ in range(windows):
        quiet = by_group(window(rng, groups), window(rng, groups), SCHEMA, TOLERANCE)
        counts["quiet"] += any(item.change.verdict == "worse" for item in quiet)
        counts["quiet, single"] += any(map(looks_worse, quiet))
        moved = by_group(window(rng, groups), window(rng, groups, lost=0.1), SCHEMA, TOLERANCE)
        own = [item for item in moved if item.group == "0"]
        counts["planted"] += any(item.change.verdict == "worse" for item in own)
        counts["planted, single"] += any(map(looks_worse, own))
    return {name: count / windows for name, count in counts.items()}


def main(windows: int) -> None:
    """Print the shares for 6 to 50 groups."""
    for groups in (6, 11, 23, 50):
        found = shares(groups, windows, seed=7)
        print(f"{groups} groups: {found}")
        tell(f"{groups} groups, false alarms a window", found["quiet"], unit="share", target=0.05)
        least = found["planted, single"] / 2
        tell(f"{groups} groups, planted drop found", found["planted"], unit="share", target=least, at_least=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
