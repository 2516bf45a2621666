"""The kinds of jobs that a process of its own does: a row of a table each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from governance.capture import answers, challenge, lanes, pairs, timing

Job = answers.AnswersJob | challenge.ChallengeJob | lanes.LanesJob | pairs.PairJob | timing.TimingJob
JOBS: Final[Mapping[str, tuple[type[Any], Callable[..., None]]]] = {
    "answers": (answers.AnswersJob, answers.capture),
    "timing": (timing.TimingJob, timing.capture),
    "lanes": (lanes.LanesJob, lanes.capture),
    "pairs": (pairs.PairJob, pairs.capture),
    "challenge": (challenge.ChallengeJob, challenge.make),
}
"""Name -> what the job says, and who does it."""


def kind_of(job: Job) -> str:
    """Return the name under which a job is done."""
    return next(name for name, (kind, _) in JOBS.items() if type(job) is kind)
