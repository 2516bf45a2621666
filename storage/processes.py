"""Which process something belongs to, told from all others, also from a later one with the same number."""

from __future__ import annotations

import hashlib
import os
import platform
from pathlib import Path


def owner_token() -> str:
    """Return what tells this process from all others of this machine: its number and when it began."""
    return f"{os.getpid()}:{_started(os.getpid())}"


def process_token() -> str:
    """Return what tells this process from all others of every machine: `owner_token`, and a name of this machine."""
    return f"{owner_token()}@{_machine()}"


def is_of_this_machine(token: str) -> bool:
    """Say whether `alive` can judge a token: it names this machine, or none."""
    _, _, machine = token.partition("@")
    return machine in ("", _machine())


def mark() -> str:
    """Return the token of this process as the beginning of a file's name, with the machine that it runs on."""
    return f"{owner_token().replace(':', '.')}.{_machine()}"


def left_behind(name: str) -> bool:
    """Say whether a name begins with the mark of a process of this machine that is gone."""
    token = _token(name)
    return token is not None and not alive(token)


def in_use(name: str) -> bool:
    """Say whether a name begins with the mark of a process of this machine that is still there."""
    token = _token(name)
    return token is not None and alive(token)


def _token(name: str) -> str | None:
    """Return the token in a name that begins with a mark of this machine."""
    pid, _, rest = name.partition(".")
    started, _, machine = rest.partition(".")
    return f"{pid}:{started}" if machine[: len(_machine())] == _machine() else None


def alive(token: str) -> bool:
    """Say whether the process of this machine that `owner_token` or `process_token` named is still there."""
    pid, _, started = token.partition("@")[0].partition(":")
    if not pid.isdecimal():
        return False
    if started:
        return _started(int(pid)) == started
    try:
        os.kill(int(pid), 0)
    except OSError:
        return False
    return True


def _machine() -> str:
    """Return a short name of where process numbers mean the same: this machine, or one namespace of processes on it."""
    try:
        namespace = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        namespace = ""
    return hashlib.sha256(f"{platform.node()} {namespace}".encode()).hexdigest()[:8]


def _started(pid: int) -> str:
    """Return when a process began, in the kernel's ticks; "" where the system does not say, "gone" for no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return "gone" if Path("/proc/self").exists() else ""
    return "gone" if fields[0] == "Z" else fields[19]
