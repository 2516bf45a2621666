"""The shortest plan of a few jobs, by branch and bound, with a proof or a stated gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from governance.serving.plan import Plan, Times, is_shorter, listed, lower_bound, moldable_longest_first

NODES: Final = 40_000
"""Beginnings of plans that are looked at. A number and not a time, so that the same jobs give the same plan everywhere."""


@dataclass(frozen=True, slots=True)
class Shortest:
    """The best plan that was found."""

    plan: Plan
    bound: float
    """No plan is shorter than this; the plan's own length where it is proved."""
    proved: bool
    """Whether no plan is shorter than this one."""


def shortest(jobs: Sequence[Times], cores: int, nodes: int = NODES) -> Shortest:
    """Return the shortest plan of jobs on some cores.

    Every order and every number of threads is a branch; one is left when even the work that remains, spread over all cores without a gap,
    or its longest job, would end after the best plan so far, or when the same jobs were left with the same cores free before. Jobs with
    equal times are tried once.

    Args:
        jobs: times by threads; none gives an empty plan.
        cores: of the device, at least 1.
        nodes: after so many beginnings the best plan so far is taken, and the gap is told.
    """
    search = _Search(jobs, cores, nodes)
    floor = lower_bound(jobs, cores)
    if jobs and is_shorter(floor, search.best.makespan):
        search.go(frozenset(range(len(jobs))), (0.0,) * cores, 0.0, ())
    proved = not search.cut_short or not is_shorter(floor, search.best.makespan)
    return Shortest(search.best, search.best.makespan if proved else floor, proved)


class _Search:
    """The state of one search."""

    def __init__(self, jobs: Sequence[Times], cores: int, nodes: int) -> None:
        self.jobs, self.cores, self._left = jobs, cores, nodes
        self.best = moldable_longest_first(jobs, cores)
        self.cut_short = False
        self._work = [min(threads * time for threads, time in times.items()) for times in jobs]
        self._seen: set[tuple[frozenset[int], tuple[float, ...], float]] = set()

    def go(
        self, left: frozenset[int], free: tuple[float, ...], before: float, order: tuple[tuple[int, int], ...]
    ) -> None:
        """Continue a plan: `left` are the jobs without a place, `free` says, rising, from when on each core is, `before` the last start."""
        if not left:
            plan = listed(order, self.jobs, self.cores)
            self.best = plan if is_shorter(plan.makespan, self.best.makespan) else self.best
            return
        state = (left, free, before)
        if self._left <= 0:
            self.cut_short = True
            return
        if state in self._seen or not is_shorter(self._floor(left, free), self.best.makespan):
            return
        self._left -= 1
        self._seen.add(state)
        tried: list[Times] = []
        for job in sorted(left, key=lambda job: (-self.jobs[job][1], job)):
            if self.jobs[job] in tried:
                continue
            tried.append(self.jobs[job])
            for threads, time in self.jobs[job].items():
                start = max(before, free[threads - 1])
                if is_shorter(start + time, self.best.makespan):
                    after = tuple(sorted((start + time,) * threads + free[threads:]))
                    self.go(left - {job}, after, start, (*order, (job, threads)))

    def _floor(self, left: frozenset[int], free: tuple[float, ...]) -> float:
        """Return a time before which no plan with this beginning can end."""
        spread = (sum(free) + sum(self._work[job] for job in left)) / self.cores
        longest = max(min(free[threads - 1] + time for threads, time in self.jobs[job].items()) for job in left)
        return max(free[-1], spread, longest)
