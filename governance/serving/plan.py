"""Several models on the cores of one device: which starts when, on how many threads.

A job takes some cores at once, is not interrupted, and its time depends on its threads (a *moldable* job). Plans are lists: each job in
turn starts as soon as so many cores are free, and the plan is as long as its last job (the *makespan*). Every best plan is such a list, so
the search is over orders and threads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

Times = Mapping[int, float]
"""Threads -> time of the job on so many; at least for one thread."""
_NEARLY: Final = 1e-12
"""Plans that are shorter by less than this share are as good."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One job of a plan."""

    job: int
    """Place among the jobs that were given."""
    threads: int
    start: float
    end: float
    """In the unit of the times."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Jobs in the order in which they start."""

    placed: tuple[Placed, ...]

    @property
    def makespan(self) -> float:
        """When the last job ends; 0 without any."""
        return max((item.end for item in self.placed), default=0.0)

    def under(self, jobs: Sequence[Times], cores: int) -> Plan:
        """Return the same order and threads with other times of the jobs."""
        return listed([(item.job, item.threads) for item in self.placed], jobs, cores)


def listed(order: Sequence[tuple[int, int]], jobs: Sequence[Times], cores: int) -> Plan:
    """Return the plan of a list: each (job, threads) starts when so many of the cores are free, and not before the one in front of it.

    Args:
        order: each job once.
        jobs: times by threads.
        cores: of the device, at least 1.
    """
    free, found, before = [0.0] * cores, [], 0.0
    for job, threads in order:
        start = max(before, free[threads - 1])
        end = start + jobs[job][threads]
        free = sorted([end] * threads + free[threads:])
        found.append(Placed(job, threads, start, end))
        before = start
    return Plan(tuple(found))


def as_given(jobs: Sequence[Times], cores: int) -> Plan:
    """Return the plan that nobody thought about: the given order, one thread each."""
    return listed([(job, 1) for job in range(len(jobs))], jobs, cores)


def one_by_one(jobs: Sequence[Times], cores: int) -> Plan:
    """Return the plan in which each model gets as many threads as there are times for, one after the other."""
    return listed([(job, max(times)) for job, times in enumerate(jobs)], jobs, cores)


def longest_first(jobs: Sequence[Times], cores: int) -> Plan:
    """Return the plan of one thread each, the longest job first: at most 4/3 - 1/(3 cores) times the best plan of one thread each.

    Source: Graham, "Bounds on multiprocessing timing anomalies", SIAM Journal on Applied Mathematics 17:416-429 (1969).
    """
    return listed([(job, 1) for job in sorted(range(len(jobs)), key=lambda job: -jobs[job][1])], jobs, cores)


def moldable_longest_first(jobs: Sequence[Times], cores: int) -> Plan:
    """Return the best of the plans that let no job take longer than some limit: each gets the fewest threads with which it keeps to it.

    The limits that are tried are the times themselves, which are the only ones at which anything changes; jobs start the longest first.
    Source: the two phases, threads and then a list, are those of Turek, Wolf and Yu, SPAA (1992).
    """
    plans = [longest_first(jobs, cores), one_by_one(jobs, cores)]
    for limit in sorted({time for times in jobs for time in times.values()}):
        threads = [min((k for k, time in times.items() if time <= limit), default=None) for times in jobs]
        if None not in threads:
            chosen = [(job, k) for job, k in enumerate(threads) if k is not None]
            plans.append(listed(sorted(chosen, key=lambda item: -jobs[item[0]][item[1]]), jobs, cores))
    return min(plans, key=lambda plan: plan.makespan)


def lower_bound(jobs: Sequence[Times], cores: int) -> float:
    """Return a time below which no plan can be: the longest of the jobs' shortest times, and all work over all cores."""
    longest = max((min(times.values()) for times in jobs), default=0.0)
    work = sum(min(threads * time for threads, time in times.items()) for times in jobs)
    return max(longest, work / cores)


def is_shorter(one: float, other: float) -> bool:
    """Return whether one time is shorter than another by more than rounding."""
    return one < other * (1 - _NEARLY)
