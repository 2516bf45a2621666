"""How often a window in which nothing moved says "moved" or "worse" of anything at all, and how often a planted drop is found.

`python -m benchmarks.bench_window_alarms [WINDOWS] [DATA]`. Quiet: two windows of one law with columns, labels, scores and groups; with
DATA (the Parquet file of calls of a bank, in order of time) also two random halves of one stretch of time. Planted: one group with a
tenth of 5,000 rows loses .10 of accuracy.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.outcome import tell
from governance.data import frame_of
from governance.data.in_memory import InMemory
from governance.drift import DriftParameters, DriftReport
from governance.drift.alerts.escalation import rungs
from governance.drift.compare import columns
from governance.evidence import NotAssessed, silent
from governance.subject import Schema, Subject

ROWS = 5_000
ROLES = Schema(target="y", positive="1", score="score", sensitive=("group",))
PLANTED_EACH = 4
"""A drop is planted in every fourth window."""
PARAMETERS = DriftParameters(multivariate=False)


def window(rng: np.random.Generator, groups: int, lost: float = 0.0) -> InMemory:
    """Return a window with three columns, a label, a score that is right in four of five rows, and groups; "0" loses `lost`."""
    group = np.where(rng.random(ROWS) < 0.1, 0, rng.integers(1, groups, ROWS))
    y = rng.random(ROWS) < 0.5
    right = rng.random(ROWS) < np.where(group == 0, 0.8 - lost, 0.8)
    score = np.where(right == y, 0.5 + rng.random(ROWS) / 2, rng.random(ROWS) / 2)
    return InMemory(
        pd.DataFrame({
            "age": rng.integers(18, 80, ROWS), "income": rng.lognormal(8, 1, ROWS).round(), "kind": rng.choice(list("abcdef"), ROWS),
            "group": group.astype(str), "score": score, "y": y.astype(int),
        }), ROLES,
    )  # fmt: skip


def report(before: InMemory, now: InMemory, rng: np.random.Generator) -> DriftReport:
    """Return the comparison of two windows."""
    found = columns(Subject(now, reference=before), PARAMETERS, rng=rng, progress=silent).result
    assert isinstance(found, DriftReport)
    return found


def alarms(found: DriftReport) -> set[str]:
    """Return which families say that something moved or got worse."""
    said = {"columns" for item in found.columns if item.verdict in ("material", "small")}
    said |= {"inside_groups" for item in found.within if item.verdict in ("material", "small")}
    said |= {"ladder" for _ in rungs(found)}
    if not isinstance(found.performance, NotAssessed):
        said |= {"metrics" for item in found.performance.change.values() if item.verdict == "worse"}
    if not isinstance(found.harm, NotAssessed):
        said |= {"groups" for item in found.harm.by_group if item.change.verdict == "worse"}
        said |= {"estimate" for one in (found.harm.estimated,) if getattr(one, "verdict", "") == "worse"}
        said |= {"order" for one in (found.harm.stream,) if getattr(one, "alarm_at", None) is not None}
    return said


def simulated(groups: int, windows: int, seed: int) -> dict[str, float]:
    """Return the shares of windows with an alarm, by family, and of planted drops that were found."""
    rng = np.random.default_rng((seed, groups))
    counts: dict[str, int] = dict.fromkeys(("any", "planted"), 0)
    for turn in range(windows):
        said = alarms(report(window(rng, groups), window(rng, groups), rng))
        counts["any"] += bool(said)
        for name in said:
            counts[name] = counts.get(name, 0) + 1
        if turn % PLANTED_EACH:
            continue
        moved = report(window(rng, groups), window(rng, groups, lost=0.1), rng)
        own = [] if isinstance(moved.harm, NotAssessed) else moved.harm.by_group
        counts["planted"] += any(item.change.verdict == "worse" for item in own if item.group == "0")
    planted = counts.pop("planted") / -(-windows // PLANTED_EACH)
    return {"planted": planted, **{name: count / windows for name, count in counts.items()}}


def halves(path: Path, windows: int, seed: int) -> dict[str, float]:
    """Return the shares of windows with an alarm when both are random halves of one stretch of time of real calls."""
    import pyarrow.parquet as pq
    from sklearn.ensemble import HistGradientBoostingClassifier

    rng = np.random.default_rng(seed)
    frame = frame_of(pq.read_table(path))
    label = str(frame.columns[-1])
    numbers = frame.select_dtypes("number")
    taught = rng.random(len(frame)) < 0.2
    positive = max(frame[label].astype(str).unique())
    truth = (frame[label].astype(str) == positive).to_numpy()
    model = HistGradientBoostingClassifier(max_iter=30, random_state=0).fit(numbers[taught], truth[taught])
    frame = frame.assign(score=model.predict_proba(numbers)[:, 1])[~taught].reset_index(drop=True)
    roles = Schema(
        target=label, positive=positive, score="score", sensitive=tuple(n for n in ("job", "education") if n in frame)
    )
    counts: dict[str, int] = {"any": 0}
    for turn in range(windows):
        stretch = np.array_split(np.arange(len(frame)), 3)[turn % 3]
        mixed = rng.permutation(stretch)
        parts = (np.sort(part) for part in np.array_split(mixed, 2))
        before, now = (InMemory(frame.iloc[part], roles) for part in parts)
        said = alarms(report(before, now, rng))
        counts["any"] += bool(said)
        for name in said:
            counts[name] = counts.get(name, 0) + 1
    return {name: count / windows for name, count in counts.items()}


def main(windows: int, data: Path | None) -> None:
    """Print the shares for 6 to 50 groups, and for real halves when there are data."""
    for groups in (6, 11, 23, 50):
        found = simulated(groups, windows, seed=11)
        sys.stdout.write(f"{groups} groups: {found}\n")
        sys.stdout.flush()
        tell(f"{groups} groups, any alarm in a quiet window", found["any"], unit="share", target=0.05)
    if data is not None:
        found = halves(data, windows, seed=13)
        sys.stdout.write(f"halves of one stretch of time: {found}\n")
        tell("halves of one stretch of time, any alarm", found["any"], unit="share", target=0.05)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400, Path(sys.argv[2]) if len(sys.argv) > 2 else None)
