"""Attestations and measurements that a page started: they go on in a thread, and can be seen from any page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from governance.evidence import CountersignError, Progress
from governance.workflow.serving import attestation, deployments, measure as measuring
from governance.workflow.workspace import Acting, require_act, state
from storage import Workspace

_log = logging.getLogger(__name__)
_asking: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="attest")
"""One at a time: two would take each other's cores and time."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an attestation is."""

    going: bool
    phase: str = ""
    done: int = 0
    of: int = 0
    problem: str = ""
    """Why the last one ended without evidence, "" when it did not."""


_standing: dict[tuple[str, str], Standing] = {}
"""(workspace, deployment or `timing_of` a model) -> how it stands, of those that this process started."""


def begin(workspace: Workspace, deployment: str, data: str, asked: attestation.Asked, *, actor: Acting) -> None:
    """Start an attestation unless one of this deployment is under way; never waits.

    Raises:
        RuleError: there is no such deployment, or the actor is no member.
    """
    require_act(state(workspace), actor)
    deployments.live(workspace, deployment)

    def work(told: Progress) -> None:
        attestation.attest(workspace, deployment, data, asked, actor=actor, progress=told)

    _start(workspace, deployment, work)


def measure(
    workspace: Workspace, model: str, data: str, load: measuring.Load, *, deployment: str, actor: Acting
) -> None:
    """Start to time a model, or a deployment of it, unless that is under way; never waits.

    Raises:
        RuleError: there is no such deployment of the model, or the actor is no member.
    """
    require_act(state(workspace), actor)
    if deployment:
        deployments.of_model(workspace, deployment, model)

    def work(told: Progress) -> None:
        measuring.measure(workspace, model, data, load, deployment=deployment, actor=actor, progress=told)

    _start(workspace, timing_of(model), work)


def timing_of(model: str) -> str:
    """Return the name under which the timing of a model stands."""
    return f"time {model}"


def _start(workspace: Workspace, name: str, work: Callable[[Progress], None]) -> None:
    if not standing(workspace, name).going:
        key = (str(workspace.root), name)
        _standing[key] = Standing(going=True, phase="waiting for its turn")
        _asking.submit(_run, key, work)


def standing(workspace: Workspace, name: str) -> Standing:
    """Return how the last attestation of a deployment, or the timing of a model, that this process started stands."""
    return _standing.get((str(workspace.root), name), Standing(going=False))


def settled() -> None:
    """Wait until what was started so far has ended: for whoever closes the program."""
    _asking.submit(lambda: None).result()


def _run(key: tuple[str, str], work: Callable[[Progress], None]) -> None:
    def told(done: int, of: int, phase: str) -> None:
        _standing[key] = Standing(going=True, phase=phase, done=done, of=of)

    problem = ""
    try:
        work(told)
    except CountersignError as error:
        problem = str(error)
    except Exception as error:  # noqa: BLE001 - the end of a thread: nobody is there to catch it
        _log.exception("%s failed", key[1])
        problem = f"It failed inside ({type(error).__name__}). The log has the details."
    _standing[key] = Standing(going=False, problem=problem)
