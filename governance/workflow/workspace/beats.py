"""Whether the process that computes something is still there, on this machine or on another that shares the database.

A process of this machine is looked up in its list of processes. One of another machine cannot be: where the database is on a server,
each process that has computed something says every few seconds that it is there, and is taken for gone after a minute of silence.
"""

from __future__ import annotations

import logging
import threading
import weakref
from typing import Final

from governance.evidence import CountersignError
from storage import Workspace, alive, is_of_this_machine, process_token

LOG = logging.getLogger(__name__)
EVERY_S: Final = 10.0
SILENT_S: Final = 60
"""Silence after which a process of another machine is taken for gone."""

_beating: Final[weakref.WeakSet[object]] = weakref.WeakSet()
_lock: Final = threading.Lock()


def is_there(workspace: Workspace, token: str) -> bool:
    """Say whether the process that a token names is still there."""
    if is_of_this_machine(token):
        return alive(token)
    age = workspace.beats.age(token)
    return age is not None and age <= SILENT_S


def keep(workspace: Workspace) -> None:
    """Say from now on that this process is there, where others can ask: on a server. Asking again changes nothing."""
    if not workspace.beats.shared:
        return
    with _lock:
        if workspace.engine in _beating:
            return
        _beating.add(workspace.engine)
    workspace.beats.beat(process_token())
    threading.Thread(target=_beat, args=(workspace,), name="countersign-beats", daemon=True).start()


def _beat(workspace: Workspace) -> None:
    """Beat until the process ends; a server that is away for a while costs beats, and nothing else."""
    rest = threading.Event()
    while not rest.wait(EVERY_S):
        try:
            workspace.beats.beat(process_token())
        except CountersignError as error:
            LOG.warning("no sign of life could be given: %s", error)
